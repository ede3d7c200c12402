import { setMaxListeners } from 'node:events';
import { CatalogueFailure } from './catalogueFailure';
import { ShopError } from './errors';
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
  /** Refused by Digible, alone, with its words. */
  refused(item: T, reason: string): void;
  /** Digible fails, as often as the policy allows, when this product is in a request, and not at others. */
  failed(item: T, reason: string): void;
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
  /** Requests confirmed when the first one with this product was sent. */
  readonly confirmedBefore: number;
}

/** How a part of a batch is sent. */
interface Way<T> {
  readonly pace: Pace;
  readonly confirmedBefore: number;
  readonly call: (items: readonly T[]) => Promise<void>;
}

/**
 * Sends products with the retry policy, and takes a batch apart that is refused or makes Digible fail, until the product at fault
 * stands alone. One instance serves one run. Rejects with a CatalogueFailure that ends the run.
 */
export class Sender<T extends Outgoing> {
  /** Believed to be at fault only when something else was confirmed, or the work comes through without too many of them. */
  private suspects: Suspect<T>[] = [];
  private batchesRefusedWhole = 0;
  /** Requests that Digible has confirmed in this run. */
  private confirmations = 0;
  /** Its values are the newest that Digible has of it. */
  private lastConfirmed: T | null = null;
  /** Requests given up since the last one was confirmed. */
  private failuresInARow = 0;
  private readonly batches: Pace;
  private readonly updates: Pace;
  private readonly ended = new AbortController();
  private readonly signal: AbortSignal;

  constructor(
    private readonly parts: SenderParts,
    private readonly outcome: Outcome<T>,
  ) {
    this.batches = new Pace(parts.batches);
    this.updates = new Pace({ concurrency: parts.updateConcurrency, batchSize: 1 });
    this.signal = AbortSignal.any([parts.signal, this.ended.signal]);
    // Each pause between two tries listens.
    setMaxListeners(0, this.signal);
  }

  /** Products that a batch should hold at most just now. */
  get batchSize(): number {
    return this.batches.batchSize;
  }

  /** One product sync call, or several smaller ones where it fails. */
  sendBatch(batch: readonly T[]): Promise<void> {
    return this.endingWithFailure(async () => {
      this.suspects.push(...(await this.deliver(batch, this.batchWay())));
      if (this.confirmations > 0) {
        this.settleProven();
        return;
      }
      this.batchesRefusedWhole += 1;
      if (this.batchesRefusedWhole < wholeRefusals) return;
      const last = this.suspects.at(-1)?.failure;
      this.suspects = [];
      throw last === undefined || isRefusal(last) ? refusesAll(last?.message ?? '') : last;
    });
  }

  /** One update call. Resolves to false when Digible doesn't know the product: it must be sent as an insert. */
  sendUpdate(item: T): Promise<boolean> {
    const { catalogue, hardSignal } = this.parts;
    const way: Way<T> = {
      pace: this.updates,
      confirmedBefore: this.confirmations,
      call: () => catalogue.update(item.product, hardSignal),
    };
    return this.endingWithFailure(async () => {
      try {
        const [suspect] = await this.deliver([item], way);
        if (suspect === undefined) return true;
        if (isRefusal(suspect.failure)) this.outcome.refused(item, suspect.failure.message);
        else {
          this.suspects.push(suspect);
          this.settleProven();
        }
        return true;
      } catch (failure) {
        if (failure instanceof CatalogueFailure && failure.kind === 'product unknown') return false;
        throw failure;
      }
    });
  }

  /**
   * The work has come through: what was refused whole really was refused. Where Digible has failed since it last confirmed anything, it
   * is asked once more for what it has confirmed: only where it does so again is the product at fault. Rejects where it is not.
   */
  async settleSuspects(): Promise<void> {
    this.settleProven();
    const failing = this.suspects.find(({ failure }) => !isRefusal(failure));
    if (failing !== undefined) {
      if (this.lastConfirmed === null) throw failing.failure;
      const failure = await this.ask([this.lastConfirmed], this.batchWay());
      if (failure !== null) throw failing.failure;
    }
    this.believe(() => true);
  }

  /** Nothing that is under way makes a further request. */
  end(reason: unknown): void {
    this.ended.abort(reason);
  }

