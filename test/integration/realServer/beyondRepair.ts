/**
 * What no repair cures: the server option "nested triggers" is off (the stand-in shows the option, and fires all the same), and owners
 * that differ (the stand-in has no ALTER AUTHORIZATION).
 */
import assert from 'node:assert/strict';
import { insertProducts, never, onShop, type SyncedShop } from '../acceptance/syncedShop';

const setOption = (value: 0 | 1) => `EXEC sp_configure 'nested triggers', ${value}; RECONFIGURE;`;

async function withoutNestedTriggers(shop: SyncedShop, work: () => Promise<void>): Promise<void> {
  await shop.till.exec(setOption(0));
  try {
    await work();
  } finally {
    await shop.till.exec(setOption(1));
  }
}

export const beyondRepair: Readonly<Record<string, () => Promise<void>>> = {
  'nested triggers off: what another table’s trigger writes to products is not logged, and each sync tells so': onShop(
    {},
    async (shop) => {
      await shop.configure();
      await shop.till.exec('CREATE TABLE dbo.Sales (ProductID VARCHAR(25), Price MONEY)');
      await shop.till.exec(`CREATE TRIGGER dbo.SaleSetsPrice ON dbo.Sales AFTER INSERT AS
        UPDATE p SET p.SellPrice = s.Price FROM dbo.Products AS p INNER JOIN inserted AS s ON s.ProductID = p.ProductID`);
      await shop.till.exec(insertProducts(1, 2));
      await shop.sync();
      await withoutNestedTriggers(shop, async () => {
        await shop.till.exec(`INSERT INTO dbo.Sales VALUES ('P0001', 9)`);
        const { updated, captureProblems } = await shop.sync();
        assert.equal(updated, 0);
        assert.deepEqual(
          captureProblems.map(({ kind }) => kind),
          ['nested triggers off'],
        );
      });
      await shop.till.exec(`INSERT INTO dbo.Sales VALUES ('P0002', 9)`);
      const { updated, captureProblems } = await shop.sync();
      assert.deepEqual([updated, captureProblems], [1, []]);
    },
  ),

  'owners that differ: each sync tells so, and Repair says what to do': onShop({}, async (shop) => {
    await shop.configure();
    await shop.till.exec('CREATE ROLE keeper');
    await shop.till.exec('ALTER AUTHORIZATION ON OBJECT::dbo.ChangeLog TO keeper');
    const { captureProblems } = await shop.sync();
    assert.deepEqual(
      captureProblems.map(({ kind }) => kind),
      ['owners differ'],
    );
    const error = await shop.refused(shop.shop.repair({}, never), 'owners-differ', /dbo\.ChangeLog/);
    assert.match(error.hint, /ALTER AUTHORIZATION/);
    await shop.till.exec('ALTER AUTHORIZATION ON OBJECT::dbo.ChangeLog TO SCHEMA OWNER');
    assert.deepEqual((await shop.sync()).captureProblems, []);
  }),
};
