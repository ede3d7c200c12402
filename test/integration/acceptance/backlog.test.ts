import assert from 'node:assert/strict';
import { onShop } from './syncedShop';

const digits = '(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))';
const products = 25_000;

describe('100,000 pending changes', () => {
  it(
    'go out, each product once, and are acknowledged',
    onShop(
      {
        table: `CREATE TABLE dbo.Products (ProductID INT NOT NULL PRIMARY KEY, ProductName NVARCHAR(75) NULL,
          SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
      },
      async (shop) => {
        await shop.configure();
        await shop.till.exec(`INSERT INTO dbo.Products (ProductID, ProductName, SellPrice)
          SELECT n.number, CONCAT(N'Product ', n.number), n.number
          FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d AS number
            FROM ${digits} AS a (d) CROSS JOIN ${digits} AS b (d) CROSS JOIN ${digits} AS c (d)
              CROSS JOIN ${digits} AS d (d) CROSS JOIN (VALUES (0), (1), (2)) AS e (d)) AS n
          WHERE n.number < ${products}`);
        for (let change = 1; change <= 3; change++)
          await shop.till.exec('UPDATE dbo.Products SET SellPrice = SellPrice + 0.01');
        assert.equal(await shop.pending(), 100_000);
        const { inserted, coalesced, requests, pending } = await shop.sync();
        assert.deepEqual({ inserted, coalesced, pending }, { inserted: products, coalesced: 3 * products, pending: 0 });
        assert.equal(requests, 32 * 4 + 1, 'rounds of four batches, and the sign-in');
        await shop.assertInStep();
      },
    ),
  ).timeout(120_000);
});
