import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { StateStore } from './sync/ports';
import { StateFile } from './sync/stateFile';
import type { Settings } from './sync/settings';

/** Where what must outlive a run lies, for the shop of these settings. */
export type StoreFor = (settings: Settings) => Promise<StateStore>;

/** A state file for each shop, in the extension's own folder, shared by all windows. */
export function stateStores(folder: vscode.Uri): StoreFor {
  return async ({ sqlServer: { server, database, table } }) => {
    await vscode.workspace.fs.createDirectory(folder);
    const shop = [server, database, table].join('|');
    const name = `state-${createHash('sha256').update(shop).digest('hex').slice(0, 16)}.json`;
    return new StateFile(vscode.Uri.joinPath(folder, name).fsPath, shop);
  };
}
