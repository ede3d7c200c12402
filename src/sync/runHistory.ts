import { randomUUID } from 'node:crypto';
import { mkdirSync, watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toError } from './errors';
import { belongTogether, entryOf, readEntry, together, type HistoryEntry } from './historyEntry';
import { tellOne } from './listeners';
import { OneAtATime } from './oneAtATime';
import type { Clock, Log } from './ports';
import type { RunResult } from './runResult';
import { systemClock } from './systemClock';

/** Entries that are kept. */
const kept = 50;
/** Milliseconds in which changes of the directory are told as one. */
const gatherMs = 100;
/** The end in epoch milliseconds with 15 digits, so that names sort by time, and a UUID. */
const entryName = /^\d{15}-[\da-f-]{36}\.json$/;
const ownName = /^\d{15}-[\da-f-]{36}\.json(\.tmp)?$/;

/** The last 50 runs of a shop, kept over restarts: a small file for each in one directory, so that several windows may write at once. */
export class RunHistory {
  private readonly writing = new OneAtATime();

  /** `directory` is made when it is first needed. */
  constructor(
    private readonly directory: string,
    private readonly log: Log,
    private readonly clock: Pick<Clock, 'sleep'> = systemClock,
  ) {}

  /** `at`: its end, epoch milliseconds. Never rejects: a history that can't be written is logged, and nothing else suffers. */
  async record(result: RunResult, at: number): Promise<void> {
    const entry = entryOf(result, at);
    if (entry === null) return;
    try {
      await this.writing.run(() => this.add(entry));
    } catch (caught) {
      this.log.warn('the history could not be written', { error: toError(caught).message });
    }
  }

  /** Newest first. Rejects where the directory can't be read. */
  async list(): Promise<readonly HistoryEntry[]> {
    const newest = (await this.names()).filter((name) => entryName.test(name)).slice(-kept);
    const entries = await Promise.all(newest.reverse().map((name) => this.read(name)));
    return entries.filter((entry) => entry !== null);
  }

  /** Tells that the list may be another one, whichever window wrote. Where that can't be watched, it is logged. */
  watch(listener: () => void): { dispose(): void } {
    const stop = new AbortController();
    let gathering = false;
    const gather = (): void => {
      if (gathering) return;
      gathering = true;
      const tell = (): void => {
        gathering = false;
        tellOne(listener, undefined, this.log);
      };
      this.clock.sleep(gatherMs, stop.signal).then(tell, () => undefined);
    };
    const watcher = this.startWatching((name) => {
      if (name === null || entryName.test(name)) gather();
    });
    return {
      dispose: () => {
        stop.abort();
        watcher?.close();
      },
    };
  }

  private startWatching(onChange: (name: string | null) => void): FSWatcher | null {
    const failed = (caught: unknown): void => {
      this.log.warn('the history is not watched', { error: toError(caught).message });
    };
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      const watcher = watch(this.directory, { persistent: false }, (_event, name) => onChange(name));
      return watcher.on('error', failed);
    } catch (caught) {
      failed(caught);
      return null;
    }
  }

  private async add(entry: HistoryEntry): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const earlier = await this.takeNewest(entry);
    await this.write(earlier === null ? entry : together(earlier.entry, entry));
    if (earlier !== null) await rm(earlier.path, { force: true });
    await this.prune();
  }

  /** Takes the newest entry out of the list where the two are one line; of two windows that want it, one gets it. */
  private async takeNewest(
    entry: HistoryEntry,
  ): Promise<{ readonly entry: HistoryEntry; readonly path: string } | null> {
    const newest = (await this.names()).filter((name) => entryName.test(name)).at(-1);
    if (newest === undefined) return null;
    const earlier = await this.read(newest);
    if (earlier === null || !belongTogether(earlier, entry)) return null;
    const taken = this.pathOf(`${newest}.tmp`);
    try {
      await rename(this.pathOf(newest), taken);
      return { entry: earlier, path: taken };
    } catch (caught) {
      if (isGone(caught)) return null;
      throw caught;
    }
  }

  private async write(entry: HistoryEntry): Promise<void> {
    const name = `${String(entry.at).padStart(15, '0')}-${randomUUID()}.json`;
    const temporary = this.pathOf(`${name}.tmp`);
    try {
      await writeFile(temporary, `${JSON.stringify(entry)}\n`, { flag: 'wx', mode: 0o600 });
      await rename(temporary, this.pathOf(name));
    } catch (caught) {
      await rm(temporary, { force: true });
      throw caught;
    }
  }

  /** Takes away what is older than the entries kept, also what a crash left half-written. */
  private async prune(): Promise<void> {
    const names = await this.names();
    const oldest = names.filter((name) => entryName.test(name)).at(-kept);
    if (oldest === undefined) return;
    for (const name of names) if (name < oldest) await rm(this.pathOf(name), { force: true });
  }

  /** Null where it can't be read, or another window has just pruned it. */
  private async read(name: string): Promise<HistoryEntry | null> {
    try {
      const entry = readEntry(await readFile(this.pathOf(name), 'utf8'));
      if (entry === null) this.log.debug('an entry of the history is not readable', { name });
      return entry;
    } catch (caught) {
      if (!isGone(caught)) this.log.debug('an entry of the history is not readable', { name, error: String(caught) });
      return null;
    }
  }

  /** Names of our own files, the oldest first. */
  private async names(): Promise<string[]> {
    try {
      return (await readdir(this.directory)).filter((name) => ownName.test(name)).sort();
    } catch (caught) {
      if (isGone(caught)) return [];
      throw caught;
    }
  }

  private pathOf(name: string): string {
    return path.join(this.directory, name);
  }
}

function isGone(caught: unknown): boolean {
  return (caught as NodeJS.ErrnoException).code === 'ENOENT';
}
