import { setMaxListeners } from 'node:events';
import { CatalogueFailure } from './catalogueFailure';
import { ShopError } from './errors';
import { inParts } from './inParts';
import type { SendableProduct } from './model';
import { Pace, type PaceLimits, type Pressure } from './pace';
import type { Catalogue, Clock } from './ports';
import { backoff, isolationPolicy } from './retry';
import type { Unsettled } from './unsettled';

/** Batches refused product by product, whole, with nothing confirmed: the address is at fault and not the products. */
const wholeRefusals = 3;
/** After so many failures in a row it is not worth it to try each request again: one try tells whether Digible is there. */
const failuresUntilSingleTries = 4;

export interface Outgoing {
  readonly product: SendableProduct;
}

/** What became of each product; every product of a batch that was sent comes out exactly once, unless the run ends on a failure. */
export interface Outcome<T extends Outgoing> {
  /** Confirmed, and no earlier request can undo it. */
  confirmed(item: T): void;
  /** Confirmed by a request too young to be trusted: an earlier one with an unknown outcome may still be applied. */
  unsettled(item: T): void;
  /** Refused by Digible, alone, with its words; or Digible fails whenever this product is in a request, and not at others. */
  refused(item: T, reason: string): void;
}

export interface SenderParts {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly unsettled: Unsettled;
  /** Of product sync calls. */
  readonly batches: PaceLimits;
  /** Update calls in flight at once. */
  readonly updateConcurrency: number;
  /** Stops retries and splits between two requests. */
  readonly signal: AbortSignal;
  /** Breaks off requests under way. */
  readonly hardSignal: AbortSignal;
}

/** A product that stands alone with its failure. */
interface Suspect<T> {
  readonly item: T;
  readonly failure: CatalogueFailure;
}

/** The call that products are sent by. */
interface Way<T> {
  readonly pace: Pace;
  readonly call: (items: readonly T[]) => Promise<void>;
}

/**
 * Sends products with the retry policy, and takes a batch apart that is refused or makes Digible fail, until the product at fault
 * stands alone. One instance serves one run. Rejects with a CatalogueFailure that ends the run.
 */
export class Sender<T extends Outgoing> {
  /** Believed to be refused only when something else was confirmed, or the work comes through without too many of them. */
  private refusals: Suspect<T>[] = [];
  /** Digible failed at these; judged when the work has come through. */
  private failing: Suspect<T>[] = [];
  private batchesRefusedWhole = 0;
  /** Requests that Digible has confirmed in this run. */
  private confirmations = 0;
  /** Its values are the newest that Digible has of it. */
  private lastConfirmed: T | null = null;
  /** Requests given up since the last one was confirmed. */
  private failuresInARow = 0;
  private readonly syncCall: Way<T>;
  private readonly updateCall: Way<T>;
  private readonly ended = new AbortController();
  private readonly signal: AbortSignal;

  constructor(
    private readonly parts: SenderParts,
    private readonly outcome: Outcome<T>,
  ) {
    const { catalogue, hardSignal, batches, updateConcurrency } = parts;
    this.syncCall = {
      pace: new Pace(batches),
      call: (items) =>
        catalogue.sync(
          items.map(({ product }) => product),
          hardSignal,
        ),
    };
    this.updateCall = {
      pace: new Pace({ concurrency: updateConcurrency, batchSize: 1 }),
      call: async (items) => {
        for (const { product } of items) await catalogue.update(product, hardSignal);
      },
    };
    this.signal = AbortSignal.any([parts.signal, this.ended.signal]);
    // Each pause between two tries listens.
    setMaxListeners(0, this.signal);
  }

  /** Products that a batch should hold at most just now. */
  get batchSize(): number {
    return this.syncCall.pace.batchSize;
  }

  /** One product sync call, or several smaller ones where it fails. */
  sendBatch(batch: readonly T[]): Promise<void> {
    return this.endingWithFailure(async () => {
      const suspects = await this.deliver(batch, this.syncCall);
      this.note(suspects);
      if (this.confirmations > 0) {
        this.believeRefusals();
        return;
      }
      if (suspects.some(({ failure }) => !isRefusal(failure))) return;
      this.batchesRefusedWhole += 1;
      if (this.batchesRefusedWhole < wholeRefusals) return;
      const reason = this.refusals.at(-1)?.failure.message ?? '';
      this.refusals = [];
      throw refusesAll(reason);
    });
  }

