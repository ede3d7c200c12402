/** Triggers of the shop's own, beside shopMaster's and on other tables. */
import type { Habit } from '../twoShops';
import { abc, insertion } from './shopTable';

const dropTrigger = (name: string) => `DROP TRIGGER dbo.${name}`;

/** Habits whose triggers go when they are done. */
export interface TriggerHabit extends Habit {
  readonly undo: readonly string[];
}

const audit = (name: string) => `CREATE TRIGGER dbo.${name} ON dbo.Products AFTER INSERT, UPDATE, DELETE AS
BEGIN
  IF @@ROWCOUNT = 0 RETURN;
  INSERT INTO dbo.Audit (What, Touched) SELECT N'${name}', COUNT(*) FROM (SELECT ID FROM inserted UNION SELECT ID FROM deleted) AS touched;
END`;

export const ownTriggers: readonly TriggerHabit[] = [
  {
    does: 'has a trigger made after shopMaster’s that writes an audit row with an identity, asks for @@ROWCOUNT, and counts aloud',
    needs: [audit('AuditAfter')],
    stock: abc,
    script: [
      insertion(1, 3),
      'UPDATE dbo.Products SET SellPrice = 9;',
      `UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 'nobody';`,
      `DELETE FROM dbo.Products WHERE ProductID < '3';`,
      'SELECT What, Touched FROM dbo.Audit ORDER BY AuditID;',
    ],
    logged: [
      ...['1', '2', '3'].map((id) => `INSERT ${id}`),
      ...['1', '2', '3', 'A', 'B', 'C'].map((id) => `UPDATE ${id}`),
      ...['1', '2'].map((id) => `DELETE ${id}`),
    ],
    undo: [dropTrigger('AuditAfter')],
  },
  {
    does: 'has a trigger on its sales that updates products',
    needs: [
      'CREATE TABLE dbo.Sales (SaleID INT IDENTITY(1,1) PRIMARY KEY, ProductID VARCHAR(25), Price NUMERIC(18,2))',
      `CREATE TRIGGER dbo.SaleSetsPrice ON dbo.Sales AFTER INSERT AS
BEGIN
  SET NOCOUNT ON;
  UPDATE p SET p.SellPrice = s.Price FROM dbo.Products AS p INNER JOIN inserted AS s ON s.ProductID = p.ProductID;
  INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) SELECT s.ProductID, N'found', s.Price FROM inserted AS s
  WHERE NOT EXISTS (SELECT 1 FROM dbo.Products AS p WHERE p.ProductID = s.ProductID);
END`,
    ],
    stock: abc,
    script: [`INSERT INTO dbo.Sales (ProductID, Price) VALUES ('A', 4.50), ('N', 7), ('C', 3);`],
    logged: ['UPDATE A', 'INSERT N'],
    undo: ['DROP TABLE dbo.Sales'],
  },
  {
    does: 'has a trigger on its products that changes them again',
    needs: [
      `CREATE TRIGGER dbo.RoundUp ON dbo.Products AFTER INSERT, UPDATE AS
BEGIN
  IF NOT UPDATE(SellPrice) RETURN;
  UPDATE p SET p.SellPrice = CEILING(i.SellPrice) FROM dbo.Products AS p INNER JOIN inserted AS i ON i.ID = p.ID WHERE i.SellPrice <> CEILING(i.SellPrice);
END`,
    ],
    script: [
      `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ('1', N'x', 1.5), ('2', N'y', 2);`,
      `UPDATE dbo.Products SET SellPrice = 2.25 WHERE ProductID = '2';`,
    ],
    logged: ['INSERT 1', 'INSERT 2', 'UPDATE 1', 'UPDATE 2', 'UPDATE 2'],
    undo: [dropTrigger('RoundUp')],
  },
  {
    does: 'has a trigger on its products that refuses a sale by an error, or by ROLLBACK',
    needs: [
      `CREATE TRIGGER dbo.Refuse ON dbo.Products AFTER UPDATE AS
BEGIN
  IF EXISTS (SELECT 1 FROM inserted WHERE SellPrice = 13) RAISERROR(N'no such price', 16, 1);
  IF EXISTS (SELECT 1 FROM inserted WHERE SellPrice = 14) BEGIN ROLLBACK TRANSACTION; RAISERROR(N'not today', 16, 1); END
END`,
    ],
    stock: abc,
    script: [
      `UPDATE dbo.Products SET SellPrice = 13 WHERE ProductID = 'A';`,
      `UPDATE dbo.Products SET SellPrice = 14 WHERE ProductID = 'B';`,
      `UPDATE dbo.Products SET SellPrice = 15 WHERE ProductID = 'C';`,
    ],
    errors: [50_000, 50_000, 3609],
    logged: ['UPDATE A', 'UPDATE C'],
    undo: [dropTrigger('Refuse')],
  },
  {
    does: 'shows rows from a trigger of its own',
    needs: [
      `CREATE TRIGGER dbo.Show ON dbo.Products AFTER INSERT AS SELECT ProductID, @@NESTLEVEL AS level FROM inserted`,
    ],
    script: [insertion(1, 2)],
    logged: ['INSERT 1', 'INSERT 2'],
    undo: [dropTrigger('Show')],
  },
];
