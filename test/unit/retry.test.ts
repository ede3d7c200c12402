import assert from 'node:assert/strict';
import { CatalogueFailure, type FailureKind } from '../../src/sync/catalogueFailure';
import { ShopError } from '../../src/sync/errors';
import { backoff, longestRetryAfterMs, retryPolicy, withRetry } from '../../src/sync/retry';
import { FakeClock } from './fakeClock';

const retried: readonly FailureKind[] = [
  'unreachable',
  'outcome unknown',
  'request timeout',
  'throttled',
  'server error',
];
const final: readonly FailureKind[] = ['refused', 'too large', 'product unknown', 'not available', 'session expired'];
const almostOne = 1 - 2 ** -32;
const never = new AbortController().signal;

const failure = (kind: FailureKind, retryAfterMs?: number): CatalogueFailure =>
  new CatalogueFailure(kind, new ShopError('digible-busy', kind, 'Wait.'), retryAfterMs);

/** A call that fails with these, one after the other, and then answers; `times` holds when it was called. */
function failing(clock: FakeClock, ...failures: readonly Error[]) {
  const times: number[] = [];
  const call = (attempt: number): Promise<string> => {
    times.push(clock.now());
    assert.equal(attempt, times.length);
    const next = failures[times.length - 1];
    return next === undefined ? Promise.resolve('confirmed') : Promise.reject(next);
  };
  return { times, call };
}

describe('The retry policy', () => {
  for (const kind of retried) {
    it(`tries ${kind} five times in all`, () => {
      assert.equal(retryPolicy[kind]?.tries, 5);
      assert.notEqual(backoff(kind, 4, undefined, 0.5), null);
      assert.equal(backoff(kind, 5, undefined, 0.5), null);
    });

    it(`doubles the longest pause after ${kind} up to its cap`, () => {
      const { baseMs, capMs } = retryPolicy[kind]!;
      const pauses = [1, 2, 3, 4].map((attempt) => backoff(kind, attempt, undefined, almostOne));
      assert.deepEqual(
        pauses,
        [1, 2, 4, 8].map((factor) => Math.min(capMs, baseMs * factor)),
      );
    });
  }

  it('tries an unexpected answer once more: it may be that of a proxy on the way', () => {
    assert.notEqual(backoff('unexpected answer', 1, undefined, 0.5), null);
    assert.equal(backoff('unexpected answer', 2, undefined, 0.5), null);
  });

  for (const kind of final) {
    it(`does not retry ${kind}`, () => assert.equal(backoff(kind, 1, undefined, 0.5), null));
  }

  it('spreads pauses over the whole range down to zero', () => {
    assert.equal(backoff('throttled', 3, undefined, 0), 0);
    assert.equal(backoff('throttled', 3, undefined, 0.25), 1_000);
  });

  it('never waits less than Retry-After asks', () => {
    assert.equal(backoff('throttled', 1, 7_000, 0), 7_000);
    assert.equal(backoff('server error', 1, 7_000, 0.5), 7_500);
  });

  it('ignores a Retry-After in the past', () => assert.equal(backoff('throttled', 1, -5_000, 0.5), 500));

  it('leaves a very long Retry-After to a later run', () => {
    assert.notEqual(backoff('throttled', 1, longestRetryAfterMs, 0), null);
    assert.equal(backoff('throttled', 1, longestRetryAfterMs + 1, 0), null);
  });
});

describe('A retried call', () => {
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
  });

  it('is made once when it succeeds', async () => {
    const { times, call } = failing(clock);
    assert.equal(await withRetry(clock, never, call), 'confirmed');
    assert.equal(times.length, 1);
  });

  it('succeeds when a later attempt does', async () => {
    const { times, call } = failing(clock, failure('unreachable'), failure('server error'));
    assert.equal(await clock.runUntilSettled(withRetry(clock, never, call)), 'confirmed');
    assert.equal(times.length, 3);
  });

  it('rejects with the last failure after five attempts', async () => {
    const failures = retried.map((kind) => failure(kind));
    const { times, call } = failing(clock, ...failures, failure('unreachable'));
    await assert.rejects(
      clock.runUntilSettled(withRetry(clock, never, call)),
      (caught: unknown) => caught === failures[4],
    );
    assert.equal(times.length, 5);
  });

  it('waits at least as long as Digible asked', async () => {
    const { times, call } = failing(clock, failure('throttled', 20_000));
    await clock.runUntilSettled(withRetry(clock, never, call));
    assert.ok(times[1]! - times[0]! >= 20_000);
  });

  for (const kind of final) {
    it(`is not repeated after ${kind}`, async () => {
      const { times, call } = failing(clock, failure(kind));
      await assert.rejects(withRetry(clock, never, call), { kind });
      assert.equal(times.length, 1);
    });
  }

  it('passes on at once what is no failure of the catalogue', async () => {
    const { times, call } = failing(clock, new TypeError('a mistake in the program'));
    await assert.rejects(withRetry(clock, never, call), TypeError);
    assert.equal(times.length, 1);
  });

  it('makes no attempt once it is cancelled', async () => {
    const cancelled = AbortSignal.abort(new Error('cancelled'));
    const { times, call } = failing(clock);
    await assert.rejects(withRetry(clock, cancelled, call), /cancelled/);
    assert.equal(times.length, 0);
  });

  it('ends its pause when it is cancelled', async () => {
    const controller = new AbortController();
    const { times, call } = failing(clock, failure('throttled', 60_000));
    const work = withRetry(clock, controller.signal, call);
    const outcome = assert.rejects(work, /cancelled/);
    await clock.advance(30_000);
    controller.abort(new Error('cancelled'));
    await outcome;
    assert.equal(times.length, 1);
    assert.equal(clock.waiting, 0);
  });
});
