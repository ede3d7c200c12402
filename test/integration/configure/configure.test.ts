import assert from 'node:assert/strict';
import { onShop, refusal, type SchemaShop } from './schemaShop';

const oldProducts =
  'CREATE TABLE dbo.OldProducts (ProductID VARCHAR(25) NOT NULL PRIMARY KEY, ProductName NVARCHAR(75), SellPrice NUMERIC(18,2), QrCode VARCHAR(100), Status INT)';

async function triggersOf(shop: SchemaShop, table: string): Promise<readonly unknown[]> {
  return shop.query(
    `SELECT t.name, t.object_id, t.is_disabled FROM sys.triggers AS t WHERE t.parent_id = OBJECT_ID(N'${table}') ORDER BY t.name`,
  );
}

describe('Configure', () => {
  it(
    'creates ChangeLog with safe types, its sequence, and the three triggers',
    onShop({}, async (shop) => {
      await shop.configure();
      const columns = await shop.query(
        `SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH AS width FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'ChangeLog' ORDER BY ORDINAL_POSITION`,
      );
      assert.deepEqual(columns, [
        { COLUMN_NAME: 'LogID', DATA_TYPE: 'bigint', width: null },
        { COLUMN_NAME: 'ChangeType', DATA_TYPE: 'nvarchar', width: 10 },
        { COLUMN_NAME: 'ProductID', DATA_TYPE: 'nvarchar', width: 450 },
        { COLUMN_NAME: 'ProductName', DATA_TYPE: 'nvarchar', width: 400 },
        { COLUMN_NAME: 'SellPrice', DATA_TYPE: 'numeric', width: null },
        { COLUMN_NAME: 'QrCode', DATA_TYPE: 'nvarchar', width: 400 },
        { COLUMN_NAME: 'Status', DATA_TYPE: 'nvarchar', width: 50 },
        { COLUMN_NAME: 'ChangeDateTime', DATA_TYPE: 'datetime', width: null },
      ]);
      assert.deepEqual(
        await shop.query(`SELECT lock_escalation_desc AS escalation FROM sys.tables WHERE name = 'ChangeLog'`),
        [{ escalation: 'DISABLE' }],
      );
      assert.equal((await triggersOf(shop, 'dbo.Products')).length, 3);
      assert.deepEqual(await shop.health(), []);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1')`);
      assert.deepEqual(await shop.query('SELECT LogID FROM ChangeLog'), [{ LogID: '1' }]);
    }),
  );

  it(
    'does what its plan says, and the plan changes nothing',
    onShop({}, async (shop) => {
      const planned = await shop.plan();
      assert.deepEqual(
        planned.steps.map(({ kind }) => kind),
        ['create ChangeLog', 'create trigger', 'create trigger', 'create trigger'],
      );
      assert.deepEqual(await triggersOf(shop, 'dbo.Products'), []);
      const steps: string[] = [];
      const done = await shop.configure(undefined, { onStep: ({ description }) => steps.push(description) });
      assert.deepEqual(done, planned);
      assert.deepEqual(
        steps,
        planned.steps.map(({ description }) => description),
      );
    }),
  );

  it(
    'changes nothing the second time',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1')`);
      const before = await triggersOf(shop, 'dbo.Products');
      assert.equal((await shop.plan()).upToDate, true);
      const again = await shop.configure();
      assert.deepEqual([again.upToDate, again.steps, again.warnings], [true, [], []]);
      assert.deepEqual(await triggersOf(shop, 'dbo.Products'), before);
      assert.deepEqual(await shop.logged(), ['INSERT 1']);
    }),
  );

  it(
    'mends a trigger that is disabled, gone or changed, and leaves the others',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec('DISABLE TRIGGER dbo.trgAfterInsert ON dbo.Products');
      assert.deepEqual(
        (await shop.health()).map(({ kind }) => kind),
        ['trigger disabled'],
      );
      assert.deepEqual(
        (await shop.configure()).steps.map(({ kind }) => kind),
        ['replace trigger'],
      );
      await shop.exec('DROP TRIGGER dbo.trgAfterUpdate');
      assert.deepEqual(
        (await shop.health()).map(({ kind }) => kind),
        ['trigger missing'],
      );
      assert.deepEqual(
        (await shop.configure()).steps.map(({ kind }) => kind),
        ['create trigger'],
      );
      assert.deepEqual(await shop.health(), []);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1'); UPDATE Products SET Status = 1`);
      assert.deepEqual(await shop.logged(), ['INSERT 1', 'UPDATE 1']);
    }),
  );

  it(
    'makes the triggers anew when a column got another type',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec('ALTER TABLE dbo.Products ALTER COLUMN QrCode NVARCHAR(200) NULL');
      assert.deepEqual(
        (await shop.health()).map(({ kind }) => kind),
        ['columns changed'],
      );
      await shop.configure();
      assert.deepEqual(await shop.health(), []);
    }),
  );

  it(
    'creates ChangeLog again where it was dropped, and goes on counting',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1'), ('2')`);
      await shop.exec('DROP TABLE dbo.ChangeLog');
      assert.ok((await shop.health()).some(({ kind }) => kind === 'change log missing'));
      assert.deepEqual(
        (await shop.configure()).steps.map(({ kind }) => kind),
        ['create ChangeLog'],
      );
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('3')`);
      assert.deepEqual(await shop.query('SELECT LogID, ProductID FROM ChangeLog'), [{ LogID: '3', ProductID: '3' }]);
    }),
  );

  it(
    'works in another schema, with odd names, and beside other triggers',
    onShop(
      {
        table: 'CREATE TABLE dbo.Other (ID INT)',
        tableName: `[Käse]]laden].[My "Items"]`,
      },
      async (shop) => {
        await shop.exec('CREATE SCHEMA [Käse]]laden]');
        await shop.exec(
          `CREATE TABLE [Käse]]laden].[My "Items"] (productid INT NOT NULL PRIMARY KEY, PRODUCTNAME NVARCHAR(75), SellPrice MONEY, QrCode VARCHAR(100), Status INT)`,
        );
        await shop.exec(
          `CREATE TRIGGER [Käse]]laden].audit ON [Käse]]laden].[My "Items"] AFTER INSERT AS BEGIN SET NOCOUNT ON; INSERT INTO dbo.Other SELECT productid FROM inserted END`,
        );
        await shop.configure();
        assert.deepEqual(await shop.health(), []);
        await shop.exec(`INSERT INTO [Käse]]laden].[My "Items"] (productid) VALUES (1)`);
        assert.deepEqual(await shop.logged('[Käse]]laden].ChangeLog'), ['INSERT 1']);
        assert.deepEqual(await shop.query('SELECT ID FROM dbo.Other'), [{ ID: 1 }]);
        assert.equal((await shop.configure()).upToDate, true);
      },
    ),
  );

  it(
    'works in a case-sensitive database',
    onShop({ collation: 'Latin1_General_CS_AS' }, async (shop) => {
      await shop.configure();
      await shop.exec(`INSERT INTO Products (ProductID, ProductName) VALUES ('a', N'x'), ('A', N'X')`);
      await shop.exec(`UPDATE Products SET ProductName = N'y' WHERE ProductID = 'a'`);
      assert.deepEqual([...(await shop.logged())].sort(), ['INSERT A', 'INSERT a', 'UPDATE a']);
      assert.deepEqual(await shop.health(), []);
      assert.equal((await refusal(shop.plan('products'))).code, 'table-missing');
    }),
  );

  it(
    'takes the triggers of the table configured before away',
    onShop({}, async (shop) => {
      await shop.exec(oldProducts);
      await shop.configure('OldProducts');
      const { steps } = await shop.configure();
      assert.deepEqual(
        steps.map(({ kind }) => kind),
        ['remove triggers', 'create trigger', 'create trigger', 'create trigger'],
      );
      assert.deepEqual(await triggersOf(shop, 'dbo.OldProducts'), []);
      await shop.exec(
        `INSERT INTO OldProducts (ProductID) VALUES ('old'); INSERT INTO Products (ProductID) VALUES ('new')`,
      );
      assert.deepEqual(await shop.logged(), ['INSERT new']);
    }),
  );

  it(
    'takes them away in another schema too',
    onShop({}, async (shop) => {
      await shop.exec('CREATE SCHEMA stock');
      await shop.exec(oldProducts.replace('dbo.OldProducts', 'stock.Products'));
      await shop.configure('stock.Products');
      await shop.configure();
      assert.deepEqual(await triggersOf(shop, 'stock.Products'), []);
      assert.deepEqual(await shop.health(), []);
    }),
  );

  it(
    'refuses while changes of that table are pending, until they are discarded',
    onShop({}, async (shop) => {
      await shop.exec(oldProducts);
      await shop.configure('OldProducts');
      await shop.exec(`INSERT INTO OldProducts (ProductID) VALUES ('old')`);
      const error = await refusal(shop.configure());
      assert.equal(error.code, 'other-table-pending');
      assert.match(error.message, /dbo\.OldProducts/);
      assert.equal((await triggersOf(shop, 'dbo.OldProducts')).length, 3);
      assert.deepEqual(await shop.logged(), ['INSERT old']);

      await shop.configure(undefined, { discardPending: true });
      assert.deepEqual(await shop.logged(), []);
      assert.deepEqual(await triggersOf(shop, 'dbo.OldProducts'), []);
      assert.deepEqual(await shop.health(), []);
    }),
  );

  it(
    'never touches a trigger of others, and names it and its table',
    onShop({}, async (shop) => {
      await shop.exec('CREATE TABLE dbo.Orders (ID INT)');
      await shop.exec('CREATE TRIGGER dbo.trgAfterUpdate ON dbo.Orders AFTER UPDATE AS SET NOCOUNT ON');
      const error = await refusal(shop.configure());
      assert.equal(error.code, 'trigger-taken');
      assert.match(error.message, /trgAfterUpdate on dbo\.Orders/);
      assert.deepEqual(await triggersOf(shop, 'dbo.Products'), []);
      assert.equal((await triggersOf(shop, 'dbo.Orders')).length, 1);
      assert.deepEqual(await shop.query(`SELECT name FROM sys.tables WHERE name = 'ChangeLog'`), []);
    }),
  );

  it(
    'never touches a ChangeLog of others',
    onShop({}, async (shop) => {
      await shop.exec('CREATE TABLE dbo.ChangeLog (ID INT, Note NVARCHAR(100))');
      assert.equal((await refusal(shop.configure())).code, 'change-log-taken');
      await shop.exec('DROP TABLE dbo.ChangeLog');
      await shop.exec('CREATE VIEW dbo.ChangeLog AS SELECT ProductID FROM dbo.Products');
      assert.equal((await refusal(shop.configure())).code, 'change-log-taken');
    }),
  );

  it(
    'warns of repeated and missing keys where no unique index keeps them away',
    onShop(
      {
        table:
          'CREATE TABLE dbo.Products (ProductID VARCHAR(25) NULL, ProductName NVARCHAR(75), SellPrice NUMERIC(18,2), QrCode VARCHAR(100), Status INT)',
      },
      async (shop) => {
        assert.match((await shop.plan()).warnings.join(' '), /no unique index on ProductID/);
        await shop.exec(`INSERT INTO Products (ProductID) VALUES ('A'), ('A'), (NULL)`);
        const warnings = (await shop.plan()).warnings.join(' ');
        assert.match(warnings, /2 products in dbo\.Products have the ProductID A/);
        assert.match(warnings, /without a ProductID: 1/);
        await shop.exec(
          'DELETE FROM Products; CREATE UNIQUE INDEX UX ON dbo.Products (ProductID) WHERE ProductID IS NOT NULL',
        );
        assert.match((await shop.plan()).warnings.join(' '), /no unique index on ProductID/);
        await shop.exec('CREATE UNIQUE INDEX UX2 ON dbo.Products (ProductID)');
        assert.doesNotMatch((await shop.plan()).warnings.join(' '), /unique index/);
      },
    ),
  );

  it(
    'says what is wrong with the table that it was given',
    onShop({}, async (shop) => {
      await shop.exec('CREATE VIEW dbo.Cheap AS SELECT ProductID FROM dbo.Products');
      await shop.exec('CREATE TABLE dbo.NoPrice (ProductID INT, ProductName NVARCHAR(10), QrCode INT, Status INT)');
      await shop.exec(
        'CREATE TABLE dbo.Texts (ProductID INT, ProductName NTEXT, SellPrice INT, QrCode INT, Status INT)',
      );
      const missing = await refusal(shop.plan('Produkts'));
      assert.equal(missing.code, 'table-missing');
      assert.match(missing.message, /It has: Products, /);
      assert.equal((await refusal(shop.plan('Cheap'))).code, 'table-is-view');
      const noPrice = await refusal(shop.plan('NoPrice'));
      assert.equal(noPrice.code, 'columns-missing');
      assert.match(noPrice.message, /has no column SellPrice\. It has: ProductID, ProductName, QrCode, Status\./);
      const texts = await refusal(shop.plan('Texts'));
      assert.equal(texts.code, 'column-type-unsupported');
      assert.match(texts.message, /ProductName of dbo\.Texts is NTEXT/);
    }),
  );

  it(
    'gives up on a table that is locked, and has changed nothing',
    onShop({}, async (shop) => {
      const other = await shop.connect();
      await other.exec(`BEGIN TRANSACTION; INSERT INTO Products (ProductID) VALUES ('1')`);
      const pauses: number[] = [];
      const impatient = {
        now: () => 0,
        random: () => 0,
        every: () => ({ dispose: () => undefined }),
        sleep: (ms: number) => {
          pauses.push(ms);
          return Promise.resolve();
        },
      };
      const error = await refusal(shop.configure(undefined, {}, impatient));
      assert.equal(error.code, 'sql-busy');
      assert.match(error.message, /dbo\.Products is busy/);
      assert.equal(pauses.length, 3);
      await other.exec('COMMIT TRANSACTION');
      assert.deepEqual(await shop.query(`SELECT name FROM sys.tables WHERE name = 'ChangeLog'`), []);
      assert.deepEqual(await shop.query(`SELECT name FROM sys.sequences`), []);
      await shop.configure();
      assert.deepEqual(await shop.health(), []);
    }),
  );
});
