import { setMaxListeners } from 'node:events';
import { CatalogueFailure } from './catalogueFailure';
import { ShopError } from './errors';
import type { SendableProduct } from './model';
import type { Catalogue, Clock } from './ports';
import { withRetry } from './retry';
import type { Unsettled } from './unsettled';

/** Batches refused product by product, whole, with nothing confirmed: the address is at fault and not the products. */
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
  private batchesRefusedWhole = 0;
  /** Digible has confirmed something in this run: the address is right, so a refusal is about the products. */
  private proven = false;
  private readonly ended = new AbortController();
  private readonly signal: AbortSignal;

  constructor(
    private readonly parts: SenderParts,
    private readonly outcome: Outcome<T>,
  ) {
    this.signal = AbortSignal.any([parts.signal, this.ended.signal]);
    // Each pause between two tries listens.
    setMaxListeners(0, this.signal);
  }

  /** One product sync call, or several smaller ones where it is refused. */
  sendBatch(batch: readonly T[]): Promise<void> {
    return this.endingWithFailure(async () => {
      const refused = await this.sendOrSplit(batch);
      this.suspects.push(...refused);
      if (this.proven) {
        this.settleSuspects();
        return;
      }
      this.batchesRefusedWhole += 1;
      if (this.batchesRefusedWhole < wholeRefusals) return;
      const reason = this.suspects.at(-1)?.reason ?? '';
      this.suspects = [];
      throw refusesAll(reason);
    });
  }

  /** One update call. Resolves to false when Digible doesn't know the product: it must be sent as an insert. */
  sendUpdate(item: T): Promise<boolean> {
    return this.endingWithFailure(async () => {
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
    });
  }

  /** The work has come through, or something was confirmed: what was refused whole really was refused. */
  settleSuspects(): void {
    const believed = this.suspects;
    this.suspects = [];
    this.batchesRefusedWhole = 0;
    for (const { item, reason } of believed) this.outcome.refused(item, reason);
  }

  /** Nothing that is under way makes a further request. */
  end(reason: unknown): void {
    this.ended.abort(reason);
  }

  private async endingWithFailure<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (failure) {
      this.end(failure);
      throw failure;
    }
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
    const { clock, unsettled } = this.parts;
    let startedAt = 0;
    await withRetry(clock, this.signal, async () => {
      startedAt = clock.now();
      try {
        await call();
      } catch (failure) {
        if (mayStillBeApplied(failure)) unsettled.add(items.map(({ product }) => product.productId));
        throw failure;
      }
    });
    this.proven = true;
    this.settleSuspects();
    for (const item of items) {
      if (unsettled.isSettled(item.product.productId, startedAt)) this.outcome.confirmed(item);
      else this.outcome.unsettled(item);
    }
  }
}

/** What is broken off on the way, is no CatalogueFailure. */
function mayStillBeApplied(failure: unknown): boolean {
  return !(failure instanceof CatalogueFailure) || failure.kind === 'outcome unknown';
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
