import { isSendable, looseSpelling, whyNotSendable } from './coalesce';
import { anotherWriter, ShopError, toError } from './errors';
import type { Product, Progress, Rejection, UploadCheckpoint, UploadReport } from './model';
import type { Catalogue, Clock, ConfirmedStore, Log, ProductTable, WriterLock } from './ports';
import { oneAhead } from './oneAhead';
import { withRetry } from './retry';
import { failureBehind } from './runResult';
import { Sender, type Outgoing } from './sender';
import type { UploadSettings } from './settings';
import type { Unsettled } from './unsettled';
import { WorkLane } from './workLane';

/** Rejections that a report lists; all of them are counted. */
const listedRejections = 100;
/** Products read with one statement, in batches. */
const batchesPerPage = 5;
/** Products with an unknown outcome; more are not gathered before these are sent again. */
const mostDoubtful = 2000;
/** Times that they are sent again before the line to Digible is given up. */
const sendsInDoubt = 5;

export interface UploadParts {
  readonly products: ProductTable;
  readonly lock: Pick<WriterLock, 'acquire'>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly unsettled: Unsettled;
  readonly confirmed: Pick<ConfirmedStore, 'confirm'>;
  readonly settings: UploadSettings;
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  readonly hardSignal: AbortSignal;
  /** Where an earlier upload came to; null starts from the first product. */
  readonly resumeFrom: UploadCheckpoint | null;
  readonly onProgress?: (progress: Progress) => void;
  /** Called whenever this process turns out to have the writer lock, before anything is sent. */
  readonly onLock?: () => void;
  /** Called when everything up to a further product is confirmed. */
  readonly onCheckpoint?: (checkpoint: UploadCheckpoint) => void;
}

/** `failure` is what ended the upload early; a cancel is not a failure. */
export interface UploadOutcome {
  readonly report: UploadReport;
  readonly failure: Error | null;
}

/** The whole product table, whatever ChangeLog says. Memory holds a few pages, however large the table is. */
export async function runUpload(parts: UploadParts, options: UploadOptions): Promise<UploadOutcome> {
  const run = new UploadRun(parts, options);
  try {
    await run.run();
    return { report: run.report(false), failure: null };
  } catch (caught) {
    const { signal } = options;
    if (signal.aborted && failureBehind(signal) === null) return { report: run.report(true), failure: null };
    return { report: run.report(false), failure: toError(caught) };
  }
}

/** A batch in table order. Once it and all before it are through, an upload can be resumed after its last key. */
interface Stretch {
  /** Null where the next one begins with what may be the same key to SQL Server: it can't be resumed there. */
  readonly lastKey: string | null;
  /** Products of it that are confirmed or rejected. */
  through: number;
  readonly size: number;
}

interface Item extends Outgoing {
  readonly stretch: Stretch;
}

class UploadRun {
  private readonly startedAt: number;
  private readonly requestsBefore: number;
  private readonly sender: Sender<Item>;
  /** In table order; the finished ones at the front are taken off. */
  private readonly open: Stretch[] = [];
  /** Confirmed too early to be trusted; sent again when the older request is settled. */
  private doubtful: Item[] = [];
  /** When earlier requests with products that were refused afterwards can't be applied any more, epoch milliseconds. */
  private refusedSettleAt = 0;
  private readonly rejections: Rejection[] = [];
  private readonly tally = { confirmed: 0, rejected: 0, batches: 0, total: 0 };
  /** Products that an earlier upload had sent. */
  private readonly alreadyThere: number;
  /** Products up to the checkpoint. */
  private throughInOrder: number;

  constructor(
    private readonly parts: UploadParts,
    private readonly options: UploadOptions,
  ) {
    const { catalogue, clock, unsettled } = parts;
    const { signal, hardSignal } = options;
    this.startedAt = clock.now();
    this.requestsBefore = catalogue.requests;
    this.alreadyThere = options.resumeFrom?.products ?? 0;
    this.throughInOrder = this.alreadyThere;
    const updateConcurrency = 1;
    const batches = parts.settings;
    this.sender = new Sender({ catalogue, clock, unsettled, batches, updateConcurrency, signal, hardSignal }, this);
  }

  async run(): Promise<void> {
    const { catalogue, clock } = this.parts;
    await this.requireLock();
    await withRetry(clock, this.options.signal, () => catalogue.signIn(this.options.hardSignal));
    this.tally.total = await this.parts.products.count(this.options.hardSignal);
    this.showProgress();
    const lane = new WorkLane(this.parts.settings.concurrency, this.options.signal);
    try {
      for await (const products of oneAhead(this.pages())) {
        for (const batch of this.batches(products)) await lane.push(() => this.send(batch));
        if (this.doubtful.length >= mostDoubtful) await this.sendDoubtfulAgain(lane);
      }
      await lane.drain();
      await this.sender.settleSuspects();
      await this.sendDoubtfulAgain(lane);
      await clock.sleep(Math.max(0, this.refusedSettleAt - clock.now()), this.options.signal);
    } catch (caught) {
      this.sender.end(caught);
      throw caught;
    } finally {
      await lane.idle();
    }
  }

  confirmed(item: Item): void {
    this.parts.confirmed.confirm(item.product);
    this.tally.confirmed += 1;
    this.through(item.stretch, 1);
  }

  unsettled(item: Item): void {
    this.doubtful.push(item);
  }

