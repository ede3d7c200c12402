import { Acknowledger } from './acknowledger';
import { Backlog } from './backlog';
import { Sender, type Outgoing } from './sender';
import { coalesce, type Action, type KeyedChanges } from './coalesce';
import { anotherWriter, toError } from './errors';
import { compareLogIds } from './model';
import { oneAhead } from './oneAhead';
import type { CaptureProblem, ChangeCounts, LogId, Product, Progress, Rejection, SyncReport } from './model';
import { evenBatchSize, type PaceLimits } from './pace';
import type { Catalogue, ChangeLog, Clock, ConfirmedStore, Log, ProductTable, WriterLock } from './ports';
import type { Rejections } from './rejections';
import { withRetry } from './retry';
import type { SyncSettings } from './settings';
import type { Unsettled } from './unsettled';
import { WorkLane } from './workLane';

/** Products read with one statement. */
const productsAtOnce = 400;
/** Digible takes at most this many products a call (PRODUCT.md). */
const batchSize = 200;
/** Of product sync calls. */
const batchLimits: PaceLimits = { concurrency: 4, batchSize };
/** A shop that never stops writing must not make a run endless; what is left waits for the next one. */
const mostPasses = 10;

export interface SyncParts {
  readonly changeLog: Pick<ChangeLog, 'readPage' | 'acknowledge' | 'markDeleted' | 'count'>;
  readonly products: Pick<ProductTable, 'read'>;
  readonly lock: Pick<WriterLock, 'acquire'>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly rejections: Rejections;
  readonly unsettled: Unsettled;
  /** Absent where nothing is really sent. */
  readonly confirmed?: Pick<ConfirmedStore, 'confirm' | 'saved'>;
  readonly settings: SyncSettings;
}

export interface SyncOptions {
  /** Stops the run between two requests; what is confirmed by then is acknowledged. */
  readonly signal: AbortSignal;
  /** Breaks off what is under way as well. */
  readonly hardSignal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** A sign-in that has failed is tried once more: a person asks for it, or it was not for the account that it failed. */
  readonly asked?: boolean;
  /** After a run that ended because its first batches were refused whole: good products behind them get their turn. */
  readonly newestFirst?: boolean;
  /** Called whenever this process turns out to have the writer lock, before anything is sent. */
  readonly onLock?: () => void;
  /** How often it reads what is pending, at most; default 10. */
  readonly passes?: number;
}

/** A run always has a report; `failure` is what ended it early, if anything did. */
export interface SyncOutcome {
  readonly report: SyncReport;
  readonly failure: Error | null;
  /** As in the report; null where the run ended before they were known. */
  readonly counts: ChangeCounts | null;
  readonly captureProblems: readonly CaptureProblem[] | null;
  /** The last pass did not come to the end of ChangeLog. */
  readonly more: boolean;
  /** ChangeLog is missing or can't be read; `captureProblems` say why. */
  readonly isBlind: boolean;
}

/** One sync: read pending changes, coalesce them per product, send, acknowledge; until a full pass sends nothing. */
export async function runSync(parts: SyncParts, options: SyncOptions): Promise<SyncOutcome> {
  const run = new SyncRun(parts, options);
  try {
    await run.run();
    return await run.outcome(null);
  } catch (caught) {
    return run.outcome(toError(caught));
  }
}

interface Pending extends Outgoing {
  readonly as: 'INSERT' | 'UPDATE';
  readonly logIds: readonly LogId[];
  readonly pending: readonly LogId[];
}

/** Why a change stays pending. */
interface Left {
  readonly why: 'busy' | 'unsettled' | 'rejected';
  readonly productId: string;
}

class SyncRun {
  private readonly startedAt: number;
  private readonly requestsBefore: number;
  private readonly acknowledger: Acknowledger;
  private readonly sender: Sender<Pending>;
  /** Changes that this run has decided to leave, unless their product changes once more. */
  private readonly left = new Map<LogId, Left>();
  private readonly rejected = new Map<string, Rejection>();
  private readonly sentThisPass = new Set<string>();
  private readonly tally = { inserted: 0, updated: 0, confirmedChanges: 0, gone: 0, total: 0 };
  private readonly backlog: Backlog;
  private signedIn = false;

  constructor(
    private readonly parts: SyncParts,
    private readonly options: SyncOptions,
  ) {
    const { catalogue, clock, unsettled, changeLog } = parts;
    const { signal, hardSignal, onLock } = options;
    this.startedAt = clock.now();
    this.requestsBefore = catalogue.requests;
    // A product whose change is gone must be known as confirmed, or Verify would take what was confirmed before for the truth.
    const writeFirst = async () => parts.confirmed?.saved();
    this.acknowledger = new Acknowledger({ changeLog, clock, signal: hardSignal, writeFirst });
    this.backlog = new Backlog({ changeLog, signal, hardSignal, onLock, isLeft: (logId) => this.left.has(logId) });
    const limits = { batches: batchLimits, updateConcurrency: parts.settings.updateConcurrency };
    this.sender = new Sender({ catalogue, clock, unsettled, ...limits, signal, hardSignal }, this);
  }

