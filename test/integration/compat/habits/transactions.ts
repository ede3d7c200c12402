/** Transactions, and errors of the shop's own: they stay what they are, and nothing is logged of what did not happen. */
import type { Habit } from '../twoShops';
import { abc, insertion } from './shopTable';

const negative = `UPDATE dbo.Products SET SellPrice = -1 WHERE ProductID = 'A';`;

export const transactions: readonly Habit[] = [
  {
    does: 'commits a transaction of several statements, and nests them by name',
    stock: abc,
    script: [
      `BEGIN TRANSACTION sale; ${insertion(1, 2)} SELECT @@TRANCOUNT AS n;
BEGIN TRANSACTION line; UPDATE dbo.Products SET SellPrice = 4 WHERE ProductID = 'A'; COMMIT TRANSACTION line;
COMMIT TRANSACTION sale;`,
    ],
    logged: ['INSERT 1', 'INSERT 2', 'UPDATE A'],
  },
  {
    does: 'rolls a transaction back',
    stock: abc,
    script: [
      `BEGIN TRANSACTION; ${insertion(1, 2)} UPDATE dbo.Products SET SellPrice = 4; DELETE FROM dbo.Products; SELECT COUNT(*) AS n FROM dbo.Products; ROLLBACK TRANSACTION;`,
      'SELECT ProductID FROM dbo.Products ORDER BY ProductID;',
    ],
    logged: [],
  },
  {
    does: 'rolls back to a savepoint',
    stock: abc,
    script: [
      `BEGIN TRANSACTION; UPDATE dbo.Products SET SellPrice = 4 WHERE ProductID = 'A'; SAVE TRANSACTION here;
UPDATE dbo.Products SET SellPrice = 5 WHERE ProductID = 'B'; ROLLBACK TRANSACTION here; COMMIT TRANSACTION;`,
    ],
    logged: ['UPDATE A'],
  },
  {
    does: 'leaves a transaction open from one batch to the next',
    stock: abc,
    script: ['BEGIN TRANSACTION;', `DELETE FROM dbo.Products WHERE ProductID = 'A';`, 'COMMIT TRANSACTION;'],
    logged: ['DELETE A'],
  },
  {
    does: 'breaks a CHECK constraint, and goes on',
    stock: abc,
    script: [`${negative}\nUPDATE dbo.Products SET SellPrice = 6 WHERE ProductID = 'B';`],
    errors: [547],
    logged: ['UPDATE B'],
  },
  {
    does: 'breaks it in a transaction under XACT_ABORT OFF, and commits the rest',
    stock: abc,
    script: [
      `SET XACT_ABORT OFF; BEGIN TRANSACTION; UPDATE dbo.Products SET SellPrice = 6 WHERE ProductID = 'B'; ${negative} SELECT XACT_STATE() AS state; COMMIT TRANSACTION;`,
    ],
    errors: [547],
    logged: ['UPDATE B'],
  },
  {
    does: 'breaks it in a transaction under XACT_ABORT ON, and has lost all',
    stock: abc,
    script: [
      `SET XACT_ABORT ON; BEGIN TRANSACTION; UPDATE dbo.Products SET SellPrice = 6 WHERE ProductID = 'B'; ${negative} SELECT 1 AS never;`,
      'SELECT @@TRANCOUNT AS n;',
    ],
    errors: [547],
    logged: [],
  },
  {
    does: 'inserts a key twice, a text that is too long, and no key at all',
    stock: abc,
    script: [
      `INSERT INTO dbo.Products (ProductID, ProductName) VALUES ('A', N'again');`,
      `INSERT INTO dbo.Products (ProductID, ProductName) VALUES ('N', REPLICATE(N'x', 76));`,
      `INSERT INTO dbo.Products (ProductName) VALUES (N'none');`,
      insertion(1, 1),
    ],
    errors: [2627, 2628, 515],
    logged: ['INSERT 1'],
  },
  {
    does: 'catches its own error, asks what it was, and goes on with the transaction',
    stock: abc,
    script: [
      `BEGIN TRANSACTION;
BEGIN TRY INSERT INTO dbo.Products (ProductID, ProductName) VALUES ('A', N'again') END TRY
BEGIN CATCH
  SELECT ERROR_NUMBER() AS number, ERROR_MESSAGE() AS message, ERROR_PROCEDURE() AS [procedure], ERROR_LINE() AS line, XACT_STATE() AS state;
  UPDATE dbo.Products SET ProductName = N'again' WHERE ProductID = 'A';
END CATCH
COMMIT TRANSACTION;`,
    ],
    logged: ['UPDATE A'],
  },
  {
    does: 'catches it under XACT_ABORT ON, where the transaction is lost',
    stock: abc,
    script: [
      `SET XACT_ABORT ON;
BEGIN TRANSACTION;
BEGIN TRY UPDATE dbo.Products SET SellPrice = 6; UPDATE dbo.Products SET SellPrice = -1 END TRY
BEGIN CATCH SELECT XACT_STATE() AS state; ROLLBACK TRANSACTION; END CATCH
SET XACT_ABORT OFF;`,
    ],
    logged: [],
  },
  {
    does: 'raises errors and prints messages between its writes',
    stock: abc,
    script: [
      `PRINT 'before'; UPDATE dbo.Products SET SellPrice = 6 WHERE ProductID = 'A'; PRINT 'after';
RAISERROR(N'only told', 0, 1); RAISERROR(N'till %d is closed', 16, 1, 4); SELECT @@ERROR AS e;`,
    ],
    errors: [50_000],
    logged: ['UPDATE A'],
  },
];
