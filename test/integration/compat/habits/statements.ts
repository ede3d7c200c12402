/** Plain statements. */
import type { Habit } from '../twoShops';
import { abc, insertion, logged } from './shopTable';

export const statements: readonly Habit[] = [
  {
    does: 'writes as a cashier without rights on ChangeLog',
    stock: abc,
    cashier: ['SELECT, INSERT, UPDATE, DELETE ON dbo.Products'],
    script: [
      insertion(1, 3),
      `UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID < '3';`,
      `UPDATE dbo.Products SET ProductID = 'Z' WHERE ProductID = 'A';`,
      `DELETE FROM dbo.Products WHERE ProductID = '1';`,
    ],
    logged: [...logged('INSERT', 1, 3), 'UPDATE 1', 'UPDATE 2', 'DELETE A', 'INSERT Z', 'DELETE 1'],
  },
  { does: 'inserts a product', script: [insertion(1, 1)], logged: ['INSERT 1'] },
  { does: 'inserts many products in one statement', script: [insertion(1, 40)], logged: logged('INSERT', 1, 40) },
  {
    does: 'keeps an audit table with an identity of its own, and asks for @@IDENTITY in between',
    script: [
      `${insertion(1, 2)}
SELECT @@IDENTITY AS product;
INSERT INTO dbo.Audit (What, Touched) VALUES (N'delivery', @@ROWCOUNT);
SELECT @@IDENTITY AS audit, SCOPE_IDENTITY() AS audit_in_scope;
UPDATE dbo.Products SET Status = 1;
DELETE FROM dbo.Products WHERE ProductID = '2';
SELECT @@IDENTITY AS still_audit, IDENT_CURRENT('dbo.Products') AS newest_product;`,
    ],
    logged: ['INSERT 1', 'INSERT 2', 'UPDATE 1', 'UPDATE 2', 'DELETE 2'],
  },
  {
    does: 'takes 10,000 products over from another table',
    script: [
      'INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) SELECT ProductID, ProductName, SellPrice FROM dbo.Delivery;',
    ],
    logged: { INSERT: 10_000 },
  },
  {
    does: 'updates no product',
    stock: abc,
    script: [`UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 'nobody';`],
    logged: [],
  },
  {
    does: 'updates columns that are of no interest here',
    stock: abc,
    script: ['UPDATE dbo.Products SET Stock = Stock + 1;', `UPDATE dbo.Products SET SellPrice = SellPrice;`],
    logged: [],
  },
  {
    does: 'updates a price, a name to other case alone, a name to the same with a blank, and a status to NULL',
    stock: abc,
    script: [
      `UPDATE dbo.Products SET SellPrice = 1.75 WHERE ProductID = 'A';`,
      `UPDATE dbo.Products SET ProductName = N'Beer' WHERE ProductID = 'B';`,
      `UPDATE dbo.Products SET ProductName = N'tea ' WHERE ProductID = 'C';`,
      'UPDATE dbo.Products SET Status = NULL;',
    ],
    logged: ['UPDATE A', 'UPDATE B', 'UPDATE C'],
  },
  {
    does: 'gives a product another key, and one a key that differs in case alone',
    stock: abc,
    script: [
      `UPDATE dbo.Products SET ProductID = 'Z' WHERE ProductID = 'A';`,
      `UPDATE dbo.Products SET ProductID = 'b' WHERE ProductID = 'B';`,
    ],
    logged: ['DELETE A', 'INSERT Z', 'DELETE B', 'INSERT b'],
  },
  {
    does: 'swaps the keys of two products, and then rotates those of three',
    stock: abc,
    script: [
      `UPDATE dbo.Products SET ProductID = CASE ProductID WHEN 'A' THEN 'B' ELSE 'A' END WHERE ProductID IN ('A', 'B');`,
      `UPDATE dbo.Products SET ProductID = CASE ProductID WHEN 'A' THEN 'B' WHEN 'B' THEN 'C' ELSE 'A' END;`,
    ],
    logged: ['UPDATE A', 'UPDATE A', 'UPDATE B', 'UPDATE B', 'UPDATE C'],
  },
  {
    does: 'merges a delivery',
    stock: abc,
    script: [
      `MERGE INTO dbo.Products AS p
USING (SELECT 'A' AS id, N'new cola' AS name, 5 AS price UNION ALL SELECT 'N', N'novelty', 6) AS s ON p.ProductID = s.id
WHEN MATCHED THEN UPDATE SET ProductName = s.name, SellPrice = s.price
WHEN NOT MATCHED BY TARGET THEN INSERT (ProductID, ProductName, SellPrice) VALUES (s.id, s.name, s.price)
WHEN NOT MATCHED BY SOURCE AND p.ProductID = 'C' THEN DELETE;`,
      `MERGE INTO dbo.Products AS p USING (SELECT 'A' AS id) AS s ON p.ProductID = s.id WHEN NOT MATCHED THEN INSERT (ProductID) VALUES (s.id);`,
    ],
    logged: ['UPDATE A', 'INSERT N', 'DELETE C'],
  },
  {
    does: 'deletes one product, none, and all',
    stock: abc,
    script: [
      `DELETE FROM dbo.Products WHERE ProductID = 'A';`,
      `DELETE FROM dbo.Products WHERE ProductID = 'A';`,
      'DELETE FROM dbo.Products;',
    ],
    logged: ['DELETE A', 'DELETE B', 'DELETE C'],
  },
  {
    does: 'writes and asks for what it wrote by OUTPUT … INTO',
    stock: abc,
    script: [
      `DECLARE @written TABLE (ID INT, ProductID VARCHAR(25));
INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) OUTPUT inserted.ID, inserted.ProductID INTO @written VALUES ('N', N'x', 1);
DELETE FROM dbo.Products OUTPUT deleted.ID, deleted.ProductID INTO @written WHERE ProductID = 'A';
SELECT ProductID FROM @written ORDER BY ID;`,
    ],
    logged: ['INSERT N', 'DELETE A'],
  },
  {
    does: 'numbers a product itself with IDENTITY_INSERT',
    script: [
      `SET IDENTITY_INSERT dbo.Products ON;
INSERT INTO dbo.Products (ID, ProductID, ProductName, SellPrice) VALUES (7, 'own', N'x', 1);
SET IDENTITY_INSERT dbo.Products OFF;
DELETE FROM dbo.Products WHERE ID = 7;`,
    ],
    logged: ['INSERT own', 'DELETE own'],
  },
  {
    does: 'writes through a stored procedure of its own and takes its return value and its rows',
    needs: [
      `CREATE PROCEDURE dbo.Receive @id VARCHAR(25), @price NUMERIC(18,2) AS
BEGIN
  UPDATE dbo.Products SET SellPrice = @price WHERE ProductID = @id;
  IF @@ROWCOUNT = 0 INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES (@id, N'received', @price);
  SELECT SCOPE_IDENTITY() AS id;
  RETURN 5;
END`,
    ],
    script: [
      `DECLARE @r INT; EXEC @r = dbo.Receive '1', 2.5; SELECT @r AS r;`,
      `DECLARE @r INT; EXEC @r = dbo.Receive '1', 3.5; SELECT @r AS r;`,
      `SET NOCOUNT ON; EXEC dbo.Receive '2', 2.5; SET NOCOUNT OFF;`,
    ],
    logged: ['INSERT 1', 'UPDATE 1', 'INSERT 2'],
  },
  {
    does: 'inserts what a procedure selects',
    needs: [`CREATE PROCEDURE dbo.News AS SELECT 'n1', N'x', 1.5 UNION ALL SELECT 'n2', N'y', 2.5`],
    script: ['INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) EXEC dbo.News;'],
    logged: ['INSERT n1', 'INSERT n2'],
  },
  {
    does: 'joins another table in UPDATE and DELETE, and limits them with TOP',
    stock: abc,
    script: [
      `UPDATE p SET p.SellPrice = p.SellPrice + s.more FROM dbo.Products AS p INNER JOIN (SELECT 'A' AS id, 1 AS more UNION ALL SELECT 'B', 2) AS s ON s.id = p.ProductID;`,
      `UPDATE TOP (1) dbo.Products SET Status = 4 WHERE ProductID = 'C';`,
      `DELETE p FROM dbo.Products AS p WHERE EXISTS (SELECT 1 FROM (SELECT 'B' AS id) AS s WHERE s.id = p.ProductID);`,
    ],
    logged: ['UPDATE A', 'UPDATE B', 'UPDATE C', 'DELETE B'],
  },
  {
    does: 'sends parameters through sp_executesql',
    script: [
      {
        executeSql: `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES (@1, @2, CONVERT(NUMERIC(18,2), @3)); SELECT @@IDENTITY AS a, SCOPE_IDENTITY() AS b`,
        values: ['e1', 'Käse', '12.50'],
      },
      { executeSql: 'UPDATE dbo.Products SET SellPrice = 1 WHERE ProductID = @1', values: ['e1'] },
      { executeSql: 'DELETE FROM dbo.Products WHERE ProductID = @1', values: ['nobody'] },
    ],
    logged: ['INSERT e1', 'UPDATE e1'],
  },
  {
    does: 'prepares a statement once and runs it again and again',
    script: [
      {
        prepared: `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES (@1, @2, 1); SELECT SCOPE_IDENTITY() AS b`,
        runs: [
          ['p1', 'a'],
          ['p2', 'b'],
          ['p1', 'again'],
          ['p3', 'c'],
        ],
      },
      { prepared: 'UPDATE dbo.Products SET ProductName = @2 WHERE ProductID = @1', runs: [['p1', 'new']] },
    ],
    errors: [2627],
    logged: ['INSERT p1', 'INSERT p2', 'INSERT p3', 'UPDATE p1'],
  },
];
