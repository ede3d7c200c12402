import assert from 'node:assert/strict';
import { startShop, type TestShop } from '../shop';
import { never, noLog, startConfiguredShop, type ConfiguredShop } from './configuredShop';
import { openShopDatabase } from '../../../src/sync/sqlserver/shopDatabase';
import { systemClock } from '../../../src/sync/systemClock';
import type { ShopDatabase } from '../../../src/sync/ports';

const present = (productId: string, productName: string | null, sellPrice: string | null) =>
  ({ state: 'present', product: { productId, productName, sellPrice } }) as const;

describe('the product table', () => {
  let shop: ConfiguredShop;

  before(async () => {
    shop = await startConfiguredShop();
  });

  after(() => shop.close());

  beforeEach(async () => {
    await shop.exec('DELETE FROM dbo.Products');
    await shop.exec("INSERT INTO dbo.Products VALUES ('a', N'Käse 🧀', 12.5, 'q', 1), ('b', NULL, NULL, NULL, NULL)");
  });

  it('gives products by key as they are now, and tells which are not there', async () => {
    assert.deepEqual(
      await shop.database.products.read(['a', 'b', 'c'], never),
      new Map<string, unknown>([
        ['a', present('a', 'Käse 🧀', '12.50')],
        ['b', present('b', null, null)],
        ['c', { state: 'absent' }],
      ]),
    );
  });

  it('finds one product by every spelling of its key', async () => {
    const readings = await shop.database.products.read(['a', 'A', 'A  '], never);
    for (const key of ['a', 'A', 'A  ']) assert.deepEqual(readings.get(key), present('a', 'Käse 🧀', '12.50'));
  });

  it('takes any text for a key', async () => {
    const odd = [
      "o'clock",
      '%',
      '[x]',
      '',
      'line\r\nbreak',
      'back\\\nslash',
      "'); DROP TABLE dbo.Products; --",
      '漢字',
      'x'.repeat(450),
    ];
    const readings = await shop.database.products.read(odd, never);
    assert.deepEqual(
      [...readings.values()],
      odd.map(() => ({ state: 'absent' })),
    );
    assert.equal(await shop.database.products.count(never), 2);
  });

  it('tells a product that the shop holds from one that is gone, and does not guess', async () => {
    const sale = await shop.connect();
    await sale.exec("BEGIN TRANSACTION; UPDATE dbo.Products SET SellPrice = 3 WHERE ProductID = 'a';");
    const readings = await shop.database.products.read(['a', 'b', 'gone'], never);
    assert.deepEqual(readings.get('a'), { state: 'locked' });
    assert.deepEqual(readings.get('b'), present('b', null, null));
    assert.deepEqual(readings.get('gone'), { state: 'absent' });
    await sale.exec('COMMIT');
    assert.deepEqual((await shop.database.products.read(['a'], never)).get('a'), present('a', 'Käse 🧀', '3.00'));
  });

  it('does not take a product for gone while its DELETE may be rolled back', async () => {
    const sale = await shop.connect();
    await sale.exec("BEGIN TRANSACTION; DELETE FROM dbo.Products WHERE ProductID = 'a';");
    assert.deepEqual((await shop.database.products.read(['a'], never)).get('a'), { state: 'locked' });
    await sale.exec('ROLLBACK');
    assert.deepEqual((await shop.database.products.read(['a'], never)).get('a'), present('a', 'Käse 🧀', '12.50'));
  });

  it('gives a thousand products and more at once', async () => {
    const keys = Array.from({ length: 1234 }, (_, index) => `k${index}`);
    for (const part of [keys.slice(0, 700), keys.slice(700)])
      await shop.exec(
        `INSERT INTO dbo.Products VALUES ${part.map((key) => `('${key}', N'${key}', 1, NULL, 1)`).join(', ')}`,
      );
    const readings = await shop.database.products.read(keys, never);
    for (const key of keys) assert.deepEqual(readings.get(key), present(key, key, '1.00'));
  });

  it('gives all products page by page', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `p${String(index).padStart(2, '0')}`);
    await shop.exec(
      `INSERT INTO dbo.Products VALUES ${keys.map((key) => `('${key}', N'${key}', 1, NULL, 1)`).join(', ')}`,
    );
    const pages: string[][] = [];
    let after: string | null = null;
    do {
      const page = await shop.database.products.readPage(after, 10, never);
      pages.push(page.products.map(({ productId }) => productId));
      after = page.next;
    } while (after !== null);
    assert.deepEqual(pages.flat(), ['a', 'b', ...keys]);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [10, 10, 7],
    );
    assert.equal(await shop.database.products.count(never), 27);
  });

  it('has no page after the last product', async () => {
    assert.deepEqual(await shop.database.products.readPage('b', 10, never), { products: [], next: null });
    await shop.exec('DELETE FROM dbo.Products');
    assert.deepEqual(await shop.database.products.readPage(null, 10, never), { products: [], next: null });
    assert.equal(await shop.database.products.count(never), 0);
  });

  it('is looked at anew when its columns have changed', async () => {
    await shop.database.products.read(['a'], never);
    await shop.exec('ALTER TABLE dbo.Products ALTER COLUMN SellPrice NUMERIC(18,4) NULL');
    await shop.exec("EXEC sp_rename 'dbo.Products', 'Old'");
    await assert.rejects(shop.database.products.read(['a'], never), { code: 'table-missing' });
    await shop.exec("EXEC sp_rename 'dbo.Old', 'Products'");
    assert.deepEqual((await shop.database.products.read(['a'], never)).get('a'), present('a', 'Käse 🧀', '12.5000'));
  });
});

