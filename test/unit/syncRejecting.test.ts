import assert from 'node:assert/strict';
import { manyKeys, price, SyncWorld } from './syncWorld';

const minutes = 60_000;

describe('A sync', () => {
  let world: SyncWorld;
  let shop: SyncWorld['shop'];
  let catalogue: SyncWorld['catalogue'];
  beforeEach(() => {
    world = new SyncWorld();
    ({ shop, catalogue } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  describe('over a product that Digible refuses', () => {
    it('rejects that one and sends the other 199', async () => {
      for (const key of manyKeys(200)) shop.insert(key);
      catalogue.refused.set('p000077', 'the price is odd');
      const report = await world.synced();
      assert.deepEqual([report.inserted, report.rejected, report.pending], [199, 1, 1]);
      assert.deepEqual(report.rejections, [
        { productId: 'p000077', productName: 'Product p000077', reason: 'the price is odd' },
      ]);
    });

    it('leaves it alone for 2 minutes, and says so in every report', async () => {
      shop.insert('a');
      shop.insert('b');
      catalogue.refused.set('a', 'no');
      await world.synced();
      const { requests } = catalogue;
      await world.clock.advance(1 * minutes);
      const report = await world.synced();
      assert.deepEqual([report.rejected, report.pending, report.requests], [1, 1, 0]);
      assert.equal(report.rejections[0]?.reason, 'no');
      await world.clock.advance(1 * minutes);
      await world.synced();
      assert.equal(catalogue.requests, requests + 1);
    });

    it('tries it at once when it changes again', async () => {
      shop.insert('a');
      shop.insert('b');
      catalogue.refused.set('a', 'no');
      await world.synced();
      catalogue.refused.clear();
      shop.update('a', price('3.00'));
      const report = await world.synced();
      assert.deepEqual([report.inserted, report.coalesced, report.rejected, report.pending], [1, 1, 0, 0]);
      assert.deepEqual(world.rejections.all, []);
    });

    it('tries it at once when its values are others although no change was logged', async () => {
      shop.insert('a');
      shop.insert('b');
      catalogue.refused.set('a', 'no');
      await world.synced();
      catalogue.refused.clear();
      shop.writeUnlogged('a', price('3.00'));
      assert.equal((await world.synced()).inserted, 1);
    });

    it('does not report it as rejected when it changed and went through in the same run', async () => {
      world.known('b');
      shop.insert('a');
      shop.update('b', price('2.00'));
      catalogue.refused.set('a', 'no');
      catalogue.onRequest = ({ call }) => {
        if (call !== 'sync') return;
        catalogue.onRequest = () => undefined;
        shop.update('a', price('3.00'));
        void world.clock.sleep(15, new AbortController().signal).then(() => catalogue.refused.clear());
      };
      const report = await world.synced();
      assert.deepEqual([report.inserted, report.rejected, report.rejections], [1, 0, []]);
      assert.deepEqual(world.rejections.all, []);
    });

    it('forgets it when it is gone', async () => {
      shop.insert('a');
      shop.insert('b');
      catalogue.refused.set('a', 'no');
      await world.synced();
      shop.delete('a');
      const report = await world.synced();
      assert.deepEqual([report.rejected, report.deleted, report.pending], [0, 1, 0]);
      assert.deepEqual(world.rejections.all, []);
    });

    it('still knows how often it was refused when the shop has it locked for a while', async () => {
      shop.insert('a');
      shop.insert('b');
      catalogue.refused.set('a', 'no');
      await world.synced();
      const sale = shop.begin();
      sale.update('a', price('2.00'));
      await world.synced();
      sale.rollback();
      assert.equal((await world.synced()).requests, 0);
    });

    it('rejects a refused update, and the others go through', async () => {
      world.known('a', 'b', 'c');
      for (const key of ['a', 'b', 'c']) shop.update(key, price('2.00'));
      catalogue.refused.set('b', 'no');
      const report = await world.synced();
      assert.deepEqual([report.updated, report.rejected, report.pending], [2, 1, 1]);
    });

    it('never sends a product without a name or price, and the others go through', async () => {
      shop.insert('a', { productName: null });
      shop.insert('b', { sellPrice: null });
      shop.insert('c');
      shop.insert(null);
      const report = await world.synced();
      assert.deepEqual(catalogue.sent, [['c']]);
      assert.deepEqual([report.inserted, report.rejected, report.pending], [1, 3, 3]);
      assert.deepEqual(report.rejections.map(({ reason }) => reason).sort(), [
        'This product has no ProductID.',
        'This product has no ProductName.',
        'This product has no SellPrice.',
      ]);
      assert.equal((await world.synced()).rejected, 3);
    });

    it('sends it once it has what was missing', async () => {
      shop.insert('a', { sellPrice: null });
      await world.synced();
      shop.update('a', price('1.00'));
      const report = await world.synced();
      assert.deepEqual([report.inserted, report.rejected, report.pending], [1, 0, 0]);
    });
  });
});
