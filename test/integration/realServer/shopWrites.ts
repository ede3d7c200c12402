/** What a shop's program may do that the stand-in can't: cursors, options that it takes and doesn't follow, bulk loads, other levels and formats. */
import { abc, insertion, logged, numberedProducts, shopsOwn } from '../compat/habits/shopTable';
import { type Habit, livesOn } from '../compat/twoShops';

const allKinds = `${insertion(1, 3)}
UPDATE dbo.Products SET ProductName = NULL, SellPrice = 5.25 WHERE ProductID = '1';
UPDATE dbo.Products SET ProductID = '4' WHERE ProductID = '2';
DELETE FROM dbo.Products WHERE ProductID = '3';`;
const allLogged = [...logged('INSERT', 1, 3), 'UPDATE 1', 'DELETE 2', 'INSERT 4', 'DELETE 3'];

interface RealHabit extends Habit {
  /** Why the stand-in can't show it. */
  readonly because: string;
  /** For the whole database, before Configure. */
  readonly database?: string;
}

const option = (set: string, because: string): RealHabit => ({
  does: `works under ${set}`,
  because,
  script: [set, allKinds],
  logged: allLogged,
});

const followsNone = 'the stand-in takes these options, and behaves as if they were on';
const onlyDefaults = 'the stand-in knows the default alone';

const habits: readonly RealHabit[] = [
  ...[
    'SET ANSI_NULLS OFF;',
    'SET ANSI_WARNINGS OFF;',
    'SET ARITHABORT OFF; SET ANSI_WARNINGS OFF;',
    'SET ANSI_PADDING OFF;',
    'SET CONCAT_NULL_YIELDS_NULL OFF;',
    'SET NUMERIC_ROUNDABORT ON;',
    'SET ANSI_DEFAULTS OFF;',
    'SET CURSOR_CLOSE_ON_COMMIT ON;',
  ].map((set) => option(set, followsNone)),
  ...['SET DATEFORMAT dmy;', 'SET LANGUAGE Deutsch;', 'SET DATEFIRST 1;'].map((set) => option(set, onlyDefaults)),
  {
    does: 'updates and deletes through a cursor',
    because: 'the stand-in has no cursors',
    stock: abc,
    script: [
      `DECLARE @id VARCHAR(25);
DECLARE shelf CURSOR FOR SELECT ProductID FROM dbo.Products ORDER BY ProductID FOR UPDATE;
OPEN shelf;
FETCH NEXT FROM shelf INTO @id;
WHILE @@FETCH_STATUS = 0
BEGIN
  IF @id = 'C' DELETE FROM dbo.Products WHERE CURRENT OF shelf;
  ELSE UPDATE dbo.Products SET SellPrice = SellPrice + 1 WHERE CURRENT OF shelf;
  FETCH NEXT FROM shelf INTO @id;
END
CLOSE shelf; DEALLOCATE shelf;`,
    ],
    logged: ['UPDATE A', 'UPDATE B', 'DELETE C'],
  },
  {
    does: 'asks for the metadata alone',
    because: 'the stand-in executes under FMTONLY',
    stock: abc,
    script: ['SET FMTONLY ON;', 'UPDATE dbo.Products SET SellPrice = 7;', 'SET FMTONLY OFF;'],
    logged: [],
  },
  {
    does: 'deletes a group of products by a foreign key that cascades',
    because: 'in the stand-in a cascade fires no triggers',
    needs: [
      'CREATE TABLE dbo.Groups (Status INT NOT NULL PRIMARY KEY)',
      'INSERT INTO dbo.Groups VALUES (7), (8)',
      `ALTER TABLE dbo.Products ADD CONSTRAINT FK_Products_Groups FOREIGN KEY (Status) REFERENCES dbo.Groups (Status) ON DELETE CASCADE ON UPDATE CASCADE`,
    ],
    stock: abc,
    script: [
      `UPDATE dbo.Products SET Status = CASE ProductID WHEN 'A' THEN 7 ELSE 8 END;`,
      'DELETE FROM dbo.Groups WHERE Status = 7;',
      'UPDATE dbo.Groups SET Status = 9 WHERE Status = 8;',
    ],
    logged: ['UPDATE A', 'UPDATE B', 'UPDATE C', 'DELETE A', 'UPDATE B', 'UPDATE C'],
  },
  {
    does: 'writes from another database by a name of three parts',
    because: 'a session of the stand-in is in one database',
    stock: abc,
    script: [
      `DECLARE @sql NVARCHAR(400);
SET @sql = N'USE tempdb; UPDATE ' + QUOTENAME(DB_NAME()) + N'.dbo.Products SET SellPrice = 7 WHERE ProductID = ''A'';';
EXEC (@sql);`,
    ],
    logged: ['UPDATE A'],
  },
  ...[100, 110, 150].map((level): RealHabit => ({
    does: `has its database at compatibility level ${level}`,
    because: 'the stand-in has one behaviour for every level',
    database: `SET COMPATIBILITY_LEVEL = ${level}`,
    script: [allKinds],
    logged: allLogged,
  })),
  {
    does: 'lets triggers fire themselves again',
    because: 'the stand-in never does so',
    database: 'SET RECURSIVE_TRIGGERS ON',
    script: [allKinds],
    logged: allLogged,
  },
  {
    does: 'opens a serializable transaction over a range',
    because: 'in the stand-in SERIALIZABLE is PostgreSQL’s, without range locks',
    stock: abc,
    script: [
      `SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET LOCK_TIMEOUT 0; BEGIN TRANSACTION;
SELECT COUNT(*) AS n FROM dbo.Products WHERE ProductID BETWEEN '0' AND '9'; ${allKinds} COMMIT TRANSACTION;`,
    ],
    logged: allLogged,
  },
];

const altering = (options: string) =>
  `DECLARE @sql NVARCHAR(300); SET @sql = N'ALTER DATABASE ' + QUOTENAME(DB_NAME()) + N' ${options}'; EXEC (@sql);`;

/** By their names, which say why they need a real server. */
export const shopWrites: Readonly<Record<string, () => Promise<void>>> = Object.fromEntries(
  habits.map(({ because, database, ...habit }) => [
    `the shop’s program sees no difference when it ${habit.does} (${because})`,
    livesOn({ table: numberedProducts }, habit, [...(database === undefined ? [] : [altering(database)]), ...shopsOwn]),
  ]),
);
