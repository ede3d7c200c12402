import type { LogId, Product, RejectedProduct } from './model';
import { compareLogIds } from './model';
import type { Clock } from './ports';

const firstPauseMs = 2 * 60_000;
const longestPauseMs = 60 * 60_000;

/** The products that Digible refused, over the runs: when each may be tried again. */
export class Rejections {
  private readonly products = new Map<string, RejectedProduct>();

  constructor(
    stored: readonly RejectedProduct[],
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    for (const product of stored) this.products.set(product.productId, product);
  }

  get all(): readonly RejectedProduct[] {
    return [...this.products.values()];
  }

  /** True while a refused product is unchanged and its pause is not over. */
  isWaiting(product: Product, newest: LogId): boolean {
    const rejected = this.products.get(product.productId);
    const pauseMs = (rejected?.nextTryAt ?? 0) - this.clock.now();
    return (
      rejected !== undefined &&
      pauseMs > 0 &&
      // Longer than any pause: the computer's clock was set back.
      pauseMs <= longestPauseMs &&
      compareLogIds(newest, rejected.lastLogId) <= 0 &&
      rejected.productName === product.productName &&
      rejected.sellPrice === product.sellPrice
    );
  }

  /** Digible has refused it before. */
  isKnown(productId: string): boolean {
    return (this.products.get(productId)?.tries ?? 0) > 0;
  }

  /** Why it was refused; empty where it was not. */
  reason(productId: string): string {
    return this.products.get(productId)?.reason ?? '';
  }

  /** Refused by Digible: tried again after a pause that doubles from 2 minutes to 1 hour. */
  refuse(product: Product, reason: string, newest: LogId): void {
    const tries = (this.products.get(product.productId)?.tries ?? 0) + 1;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1));
    this.set(product, reason, newest, tries, this.clock.now() + pauseMs);
  }

  /** Not sendable: looked at again in every run, which costs no request. */
  hold(product: Product, reason: string, newest: LogId): void {
    this.set(product, reason, newest, 0, this.clock.now());
  }

  /** These, or all of them, may be tried at once. */
  retry(productIds: readonly string[] = [...this.products.keys()]): void {
    for (const productId of productIds) {
      const rejected = this.products.get(productId);
      if (rejected !== undefined) this.products.set(productId, { ...rejected, nextTryAt: this.clock.now() });
    }
  }

  /** Confirmed, or gone. */
  forget(productId: string): void {
    this.products.delete(productId);
  }

  /** After a run that saw all of ChangeLog: what has no pending change any more (synced elsewhere, discarded) is dropped. */
  retain(stillPending: ReadonlySet<string>): void {
    for (const productId of this.products.keys()) if (!stillPending.has(productId)) this.products.delete(productId);
  }

  private set(product: Product, reason: string, lastLogId: LogId, tries: number, nextTryAt: number): void {
    const { productId, productName, sellPrice } = product;
    this.products.set(productId, { productId, productName, sellPrice, reason, lastLogId, tries, nextTryAt });
  }
}
