import assert from 'node:assert/strict';
import { emptyState } from './fakeStore';
import { MasterWorld } from './masterWorld';

describe('The engine of a shop and the writer lock:', () => {
  let world: MasterWorld;
  let clock: MasterWorld['clock'];
  let shop: MasterWorld['shop'];
  let catalogue: MasterWorld['catalogue'];
  let master: MasterWorld['master'];
  beforeEach(() => {
    world = new MasterWorld();
    ({ clock, shop, catalogue, master } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  describe('when its connection is lost, the engine', () => {
    it('breaks off what is under way, and counts it as given up', async () => {
      shop.insert('a');
      catalogue.latencyMs = 60_000;
      master.start();
      await clock.advance(1000);
      shop.endSession();
      await clock.advance(0);
      assert.deepEqual([master.state.phase, master.state.error?.code], ['offline', 'sql-connection-lost']);
      assert.deepEqual(shop.pending, ['1']);
      assert.deepEqual(
        world.store.saves.at(-1)?.unsettled.map(({ productId }) => productId),
        ['a'],
      );
    });

    it('ends an upload, which can be resumed', async () => {
      shop.stock(3);
      catalogue.latencyMs = 60_000;
      const upload = assert.rejects(master.upload(), { code: 'sql-connection-lost' });
      await clock.advance(1000);
      shop.endSession();
      await world.run(upload);
    });

    it('reads the stored state again: another process may have written it', async () => {
      await world.start();
      assert.equal(world.store.loads, 1);
      shop.endSession();
      await world.nextTick();
      assert.equal(world.store.loads, 2);
    });
  });

  it('is kept after a single sync until what that gave up is settled', async () => {
    shop.insert('a');
    catalogue.answer = () => ({ lost: 20_000 });
    await assert.rejects(world.run(master.syncNow()));
    assert.equal(shop.holdsLock, true);
    await clock.advance(29_999);
    assert.equal(shop.holdsLock, true);
    await clock.advance(1);
    assert.equal(shop.holdsLock, false);
  });

  describe('beside another writer the engine', () => {
    beforeEach(async () => {
      shop.lockedElsewhere = true;
      shop.insert('a');
      await world.start();
    });

    it('only watches', () => {
      assert.deepEqual([master.state.phase, catalogue.requests], ['another writer', 0]);
      assert.equal(master.state.counts?.pending, 1);
      assert.equal(master.state.lastSync, null);
      assert.deepEqual(world.store.saves, []);
    });

    it('takes over when the other one is gone, with the state that it left', async () => {
      world.store.stored = { ...emptyState, lastSync: 17 };
      shop.lockedElsewhere = false;
      await world.nextTick();
      await clock.advance(30_000);
      assert.deepEqual([master.state.phase, catalogue.content.size, world.store.loads], ['idle', 1, 2]);
    });

    it('sends nothing within 30 s of taking over: what the other one gave up last may still be applied', async () => {
      shop.lockedElsewhere = false;
      await clock.advance(60_000);
      await clock.advance(29_000);
      assert.deepEqual([shop.holdsLock, catalogue.requests], [true, 0]);
      await clock.advance(1100);
      assert.deepEqual([catalogue.countOf('sync'), shop.pending], [1, []]);
    });

    it('keeps that in mind when the run that takes over is cancelled', async () => {
      shop.lockedElsewhere = false;
      await clock.advance(60_000);
      master.cancelRun();
      await clock.advance(0);
      void master.syncNow();
      await clock.advance(29_000);
      assert.equal(catalogue.requests, 0);
      await clock.advance(1100);
      assert.deepEqual(shop.pending, []);
    });

    it('says so to who asks for a sync, and refuses an upload', async () => {
      const report = await world.run(master.syncNow());
      assert.deepEqual([report.anotherWriter, master.state.error?.code], [true, 'another-writer']);
      await assert.rejects(world.run(master.upload()), { code: 'another-writer' });
      assert.equal(catalogue.requests, 0);
    });
  });
});