  /** A product that was at fault in an earlier run: one product sync call, which says nothing about the other products or about Digible. */
  sendAlone(item: T): Promise<void> {
    return this.endingWithFailure(async () => {
      for (const { failure } of await this.deliver([item], this.syncCall)) this.outcome.refused(item, failure.message);
    });
  }

  /** One update call. Resolves to false when Digible doesn't know the product: it must be sent as an insert. */
  sendUpdate(item: T): Promise<boolean> {
    return this.endingWithFailure(async () => {
      try {
        const [suspect] = await this.deliver([item], this.updateCall);
        if (suspect === undefined) return true;
        if (isRefusal(suspect.failure)) this.outcome.refused(item, suspect.failure.message);
        else this.note([suspect]);
        return true;
      } catch (failure) {
        if (failure instanceof CatalogueFailure && failure.kind === 'product unknown') return false;
        throw failure;
      }
    });
  }

  /**
   * The work has come through: what was refused whole really was refused, and where Digible failed it is found out why. Rejects where it
   * does not look like the products' fault.
   */
  async settleSuspects(): Promise<void> {
    for (let suspect = this.failing.shift(); suspect !== undefined; suspect = this.failing.shift())
      await this.judge(suspect);
    this.believeRefusals();
  }

  /** Nothing that is under way makes a further request. */
  end(reason: unknown): void {
    this.ended.abort(reason);
  }

  /** Digible may just have been down: at fault is a product only where it fails once more, and one that was confirmed does not. */
  private async judge({ item, failure }: Suspect<T>): Promise<void> {
    if (this.lastConfirmed === null) throw failure;
    const again = await this.request([item], this.syncCall);
    if (again === null) return;
    if (!isRefusal(again) && (await this.ask([this.lastConfirmed], this.syncCall)) !== null) throw failure;
    this.outcome.refused(item, again.message);
  }

  private note(suspects: readonly Suspect<T>[]): void {
    for (const suspect of suspects) (isRefusal(suspect.failure) ? this.refusals : this.failing).push(suspect);
  }

  private believeRefusals(): void {
    const believed = this.refusals;
    this.refusals = [];
    this.batchesRefusedWhole = 0;
    for (const { item, failure } of believed) this.outcome.refused(item, failure.message);
  }

