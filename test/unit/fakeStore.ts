import type { StateStore, StoredState } from '../../src/sync/ports';

export const emptyState: StoredState = { lastSync: null, rejected: [], unsettled: [], uploadCheckpoint: null };

/** A state store in memory. Saves wait while `gate` does, and fail with `failures`, first come first served. */
export class FakeStore implements StateStore {
  readonly saves: StoredState[] = [];
  readonly failures: Error[] = [];
  gate: Promise<void> = Promise.resolve();
  loads = 0;

  constructor(public stored: StoredState | Error = emptyState) {}

  load(): Promise<StoredState> {
    this.loads += 1;
    return this.stored instanceof Error ? Promise.reject(this.stored) : Promise.resolve(this.stored);
  }

  async save(state: StoredState): Promise<void> {
    await this.gate;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    this.saves.push(state);
    this.stored = state;
  }
}