  async run(): Promise<void> {
    try {
      const { passes = mostPasses } = this.options;
      for (let pass = 1; pass <= passes; pass++) if (!(await this.pass())) break;
      if (this.backlog.sawEverything && !this.backlog.anotherWriter) this.parts.rejections.retain(this.productsLeft());
    } finally {
      await this.acknowledger.drain();
    }
  }

  confirmed(item: Pending): void {
    this.parts.confirmed?.confirm(item.product);
    this.parts.rejections.forget(item.product.productId);
    this.rejected.delete(item.product.productId);
    this.tally[item.as === 'INSERT' ? 'inserted' : 'updated'] += 1;
    this.tally.confirmedChanges += item.logIds.length;
    this.acknowledge(item.logIds);
    this.showProgress();
  }

  unsettled(item: Pending): void {
    this.leave(item.pending, { why: 'unsettled', productId: item.product.productId });
  }

  refused(item: Pending, reason: string): void {
    this.parts.rejections.refuse(item.product, reason, newest(item.pending));
    this.parts.log.warn('product rejected', { productId: item.product.productId, reason });
    this.noteRejected(item.product, reason, item.pending);
  }

  async outcome(failure: Error | null): Promise<SyncOutcome> {
    const { tally } = this;
    const { captureProblems } = this.backlog;
    const counts = await this.backlog.finalCounts((error) =>
      this.parts.log.debug('pending changes could not be counted', { error: String(error) }),
    );
    const rejected = this.productsLeft('rejected');
    const report: SyncReport = {
      inserted: tally.inserted,
      updated: tally.updated,
      coalesced: tally.confirmedChanges - tally.inserted - tally.updated,
      rejected: rejected.size,
      deleted: counts?.deleted ?? 0,
      busy: this.productsLeft('busy').size,
      unsettled: this.productsLeft('unsettled').size,
      pending: counts?.pending ?? 0,
      requests: this.parts.catalogue.requests - this.requestsBefore,
      seconds: (this.parts.clock.now() - this.startedAt) / 1000,
      rejections: [...this.rejected.values()].filter(({ productId }) => rejected.has(productId)),
      captureProblems: captureProblems ?? [],
      anotherWriter: this.backlog.anotherWriter,
    };
    return {
      report,
      failure,
      counts,
      captureProblems,
      more: !this.backlog.sawEverything,
      isBlind: this.backlog.isBlind,
    };
  }

  /** Reads what is pending and sends it. False when that was all: another pass would have nothing to send. */
  private async pass(): Promise<boolean> {
    this.sentThisPass.clear();
    const groups = (await this.backlog.read()).filter((group) => group.pending.some((logId) => !this.left.has(logId)));
    if (groups.length === 0) return false;
    await this.waitForOthersRequests();
    if (this.options.newestFirst === true) groups.reverse();
    this.tally.total += groups.length;
    this.showProgress();

    const { updateConcurrency, bulkUpdateThreshold } = this.parts.settings;
    const updates = groups.reduce((sum, group) => sum + (group.hasInsert ? 0 : 1), 0);
    const bulk = bulkUpdateThreshold > 0 && updates >= bulkUpdateThreshold;
    // Beside updates that go one by one the last batch waits for them, full or not.
    const even = bulk || updates === 0 ? evenBatchSize(groups.length, batchLimits) : batchSize;
    const mostInBatch = (): number => Math.min(even, this.sender.batchSize);
    const batches = new WorkLane(batchLimits.concurrency, this.options.signal);
    const singles = new WorkLane(updateConcurrency, this.options.signal);
    try {
      const waiting: Pending[] = [];
      const pushBatch = (): Promise<void> => {
        const batch = waiting.splice(0, mostInBatch());
        return batches.push(() => this.sender.sendBatch(batch));
      };
      for await (const items of oneAhead(this.inPages(groups))) {
        this.acknowledger.throwIfFailed();
        if (items.length > 0) await this.signInIfAsked();
        for (const item of items) {
          if (this.parts.rejections.isKnown(item.product.productId))
            await singles.push(() => this.sender.sendAlone(item));
          else if (item.as === 'INSERT' || bulk) waiting.push(item);
          else await singles.push(() => this.sendSingle(item, waiting));
          if (waiting.length >= mostInBatch()) await pushBatch();
        }
      }
      if (this.backlog.anotherWriter) return false;
      await singles.drain();
      while (waiting.length > 0) await pushBatch();
      await batches.drain();
      await this.sender.settleSuspects();
    } catch (caught) {
      this.sender.end(caught);
      if (this.backlog.anotherWriter) return false;
      throw caught;
    } finally {
      await Promise.all([singles.idle(), batches.idle()]);
      await this.acknowledger.drain();
    }
    return this.sentThisPass.size > 0 || !this.backlog.sawEverything;
  }

