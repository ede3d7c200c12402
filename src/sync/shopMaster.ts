import { CatalogueFailure } from './catalogueFailure';
import { phaseOf, type EngineState } from './engineState';
import { anotherWriter, ShopError, toError } from './errors';
import type { Progress, SyncReport, UploadReport } from './model';
import { OneAtATime } from './oneAtATime';
import type { Catalogue, Clock, Log, ShopDatabase, StateStore } from './ports';
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

/** What a run came to; `error` is null where it went through. */
export type RunResult =
  | { readonly trigger: 'schedule' | 'manual'; readonly report: SyncReport; readonly error: ShopError | null }
  | { readonly trigger: 'upload'; readonly report: UploadReport; readonly error: ShopError | null };

export interface RunOptions {
  /** Ends the run between two requests. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

type Listener<T> = (value: T) => void;

/** The engine of one shop: its schedule and its state. Sync, upload and whatever must not run beside them take turns here. */
export class ShopMaster {
  private readonly turns = new OneAtATime();
  private readonly scheduler: Scheduler;
  private readonly memory: ShopMemory;
  private readonly stateListeners = new Set<Listener<EngineState>>();
  private readonly runListeners = new Set<Listener<RunResult>>();
  private readonly soft = new AbortController();
  private readonly hard = new AbortController();
  private queuedManual: Promise<SyncReport> | null = null;
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
    this.scheduler = new Scheduler(parts.clock, () => this.tick());
  }

  get state(): EngineState {
    return this.current;
  }

  onDidChangeState(listener: Listener<EngineState>): { dispose(): void } {
    this.stateListeners.add(listener);
    return { dispose: () => void this.stateListeners.delete(listener) };
  }

  onDidFinishRun(listener: Listener<RunResult>): { dispose(): void } {
    this.runListeners.add(listener);
    return { dispose: () => void this.runListeners.delete(listener) };
  }

  /** Syncs at once, then in the interval of the settings. */
  start(): void {
    if (this.soft.signal.aborted) return;
    this.update({ scheduled: true, ...(this.current.phase === 'stopped' && { phase: 'idle' }) });
    this.scheduler.start(this.parts.settings.sync.intervalSeconds * 1000);
  }

