import assert from 'node:assert/strict';
import { onRealServer } from '../shop';
import { insertProducts, never, onShop, type SyncedShop } from './syncedShop';

const minutes = 60_000;

async function withPending(shop: SyncedShop): Promise<void> {
  await shop.till.exec(insertProducts(1, 6));
  await shop.configure();
  await shop.upload();
  await shop.till.exec('UPDATE dbo.Products SET SellPrice = SellPrice + 0.5');
}

describe('a product table that the shop holds locked for minutes', () => {
  it(
    'keeps the locked products pending, and says so; the others are sent; nothing is lost',
    onShop({}, async (shop) => {
      await withPending(shop);
      const sale = await shop.till.connect();
      await sale.exec(`BEGIN TRANSACTION;
        UPDATE dbo.Products SET SellPrice = 99 WHERE ProductID = 'P0002';
        DELETE FROM dbo.Products WHERE ProductID = 'P0005';`);

      const first = await shop.sync();
      assert.deepEqual([first.updated, first.busy, first.pending], [4, 2, 2]);
      assert.equal(shop.inCatalogue('P0002'), 'Product 2 2.00', 'neither the old price nor the new one is sent');

      shop.clock.forward(5 * minutes);
      const second = await shop.sync();
      assert.deepEqual([second.requests, second.busy, second.pending], [0, 2, 2]);

      await sale.exec('COMMIT TRANSACTION');
      const third = await shop.sync();
      assert.deepEqual([third.updated, third.busy, third.deleted, third.pending], [1, 0, 1, 0]);
      assert.equal(shop.inCatalogue('P0002'), 'Product 2 99.00');
      await shop.assertInStep({ gone: ['P0005'] });
    }),
  );

  it(
    'is in step as well when that transaction is rolled back',
    onShop({}, async (shop) => {
      await withPending(shop);
      const sale = await shop.till.connect();
      await sale.exec(`BEGIN TRANSACTION; UPDATE dbo.Products SET SellPrice = 99 WHERE ProductID = 'P0002';
        DELETE FROM dbo.Products WHERE ProductID = 'P0005'; ${insertProducts(7, 7)};`);
      assert.equal((await shop.sync()).busy, 2);
      await sale.exec('ROLLBACK TRANSACTION');
      const { updated, inserted, pending } = await shop.sync();
      assert.deepEqual({ updated, inserted, pending }, { updated: 2, inserted: 0, pending: 0 });
      await shop.assertInStep();
    }),
  );

  it(
    'as a whole makes the sync say that it is busy; all goes out when it is free',
    onShop({}, async (shop) => {
      await withPending(shop);
      const stocktaking = await shop.till.connect();
      await stocktaking.exec('BEGIN TRANSACTION; SELECT COUNT(*) AS n FROM dbo.Products WITH (TABLOCKX, HOLDLOCK);');
      await shop.refused(shop.sync(), 'sql-busy', /product table is locked by another program/);
      assert.equal(await shop.pending(), 6);
      await stocktaking.exec('COMMIT TRANSACTION');
      assert.equal((await shop.sync()).updated, 6);
      await shop.assertInStep();
    }),
  );

  it(
    'is busy to Configure, which changes nothing',
    onShop({}, async (shop) => {
      const sale = await shop.till.connect();
      await sale.exec(`BEGIN TRANSACTION; ${insertProducts(1, 1)};`);
      const refused = shop.refused(shop.shop.configure({}, never), 'sql-busy', /dbo\.Products is busy/);
      for (const pause of [500, 1500, 4000]) {
        await shop.clock.asleep(pause);
        shop.clock.forward(pause);
      }
      await refused;
      await sale.exec('COMMIT TRANSACTION');
      assert.deepEqual(
        await shop.till.query(`SELECT name FROM sys.objects WHERE name IN (N'ChangeLog', N'trgAfterInsert')`),
        [],
      );
      await shop.configure();
      await shop.upload();
      await shop.assertInStep();
    }),
  );

  if (!onRealServer)
    it(
      'ends an upload with a sentence; it can be resumed',
      onShop({ upload: { batchSize: 1, concurrency: 1 } }, async (shop) => {
        await shop.till.exec(insertProducts(1, 12));
        await shop.configure();
        shop.till.faults?.failStatement(/WITH TIES[^]*> CONVERT/, { number: 1222 });
        await shop.refused(shop.upload(), 'sql-busy', /locked by another program/);
        const sent = shop.digible.catalogue.size;
        assert.equal(sent, 5);
        const report = await shop.shop.master.upload({ resume: true });
        assert.equal(report.products, 12 - sent);
        await shop.assertInStep();
      }),
    );
});
