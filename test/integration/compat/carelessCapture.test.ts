import assert from 'node:assert/strict';
import { TwoShops } from './twoShops';
import { insertion, numberedProducts } from './habits/shopTable';

/** A capture as one might write it at first: each is a difference that some program gets to see. */
const careless: Readonly<Record<string, { readonly log: string; readonly body: string; readonly script: string }>> = {
  'an identity that @@IDENTITY tells': {
    log: 'LogID INT IDENTITY(1,1) PRIMARY KEY',
    body: 'SET NOCOUNT ON; INSERT INTO dbo.Careless (ProductID) SELECT ProductID FROM inserted;',
    script: insertion(1, 1),
  },
  'a row count more': {
    log: 'LogID UNIQUEIDENTIFIER DEFAULT NEWID()',
    body: 'INSERT INTO dbo.Careless (ProductID) SELECT ProductID FROM inserted;',
    script: insertion(1, 1),
  },
  'an error of a name that does not fit': {
    log: 'LogID UNIQUEIDENTIFIER DEFAULT NEWID()',
    body: 'SET NOCOUNT ON; INSERT INTO dbo.Careless (ProductID) SELECT ProductName FROM inserted;',
    script: `UPDATE dbo.Products SET ProductName = N'longer than five' WHERE ProductID = 'A';`,
  },
  'a message': {
    log: 'LogID UNIQUEIDENTIFIER DEFAULT NEWID()',
    body: `PRINT N'logged';`,
    script: insertion(1, 1),
  },
  'a transaction that is doomed': {
    log: 'LogID UNIQUEIDENTIFIER DEFAULT NEWID()',
    body: 'SET NOCOUNT ON; ROLLBACK TRANSACTION;',
    script: `${insertion(1, 1)} SELECT 1 AS went_on;`,
  },
};

describe('Comparing two shops shows', () => {
  let two: TwoShops;

  before(async () => {
    two = await TwoShops.start({ table: numberedProducts });
  });

  after(() => two.close());

  afterEach(async () => {
    await two.shop.till.exec('DROP TRIGGER dbo.trgCareless; DROP TABLE dbo.Careless;');
    await two.clear();
  });

  for (const [difference, { log, body, script }] of Object.entries(careless))
    it(difference, async () => {
      await two.both([`INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ('A', N'cola', 1)`]);
      await two.shop.till.exec(`CREATE TABLE dbo.Careless (${log}, ProductID VARCHAR(5) NULL)`);
      await two.shop.till.exec(`CREATE TRIGGER dbo.trgCareless ON dbo.Products AFTER INSERT, UPDATE AS ${body}`);
      const [without, seen] = await two.play([script]);
      assert.notDeepEqual(seen, without);
    });
});
