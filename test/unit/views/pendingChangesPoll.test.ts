import assert from 'node:assert/strict';
import { stoppedEngine } from '../../../src/condition';
import { ShopError } from '../../../src/sync/errors';
import { ChangePoll, mayLookByItself } from '../../../src/views/pendingChanges/changePoll';
import { FakeClock } from '../fakeClock';

describe('looking again and again', () => {
  class World {
    readonly clock = new FakeClock(0);
    readonly looks: number[] = [];
    goesWell = true;
    takesMs = 0;
    pause: Promise<void> = Promise.resolve();
    readonly poll = new ChangePoll(this.clock, async () => {
      this.looks.push(this.clock.now() / 1000);
      await this.pause;
      if (this.takesMs > 0) await this.clock.sleep(this.takesMs, new AbortController().signal);
      return this.goesWell;
    });
  }

  it('happens every five seconds while somebody watches', async () => {
    const world = new World();
    await world.clock.advance(20_000);
    world.poll.watch(true);
    await world.clock.advance(15_000);
    assert.deepEqual(world.looks, [25, 30, 35]);
  });

  it('leaves nothing behind when nobody watches any more', async () => {
    const world = new World();
    world.poll.watch(true);
    world.poll.watch(false);
    assert.equal(world.clock.waiting, 0);
    await world.clock.advance(60_000);
    assert.deepEqual(world.looks, []);
    world.poll.watch(true);
    world.poll.dispose();
    assert.equal(world.clock.waiting, 0);
  });

  it('is one loop, however often it is told that somebody watches', async () => {
    const world = new World();
    world.poll.watch(true);
    world.poll.watch(true);
    await world.clock.advance(5_000);
    assert.deepEqual(world.looks, [5]);
  });

  it('waits longer while looks fail, up to a minute, and as before once one goes well', async () => {
    const world = new World();
    world.goesWell = false;
    world.poll.watch(true);
    await world.clock.advance(195_000);
    assert.deepEqual(world.looks, [5, 15, 35, 75, 135, 195]);
    world.goesWell = true;
    await world.clock.advance(70_000);
    assert.deepEqual(world.looks.slice(6), [255, 260, 265]);
  });

  it('never begins a look before the last one has ended', async () => {
    const world = new World();
    let release = (): void => undefined;
    world.pause = new Promise((resolve) => (release = resolve));
    world.poll.watch(true);
    await world.clock.advance(60_000);
    assert.deepEqual(world.looks, [5]);
    release();
    await world.clock.advance(550_000);
    assert.deepEqual(world.looks, [5, 610]);
  });

  it('waits ten times as long as a look took, so that a big ChangeLog is not counted all the time', async () => {
    const world = new World();
    world.takesMs = 900;
    world.poll.watch(true);
    await world.clock.advance(30_000);
    assert.deepEqual(world.looks, [5, 14.9, 24.8]);
    world.takesMs = 100;
    await world.clock.advance(16_000);
    assert.deepEqual(world.looks.slice(3), [34.7, 39.8, 44.9]);
  });

  it('waits ten minutes at most, as a computer that slept during a look did not count all the while', async () => {
    const world = new World();
    world.takesMs = 3_600_000;
    world.poll.watch(true);
    await world.clock.advance(3_605_000 + 600_000);
    assert.deepEqual(world.looks, [5, 4_205]);
  });

  it('waits a minute at most after looks that took long to fail', async () => {
    const world = new World();
    world.goesWell = false;
    world.takesMs = 15_000;
    world.poll.watch(true);
    await world.clock.advance(160_000);
    assert.deepEqual(world.looks, [5, 80, 155]);
  });

  it('does not go on twice when it was left and taken up again during a look', async () => {
    const world = new World();
    let release = (): void => undefined;
    world.pause = new Promise((resolve) => (release = resolve));
    world.poll.watch(true);
    await world.clock.advance(5_000);
    world.poll.watch(false);
    world.poll.watch(true);
    release();
    await world.clock.advance(10_000);
    assert.deepEqual(world.looks, [5, 10, 15]);
  });
});

describe('a look that nobody asked for', () => {
  const refused = new ShopError('sql-login-failed', 'The login is refused.', 'Check the password.');
  const lost = new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.');

  it('is welcome between runs, also after a failure', () => {
    assert.equal(mayLookByItself(stoppedEngine, null), true);
    assert.equal(mayLookByItself({ ...stoppedEngine, phase: 'offline', error: lost }, lost), true);
  });

  it('leaves a run alone', () => {
    assert.equal(mayLookByItself({ ...stoppedEngine, phase: 'syncing' }, null), false);
    assert.equal(mayLookByItself({ ...stoppedEngine, phase: 'uploading' }, null), false);
  });

  it('does not try a refused password again', () => {
    assert.equal(mayLookByItself(stoppedEngine, refused), false);
    assert.equal(mayLookByItself({ ...stoppedEngine, phase: 'error', error: refused }, null), false);
  });
});
