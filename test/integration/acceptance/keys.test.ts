import assert from 'node:assert/strict';
import { quoteText } from '../../../src/sync/sqlserver/quoting';
import { onShop, type SyncedShop } from './syncedShop';

interface KeyType {
  readonly type: string;
  /** The `n`-th product's key, as it is to arrive; no two are one key to SQL Server. */
  readonly id: (n: number) => string;
  readonly isText: boolean;
}

const keyTypes: readonly KeyType[] = [
  { type: 'INT', id: (n) => String(n - 5), isText: false },
  { type: 'BIGINT', id: (n) => String(9_007_199_254_740_991n + BigInt(n)), isText: false },
  { type: 'CHAR(12)', id: (n) => `c ${n}`, isText: true },
  { type: 'VARCHAR(25)', id: (n) => `${n}'; --`, isText: true },
  { type: 'NVARCHAR(450)', id: (n) => `${'漢'.repeat(440)}-${n} 🧀`, isText: true },
  {
    type: 'UNIQUEIDENTIFIER',
    // Of another order in SQL Server than as text.
    id: (n) => `${String(99 - n)}9619FF-8B86-D011-B42D-${String((n * 37) % 100).padStart(2, '0')}C04FC964FF`,
    isText: true,
  },
];

const stock = 23;

async function work(shop: SyncedShop, { type, id, isText }: KeyType): Promise<void> {
  const key = (n: number) => (isText ? quoteText(id(n)) : id(n));
  const insert = (...numbers: readonly number[]) =>
    shop.till.exec(
      `INSERT INTO dbo.Products VALUES ${numbers.map((n) => `(${key(n)}, N'Product ${n}', ${n}, NULL, 1)`).join(', ')}`,
    );
  const comparison = { id: `RTRIM(CONVERT(NVARCHAR(450), ProductID))` };

  await insert(...Array.from({ length: stock }, (_, n) => n));
  await shop.configure();
  const upload = await shop.upload();
  assert.deepEqual([upload.products, upload.batches], [stock, 12]);
  assert.deepEqual([...shop.digible.catalogue.keys()].sort(), Array.from({ length: stock }, (_, n) => id(n)).sort());
  await shop.assertInStep(comparison);

  await insert(stock, stock + 1);
  await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 0.5 WHERE ProductID IN (${key(1)}, ${key(22)})`);
  await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = ${key(3)}`);
  await shop.till.exec(`UPDATE dbo.Products SET ProductID = ${key(30)} WHERE ProductID = ${key(4)}`);
  await insert(40);
  await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = ${key(40)}`);
  const { inserted, updated, deleted, pending } = await shop.sync();
  assert.deepEqual({ inserted, updated, deleted, pending }, { inserted: 3, updated: 2, deleted: 3, pending: 0 });
  await shop.assertInStep({ ...comparison, gone: [id(3), id(4)] });

  // A deleted product comes back, and two swap their keys.
  await insert(3);
  const swapped = `CASE WHEN ProductID = ${key(5)} THEN CAST(${key(6)} AS ${type}) ELSE CAST(${key(5)} AS ${type}) END`;
  await shop.till.exec(`UPDATE dbo.Products SET ProductID = ${swapped} WHERE ProductID IN (${key(5)}, ${key(6)})`);
  const second = await shop.sync();
  assert.deepEqual([second.inserted, second.updated, second.deleted], [1, 2, 2]);
  assert.equal(shop.inCatalogue(id(5)), 'Product 6 6.00');
  assert.equal(shop.inCatalogue(id(6)), 'Product 5 5.00');
  await shop.assertInStep({ ...comparison, gone: [id(4)] });
}

describe('a ProductID', () => {
  for (const keyType of keyTypes)
    it(
      `of type ${keyType.type} is inserted, updated, deleted, swapped, and uploaded over several pages`,
      onShop(
        {
          table: `CREATE TABLE dbo.Products (ProductID ${keyType.type} NOT NULL PRIMARY KEY, ProductName NVARCHAR(75) NULL,
            SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
          upload: { batchSize: 2 },
        },
        (shop) => work(shop, keyType),
      ),
    );

  it(
    'that changes its case alone arrives under its new spelling',
    onShop({}, async (shop) => {
      await shop.till.exec(`INSERT INTO dbo.Products VALUES ('abc', N'Cola', 1, NULL, 1)`);
      await shop.configure();
      await shop.upload();
      await shop.till.exec(`UPDATE dbo.Products SET ProductID = 'ABC' WHERE ProductID = 'abc'`);
      const { inserted, pending } = await shop.sync();
      assert.deepEqual({ inserted, pending }, { inserted: 1, pending: 0 });
      await shop.assertInStep({ gone: ['abc'] });
    }),
  );

  it(
    'of a rotation of keys in one statement goes to the product that has it now',
    onShop({}, async (shop) => {
      await shop.till.exec(
        `INSERT INTO dbo.Products VALUES ('1', N'a', 1, NULL, 1), ('2', N'b', 2, NULL, 1), ('3', N'c', 3, NULL, 1)`,
      );
      await shop.configure();
      await shop.upload();
      await shop.till.exec(
        `UPDATE dbo.Products SET ProductID = CASE ProductID WHEN '1' THEN '2' WHEN '2' THEN '3' ELSE '1' END`,
      );
      await shop.sync();
      assert.deepEqual(
        ['1', '2', '3'].map((id) => shop.inCatalogue(id)),
        ['c 3.00', 'a 1.00', 'b 2.00'],
      );
      await shop.assertInStep();
    }),
  );

  it(
    'in another collation than the database’s keeps products apart that differ in case',
    onShop(
      {
        table: `CREATE TABLE dbo.Products (ProductID VARCHAR(25) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,
          ProductName NVARCHAR(75) NULL, SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
        upload: { batchSize: 1 },
      },
      async (shop) => {
        const insert = (id: string) =>
          shop.till.exec(`INSERT INTO dbo.Products VALUES ('${id}', N'${id}', 1, NULL, 1)`);
        for (const id of ['a', 'A', 'b', 'B', 'c', 'C', 'd']) await insert(id);
        await shop.configure();
        assert.equal((await shop.upload()).products, 7);
        await insert('D');
        await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 2 WHERE ProductID = 'a'`);
        await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = 'B'`);
        const { inserted, updated, deleted } = await shop.sync();
        assert.deepEqual({ inserted, updated, deleted }, { inserted: 1, updated: 1, deleted: 1 });
        await shop.assertInStep({ gone: ['B'] });
      },
    ),
  );
});
