import { setMaxListeners } from 'node:events';
import { CatalogueFailure } from './catalogueFailure';
import { carryOut, discarding, discardingRejected, dismissing, retrying, type Decision } from './decisions';
import { phaseOf, type EngineState, type Phase } from './engineState';
import { anotherWriter, cancelled, toError, type ShopError } from './errors';
import { Listeners, tellOne, type Listener } from './listeners';
import type { Dismissal, LogId, Progress, RejectedProduct, SyncReport, UploadCheckpoint, UploadReport } from './model';
import { OneAtATime } from './oneAtATime';
import type { Catalogue, Clock, Log, ShopDatabase, StateStore, StoredState } from './ports';
import { asShopError, nothingSynced, nothingUploaded, type RunResult } from './runResult';
import { Scheduler } from './scheduler';
import type { SyncSettings, UploadSettings } from './settings';
import { ShopMemory } from './shopMemory';
import { runSync } from './syncEngine';
import { runUpload } from './uploader';

/** How long a run under way may take to come to an end when the engine is disposed of, in milliseconds. */
const disposePatienceMs = 4000;

export interface ShopParts {
  readonly database: ShopDatabase;
  readonly catalogue: Catalogue;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: { readonly sync: SyncSettings; readonly upload: UploadSettings };
}

export interface RunOptions {
  /** Ends the run between two requests. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What is common to the runs: `seen` is what they have found out for the state. */
interface Run<R> {
  readonly report: R;
  readonly failure: Error | null;
  readonly seen: Partial<EngineState>;
}

interface RunSignals {
  readonly signal: AbortSignal;
  readonly hardSignal: AbortSignal;
}

/** The engine of one shop: its schedule and its state. Sync, upload and whatever must not run beside them take turns here. */
export class ShopMaster {
  private readonly turns = new OneAtATime();
  private readonly scheduler: Scheduler;
  private readonly memory: ShopMemory;
  private readonly stateListeners: Listeners<EngineState>;
  private readonly runListeners: Listeners<RunResult>;
  private readonly soft = new AbortController();
  private readonly hard = new AbortController();
  /** Of the run under way. */
  private cancelling: AbortController | null = null;
  private queuedManual: Promise<SyncReport> | null = null;
  private disposed: Promise<void> | null = null;
  private refreshing: Promise<void> | null = null;
  /** How often the figures of the state were found out anew, or began to be: a look that began before is older than they are. */
  private figures = 0;
  /** Set from the run that lost the session to the one that has it back; runs without a request show neither. */
  private sessionLost: ShopError | null = null;
  private current: EngineState = {
    phase: 'stopped',
    scheduled: false,
    progress: null,
    error: null,
    lastSync: null,
    counts: null,
    captureProblems: [],
  };

  constructor(private readonly parts: ShopParts) {
    this.memory = new ShopMemory(parts.store, parts.clock, parts.log, parts.settings.sync.settleSeconds * 1000);
    this.scheduler = new Scheduler(parts.clock, (stopped) => this.tick(stopped));
    this.stateListeners = new Listeners(parts.log);
    this.runListeners = new Listeners(parts.log);
  }

  get state(): EngineState {
    return this.current;
  }

  onDidChangeState(listener: Listener<EngineState>): { dispose(): void } {
    return this.stateListeners.add(listener);
  }

  onDidFinishRun(listener: Listener<RunResult>): { dispose(): void } {
    return this.runListeners.add(listener);
  }

  /** Syncs at once, then in the interval of the settings. */
  start(): void {
    if (this.soft.signal.aborted) return;
    const anew = this.current.phase === 'stopped' || this.isLoginRefused;
    this.update({ scheduled: true, ...(anew && this.atRest(true)) });
    this.scheduler.start(this.parts.settings.sync.intervalSeconds * 1000);
  }

  /**
   * No further scheduled sync, and another window may take over. A scheduled one under way ends between two requests; a manual one or an
   * upload comes to its end first.
   */
  async stop(): Promise<void> {
    this.scheduler.stop();
    this.update({ scheduled: false });
    await this.turns.run(async () => {
      await this.releaseUnlessScheduled();
      if (!this.scheduler.isStarted) this.update({ phase: 'stopped', error: null });
    });
  }

