import assert from 'node:assert/strict';
import { FakeShop } from './fakeShop';
import { manyKeys, price, SyncWorld } from './syncWorld';

describe('A sync', () => {
  let world: SyncWorld;
  let shop: SyncWorld['shop'];
  let catalogue: SyncWorld['catalogue'];
  beforeEach(() => {
    world = new SyncWorld();
    ({ shop, catalogue } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  describe('acknowledges', () => {
    it('exactly what was read and confirmed', async () => {
      const shopWithBigNumbers = new FakeShop(9_007_199_254_740_990n);
      const big = new SyncWorld(shopWithBigNumbers);
      for (const key of manyKeys(8)) shopWithBigNumbers.insert(key);
      big.catalogue.refused.set('p000003', 'no');
      await big.synced();
      assert.deepEqual(shopWithBigNumbers.pending, ['9007199254740993']);
    });

    it('nothing of a change that is logged while its product is being sent, and sends it next', async () => {
      world.known('a');
      shop.update('a', price('2.00'));
      let during: readonly string[] = [];
      catalogue.onRequest = () => {
        catalogue.onRequest = () => undefined;
        shop.update('a', price('3.00'));
        during = shop.pending;
      };
      let acknowledgedFirst: readonly string[] | undefined;
      shop.before = (call) => {
        if (call === 'acknowledge') acknowledgedFirst ??= shop.pending;
      };
      const report = await world.synced();
      assert.deepEqual(during, ['1', '2']);
      assert.deepEqual(shop.acknowledged, [['1'], ['2']]);
      assert.equal(world.price('a'), '3.00');
      assert.deepEqual([report.updated, report.coalesced], [2, 0]);
    });

    it('nothing of a change that is logged between the look at ChangeLog and at the product', async () => {
      world.known('a');
      shop.update('a', price('2.00'));
      shop.before = (call) => {
        if (call !== 'read') return;
        shop.before = () => undefined;
        shop.update('a', price('3.00'));
      };
      await world.synced();
      assert.deepEqual(shop.acknowledged, [['1'], ['2']]);
      assert.equal(catalogue.requests, 2);
      assert.equal(world.price('a'), '3.00');
    });

    it('the DELETE of a product that was inserted again, with its INSERT', async () => {
      world.known('a');
      shop.delete('a');
      shop.insert('a', price('5.00'));
      const report = await world.synced();
      assert.deepEqual(shop.logged, []);
      assert.equal(world.price('a'), '5.00');
      assert.deepEqual([report.inserted, report.deleted, report.coalesced], [1, 0, 1]);
    });

    it('the DELETE under another spelling of its key, too', async () => {
      world.known('ABC');
      shop.delete('ABC');
      shop.insert('abc', price('5.00'));
      await world.synced();
      assert.deepEqual(shop.logged, []);
    });

    it('the changes of a product that is gone, and leaves its DELETE for people to see', async () => {
      world.known('a');
      shop.update('a', price('2.00'));
      shop.delete('a');
      const report = await world.synced();
      assert.deepEqual(shop.logged, ['DELETE a']);
      assert.deepEqual([report.deleted, report.pending, report.requests, report.updated], [1, 0, 0, 0]);
    });

    it('a product that came and went without a request', async () => {
      shop.insert('a');
      shop.delete('a');
      const report = await world.synced();
      assert.deepEqual(shop.logged, ['DELETE a']);
      assert.equal(report.requests, 0);
    });

    it('a product that is gone although nobody logged it, and makes a DELETE of its newest change', async () => {
      world.known('a');
      shop.update('a', price('2.00'));
      shop.update('a', price('3.00'));
      shop.writeUnlogged('a', null);
      const report = await world.synced();
      assert.deepEqual(shop.logged, ['DELETE a']);
      assert.deepEqual([report.deleted, report.pending], [1, 0]);
    });

    it('nothing of DELETEs alone, which are never sent', async () => {
      world.known('a');
      shop.delete('a');
      const report = await world.synced();
      assert.deepEqual([shop.logged, shop.calls], [['DELETE a'], ['readPage']]);
      assert.deepEqual([report.deleted, report.pending], [1, 0]);
    });

    it('both sides of two products that swapped their keys', async () => {
      world.known('a', 'b');
      shop.update('a', { productName: 'was b' });
      shop.update('b', { productName: 'was a' });
      await world.synced();
      assert.equal(catalogue.content.get('a')?.productName, 'was b');
      assert.equal(catalogue.content.get('b')?.productName, 'was a');
      assert.deepEqual(shop.logged, []);
    });

    it('everything that was confirmed before it ends, however long SQL Server takes', async () => {
      for (const key of manyKeys(300)) shop.insert(key);
      const acknowledge = shop.changeLog.acknowledge.bind(shop.changeLog);
      shop.changeLog.acknowledge = async (logIds, signal) => {
        await world.clock.sleep(5000, signal);
        await acknowledge(logIds, signal);
      };
      const cancel = new AbortController();
      catalogue.onRequest = () => {
        if (catalogue.requests === 2) cancel.abort(new Error('enough'));
      };
      const { report } = await world.sync({ signal: cancel.signal });
      assert.deepEqual([report.inserted, report.pending, shop.pending.length], [300, 0, 0]);
    });

    it('at most 1,000 changes with one statement', async () => {
      world.known('a');
      for (let n = 0; n < 2500; n++) shop.update('a', price(`${n}.00`));
      const report = await world.synced();
      assert.deepEqual(
        shop.acknowledged.map(({ length }) => length),
        [1000, 1000, 500],
      );
      assert.deepEqual([report.updated, report.coalesced, report.requests], [1, 2499, 1]);
    });
  });
});
