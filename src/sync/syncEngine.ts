import { Acknowledger } from './acknowledger';
import { Sender, type Outgoing } from './sender';
import { coalesce, groupByKey, type Action, type KeyedChanges } from './coalesce';
import { compareLogIds } from './model';
import type { CaptureProblem, Change, ChangeCounts, LogId, Product, Progress, Rejection, SyncReport } from './model';
import type { Catalogue, ChangeLog, Clock, Log, ProductTable } from './ports';
import type { Rejections } from './rejections';
import type { SyncSettings } from './settings';
import type { Unsettled } from './unsettled';
import { WorkLane } from './workLane';

/** Changes read with one statement; their products are read with as many keys. */
const pageSize = 1000;
/** Changes coalesced at once. More wait for the next pass, so that a backlog of any size fits into memory. */
const backlogSize = 100_000;
/** Digible takes at most this many products a call (PRODUCT.md). */
const batchSize = 200;
/** Product sync calls in flight at once. */
const batchConcurrency = 4;
/** A shop that never stops writing must not make a run endless; what is left waits for the next one. */
const maxPasses = 10;

export interface SyncParts {
  readonly changeLog: ChangeLog;
  readonly products: ProductTable;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly rejections: Rejections;
  readonly unsettled: Unsettled;
  readonly settings: SyncSettings;
}

export interface SyncOptions {
  /** Stops the run between two requests; what is confirmed by then is acknowledged. */
  readonly signal: AbortSignal;
  /** Breaks off what is under way as well. */
  readonly hardSignal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Asked for by a person: a session that was given up is tried once more. */
  readonly asked?: boolean;
  /** After a run that ended because its first batches were refused whole: good products behind them get their turn. */
  readonly newestFirst?: boolean;
}

/** A run always has a report; `failure` is what ended it early, if anything did. */
export interface SyncOutcome {
  readonly report: SyncReport;
  readonly failure: Error | null;
}

/** One sync: read pending changes, coalesce them per product, send, acknowledge; until a full pass sends nothing. */
export async function runSync(parts: SyncParts, options: SyncOptions): Promise<SyncOutcome> {
  const run = new SyncRun(parts, options);
  try {
    await run.run();
    return { report: await run.report(), failure: null };
  } catch (caught) {
    const failure = caught instanceof Error ? caught : new Error(String(caught));
    return { report: await run.report(), failure };
  }
}

interface Pending extends Outgoing {
  readonly as: 'INSERT' | 'UPDATE';
  readonly logIds: readonly LogId[];
  readonly pending: readonly LogId[];
}

class SyncRun {
  private readonly startedAt: number;
  private readonly requestsBefore: number;
  private readonly acknowledger: Acknowledger;
  private readonly sender: Sender<Pending>;
  /** Changes that this run has decided to leave; a pass in which only they are left sends nothing. */
  private readonly left = new Set<LogId>();
  private readonly stillRejected = new Set<string>();
  private readonly rejected: Rejection[] = [];
  private readonly sentThisPass = new Set<string>();
  private readonly tally = {
    inserted: 0,
    updated: 0,
    confirmedChanges: 0,
    gone: 0,
    busy: 0,
    unsettled: 0,
    total: 0,
  };
  private captureProblems: readonly CaptureProblem[] = [];
  private counts: ChangeCounts | null = null;
  private sawEverything = false;
  private signedIn = false;
  private anotherWriter = false;

  constructor(
    private readonly parts: SyncParts,
    private readonly options: SyncOptions,
  ) {
    const { catalogue, clock, unsettled, changeLog } = parts;
    const { signal, hardSignal } = options;
    this.startedAt = clock.now();
    this.requestsBefore = catalogue.requests;
    this.acknowledger = new Acknowledger(changeLog, hardSignal);
    this.sender = new Sender({ catalogue, clock, unsettled, signal, hardSignal }, this);
  }

  async run(): Promise<void> {
    try {
      for (let pass = 1; pass <= maxPasses; pass++) if (!(await this.pass())) break;
      if (this.sawEverything) this.parts.rejections.retain(this.stillRejected);
    } finally {
      await this.acknowledger.drain();
    }
  }

  confirmed(item: Pending): void {
    this.parts.rejections.forget(item.product.productId);
    this.tally[item.as === 'INSERT' ? 'inserted' : 'updated'] += 1;
    this.tally.confirmedChanges += item.logIds.length;
    this.acknowledger.add(item.logIds);
    this.showProgress();
  }

  unsettled(item: Pending): void {
    this.tally.unsettled += 1;
    this.leave(item.pending);
  }

  refused(item: Pending, reason: string): void {
    this.parts.rejections.refuse(item.product, reason, newest(item.pending));
    this.parts.log.warn('product rejected', { productId: item.product.productId, reason });
    this.noteRejected(item.product, reason, item.pending);
  }