  /** Ends the run under way, if there is one, between two requests. What it was is in its result, as cancelled. */
  cancelRun(): void {
    this.cancelling?.abort(cancelled());
  }

  /** One sync, started or not; during a run it waits for that and starts one more. Rejects with a ShopError. */
  syncNow(options: RunOptions = {}): Promise<SyncReport> {
    this.queuedManual ??= this.turns.run(() => {
      this.queuedManual = null;
      return this.sync('manual', options);
    });
    return this.queuedManual;
  }

  /** The whole product table; `resume` goes on where the last one ended. Rejects with a ShopError. */
  upload(options: RunOptions & { readonly resume?: boolean } = {}): Promise<UploadReport> {
    return this.turns.run(() => this.uploadAll(options));
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
    return { state: await this.recall(), newestFirst: this.isNewestFirst };
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
    return this.decide(dismissing(dismissal));
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
    this.update({ phase: 'stopped', scheduled: false, error: null });
    this.stateListeners.clear();
    this.runListeners.clear();
  }

  private async tick(stopped: AbortSignal): Promise<void> {
    try {
      await this.turns.run(async () => {
        if (!stopped.aborted && !this.isLoginRefused) await this.sync('schedule', { signal: stopped });
      });
    } catch {
      // The state and the run's result have told it.
    }
  }

  private sync(trigger: 'schedule' | 'manual', options: RunOptions): Promise<SyncReport> {
    const newestFirst = this.isNewestFirst;
    this.figures += 1;
    const work = async (signals: RunSignals): Promise<Run<SyncReport>> => {
      const { database, catalogue, clock, log, settings } = this.parts;
      const { changeLog, products, lock } = database;
      const { rejections, unsettled } = await this.remember();
      const { report, failure, counts, captureProblems } = await runSync(
        { changeLog, products, lock, catalogue, clock, log, rejections, unsettled, settings: settings.sync },
        {
          ...signals,
          asked: trigger === 'manual' || this.sessionLost === null,
          newestFirst,
          onProgress: (progress) => this.showProgress(progress, options),
        },
      );
      if (failure === null && !report.anotherWriter) this.memory.lastSync = clock.now();
      const seen = {
        lastSync: this.memory.lastSync,
        ...(counts !== null && { counts: { ...counts, rejected: rejections.all.length } }),
        ...(captureProblems !== null && { captureProblems }),
      };
      return { report, failure, seen };
    };
    return this.during('syncing', options, work, nothingSynced, (report, error) => ({ trigger, report, error }));
  }

  private uploadAll(options: RunOptions & { readonly resume?: boolean }): Promise<UploadReport> {
    const work = async (signals: RunSignals): Promise<Run<UploadReport>> => {
      const { database, catalogue, clock, log, settings } = this.parts;
      const { products, lock } = database;
      const { unsettled } = await this.remember();
      if (options.resume !== true) this.memory.checkpoint = null;
      const { report, failure } = await runUpload(
        { products, lock, catalogue, clock, log, unsettled, settings: settings.upload },
        {
          ...signals,
          resumeFrom: this.memory.checkpoint,
          onProgress: (progress) => this.showProgress(progress, options),
          onCheckpoint: (checkpoint) => {
            this.memory.checkpoint = checkpoint;
            this.memory.save();
          },
        },
      );
      if (failure === null && !report.cancelled) this.memory.checkpoint = null;
      return { report, failure, seen: {} };
    };
    return this.during('uploading', options, work, nothingUploaded, (report, error) => ({
      trigger: 'upload',
      report,
      error,
    }));
  }

  private async lookAround(): Promise<void> {
    const { signal } = this.soft;
    const { figures } = this;
    const { database } = this.parts;
    try {
      signal.throwIfAborted();
      const [{ lastSync, rejected }, look] = await Promise.all([this.memory.recall(), database.changeLog.look(signal)]);
      signal.throwIfAborted();
      if (this.figures !== figures || this.current.phase === 'syncing') return;
      const counts = { ...look.counts, rejected: rejected.length };
      this.update({ lastSync, counts, captureProblems: look.problems });
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
      this.figures += 1;
      if (counts !== null) this.update({ counts });
      await this.releaseUnlessScheduled();
      if (failure !== null) throw asShopError(failure, signal);
    });
  }

