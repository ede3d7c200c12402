import { carryOut, discarding, discardingRejected, dismissing, retrying, type Decision } from './decisions';
import type { EngineState } from './engineState';
import { cancelled, toError } from './errors';
import type { Listener } from './listeners';
import type {
  Dismissal,
  LogId,
  RejectedProduct,
  SyncReport,
  UploadCheckpoint,
  UploadReport,
  VerifyReport,
} from './model';
import { OneAtATime } from './oneAtATime';
import { nullConfirmed } from './nullStore';
import type { ConfirmedStore, StateStore, StoredState } from './ports';
import { asShopError, type RunResult } from './runResult';
import { Scheduler } from './scheduler';
import { ShopMemory } from './shopMemory';
import { ShopRuns, type RunOptions, type RunParts, type UploadRunOptions, type VerifyRunOptions } from './shopRuns';
import { ShownState } from './shownState';

/** How long a run under way may take to come to an end when the engine is disposed of, in milliseconds. */
const disposePatienceMs = 4000;

export interface ShopParts extends Omit<RunParts, 'confirmed'> {
  readonly store: StateStore;
  /** Default: what was confirmed is not kept, and a verify finds everything missing. */
  readonly confirmed?: ConfirmedStore;
}

/** The engine of one shop: its schedule and its state. Sync, upload, verify and whatever must not run beside them take turns here. */
export class ShopMaster {
  private readonly turns = new OneAtATime();
  private readonly scheduler: Scheduler;
  private readonly memory: ShopMemory;
  private readonly confirmed: ConfirmedStore;
  private readonly shown: ShownState;
  private readonly runs: ShopRuns;
  private readonly soft = new AbortController();
  private readonly hard = new AbortController();
  private queuedManual: Promise<SyncReport> | null = null;
  private disposed: Promise<void> | null = null;
  private refreshing: Promise<void> | null = null;
  private releasing: Promise<void> | null = null;

  constructor(private readonly parts: ShopParts) {
    this.memory = new ShopMemory(parts.store, parts.clock, parts.log, parts.settings.sync.settleSeconds * 1000);
    this.scheduler = new Scheduler(parts.clock, (stopped) => this.tick(stopped));
    this.shown = new ShownState(parts.log);
    this.confirmed = parts.confirmed ?? nullConfirmed;
    this.runs = new ShopRuns(
      { ...parts, confirmed: this.confirmed },
      {
        memory: this.memory,
        shown: this.shown,
        soft: this.soft.signal,
        hard: this.hard.signal,
        isScheduled: () => this.scheduler.isStarted,
        releaseUnlessScheduled: () => this.releaseUnlessScheduled(),
      },
    );
    // What is stored may be another process's by the next run.
    parts.database.lock.onDidLose(() => void this.turns.run(() => this.forget()));
  }

  get state(): EngineState {
    return this.shown.current;
  }

  onDidChangeState(listener: Listener<EngineState>): { dispose(): void } {
    return this.shown.onDidChange(listener);
  }

  onDidFinishRun(listener: Listener<RunResult>): { dispose(): void } {
    return this.runs.onDidFinish(listener);
  }

  /** Syncs at once, then in the interval of the settings. */
  start(): void {
    if (this.soft.signal.aborted) return;
    const anew = this.shown.current.phase === 'stopped' || this.shown.isLoginRefused;
    this.shown.update({ scheduled: true, ...(anew && this.shown.atRest(true)) });
    this.scheduler.start(this.parts.settings.sync.intervalSeconds * 1000);
  }

  /**
   * No further scheduled sync, and another window may take over. A scheduled one under way ends between two requests; a manual one or an
   * upload comes to its end first.
   */
  async stop(): Promise<void> {
    this.scheduler.stop();
    this.shown.update({ scheduled: false });
    await this.turns.run(async () => {
      await this.releaseUnlessScheduled();
      if (!this.scheduler.isStarted) this.shown.update({ phase: 'stopped', error: null });
    });
  }

  /** Ends the run under way, if there is one, between two requests. What it was is in its result, as cancelled. */
  cancelRun(): void {
    this.runs.cancel();
  }

  /** One sync, started or not; during a run it waits for that and starts one more. Rejects with a ShopError. */
  syncNow(options: RunOptions = {}): Promise<SyncReport> {
    this.queuedManual ??= this.turns.run(() => {
      this.queuedManual = null;
      return this.runs.sync('manual', options);
    });
    return this.queuedManual;
  }

  /** The whole product table; `resume` goes on where the last one ended. Rejects with a ShopError. */
  upload(options: UploadRunOptions = {}): Promise<UploadReport> {
    return this.turns.run(() => this.runs.upload(options));
  }

  /** Compares the product table with what was last confirmed, and sends nothing. Rejects with a ShopError. */
  verify(options: VerifyRunOptions = {}): Promise<VerifyReport> {
    return this.turns.run(() => this.runs.verify(options));
  }

