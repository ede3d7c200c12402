import assert from 'node:assert/strict';
import { removeScript } from '../../../src/sync/sqlserver/removeScript';
import { desktopCapture, onShop, type SchemaShop } from './schemaShop';

function ours(shop: SchemaShop): Promise<readonly { name: string }[]> {
  return shop.query(
    `SELECT o.name FROM sys.objects AS o WHERE o.name LIKE 'trgAfter%' OR o.name LIKE 'ChangeLog%' ORDER BY o.name`,
  );
}

async function names(shop: SchemaShop): Promise<readonly string[]> {
  return (await ours(shop)).map(({ name }) => name);
}

describe('Remove', () => {
  it(
    'takes the triggers away and keeps ChangeLog, and says so',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1')`);
      const { removed, kept } = await shop.remove();
      assert.deepEqual(
        [...removed].sort(),
        ['Delete', 'Insert', 'Update'].map((event) => `trigger trgAfter${event} on dbo.Products`),
      );
      assert.deepEqual(kept, []);
      assert.deepEqual(await names(shop), ['ChangeLog', 'ChangeLogID']);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('2')`);
      assert.deepEqual(await shop.logged(), ['INSERT 1']);
    }),
  );

  it(
    'takes one along that was renamed, since without ChangeLog it would fail, and every sale with it',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(`EXEC sp_rename 'dbo.trgAfterInsert', 'trgOfTheirs'`);
      const { removed } = await shop.remove(true);
      assert.ok(removed.includes('trigger trgOfTheirs on dbo.Products'));
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1')`);
    }),
  );

  it(
    'takes ChangeLog and its sequence away where that is asked for',
    onShop({}, async (shop) => {
      await shop.configure();
      const { removed } = await shop.remove(true);
      assert.deepEqual(removed.slice(3), ['table dbo.ChangeLog', 'sequence dbo.ChangeLogID']);
      assert.deepEqual(await names(shop), []);
      await shop.exec(`INSERT INTO Products (ProductID) VALUES ('1')`);
    }),
  );

  it(
    'finds nothing the second time',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.remove(true);
      assert.deepEqual(await shop.remove(true), { table: 'dbo.Products', removed: [], kept: [] });
    }),
  );

  it(
    'takes the desktop program’s capture away',
    onShop({}, async (shop) => {
      for (const batch of desktopCapture) await shop.exec(batch);
      await shop.remove(true);
      assert.deepEqual(await names(shop), []);
    }),
  );

  it(
    'leaves what is not shopMaster’s, and says so',
    onShop({}, async (shop) => {
      await shop.exec('CREATE TABLE dbo.ChangeLog (ID INT)');
      await shop.exec('CREATE TRIGGER dbo.trgAfterInsert ON dbo.Products AFTER INSERT AS SET NOCOUNT ON');
      const { removed, kept } = await shop.remove(true);
      assert.deepEqual(removed, []);
      assert.equal(kept.length, 2);
      assert.deepEqual(await names(shop), ['ChangeLog', 'trgAfterInsert']);
    }),
  );

  it(
    'cleans up after a product table that is gone',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec('DROP TABLE dbo.Products');
      const { removed } = await shop.remove(true);
      assert.deepEqual(removed, ['table dbo.ChangeLog', 'sequence dbo.ChangeLogID']);
    }),
  );
});

describe('remove.sql', () => {
  const table = { schema: 'dbo', table: 'Products' };

  it(
    'takes the triggers away, and everything where that is asked for',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(removeScript(table, { dropLog: false }));
      assert.deepEqual(await names(shop), ['ChangeLog', 'ChangeLogID']);
      await shop.exec(removeScript(table, { dropLog: true }));
      assert.deepEqual(await names(shop), []);
      await shop.exec(removeScript(table, { dropLog: true }));
    }),
  );

  it(
    'works where only parts are left',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec('DROP TRIGGER dbo.trgAfterUpdate; DROP TABLE dbo.ChangeLog');
      await shop.exec(removeScript(table, { dropLog: true }));
      assert.deepEqual(await names(shop), []);
    }),
  );

  it(
    'takes the desktop program’s capture away and leaves what is others’',
    onShop({}, async (shop) => {
      for (const batch of desktopCapture) await shop.exec(batch);
      await shop.exec('DROP TRIGGER dbo.trgAfterDelete');
      await shop.exec('CREATE TRIGGER dbo.trgAfterDelete ON dbo.Products AFTER DELETE AS SET NOCOUNT ON');
      await shop.exec(removeScript(table, { dropLog: true }));
      assert.deepEqual(await names(shop), ['trgAfterDelete']);
    }),
  );

  it(
    'needs no schema in the table’s name',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.exec(removeScript({ table: 'Products' }, { dropLog: true }));
      assert.deepEqual(await names(shop), []);
    }),
  );
});
