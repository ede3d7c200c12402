import { setMaxListeners } from 'node:events';
import { CatalogueFailure } from './catalogueFailure';
import { phaseOf, type EngineState, type Phase } from './engineState';
import { anotherWriter, cancelled, writerLockLost, toError, type ShopError } from './errors';
import { Listeners, tellOne, type Listener } from './listeners';
import type { Progress, SyncReport, UploadReport, VerifyReport } from './model';
import type { Catalogue, Clock, ConfirmedStore, Log, ShopDatabase } from './ports';
import { asShopError, nothingSynced, nothingUploaded, nothingVerified, type RunResult } from './runResult';
import type { SyncSettings, UploadSettings } from './settings';
import type { Remembered, ShopMemory } from './shopMemory';
import type { ShownState } from './shownState';
import { runSync } from './syncEngine';
import { runUpload } from './uploader';
import { runVerify } from './verifier';

export interface RunOptions {
  /** Ends the run between two requests. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface UploadRunOptions extends RunOptions {
  /** Goes on where the last one ended. */
  readonly resume?: boolean;
}

export interface VerifyRunOptions extends RunOptions {
  /** Writes the differences to ChangeLog, for the next sync to send. */
  readonly queue?: boolean;
}

export interface RunParts {
  readonly database: ShopDatabase;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly confirmed: ConfirmedStore;
  readonly settings: { readonly sync: SyncSettings; readonly upload: UploadSettings };
}

/** What the runs of one engine have in common. */
export interface RunSurroundings {
  readonly memory: ShopMemory;
  readonly shown: ShownState;
  /** Ends every run between two requests; none begins after it. */
  readonly soft: AbortSignal;
  /** Breaks off what is under way as well. */
  readonly hard: AbortSignal;
  isScheduled(): boolean;
  /** Lets the writer lock go where no scheduled run is due. */
  releaseUnlessScheduled(): Promise<void>;
}

/** `seen` is what a run has found out for the state. */
interface Run<R> {
  readonly report: R;
  readonly failure: Error | null;
  readonly seen: Partial<EngineState>;
}

interface RunSignals {
  readonly signal: AbortSignal;
  readonly hardSignal: AbortSignal;
}

/** Sync, upload and verify as the engine shows and remembers them. Whoever calls sees to it that only one runs at a time. */
export class ShopRuns {
  private readonly listeners: Listeners<RunResult>;
  /** Of the run under way. */
  private cancelling: AbortController | null = null;

  constructor(
    private readonly parts: RunParts,
    private readonly around: RunSurroundings,
  ) {
    this.listeners = new Listeners(parts.log);
  }

  onDidFinish(listener: Listener<RunResult>): { dispose(): void } {
    return this.listeners.add(listener);
  }

  /** Ends the run under way, if there is one, between two requests. */
  cancel(): void {
    this.cancelling?.abort(cancelled());
  }

  /** Rejects with a ShopError. */
  sync(trigger: 'schedule' | 'manual', options: RunOptions): Promise<SyncReport> {
    const { memory, shown } = this.around;
    const { isNewestFirst } = shown;
    shown.renewFigures();
    const work = async (signals: RunSignals): Promise<Run<SyncReport>> => {
      const { database, catalogue, clock, log, confirmed, settings } = this.parts;
      const { changeLog, products, lock } = database;
      const { rejections, unsettled } = await this.remember(signals);
      const { report, failure, counts, captureProblems, isBlind } = await runSync(
        { changeLog, products, lock, catalogue, clock, log, rejections, unsettled, confirmed, settings: settings.sync },
        {
          ...signals,
          asked: trigger === 'manual' || !shown.isSessionLost,
          newestFirst: isNewestFirst,
          onLock: () => memory.haveLock(),
          onProgress: (progress) => this.showProgress(progress, options),
        },
      );
      if (failure === null && !report.anotherWriter && !isBlind) memory.lastSync = clock.now();
      const seen = {
        lastSync: memory.lastSync,
        ...(counts !== null && { counts: { ...counts, rejected: rejections.all.length } }),
        ...(captureProblems !== null && { captureProblems }),
      };
      return { report, failure, seen };
    };
    return this.during('syncing', options, work, nothingSynced, (report, error) => ({ trigger, report, error }));
  }

  /** Rejects with a ShopError. */
  upload(options: UploadRunOptions): Promise<UploadReport> {
    const { memory } = this.around;
    const work = async (signals: RunSignals): Promise<Run<UploadReport>> => {
      const { database, catalogue, clock, log, confirmed, settings } = this.parts;
      const { products, lock } = database;
      const { unsettled } = await this.remember(signals);
      if (options.resume !== true) memory.checkpoint = null;
      const { report, failure } = await runUpload(
        { products, lock, catalogue, clock, log, unsettled, confirmed, settings: settings.upload },
        {
          ...signals,
          resumeFrom: memory.checkpoint,
          onLock: () => memory.haveLock(),
          onProgress: (progress) => this.showProgress(progress, options),
          onCheckpoint: (checkpoint) => {
            memory.checkpoint = checkpoint;
            memory.save();
          },
        },
      );
      if (failure === null && !report.cancelled) memory.checkpoint = null;
      return { report, failure, seen: {} };
    };
    return this.during('uploading', options, work, nothingUploaded, (report, error) => ({
      trigger: 'upload',
      report,
      error,
    }));
  }

