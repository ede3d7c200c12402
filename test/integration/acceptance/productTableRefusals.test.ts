import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/sync/errors';
import { never, onShop, SyncedShop } from './syncedShop';

/** Columns that a product table can't have, each in a table of its own. */
const unsupported = [
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
] as const;

function tableWith(column: string, type: string, name: string): string {
  const types: Record<string, string> = {
    ProductID: 'VARCHAR(25)',
    ProductName: 'NVARCHAR(75)',
    SellPrice: 'NUMERIC(18,2)',
    QrCode: 'VARCHAR(100)',
    Status: 'INT',
  };
  types[column] = type;
  const columns = Object.entries(types).map(([its, itsType]) => `${its} ${itsType} NULL`);
  return `CREATE TABLE dbo.${name} (${columns.join(', ')});`;
}

const tables = `
CREATE TABLE dbo.Items (ProductID VARCHAR(25) NOT NULL PRIMARY KEY, Title NVARCHAR(75), SellPrice NUMERIC(18,2));
CREATE TABLE dbo.x (n INT); INSERT INTO dbo.x VALUES (1);
EXEC('CREATE VIEW dbo.Goods AS SELECT * FROM dbo.Items');
${unsupported.map(([column, type], number) => tableWith(column, type, `Table${number}`)).join('\n')}`;

describe('a product table that can’t be one is refused, and the database left as it is,', () => {
  let shop: SyncedShop;

  before(async () => {
    shop = await SyncedShop.start({ table: tables });
  });

  after(() => shop.close());

  const refused = (table: string, code: ErrorCode, naming: RegExp) =>
    shop.refusesEverything(shop.open({ sqlServer: { table } }), code, naming);

  it('because it is missing: those that are there are named', () =>
    refused('dbo.Products', 'table-missing', /no table dbo\.Products.*dbo\.Items/));

  it('because columns are missing: it says which, and which it has', () =>
    refused(
      'Items',
      'columns-missing',
      /dbo\.Items has no columns ProductName, QrCode, Status\. It has: ProductID, Title, SellPrice/,
    ));

  it('because it is a view', () => refused('Goods', 'table-is-view', /dbo\.Goods is a view/));

  for (const [number, [column, type]] of unsupported.entries())
    it(`because its ${column} is ${type}`, () => {
      const naming = new RegExp(`${column} of dbo\\.Table${number} is ${type.replace(/[()]/g, '\\$&')}`);
      return refused(`dbo.Table${number}`, 'column-type-unsupported', naming);
    });

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
    it(`because its name is ${JSON.stringify(name)}`, async () => {
      await refused(name, code, code === 'table-missing' ? /no table/ : /name of the product table/);
      assert.deepEqual(await shop.till.query('SELECT n FROM dbo.x'), [{ n: 1 }]);
    });
});

describe('a product table', () => {
  it(
    'with a trigger of another program’s that has the name of one of ours is left as it is',
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
    'that is not configured yet says so in a sync',
    onShop({}, async (shop) => {
      await shop.refusedWithNothingDone(() => shop.sync(), 'not-configured', /ChangeLog/);
      await shop.configure();
      assert.equal((await shop.sync()).pending, 0);
    }),
  );

  it(
    'that was renamed after Configure is missed in a sync, and found again when it is back',
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
