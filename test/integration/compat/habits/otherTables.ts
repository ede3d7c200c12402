/** Product tables of other shapes, each with what its program does. */
import type { ShopOptions } from '../../shop';
import type { Habit } from '../twoShops';
import { insertion, logged, numberedProducts } from './shopTable';

export interface TableHabit extends Habit {
  readonly table: string;
  readonly options?: Omit<ShopOptions, 'table'>;
  /** In both shops, before Configure. */
  readonly before?: readonly string[];
}

const columns = (key: string, name = 'NVARCHAR(75)', price = 'NUMERIC(18,2)') =>
  `ProductID ${key}, ProductName ${name} NULL, SellPrice ${price} NULL, QrCode VARCHAR(100) NULL, Status INT NULL`;
const heap = `CREATE TABLE dbo.Products (${columns('VARCHAR(25) NULL')})`;

const allKinds = `${insertion(1, 3)}
UPDATE dbo.Products SET ProductName = N'new', SellPrice = 5.25 WHERE ProductID = '1';
UPDATE dbo.Products SET ProductID = '4' WHERE ProductID = '2';
DELETE FROM dbo.Products WHERE ProductID = '3';`;
const allLogged = [...logged('INSERT', 1, 3), 'UPDATE 1', 'DELETE 2', 'INSERT 4', 'DELETE 3'];

/** Drops the column and adds it with another type, as a program's own update does. */
const anew = (column: string, type: string) => [
  `ALTER TABLE dbo.Products DROP COLUMN ${column}`,
  `ALTER TABLE dbo.Products ADD ${column} ${type} NULL`,
];
const altered = (column: string, type: string) => [`ALTER TABLE dbo.Products ALTER COLUMN ${column} ${type} NULL`];

export const otherTables: readonly TableHabit[] = [
  {
    does: 'has products without a key, with an empty one, and with the same one',
    table: heap,
    script: [
      `INSERT INTO dbo.Products (ProductID, ProductName) VALUES (NULL, N'a'), (NULL, N'b'), ('', N'c'), ('K', N'd'), ('K', N'e');`,
      `UPDATE dbo.Products SET ProductName = N'f' WHERE ProductID IS NULL;`,
      `UPDATE dbo.Products SET ProductID = NULL WHERE ProductID = '';`,
      `UPDATE dbo.Products SET ProductID = 'L' WHERE ProductID = 'K';`,
      'DELETE FROM dbo.Products;',
    ],
    logged: { INSERT: 5 + 1 + 2, UPDATE: 2, DELETE: 1 + 2 + 5 },
  },
  {
    does: 'has names of 4,000 characters and more',
    table: `CREATE TABLE dbo.Products (${columns('VARCHAR(25) NOT NULL PRIMARY KEY', 'NVARCHAR(MAX)')})`,
    script: [
      `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ('1', REPLICATE(N'ñ', 4000), 1), ('2', REPLICATE(N'🍞', 2000), 1);`,
      `UPDATE dbo.Products SET ProductName = STUFF(ProductName, 4000, 1, N'!') WHERE ProductID = '1';`,
      `INSERT INTO dbo.Products (ProductID, ProductName) VALUES ('3', REPLICATE(CONVERT(NVARCHAR(MAX), N'x'), 5000));`,
      `UPDATE dbo.Products SET ProductName = ProductName + N'y' WHERE ProductID = '3'; DELETE FROM dbo.Products WHERE ProductID = '3';`,
    ],
    logged: ['INSERT 1', 'INSERT 2', 'UPDATE 1', 'INSERT 3', 'UPDATE 3', 'DELETE 3'],
  },
  ...['ON', 'OFF'].map((setting): TableHabit => ({
    does: `sells with READ_COMMITTED_SNAPSHOT ${setting}`,
    table: numberedProducts,
    before: [
      `DECLARE @sql NVARCHAR(300) = N'ALTER DATABASE ' + QUOTENAME(DB_NAME()) + N' SET READ_COMMITTED_SNAPSHOT ${setting} WITH ROLLBACK IMMEDIATE'; EXEC (@sql);`,
    ],
    script: [`BEGIN TRANSACTION; ${allKinds} COMMIT TRANSACTION;`],
    logged: allLogged,
  })),
  {
    does: 'sells under SNAPSHOT isolation',
    table: numberedProducts,
    before: [
      `DECLARE @sql NVARCHAR(300) = N'ALTER DATABASE ' + QUOTENAME(DB_NAME()) + N' SET ALLOW_SNAPSHOT_ISOLATION ON'; EXEC (@sql);`,
    ],
    script: [`SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION; ${allKinds} COMMIT TRANSACTION;`],
    logged: allLogged,
  },
  {
    does: 'has a trigger made before shopMaster’s that writes an audit row with an identity and asks for @@ROWCOUNT',
    table: numberedProducts,
    before: [
      'CREATE TABLE dbo.Audit (AuditID INT IDENTITY(500,7) NOT NULL PRIMARY KEY, Touched INT NULL)',
      `CREATE TRIGGER dbo.AuditBefore ON dbo.Products AFTER INSERT, UPDATE, DELETE AS
BEGIN
  DECLARE @n INT; SET @n = @@ROWCOUNT;
  IF @n = 0 RETURN;
  INSERT INTO dbo.Audit (Touched) VALUES (@n);
END`,
    ],
    script: [allKinds, 'SELECT AuditID, Touched FROM dbo.Audit ORDER BY AuditID;'],
    logged: allLogged,
  },
];

