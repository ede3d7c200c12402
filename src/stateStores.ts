import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { StateStore } from './sync/ports';
import { ownerOf, StateFile } from './sync/stateFile';
import type { Settings } from './sync/settings';

/** Where what must outlive a run lies, for the shop of these settings. */
export type StoreFor = (settings: Settings) => Promise<StateStore>;

/** A state file for each shop, in the extension's own folder, shared by all windows. */
export function stateStores({ fsPath: folder }: vscode.Uri): StoreFor {
  return async (settings) => {
    await mkdir(folder, { recursive: true });
    const owner = ownerOf(settings);
    const name = `state-${createHash('sha256').update(owner.shop).digest('hex').slice(0, 16)}.json`;
    return new StateFile(path.join(folder, name), owner);
  };
}