  async report(): Promise<SyncReport> {
    const { tally } = this;
    const counts = await this.finalCounts();
    return {
      inserted: tally.inserted,
      updated: tally.updated,
      coalesced: tally.confirmedChanges - tally.inserted - tally.updated,
      rejected: this.rejected.length,
      deleted: counts.deleted,
      busy: tally.busy,
      unsettled: tally.unsettled,
      pending: counts.pending,
      requests: this.parts.catalogue.requests - this.requestsBefore,
      seconds: (this.parts.clock.now() - this.startedAt) / 1000,
      rejections: this.rejected,
      captureProblems: this.captureProblems,
      anotherWriter: this.anotherWriter,
    };
  }

  /** Reads what is pending and sends it. False when nothing in it was new to this run. */
  private async pass(): Promise<boolean> {
    this.sentThisPass.clear();
    const groups = (await this.readBacklog()).filter((group) => group.pending.some((logId) => !this.left.has(logId)));
    if (groups.length === 0) return false;
    if (this.options.newestFirst === true) groups.reverse();
    this.tally.total += groups.length;
    this.showProgress();

    const { updateConcurrency, bulkUpdateThreshold } = this.parts.settings;
    const updates = groups.reduce((sum, group) => sum + (group.hasInsert ? 0 : 1), 0);
    const bulk = bulkUpdateThreshold > 0 && updates >= bulkUpdateThreshold;
    const batches = new WorkLane(batchConcurrency, this.options.signal);
    const singles = new WorkLane(updateConcurrency, this.options.signal);
    try {
      const waiting: Pending[] = [];
      for (let at = 0; at < groups.length; at += pageSize) {
        for (const item of await this.itemsToSend(groups.slice(at, at + pageSize))) {
          await this.signInIfAsked();
          if (item.as === 'INSERT' || bulk) waiting.push(item);
          else await singles.push(() => this.sendSingle(item, waiting));
        }
        while (waiting.length >= batchSize) await this.pushBatch(batches, waiting);
      }
      await singles.drain();
      while (waiting.length > 0) await this.pushBatch(batches, waiting);
      await batches.drain();
      this.sender.settleSuspects();
    } finally {
      await Promise.all([singles.idle(), batches.idle()]);
      await this.acknowledger.drain();
    }
    return true;
  }

  private async readBacklog(): Promise<KeyedChanges[]> {
    const changes: Change[] = [];
    const deletes = new Map<LogId, Change>();
    let after: LogId | null = null;
    let fresh = 0;
    for (;;) {
      this.options.signal.throwIfAborted();
      const page = await this.parts.changeLog.readPage(after, pageSize, this.options.hardSignal);
      this.captureProblems = page.captureProblems;
      this.counts = page.counts ?? this.counts;
      this.anotherWriter = !page.writer;
      if (this.anotherWriter) return [];
      changes.push(...page.changes);
      for (const { logId } of page.changes) if (!this.left.has(logId)) fresh += 1;
      for (const change of page.deletes) deletes.set(change.logId, change);
      after = page.changes.at(-1)?.logId ?? after;
      this.sawEverything = page.changes.length < pageSize;
      if (this.sawEverything || fresh >= backlogSize) return groupByKey(changes, [...deletes.values()]);
    }
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
        this.tally.busy += 1;
        this.leave(action.pending);
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
      this.tally.unsettled += 1;
      this.leave(pending);
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
    if (logged.length > 0) this.acknowledger.add(logged);
    this.tally.gone += gone.length;
    this.showProgress();
  }

  private async sendSingle(item: Pending, inserts: Pending[]): Promise<void> {
    if (!(await this.sender.sendUpdate(item))) inserts.push({ ...item, as: 'INSERT' });
  }

  private async pushBatch(lane: WorkLane, waiting: Pending[]): Promise<void> {
    const batch = waiting.splice(0, batchSize);
    await lane.push(() => this.sender.sendBatch(batch));
  }

  private async signInIfAsked(): Promise<void> {
    if (this.signedIn || this.options.asked !== true) return;
    this.signedIn = true;
    await this.parts.catalogue.signIn(this.options.hardSignal);
  }

  private leave(pending: readonly LogId[]): void {
    for (const logId of pending) this.left.add(logId);
  }

  private noteRejected(product: Product, reason: string, pending: readonly LogId[]): void {
    this.leave(pending);
    if (this.stillRejected.has(product.productId)) return;
    this.stillRejected.add(product.productId);
    this.rejected.push({ productId: product.productId, productName: product.productName, reason });
  }

  private showProgress(): void {
    const { inserted, updated, gone, total } = this.tally;
    const done = inserted + updated + gone + this.rejected.length;
    this.options.onProgress?.({ activity: 'sync', done, total });
  }

  /** An idle tick has its counts from its one round trip; after work they are read again. */
  private async finalCounts(): Promise<ChangeCounts> {
    const { inserted, updated, gone } = this.tally;
    const known = this.counts ?? { pending: 0, deleted: 0 };
    if (this.counts !== null && inserted + updated + gone === 0) return known;
    try {
      return await this.parts.changeLog.count(this.options.hardSignal);
    } catch (error) {
      this.parts.log.debug('pending changes could not be counted', { error: String(error) });
      return { ...known, pending: Math.max(0, known.pending - this.acknowledger.acknowledged) };
    }
  }
}

function newest(logIds: readonly LogId[]): LogId {
  return logIds.reduce((a, b) => (compareLogIds(a, b) < 0 ? b : a));
}
