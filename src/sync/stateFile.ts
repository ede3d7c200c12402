import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ShopError, toError } from './errors';
import type { StateStore, StoredState } from './ports';
import type { Settings } from './settings';
import { whenFree } from './whenFree';

const version = 1;
/** No save takes so long, in milliseconds: what is older was left behind by a process that died while it saved. */
const longestSaveMs = 60_000;
export const emptyState: StoredState = { lastSync: null, rejected: [], unsettled: [], uploadCheckpoint: null };

/** Whose state it is. */
export interface StateOwner {
  /** Server, database and product table. */
  readonly shop: string;
  /** The Digible account, whose catalogue nothing is known of that another account has been sent. */
  readonly account: string;
}

/** Word for word: a state that is not recognised is found out anew; one that is taken for ours would keep products from the catalogue. */
export function ownerOf({ sqlServer, digible }: Pick<Settings, 'sqlServer' | 'digible'>): StateOwner {
  return {
    shop: [sqlServer.server, sqlServer.database, sqlServer.table].join('|'),
    account: [digible.baseUrl, digible.email].join('|'),
  };
}

/**
 * The state in a JSON file that only its owner can read. A save writes a new file beside it, flushes it and puts it in the old one's
 * place.
 */
export class StateFile implements StateStore {
  private cleared = false;

  /** Another owner's state is not taken for ours: it loads as the empty one, and is overwritten by the next save. */
  constructor(
    private readonly file: string,
    private readonly owner: StateOwner,
    private readonly replace: (from: string, to: string) => Promise<void> = rename,
  ) {}

  async load(): Promise<StoredState> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (caught) {
      if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return emptyState;
      throw this.unreadable(caught);
    }
    let stored: Partial<StoredState> & { version?: unknown } & Partial<StateOwner>;
    try {
      stored = JSON.parse(text) as typeof stored;
      if (stored.version !== version) throw new Error(`its version is ${String(stored.version)}`);
    } catch (caught) {
      throw this.unreadable(caught);
    }
    // A file from before accounts were written down belongs to the present one: hardly anybody has had another, and to forget
    // requests that may still be applied would be worse.
    const { shop, account = this.owner.account } = stored;
    if (shop !== this.owner.shop || account !== this.owner.account) return emptyState;
    const { lastSync, rejected, unsettled, uploadCheckpoint } = { ...emptyState, ...stored };
    return { lastSync, rejected, unsettled, uploadCheckpoint };
  }

  async save(state: StoredState): Promise<void> {
    const temporary = `${this.file}.${randomUUID()}.tmp`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ version, ...this.owner, ...state }, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await whenFree(() => this.replace(temporary, this.file));
    } catch (caught) {
      await rm(temporary, { force: true });
      throw caught;
    }
    // The state is saved; litter that stays is no failure.
    if (!this.cleared) await this.clearLeftovers().catch(() => undefined);
    this.cleared = true;
  }

  private async clearLeftovers(): Promise<void> {
    const { dir, base } = path.parse(this.file);
    for (const name of await readdir(dir)) {
      if (!name.startsWith(`${base}.`) || !/^\.[0-9a-f-]{36}\.tmp$/.test(name.slice(base.length))) continue;
      const leftover = path.join(dir, name);
      const { mtimeMs } = await stat(leftover);
      if (Date.now() - mtimeMs > longestSaveMs) await rm(leftover, { force: true });
    }
  }

  private unreadable(caught: unknown): ShopError {
    return new ShopError(
      'state-unreadable',
      `The state file ${this.file} can't be read: ${toError(caught).message}.`,
      'Delete the file: rejected products are then tried anew and an unfinished upload starts over; nothing else is lost.',
      { cause: caught },
    );
  }
}
