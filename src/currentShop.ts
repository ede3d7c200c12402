import * as vscode from 'vscode';
import { stoppedEngine, type Condition } from './condition';
import type { ContextKeys, SetContextKey } from './contextKeys';
import { DisposableOwner } from './dispose';
import type { ShopSecrets, SecretName } from './settings/shopSecrets';
import { autoStart, onDidChangeSettings, readSettings } from './settings/shopSettings';
import { ShopError, toError } from './sync/errors';
import type { StoreFor } from './stateStores';
import type { Log } from './sync/ports';
import type { RunResult } from './sync/runResult';
import type { Secrets, Settings } from './sync/settings';
import type { Shop } from './sync/shop';

/** What a shop is opened with. */
interface Plan {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

interface OpenedShop extends Plan {
  readonly shop: Promise<Shop>;
}

const conditionKeys: Readonly<Record<Condition['kind'], ContextKeys['shopmaster.condition']>> = {
  loading: 'loading',
  'not configured': 'notConfigured',
  'settings invalid': 'settingsInvalid',
  'sign in again': 'signInAgain',
  ready: 'ready',
};

/**
 * The one shop of this window: opened when it is first needed, opened anew when settings or secrets change. Whether syncs run by
 * themselves is the user's wish, and outlives that.
 */
export class CurrentShop extends DisposableOwner {
  private readonly conditionEmitter = this.register(new vscode.EventEmitter<Condition>());
  private readonly runEmitter = this.register(new vscode.EventEmitter<RunResult>());
  readonly onDidChange = this.conditionEmitter.event;
  readonly onDidFinishRun = this.runEmitter.event;
  private current: Condition = { kind: 'loading' };
  private plan: Plan | null = null;
  private opened: OpenedShop | null = null;
  private wished = autoStart();
  /** Reading settings, and whatever closes the shop meanwhile, one after the other. */
  private turn: Promise<void> = Promise.resolve();
  private reloadQueued = false;

  constructor(
    private readonly secrets: ShopSecrets,
    private readonly storeFor: StoreFor,
    private readonly setContextKey: SetContextKey,
    private readonly log: Log,
  ) {
    super();
    this.register(onDidChangeSettings(() => this.queueReload()));
    this.register(secrets.onDidChange(() => this.queueReload()));
    this.queueReload();
  }

  get condition(): Condition {
    return this.current;
  }

  /** The settings in use; null while they are incomplete. */
  get settings(): Settings | null {
    return this.plan?.settings ?? null;
  }

  /** Resolves when settings and secrets are read, and a change of them under way is carried out. */
  async settled(): Promise<void> {
    let turn: Promise<void>;
    do await (turn = this.turn);
    while (turn !== this.turn);
  }

  /** The shop, opened at the first call. Rejects with a ShopError where settings or the password of SQL Server are missing. */
  async shop(): Promise<Shop> {
    await this.settled();
    if (this.plan === null) throw this.whyNotOpen();
    return this.open(this.plan);
  }

  /** As `shop`, for what also needs Digible. */
  async shopThatCanSend(): Promise<Shop> {
    await this.settled();
    if (this.current.kind !== 'ready') throw this.whyNotOpen();
    return this.shop();
  }

  /** Syncs at once, then in the interval of the settings; also after the settings change. */
  async start(): Promise<void> {
    const shop = await this.shopThatCanSend();
    this.wished = true;
    shop.master.start();
  }

  async stop(): Promise<void> {
    this.wished = false;
    const opened = await this.opened?.shop;
    await opened?.master.stop();
  }

