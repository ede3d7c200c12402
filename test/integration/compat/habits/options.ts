/** What old clients set for their connection, and how they lock and read. */
import type { Habit } from '../twoShops';
import { abc, insertion, logged } from './shopTable';

const allKinds = `${insertion(1, 3)}
UPDATE dbo.Products SET ProductName = N'new', SellPrice = 5.25 WHERE ProductID = '1';
UPDATE dbo.Products SET ProductID = '4' WHERE ProductID = '2';
DELETE FROM dbo.Products WHERE ProductID = '3';`;
const allLogged = [...logged('INSERT', 1, 3), 'UPDATE 1', 'DELETE 2', 'INSERT 4', 'DELETE 3'];

const underOption = (option: string): Habit => ({
  does: `works under ${option}`,
  script: [option, allKinds],
  logged: allLogged,
});

export const options: readonly Habit[] = [
  ...[
    'SET NOCOUNT ON;',
    'SET XACT_ABORT OFF;',
    'SET XACT_ABORT ON;',
    'SET QUOTED_IDENTIFIER OFF;',
    'SET ARITHABORT OFF; SET ANSI_WARNINGS OFF; SET ANSI_NULLS OFF; SET ANSI_PADDING OFF; SET CONCAT_NULL_YIELDS_NULL OFF;',
    'SET NUMERIC_ROUNDABORT ON;',
    'SET LOCK_TIMEOUT 0;',
    'SET TEXTSIZE 10;',
    'SET DEADLOCK_PRIORITY LOW;',
    'SET LANGUAGE us_english; SET DATEFORMAT mdy;',
    'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;',
    'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;',
    'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;',
  ].map(underOption),
  {
    does: 'quotes text by double quotes',
    stock: abc,
    script: ['SET QUOTED_IDENTIFIER OFF; UPDATE dbo.Products SET ProductName = "quoted" WHERE ProductID = "A";'],
    logged: ['UPDATE A'],
  },
  {
    does: 'has SET ROWCOUNT 5 on, and inserts 20 products',
    needs: [`SELECT TOP (20) ProductID, ProductName, SellPrice INTO dbo.Twenty FROM dbo.Delivery ORDER BY ProductID`],
    script: [
      'SET ROWCOUNT 5;',
      insertion(1, 20),
      'INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) SELECT ProductID, ProductName, SellPrice FROM dbo.Twenty ORDER BY ProductID;',
      'UPDATE dbo.Products SET SellPrice = 9;',
      'SET ROWCOUNT 2; DELETE FROM dbo.Products; SET ROWCOUNT 0;',
      'SELECT COUNT(*) AS n FROM dbo.Products;',
    ],
    logged: { INSERT: 10, UPDATE: 5, DELETE: 2 },
  },
  {
    does: 'opens its transactions implicitly',
    stock: abc,
    script: [
      'SET IMPLICIT_TRANSACTIONS ON;',
      `UPDATE dbo.Products SET SellPrice = 7 WHERE ProductID = 'A';`,
      'COMMIT TRANSACTION;',
      `UPDATE dbo.Products SET SellPrice = 8 WHERE ProductID = 'B';`,
      'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; SET IMPLICIT_TRANSACTIONS OFF;',
    ],
    logged: ['UPDATE A'],
  },
];
