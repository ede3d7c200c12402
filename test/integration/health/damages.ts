/** What may happen to the capture of changes in the shop's database. */
import type { ErrorCode } from '../../../src/sync/errors';
import type { CaptureProblem } from '../../../src/sync/model';

export interface Damage {
  /** Ends the sentence "the look at the triggers sees that …". */
  readonly what: string;
  readonly done: readonly string[];
  /** What the next sync tells: problems beside which it goes on, or the error with which it fails. */
  readonly told: readonly CaptureProblem['kind'][] | ErrorCode;
  /** In what it tells. */
  readonly saying: RegExp;
  /** The number of SQL Server's error with which the shop's own INSERT fails meanwhile. */
  readonly blocks?: number;
  /** What only the shop can put right; before the repair, which may find nothing to do then. */
  readonly undone?: readonly string[];
  /** What Repair says as long as it is not. */
  readonly refused?: ErrorCode;
  /** What is pending goes with it. */
  readonly losesPending?: true;
}

const events = ['Insert', 'Update', 'Delete'] as const;

const insertTrigger = `DECLARE @text NVARCHAR(MAX); SET @text = OBJECT_DEFINITION(OBJECT_ID(N'dbo.trgAfterInsert'));`;

const dropNumbering = `DECLARE @sql NVARCHAR(400);
SELECT @sql = N'ALTER TABLE dbo.ChangeLog DROP CONSTRAINT ' + QUOTENAME(d.name)
FROM sys.default_constraints AS d INNER JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id
WHERE d.parent_object_id = OBJECT_ID(N'dbo.ChangeLog') AND c.name = N'LogID';
EXEC (@sql);`;

