import assert from 'node:assert/strict';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { listTables, type TableChoice } from '../../../src/sync/sqlserver/tableChoices';
import { parseTableName, quoteTableName } from '../../../src/sync/sqlserver/tableName';
import { startShop, type TestShop } from '../shop';
import { never, noLog, startConfiguredShop } from './configuredShop';

const columns = `ProductID VARCHAR(25) NOT NULL, ProductName NVARCHAR(75) NULL, SellPrice NUMERIC(18,2) NULL,
  QrCode VARCHAR(100) NULL, Status INT NULL`;

async function tablesOf({
  settings,
  password,
}: Pick<TestShop, 'settings' | 'password'>): Promise<readonly TableChoice[]> {
  const connection = new SqlServerConnection(settings, password, 'reader', noLog);
  try {
    return await listTables(connection, never);
  } finally {
    await connection.close();
  }
}

describe('The tables that could be the product table', () => {
  let shop: TestShop;

  beforeEach(async () => {
    shop = await startShop({ table: `CREATE TABLE dbo.Products (${columns})` });
  });

  afterEach(() => shop.close());

  it('come first where they fit, then by name, with the columns that they lack', async () => {
    await shop.exec('CREATE TABLE dbo.Accounts (AccountID INT, Status INT)');
    await shop.exec(`CREATE TABLE dbo.[My Items] (${columns}, Extra INT)`);
    await shop.exec(
      'CREATE TABLE dbo.Sales (ProductID VARCHAR(25), ProductName NVARCHAR(75), SellPrice MONEY, QrCode INT)',
    );
    await shop.exec('CREATE SCHEMA stock');
    await shop.exec(`CREATE TABLE stock.Items (${columns})`);
    assert.deepEqual(await tablesOf(shop), [
      { name: '[dbo].[My Items]', missing: [] },
      { name: 'dbo.Products', missing: [] },
      { name: 'stock.Items', missing: [] },
      { name: 'dbo.Accounts', missing: ['ProductID', 'ProductName', 'SellPrice', 'QrCode'] },
      { name: 'dbo.Sales', missing: ['Status'] },
    ]);
  });

  it('are written so that each can be read back', async () => {
    const names = ['a]b', 'select', "O'Neill", 'x.y', '1st', '🍞', 'Äpfel', '"quoted"'];
    for (const name of names) await shop.exec(`CREATE TABLE ${quoteTableName({ table: name })} (${columns})`);
    const read = (await tablesOf(shop)).map(({ name }) => {
      const parsed = parseTableName(name);
      return parsed.ok ? parsed.value.table : parsed.reason;
    });
    assert.deepEqual(read.sort(), ['Products', ...names].sort());
  });

  it('are no views, and none whose name can not be written into a setting', async () => {
    await shop.exec('CREATE VIEW dbo.Everything AS SELECT * FROM dbo.Products');
    await shop.exec(`CREATE TABLE [two\nlines] (${columns})`);
    assert.deepEqual(
      (await tablesOf(shop)).map(({ name }) => name),
      ['dbo.Products'],
    );
  });

  it('are found whatever table the settings name', async () => {
    for (const table of ['', 'nonsense;', 'dbo.Missing'])
      assert.equal((await tablesOf({ ...shop, settings: { ...shop.settings, table } })).length, 1);
  });

  it('are none in an empty database', async () => {
    await shop.exec('DROP TABLE dbo.Products');
    assert.deepEqual(await tablesOf(shop), []);
  });
});

describe('The tables of a configured shop', () => {
  it('leave out ChangeLog and what Configure copies it to', async () => {
    const shop = await startConfiguredShop();
    try {
      await shop.exec('CREATE TABLE dbo.ChangeLog_shopMaster (LogID BIGINT)');
      assert.deepEqual(
        (await tablesOf(shop)).map(({ name }) => name),
        ['dbo.Products'],
      );
    } finally {
      await shop.close();
    }
  });
});
