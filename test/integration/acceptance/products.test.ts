import assert from 'node:assert/strict';
import { quoteText } from '../../../src/sync/sqlserver/quoting';
import { onShop, type SyncedShop } from './syncedShop';

const names: readonly string[] = [
  'Cola',
  'Cola',
  `O'Neil's "best" [brackets]]`,
  `'); DROP TABLE dbo.Products; --`,
  '/* not a comment */ %s ${x} {{y}} <b>&amp;</b>',
  'back\\\nslash, two\r\nlines, a\ttab',
  '  blanks around  ',
  '🧀 👩‍👩‍👧‍👦 🇩🇪 👍🏽',
  'e\u0301 is not é',
  'شوكولاتة بالحليب',
  'שוקולד 70% (מריר)',
  '\u202Eright to left\u202C',
  '漢字かな한글',
  'مرحبا'.repeat(800),
  '🧀'.repeat(2000),
  'x'.repeat(4000),
];

function rows(from: number, to: number): string {
  return names
    .slice(from, to)
    .map((name, index) => `(${from + index}, ${quoteText(name)}, 1, NULL, 1)`)
    .join(', ');
}

async function assertNames(shop: SyncedShop, nameOf: (number: number) => string | undefined): Promise<void> {
  for (const number of names.keys())
    assert.equal(shop.digible.catalogue.get(String(number))?.productName, nameOf(number));
  await shop.assertInStep();
}

describe('product names', () => {
  const middle = names.length / 2;

  it(
    'arrive as they are, by upload, as new products, and renamed',
    onShop(
      {
        table: `CREATE TABLE dbo.Products (ProductID INT NOT NULL PRIMARY KEY, ProductName NVARCHAR(4000) NULL,
          SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
      },
      async (shop) => {
        await shop.till.exec(`INSERT INTO dbo.Products VALUES ${rows(0, middle)}`);
        await shop.configure();
        assert.equal((await shop.upload()).products, middle);
        await shop.till.exec(`INSERT INTO dbo.Products VALUES ${rows(middle, names.length)}`);
        assert.equal((await shop.sync()).inserted, names.length - middle);
        await assertNames(shop, (number) => names[number]);

        const renamed = names.map((_, number) => `WHEN ${number} THEN ${quoteText(names.at(number - 1) ?? '')}`);
        await shop.till.exec(`UPDATE dbo.Products SET ProductName = CASE ProductID ${renamed.join(' ')} END`);
        // The second Cola is renamed to what it was.
        assert.equal((await shop.sync()).updated, names.length - 1);
        await assertNames(shop, (number) => names.at(number - 1));
      },
    ),
  );

  it(
    'that change their case alone, or their accents, are renamed',
    onShop({}, async (shop) => {
      await shop.till.exec(`INSERT INTO dbo.Products VALUES ('1', N'cola', 1, NULL, 1), ('2', N'Käse', 1, NULL, 1)`);
      await shop.configure();
      await shop.upload();
      for (const name of ['Cola', 'COLA', 'cola', 'cóla', 'cola ']) {
        await shop.till.exec(`UPDATE dbo.Products SET ProductName = N'${name}' WHERE ProductID = '1'`);
        assert.equal((await shop.sync()).updated, 1, name);
        assert.equal(shop.inCatalogue('1'), `${name} 1.00`);
      }
      await shop.assertInStep();
    }),
  );

  it(
    'in a VARCHAR column arrive as the code page holds them',
    onShop(
      {
        table: `CREATE TABLE dbo.Products (ProductID VARCHAR(25) NOT NULL PRIMARY KEY, ProductName VARCHAR(75) NULL,
          SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
      },
      async (shop) => {
        await shop.configure();
        await shop.till.exec(`INSERT INTO dbo.Products VALUES ('ä', 'Käse für 2 €', 1, NULL, 1)`);
        await shop.sync();
        assert.equal(shop.inCatalogue('ä'), 'Käse für 2 € 1.00');
        await shop.assertInStep();
      },
    ),
  );
});

interface PriceCase {
  readonly type: string;
  /** T-SQL that gives the price as it is to arrive. */
  readonly digits?: string;
  /** A literal, and the digits that are to arrive. */
  readonly prices: readonly (readonly [literal: string, digits: string])[];
  /** The least difference that there can be. */
  readonly least: readonly [literal: string, digits: string];
}

const priceCases: readonly PriceCase[] = [
  {
    type: 'NUMERIC(18,2)',
    prices: [
      ['0', '0.00'],
      ['-12.5', '-12.50'],
      ['9999999999999999.99', '9999999999999999.99'],
    ],
    least: ['0.01', '0.01'],
  },
  {
    type: 'NUMERIC(38,10)',
    prices: [
      ['0', '0.0000000000'],
      ['-0.5', '-0.5000000000'],
      ['1234567890123456789012345678.0123456789', '1234567890123456789012345678.0123456789'],
    ],
    least: ['0.0000000001', '0.0000000001'],
  },
  {
    type: 'MONEY',
    digits: 'CONVERT(VARCHAR(41), SellPrice, 2)',
    prices: [
      ['0', '0.0000'],
      ['-1.005', '-1.0050'],
      ['922337203685477.5807', '922337203685477.5807'],
    ],
    least: ['0.0001', '0.0001'],
  },
  {
    type: 'FLOAT',
    digits: 'CONVERT(VARCHAR(41), CAST(SellPrice AS DECIMAL(19,4)))',
    prices: [
      ['0', '0.0000'],
      ['-0.1', '-0.1000'],
      ['1234567.1', '1234567.1000'],
    ],
    least: ['0.0001', '0.0001'],
  },
  {
    type: 'INT',
    prices: [
      ['0', '0'],
      ['-3', '-3'],
      ['2147483647', '2147483647'],
    ],
    least: ['1', '1'],
  },
];

describe('prices', () => {
  for (const { type, digits, prices, least } of priceCases)
    it(
      `of type ${type} arrive digit by digit: nothing, less than nothing, the largest, and the least difference`,
      onShop(
        {
          table: `CREATE TABLE dbo.Products (ProductID INT NOT NULL PRIMARY KEY, ProductName NVARCHAR(75) NULL,
            SellPrice ${type} NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
        },
        async (shop) => {
          const price = digits === undefined ? {} : { price: digits };
          const values = prices.map(([literal], number) => `(${number}, N'x', ${literal}, NULL, 1)`);
          const arrived = () => [...shop.digible.catalogue.values()].map(({ productPrice }) => productPrice);
          await shop.till.exec(`INSERT INTO dbo.Products VALUES ${values.join(', ')}`);
          await shop.configure();
          await shop.upload();
          assert.deepEqual(
            arrived(),
            prices.map(([, text]) => text),
          );
          await shop.assertInStep(price);

          await shop.till.exec(`DELETE FROM dbo.Products; INSERT INTO dbo.Products VALUES ${values.join(', ')};`);
          assert.equal((await shop.sync()).inserted, prices.length);
          await shop.assertInStep(price);

          const [first, text] = least;
          await shop.till.exec(`UPDATE dbo.Products SET SellPrice = SellPrice + ${first} WHERE ProductID = 0`);
          assert.equal((await shop.sync()).updated, 1);
          assert.equal(shop.digible.catalogue.get('0')?.productPrice, text);
          await shop.assertInStep(price);
        },
      ),
    );
});