  /** Rejects with a ShopError. */
  verify(options: VerifyRunOptions): Promise<VerifyReport> {
    const { queue = false } = options;
    const work = async (signals: RunSignals): Promise<Run<VerifyReport>> => {
      const { database, clock, log, confirmed } = this.parts;
      const { changeLog, products, lock } = database;
      const { rejections } = await this.remember(signals);
      const { report, failure, counts, captureProblems } = await runVerify(
        { changeLog, products, lock, confirmed, clock, log },
        { ...signals, queue, onProgress: (progress) => this.showProgress(progress, options) },
      );
      const seen = {
        ...(counts !== null && { counts: { ...counts, rejected: rejections.all.length } }),
        ...(captureProblems !== null && { captureProblems }),
      };
      return { report, failure, seen };
    };
    return this.during('verifying', options, work, nothingVerified, (report, error) => ({
      trigger: 'verify',
      report,
      error,
    }));
  }

  /** Nobody listens any more. */
  clear(): void {
    this.listeners.clear();
  }

  /** Shows a phase while a run works, and what it leaves behind afterwards; saves, and lets the lock go where none is due. */
  private async during<R extends SyncReport | UploadReport | VerifyReport>(
    phase: Phase,
    options: RunOptions,
    work: (signals: RunSignals) => Promise<Run<R>>,
    nothingDone: R,
    resultOf: (report: R, error: ShopError | null) => RunResult,
  ): Promise<R> {
    const { memory, shown, soft } = this.around;
    soft.throwIfAborted();
    shown.update({ phase, progress: null });
    this.cancelling = new AbortController();
    // Whoever has the lock by then must not meet requests of this run: what is under way counts as given up.
    const lockLost = new AbortController();
    const losing = this.parts.database.lock.onDidLose(() => lockLost.abort(writerLockLost()));
    const signals = this.signals(options, this.cancelling.signal, lockLost.signal);
    const run = await work(signals).catch((caught: unknown): Run<R> => ({
      report: nothingDone,
      failure: toError(caught),
      seen: {},
    }));
    losing.dispose();
    this.cancelling = null;
    const { report, failure, seen } = run;
    const error = failure === null ? null : asShopError(failure, signals.signal);
    const onlyWatched = 'anotherWriter' in report && report.anotherWriter;
    // The state belongs to whoever writes; it is read again when that is this engine.
    if (onlyWatched || error?.code === 'another-writer') memory.yieldToWriter();
    else memory.save();
    await this.parts.confirmed.saved();
    await this.around.releaseUnlessScheduled();
    if (failure instanceof CatalogueFailure && failure.kind === 'session expired') shown.noteSessionLost(error);
    else if ('requests' in report && report.requests > 0) shown.noteSessionLost(null);
    if (seen.counts !== undefined) shown.renewFigures();
    const trouble = error === null && onlyWatched ? anotherWriter() : error;
    const harmless = trouble === null || trouble.code === 'cancelled';
    shown.update({
      ...seen,
      ...(harmless ? shown.atRest(this.around.isScheduled(), phase) : { phase: phaseOf(trouble), error: trouble }),
      progress: null,
    });
    this.finished(resultOf(report, error));
    if (error !== null) throw error;
    return report;
  }

  private async remember({ hardSignal }: RunSignals): Promise<Remembered> {
    const { memory, shown } = this.around;
    // Another process may be about to write the state: what is read with the lock held is the last word.
    if (!memory.isLoaded) await this.parts.database.lock.acquire(hardSignal);
    const remembered = await memory.load();
    const { lastSync } = memory;
    if (lastSync !== shown.current.lastSync) shown.update({ lastSync });
    return remembered;
  }

  private signals(options: RunOptions, cancel: AbortSignal, lockLost: AbortSignal): RunSignals {
    const { soft, hard } = this.around;
    const own = options.signal === undefined ? [] : [options.signal];
    const signals = {
      signal: AbortSignal.any([soft, cancel, lockLost, ...own]),
      hardSignal: AbortSignal.any([hard, lockLost]),
    };
    // Each request and pause under way listens, more than the ten from which Node suspects a leak.
    setMaxListeners(0, signals.signal, signals.hardSignal);
    return signals;
  }

  private showProgress(progress: Progress, options: RunOptions): void {
    this.around.shown.update({ progress });
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
    this.listeners.tell(result);
  }
}
