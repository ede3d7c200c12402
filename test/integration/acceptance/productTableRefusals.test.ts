import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/sync/errors';
import { never, onShop, type SyncedShop } from './syncedShop';

const others = `CREATE TABLE dbo.Items (ProductID VARCHAR(25) NOT NULL PRIMARY KEY, Title NVARCHAR(75), SellPrice NUMERIC(18,2));
CREATE TABLE dbo.x (n INT); INSERT INTO dbo.x VALUES (1);`;

/** A table of the right columns but for the type of one. */
function tableWith(column: string, type: string): string {
  const types: Record<string, string> = {
    ProductID: 'VARCHAR(25)',
    ProductName: 'NVARCHAR(75)',
    SellPrice: 'NUMERIC(18,2)',
    QrCode: 'VARCHAR(100)',
    Status: 'INT',
  };
  types[column] = type;
  return `CREATE TABLE dbo.Products (${Object.entries(types)
    .map(([name, its]) => `${name} ${its} NULL`)
    .join(', ')})`;
}

async function refusesName(shop: SyncedShop, table: string, code: ErrorCode, naming: RegExp): Promise<void> {
  await shop.refusesEverything(shop.open({ sqlServer: { table } }), code, naming);
}

describe('a product table that can’t be one', () => {
  it(
    'because it is missing, is named along with those that are there',
    onShop({ table: others }, (shop) =>
      refusesName(shop, 'dbo.Products', 'table-missing', /no table dbo\.Products.*dbo\.Items/),
    ),
  );

  it(
    'because columns are missing, is told which, and which it has',
    onShop({ table: others }, (shop) =>
      refusesName(
        shop,
        'Items',
        'columns-missing',
        /dbo\.Items has no columns ProductName, QrCode, Status\. It has: ProductID, Title, SellPrice/,
      ),
    ),
  );

  it(
    'because it is a view',
    onShop({}, async (shop) => {
      await shop.till.exec('CREATE VIEW dbo.Goods AS SELECT * FROM dbo.Products');
      await refusesName(shop, 'Goods', 'table-is-view', /dbo\.Goods is a view/);
    }),
  );

  for (const [column, type] of [
    ['ProductID', 'FLOAT'],
    ['ProductID', 'VARCHAR(451)'],
    ['ProductID', 'NVARCHAR(MAX)'],
    ['ProductName', 'NTEXT'],
    ['ProductName', 'TEXT'],
    ['SellPrice', 'VARCHAR(20)'],
    ['QrCode', 'IMAGE'],
    ['QrCode', 'XML'],
    ['Status', 'SQL_VARIANT'],
    ['Status', 'VARBINARY(8)'],
  ] as const)
    it(
      `because its ${column} is ${type}`,
      onShop({ table: tableWith(column, type) }, (shop) =>
        refusesName(
          shop,
          'dbo.Products',
          'column-type-unsupported',
          new RegExp(`${column} of dbo\\.Products is ${type.replace(/[()]/g, '\\$&')}`),
        ),
      ),
    );

  for (const [name, code] of [
    ['Products; DROP TABLE x--', 'table-name-invalid'],
    [']]', 'table-name-invalid'],
    ['[Products', 'table-name-invalid'],
    [`Products' OR 1=1 --`, 'table-name-invalid'],
    ['Shop.dbo.Products', 'table-name-invalid'],
    ['#Products', 'table-name-invalid'],
    ['', 'table-name-invalid'],
    ['Products\u0000', 'table-name-invalid'],
    ['[Products; DROP TABLE x--]', 'table-missing'],
    [`[x]]; DROP TABLE x; --]`, 'table-missing'],
    [`["; DROP TABLE x; --]`, 'table-missing'],
    [`['; DROP TABLE x; --]`, 'table-missing'],
  ] as const)
    it(
      `because its name is ${JSON.stringify(name)}`,
      onShop({ table: others }, async (shop) => {
        await refusesName(shop, name, code, code === 'table-missing' ? /no table/ : /name of the product table/);
        assert.deepEqual(await shop.till.query('SELECT n FROM dbo.x'), [{ n: 1 }]);
      }),
    );

  it(
    'because a trigger of another program has the name, is left as it is',
    onShop({}, async (shop) => {
      await shop.till.exec("CREATE TRIGGER dbo.trgAfterUpdate ON dbo.Products AFTER UPDATE AS PRINT N'theirs'");
      const { configure, name } = {
        configure: () => shop.shop.configure({}, never),
        name: /trgAfterUpdate on dbo\.Products/,
      };
      await shop.refusedWithNothingDone(configure, 'trigger-taken', name);
    }),
  );

  it(
    'yet, because it is not configured, says so in a sync',
    onShop({}, async (shop) => {
      await shop.refusedWithNothingDone(() => shop.sync(), 'not-configured', /ChangeLog/);
      await shop.configure();
      assert.equal((await shop.sync()).pending, 0);
    }),
  );

  it(
    'any more, because it was dropped or renamed after Configure, is told in a sync, and comes back',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(`INSERT INTO dbo.Products VALUES ('1', N'Cola', 1, NULL, 1)`);
      await shop.till.exec(`EXEC sp_rename 'dbo.Products', 'Old'`);
      await shop.refusedWithNothingDone(() => shop.sync(), 'table-missing', /dbo\.Products/);
      await shop.till.exec(`EXEC sp_rename 'dbo.Old', 'Products'`);
      assert.equal((await shop.sync()).inserted, 1);
      await shop.assertInStep();
    }),
  );
});
