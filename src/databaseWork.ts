import * as vscode from 'vscode';
import type { CurrentShop } from './currentShop';
import type { ShopSecrets } from './settings/shopSecrets';
import { writeSettings } from './settings/shopSettings';
import { ofSqlServerAlone, withShopAside } from './shopAside';
import { ShopError } from './sync/errors';
import { parseSettings } from './sync/parseSettings';
import type { Log } from './sync/ports';
import type { Secrets, Settings } from './sync/settings';
import type { ConfigurePlan, ConfigureStep } from './sync/sqlserver/configurePlan';
import type { TableChoice } from './sync/sqlserver/tableChoices';
import type { Notifications } from './views/notifications';

export interface ConfigureRequest {
  readonly settings: Settings;
  /** Typed anew where not empty; stored ones are used otherwise. */
  readonly secrets: Secrets;
  readonly discardPending: boolean;
}

interface ConfigureUnderWay {
  readonly request: string;
  readonly steps: ConfigureStep[];
  readonly listeners: ((step: ConfigureStep) => void)[];
  readonly done: Promise<ConfigurePlan>;
}

/** What changes the shop's database on the user's word: Configure, Repair Capture, Remove from Database. */
export class DatabaseWork {
  private configuring: ConfigureUnderWay | null = null;

  constructor(
    private readonly currentShop: CurrentShop,
    private readonly secrets: ShopSecrets,
    readonly notifications: Notifications,
    private readonly log: Log,
  ) {}

  /** Test Connection from the palette: with the settings in use; reports SQL Server and Digible each on its own. */
  testConnection(): Promise<void> {
    return Promise.resolve();
  }

  /** The tables that the product table can be chosen from; needs no email, no table and no address. Rejects with a ShopError. */
  async listTables({ settings, secrets }: ConfigureRequest, signal: AbortSignal): Promise<readonly TableChoice[]> {
    const shopSecrets = await this.withStored(secrets);
    return withShopAside(ofSqlServerAlone(settings), shopSecrets, this.log, (shop) => shop.listTables(signal));
  }

  /** What Configure would do; changes nothing. Rejects with a ShopError. */
  async plan({ settings, secrets, discardPending }: ConfigureRequest, signal: AbortSignal): Promise<ConfigurePlan> {
    requireComplete(settings);
    const shopSecrets = await this.withStored(secrets);
    return withShopAside(settings, shopSecrets, this.log, (shop) => shop.planConfigure({ discardPending }, signal));
  }

  /**
   * Signs in, gets the database ready, and saves settings and secrets. Rejects with a ShopError; then nothing is saved, and the shop
   * goes on as it was. Asked for the same while it works, it tells both callers of the same work; something else waits for its turn.
   */
  configure(request: ConfigureRequest, onStep: (step: ConfigureStep) => void): Promise<ConfigurePlan> {
    const fingerprint = JSON.stringify(request);
    if (this.configuring?.request === fingerprint) {
      this.configuring.steps.forEach(onStep);
      this.configuring.listeners.push(onStep);
      return this.configuring.done;
    }
    const steps: ConfigureStep[] = [];
    const listeners = [onStep];
    const done = this.configureApart(request, (step) => {
      steps.push(step);
      for (const listener of listeners) listener(step);
    });
    const configuring = { request: fingerprint, steps, listeners, done };
    this.configuring = configuring;
    const forget = (): void => {
      if (this.configuring === configuring) this.configuring = null;
    };
    done.then(forget, forget);
    return done;
  }

  /** Repair Capture: Configure with the settings in use, after it has shown what it will do. */
  repair(): Promise<void> {
    return Promise.resolve();
  }

  /** Remove from Database: asks how much, stops the sync, removes it. */
  remove(): Promise<void> {
    return Promise.resolve();
  }

  private async configureApart(
    { settings, secrets, discardPending }: ConfigureRequest,
    onStep: (step: ConfigureStep) => void,
  ): Promise<ConfigurePlan> {
    requireComplete(settings);
    const shopSecrets = await this.withStored(secrets);
    return this.currentShop.apart(async (signal) => {
      const plan = await withShopAside(settings, shopSecrets, this.log, (shop) =>
        shop.configure({ discardPending, onStep }, signal),
      );
      await this.save(settings, secrets);
      return plan;
    });
  }

  private async save(settings: Settings, typed: Secrets): Promise<void> {
    const before = await this.secrets.read();
    await this.secrets.store(typed);
    try {
      await writeSettings(settings);
    } catch (failure) {
      await this.secrets.forget();
      await this.secrets.store(before);
      throw failure;
    }
  }

  private async withStored(typed: Secrets): Promise<Secrets> {
    const stored = await this.secrets.read();
    return {
      digiblePassword: typed.digiblePassword === '' ? stored.digiblePassword : typed.digiblePassword,
      sqlPassword: typed.sqlPassword === '' ? stored.sqlPassword : typed.sqlPassword,
    };
  }
}

function requireComplete(settings: Settings): void {
  const parsed = parseSettings(settings);
  if (parsed.ok) return;
  const message = vscode.l10n.t('The setting {0} {1}', `shopmaster.${parsed.key}`, parsed.reason);
  throw new ShopError('settings-invalid', message, vscode.l10n.t('Fill it in, then try again.'));
}
