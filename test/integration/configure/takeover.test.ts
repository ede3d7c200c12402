import assert from 'node:assert/strict';
import { desktopCapture, onShop, type SchemaShop } from './schemaShop';

async function desktopShop(shop: SchemaShop): Promise<void> {
  for (const batch of desktopCapture) await shop.exec(batch);
}

function contents(shop: SchemaShop): Promise<readonly unknown[]> {
  return shop.query(
    `SELECT CONVERT(VARCHAR(20), LogID) AS id, ChangeType AS type, ProductID AS k, ProductName AS name, CONVERT(VARCHAR(40), SellPrice) AS price, QrCode AS qr, CONVERT(NVARCHAR(50), Status) AS status, CONVERT(VARCHAR(30), ChangeDateTime, 121) AS at FROM ChangeLog ORDER BY LogID`,
  );
}

describe('a ChangeLog of the desktop program', () => {
  it(
    'is taken over with every row, in order, and numbered on',
    onShop({}, async (shop) => {
      await desktopShop(shop);
      await shop.exec(
        `INSERT INTO Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ('1', N'Käse', 12.50, 'q1', 1)`,
      );
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('2')`);
      await shop.exec(`DELETE FROM ChangeLog WHERE ProductID = '1'`);
      await shop.exec(`UPDATE Products SET SellPrice = 3 WHERE ProductID = '1'`);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('3')`);
      const before = await contents(shop);
      assert.equal(before.length, 3);

      const { steps } = await shop.configure();
      assert.deepEqual(
        steps.map(({ kind }) => kind),
        ['take over ChangeLog', 'replace trigger', 'replace trigger', 'replace trigger'],
      );
      assert.deepEqual(await contents(shop), before);
      assert.deepEqual(await shop.health(), []);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('5'), ('6')`);
      const ids = await shop.query<{ id: string }>(
        'SELECT CONVERT(VARCHAR(20), LogID) AS id FROM ChangeLog ORDER BY LogID',
      );
      assert.deepEqual(
        ids.map(({ id }) => id),
        ['2', '3', '4', '5', '6'],
      );
      assert.equal((await shop.configure()).upToDate, true);
      assert.deepEqual(await shop.query(`SELECT name FROM sys.tables WHERE name LIKE 'ChangeLog%'`), [
        { name: 'ChangeLog' },
      ]);
    }),
  );

  it(
    'is taken over when it is empty',
    onShop({}, async (shop) => {
      await desktopShop(shop);
      await shop.configure();
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1'), ('2')`);
      assert.equal((await shop.logged()).length, 2);
    }),
  );

  it(
    'of many pages is taken over whole',
    onShop({}, async (shop) => {
      await desktopShop(shop);
      await shop.exec(`DECLARE @i INT; SET @i = 0;
WHILE @i < 12 BEGIN SET @i = @i + 1; INSERT INTO ChangeLog (ChangeType, ProductID) VALUES ('INSERT', CONVERT(VARCHAR(25), @i)) END`);
      for (let doubling = 0; doubling < 8; doubling += 1)
        await shop.exec('INSERT INTO ChangeLog (ChangeType, ProductID) SELECT ChangeType, ProductID FROM ChangeLog');
      await shop.configure();
      assert.deepEqual(await shop.query('SELECT COUNT(*) AS n, COUNT(DISTINCT LogID) AS d FROM ChangeLog'), [
        { n: 3072, d: 3072 },
      ]);
    }),
  );

  it(
    'loses nothing that the shop commits late, while it is being copied',
    onShop({}, async (shop) => {
      await desktopShop(shop);
      const till = await shop.connect();
      await till.exec(`BEGIN TRANSACTION; INSERT INTO Products (ProductID) VALUES ('late')`);
      await shop.exec(`INSERT INTO ChangeLog (ChangeType, ProductID) VALUES ('INSERT', 'early')`);
      // The first try finds the table locked; by the time of the second the sale is done.
      const afterTheSale = {
        now: () => 0,
        random: () => 0,
        every: () => ({ dispose: () => undefined }),
        sleep: () => till.exec('COMMIT TRANSACTION'),
      };
      await shop.configure(undefined, {}, afterTheSale);
      assert.deepEqual(await shop.logged(), ['INSERT late', 'INSERT early']);
      assert.deepEqual(await shop.health(), []);
    }),
  );

  it(
    'goes on where an earlier takeover was interrupted',
    onShop({}, async (shop) => {
      await desktopShop(shop);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1')`);
      await shop.configure();
      await shop.remove(true);
      await desktopShop(shop);
      await shop.exec(`CREATE TABLE dbo.ChangeLog_shopMaster (LogID BIGINT NOT NULL PRIMARY KEY, ChangeType NVARCHAR(10), ProductID NVARCHAR(450), ProductName NVARCHAR(400), SellPrice NUMERIC(18,2), QrCode NVARCHAR(400), Status NVARCHAR(50), ChangeDateTime DATETIME DEFAULT (GETDATE()));
INSERT INTO dbo.ChangeLog_shopMaster (LogID, ChangeType, ProductID) VALUES (77, 'INSERT', 'stale')`);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('2')`);
      await shop.configure();
      assert.deepEqual(await shop.logged(), ['INSERT 2']);
    }),
  );
});
