import assert from 'node:assert/strict';
import { insertProducts, never, onShop, productId } from './syncedShop';

const noCounts = { pending: 0, inserts: 0, updates: 0, deleted: 0, rejected: 0 };

describe('a change that the user discards', () => {
  it(
    'is never sent, and the others are',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      const [first] = await shop.shop.database.changeLog.list({}, null, 10, never);
      await shop.shop.master.discard([first!.logId]);
      assert.deepEqual(shop.shop.master.state.counts, { ...noCounts, pending: 2, inserts: 2 });
      assert.equal((await shop.sync()).inserted, 2);
      assert.equal(shop.inCatalogue(first!.key ?? ''), undefined);
    }),
  );

  it(
    'takes the rejection of its product with it',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      shop.digible.faults.add({ kind: 'refused', productIds: [productId(2)], message: 'too sour' });
      await shop.sync();
      const { master } = shop.shop;
      const rejected = await master.rejectedProducts();
      assert.deepEqual(
        rejected.map(({ productId: id, reason }) => [id, reason]),
        [['P0002', 'too sour']],
      );
      await shop.till.exec("UPDATE dbo.ChangeLog SET ProductID = N'p0002 '");
      await master.discardRejected(rejected.map(({ productId: id }) => id));
      assert.deepEqual([await master.rejectedProducts(), master.state.counts], [[], noCounts]);
      assert.equal((await shop.sync()).requests, 0);
    }),
  );

  it(
    'takes what was refused of a rejected product, and not the correction that is not sent yet',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 1));
      const fault = shop.digible.faults.add({ kind: 'refused', productIds: [productId(1)], message: 'too sour' });
      await shop.sync();
      fault.remove();
      await shop.till.exec('UPDATE dbo.Products SET SellPrice = 7');
      const { master } = shop.shop;
      await master.discardRejected([productId(1)]);
      assert.deepEqual(master.state.counts, { ...noCounts, pending: 1, updates: 1, rejected: 1 });
      await shop.sync();
      await shop.assertInStep();
    }),
  );

  it(
    'stays while another window syncs the shop, and goes once that has stopped',
    onShop({}, async (shop) => {
      await shop.configure();
      const writer = shop.open();
      writer.master.start();
      await writer.master.syncNow();
      await shop.till.exec(insertProducts(1, 2));
      await shop.till.exec('DELETE FROM dbo.Products');
      const { master, database } = shop.shop;
      const [change] = await database.changeLog.list({ types: ['INSERT'] }, null, 1, never);
      for (const decision of [
        () => master.discard([change!.logId]),
        () => master.dismissDeleted(),
        () => master.retryRejected(),
      ])
        await shop.refused(decision(), 'another-writer', /Another window or PC/);
      await master.refresh();
      assert.deepEqual(master.state.counts, { ...noCounts, pending: 2, inserts: 2, deleted: 2 });

      await writer.master.stop();
      await master.discard([change!.logId]);
      await master.dismissDeleted();
      assert.deepEqual(master.state.counts, { ...noCounts, pending: 1, inserts: 1 });
      assert.equal((await writer.master.syncNow()).anotherWriter, false, 'the lock was given up again');
    }),
  );
});

describe('a rejected product that the user retries', () => {
  it(
    'is sent by the next sync, before its pause is over',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      const fault = shop.digible.faults.add({ kind: 'refused', productIds: [productId(2)], message: 'too sour' });
      await shop.sync();
      fault.remove();
      assert.equal((await shop.sync()).inserted, 0);
      await shop.shop.master.retryRejected([productId(2)]);
      assert.equal((await shop.sync()).inserted, 1);
      await shop.assertInStep();
    }),
  );
});
