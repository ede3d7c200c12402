/** Faults on demand: what the sandbox does wrong, for which requests, how often. */
import type { Call } from './checks';

/** Which requests a fault strikes. All that is left out does not narrow it. */
export interface FaultRule {
  readonly calls?: readonly Call[];
  /** Requests that hold at least one of these products. */
  readonly productIds?: readonly string[];
  /** How many requests it strikes before it is over. */
  readonly times?: number;
  /** In 0..1: the share of the matching requests that it strikes. */
  readonly probability?: number;
}

/** `applied`: the catalogue takes the products all the same; it does not unless told so. */
export type FaultEffect =
  /** 429. `retryAfter`: seconds, or an HTTP date. */
  | { readonly kind: 'throttled'; readonly retryAfter?: number | string }
  /** 500 with a page for people. */
  | { readonly kind: 'html error'; readonly applied?: boolean }
  /** 503. */
  | { readonly kind: 'unavailable'; readonly retryAfter?: number | string }
  /** The connection ends without an answer. */
  | { readonly kind: 'dropped'; readonly applied?: boolean }
  /** The connection ends in the middle of a 200. */
  | { readonly kind: 'cut off'; readonly applied?: boolean }
  /** 200 with a text that is not JSON. */
  | { readonly kind: 'not json'; readonly applied?: boolean }
  /** 200 with `{"success":false}`. */
  | { readonly kind: 'success false' }
  /** 200 with `{"error":…}`. */
  | { readonly kind: 'error in answer' }
  /** Refuses the whole batch with words about the first of `productIds` in it. */
  | { readonly kind: 'refused'; readonly status?: 400 | 413 | 422; readonly message?: string }
  /** 401, and the token is not valid any longer. */
  | { readonly kind: 'token revoked' }
  /** A sign-in is refused whatever its password. */
  | { readonly kind: 'wrong password' }
  /** A sign-in is answered with this token. */
  | { readonly kind: 'odd token'; readonly token: string }
  /** Never answers; `afterHeaders`: or only with the beginning of a 200. */
  | { readonly kind: 'hanging'; readonly afterHeaders?: boolean; readonly applied?: boolean }
  /** Drops the connection and applies the request later: after so many milliseconds, or when told to (applyAbandoned). */
  | { readonly kind: 'applied late'; readonly afterMs?: number }
  | { readonly kind: 'redirected'; readonly location?: string; readonly status?: 301 | 302 | 307 | 308 }
  /** Any other answer; a string body is sent as HTML. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: string | object; readonly applied?: boolean };

export type Fault = FaultRule & FaultEffect;
export type FaultKind = FaultEffect['kind'];

export interface PlacedFault {
  readonly id: number;
  readonly fault: Fault;
  /** Requests that it struck so far. */
  readonly hits: number;
  /** Resolves when the next request is struck. */
  nextHit(): Promise<void>;
  remove(): void;
}

/** What a fault can be matched against; `productIds` is empty for a sign-in. */
export interface Target {
  readonly call: Call;
  readonly productIds: ReadonlySet<string>;
}

class Placed implements PlacedFault {
  hits = 0;
  private waiting: (() => void)[] = [];

  constructor(
    readonly id: number,
    readonly fault: Fault,
    private readonly forget: (id: number) => void,
  ) {}

  nextHit(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  remove(): void {
    this.forget(this.id);
  }

  matches({ call, productIds }: Target): boolean {
    const { calls, productIds: wanted, times } = this.fault;
    if (times !== undefined && this.hits >= times) return false;
    if (calls !== undefined && !calls.includes(call)) return false;
    return wanted?.some((productId) => productIds.has(productId)) ?? true;
  }

  strike(): void {
    this.hits += 1;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export class Faults {
  private readonly placed = new Map<number, Placed>();
  private readonly abandoned = new Set<() => void>();
  private lastId = 0;
  private state = 1;

  add(fault: Fault): PlacedFault {
    const placed = new Placed(++this.lastId, fault, (id) => void this.placed.delete(id));
    this.placed.set(placed.id, placed);
    return placed;
  }

  get list(): readonly PlacedFault[] {
    return [...this.placed.values()];
  }

  find(id: number): PlacedFault | undefined {
    return this.placed.get(id);
  }

  clear(): void {
    this.placed.clear();
  }

  /** Begins the sequence of random numbers that `probability` draws from anew. */
  seed(seed: number): void {
    this.state = seed | 0;
  }

  /** The first fault that strikes this request, in the order in which they were added. */
  strike(target: Target): Fault | undefined {
    for (const placed of this.placed.values()) {
      if (!placed.matches(target)) continue;
      const { probability } = placed.fault;
      if (probability !== undefined && this.random() >= probability) continue;
      placed.strike();
      return placed.fault;
    }
    return undefined;
  }

  /** Keeps what a request would have done until `applyAbandoned`, or for `afterMs`. */
  abandon(apply: () => void, afterMs: number | undefined): void {
    const once = (): void => {
      if (this.abandoned.delete(once)) apply();
    };
    this.abandoned.add(once);
    if (afterMs !== undefined) setTimeout(once, afterMs).unref();
  }

  /** Applies every request that was kept back, in the order of their arrival; answers how many. */
  applyAbandoned(): number {
    const kept = [...this.abandoned];
    for (const apply of kept) apply();
    return kept.length;
  }

  /** Forgets what was kept back. */
  forgetAbandoned(): void {
    this.abandoned.clear();
  }

  /** Mulberry32, in [0, 1). */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }
}
