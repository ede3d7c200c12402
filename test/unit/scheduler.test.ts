import assert from 'node:assert/strict';
import { cancelled } from '../../src/sync/errors';
import { Scheduler } from '../../src/sync/scheduler';
import { FakeClock } from './fakeClock';

const interval = 120_000;

describe('The scheduler', () => {
  let clock: FakeClock;
  let ticks: number[];
  let signals: AbortSignal[];
  let startedAt: number;
  /** Milliseconds that a tick works. */
  let work: number;
  let scheduler: Scheduler;
  beforeEach(() => {
    clock = new FakeClock();
    startedAt = clock.now();
    ticks = [];
    signals = [];
    work = 0;
    scheduler = new Scheduler(clock, async (stopped) => {
      signals.push(stopped);
      ticks.push(clock.now() - startedAt);
      if (work > 0) await clock.sleep(work, new AbortController().signal);
    });
  });

  it('ticks at once and then in its interval', async () => {
    scheduler.start(interval);
    assert.deepEqual(ticks, [0]);
    await clock.advance(3 * interval);
    assert.deepEqual(ticks, [0, interval, 2 * interval, 3 * interval]);
  });

  it('leaves a tick out that finds the one before still at work', async () => {
    work = 2.5 * interval;
    scheduler.start(interval);
    await clock.advance(4 * interval);
    assert.deepEqual(ticks, [0, 3 * interval]);
  });

  it('does not tick any more once it is stopped', async () => {
    scheduler.start(interval);
    await clock.advance(interval);
    scheduler.stop();
    await clock.advance(3 * interval);
    assert.deepEqual(ticks, [0, interval]);
    assert.equal(clock.waiting, 0);
  });

  it('says whether it is started', () => {
    assert.equal(scheduler.isStarted, false);
    scheduler.start(interval);
    assert.equal(scheduler.isStarted, true);
    scheduler.stop();
    assert.equal(scheduler.isStarted, false);
  });

  it('may be stopped twice, and before it was started', () => {
    scheduler.stop();
    scheduler.start(interval);
    scheduler.stop();
    scheduler.stop();
    assert.equal(clock.waiting, 0);
  });

  it('goes on with another interval after another start, with one timer', async () => {
    scheduler.start(interval);
    await clock.advance(30_000);
    scheduler.start(60_000);
    await clock.advance(60_000);
    assert.deepEqual(ticks, [0, 30_000, 90_000]);
    assert.equal(clock.waiting, 1);
  });

  it('tells the tick under way that it is stopped, and no later one', async () => {
    scheduler.start(interval);
    await clock.advance(interval);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [false, false],
    );
    scheduler.stop();
    scheduler.start(interval);
    await clock.advance(interval);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true, false, false],
    );
    assert.deepEqual(signals[0]?.reason, cancelled());
  });

  it('ticks at once after another start, although a tick that was stopped is still at its end', async () => {
    work = 1.5 * interval;
    scheduler.start(interval);
    await clock.advance(30_000);
    scheduler.start(interval);
    assert.deepEqual(ticks, [0], 'it was not stopped');
    scheduler.stop();
    scheduler.start(interval);
    assert.deepEqual(ticks, [0, 30_000]);
    await clock.advance(interval);
    assert.deepEqual(ticks, [0, 30_000], 'the second one is at work when the first one has ended');
  });

  it('goes on after a tick that took no time', async () => {
    scheduler.start(interval);
    await clock.advance(0);
    scheduler.stop();
    scheduler.start(interval);
    assert.deepEqual(ticks, [0, 0]);
  });
});
