import { CatalogueFailure } from './catalogueFailure';
import { ShopError } from './errors';
import type { SendableProduct } from './model';
import type { Catalogue, Clock } from './ports';
import { withRetry } from './retry';
import type { Unsettled } from './unsettled';

/** Batches refused product by product, whole, after which the address is at fault and not the products. */
const wholeRefusals = 3;

export interface Outgoing {
  readonly product: SendableProduct;
}

/** What became of each product; every product of a batch that was sent comes out exactly once, unless the run ends on a failure. */
export interface Outcome<T extends Outgoing> {
  /** Confirmed, and no earlier request can undo it. */
  confirmed(item: T): void;
  /** Confirmed by a request too young to be trusted: an earlier one with an unknown outcome may still be applied. */
  unsettled(item: T): void;
  /** Refused by Digible, alone, with its words. */
  refused(item: T, reason: string): void;
}

export interface SenderParts {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly unsettled: Unsettled;
  /** Stops retries and splits between two requests. */
  readonly signal: AbortSignal;
  /** Breaks off requests under way. */
  readonly hardSignal: AbortSignal;
}

/**
 * Sends products with the retry policy, and takes a refused batch apart until the refused product stands alone. One instance
 * serves one run. Rejects with a CatalogueFailure that ends the run.
 */
export class Sender<T extends Outgoing> {
  /** Items of batches refused whole: believed only when the work comes through without too many of them. */
  private suspects: { item: T; reason: string }[] = [];
  private wholly = 0;
  /** Digible has confirmed something in this run: the address is right, so a refusal is about the products. */
  private proven = false;

  constructor(
    private readonly parts: SenderParts,
    private readonly outcome: Outcome<T>,
  ) {}

  /** One product sync call, or several smaller ones where it is refused. */
  async sendBatch(batch: readonly T[]): Promise<void> {
    const refused = await this.sendOrSplit(batch);
    if (this.proven || batch.length === 1) {
      for (const { item, reason } of refused) this.outcome.refused(item, reason);
      return;
    }
    this.suspects.push(...refused);
    this.wholly += 1;
    if (this.wholly >= wholeRefusals) throw refusesAll(refused.at(-1)?.reason ?? '');
  }

  /** One update call. Resolves to false when Digible doesn't know the product: it must be sent as an insert. */
  async sendUpdate(item: T): Promise<boolean> {
    try {
      await this.attempt([item], () => this.parts.catalogue.update(item.product, this.parts.hardSignal));
      return true;
    } catch (failure) {
      if (!(failure instanceof CatalogueFailure)) throw failure;
      if (failure.kind === 'product unknown') return false;
      if (!isRefusal(failure)) throw failure;
      this.outcome.refused(item, failure.message);
      return true;
    }
  }

  /** The work has come through, or something was confirmed: what was refused whole really was refused. */
  settleSuspects(): void {
    for (const { item, reason } of this.suspects) this.outcome.refused(item, reason);
    this.suspects = [];
  }

  private async sendOrSplit(batch: readonly T[]): Promise<{ item: T; reason: string }[]> {
    try {
      const products = batch.map(({ product }) => product);
      await this.attempt(batch, () => this.parts.catalogue.sync(products, this.parts.hardSignal));
      return [];
    } catch (failure) {
      if (!(failure instanceof CatalogueFailure) || !isRefusal(failure)) throw failure;
      if (batch.length === 1) return batch.map((item) => ({ item, reason: failure.message }));
      const middle = Math.ceil(batch.length / 2);
      return [...(await this.sendOrSplit(batch.slice(0, middle))), ...(await this.sendOrSplit(batch.slice(middle)))];
    }
  }

  private async attempt(items: readonly T[], call: () => Promise<void>): Promise<void> {
    const { clock, signal, unsettled } = this.parts;
    let startedAt = 0;
    await withRetry(
      clock,
      signal,
      () => {
        startedAt = clock.now();
        return call();
      },
      (failure) => {
        if (failure.kind === 'outcome unknown') unsettled.add(items.map(({ product }) => product.productId));
      },
    );
    this.proven = true;
    this.settleSuspects();
    for (const item of items) {
      if (unsettled.isSettled(item.product.productId, startedAt)) this.outcome.confirmed(item);
      else this.outcome.unsettled(item);
    }
  }
}

function isRefusal({ kind }: CatalogueFailure): boolean {
  return kind === 'refused' || kind === 'too large';
}

function refusesAll(reason: string): ShopError {
  return new ShopError(
    'digible-refuses-all',
    `Digible refuses every product, the last one with: ${reason}`,
    'Check the address of Digible in the settings, then sync again; nothing was marked as rejected.',
    { remedy: 'configure' },
  );
}
