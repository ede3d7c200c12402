import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import type { RejectedProduct } from '../../src/sync/model';
import { emptyState } from './fakeStore';
import { MasterWorld } from './masterWorld';
import { manyKeys } from './syncWorld';

const rejected: RejectedProduct = {
  productId: 'a',
  productName: 'Product a',
  sellPrice: '1.00',
  reason: 'too sour',
  lastLogId: '1',
  tries: 1,
  nextTryAt: Date.UTC(2030, 0, 1),
};

const lost = new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.');

describe('The engine of a shop', () => {
  let world: MasterWorld;
  let clock: MasterWorld['clock'];
  let shop: MasterWorld['shop'];
  let catalogue: MasterWorld['catalogue'];
  let store: MasterWorld['store'];
  let master: MasterWorld['master'];
  beforeEach(() => {
    world = new MasterWorld();
    ({ clock, shop, catalogue, store, master } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  describe('asked to refresh', () => {
    it('shows what is stored and what is pending before the first run', async () => {
      shop.insert('a');
      shop.insert('gone');
      shop.delete('gone');
      shop.captureProblems = [{ kind: 'trigger missing', message: 'trgAfterInsert is not there.' }];
      store.stored = { ...emptyState, lastSync: 17, rejected: [rejected] };
      await master.refresh();
      const { phase, lastSync, counts, captureProblems } = master.state;
      assert.deepEqual([phase, lastSync, captureProblems], ['stopped', 17, shop.captureProblems]);
      assert.deepEqual(counts, { pending: 2, inserts: 2, updates: 0, deleted: 1, rejected: 1 });
      assert.deepEqual(world.states.at(-1), master.state, 'the listeners were told');
    });

    it('neither takes the writer lock nor sends nor saves', async () => {
      shop.insert('a');
      await master.refresh();
      assert.deepEqual([shop.calls, shop.holdsLock, catalogue.requests, store.saves], [['look'], false, 0, []]);
    });

    it('several times at once looks once, and again when asked again', async () => {
      await Promise.all([master.refresh(), master.refresh(), master.refresh()]);
      assert.equal(shop.countOf('look'), 1);
      await master.refresh();
      assert.equal(shop.countOf('look'), 2);
    });

    it('does not wait for a run under way, and leaves the figures to it', async () => {
      for (const key of manyKeys(300)) shop.insert(key);
      const run = master.syncNow();
      await clock.advance(5);
      const before = master.state;
      await master.refresh();
      assert.deepEqual([master.state, before.phase], [before, 'syncing']);
      await world.run(run);
      assert.equal(master.state.counts?.pending, 0);
    });

    it('leaves the figures to a run that starts and ends while it looks', async () => {
      shop.insert('a');
      const run: { work?: Promise<unknown> } = {};
      shop.before = (call) => {
        if (call === 'look') run.work = master.syncNow();
      };
      let answer = (): void => undefined;
      const held = new Promise<void>((resolve) => (answer = resolve));
      const look = shop.changeLog.look.bind(shop.changeLog);
      shop.changeLog.look = async (signal) => {
        const seen = await look(signal);
        await held;
        return seen;
      };
      const refreshed = master.refresh();
      await clock.advance(0);
      await world.run(run.work!);
      answer();
      await refreshed;
      assert.equal(master.state.counts?.pending, 0, 'the look had seen one');
    });

    it('leaves the figures to a run that ends while it looks', async () => {
      shop.insert('a');
      let answer = (): void => undefined;
      const held = new Promise<void>((resolve) => (answer = resolve));
      const look = shop.changeLog.look.bind(shop.changeLog);
      shop.changeLog.look = async (signal) => {
        const seen = await look(signal);
        await held;
        return seen;
      };
      let refreshed: Promise<void> | undefined;
      shop.before = (call) => {
        if (call === 'read') refreshed ??= master.refresh();
      };
      await world.run(master.syncNow());
      answer();
      await refreshed;
      assert.equal(shop.countOf('look'), 1);
      assert.equal(master.state.counts?.pending, 0, 'the look had seen one');
    });

    it('shows new figures beside an upload, which has none of its own', async () => {
      shop.stock(300);
      shop.insert('a');
      const run = master.upload();
      await clock.advance(5);
      await master.refresh();
      assert.deepEqual([master.state.phase, master.state.counts?.pending], ['uploading', 1]);
      await world.run(run);
    });

    it('tells a failure to who asked, and leaves the state as it is', async () => {
      shop.insert('a');
      await world.run(master.syncNow());
      const before = master.state;
      shop.failNext('look', lost);
      await assert.rejects(master.refresh(), lost);
      store.stored = new Error('the disk sleeps');
      await assert.rejects(master.refresh(), { name: 'ShopError', code: 'internal' });
      assert.equal(master.state, before);
      store.stored = emptyState;
      await master.refresh();
    });

    it('keeps nothing that another process may write meanwhile', async () => {
      await master.refresh();
      shop.insert('a');
      store.stored = { ...emptyState, rejected: [{ ...rejected, nextTryAt: clock.now() + 60_000 }] };
      const report = await world.run(master.syncNow());
      assert.deepEqual([report.rejected, catalogue.requests], [1, 0], 'the rejection of the other process holds');
    });

    it('after its end is refused', async () => {
      await world.run(master.dispose());
      await assert.rejects(master.refresh(), { code: 'cancelled' });
      assert.deepEqual(shop.calls, []);
    });

    it('ends without changing the state when the engine is disposed of', async () => {
      shop.changeLog.look = (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      const refreshed = assert.rejects(master.refresh(), { code: 'cancelled' });
      await clock.advance(0);
      await world.run(master.dispose());
      await refreshed;
      assert.equal(master.state.counts, null);
    });
  });

  describe('asked what it remembers', () => {
    it('tells rejected products with why, without waiting for a run under way', async () => {
      shop.insert('a');
      catalogue.refused.set('a', 'too sour');
      await world.start();
      for (const key of manyKeys(300)) shop.insert(key);
      const run = master.syncNow();
      await clock.advance(5);
      const products = await master.rejectedProducts();
      assert.deepEqual(
        products.map(({ productId, reason }) => [productId, reason]),
        [['a', 'too sour']],
      );
      await world.run(run);
    });

    it('reads anew what another process stores, as long as it only watches', async () => {
      shop.lockedElsewhere = true;
      await world.start();
      assert.deepEqual(await master.rejectedProducts(), []);
      store.stored = { ...emptyState, rejected: [rejected], uploadCheckpoint: { afterKey: 'p7', products: 7 } };
      assert.deepEqual(await master.rejectedProducts(), [rejected]);
      assert.deepEqual(await master.uploadCheckpoint(), { afterKey: 'p7', products: 7 });
    });

    it('tells where an upload can be resumed', async () => {
      shop.stock(1000);
      assert.equal(await master.uploadCheckpoint(), null);
      catalogue.next.push('confirm', 'unexpected answer');
      catalogue.answer = () => 'unexpected answer';
      await assert.rejects(world.run(master.upload()));
      assert.equal((await master.uploadCheckpoint())?.products, 200);
      catalogue.answer = () => 'confirm';
      await world.run(master.upload({ resume: true }));
      assert.equal(await master.uploadCheckpoint(), null);
    });

    it('says so where that can not be read', async () => {
      store.stored = new ShopError('state-unreadable', 'The state cannot be read.', 'Delete it.');
      await assert.rejects(master.rejectedProducts(), { code: 'state-unreadable' });
      await assert.rejects(master.uploadCheckpoint(), { code: 'state-unreadable' });
    });
  });
});
