import assert from 'node:assert/strict';
import { MasterWorld } from './masterWorld';
import { manyKeys } from './syncWorld';

describe('The engine of a shop', () => {
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

  describe('stopped', () => {
    it('does not sync any more, and gives the lock up', async () => {
      await world.start();
      await master.stop();
      shop.insert('a');
      await clock.advance(600_000);
      assert.deepEqual([catalogue.requests, shop.holdsLock, clock.waiting], [0, false, 0]);
      assert.deepEqual([master.state.phase, master.state.scheduled], ['stopped', false]);
    });

    it('ends a scheduled sync between two requests, and what is confirmed by then is acknowledged', async () => {
      for (const key of manyKeys(2000)) shop.insert(key);
      master.start();
      await clock.advance(15);
      const stopped = master.stop();
      assert.deepEqual([master.state.phase, master.state.scheduled], ['syncing', false]);
      await world.run(stopped);
      const sent = catalogue.content.size;
      assert.ok(sent > 0 && sent < 2000, `${sent} were sent`);
      assert.equal(shop.pending.length, 2000 - sent);
      assert.deepEqual([world.results.at(-1)?.trigger, world.results.at(-1)?.error?.code], ['schedule', 'cancelled']);
      assert.deepEqual([master.state.phase, master.state.error], ['stopped', null]);
      assert.deepEqual([master.state.lastSync, shop.holdsLock, clock.waiting], [null, false, 0]);
    });

    it('ends a scheduled sync that waits to try Digible again', async () => {
      shop.insert('a');
      catalogue.answer = () => 'unreachable';
      master.start();
      await clock.advance(15);
      await master.stop();
      assert.deepEqual([master.state.phase, shop.logged], ['stopped', ['INSERT a']]);
    });

    it('lets a manual sync come to its end', async () => {
      for (const key of manyKeys(2000)) shop.insert(key);
      const synced = master.syncNow();
      await clock.advance(15);
      await world.run(Promise.all([synced, master.stop()]));
      assert.equal(catalogue.content.size, 2000);
    });

    it('and started again in the middle of a run syncs at once when that has ended', async () => {
      for (const key of manyKeys(2000)) shop.insert(key);
      master.start();
      await clock.advance(15);
      const stopped = [master.stop()];
      for (let n = 0; n < 3; n++) {
        master.start();
        if (n < 2) stopped.push(master.stop());
      }
      await world.run(Promise.all(stopped));
      assert.deepEqual([master.state.scheduled, shop.holdsLock], [true, true]);
      assert.notEqual(master.state.phase, 'stopped');
      await clock.advance(60_000);
      assert.deepEqual(
        world.results.map(({ error }) => error?.code ?? 'through'),
        ['cancelled', 'through'],
      );
      shop.insert('late');
      await world.nextTick();
      assert.equal(catalogue.content.size, 2001);
    });

    it('while a scheduled run waits for its turn takes it back', async () => {
      let finish = (): void => undefined;
      const configuring = master.exclusively(() => new Promise<void>((resolve) => (finish = resolve)));
      shop.insert('a');
      master.start();
      const stopped = master.stop();
      await clock.advance(0);
      finish();
      await world.run(Promise.all([configuring, stopped]));
      assert.deepEqual([catalogue.requests, master.state.phase], [0, 'stopped']);
    });

    it('does not show a manual sync that comes after it as stopped', async () => {
      shop.insert('a');
      const stopped = master.stop();
      const synced = master.syncNow();
      await stopped;
      await clock.advance(5);
      assert.equal(master.state.phase, 'syncing');
      await world.run(synced);
      assert.equal(master.state.phase, 'stopped');
    });
  });

  describe('told to cancel the run under way', () => {
    it('ends it between two requests, whoever asked for it, and goes on with the schedule', async () => {
      for (const [trigger, begin] of [
        ['schedule', () => master.start()],
        ['manual', () => void master.syncNow().catch(() => undefined)],
        ['upload', () => void master.upload().catch(() => undefined)],
      ] as const) {
        for (const key of manyKeys(2000, trigger)) shop.insert(key);
        begin();
        await clock.advance(15);
        master.cancelRun();
        await clock.advance(5000);
        const { report, error, ...result } = world.results.at(-1)!;
        assert.equal(result.trigger, trigger);
        assert.ok('cancelled' in report ? report.cancelled : error?.code === 'cancelled');
        assert.ok((world.requests.at(-1) ?? 0) > 1);
        assert.deepEqual([master.state.phase, master.state.scheduled, master.state.error], ['idle', true, null]);
      }
      await world.nextTick();
      await clock.advance(60_000);
      assert.equal(shop.pending.length, 0);
    });

    it('does nothing where none is, and to none that comes later', async () => {
      shop.insert('a');
      master.cancelRun();
      assert.equal((await world.run(master.syncNow())).inserted, 1);
      master.cancelRun();
      shop.insert('b');
      assert.equal((await world.run(master.syncNow())).inserted, 1);
    });
  });
});
