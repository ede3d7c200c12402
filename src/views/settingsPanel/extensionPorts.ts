/** Gives the panel's session what it needs of the extension and of VS Code. */
import * as vscode from 'vscode';
import type { CommandId } from '../../commands';
import type { CurrentShop } from '../../currentShop';
import type { DatabaseWork } from '../../databaseWork';
import type { Runs } from '../../runs';
import type { ShopSecrets } from '../../settings/shopSecrets';
import { readForm } from '../../settings/shopSettings';
import type { PanelPorts } from './panelPorts';
import { formOf } from './storedForm';
import { hostSentences } from './words';

const root = 'shopmaster';

export interface ExtensionParts {
  readonly currentShop: CurrentShop;
  readonly secrets: ShopSecrets;
  readonly databaseWork: DatabaseWork;
  readonly runs: Runs;
}

export interface Panel {
  isVisible(): boolean;
  show(): void;
}

export function extensionPorts({ currentShop, secrets, databaseWork, runs }: ExtensionParts, panel: Panel): PanelPorts {
  const { storedProblem } = hostSentences(vscode.l10n);
  return {
    readForm: () => {
      const configuration = vscode.workspace.getConfiguration(root);
      return formOf((setting) => configuration.get<unknown>(setting), readForm(), storedProblem);
    },
    areSecretsSet: () => secrets.areSet(),
    testConnections: (request, onOutcome, signal) => databaseWork.test(request, onOutcome, signal),
    listTables: (request, signal) => databaseWork.listTables(request, signal),
    plan: (request, signal) => databaseWork.plan(request, signal),
    configure: (request, onStep) => databaseWork.configure(request, onStep),
    save: (saving) => databaseWork.saveOnly(saving),
    upload: () => runs.uploadShownBy(() => panel.isVisible()),
    cancelUpload: () => runs.cancelUpload(),
    startSync: () => currentShop.start(),
    openSettings: (key) => {
      const filter = key === '' ? '@ext:shopmaster.shopmaster' : key;
      void vscode.commands.executeCommand('workbench.action.openSettings', filter);
    },
    showLog: () => {
      void vscode.commands.executeCommand('shopmaster.showLog' satisfies CommandId);
    },
    isVisible: () => panel.isVisible(),
    tell: (table, failure) => void tell(table, failure, panel),
  };
}

/** Of a Configure that ended unseen. */
async function tell(table: string, failure: string, panel: Panel): Promise<void> {
  if (failure === '') {
    const upload = vscode.l10n.t('Upload Products');
    const message = vscode.l10n.t('shopMaster is configured: every change of {0} is logged from now on.', table);
    if ((await vscode.window.showInformationMessage(message, upload)) === upload)
      await vscode.commands.executeCommand('shopmaster.uploadProducts' satisfies CommandId);
    return;
  }
  const open = vscode.l10n.t('Configure');
  const message = vscode.l10n.t('Configure did not go through: {0}', failure);
  if ((await vscode.window.showErrorMessage(message, open)) === open) panel.show();
}
