import assert from 'node:assert/strict';
import { onShop, type SyncedShop } from './syncedShop';

const columns = `ProductID VARCHAR(25) NOT NULL PRIMARY KEY, ProductName NVARCHAR(75) NULL,
  SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL`;

/** Upload, and every kind of write; in step after each. */
async function wholeDay(shop: SyncedShop): Promise<void> {
  const { table } = shop.till.settings;
  await shop.till.exec(`INSERT INTO ${table} VALUES ('1', N'Cola', 1, NULL, 1), ('2', N'Milk', 2, NULL, 1)`);
  await shop.configure();
  await shop.upload();
  await shop.assertInStep();
  await shop.till.exec(`INSERT INTO ${table} VALUES ('3', N'Tea', 3, NULL, 1), ('4', N'Salt', 4, NULL, 1)`);
  await shop.till.exec(`UPDATE ${table} SET ProductName = N'COLA' WHERE ProductID = '1'`);
  await shop.till.exec(`DELETE FROM ${table} WHERE ProductID = '2'`);
  const { inserted, updated, deleted, pending } = await shop.sync();
  assert.deepEqual({ inserted, updated, deleted, pending }, { inserted: 2, updated: 1, deleted: 1, pending: 0 });
  await shop.assertInStep({ gone: ['2'] });
}

describe('a product table', () => {
  it(
    'that is empty is configured, uploaded and synced, and grows from there',
    onShop({}, async (shop) => {
      await shop.configure();
      const upload = await shop.upload();
      assert.deepEqual([upload.products, upload.batches, upload.cancelled], [0, 0, false]);
      const { requests, pending } = await shop.sync();
      assert.deepEqual({ requests, pending }, { requests: 0, pending: 0 });
      await shop.till.exec(`INSERT INTO dbo.Products VALUES ('1', N'Cola', 1, NULL, 1)`);
      await shop.sync();
      await shop.till.exec('DELETE FROM dbo.Products');
      assert.equal((await shop.sync()).deleted, 1);
      await shop.assertInStep({ gone: ['1'] });
    }),
  );

  it(
    'may lie in another schema',
    onShop(
      {
        table: `EXEC('CREATE SCHEMA warehouse'); CREATE TABLE warehouse.Products (${columns})`,
        tableName: 'warehouse.Products',
      },
      wholeDay,
    ),
  );

  for (const tableName of ['[My Items]', 'dbo.[Ünïcode 表]', `[dbo].[it's; a [[trap]]]`, '"a.b"'])
    it(`may be named ${tableName}`, onShop({ table: `CREATE TABLE ${tableName} (${columns})`, tableName }, wholeDay));

  it(
    'of an odd name may lie in a schema of an odd name',
    onShop(
      {
        table: `EXEC('CREATE SCHEMA [Shop No. 1]'); CREATE TABLE [Shop No. 1].[My Items] (${columns})`,
        tableName: '[Shop No. 1].[My Items]',
      },
      wholeDay,
    ),
  );

  it(
    'may lie in a case-sensitive database, where 12a and 12A are two products',
    onShop({ collation: 'Latin1_General_CS_AS' }, async (shop) => {
      await wholeDay(shop);
      await shop.till.exec(
        `INSERT INTO dbo.Products VALUES ('12a', N'small', 1, NULL, 1), ('12A', N'LARGE', 2, NULL, 1)`,
      );
      await shop.sync();
      assert.equal(shop.inCatalogue('12a'), 'small 1.00');
      assert.equal(shop.inCatalogue('12A'), 'LARGE 2.00');
      await shop.till.exec(`UPDATE dbo.Products SET ProductID = '12B' WHERE ProductID = '12A'`);
      await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = '12a'`);
      await shop.sync();
      await shop.assertInStep({ gone: ['2', '12a', '12A'] });
    }),
  );

  it(
    'may have other columns, of types that no trigger can copy',
    onShop(
      {
        table: `CREATE TABLE dbo.Products (RowNumber INT IDENTITY(1,1), ProductID VARCHAR(25) NOT NULL PRIMARY KEY,
          ProductName NVARCHAR(75) NULL, Notes NTEXT NULL, SellPrice NUMERIC(18,2) NULL, Photo IMAGE NULL,
          QrCode VARCHAR(100) NULL, Remark TEXT NULL, Status INT NULL)`,
      },
      async (shop) => {
        await shop.configure();
        await shop.till.exec(
          `INSERT INTO dbo.Products (ProductID, ProductName, Notes, SellPrice, Remark) VALUES ('1', N'Cola', N'a note', 1, 'b')`,
        );
        await shop.sync();
        await shop.till.exec(`UPDATE dbo.Products SET Notes = N'another note'`);
        assert.equal((await shop.sync()).requests, 0, 'nothing of interest has changed');
        await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 2, Photo = 0x00FF`);
        assert.equal((await shop.sync()).updated, 1);
        await shop.assertInStep();
      },
    ),
  );
});
