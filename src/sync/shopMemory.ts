import { toError } from './errors';
import type { UploadCheckpoint } from './model';
import type { Clock, Log, StateStore, StoredState } from './ports';
import { Rejections } from './rejections';
import { Unsettled } from './unsettled';

export interface Remembered {
  readonly rejections: Rejections;
  readonly unsettled: Unsettled;
}

/** What outlives a run, loaded once and saved after each change. */
export class ShopMemory {
  lastSync: number | null = null;
  checkpoint: UploadCheckpoint | null = null;
  private loaded: Promise<Remembered> | null = null;
  private remembered: Remembered | null = null;
  private saving: Promise<void> | null = null;
  private stale = false;
  /** The last save failed: what is known here is known nowhere else. */
  private unsaved = false;
  private sawAnotherWriter = false;

  constructor(
    private readonly store: StateStore,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly log: Log,
    private readonly settlesAfterMs: number,
  ) {}

  get isLoaded(): boolean {
    return this.remembered !== null;
  }

  /** Rejects with a ShopError where there is a state that can't be read. */
  load(): Promise<Remembered> {
    this.loaded ??= this.read().catch((caught: unknown) => {
      this.loaded = null;
      throw caught;
    });
    return this.loaded;
  }

  /** What is known while the state is this process's own; otherwise what is stored just now, of which nothing is kept. */
  recall(): Promise<StoredState> {
    return this.remembered === null ? this.store.load() : Promise.resolve(this.stateOf(this.remembered));
  }

  /** Saves in the background; while one save runs, the next one gathers what changes meanwhile. */
  save(): void {
    if (this.remembered === null) return;
    this.stale = true;
    this.saving ??= this.write();
  }

  /** The next load reads anew: somebody else may have written. */
  forget(): void {
    if (this.unsaved) return;
    this.loaded = null;
    this.remembered = null;
    this.stale = false;
  }

  /** Another process is the writer: this one forgets, and takes over with care. */
  yieldToWriter(): void {
    this.forget();
    this.sawAnotherWriter = true;
  }

  /** This process has the writer lock. Where another had it when last seen, requests which that one gave up may still be applied. */
  haveLock(): void {
    if (!this.sawAnotherWriter || this.remembered === null) return;
    this.sawAnotherWriter = false;
    this.remembered.unsettled.addAll();
  }

  /** When nothing that was sent can be applied late any more; in the past where that is so, epoch milliseconds. */
  get settledAt(): number {
    return this.remembered?.unsettled.settledAt ?? 0;
  }

  /** Resolves when everything is saved, or can't be. */
  async saved(): Promise<void> {
    while (this.saving !== null) await this.saving;
  }

  private async read(): Promise<Remembered> {
    const state = await this.store.load();
    this.lastSync = state.lastSync;
    this.checkpoint = state.uploadCheckpoint;
    this.remembered = {
      rejections: new Rejections(state.rejected, this.clock),
      unsettled: new Unsettled(this.clock, this.settlesAfterMs, state.unsettled, () => this.save()),
    };
    return this.remembered;
  }

  private async write(): Promise<void> {
    // What changes at the same moment goes with one save.
    await Promise.resolve();
    while (this.stale && this.remembered !== null) {
      this.stale = false;
      try {
        await this.store.save(this.stateOf(this.remembered));
        this.unsaved = false;
      } catch (caught) {
        this.unsaved = true;
        this.log.error('the state could not be saved', { error: toError(caught).message });
      }
    }
    this.saving = null;
  }

  private stateOf({ rejections, unsettled }: Remembered): StoredState {
    return {
      lastSync: this.lastSync,
      rejected: rejections.all,
      unsettled: unsettled.all,
      uploadCheckpoint: this.checkpoint,
    };
  }
}