  refused(item: Item, reason: string): void {
    const { productId } = item.product;
    this.refusedSettleAt = Math.max(this.refusedSettleAt, this.parts.unsettled.settlesAt(productId));
    this.reject(item.product, reason);
    this.through(item.stretch, 1);
  }

  report(cancelled: boolean): UploadReport {
    return {
      products: this.tally.confirmed,
      batches: this.tally.batches,
      requests: this.parts.catalogue.requests - this.requestsBefore,
      rejected: this.tally.rejected,
      seconds: (this.parts.clock.now() - this.startedAt) / 1000,
      rejections: this.rejections,
      cancelled,
    };
  }

  private async *pages(): AsyncGenerator<readonly Product[], void> {
    let after = this.options.resumeFrom?.afterKey ?? null;
    const limit = this.parts.settings.batchSize * batchesPerPage;
    do {
      await this.requireLock();
      const page = await this.parts.products.readPage(after, limit, this.options.hardSignal);
      if (page.products.length > 0) yield page.products;
      after = page.next;
    } while (after !== null);
  }

  /** Cuts a page into batches of products that can be sent; each product once, the last row where a key repeats. */
  private *batches(products: readonly Product[]): Generator<readonly Item[]> {
    const unique = [...new Map(products.map((product) => [product.productId, product])).values()];
    for (let at = 0; at < unique.length;) {
      const slice = unique.slice(at, at + this.sender.batchSize);
      at += slice.length;
      const [last, next] = [slice.at(-1)?.productId ?? '', unique[at]?.productId];
      const isTorn = next !== undefined && looseSpelling(next) === looseSpelling(last);
      const stretch: Stretch = { lastKey: isTorn ? null : last, through: 0, size: slice.length };
      this.open.push(stretch);
      for (const product of slice) if (!isSendable(product)) this.reject(product, whyNotSendable(product));
      const items = slice.filter(isSendable).map((product) => ({ product, stretch }));
      this.through(stretch, slice.length - items.length);
      if (items.length > 0) yield items;
    }
  }

  private async send(batch: readonly Item[]): Promise<void> {
    await this.sender.sendBatch(batch);
    this.tally.batches += 1;
    this.showProgress();
  }

  /** The upload ends only when nothing of it can be applied late: waits, reads these products again, and sends them once more. */
  private async sendDoubtfulAgain(lane: WorkLane): Promise<void> {
    const { clock, unsettled } = this.parts;
    for (let sends = 0; this.doubtful.length > 0; sends++) {
      if (sends === sendsInDoubt) throw answersGetLost();
      await clock.sleep(Math.max(0, unsettled.settledAt - clock.now()), this.options.signal);
      const again = this.doubtful;
      this.doubtful = [];
      for (let at = 0; at < again.length;) {
        const slice = again.slice(at, at + this.sender.batchSize);
        at += slice.length;
        const batch = await this.readAgain(slice);
        if (batch.length > 0) await lane.push(() => this.send(batch));
      }
      await lane.drain();
      await this.sender.settleSuspects();
    }
  }

  private async readAgain(items: readonly Item[]): Promise<readonly Item[]> {
    await this.requireLock();
    const keys = items.map(({ product }) => product.productId);
    const readings = await this.parts.products.read(keys, this.options.hardSignal);
    return items.flatMap((item) => {
      const reading = readings.get(item.product.productId);
      // What the shop has locked is being changed: the sync that follows sends it as it will be.
      if (reading === undefined || reading.state === 'locked') return [item];
      if (reading.state === 'present' && isSendable(reading.product)) return [{ ...item, product: reading.product }];
      if (reading.state === 'present') this.reject(reading.product, whyNotSendable(reading.product));
      this.through(item.stretch, 1);
      return [];
    });
  }

  private async requireLock(): Promise<void> {
    this.options.signal.throwIfAborted();
    if (!(await this.parts.lock.acquire(this.options.hardSignal))) throw anotherWriter();
    this.options.onLock?.();
    const { clock, unsettled } = this.parts;
    // What another writer gave up last is not to be applied after what is sent now.
    if (unsettled.opaqueForMs > 0) await clock.sleep(unsettled.opaqueForMs, this.options.signal);
  }

  private reject({ productId, productName }: Product, reason: string): void {
    this.tally.rejected += 1;
    if (this.rejections.length < listedRejections) this.rejections.push({ productId, productName, reason });
    this.parts.log.warn('product rejected', { productId, reason });
  }

  private through(stretch: Stretch, products: number): void {
    stretch.through += products;
    let resumeAfter: string | null = null;
    for (let first = this.open[0]; first !== undefined && first.through >= first.size; first = this.open[0]) {
      this.open.shift();
      this.throughInOrder += first.size;
      resumeAfter = first.lastKey;
    }
    if (resumeAfter !== null) this.options.onCheckpoint?.({ afterKey: resumeAfter, products: this.throughInOrder });
  }

  private showProgress(): void {
    const done = this.alreadyThere + this.tally.confirmed + this.tally.rejected;
    this.options.onProgress?.({ activity: 'upload', done, total: Math.max(this.tally.total, done) });
  }
}

function answersGetLost(): ShopError {
  return new ShopError(
    'digible-unreachable',
    'The line to Digible breaks off again and again, so that nobody knows what has arrived.',
    'Resume the upload when the line is better.',
    { remedy: 'retry' },
  );
}
