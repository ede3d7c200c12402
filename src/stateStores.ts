import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { StateStore } from './sync/ports';
import { StateFile } from './sync/stateFile';
import type { Settings } from './sync/settings';

/** Where what must outlive a run lies, for the shop of these settings. */
export type StoreFor = (settings: Settings) => Promise<StateStore>;

/** A state file for each shop, in the extension's own folder, shared by all windows. */
export function stateStores({ fsPath: folder }: vscode.Uri): StoreFor {
  return async ({ sqlServer: { server, database, table } }) => {
    await mkdir(folder, { recursive: true });
    const shop = [server, database, table].join('|');
    const name = `state-${createHash('sha256').update(shop).digest('hex').slice(0, 16)}.json`;
    return new StateFile(path.join(folder, name), shop);
  };
}
