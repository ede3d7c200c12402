import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { ShopError, toError } from './errors';
import type { StateStore, StoredState } from './ports';

const version = 1;
export const emptyState: StoredState = { lastSync: null, rejected: [], unsettled: [], uploadCheckpoint: null };

/**
 * The state in a JSON file that only its owner can read. A save writes a new file beside it, flushes it and puts it in the old one's
 * place.
 */
export class StateFile implements StateStore {
  /** `shop` tells which shop the state belongs to; another one's is not taken for ours. */
  constructor(
    private readonly path: string,
    private readonly shop: string,
  ) {}

  async load(): Promise<StoredState> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (caught) {
      if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return emptyState;
      throw this.unreadable(caught);
    }
    let stored: Partial<StoredState> & { version?: unknown; shop?: unknown };
    try {
      stored = JSON.parse(text) as typeof stored;
      if (stored.version !== version) throw new Error(`its version is ${String(stored.version)}`);
    } catch (caught) {
      throw this.unreadable(caught);
    }
    if (stored.shop !== this.shop) return emptyState;
    const { lastSync, rejected, unsettled, uploadCheckpoint } = { ...emptyState, ...stored };
    return { lastSync, rejected, unsettled, uploadCheckpoint };
  }

  async save(state: StoredState): Promise<void> {
    const temporary = `${this.path}.${randomUUID()}.tmp`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ version, shop: this.shop, ...state }, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
    } catch (caught) {
      await rm(temporary, { force: true });
      throw caught;
    }
  }

  private unreadable(caught: unknown): ShopError {
    return new ShopError(
      'state-unreadable',
      `The state file ${this.path} can't be read: ${toError(caught).message}.`,
      'Delete the file: rejected products are then tried anew and an unfinished upload starts over; nothing else is lost.',
      { cause: caught },
    );
  }
}
