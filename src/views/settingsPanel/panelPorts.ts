import type { ConfigureRequest } from '../../databaseWork';
import type { ConnectionTestResult } from '../../connectionTest';
import type { Saving } from '../../settings/saveTogether';
import type { SecretsSet } from '../../settings/shopSecrets';
import type { Settings } from '../../sync/settings';
import type { ConfigurePlan, ConfigureStep } from '../../sync/sqlserver/configurePlan';
import type { TableChoice } from '../../sync/sqlserver/tableChoices';
import type { FormValues, StoredProblem } from './protocol';

export interface StoredForm {
  readonly values: FormValues;
  /** Every setting; for those that the form has no field for. */
  readonly settings: Settings;
  readonly problems: readonly StoredProblem[];
}

/** What the panel needs of the rest of the extension. Secrets that it hands over are those typed; empty: the stored one is meant. */
export interface PanelPorts {
  readForm(): StoredForm;
  areSecretsSet(): Promise<SecretsSet>;
  /** This one and those below reject with a ShopError. `onOutcome` is told of each side as it comes in. */
  testConnections(
    request: Omit<ConfigureRequest, 'discardPending'>,
    onOutcome: (outcomes: Partial<ConnectionTestResult>) => void,
    signal: AbortSignal,
  ): Promise<ConnectionTestResult>;
  listTables(request: ConfigureRequest, signal: AbortSignal): Promise<readonly TableChoice[]>;
  plan(request: ConfigureRequest, signal: AbortSignal): Promise<ConfigurePlan>;
  configure(request: ConfigureRequest, onStep: (step: ConfigureStep) => void): Promise<ConfigurePlan>;
  save(saving: Saving): Promise<void>;
  upload(): Promise<void>;
  cancelUpload(): void;
  startSync(): Promise<void>;
  /** VS Code's own Settings, filtered by this key; empty: all of shopMaster's. */
  openSettings(key: string): void;
  showLog(): void;
  /** Whether the user sees the panel now. */
  isVisible(): boolean;
  /** Tells of the end of a Configure that the panel can't tell. `failure` is empty where it went through. */
  tell(table: string, failure: string): void;
}