interface KeyCase {
  readonly type: string;
  /** Literals in key order. */
  readonly literals: readonly string[];
  readonly keys: readonly string[];
}

const keyTypes: readonly KeyCase[] = [
  { type: 'INT', literals: ['-5', '2', '10'], keys: ['-5', '2', '10'] },
  { type: 'BIGINT', literals: ['1', '9007199254740993'], keys: ['1', '9007199254740993'] },
  { type: 'SMALLINT', literals: ['1', '2'], keys: ['1', '2'] },
  { type: 'NUMERIC(10,2)', literals: ['1.5', '10'], keys: ['1.50', '10.00'] },
  { type: 'CHAR(8)', literals: ["'a'", "'b c'"], keys: ['a', 'b c'] },
  { type: 'VARCHAR(25)', literals: ["'a'", "'B'"], keys: ['a', 'B'] },
  { type: 'NCHAR(8)', literals: ["N'a'", "N'ж'"], keys: ['a', 'ж'] },
  { type: 'NVARCHAR(450)', literals: ["N'a'", "N'漢'"], keys: ['a', '漢'] },
  {
    type: 'UNIQUEIDENTIFIER',
    literals: ["'6F9619FF-8B86-D011-B42D-00C04FC964FF'"],
    keys: ['6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  },
  { type: 'DATE', literals: ["'2024-02-29'"], keys: ['2024-02-29'] },
  {
    type: 'DATETIME2(6)',
    literals: ["'2024-02-29T12:34:56.123456'"],
    keys: ['2024-02-29 12:34:56.123456'],
  },
];

const priceTypes: readonly [string, string, string][] = [
  ['NUMERIC(18,2)', '12.5', '12.50'],
  ['NUMERIC(38,10)', '1234567890123456789012345678.0123456789', '1234567890123456789012345678.0123456789'],
  ['INT', '-3', '-3'],
  ['MONEY', '0.1', '0.1000'],
  ['SMALLMONEY', '1', '1.0000'],
  ['FLOAT', '0.1', '0.1000'],
];

describe('a product table of other types', () => {
  let shop: TestShop;

  before(async () => {
    shop = await startShop();
  });

  after(() => shop.close());

  /** `table`: the batch that makes it, in place of the one before. */
  async function withTable(table: string, work: (database: ShopDatabase) => Promise<void>): Promise<void> {
    await shop.exec(`IF OBJECT_ID(N'dbo.Products', N'V') IS NOT NULL DROP VIEW dbo.Products;
      IF OBJECT_ID(N'dbo.Products', N'U') IS NOT NULL DROP TABLE dbo.Products;`);
    await shop.exec(table);
    const database = openShopDatabase(shop.settings, shop.password, { clock: systemClock, log: noLog });
    try {
      await work(database);
    } finally {
      await database.close();
    }
  }

  it('is read by keys of every type that a key may have, and page by page', async () => {
    for (const { type, literals, keys } of keyTypes) {
      const rows = literals.map((literal) => `(${literal}, N'x', 1)`);
      await withTable(
        `CREATE TABLE dbo.Products (ProductID ${type} NOT NULL PRIMARY KEY, ProductName NVARCHAR(75), SellPrice NUMERIC(18,2), QrCode VARCHAR(100), Status INT);
         INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ${rows.join(', ')};`,
        async ({ products }) => {
          const readings = await products.read(keys, never);
          for (const key of keys) assert.deepEqual(readings.get(key), present(key, 'x', '1.00'), type);
          const nothing = await products.read(['no such key'], never);
          assert.deepEqual(nothing.get('no such key'), { state: 'absent' }, type);
          const first = await products.readPage(null, 1, never);
          assert.deepEqual(first.products, [{ productId: keys[0], productName: 'x', sellPrice: '1.00' }], type);
          const rest = await products.readPage(first.next, 10, never);
          assert.deepEqual(
            rest.products.map(({ productId }) => productId),
            keys.slice(1),
            type,
          );
        },
      );
    }
  });

  it('has prices with exactly the digits that SQL Server holds', async () => {
    for (const [type, literal, text] of priceTypes)
      await withTable(
        `CREATE TABLE dbo.Products (ProductID INT NOT NULL PRIMARY KEY, ProductName NVARCHAR(75), SellPrice ${type}, QrCode VARCHAR(100), Status INT);
         INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES (1, N'x', ${literal});`,
        async ({ products }) => {
          assert.deepEqual((await products.read(['1'], never)).get('1'), present('1', 'x', text), type);
        },
      );
  });

  it('may have keys that repeat, which no page tears apart', async () => {
    await withTable(
      `CREATE TABLE dbo.Products (ProductID VARCHAR(25) NULL, ProductName NVARCHAR(75), SellPrice NUMERIC(18,2), QrCode VARCHAR(100), Status INT);
       INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ('a', N'1', 1), ('b', N'1', 1), ('b', N'2', 1), ('b', N'3', 1), ('c', N'1', 1), (NULL, N'no key', 1);`,
      async ({ products }) => {
        const first = await products.readPage(null, 2, never);
        assert.deepEqual(
          first.products.map(({ productId }) => productId),
          ['a', 'b', 'b', 'b'],
        );
        const rest = await products.readPage(first.next, 2, never);
        assert.deepEqual(rest, { products: [{ productId: 'c', productName: '1', sellPrice: '1.00' }], next: null });
        const readings = await products.read(['b', null], never);
        assert.deepEqual(readings.get('b'), present('b', '3', '1.00'));
        assert.equal(readings.get(null)?.state, 'present');
      },
    );
  });

  it('has keys in a collation that is not the database’s', async () => {
    await withTable(
      `CREATE TABLE dbo.Products (ProductID VARCHAR(25) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY, ProductName NVARCHAR(75), SellPrice NUMERIC(18,2), QrCode VARCHAR(100), Status INT);
       INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ('a', N'small', 1), ('A', N'capital', 1);`,
      async ({ products }) => {
        const readings = await products.read(['a', 'A'], never);
        assert.deepEqual(readings.get('a'), present('a', 'small', '1.00'));
        assert.deepEqual(readings.get('A'), present('A', 'capital', '1.00'));
        const page = await products.readPage('A', 10, never);
        assert.deepEqual(
          page.products.map(({ productId }) => productId),
          ['a'],
        );
      },
    );
  });

  it('says what is wrong with a table that it can’t use', async () => {
    for (const [table, code] of [
      ['CREATE VIEW dbo.Products AS SELECT 1 AS ProductID', 'table-is-view'],
      ['CREATE TABLE dbo.Other (ID INT)', 'table-missing'],
      ['CREATE TABLE dbo.Products (ProductID INT, ProductName NVARCHAR(75))', 'columns-missing'],
    ] as const)
      await withTable(table, async ({ products, changeLog }) => {
        await assert.rejects(products.read(['1'], never), { code });
        await assert.rejects(changeLog.readPage(null, 10, never), { code });
      });
  });
});
