import assert from 'node:assert/strict';
import type { CurrentShop } from '../../../src/currentShop';
import { FakeWorld, gate, ready } from './fakeShops';

describe('the shop in use, when only figures of the settings change,', () => {
  const open: CurrentShop[] = [];
  const shopIn = (world: FakeWorld): CurrentShop => {
    const currentShop = world.currentShop();
    open.push(currentShop);
    return currentShop;
  };
  afterEach(async () => {
    for (const currentShop of open.splice(0)) await currentShop.shutDown();
  });

  it('lets what runs come to its end first', async () => {
    const world = new FakeWorld(ready('A'));
    const currentShop = shopIn(world);
    await currentShop.start();
    const shop = await currentShop.shop();
    const running = gate();
    const { newest: first } = world;
    first.running = running.passed;
    world.want(ready('A', 60));
    await world.clock.advance(60_000);
    assert.deepEqual(world.diary, ['open A', 'start A']);
    assert.equal(await currentShop.shop(), shop);
    running.open();
    await world.clock.advance(1000);
    assert.deepEqual(world.diary, ['open A', 'start A', 'close A', 'open A', 'start A']);
    assert.equal(currentShop.settings?.sync.intervalSeconds, 60);
    assert.equal(first.pauses, 1);
  });

  it('ends what runs at once where the shop changes as well', async () => {
    const world = new FakeWorld(ready('A'));
    const currentShop = shopIn(world);
    await currentShop.start();
    const running = gate();
    world.newest.running = running.passed;
    world.want(ready('A', 60));
    await world.clock.advance(1000);
    world.want(ready('B', 60));
    await world.clock.runUntilSettled(currentShop.settled());
    running.open();
    await world.clock.runUntilSettled(currentShop.settled());
    assert.deepEqual(world.diary, ['open A', 'start A', 'close A', 'open B', 'start B']);
  });

  it('stays as it is where they are back before the run has ended, and runs go on', async () => {
    const world = new FakeWorld(ready('A'));
    const currentShop = shopIn(world);
    await currentShop.start();
    const running = gate();
    world.newest.running = running.passed;
    world.want(ready('A', 60));
    await world.clock.advance(1000);
    world.want(ready('A'));
    await world.clock.advance(1000);
    running.open();
    await world.clock.advance(1000);
    assert.deepEqual([world.diary, world.newest.pauses], [['open A', 'start A'], 1]);
    world.want(ready('A', 30));
    await world.clock.advance(2000);
    assert.deepEqual(world.diary.slice(2), ['close A', 'open A', 'start A']);
  });
});