export const damages: readonly Damage[] = [
  ...events.map((event): Damage => ({
    what: `trgAfter${event} is gone`,
    done: [`DROP TRIGGER dbo.trgAfter${event}`],
    told: ['trigger missing'],
    saying: new RegExp(`trgAfter${event} on dbo\\.Products is missing`),
  })),
  ...events.map((event): Damage => ({
    what: `trgAfter${event} is disabled`,
    done: [`DISABLE TRIGGER dbo.trgAfter${event} ON dbo.Products`],
    told: ['trigger disabled'],
    saying: new RegExp(`trgAfter${event} on dbo\\.Products is disabled`),
  })),
  {
    what: 'all triggers are disabled',
    done: ['DISABLE TRIGGER ALL ON dbo.Products'],
    told: ['trigger disabled', 'trigger disabled', 'trigger disabled'],
    saying: /changes are not logged/,
  },
  {
    what: 'a trigger was moved to another table',
    done: [
      `${insertTrigger} SET @text = REPLACE(@text, N'ON [dbo].[Products]', N'ON [dbo].[Other]'); DROP TRIGGER dbo.trgAfterInsert; EXEC (@text);`,
    ],
    told: ['trigger on another table'],
    saying: /trgAfterInsert watches dbo\.Other, not dbo\.Products/,
  },
  {
    what: 'a trigger was altered by hand',
    done: [`${insertTrigger} SET @text = STUFF(@text, 1, 6, N'ALTER') + N'-- tuned'; EXEC (@text);`],
    told: ['trigger altered'],
    saying: /trgAfterInsert on dbo\.Products was changed by hand/,
  },
  {
    what: 'a trigger was renamed',
    done: [`EXEC sp_rename 'dbo.trgAfterInsert', 'trgOfTheirs'`],
    told: ['trigger missing'],
    saying: /trgAfterInsert on dbo\.Products is missing/,
  },
  {
    what: 'a column was widened',
    done: ['ALTER TABLE dbo.Products ALTER COLUMN ProductName NVARCHAR(200) NULL'],
    told: ['columns changed'],
    saying: /columns of dbo\.Products have other types/,
  },
  {
    what: 'a column got another type',
    done: ['ALTER TABLE dbo.Products ALTER COLUMN SellPrice MONEY NULL'],
    told: ['columns changed'],
    saying: /columns of dbo\.Products have other types/,
  },
  {
    what: 'a column got a type that can’t be synced',
    done: ['ALTER TABLE dbo.Products DROP COLUMN SellPrice', 'ALTER TABLE dbo.Products ADD SellPrice VARCHAR(20) NULL'],
    told: 'column-type-unsupported',
    saying: /SellPrice of dbo\.Products is VARCHAR\(20\)/,
    refused: 'column-type-unsupported',
    undone: [
      'ALTER TABLE dbo.Products DROP COLUMN SellPrice',
      'ALTER TABLE dbo.Products ADD SellPrice NUMERIC(18,2) NULL',
      'UPDATE dbo.Products SET SellPrice = 1',
    ],
  },
  {
    what: 'a column was renamed',
    done: [`EXEC sp_rename 'dbo.Products.QrCode', 'Code', 'COLUMN'`],
    told: 'columns-missing',
    saying: /no column QrCode.*the shop can’t write to it/,
    blocks: 207,
    refused: 'columns-missing',
    undone: [`EXEC sp_rename 'dbo.Products.Code', 'QrCode', 'COLUMN'`],
  },
  {
    what: 'a column was dropped',
    done: ['ALTER TABLE dbo.Products DROP COLUMN QrCode'],
    told: 'columns-missing',
    saying: /no column QrCode.*the shop can’t write to it/,
    blocks: 207,
    refused: 'columns-missing',
    undone: ['ALTER TABLE dbo.Products ADD QrCode VARCHAR(100) NULL'],
  },
  {
    what: 'ChangeLog is gone',
    done: ['DROP TABLE dbo.ChangeLog'],
    told: ['change log missing'],
    saying: /dbo\.ChangeLog is missing.*the shop can’t write to dbo\.Products/,
    blocks: 208,
    losesPending: true,
  },
  {
    what: 'ChangeLog’s numbering is gone, and its sequence with it',
    done: [dropNumbering, 'DROP SEQUENCE dbo.ChangeLogID'],
    told: ['change log altered'],
    saying: /dbo\.ChangeLog was changed by hand.*can’t write to dbo\.Products/,
    blocks: 515,
  },
  {
    what: 'ChangeLog’s columns were made narrower',
    done: ['ALTER TABLE dbo.ChangeLog ALTER COLUMN ProductName NVARCHAR(3) NULL'],
    told: ['change log altered'],
    saying: /dbo\.ChangeLog was changed by hand/,
    blocks: 2628,
  },
  {
    what: 'a column of ChangeLog was renamed',
    done: [`EXEC sp_rename 'dbo.ChangeLog.ProductID', 'Product', 'COLUMN'`],
    told: ['change log altered'],
    saying: /dbo\.ChangeLog was changed by hand.*can’t write to dbo\.Products/,
    blocks: 207,
    refused: 'change-log-taken',
    undone: [`EXEC sp_rename 'dbo.ChangeLog.Product', 'ProductID', 'COLUMN'`],
  },
  {
    what: 'the product table is gone',
    done: ['DROP TABLE dbo.Products'],
    told: 'table-missing',
    saying: /no table dbo\.Products/,
    blocks: 208,
    refused: 'table-missing',
    undone: [
      `CREATE TABLE dbo.Products (ProductID VARCHAR(25) NOT NULL PRIMARY KEY, ProductName NVARCHAR(200) NULL, SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
      `INSERT INTO dbo.Products (ProductID, SellPrice) VALUES ('nameless', 1)`,
    ],
  },
  {
    what: 'the product table was renamed',
    done: [`EXEC sp_rename 'dbo.Products', 'Articles'`],
    told: 'table-missing',
    saying: /no table dbo\.Products\. It has: .*dbo\.Articles/,
    blocks: 208,
    refused: 'table-missing',
    undone: [`EXEC sp_rename 'dbo.Articles', 'Products'`],
  },
  {
    what: 'the product table was copied to a new one under its name, as table designers do',
    done: [
      `SELECT * INTO dbo.Copy FROM dbo.Products`,
      'DROP TABLE dbo.Products',
      `EXEC sp_rename 'dbo.Copy', 'Products'`,
    ],
    told: ['trigger missing', 'trigger missing', 'trigger missing'],
    saying: /trgAfterInsert on dbo\.Products is missing/,
  },
];
