import assert from 'node:assert/strict';
import { insertProducts, onShop } from './syncedShop';

for (const setting of ['OFF', 'ON'])
  describe(`with READ_COMMITTED_SNAPSHOT ${setting}`, () => {
    it(
      'neither a stale product is sent nor a late change lost',
      onShop({}, async (shop) => {
        const { database } = shop.till.settings;
        await shop.till.exec(
          `ALTER DATABASE [${database}] SET READ_COMMITTED_SNAPSHOT ${setting} WITH ROLLBACK IMMEDIATE`,
        );
        const [{ n } = { n: null }] = await shop.till.query<{ n: number }>(
          `SELECT CONVERT(INT, is_read_committed_snapshot_on) AS n FROM sys.databases WHERE name = DB_NAME()`,
        );
        assert.equal(n, setting === 'ON' ? 1 : 0);
        await shop.till.exec(insertProducts(1, 4));
        await shop.configure();
        await shop.upload();

        const sale = await shop.till.connect();
        await shop.till.exec('UPDATE dbo.Products SET SellPrice = SellPrice + 0.5');
        await sale.exec(`BEGIN TRANSACTION; UPDATE dbo.Products SET SellPrice = 99 WHERE ProductID = 'P0001';
          DELETE FROM dbo.Products WHERE ProductID = 'P0002'; ${insertProducts(5, 5)};`);
        const first = await shop.sync();
        assert.deepEqual([first.updated, first.inserted, first.busy, first.pending], [2, 0, 2, 2]);
        assert.equal(shop.inCatalogue('P0001'), 'Product 1 1.00', 'its last committed price is not sent either');

        await shop.till.exec(insertProducts(6, 6));
        assert.equal((await shop.sync()).inserted, 1);
        await sale.exec('COMMIT TRANSACTION');
        const last = await shop.sync();
        assert.deepEqual([last.updated, last.inserted, last.deleted, last.pending], [1, 1, 1, 0]);
        await shop.assertInStep({ gone: ['P0002'] });
      }),
    );
  });
