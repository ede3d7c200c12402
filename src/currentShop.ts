import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { stoppedEngine, type Condition } from './condition';
import type { ContextKeys, SetContextKey } from './contextKeys';
import { DisposableOwner } from './dispose';
import { isSame, isSameShop, type ShopPlan, type ShopWishes, type WantedShop } from './settings/wantedShop';
import { RunPause } from './runPause';
import type { StoresFor } from './stateStores';
import type { EngineState } from './sync/engineState';
import { cancelled, ShopError, toError } from './sync/errors';
import { OneAtATime } from './sync/oneAtATime';
import type { Clock, Log } from './sync/ports';
import type { RunResult } from './sync/runResult';
import type { Settings } from './sync/settings';
import type { Shop, ShopOptions } from './sync/shop';

/** How long settings must stay as they are before the shop is opened anew, ms: the Settings editor saves while one types. */
const quietMs = 500;

const conditionKeys: Readonly<Record<Condition['kind'], ContextKeys['shopmaster.condition']>> = {
  loading: 'loading',
  'not configured': 'notConfigured',
  'settings invalid': 'settingsInvalid',
  'sign in again': 'signInAgain',
  ready: 'ready',
};

export interface CurrentShopParts {
  readonly wishes: ShopWishes;
  readonly storesFor: StoresFor;
  /** Brings in the engine and its drivers: called at the first need. */
  readonly openShop: (options: ShopOptions) => Promise<Shop>;
  readonly setContextKey: SetContextKey;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Log;
}

interface OpenedShop {
  readonly shop: Shop;
  readonly stateListener: { dispose(): void };
  /** In which it is opened anew with other figures. */
  pause: RunPause | null;
}

/**
 * The one shop of this window: opened when it is first needed, opened anew when settings or secrets change. What runs is cut short
 * then, unless it stays the same shop and account. Whether syncs run by themselves is the user's wish, and outlives that.
 *
 * Whatever opens or closes the shop takes turns, and so does asking for it: a shop is never closed before it is open, nor opened while
 * another one is, nor while `apart` works. It may be closed at any later time; what runs on it then rejects as cancelled.
 */
export class CurrentShop extends DisposableOwner {
  private readonly conditionEmitter = this.register(new vscode.EventEmitter<Condition>());
  /** Disposed of after the shop's closing, which ends a run that is still to be told of. */
  private readonly runEmitter = new vscode.EventEmitter<RunResult>();
  readonly onDidChange = this.conditionEmitter.event;
  readonly onDidFinishRun = this.runEmitter.event;
  private readonly turns = new OneAtATime();
  private readonly closing = new AbortController();
  private current: Condition = { kind: 'loading' };
  /** Null until the first look. */
  /** Hidden from whatever prints objects: the passwords are in it. */
  #wanted: WantedShop | null = null;
  private opened: OpenedShop | null = null;
  /** Whether syncs are to run by themselves. */
  private isWished = false;
  /** How often Stop Sync was asked for: a start that still waits for its turn by then comes to nothing. */
  private stops = 0;
  private lookQueued = false;

  constructor(private readonly parts: CurrentShopParts) {
    super();
    this.register(parts.wishes.onDidChange(() => this.queueLook()));
    this.queueLook();
  }

  get condition(): Condition {
    return this.current;
  }

  /** The settings in use; null while they are incomplete. The passwords may be missing all the same. */
  get settings(): Settings | null {
    return this.#wanted !== null && 'plan' in this.#wanted ? this.#wanted.plan.settings : null;
  }

  /** Resolves when settings and secrets are read, and a change of them under way is carried out. */
  settled(): Promise<void> {
    return this.turns.idle();
  }

  /** `settings`, once they are read. Rejects with a ShopError that says what is missing. */
  completeSettings(): Promise<Settings> {
    return this.turns.run(() => {
      if (this.settings === null) throw this.whyNotOpen();
      return Promise.resolve(this.settings);
    });
  }

  /** The shop, opened at the first call. Rejects with a ShopError where settings or the password of SQL Server are missing. */
  shop(): Promise<Shop> {
    return this.turns.run(() => this.open(this.planToLook()));
  }

  /** As `shop`, for what also needs Digible. */
  shopThatCanSend(): Promise<Shop> {
    return this.turns.run(() => this.open(this.planToSend()));
  }