  /** No further scheduled sync, and another window may take over. A run under way comes to its end first. */
  async stop(): Promise<void> {
    this.scheduler.stop();
    this.update({ scheduled: false });
    await this.turns.run(() => this.releaseUnlessScheduled());
    if (!this.scheduler.isStarted) this.update({ phase: 'stopped', error: null });
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

  /** For Configure and its like: runs when no sync or upload does, and none starts meanwhile. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.turns.run(task);
  }

  /** Ends a run under way between two requests, or after a few seconds wherever it is; then closes every connection. */
  async dispose(): Promise<void> {
    this.scheduler.stop();
    const reason = cancelled();
    this.soft.abort(reason);
    const patience = new AbortController();
    const lastStraw = this.parts.clock.sleep(disposePatienceMs, patience.signal).then(
      () => this.hard.abort(reason),
      () => undefined,
    );
    await this.turns.idle();
    patience.abort();
    await lastStraw;
    await this.memory.saved();
    this.parts.catalogue.close();
    await this.parts.database.close();
    this.stateListeners.clear();
    this.runListeners.clear();
  }

  private async tick(): Promise<void> {
    try {
      await this.turns.run(async () => {
        if (this.scheduler.isStarted) await this.sync('schedule', {});
      });
    } catch {
      // The state and the run's result have told it.
    }
  }

  private async sync(trigger: 'schedule' | 'manual', options: RunOptions): Promise<SyncReport> {
    const { database, settings } = this.parts;
    const before = this.current;
    return this.during({ ...this.current, phase: 'syncing' }, async () => {
      const { rejections, unsettled } = await this.memory.load();
      const { report, failure } = await runSync(
        { ...this.parts, ...database, rejections, unsettled, settings: settings.sync },
        {
          ...this.signals(options),
          asked: trigger === 'manual',
          newestFirst: before.error?.code === 'digible-refuses-all',
          onProgress: (progress) => this.showProgress(progress, options),
        },
      );
      const error = failure === null ? null : asShopError(failure);
      if (error === null && !report.anotherWriter) this.memory.lastSync = this.parts.clock.now();
      this.update({
        counts: { pending: report.pending, deleted: report.deleted, rejected: report.rejected },
        captureProblems: report.captureProblems,
        lastSync: this.memory.lastSync,
      });
      this.finished({ trigger, report, error });
      if (error !== null) throw error;
      if (report.anotherWriter) return { value: report, error: anotherWriter() };
      // Nothing was sent, so nothing has shown that the session is back.
      const sessionStillLost = before.error?.code === 'session-expired' && report.requests === 0;
      return { value: report, error: sessionStillLost ? before.error : null };
    });
  }

  private async uploadAll(options: RunOptions & { readonly resume?: boolean }): Promise<UploadReport> {
    const { database, settings } = this.parts;
    return this.during({ ...this.current, phase: 'uploading' }, async () => {
      const { unsettled } = await this.memory.load();
      if (options.resume !== true) this.memory.checkpoint = null;
      const { report, failure } = await runUpload(
        { ...this.parts, ...database, unsettled, settings: settings.upload },
        {
          ...this.signals(options),
          resumeFrom: this.memory.checkpoint,
          onProgress: (progress) => this.showProgress(progress, options),
          onCheckpoint: (checkpoint) => {
            this.memory.checkpoint = checkpoint;
            this.memory.save();
          },
        },
      );
      const error = failure === null ? null : asShopError(failure);
      if (error === null && !report.cancelled) this.memory.checkpoint = null;
      this.finished({ trigger: 'upload', report, error });
      if (error !== null) throw error;
      return { value: report, error: null };
    });
  }

  /** Shows a state while a run works, and what it leaves behind afterwards; saves, and lets the lock go where none is due. */
  private async during<T>(
    state: EngineState,
    work: () => Promise<{ readonly value: T; readonly error: ShopError | null }>,
  ): Promise<T> {
    this.update({ ...state, progress: null });
    let error: ShopError | null = null;
    try {
      const result = await work();
      error = result.error;
      return result.value;
    } catch (caught) {
      error = asShopError(toError(caught));
      throw error;
    } finally {
      // The state belongs to whoever writes; it is read again when that is this engine.
      if (error?.code === 'another-writer') this.memory.forget();
      else this.memory.save();
      await this.releaseUnlessScheduled();
      const calm = this.scheduler.isStarted ? 'idle' : 'stopped';
      const harmless = error === null || error.code === 'cancelled';
      this.update({
        phase: harmless ? calm : phaseOf(error ?? cancelled()),
        error: harmless ? null : error,
        progress: null,
      });
    }
  }

  private async releaseUnlessScheduled(): Promise<void> {
    if (!this.scheduler.isStarted) await this.parts.database.lock.release();
  }

  private signals(options: RunOptions): { signal: AbortSignal; hardSignal: AbortSignal } {
    const own = options.signal === undefined ? [] : [options.signal];
    return { signal: AbortSignal.any([this.soft.signal, ...own]), hardSignal: this.hard.signal };
  }

  private showProgress(progress: Progress, options: RunOptions): void {
    this.update({ progress });
    options.onProgress?.(progress);
  }

  private finished(result: RunResult): void {
    const { trigger, error } = result;
    const figures = Object.fromEntries(Object.entries(result.report).filter(([, value]) => typeof value !== 'object'));
    if (error === null) this.parts.log.info(`${trigger} run finished`, figures);
    else this.parts.log.error(`${trigger} run failed`, { ...figures, code: error.code, error: error.message });
    this.tell(this.runListeners, result);
  }

  private update(change: Partial<EngineState>): void {
    this.current = { ...this.current, ...change };
    this.tell(this.stateListeners, this.current);
  }

  /** A listener that throws must not break the engine. */
  private tell<T>(listeners: ReadonlySet<Listener<T>>, value: T): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (caught) {
        this.parts.log.error('a listener failed', { error: toError(caught).message });
      }
    }
  }
}

function asShopError(failure: Error): ShopError {
  if (failure instanceof ShopError) return failure;
  if (failure instanceof CatalogueFailure) return failure.error;
  if (failure.name === 'AbortError') return cancelled(failure);
  return new ShopError(
    'internal',
    `Something unexpected went wrong: ${failure.message}`,
    'See the log for more, and sync again.',
    {
      cause: failure,
    },
  );
}

function cancelled(cause?: Error): ShopError {
  return new ShopError('cancelled', 'The run was cancelled.', 'What is pending is sent next time.', { cause });
}
