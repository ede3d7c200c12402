import type * as vscode from 'vscode';
import type { CurrentShop } from '../../currentShop';
import type { DatabaseWork } from '../../databaseWork';
import { DisposableOwner } from '../../dispose';
import type { Runs } from '../../runs';
import type { ShopSecrets } from '../../settings/shopSecrets';
import type { Log } from '../../sync/ports';

export interface SettingsPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly currentShop: CurrentShop;
  readonly secrets: ShopSecrets;
  readonly databaseWork: DatabaseWork;
  readonly runs: Runs;
  readonly log: Log;
}

/** The one settings panel: made at its first showing, shown again after that. */
export class SettingsPanel extends DisposableOwner {
  constructor(readonly parts: SettingsPanelParts) {
    super();
  }

  show(): void {
    return;
  }
}
