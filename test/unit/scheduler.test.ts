import assert from 'node:assert/strict';
import { Scheduler } from '../../src/sync/scheduler';
import { FakeClock } from './fakeClock';

const interval = 120_000;

describe('The scheduler', () => {
  let clock: FakeClock;
  let ticks: number[];
  let startedAt: number;
  /** Milliseconds that a tick works. */
  let work: number;
  let scheduler: Scheduler;
  beforeEach(() => {
    clock = new FakeClock();
    startedAt = clock.now();
    ticks = [];
    work = 0;
    scheduler = new Scheduler(clock, async () => {
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

  it('goes on after a tick that took no time', async () => {
    scheduler.start(interval);
    await clock.advance(0);
    scheduler.stop();
    scheduler.start(interval);
    assert.deepEqual(ticks, [0, 0]);
  });
});
