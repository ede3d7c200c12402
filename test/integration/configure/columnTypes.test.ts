import assert from 'node:assert/strict';
import { keyFromText, keyText, nameText, priceText } from '../../../src/sync/sqlserver/columnTypes';
import { readProductTable } from '../../../src/sync/sqlserver/productTableInfo';
import { requireTableName } from '../../../src/sync/sqlserver/tableName';
import { never, onShop } from './schemaShop';

function productsWith(key: string, price = 'NUMERIC(18,2)', name = 'NVARCHAR(75)'): string {
  return `CREATE TABLE dbo.Products (ProductID ${key} NOT NULL PRIMARY KEY, ProductName ${name} NULL, SellPrice ${price} NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`;
}

const keys: readonly (readonly [type: string, literal: string, text: string])[] = [
  ['INT', '-7', '-7'],
  ['BIGINT', '9007199254740993', '9007199254740993'],
  ['TINYINT', '255', '255'],
  ['NUMERIC(20,3)', '12345678901234567.125', '12345678901234567.125'],
  ['MONEY', '12.5', '12.5000'],
  ['BIT', '1', '1'],
  ['CHAR(10)', `'AB C'`, 'AB C'],
  ['NCHAR(10)', `N'Ä🍞'`, 'Ä🍞'],
  ['VARCHAR(25)', `'AB '`, 'AB '],
  ['NVARCHAR(450)', `N'漢字'`, '漢字'],
  ['UNIQUEIDENTIFIER', `'6F9619FF-8B86-D011-B42D-00C04FC964FF'`, '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  ['DATE', `'2024-02-29'`, '2024-02-29'],
  ['DATETIME', `'2024-03-04T05:06:07.123'`, '2024-03-04T05:06:07.123'],
  ['SMALLDATETIME', `'2024-03-04T05:06:00'`, '2024-03-04T05:06:00'],
  ['DATETIME2(7)', `'2024-03-04T05:06:07.1234560'`, '2024-03-04 05:06:07.1234560'],
  ['TIME(7)', `'05:06:07.125'`, '05:06:07.1250000'],
  ['DATETIMEOFFSET(7)', `'2024-03-04T05:06:07+00:00'`, '2024-03-04 05:06:07.0000000 +00:00'],
];

describe('keys', () => {
  for (const [type, literal, text] of keys)
    it(
      `of type ${type} are logged as text and found again by it`,
      onShop({ table: productsWith(type) }, async (shop) => {
        await shop.configure();
        await shop.exec(`INSERT INTO Products (ProductID) VALUES (${literal})`);
        assert.deepEqual(await shop.query('SELECT ProductID AS k FROM ChangeLog'), [{ k: text }]);
        const { columns } = await readProductTable(shop.runner, requireTableName('Products'), never);
        const { type: found } = columns.ProductID;
        const rows = await shop.query(
          `SELECT ${keyText('p.ProductID', found)} AS k FROM Products AS p INNER JOIN ChangeLog AS c ON p.ProductID = ${keyFromText('c.ProductID', found)}`,
        );
        assert.deepEqual(rows, [{ k: text }]);
      }),
    );

  it(
    'of text that is no key of the column’s type find nothing',
    onShop({ table: productsWith('INT') }, async (shop) => {
      await shop.exec('INSERT INTO Products (ProductID) VALUES (1)');
      const { columns } = await readProductTable(shop.runner, requireTableName('Products'), never);
      const rows = await shop.query(
        `SELECT ProductID FROM Products WHERE ProductID = ${keyFromText("N'abc'", columns.ProductID.type)}`,
      );
      assert.deepEqual(rows, []);
    }),
  );
});

const prices: readonly (readonly [type: string, literal: string, text: string | null])[] = [
  ['NUMERIC(18,2)', '12.5', '12.50'],
  ['NUMERIC(38,10)', '-1234567890123456789012345678.0123456789', '-1234567890123456789012345678.0123456789'],
  ['DECIMAL(38,38)', '-0.00000000000000000000000000000000000001', '-0.00000000000000000000000000000000000001'],
  ['INT', '0', '0'],
  ['MONEY', '922337203685477.5807', '922337203685477.5807'],
  ['SMALLMONEY', '-1.5', '-1.5000'],
  ['FLOAT', '12.1', '12.1000'],
  ['REAL', '0.1', '0.1000'],
  ['FLOAT', '1e300', null],
];

describe('prices', () => {
  for (const [type, literal, text] of prices)
    it(
      `of type ${type} become the digits of ${literal}`,
      onShop({ table: productsWith('INT', type) }, async (shop) => {
        await shop.exec(`INSERT INTO Products (ProductID, SellPrice) VALUES (1, ${literal})`);
        const { columns } = await readProductTable(shop.runner, requireTableName('Products'), never);
        const rows = await shop.query(
          `SELECT ${priceText('SellPrice', columns.SellPrice.type)} AS price FROM Products`,
        );
        assert.deepEqual(rows, [{ price: text }]);
      }),
    );
});

describe('names', () => {
  it(
    'of 4,000 characters stay whole',
    onShop({ table: productsWith('INT', 'INT', 'NVARCHAR(MAX)') }, async (shop) => {
      await shop.exec(`INSERT INTO Products (ProductID, ProductName) VALUES (1, REPLICATE(N'مرحبا', 800))`);
      const { columns } = await readProductTable(shop.runner, requireTableName('Products'), never);
      const rows = await shop.query(
        `SELECT ${nameText('ProductName', columns.ProductName.type)} AS name FROM Products`,
      );
      assert.deepEqual(rows, [{ name: 'مرحبا'.repeat(800) }]);
    }),
  );
});
