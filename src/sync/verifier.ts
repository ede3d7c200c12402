import { isSendable } from './coalesce';
import { anotherWriter, toError } from './errors';
import { HashTable } from './hashTable';
import type { CaptureProblem, ChangeCounts, ChangeType, Difference, Product, Progress, VerifyReport } from './model';
import type { ChangeLog, Clock, ConfirmedStore, Log, ProductTable, QueuedChange, WriterLock } from './ports';
import { keyHash, valueHash } from './productHash';

/** Products read with one statement. */
const pageSize = 1000;
/** Products that ChangeLog and the product table are asked about at once. */
const groupSize = 500;
/** Differences of a kind that a report lists; all of them are counted. */
const listedDifferences = 100;

export interface VerifyParts {
  readonly changeLog: Pick<ChangeLog, 'changed' | 'queue' | 'look' | 'count'>;
  readonly products: ProductTable;
  readonly lock: Pick<WriterLock, 'acquire'>;
  readonly confirmed: ConfirmedStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export interface VerifyOptions {
  /** Stops between two pages; what is queued by then stays so. */
  readonly signal: AbortSignal;
  /** Breaks off what is under way as well. */
  readonly hardSignal: AbortSignal;
  /** Whether differences go to ChangeLog, for the next sync to send. */
  readonly queue: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** A run always has a report; `failure` is what ended it early, if anything did. */
export interface VerifyOutcome {
  readonly report: VerifyReport;
  readonly failure: Error | null;
  /** As they are at the end; null where nobody knows. */
  readonly counts: ChangeCounts | null;
  readonly captureProblems: readonly CaptureProblem[] | null;
}

/**
 * Compares the product table with what was last confirmed, page by page; asks Digible nothing. What is pending is left out: it is going
 * to be sent anyway. Memory holds 17 bytes a slot of a hash table, and one page.
 */
export async function runVerify(parts: VerifyParts, options: VerifyOptions): Promise<VerifyOutcome> {
  const run = new VerifyRun(parts, options);
  try {
    await run.run();
    return await run.outcome(null);
  } catch (caught) {
    return run.outcome(toError(caught));
  }
}

const changeTypes: Readonly<Record<Difference['kind'], ChangeType>> = {
  missing: 'INSERT',
  different: 'UPDATE',
  gone: 'DELETE',
};

/** A product that is not as it was confirmed, if nothing is pending for it. */
interface Suspect {
  readonly kind: Difference['kind'];
  readonly product: Product;
}

class VerifyRun {
  private readonly startedAt: number;
  private confirmed = new HashTable();
  private readonly differences: Difference[] = [];
  private readonly tally = { products: 0, missing: 0, different: 0, gone: 0, notSendable: 0, pending: 0, busy: 0 };
  private queued = 0;
  private total = 0;
  private captureProblems: readonly CaptureProblem[] | null = null;
  private counts: ChangeCounts | null = null;

  constructor(
    private readonly parts: VerifyParts,
    private readonly options: VerifyOptions,
  ) {
    this.startedAt = parts.clock.now();
  }

  async run(): Promise<void> {
    const { changeLog, products } = this.parts;
    const { hardSignal } = this.options;
    await this.requireLock();
    ({ problems: this.captureProblems, counts: this.counts } = await changeLog.look(hardSignal));
    this.total = await products.count(hardSignal);
    this.showProgress();
    this.confirmed = new HashTable(this.total);
    for await (const records of this.records())
      for (const { productId, value } of records) this.confirmed.set(keyHash(productId), value);
    await inGroups(this.suspectsInTable(), (group) => this.judge(group));
    if (this.confirmed.unseen > 0) await inGroups(this.notInTable(), (group) => this.judgeGone(group));
  }

  async outcome(failure: Error | null): Promise<VerifyOutcome> {
    const { tally, captureProblems } = this;
    const counts = this.queued > 0 ? await this.finalCounts() : this.counts;
    const report: VerifyReport = {
      ...tally,
      known: this.confirmed.size,
      queued: this.queued,
      seconds: (this.parts.clock.now() - this.startedAt) / 1000,
      differences: this.differences,
      captureProblems: captureProblems ?? [],
    };
    return { report, failure, counts, captureProblems };
  }

  private records(): ReturnType<ConfirmedStore['records']> {
    return this.parts.confirmed.records(this.options.signal);
  }

  private async *suspectsInTable(): AsyncGenerator<Suspect> {
    for (let after: string | null = null; ;) {
      await this.requireLock();
      const page = await this.parts.products.readPage(after, pageSize, this.options.hardSignal);
      for (const rows of rowsByProduct(page.products)) {
        const suspect = this.compare(rows);
        if (suspect !== null) yield suspect;
      }
      this.showProgress();
      if (page.next === null) return;
      after = page.next;
    }
  }

  /** Of several rows with one key any may be the one that was sent. */
  private compare(rows: readonly [Product, ...Product[]]): Suspect | null {
    this.tally.products += 1;
    const key = keyHash(rows[0].productId);
    const product = rows.findLast(isSendable);
    if (product === undefined) {
      this.tally.notSendable += 1;
      this.confirmed.compare(key, null);
      return null;
    }
    const found = rows.filter(isSendable).map((row) => this.confirmed.compare(key, valueHash(row)));
    if (found.includes('equal')) return null;
    return { kind: found.includes('absent') ? 'missing' : 'different', product };
  }

  /** Products that were confirmed and did not show up on any page, under that spelling. */
  private async *notInTable(): AsyncGenerator<Suspect> {
    for await (const records of this.records())
      for (const { productId, value } of records)
        if (value !== null && this.confirmed.take(keyHash(productId), value))
          yield { kind: 'gone', product: { productId, productName: null, sellPrice: null } };
  }

  private async judge(suspects: readonly Suspect[]): Promise<void> {
    const pending = await this.parts.changeLog.changed(idsOf(suspects), ['INSERT', 'UPDATE'], this.options.hardSignal);
    this.tally.pending += pending.size;
    await this.report(suspects.filter(({ product }) => !pending.has(product.productId)));
  }

  /** What is deleted by ChangeLog as well is known to be gone, and what is pending there will turn out to be. */
  private async judgeGone(suspects: readonly Suspect[]): Promise<void> {
    const { changeLog, products, confirmed } = this.parts;
    const { hardSignal } = this.options;
    await this.requireLock();
    const readings = await products.read(idsOf(suspects), hardSignal);
    const absent: Suspect[] = [];
    for (const suspect of suspects) {
      const { productId } = suspect.product;
      const reading = readings.get(productId);
      if (reading?.state === 'absent') absent.push(suspect);
      else if (reading?.state === 'locked') this.tally.busy += 1;
      // The table spells its key in another way now, and has been compared under that one.
      else if (reading !== undefined && reading.product.productId !== productId) confirmed.forget(productId);
    }
    const changed = await changeLog.changed(idsOf(absent), ['INSERT', 'UPDATE', 'DELETE'], hardSignal);
    await this.report(absent.filter(({ product }) => !changed.has(product.productId)));
  }

  private async report(suspects: readonly Suspect[]): Promise<void> {
    for (const { kind, product } of suspects) {
      this.tally[kind] += 1;
      const { productId, productName } = product;
      if (this.tally[kind] <= listedDifferences) this.differences.push({ kind, productId, productName });
    }
    if (!this.options.queue || suspects.length === 0) return;
    await this.requireLock();
    const changes = suspects.map(({ kind, product }): QueuedChange => ({ changeType: changeTypes[kind], product }));
    await this.parts.changeLog.queue(changes, this.options.hardSignal);
    this.queued += suspects.length;
    // From now on ChangeLog knows that they are gone, until somebody has seen it.
    for (const { kind, product } of suspects) if (kind === 'gone') this.parts.confirmed.forget(product.productId);
  }

  private async requireLock(): Promise<void> {
    this.options.signal.throwIfAborted();
    if (!(await this.parts.lock.acquire(this.options.hardSignal))) throw anotherWriter();
  }

  private showProgress(): void {
    const { products } = this.tally;
    this.options.onProgress?.({ activity: 'verify', done: products, total: Math.max(this.total, products) });
  }

  private async finalCounts(): Promise<ChangeCounts | null> {
    try {
      return await this.parts.changeLog.count(this.options.hardSignal);
    } catch (error) {
      this.parts.log.debug('pending changes could not be counted', { error: String(error) });
      return null;
    }
  }
}

async function inGroups<T>(items: AsyncIterable<T>, work: (group: readonly T[]) => Promise<void>): Promise<void> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < groupSize) continue;
    await work(group);
    group = [];
  }
  if (group.length > 0) await work(group);
}

/** Rows with the same key stand on one page. */
function rowsByProduct(products: readonly Product[]): Iterable<readonly [Product, ...Product[]]> {
  const rows = new Map<string, [Product, ...Product[]]>();
  for (const product of products) {
    const others = rows.get(product.productId);
    if (others === undefined) rows.set(product.productId, [product]);
    else others.push(product);
  }
  return rows.values();
}

function idsOf(suspects: readonly Suspect[]): readonly string[] {
  return suspects.map(({ product }) => product.productId);
}