  /** Syncs at once, then in the interval of the settings; also after the settings change. Rejects as `shopThatCanSend`. */
  start(): Promise<void> {
    const { stops } = this;
    return this.turns.run(async () => {
      if (this.stops !== stops) return;
      this.isWished = true;
      await this.openAndStart(this.planToSend());
    });
  }

  /** Resolves when the run under way has come to its end: a scheduled sync between two requests, anything else as it would have. */
  async stop(): Promise<void> {
    this.stops += 1;
    this.isWished = false;
    const opened = await this.turns.run(() => Promise.resolve(this.opened));
    await opened?.shop.master.stop();
  }

  /** Ends the run under way, if there is one, between two requests; syncs go on to run by themselves where they do. */
  cancelRun(): void {
    this.opened?.shop.master.cancelRun();
  }

  /**
   * Runs a task while no shop is open, and opens it with the settings as they are then. The signal asks the task to end because the
   * window closes. The task must not ask this object for the shop, nor wait for it to settle: both wait for the task.
   */
  apart<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.turns.run(async () => {
      this.closing.signal.throwIfAborted();
      await this.close();
      if (this.current.kind === 'ready') this.show({ ...this.current, engine: this.atRest(this.current.engine) });
      try {
        return await task(this.closing.signal);
      } finally {
        if (!this.isDisposed) await this.use(await this.parts.wishes.read());
      }
    });
  }

  /** Ends what runs between two requests and closes every connection; `shutDown` also waits for it. */
  override dispose(): void {
    if (this.isDisposed) return;
    this.closing.abort(cancelled());
    super.dispose();
    void this.turns.run(async () => {
      await this.close();
      this.runEmitter.dispose();
    });
  }

  /** Resolves when the shop is closed, and whoever wants to hear of its last run has heard of it. */
  async shutDown(): Promise<void> {
    this.dispose();
    await this.turns.idle();
  }

  private queueLook(): void {
    if (this.lookQueued) return;
    this.lookQueued = true;
    const look = this.turns.run(async () => {
      this.lookQueued = false;
      await this.lookAgain();
    });
    look.catch((caught: unknown) => {
      // That the window closes is no failure.
      if (!this.isDisposed) this.parts.log.error('settings were not looked at', { error: toError(caught).message });
    });
  }

  private async lookAgain(): Promise<void> {
    let wanted = await this.parts.wishes.read();
    if (this.#wanted === null) {
      this.isWished = this.stops === 0 && this.parts.wishes.autoStart() && wanted.kind !== 'not configured';
      await this.use(wanted);
      return;
    }
    for (let quiet = this.isPaused; !quiet && !isSame(wanted, this.#wanted);) {
      await this.parts.clock.sleep(quietMs, this.closing.signal);
      const later = await this.parts.wishes.read();
      quiet = isSame(wanted, later);
      wanted = later;
    }
    const { opened } = this;
    if (isSame(wanted, this.#wanted)) {
      if (opened !== null && this.isPaused) {
        opened.pause?.end();
        opened.pause = null;
      }
    } else if (opened !== null && !this.isPaused && differsInFigures(wanted, this.#wanted)) {
      // What runs ends with the figures it began with. Until then the shop is there for whoever needs it.
      opened.pause ??= new RunPause(opened.shop, () => this.queueLook());
    } else await this.use(wanted);
  }

  private get isPaused(): boolean {
    return this.opened?.pause?.hasBegun ?? false;
  }

  /** Closes the shop there was and shows the one that is wanted now; opens it only where syncs are to run by themselves. */
  private async use(wanted: WantedShop): Promise<void> {
    await this.close();
    this.#wanted = wanted;
    if (wanted.kind !== 'ready') {
      this.show(conditionOf(wanted));
      return;
    }
    await this.showReady(wanted.plan.settings);
    try {
      if (this.isWished) await this.openAndStart(wanted.plan);
    } catch (caught) {
      this.show({ kind: 'settings invalid', error: asShopError(caught) });
    }
  }

  private async showReady(settings: Settings): Promise<void> {
    const engine = this.atRest({ ...stoppedEngine, lastSync: await this.storedLastSync(settings) });
    this.show({ kind: 'ready', engine, intervalSeconds: settings.sync.intervalSeconds });
  }

  private async openAndStart(plan: ShopPlan): Promise<void> {
    const shop = await this.open(plan);
    // A stop may have come while it was opened.
    if (this.isWished) shop.master.start();
  }

  private planToLook(): ShopPlan {
    const wanted = this.#wanted;
    if (wanted?.kind === 'sign in again' && !wanted.missing.includes('sqlPassword')) return wanted.plan;
    return this.planToSend();
  }

  private planToSend(): ShopPlan {
    if (this.#wanted?.kind !== 'ready') throw this.whyNotOpen();
    return this.#wanted.plan;
  }

  private async open({ settings, secrets }: ShopPlan): Promise<Shop> {
    this.closing.signal.throwIfAborted();
    if (this.opened !== null) return this.opened.shop;
    const { storesFor, openShop, log } = this.parts;
    const shop = await openShop({ settings, secrets, ...(await storesFor(settings)), log });
    // What kept an earlier shop from opening is over.
    if (this.#wanted?.kind === 'ready' && this.current.kind !== 'ready') await this.showReady(settings);
    const stateListener = shop.master.onDidChangeState((engine) => this.showEngine(engine));
    shop.master.onDidFinishRun((result) => this.runEmitter.fire(result));
    this.opened = { shop, stateListener, pause: null };
    return shop;
  }

  /** Views go on showing what there was: that the shop closes to be opened anew is nothing to them. */
  private async close(): Promise<void> {
    const { opened } = this;
    if (opened === null) return;
    this.opened = null;
    opened.stateListener.dispose();
    const closed = opened.shop.close();
    opened.pause?.end();
    await closed.catch((caught: unknown) => {
      this.parts.log.error('the shop did not close cleanly', { error: toError(caught).message });
    });
  }

  /** A shop that was just opened does not know yet what an earlier one has stored. */
  private showEngine(engine: EngineState): void {
    if (this.current.kind !== 'ready') return;
    const lastSync = engine.lastSync ?? this.current.engine.lastSync;
    this.show({ ...this.current, engine: { ...engine, lastSync } });
  }

  private atRest(engine: EngineState): EngineState {
    const phase = this.isWished ? 'idle' : 'stopped';
    return { ...engine, phase, scheduled: this.isWished, progress: null, error: null };
  }

  /** What can't be read is told by the first run. */
  private async storedLastSync(settings: Settings): Promise<number | null> {
    try {
      const { store } = await this.parts.storesFor(settings);
      return (await store.load()).lastSync;
    } catch (caught) {
      this.parts.log.debug('the last sync is not known', { error: toError(caught).message });
      return null;
    }
  }

  private show(condition: Condition): void {
    if (this.isDisposed) return;
    this.current = condition;
    const engine = condition.kind === 'ready' ? condition.engine : stoppedEngine;
    this.parts.setContextKey('shopmaster.condition', conditionKeys[condition.kind]);
    this.parts.setContextKey('shopmaster.scheduled', engine.scheduled);
    // Each look whether the other one is still there begins as a sync.
    if (engine.phase !== 'syncing' || engine.progress !== null)
      this.parts.setContextKey('shopmaster.watching', engine.scheduled && engine.phase === 'another writer');
    this.conditionEmitter.fire(condition);
  }

  private whyNotOpen(): ShopError {
    const wanted = this.#wanted;
    if (wanted?.kind === 'settings invalid') return wanted.error;
    if (wanted?.kind === 'sign in again') {
      const message = vscode.l10n.t('The password is not stored on this computer.');
      return new ShopError('session-expired', message, vscode.l10n.t('Sign in again.'), { remedy: 'sign in' });
    }
    const message = vscode.l10n.t('shopMaster is not configured yet.');
    const hint = vscode.l10n.t('Fill in the settings and choose Configure.');
    return new ShopError('not-configured', message, hint, { remedy: 'configure' });
  }
}

/** Whether it is the same shop and account, so that nothing that runs has to be ended. */
function differsInFigures(wanted: WantedShop, before: WantedShop): boolean {
  if (!('plan' in wanted) || !('plan' in before)) return false;
  const [one, other] = [wanted.plan, before.plan];
  return isSameShop(one.settings, other.settings) && isDeepStrictEqual(one.secrets, other.secrets);
}

/** Conditions go to every view: no secret goes with them. */
function conditionOf(wanted: Exclude<WantedShop, { kind: 'ready' }>): Condition {
  return wanted.kind === 'sign in again' ? { kind: wanted.kind, missing: wanted.missing } : wanted;
}

function asShopError(caught: unknown): ShopError {
  if (caught instanceof ShopError) return caught;
  const cause = toError(caught);
  const message = vscode.l10n.t('The shop could not be opened: {0}', cause.message);
  return new ShopError('internal', message, vscode.l10n.t('Reload the window; the log has more.'), { cause });
}