  private batchWay(): Way<T> {
    const { catalogue, hardSignal } = this.parts;
    return {
      pace: this.batches,
      confirmedBefore: this.confirmations,
      call: (items) =>
        catalogue.sync(
          items.map(({ product }) => product),
          hardSignal,
        ),
    };
  }

  private settleProven(): void {
    this.believe(({ failure, confirmedBefore }) => this.confirmations > (isRefusal(failure) ? 0 : confirmedBefore));
  }

  private believe(isProven: (suspect: Suspect<T>) => boolean): void {
    const believed = this.suspects.filter(isProven);
    if (believed.length === 0) return;
    this.suspects = this.suspects.filter((suspect) => !isProven(suspect));
    this.batchesRefusedWhole = 0;
    for (const { item, failure } of believed)
      this.outcome[isRefusal(failure) ? 'refused' : 'failed'](item, failure.message);
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
        return this.inTurn(partsOf(batch, way.pace.batchSize), (part) => this.deliver(part, way, attempt - 1));
      const failure = await this.request(batch, way);
      if (failure === null) return [];
      if (isRefusal(failure)) return this.takeApart(batch, failure, way);
      const pauseMs =
        this.failuresInARow >= failuresUntilSingleTries
          ? null
          : backoff(failure.kind, attempt, failure.retryAfterMs, clock.random());
      if (pauseMs === null) return this.isolate(batch, failure, way);
      await clock.sleep(pauseMs, this.signal);
    }
  }

  private takeApart(batch: readonly T[], failure: CatalogueFailure, way: Way<T>): Suspect<T>[] | Promise<Suspect<T>[]> {
    if (batch.length === 1) return this.suspectsOf(batch, failure, way);
    return this.inTurn(halvesOf(batch), (half) => this.deliver(half, way));
  }

  /**
   * Digible fails at this batch. Where it does so because of a product, other parts of it go through; where it is just down, none does,
   * and the run ends. Level by level, so that a part without the product is found soon.
   */
  private async isolate(batch: readonly T[], failure: CatalogueFailure, way: Way<T>): Promise<Suspect<T>[]> {
    this.noteFailure(failure);
    if (batch.length === 1) return this.suspectsOf(batch, failure, way);
    const suspects: Suspect<T>[] = [];
    const open = halvesOf(batch);
    for (let part = open.shift(); part !== undefined; part = open.shift()) {
      const again = await this.request(part, way);
      if (again === null) continue;
      if (isRefusal(again)) suspects.push(...(await this.takeApart(part, again, way)));
      else if (part.length === 1) suspects.push(...(await this.deliver(part, way, 1)));
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

  private suspectsOf(items: readonly T[], failure: CatalogueFailure, { confirmedBefore }: Way<T>): Suspect<T>[] {
    return items.map((item) => ({ item, failure, confirmedBefore }));
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
    if (failure !== null) return failure;
    this.confirmations += 1;
    this.failuresInARow = 0;
    this.settleProven();
    return null;
  }
}

function pressureOf(failure: CatalogueFailure | null): Pressure {
  if (failure?.kind === 'throttled' || failure?.kind === 'server error') return 'fewer at once';
  return failure?.kind === 'outcome unknown' || failure?.kind === 'request timeout' ? 'smaller' : 'none';
}

/** What is broken off on the way, is no CatalogueFailure. */
function mayStillBeApplied(failure: unknown): boolean {
  return !(failure instanceof CatalogueFailure) || failure.kind === 'outcome unknown';
}

function isRefusal({ kind }: CatalogueFailure): boolean {
  return kind === 'refused' || kind === 'too large';
}

function halvesOf<T>(batch: readonly T[]): (readonly T[])[] {
  return partsOf(batch, Math.ceil(batch.length / 2));
}

function partsOf<T>(batch: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(batch.length / size) }, (_, at) => batch.slice(at * size, (at + 1) * size));
}

function refusesAll(reason: string): ShopError {
  return new ShopError(
    'digible-refuses-all',
    `Digible refuses every product, the last one with: ${reason}`,
    'Check the address of Digible in the settings, then sync again; nothing was marked as rejected.',
    { remedy: 'configure' },
  );
}