  /**
   * Puts into the state what is stored and what a look at triggers and ChangeLog shows, without the writer lock and beside a run under
   * way, whose own figures win. Calls at once share one look. Rejects with a ShopError, and leaves the state as it is then.
   */
  refresh(): Promise<void> {
    this.refreshing ??= this.lookAround().finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  /** Does not wait for a run under way. Rejects with a ShopError. */
  async rejectedProducts(): Promise<readonly RejectedProduct[]> {
    return (await this.recall()).rejected;
  }

  /** Where an upload can be resumed; null where there is none to resume. As `rejectedProducts`. */
  async uploadCheckpoint(): Promise<UploadCheckpoint | null> {
    return (await this.recall()).uploadCheckpoint;
  }

  /** What the next sync begins with. As `rejectedProducts`. */
  async nextSync(): Promise<{ readonly state: StoredState; readonly newestFirst: boolean }> {
    return { state: await this.recall(), newestFirst: this.shown.isNewestFirst };
  }

  /** These rejected products, or all, are due at once: the next sync sends them. Rejects with a ShopError. */
  retryRejected(productIds?: readonly string[]): Promise<void> {
    return this.decide(retrying(productIds));
  }

  /** Deletes exactly these changes, which are then never sent. Rejects with a ShopError. */
  discard(logIds: readonly LogId[]): Promise<void> {
    return this.decide(discarding(logIds));
  }

  /** Deletes what was refused of these products; a correction that is not sent yet stays. Rejects with a ShopError. */
  discardRejected(productIds: readonly string[]): Promise<void> {
    return this.decide(discardingRejected(productIds));
  }

  /** Deletes these DELETEs, or all that are there by then. Rejects with a ShopError. */
  dismissDeleted(dismissal?: Dismissal): Promise<void> {
    return this.decide(dismissing(this.confirmed, dismissal));
  }

  /** For Configure and its like: runs when no sync or upload does, and none starts meanwhile. The signal asks it to end at once. */
  exclusively<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.turns.run(() => {
      this.soft.signal.throwIfAborted();
      return task(this.hard.signal);
    });
  }

  /** Ends a run under way between two requests, or after a few seconds wherever it is; then closes every connection. */
  dispose(): Promise<void> {
    this.disposed ??= this.shutDown();
    return this.disposed;
  }

  private async shutDown(): Promise<void> {
    this.scheduler.stop();
    const reason = cancelled();
    this.soft.abort(reason);
    const patience = new AbortController();
    const lastStraw = this.parts.clock.sleep(disposePatienceMs, patience.signal).then(
      () => this.hard.abort(reason),
      () => undefined,
    );
    await Promise.race([this.turns.idle(), lastStraw]);
    patience.abort();
    this.parts.catalogue.close();
    await this.parts.database.close();
    await this.turns.idle();
    await this.memory.saved();
    await this.confirmed.saved();
    this.shown.update({ phase: 'stopped', scheduled: false, error: null });
    this.shown.clear();
    this.runs.clear();
  }

  private async tick(stopped: AbortSignal): Promise<void> {
    try {
      await this.turns.run(async () => {
        if (!stopped.aborted && !this.shown.isLoginRefused) await this.runs.sync('schedule', { signal: stopped });
      });
    } catch {
      // The state and the run's result have told it.
    }
  }

  private async lookAround(): Promise<void> {
    const { signal } = this.soft;
    const { figures } = this.shown;
    const { database } = this.parts;
    try {
      signal.throwIfAborted();
      const [{ lastSync, rejected }, look] = await Promise.all([this.memory.recall(), database.changeLog.look(signal)]);
      signal.throwIfAborted();
      if (this.shown.figures !== figures || this.shown.current.phase === 'syncing') return;
      const counts = { ...look.counts, rejected: rejected.length };
      this.shown.update({ lastSync, counts, captureProblems: look.problems });
    } catch (caught) {
      throw asShopError(toError(caught), signal);
    }
  }

  private async recall(): Promise<StoredState> {
    try {
      return await this.memory.recall();
    } catch (caught) {
      throw asShopError(toError(caught), this.soft.signal);
    }
  }

  /** Between two runs. */
  private decide(decision: Decision): Promise<void> {
    return this.turns.run(async () => {
      const { signal } = this.soft;
      signal.throwIfAborted();
      const { counts, failure } = await carryOut(decision, { ...this.parts, memory: this.memory }, signal);
      this.shown.renewFigures();
      if (counts !== null) this.shown.update({ counts });
      await this.releaseUnlessScheduled();
      if (failure !== null) throw asShopError(failure, signal);
    });
  }

  /** Who has the lock next knows nothing of requests that were given up: it is kept until these can't be applied any more. */
  private async releaseUnlessScheduled(): Promise<void> {
    if (this.scheduler.isStarted) return;
    const openMs = this.memory.settledAt - this.parts.clock.now();
    if (openMs > 0) {
      this.releasing ??= this.releaseAfter(openMs);
      return;
    }
    await this.forget();
    await this.parts.database.lock.release();
  }

  private async releaseAfter(ms: number): Promise<void> {
    try {
      await this.parts.clock.sleep(ms, this.soft.signal);
      this.releasing = null;
      await this.turns.run(() => this.releaseUnlessScheduled());
    } catch {
      // Closing every connection gives the lock up as well.
    }
  }

  /** Without the lock, another process may be the next to write the state: this one's is stored before, and read again after. */
  private async forget(): Promise<void> {
    await this.memory.saved();
    this.memory.forget();
  }
}