  /** Runs a task while no shop is open, and opens it with the settings as they are then. */
  apart<T>(task: () => Promise<T>): Promise<T> {
    const result = this.turn.then(async () => {
      await this.close();
      try {
        return await task();
      } finally {
        await this.reload();
      }
    });
    this.turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Ends what runs between two requests and closes every connection. */
  async shutDown(): Promise<void> {
    this.dispose();
    await this.turn;
    await this.close();
  }

  private queueReload(): void {
    if (this.reloadQueued) return;
    this.reloadQueued = true;
    this.turn = this.turn.then(async () => {
      this.reloadQueued = false;
      await this.reload();
    });
  }

  private async reload(): Promise<void> {
    if (this.isDisposed) return;
    try {
      const { plan, condition } = await this.look();
      const unchanged = this.opened !== null && JSON.stringify(plan) === JSON.stringify(planOf(this.opened));
      if (unchanged) return;
      await this.close();
      this.plan = plan;
      this.show(condition);
      if (this.wished && plan !== null && condition.kind === 'ready') (await this.open(plan)).master.start();
    } catch (caught) {
      const error = toError(caught);
      this.log.error('the settings could not be read', { error: error.message });
      const hint = 'Reload the window; the log has more.';
      const failure = new ShopError('internal', `The settings can’t be read: ${error.message}`, hint, { cause: error });
      this.show({ kind: 'settings invalid', error: failure });
    }
  }

  private async look(): Promise<{ readonly plan: Plan | null; readonly condition: Condition }> {
    const found = readSettings();
    if (found.kind === 'not configured') return { plan: null, condition: { kind: 'not configured' } };
    if (found.kind === 'invalid') {
      const hint = 'Correct it in the settings.';
      const error = new ShopError('settings-invalid', `${found.key} ${found.reason}`, hint, { remedy: 'configure' });
      return { plan: null, condition: { kind: 'settings invalid', error } };
    }
    const { settings } = found;
    const secrets = await this.secrets.read();
    const needed: readonly SecretName[] =
      settings.sqlServer.authentication === 'password' ? ['digiblePassword', 'sqlPassword'] : ['digiblePassword'];
    const missing = needed.filter((name) => secrets[name] === '');
    return {
      plan: missing.includes('sqlPassword') ? null : { settings, secrets },
      condition:
        missing.length > 0
          ? { kind: 'sign in again', missing }
          : { kind: 'ready', engine: stoppedEngine, intervalSeconds: settings.sync.intervalSeconds },
    };
  }

  private open(plan: Plan): Promise<Shop> {
    this.opened ??= { ...plan, shop: this.build(plan) };
    return this.opened.shop;
  }

  /** The engine and its drivers are brought in here, at the first need. */
  private async build({ settings, secrets }: Plan): Promise<Shop> {
    const [{ openShop }, store] = await Promise.all([import('./sync/shop'), this.storeFor(settings)]);
    const shop = openShop({ settings, secrets, store, log: this.log });
    shop.master.onDidChangeState((engine) => {
      if (this.current.kind === 'ready') this.show({ ...this.current, engine });
    });
    shop.master.onDidFinishRun((result) => this.runEmitter.fire(result));
    return shop;
  }

  private async close(): Promise<void> {
    const { opened } = this;
    this.opened = null;
    if (opened === null) return;
    await opened.shop.then(
      (shop) => shop.close(),
      () => undefined,
    );
  }

  private show(condition: Condition): void {
    this.current = condition;
    const engine = condition.kind === 'ready' ? condition.engine : stoppedEngine;
    this.setContextKey('shopmaster.condition', conditionKeys[condition.kind]);
    this.setContextKey('shopmaster.scheduled', engine.scheduled);
    this.setContextKey('shopmaster.running', engine.phase === 'syncing' || engine.phase === 'uploading');
    this.conditionEmitter.fire(condition);
  }

  private whyNotOpen(): ShopError {
    const condition = this.current;
    if (condition.kind === 'settings invalid') return condition.error;
    if (condition.kind === 'sign in again') {
      const message = vscode.l10n.t('The password is not stored on this computer.');
      return new ShopError('session-expired', message, vscode.l10n.t('Sign in again.'), { remedy: 'sign in' });
    }
    const message = vscode.l10n.t('shopMaster is not configured yet.');
    return new ShopError('not-configured', message, vscode.l10n.t('Fill in the settings and choose Configure.'), {
      remedy: 'configure',
    });
  }
}

function planOf({ settings, secrets }: Plan): Plan {
  return { settings, secrets };
}
