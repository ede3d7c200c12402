import assert from 'node:assert/strict';
import type { CurrentShop } from '../../../src/currentShop';
import { stoppedEngine } from '../../../src/condition';
import type { ShopError } from '../../../src/sync/errors';
import { FakeWorld, gate, ready } from './fakeShops';

describe('the shop in use', () => {
  const open: CurrentShop[] = [];
  const shopIn = (world: FakeWorld): CurrentShop => {
    const currentShop = world.currentShop();
    open.push(currentShop);
    return currentShop;
  };
  afterEach(async () => {
    for (const currentShop of open.splice(0)) await currentShop.shutDown();
  });

  describe('while something works on the database apart', () => {
    it('is closed before, and who needs it waits until that is over', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      const working = gate();
      const apart = currentShop.apart(async () => {
        world.diary.push('work');
        await working.passed;
        world.want(ready('B'));
        return 'done';
      });
      const asked = Promise.all([currentShop.shop(), currentShop.start()]);
      await world.clock.advance(1000);
      assert.deepEqual(world.diary, ['open A', 'start A', 'close A', 'work']);
      working.open();
      assert.equal(await apart, 'done');
      await world.clock.runUntilSettled(asked);
      assert.deepEqual(world.diary.slice(4), ['open B', 'start B', 'start B']);
      await currentShop.settled();
      assert.equal(world.clock.waiting, 0);
    });

    it('goes on as it was where that fails', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      await assert.rejects(
        currentShop.apart(() => Promise.reject(new Error('No.'))),
        /No\./,
      );
      assert.deepEqual(world.diary, ['open A', 'start A', 'close A', 'open A', 'start A']);
    });

    it('shows no run, and stays stopped where it was', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.shop();
      world.newest.tellState({ ...stoppedEngine, phase: 'uploading' });
      await currentShop.apart(() => {
        const { condition } = currentShop;
        assert.equal(condition.kind === 'ready' && condition.engine.phase, 'stopped');
        return Promise.resolve();
      });
      assert.deepEqual(world.diary, ['open A', 'close A']);
    });

    it('one such work comes after the other', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      const first = gate();
      const works = [
        currentShop.apart(() => first.passed.then(() => void world.diary.push('first'))),
        currentShop.apart(() => Promise.resolve(void world.diary.push('second'))),
      ];
      await world.clock.advance(0);
      first.open();
      await Promise.all(works);
      assert.deepEqual(world.diary, ['first', 'second']);
    });

    it('that is asked to end when the window closes, and nothing is opened after it', async () => {
      const world = new FakeWorld(ready('A'));
      world.autoStart = true;
      const currentShop = shopIn(world);
      await currentShop.settled();
      const apart = currentShop.apart(
        (signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as ShopError))),
      );
      await world.clock.advance(0);
      const closed = currentShop.shutDown();
      await assert.rejects(apart, { code: 'cancelled' });
      await closed;
      assert.deepEqual(world.diary, ['open A', 'start A', 'close A']);
      await assert.rejects(
        currentShop.apart(() => Promise.resolve()),
        { code: 'cancelled' },
      );
    });
  });

  describe('when the window closes', () => {
    it('ends what runs before that is over', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      const ending = gate();
      world.newest.ending = ending.passed;
      const closed = currentShop.shutDown();
      await world.clock.advance(0);
      assert.deepEqual([world.diary.at(-1), world.newest.closed], ['close A', false]);
      ending.open();
      await closed;
      assert.equal(world.newest.closed, true);
    });

    it('is closed although it was only just being opened, and starts nothing', async () => {
      const world = new FakeWorld(ready('A'));
      const opening = gate();
      world.opening = opening.passed;
      const currentShop = shopIn(world);
      const asked = currentShop.shop();
      await world.clock.advance(0);
      const closed = currentShop.shutDown();
      opening.open();
      await asked;
      await closed;
      assert.deepEqual([world.diary, world.newest.closed], [['open A', 'close A'], true]);
    });

    it('is opened no more, and tells nothing more', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.settled();
      let told = 0;
      currentShop.onDidChange(() => (told += 1));
      currentShop.dispose();
      world.want(ready('B'));
      await assert.rejects(currentShop.shop(), { code: 'cancelled' });
      await assert.rejects(currentShop.start(), { code: 'cancelled' });
      await currentShop.shutDown();
      assert.deepEqual([world.diary, told, world.clock.waiting], [[], 0, 0]);
    });

    it('does not wait for settings to come to rest', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.shop();
      world.want(ready('B'));
      await world.clock.advance(0);
      assert.equal(world.clock.waiting, 1);
      await currentShop.shutDown();
      assert.deepEqual([world.clock.waiting, world.diary], [0, ['open A', 'close A']]);
    });
  });
});