  private async endingWithFailure<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (failure) {
      this.end(failure);
      throw failure;
    }
  }

  /** Tries as often as the policy allows, then in parts. Resolves to the products that were found to be at fault. */
  private async deliver(batch: readonly T[], way: Way<T>, tried = 0): Promise<Suspect<T>[]> {
    const { clock } = this.parts;
    for (let attempt = tried + 1; ; attempt++) {
      if (attempt > 1 && batch.length > way.pace.batchSize)
        return this.inTurn(inParts(batch, way.pace.batchSize), (part) => this.deliver(part, way, attempt - 1));
      const failure = await this.request(batch, way);
      if (failure === null) return [];
      if (isRefusal(failure)) return this.takeApart(batch, failure, way);
      if (failure.kind === 'product unknown') throw failure;
      const pauseMs =
        this.failuresInARow >= failuresUntilSingleTries
          ? null
          : backoff(failure.kind, attempt, failure.retryAfterMs, clock.random());
      if (pauseMs === null) return this.isolate(batch, failure, way);
      await clock.sleep(pauseMs, this.signal);
    }
  }

  private takeApart(batch: readonly T[], failure: CatalogueFailure, way: Way<T>): Suspect<T>[] | Promise<Suspect<T>[]> {
    if (batch.length === 1) return suspectsOf(batch, failure);
    return this.inTurn(halvesOf(batch), (half) => this.deliver(half, way));
  }

  /**
   * Digible fails at this batch. Where it does so because of a product, other parts of it go through; where it is just down, none does,
   * and the run ends. Level by level, so that a part without the product is found soon.
   */
  private async isolate(batch: readonly T[], failure: CatalogueFailure, way: Way<T>): Promise<Suspect<T>[]> {
    this.noteFailure(failure);
    if (batch.length === 1) return suspectsOf(batch, failure);
    const suspects: Suspect<T>[] = [];
    const open = halvesOf(batch);
    for (let part = open.shift(); part !== undefined; part = open.shift()) {
      const again = await this.request(part, way);
      if (again === null) continue;
      if (isRefusal(again)) suspects.push(...(await this.takeApart(part, again, way)));
      else if (part.length === 1 || isolationPolicy[again.kind] === undefined)
        suspects.push(...(await this.deliver(part, way, 1)));
      else {
        this.noteFailure(again);
        open.push(...halvesOf(part));
      }
    }
    return suspects;
  }

  private async inTurn(
    parts: readonly (readonly T[])[],
    send: (part: readonly T[]) => Promise<Suspect<T>[]>,
  ): Promise<Suspect<T>[]> {
    const suspects: Suspect<T>[] = [];
    for (const part of parts) suspects.push(...(await send(part)));
    return suspects;
  }

  private noteFailure(failure: CatalogueFailure): void {
    this.failuresInARow += 1;
    if (this.failuresInARow > (isolationPolicy[failure.kind] ?? 0)) throw failure;
  }

  /** One request, with its outcome. Resolves to its failure, or to null once it is confirmed. */
  private async request(items: readonly T[], way: Way<T>): Promise<CatalogueFailure | null> {
    const { clock, unsettled } = this.parts;
    let startedAt = 0;
    const failure = await this.ask(items, way, () => {
      startedAt = clock.now();
    });
    if (failure !== null) return failure;
    for (const item of items) {
      if (unsettled.isSettled(item.product.productId, startedAt)) {
        this.lastConfirmed = item;
        this.outcome.confirmed(item);
      } else this.outcome.unsettled(item);
    }
    return null;
  }

  private async ask(
    items: readonly T[],
    { call, pace }: Way<T>,
    onStart: () => void = () => undefined,
  ): Promise<CatalogueFailure | null> {
    const { unsettled } = this.parts;
    const failure = await pace.run(
      this.signal,
      async () => {
        onStart();
        try {
          await call(items);
          return null;
        } catch (caught) {
          if (mayStillBeApplied(caught)) unsettled.add(items.map(({ product }) => product.productId));
          if (caught instanceof CatalogueFailure) return caught;
          throw caught;
        }
      },
      pressureOf,
    );
    if (failure === null) {
      this.confirmations += 1;
      this.believeRefusals();
    }
    // A product that is refused or not known says that Digible is there.
    if (failure === null || isRefusal(failure) || failure.kind === 'product unknown') this.failuresInARow = 0;
    return failure;
  }
}

function pressureOf(failure: CatalogueFailure | null): Pressure {
  if (failure === null) return 'none';
  if (failure.kind === 'throttled' || failure.kind === 'server error') return 'fewer at once';
  return failure.kind === 'outcome unknown' || failure.kind === 'request timeout' ? 'smaller' : 'unknown';
}

/** What is broken off on the way, is no CatalogueFailure. */
function mayStillBeApplied(failure: unknown): boolean {
  return !(failure instanceof CatalogueFailure) || failure.kind === 'outcome unknown';
}

function isRefusal({ kind }: CatalogueFailure): boolean {
  return kind === 'refused' || kind === 'too large';
}

function halvesOf<T>(batch: readonly T[]): (readonly T[])[] {
  return inParts(batch, Math.ceil(batch.length / 2));
}

function suspectsOf<T>(items: readonly T[], failure: CatalogueFailure): Suspect<T>[] {
  return items.map((item) => ({ item, failure }));
}

function refusesAll(reason: string): ShopError {
  return new ShopError(
    'digible-refuses-all',
    `Digible refuses every product, the last one with: ${reason}`,
    'Check the address of Digible in the settings, then sync again; nothing was marked as rejected.',
    { remedy: 'configure' },
  );
}