  /** Shows a phase while a run works, and what it leaves behind afterwards; saves, and lets the lock go where none is due. */
  private async during<R extends SyncReport | UploadReport>(
    phase: Phase,
    options: RunOptions,
    work: (signals: RunSignals) => Promise<Run<R>>,
    nothingDone: R,
    resultOf: (report: R, error: ShopError | null) => RunResult,
  ): Promise<R> {
    this.soft.signal.throwIfAborted();
    this.update({ phase, progress: null });
    this.cancelling = new AbortController();
    const signals = this.signals(options, this.cancelling.signal);
    const run = await work(signals).catch((caught: unknown): Run<R> => ({
      report: nothingDone,
      failure: toError(caught),
      seen: {},
    }));
    this.cancelling = null;
    const { report, failure, seen } = run;
    const error = failure === null ? null : asShopError(failure, signals.signal);
    const onlyWatched = 'anotherWriter' in report && report.anotherWriter;
    // The state belongs to whoever writes; it is read again when that is this engine.
    if (onlyWatched || error?.code === 'another-writer') this.memory.forget();
    else this.memory.save();
    await this.releaseUnlessScheduled();
    if (failure instanceof CatalogueFailure && failure.kind === 'session expired') this.sessionLost = error;
    else if (report.requests > 0) this.sessionLost = null;
    const shown = error === null && onlyWatched ? anotherWriter() : error;
    const harmless = shown === null || shown.code === 'cancelled';
    if (seen.counts !== undefined) this.figures += 1;
    this.update({
      ...seen,
      ...(harmless ? this.atRest(this.scheduler.isStarted) : { phase: phaseOf(shown), error: shown }),
      progress: null,
    });
    this.finished(resultOf(report, error));
    if (error !== null) throw error;
    return report;
  }

  private get isNewestFirst(): boolean {
    return this.current.error?.code === 'digible-refuses-all';
  }

  /** Trying a wrong password again and again would lock the login, which may be the point-of-sale program's as well. */
  private get isLoginRefused(): boolean {
    return this.current.error?.code === 'sql-login-failed';
  }

  /** When nothing runs and nothing is wrong, but perhaps the session still lost. */
  private atRest(scheduled: boolean): Pick<EngineState, 'phase' | 'error'> {
    if (this.sessionLost !== null) return { phase: phaseOf(this.sessionLost), error: this.sessionLost };
    return { phase: scheduled ? 'idle' : 'stopped', error: null };
  }

  private async remember(): ReturnType<ShopMemory['load']> {
    const remembered = await this.memory.load();
    const { lastSync } = this.memory;
    if (lastSync !== this.current.lastSync) this.update({ lastSync });
    return remembered;
  }

  /** Without the lock, another process may be the next to write the state: this one's is stored before, and read again after. */
  private async releaseUnlessScheduled(): Promise<void> {
    if (this.scheduler.isStarted) return;
    await this.memory.saved();
    await this.parts.database.lock.release();
    this.memory.forget();
  }

  private signals(options: RunOptions, cancel: AbortSignal): RunSignals {
    const own = options.signal === undefined ? [] : [options.signal];
    const signals = { signal: AbortSignal.any([this.soft.signal, cancel, ...own]), hardSignal: this.hard.signal };
    // Each request and pause under way listens, more than the ten from which Node suspects a leak.
    setMaxListeners(0, signals.signal, signals.hardSignal);
    return signals;
  }

  private showProgress(progress: Progress, options: RunOptions): void {
    this.update({ progress });
    if (options.onProgress !== undefined) tellOne(options.onProgress, progress, this.parts.log);
  }

  private finished(result: RunResult): void {
    const { trigger, error } = result;
    const figures = Object.fromEntries(Object.entries(result.report).filter(([, value]) => typeof value !== 'object'));
    if (error === null) this.parts.log.info(`${trigger} run finished`, figures);
    else if (error.code === 'cancelled') this.parts.log.info(`${trigger} run cancelled`, figures);
    else {
      const mistake = error.code === 'internal' && error.cause instanceof Error ? { stack: error.cause.stack } : {};
      this.parts.log.error(`${trigger} run failed`, { ...figures, code: error.code, error: error.message, ...mistake });
    }
    this.runListeners.tell(result);
  }

  private update(change: Partial<EngineState>): void {
    this.current = { ...this.current, ...change };
    this.stateListeners.tell(this.current);
  }
}