/** Of one table, whose columns are retyped one after the other, and never repaired. */
export const retypedTable = heap;

const retyped: readonly (readonly [what: string, then: readonly string[]])[] = [
  ['the key is widened', altered('ProductID', 'VARCHAR(200)')],
  ['the key is NVARCHAR now', altered('ProductID', 'NVARCHAR(300)')],
  ['the key is CHAR now', altered('ProductID', 'CHAR(12)')],
  ['the key is a number now', anew('ProductID', 'INT')],
  ['the key is a large number now', altered('ProductID', 'BIGINT')],
  ['the key is wider than ChangeLog’s', anew('ProductID', 'NVARCHAR(MAX)')],
  ['the key is VARCHAR again', anew('ProductID', 'VARCHAR(25)')],
  ['the name is widened', altered('ProductName', 'NVARCHAR(4000)')],
  ['the name has no limit', altered('ProductName', 'NVARCHAR(MAX)')],
  ['the name is VARCHAR now', altered('ProductName', 'VARCHAR(500)')],
  ['the price has more digits', altered('SellPrice', 'NUMERIC(38,10)')],
  ['the price is MONEY now', altered('SellPrice', 'MONEY')],
  ['the price is FLOAT now', altered('SellPrice', 'FLOAT')],
  ['the price is text now', anew('SellPrice', 'VARCHAR(20)')],
  ['the price is a whole number now', anew('SellPrice', 'INT')],
  ['the status is text now', altered('Status', 'NVARCHAR(200)')],
  ['the code is as wide as can be', altered('QrCode', 'VARCHAR(MAX)')],
  ['the code is a number now', anew('QrCode', 'BIGINT')],
];

export const retypings = retyped.map(([what, then]): Habit & { readonly arrives: boolean } => ({
  does: `goes on although ${what}`,
  then,
  // What it is made of is what is sent; two of these types can't be synced, and shopMaster says so.
  arrives: /key|price/.test(what) && !/text now|wider than/.test(what),
  script: [
    `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ('1', N'x', 1, '11', '1'), ('2', N'y', 2, '22', '2'), ('3', NULL, NULL, NULL, NULL);`,
    `UPDATE dbo.Products SET ProductName = N'X', SellPrice = 5, QrCode = '12', Status = '3' WHERE ProductID = '1';`,
    `UPDATE dbo.Products SET ProductID = '4' WHERE ProductID = '2';`,
    `DELETE FROM dbo.Products WHERE ProductID = '3';`,
  ],
  logged: allLogged,
}));
