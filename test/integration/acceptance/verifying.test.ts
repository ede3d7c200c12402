import assert from 'node:assert/strict';
import { insertProducts, onShop, productId, type SyncedShop } from './syncedShop';

/** What a verify finds, as `missing P0001`. */
async function found(shop: SyncedShop, queue = false): Promise<readonly string[]> {
  const { differences } = await shop.shop.master.verify({ queue });
  return differences.map(({ kind, productId: id }) => `${kind} ${id}`);
}

describe('Verify', () => {
  it(
    'finds a table that was emptied and loaded anew without its triggers, and puts the catalogue right',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 300));
      await shop.configure();
      await shop.upload();
      assert.deepEqual(await found(shop), []);
      await shop.till.exec('DISABLE TRIGGER ALL ON dbo.Products');
      await shop.till.exec('TRUNCATE TABLE dbo.Products');
      await shop.till.exec(insertProducts(2, 301));
      await shop.till.exec("UPDATE dbo.Products SET SellPrice = 0.99 WHERE ProductID = 'P0007'");
      await shop.till.exec('ENABLE TRIGGER ALL ON dbo.Products');
      assert.equal((await shop.sync()).requests, 0, 'no sync would have seen it');

      assert.deepEqual(await found(shop), ['different P0007', 'missing P0301', 'gone P0001']);
      assert.equal(await shop.pending(), 0);
      assert.deepEqual(await found(shop, true), ['different P0007', 'missing P0301', 'gone P0001']);
      assert.deepEqual([await shop.pending(), shop.shop.master.state.counts?.deleted], [2, 1]);
      assert.deepEqual(await found(shop), []);
      const { inserted, updated, pending } = await shop.sync();
      assert.deepEqual([inserted, updated, pending], [1, 1, 0]);
      await shop.assertInStep({ gone: [productId(1)] });
      assert.deepEqual(await found(shop), []);
    }),
  );

  it(
    'finds what a disabled trigger did not log, and says that it is disabled',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 10));
      await shop.configure();
      await shop.upload();
      await shop.till.exec('DISABLE TRIGGER dbo.trgAfterUpdate ON dbo.Products');
      await shop.till.exec("UPDATE dbo.Products SET ProductName = N'Käse' WHERE ProductID = 'P0003'");
      const { differences, captureProblems } = await shop.shop.master.verify({ queue: true });
      assert.deepEqual(differences, [{ kind: 'different', productId: 'P0003', productName: 'Käse' }]);
      assert.deepEqual(
        captureProblems.map(({ kind }) => kind),
        ['trigger disabled'],
      );
      await shop.sync();
      await shop.assertInStep();
    }),
  );

  it(
    'shows a product that was deleted without its trigger as deleted, once',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 3));
      await shop.configure();
      await shop.upload();
      await shop.till.exec('DISABLE TRIGGER dbo.trgAfterDelete ON dbo.Products');
      await shop.till.exec("DELETE FROM dbo.Products WHERE ProductID = 'P0002'");
      await shop.till.exec('ENABLE TRIGGER dbo.trgAfterDelete ON dbo.Products');
      await shop.till.exec("DELETE FROM dbo.Products WHERE ProductID = 'P0003'");
      assert.deepEqual(await found(shop, true), ['gone P0002']);
      const shown = () => shop.shop.master.state.counts?.deleted;
      assert.equal(shown(), 2);
      await shop.shop.master.dismissDeleted();
      assert.equal(shown(), 0);
      assert.deepEqual(await found(shop), []);
    }),
  );

  it(
    'leaves out what is pending, waits for what the shop is just writing, and takes no copy of it for a difference',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 5));
      await shop.configure();
      await shop.upload();
      await shop.till.exec("UPDATE dbo.Products SET SellPrice = 7 WHERE ProductID = 'P0001'");
      const other = await shop.till.connect();
      await other.exec("BEGIN TRANSACTION; UPDATE dbo.Products SET SellPrice = 8 WHERE ProductID = 'P0002'");
      const verifying = shop.shop.master.verify();
      await other.exec('COMMIT');
      const { pending, differences } = await verifying;
      assert.deepEqual([pending, differences], [2, []]);
    }),
  );

  it(
    'writes to ChangeLog what a trigger would have written, as far as it fits',
    onShop(
      {
        table: `CREATE TABLE dbo.Products (ProductID NVARCHAR(50) NOT NULL PRIMARY KEY, ProductName NVARCHAR(1000) NULL,
          SellPrice MONEY NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
      },
      async (shop) => {
        await shop.till.exec(
          `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES (N'O''Brien ☃', N'${'🧀'.repeat(300)}', 12.5)`,
        );
        await shop.configure();
        await shop.shop.master.verify({ queue: true });
        const [row] = await shop.till.query<Record<string, unknown>>(
          `SELECT ChangeType, ProductID, ProductName, CONVERT(VARCHAR(41), SellPrice) AS SellPrice, QrCode,
             CASE WHEN ChangeDateTime IS NULL THEN 0 ELSE 1 END AS dated FROM dbo.ChangeLog`,
        );
        const ProductID = "O'Brien ☃";
        assert.deepEqual(row, {
          ChangeType: 'INSERT',
          ProductID,
          ProductName: '🧀'.repeat(200),
          SellPrice: '12.50',
          QrCode: null,
          dated: 1,
        });
        await shop.sync();
        assert.equal(shop.inCatalogue(ProductID), `${'🧀'.repeat(300)} 12.5000`);
        assert.deepEqual(await found(shop), []);
      },
    ),
  );

  it(
    'takes another spelling of a key for one product',
    onShop({ collation: 'SQL_Latin1_General_CP1_CI_AS' }, async (shop) => {
      await shop.till.exec(insertProducts(1, 3));
      await shop.configure();
      await shop.upload();
      await shop.till.exec('DISABLE TRIGGER ALL ON dbo.Products');
      await shop.till.exec("UPDATE dbo.Products SET ProductID = 'p0001' WHERE ProductID = 'P0001'");
      await shop.till.exec('ENABLE TRIGGER ALL ON dbo.Products');
      assert.deepEqual(await found(shop, true), ['missing p0001']);
      await shop.sync();
      assert.equal(shop.inCatalogue('p0001'), 'Product 1 1.00');
      assert.deepEqual(await found(shop), []);
    }),
  );

  it(
    'says that nothing is known where another PC has sent everything, and makes it known',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 1200));
      await shop.configure();
      const { known, missing, products } = await shop.shop.master.verify();
      assert.deepEqual([known, missing, products], [0, 1200, 1200]);
      assert.equal((await shop.shop.master.verify({ queue: true })).queued, 1200);
      await shop.sync();
      await shop.assertInStep();
      assert.deepEqual(await found(shop), []);
    }),
  );

  it(
    'does nothing while another window or PC is the writer',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 3));
      await shop.configure();
      const other = shop.open();
      await other.database.lock.acquire(new AbortController().signal);
      await shop.refused(shop.shop.master.verify({ queue: true }), 'another-writer', /another window or PC/i);
      assert.equal(await shop.pending(), 0);
    }),
  );

  it(
    'says that the shop is not configured where ChangeLog is missing',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 3));
      await shop.refused(shop.shop.master.verify(), 'not-configured', /ChangeLog/);
    }),
  );
});
