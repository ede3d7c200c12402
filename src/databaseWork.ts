import type { CurrentShop } from './currentShop';
import type { ShopSecrets } from './settings/shopSecrets';
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

/** What changes the shop's database on the user's word: Configure, Repair Capture, Remove from Database. */
export class DatabaseWork {
  constructor(
    readonly currentShop: CurrentShop,
    readonly secrets: ShopSecrets,
    readonly notifications: Notifications,
    readonly log: Log,
  ) {}

  /** Test Connection from the palette: with the settings in use; reports SQL Server and Digible each on its own. */
  testConnection(): Promise<void> {
    return Promise.resolve();
  }

  /** The tables that the product table can be chosen from. Rejects with a ShopError. */
  listTables(_request: ConfigureRequest, _signal: AbortSignal): Promise<readonly TableChoice[]> {
    return Promise.resolve([]);
  }

  /** What Configure would do; changes nothing. Rejects with a ShopError. */
  plan(_request: ConfigureRequest, _signal: AbortSignal): Promise<ConfigurePlan> {
    return Promise.reject(new Error('not there yet'));
  }

  /** Signs in, gets the database ready, and saves settings and secrets. Rejects with a ShopError, and nothing is half-done. */
  configure(_request: ConfigureRequest, _onStep: (step: ConfigureStep) => void): Promise<ConfigurePlan> {
    return Promise.reject(new Error('not there yet'));
  }

  /** Repair Capture: Configure with the settings in use, after it has shown what it will do. */
  repair(): Promise<void> {
    return Promise.resolve();
  }

  /** Remove from Database: asks how much, stops the sync, removes it. */
  remove(): Promise<void> {
    return Promise.resolve();
  }
}