  /** What is to be sent of these changes, until another process has the lock. */
  private async *inPages(groups: readonly KeyedChanges[]): AsyncGenerator<readonly Pending[], void> {
    for (let at = 0; at < groups.length; at += productsAtOnce) {
      if (at > 0 && !(await this.isStillWriter())) return;
      yield await this.itemsToSend(groups.slice(at, at + productsAtOnce));
    }
  }

  /** A long pass outlives a connection, and with it the lock; the changes it has read may be another writer's by then. */
  private async isStillWriter(): Promise<boolean> {
    this.backlog.anotherWriter = !(await this.parts.lock.acquire(this.options.hardSignal));
    if (this.backlog.anotherWriter) this.sender.end(anotherWriter());
    return !this.backlog.anotherWriter;
  }

  /** What another writer gave up last is not to be applied after what is sent now. */
  private async waitForOthersRequests(): Promise<void> {
    const { clock, unsettled } = this.parts;
    if (unsettled.opaqueForMs > 0) await clock.sleep(unsettled.opaqueForMs, this.options.signal);
  }

  /** Decides what becomes of these changes, and returns what is to be sent. */
  private async itemsToSend(groups: readonly KeyedChanges[]): Promise<readonly Pending[]> {
    this.options.signal.throwIfAborted();
    const readings = await this.parts.products.read(
      groups.map(({ key }) => key),
      this.options.hardSignal,
    );
    const items: Pending[] = [];
    const gone: Extract<Action, { kind: 'deleted' }>[] = [];
    for (const action of coalesce(groups, readings)) {
      if (action.kind === 'deleted') gone.push(action);
      else if (action.kind === 'leave') {
        this.leave(action.pending, { why: 'busy', productId: action.key ?? '' });
      } else if (action.kind === 'reject') {
        this.parts.rejections.hold(action.product, action.reason, newest(action.pending));
        this.noteRejected(action.product, action.reason, action.pending);
      } else if (this.maySend(action)) items.push(action);
    }
    await this.acknowledgeGone(gone);
    return items;
  }

  private maySend(action: Extract<Action, { kind: 'send' }>): boolean {
    const { product, pending } = action;
    // Another spelling of its key came earlier in this pass: the next pass takes these changes.
    if (this.sentThisPass.has(product.productId)) return false;
    if (this.parts.rejections.isWaiting(product, newest(pending))) {
      this.noteRejected(product, this.parts.rejections.reason(product.productId), pending);
      return false;
    }
    if (!this.parts.unsettled.isSettled(product.productId, this.parts.clock.now())) {
      this.leave(pending, { why: 'unsettled', productId: product.productId });
      return false;
    }
    this.sentThisPass.add(product.productId);
    return true;
  }

  private async acknowledgeGone(gone: readonly Extract<Action, { kind: 'deleted' }>[]): Promise<void> {
    if (gone.length === 0) return;
    const unlogged = gone.flatMap((action) => (action.deleteLogged ? [] : action.pending.slice(-1)));
    const logged = gone.flatMap((action) => (action.deleteLogged ? action.pending : action.pending.slice(0, -1)));
    if (unlogged.length > 0) await this.parts.changeLog.markDeleted(unlogged, this.options.hardSignal);
    this.acknowledge(logged);
    this.tally.gone += gone.length;
    this.showProgress();
  }

  private async sendSingle(item: Pending, inserts: Pending[]): Promise<void> {
    if (!(await this.sender.sendUpdate(item))) inserts.push({ ...item, as: 'INSERT' });
  }

  private async signInIfAsked(): Promise<void> {
    if (this.signedIn || this.options.asked !== true) return;
    this.signedIn = true;
    const { catalogue, clock } = this.parts;
    await withRetry(clock, this.options.signal, () => catalogue.signIn(this.options.hardSignal));
  }

  private acknowledge(logIds: readonly LogId[]): void {
    this.backlog.countsChange();
    for (const logId of logIds) this.left.delete(logId);
    this.acknowledger.add(logIds);
  }

  private leave(pending: readonly LogId[], left: Left): void {
    for (const logId of pending) this.left.set(logId, left);
  }

  private productsLeft(why?: Left['why']): ReadonlySet<string> {
    const products = new Set<string>();
    for (const left of this.left.values()) if (why === undefined || left.why === why) products.add(left.productId);
    return products;
  }

  private noteRejected({ productId, productName }: Product, reason: string, pending: readonly LogId[]): void {
    this.leave(pending, { why: 'rejected', productId });
    this.rejected.set(productId, { productId, productName, reason });
  }

  private showProgress(): void {
    const { inserted, updated, gone, total } = this.tally;
    const done = inserted + updated + gone + this.rejected.size;
    this.options.onProgress?.({ activity: 'sync', done, total });
  }
}

function newest(logIds: readonly LogId[]): LogId {
  return logIds.reduce((a, b) => (compareLogIds(a, b) < 0 ? b : a));
}
