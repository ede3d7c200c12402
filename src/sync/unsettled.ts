import type { UnsettledProduct } from './model';
import type { Clock } from './ports';

/**
 * Products that a request with an unknown outcome may still change. As long as it may, a newer request that Digible confirms
 * proves nothing: the old one could be applied after it. One instance serves all runs of a shop.
 */
export class Unsettled {
  private readonly until = new Map<string, number>();
  /** Until then nothing is settled. */
  private allUntil = 0;
  /** What the clock showed last. */
  private noticedAt: number;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    /** Assumed of Digible and the line to it: a request that was given up is applied within this time, if at all. */
    private readonly settlesAfterMs: number,
    stored: readonly UnsettledProduct[] = [],
    /** Called when there is something new to be remembered. */
    private readonly onDidAdd: () => void = () => undefined,
  ) {
    this.noticedAt = clock.now();
    const latest = this.noticedAt + settlesAfterMs;
    for (const { productId, until } of stored) this.until.set(productId, Math.min(until, latest));
  }

  get all(): readonly UnsettledProduct[] {
    const now = this.clock.now();
    return [...this.until].flatMap(([productId, until]) => (until > now ? [{ productId, until }] : []));
  }

  /** A request with these products was given up just now. */
  add(productIds: Iterable<string>): void {
    const now = this.clock.now();
    for (const [productId, until] of this.until) if (until <= now) this.until.delete(productId);
    for (const productId of productIds) this.until.set(productId, now + this.settlesAfterMs);
    this.onDidAdd();
  }

  /** Somebody else had the right to send until just now: nobody knows here which requests of theirs were given up. */
  addAll(): void {
    this.allUntil = this.clock.now() + this.settlesAfterMs;
  }

  /** Whether a confirmation by a request that started at `startedAt` holds. */
  isSettled(productId: string, startedAt: number): boolean {
    return this.settlesAt(productId) <= startedAt;
  }

  /** When nothing that was given up can change this product any more, epoch milliseconds. */
  settlesAt(productId: string): number {
    this.noticeClock();
    return Math.max(this.allUntil, this.until.get(productId) ?? 0);
  }

  /** Milliseconds until a request proves anything at all; not positive: it does. */
  get opaqueForMs(): number {
    this.noticeClock();
    return this.allUntil - this.clock.now();
  }

  /** When the last of them is settled, epoch milliseconds; in the past where none is open. */
  get settledAt(): number {
    this.noticeClock();
    let last = this.allUntil;
    for (const until of this.until.values()) last = Math.max(last, until);
    return last;
  }

  /** What is further away than it can be, is so because the computer's clock was set back since: then it counts anew. */
  private noticeClock(): void {
    const now = this.clock.now();
    if (now >= this.noticedAt) {
      this.noticedAt = now;
      return;
    }
    this.noticedAt = now;
    const latest = now + this.settlesAfterMs;
    this.allUntil = Math.min(this.allUntil, latest);
    for (const [productId, until] of this.until) if (until > latest) this.until.set(productId, latest);
  }
}
