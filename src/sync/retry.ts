/** The retry policy as data: which failure of the catalogue is tried again, how often, after which pauses. */
import { CatalogueFailure, type FailureKind } from './catalogueFailure';
import type { Clock } from './ports';

export interface RetryRule {
  /** Attempts in all, the first one included. */
  readonly tries: number;
  /** The longest pause before the second attempt, in milliseconds; doubled for each one after it. */
  readonly baseMs: number;
  /** No pause of ours is longer, in milliseconds. */
  readonly capMs: number;
}

/** What is not in the table is not tried again. */
export const retryPolicy: Readonly<Partial<Record<FailureKind, RetryRule>>> = {
  unreachable: { tries: 5, baseMs: 500, capMs: 15_000 },
  'outcome unknown': { tries: 5, baseMs: 1_000, capMs: 15_000 },
  'request timeout': { tries: 5, baseMs: 500, capMs: 15_000 },
  throttled: { tries: 5, baseMs: 1_000, capMs: 30_000 },
  'server error': { tries: 5, baseMs: 1_000, capMs: 30_000 },
  'unexpected answer': { tries: 2, baseMs: 1_000, capMs: 15_000 },
};

/**
 * A request given up after these failures may be so because of one of its products, and is taken apart. So many requests may be given
 * up in a row, nothing confirmed between them, until Digible is taken for down, and the run ends. What is not in the table ends it at once.
 */
export const isolationPolicy: Readonly<Partial<Record<FailureKind, number>>> = {
  // Enough to find a good part of a batch with 15 bad products: 2 + 4 + 8 + 16.
  'server error': 30,
  // Slow: enough for 3 bad products.
  'outcome unknown': 6,
  'request timeout': 6,
  // Perhaps of something that is not Digible, to which no more is to be sent than it takes to find 1 bad product.
  'unexpected answer': 3,
};

/** A server that asks for a longer pause than this is left to a later run: nothing else could go on meanwhile. */
export const longestRetryAfterMs = 300_000;

/**
 * Milliseconds to wait after attempt number `attempt` (the first is 1) failed, or null: not again. Exponential with full
 * jitter, so that requests which failed together do not come back together; the pause that the server asked for comes first.
 *
 * @param random a number in [0, 1)
 */
export function backoff(
  kind: FailureKind,
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
): number | null {
  const rule = retryPolicy[kind];
  if (rule === undefined || attempt >= rule.tries) return null;
  const asked = Math.max(0, retryAfterMs ?? 0);
  if (asked > longestRetryAfterMs) return null;
  return asked + Math.round(random * Math.min(rule.capMs, rule.baseMs * 2 ** (attempt - 1)));
}

/**
 * Calls until it succeeds, or until the policy has no further attempt: then it rejects with the last failure. Rejects with the
 * signal's reason when aborted during a pause; anything that is no CatalogueFailure is passed on at once.
 */
export async function withRetry<T>(
  clock: Clock,
  signal: AbortSignal,
  call: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await call(attempt);
    } catch (caught) {
      if (!(caught instanceof CatalogueFailure)) throw caught;
      const pauseMs = backoff(caught.kind, attempt, caught.retryAfterMs, clock.random());
      if (pauseMs === null) throw caught;
      await clock.sleep(pauseMs, signal);
    }
  }
}
