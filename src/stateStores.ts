import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { ConfirmedFile } from './sync/confirmedFile';
import type { ConfirmedStore, Log, StateStore } from './sync/ports';
import { ownerOf, StateFile } from './sync/stateFile';
import type { Settings } from './sync/settings';

/** What must outlive a run of one shop. */
export interface ShopStores {
  readonly store: StateStore;
  readonly confirmed: ConfirmedStore;
}

/** Where it lies, for the shop of these settings. */
export type StoresFor = (settings: Settings) => Promise<ShopStores>;

/** Two files for each shop, in the extension's own folder, shared by all windows. */
export function stateStores({ fsPath: folder }: vscode.Uri, log: Log): StoresFor {
  return async (settings) => {
    await mkdir(folder, { recursive: true });
    const owner = ownerOf(settings);
    const shop = createHash('sha256').update(owner.shop).digest('hex').slice(0, 16);
    return {
      store: new StateFile(path.join(folder, `state-${shop}.json`), owner),
      confirmed: new ConfirmedFile(path.join(folder, `confirmed-${shop}`), owner, log),
    };
  };
}
