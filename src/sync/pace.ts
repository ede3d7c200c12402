/** How much goes to Digible at once: as much as may be, less after trouble, and step by step more again. */

/** A limit that halves and recovers, never below 1 or above `most`. */
class AdaptiveLimit {
  private value: number;
  private halvings = 0;
  private successes = 0;

  /** @param step what it gains after as many successes as a round of requests has */
  constructor(
    private readonly most: number,
    private readonly step: number,
  ) {
    this.value = most;
  }

  get current(): number {
    return this.value;
  }

  /** Tells which halving a request was started after. */
  get epoch(): number {
    return this.halvings;
  }

  /** Requests that were under way together fail together: only the first of them halves. */
  halve(startedAfter: number): void {
    if (startedAfter !== this.halvings) return;
    this.halvings += 1;
    this.successes = 0;
    this.value = Math.max(1, Math.floor(this.value / 2));
  }

  recover(roundSize: number): void {
    this.successes += 1;
    if (this.successes < roundSize) return;
    this.successes = 0;
    this.value = Math.min(this.most, this.value + this.step);
  }
}

/** What a request came to, as far as the pace is concerned. */
export type Pressure = 'none' | 'fewer at once' | 'smaller' | 'unknown';

export interface PaceLimits {
  /** Requests in flight at once. */
  readonly concurrency: number;
  /** Products of one request. */
  readonly batchSize: number;
}

/**
 * Products for each request where there are so many. Full ones would leave places empty in the last round; these fill every round, at the
 * cost of one request less than there are places at most. What fits into one round goes in as few requests as can be.
 */
export function evenBatchSize(products: number, { concurrency, batchSize }: PaceLimits): number {
  const rounds = Math.ceil(products / (concurrency * batchSize));
  return rounds > 1 ? Math.ceil(products / (rounds * concurrency)) : batchSize;
}

/** One instance serves the requests of one kind in one run. */
export class Pace {
  private readonly width: AdaptiveLimit;
  private readonly size: AdaptiveLimit;
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor({ concurrency, batchSize }: PaceLimits) {
    this.width = new AdaptiveLimit(concurrency, 1);
    this.size = new AdaptiveLimit(batchSize, Math.ceil(batchSize / 8));
  }

  /** Products that a request should hold at most just now. */
  get batchSize(): number {
    return this.size.current;
  }

  /** Requests that may be in flight just now. */
  get concurrency(): number {
    return this.width.current;
  }

  /**
   * Waits for a place, then makes the request.
   *
   * @param pressureOf what it came to, given its result; one that rejects says nothing
   */
  async run<T>(signal: AbortSignal, request: () => Promise<T>, pressureOf: (result: T) => Pressure): Promise<T> {
    while (this.running >= this.width.current) await new Promise<void>((free) => this.waiting.push(free));
    this.running += 1;
    const [width, size] = [this.width.epoch, this.size.epoch];
    try {
      signal.throwIfAborted();
      const result = await request();
      const pressure = pressureOf(result);
      if (pressure === 'fewer at once') this.width.halve(width);
      else if (pressure === 'smaller') this.size.halve(size);
      else if (pressure === 'none') {
        this.width.recover(this.width.current);
        this.size.recover(this.width.current);
      }
      return result;
    } finally {
      this.running -= 1;
      for (let free = this.width.current - this.running; free > 0; free--) this.waiting.shift()?.();
    }
  }
}
