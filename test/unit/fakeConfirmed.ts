import type { ConfirmedRecord, ConfirmedStore } from '../../src/sync/ports';
import { valueHash } from '../../src/sync/productHash';

/** What was confirmed, in memory, superseded records too. */
export class FakeConfirmed implements ConfirmedStore {
  readonly written: ConfirmedRecord[] = [];
  /** Records that `records` gives at once. */
  blockSize = 3;
  saves = 0;
  failure: Error | null = null;

  confirm(product: Parameters<ConfirmedStore['confirm']>[0]): void {
    this.written.push({ productId: product.productId, value: valueHash(product) });
  }

  forget(productId: string): void {
    this.written.push({ productId, value: null });
  }

  saved(): Promise<void> {
    this.saves += 1;
    return Promise.resolve();
  }

  async *records(signal: AbortSignal): AsyncGenerator<readonly ConfirmedRecord[]> {
    const all = [...this.written];
    for (let at = 0; at < all.length; at += this.blockSize) {
      await Promise.resolve();
      signal.throwIfAborted();
      if (this.failure !== null) throw this.failure;
      yield all.slice(at, at + this.blockSize);
    }
  }

  /** The keys of what is known, sorted. */
  get known(): readonly string[] {
    const values = new Map(this.written.map(({ productId, value }) => [productId, value]));
    return [...values].flatMap(([productId, value]) => (value === null ? [] : [productId])).sort();
  }
}
