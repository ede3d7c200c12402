import assert from 'node:assert/strict';
import { errorNumber, onShop, type SchemaShop } from './schemaShop';

const stocked = `CREATE TABLE dbo.Products (
  ProductID VARCHAR(25) NOT NULL PRIMARY KEY,
  ProductName NVARCHAR(75) NULL,
  SellPrice NUMERIC(18,2) NULL,
  QrCode VARCHAR(100) NULL,
  Status INT NULL,
  Stock INT NULL
)`;

/** Configures, puts products A, B and C in, and forgets that it did. */
async function abc(shop: SchemaShop): Promise<void> {
  await shop.configure();
  await shop.exec(
    `INSERT INTO Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ('A', N'cola', 1.50, 'q', 1), ('B', N'beer', 2, NULL, NULL), ('C', NULL, NULL, NULL, 0)`,
  );
  await shop.exec('DELETE FROM ChangeLog');
}

describe('the installed triggers', () => {
  it(
    'log every product of a statement',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1'), ('2'), ('3')`);
      await shop.exec(`UPDATE Products SET SellPrice = 5 WHERE ProductID IN ('1', '3')`);
      await shop.exec('DELETE FROM Products');
      const logged = await shop.logged();
      assert.deepEqual([...logged.slice(0, 3)].sort(), ['INSERT 1', 'INSERT 2', 'INSERT 3']);
      assert.deepEqual([...logged.slice(3, 5)].sort(), ['UPDATE 1', 'UPDATE 3']);
      assert.deepEqual([...logged.slice(5)].sort(), ['DELETE 1', 'DELETE 2', 'DELETE 3']);
    }),
  );

  it(
    'copy the values for people to see',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(
        `INSERT INTO Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ('1', N'Käse 🍞', 12.50, 'q1', 7)`,
      );
      const rows = await shop.query(
        'SELECT ChangeType, ProductID, ProductName, CONVERT(VARCHAR(40), SellPrice) AS SellPrice, QrCode, Status, CASE WHEN ChangeDateTime <= GETDATE() THEN 1 ELSE 0 END AS dated FROM ChangeLog',
      );
      assert.deepEqual(rows, [
        {
          ChangeType: 'INSERT',
          ProductID: '1',
          ProductName: 'Käse 🍞',
          SellPrice: '12.50',
          QrCode: 'q1',
          Status: '7',
          dated: 1,
        },
      ]);
    }),
  );

  it(
    'log an update only where one of the five columns differs, to the letter',
    onShop({ table: stocked }, async (shop) => {
      await abc(shop);
      const silent = [
        'UPDATE Products SET ProductName = ProductName, SellPrice = SellPrice',
        'UPDATE Products SET Stock = 12',
        `UPDATE Products SET SellPrice = 1.5 WHERE ProductID = 'A'`,
        `UPDATE Products SET Status = 2 WHERE ProductID = 'nobody'`,
      ];
      for (const statement of silent) {
        await shop.exec(statement);
        assert.deepEqual(await shop.logged(), [], statement);
      }
      const telling = [
        `UPDATE Products SET ProductName = N'Cola' WHERE ProductID = 'A'`,
        `UPDATE Products SET ProductName = N'Cola ' WHERE ProductID = 'A'`,
        `UPDATE Products SET ProductName = NULL WHERE ProductID = 'A'`,
        `UPDATE Products SET ProductName = N'' WHERE ProductID = 'A'`,
        `UPDATE Products SET SellPrice = NULL WHERE ProductID = 'A'`,
        `UPDATE Products SET QrCode = 'Q' WHERE ProductID = 'A'`,
        `UPDATE Products SET Status = 2 WHERE ProductID = 'A'`,
      ];
      for (const statement of telling) {
        await shop.exec('DELETE FROM ChangeLog');
        await shop.exec(statement);
        assert.deepEqual(await shop.logged(), ['UPDATE A'], statement);
      }
    }),
  );

  it(
    'log a changed key as a DELETE and then an INSERT',
    onShop({}, async (shop) => {
      await abc(shop);
      await shop.exec(`UPDATE Products SET ProductID = 'Z' WHERE ProductID = 'A'`);
      await shop.exec(`UPDATE Products SET ProductID = ProductID + 'x'`);
      const logged = await shop.logged();
      assert.deepEqual(logged.slice(0, 2), ['DELETE A', 'INSERT Z']);
      assert.deepEqual([...logged.slice(2, 5)].sort(), ['DELETE B', 'DELETE C', 'DELETE Z']);
      assert.deepEqual([...logged.slice(5)].sort(), ['INSERT Bx', 'INSERT Cx', 'INSERT Zx']);
    }),
  );

  it(
    'log swapped and rotated keys as UPDATEs of each',
    onShop({}, async (shop) => {
      await abc(shop);
      await shop.exec(
        `UPDATE Products SET ProductID = CASE ProductID WHEN 'A' THEN 'B' ELSE 'A' END WHERE ProductID IN ('A', 'B')`,
      );
      assert.deepEqual([...(await shop.logged())].sort(), ['UPDATE A', 'UPDATE B']);
      await shop.exec('DELETE FROM ChangeLog');
      await shop.exec(
        `UPDATE Products SET ProductID = CASE ProductID WHEN 'A' THEN 'B' WHEN 'B' THEN 'C' ELSE 'A' END`,
      );
      assert.deepEqual([...(await shop.logged())].sort(), ['UPDATE A', 'UPDATE B', 'UPDATE C']);
    }),
  );

  it(
    'take a key that changes its case alone for another key',
    onShop({}, async (shop) => {
      await abc(shop);
      await shop.exec(`UPDATE Products SET ProductID = 'a' WHERE ProductID = 'A'`);
      assert.deepEqual(await shop.logged(), ['DELETE A', 'INSERT a']);
    }),
  );

  it(
    'let products without a key and with the same key be written, and log each key that was touched',
    onShop(
      {
        table:
          'CREATE TABLE dbo.Products (ProductID VARCHAR(25) NULL, ProductName NVARCHAR(75), SellPrice MONEY, QrCode VARCHAR(100), Status INT)',
      },
      async (shop) => {
        await shop.configure();
        await shop.exec(
          `INSERT INTO Products (ProductID, ProductName) VALUES (NULL, N'a'), ('', N'b'), ('K', N'c'), ('K', N'd')`,
        );
        await shop.exec('DELETE FROM ChangeLog');
        await shop.exec(`UPDATE Products SET ProductName = N'e' WHERE ProductID IS NULL`);
        await shop.exec('UPDATE Products SET ProductName = ProductName');
        await shop.exec(`UPDATE Products SET ProductID = NULL WHERE ProductID = ''`);
        assert.deepEqual(await shop.logged(), ['UPDATE NULL', 'DELETE ', 'INSERT NULL']);
        await shop.exec('DELETE FROM ChangeLog');
        await shop.exec(`UPDATE Products SET ProductName = N'c' WHERE ProductID = 'K'`);
        assert.deepEqual([...new Set(await shop.logged())], ['UPDATE K']);
        await shop.exec('DELETE FROM Products');
        assert.equal((await shop.logged()).filter((entry) => entry === 'DELETE NULL').length, 2);
      },
    ),
  );

  it(
    'cut what is too wide, and leave out a price that does not fit',
    onShop(
      {
        table: `CREATE TABLE dbo.Products (ProductID NVARCHAR(450) NOT NULL PRIMARY KEY, ProductName NVARCHAR(MAX), SellPrice NUMERIC(38,10), QrCode VARCHAR(8000), Status NVARCHAR(400))`,
      },
      async (shop) => {
        await shop.configure();
        await shop.exec(
          `INSERT INTO Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES
  (REPLICATE(N'k', 450), REPLICATE(N'ñ', 4000), 1234567890123456789012345678.0123456789, REPLICATE('q', 8000), REPLICATE(N's', 400)),
  (N'2', REPLICATE(N'🍞', 300), 12.3456789, 'q', N's')`,
        );
        const rows = await shop.query(
          'SELECT LEN(ProductID) AS k, DATALENGTH(ProductName) AS n, CONVERT(VARCHAR(40), SellPrice) AS p, LEN(QrCode) AS q, LEN(Status) AS s FROM ChangeLog ORDER BY LEN(ProductID)',
        );
        assert.deepEqual(rows, [
          { k: 1, n: 800, p: '12.35', q: 1, s: 1 },
          { k: 450, n: 800, p: null, q: 400, s: 50 },
        ]);
        await shop.exec(`UPDATE Products SET ProductName = ProductName + N'x', SellPrice = -SellPrice`);
        assert.equal((await shop.logged()).length, 4);
      },
    ),
  );

  it(
    'log a price that is FLOAT, whatever it is',
    onShop(
      {
        table:
          'CREATE TABLE dbo.Products (ProductID INT NOT NULL PRIMARY KEY, ProductName CHAR(10), SellPrice FLOAT, QrCode NCHAR(5), Status TINYINT)',
      },
      async (shop) => {
        await shop.configure();
        await shop.exec('INSERT INTO Products (ProductID, SellPrice) VALUES (1, 12.5), (2, 1e300), (3, -0.004)');
        const rows = await shop.query('SELECT CONVERT(VARCHAR(40), SellPrice) AS p FROM ChangeLog ORDER BY ProductID');
        assert.deepEqual(rows, [{ p: '12.50' }, { p: null }, { p: '0.00' }]);
      },
    ),
  );

  it(
    'follow a MERGE action by action',
    onShop({}, async (shop) => {
      await abc(shop);
      await shop.exec(`MERGE INTO Products AS p
USING (SELECT 'A' AS id, N'new cola' AS name UNION ALL SELECT 'N', N'novelty') AS s ON p.ProductID = s.id
WHEN MATCHED THEN UPDATE SET ProductName = s.name
WHEN NOT MATCHED BY TARGET THEN INSERT (ProductID, ProductName) VALUES (s.id, s.name)
WHEN NOT MATCHED BY SOURCE AND p.ProductID = 'C' THEN DELETE;`);
      assert.deepEqual([...(await shop.logged())].sort(), ['DELETE C', 'INSERT N', 'UPDATE A']);
    }),
  );

  it(
    'log all rows under the client’s SET ROWCOUNT, and leave it as it was',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1'), ('2'), ('3'), ('4'), ('5'), ('6'), ('7')`);
      await shop.exec('DELETE FROM ChangeLog');
      const left = await shop.query(
        `SET ROWCOUNT 5; UPDATE Products SET Status = 1; SELECT ProductID FROM Products; SET ROWCOUNT 0;`,
      );
      assert.equal(left.length, 5);
      assert.equal((await shop.logged()).length, 5);
      await shop.exec(`SET ROWCOUNT 1; INSERT INTO Products (ProductID) VALUES ('8'); SET ROWCOUNT 0;`);
      await shop.exec(`SET ROWCOUNT 2; DELETE FROM Products; SET ROWCOUNT 0;`);
      assert.equal((await shop.logged()).length, 8);
    }),
  );

  it(
    'leave @@IDENTITY, SCOPE_IDENTITY() and @@ROWCOUNT to the shop',
    onShop(
      {
        table:
          'CREATE TABLE dbo.Products (ID INT IDENTITY(1000,1) PRIMARY KEY, ProductID VARCHAR(25), ProductName NVARCHAR(75), SellPrice NUMERIC(18,2), QrCode VARCHAR(100), Status INT)',
      },
      async (shop) => {
        await shop.configure();
        const rows = await shop.query(
          `INSERT INTO Products (ProductID) VALUES ('1'), ('2'); SELECT @@ROWCOUNT AS n, @@IDENTITY AS a, SCOPE_IDENTITY() AS b`,
        );
        assert.deepEqual(rows, [{ n: 2, a: 1001, b: 1001 }]);
      },
    ),
  );

  it(
    'log nothing of what is rolled back',
    onShop({}, async (shop) => {
      await abc(shop);
      await shop.exec(`BEGIN TRANSACTION; UPDATE Products SET Status = 9; DELETE FROM Products; ROLLBACK TRANSACTION;`);
      assert.deepEqual(await shop.logged(), []);
    }),
  );

  it(
    'work for a client that has QUOTED_IDENTIFIER off',
    onShop({}, async (shop) => {
      await abc(shop);
      await shop.exec('SET QUOTED_IDENTIFIER OFF; UPDATE Products SET ProductName = "x" WHERE ProductID = "A"');
      assert.deepEqual(await shop.logged(), ['UPDATE A']);
    }),
  );

  it(
    'make OUTPUT without INTO fail, as Configure warned, and nothing else',
    onShop({}, async (shop) => {
      const { warnings } = await shop.configure();
      assert.match(warnings.join(), /334/);
      assert.equal(
        await errorNumber(shop.exec(`INSERT INTO Products (ProductID) OUTPUT inserted.ProductID VALUES ('1')`)),
        334,
      );
      const rows = await shop.query(
        `DECLARE @new TABLE (ProductID VARCHAR(25)); INSERT INTO Products (ProductID) OUTPUT inserted.ProductID INTO @new VALUES ('1'); SELECT ProductID FROM @new`,
      );
      assert.deepEqual(rows, [{ ProductID: '1' }]);
    }),
  );
});
