import assert from 'node:assert/strict';
import { defaults } from '../../src/sync/settings';
import { Unsettled } from '../../src/sync/unsettled';
import { FakeClock } from './fakeClock';

describe('A product of a request with an unknown outcome', () => {
  let clock: FakeClock;
  let unsettled: Unsettled;
  beforeEach(() => {
    clock = new FakeClock();
    unsettled = new Unsettled(clock, defaults.sync.settleSeconds * 1000);
  });

  it('is settled by a request that starts 30 s after the unknown one was given up, not a millisecond earlier', () => {
    const givenUp = clock.now();
    unsettled.add(['a']);
    assert.equal(unsettled.isSettled('a', givenUp + 29_999), false);
    assert.equal(unsettled.isSettled('a', givenUp + 30_000), true);
  });

  it('leaves other products as they are', () => {
    unsettled.add(['a']);
    assert.equal(unsettled.isSettled('b', clock.now()), true);
  });

  it('is unsettled anew by every further unknown outcome', async () => {
    unsettled.add(['a']);
    await clock.advance(20_000);
    unsettled.add(['a']);
    await clock.advance(29_999);
    assert.equal(unsettled.isSettled('a', clock.now()), false);
    await clock.advance(1);
    assert.equal(unsettled.isSettled('a', clock.now()), true);
  });

  it('stays unsettled while others come and go', async () => {
    unsettled.add(['a']);
    await clock.advance(15_000);
    unsettled.add(['b']);
    assert.equal(unsettled.isSettled('a', clock.now()), false);
    await clock.advance(15_000);
    unsettled.add(['c']);
    assert.equal(unsettled.isSettled('a', clock.now()), true);
    assert.equal(unsettled.isSettled('b', clock.now()), false);
  });

  it('tells when the last one is settled', async () => {
    assert.ok(unsettled.settledAt <= clock.now());
    unsettled.add(['a']);
    await clock.advance(10_000);
    unsettled.add(['b']);
    assert.equal(unsettled.settledAt, clock.now() + 30_000);
  });

  it('is one of any number', () => {
    unsettled.add(Array.from({ length: 300_000 }, (_, at) => String(at)));
    assert.equal(unsettled.settledAt, clock.now() + 30_000);
  });

  it('settles after another time where a test world knows better', () => {
    const quick = new Unsettled(clock, 5);
    quick.add(['a']);
    assert.equal(quick.isSettled('a', clock.now() + 5), true);
  });

  it('outlives its run, as long as it is unsettled', async () => {
    unsettled.add(['a']);
    await clock.advance(10_000);
    unsettled.add(['b']);
    await clock.advance(20_000);
    assert.deepEqual(unsettled.all, [{ productId: 'b', until: clock.now() + 10_000 }]);
    const later = new Unsettled(clock, 30_000, unsettled.all);
    assert.equal(later.isSettled('b', clock.now() + 9_999), false);
    assert.equal(later.isSettled('b', clock.now() + 10_000), true);
  });

  it('is settled within 30 s although the computer’s clock is set back by a year', async () => {
    let year = 365 * 24 * 3_600_000;
    const wrong = { now: () => clock.now() + year };
    const one = new Unsettled(wrong, 30_000);
    one.add(['a']);
    one.addAll();
    year = 0;
    assert.ok(one.settledAt <= clock.now() + 30_000);
    await clock.advance(30_000);
    assert.equal(one.isSettled('a', clock.now()), true);
    assert.ok(one.opaqueForMs <= 0);
  });

  it('is not taken over from a stored state for longer than that', () => {
    const later = new Unsettled(clock, 30_000, [{ productId: 'a', until: clock.now() + 3_600_000 }]);
    assert.equal(later.settlesAt('a'), clock.now() + 30_000);
  });
});
