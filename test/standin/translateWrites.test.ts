import assert from 'node:assert/strict';
import { SqlServerError } from '../../demo/sqlserver/contract';
import type { ImageCapture } from '../../demo/sqlserver/engine/contract';
import { loadParser } from '../../demo/sqlserver/engine/translate';
import { sqlOf, translated } from './fakeCatalog';

const CAPTURE: ImageCapture = { inserted: 'pg_temp."i"', deleted: 'pg_temp."d"' };

const fails = (sql: string, number: number, facts = {}): void => {
  assert.throws(
    () => translated(sql, facts),
    (error) => error instanceof SqlServerError && error.number === number,
    sql,
  );
};

describe('Translation of writes', () => {
  before(loadParser);

  describe('INSERT', () => {
    it('fits every value to its column, unless it is known to fit', () => {
      const sql = sqlOf(
        "INSERT INTO Products (ProductID, ProductName, SellPrice) VALUES ('1', REPLICATE('x', 9), 12.345)",
      );
      assert.match(
        sql,
        /'1'::bpchar, sys\.assign_nvarchar\(sys\.replicate\('x'::bpchar, 9\), 75, 'dbo\.Products', 'ProductName'\)/,
      );
      assert.match(sql, /sys\.assign_numeric\(12\.345, 18, 2, 'dbo\.Products', 'SellPrice'\)/);
    });

    it('without a column list takes all but identity and computed columns', () => {
      assert.match(
        sqlOf("INSERT ChangeLog VALUES ('INSERT', '1', NULL)"),
        /\("ChangeType", "ProductID", "Name"\) VALUES/,
      );
      fails("INSERT ChangeLog VALUES ('INSERT', '1')", 213);
    });

    it('counts values and columns', () => {
      fails('INSERT INTO Products (ProductID, Status) VALUES (1)', 109);
      fails('INSERT INTO Products (ProductID) VALUES (1, 2)', 110);
      fails('INSERT INTO Products (ProductID, Status) SELECT 1', 120);
      fails('INSERT INTO Products (ProductID, Status) VALUES (1, 2), (3)', 10709);
      fails('INSERT INTO Products (ProductID, productid) VALUES (1, 2)', 264);
    });

    it('gives the rows of its query in the query’s order', () => {
      const sql = sqlOf('INSERT INTO ChangeLog (ProductID) SELECT ProductID FROM Products ORDER BY Status DESC');
      assert.match(
        sql,
        /^INSERT INTO "dbo"\."ChangeLog" \("ProductID"\) SELECT .* FROM \(SELECT .* ORDER BY .* DESC NULLS LAST\) AS "\$q"/,
      );
    });

    it('names an identity column under IDENTITY_INSERT only', () => {
      fails('INSERT INTO ChangeLog (LogID) VALUES (1)', 544);
      assert.match(
        sqlOf('INSERT INTO ChangeLog (LogID) VALUES (1)', { identityInsert: 2 }),
        /\("LogID"\) VALUES \(1\)/,
      );
      fails("INSERT INTO ChangeLog (Name) VALUES ('x')", 545, { identityInsert: 2 });
    });

    it('takes no numbers from a sequence’s default while rows are limited', () => {
      fails('INSERT INTO Numbered (N) VALUES (1)', 11740, { rowCountLimit: 10 });
      fails('INSERT INTO Numbered (N) SELECT TOP 1 Status FROM Products', 11740);
      assert.match(sqlOf('INSERT INTO Numbered (ID, N) VALUES (1, 1)', { rowCountLimit: 10 }), /VALUES/);
    });

    it('into a computed column is refused', () => fails("INSERT INTO [Binary] (Name, Twice) VALUES ('a', 1)", 271));
  });

  describe('UPDATE and DELETE', () => {
    it('name the other sources in FROM and USING', () => {
      const update = sqlOf(
        'UPDATE p SET p.Status = c.LogID FROM Products p JOIN ChangeLog c ON c.ProductID = p.ProductID WHERE c.LogID > 1',
      );
      assert.match(
        update,
        /^UPDATE "dbo"\."Products" AS "p" SET "Status" = "c"\."LogID" FROM "dbo"\."ChangeLog" AS "c" WHERE/,
      );
      const deletion = sqlOf('DELETE c FROM ChangeLog AS c, Products WHERE Products.ProductID = c.ProductID');
      assert.match(deletion, /^DELETE FROM "dbo"\."ChangeLog" AS "c" USING "dbo"\."Products" AS "Products" WHERE/);
    });

    it('through an outer join wait for the rows first, then change them by their place', () => {
      const { statements } = translated(
        'DELETE p FROM Products p LEFT JOIN ChangeLog c ON c.ProductID = p.ProductID WHERE c.LogID IS NULL',
      );
      assert.equal(statements.length, 2);
      assert.match(statements[0]?.sql ?? '', /^SELECT 1 FROM .* FOR UPDATE OF "p"$/);
      assert.match(
        statements[1]?.sql ?? '',
        /USING \(SELECT "p"\.ctid AS "\$row" FROM .*\) AS "\$s" WHERE "\$t"\.ctid = "\$s"\."\$row"$/,
      );
    });

    it('skip locked rows under READPAST, and stop at TOP and SET ROWCOUNT', () => {
      assert.match(
        sqlOf('DELETE FROM ChangeLog WITH (READPAST, ROWLOCK) WHERE LogID IN (1, 2)'),
        /FOR UPDATE OF "ChangeLog" SKIP LOCKED/,
      );
      assert.match(sqlOf('UPDATE TOP (5) Products WITH (READPAST) SET Status = 1'), /LIMIT 5 FOR UPDATE/);
      const { statements } = translated('DELETE FROM ChangeLog', { rowCountLimit: 3 });
      assert.match(statements.at(-1)?.sql ?? '', /LIMIT 3 FOR UPDATE/);
    });

    it('go through a CTE to its table', () => {
      const sql =
        'WITH d AS (SELECT Name, ROW_NUMBER() OVER (PARTITION BY ProductID ORDER BY LogID) AS n FROM ChangeLog) DELETE FROM d WHERE n > 1';
      assert.match(sqlOf(sql), /^DELETE FROM "dbo"\."ChangeLog" AS "\$t" USING \(WITH "d"\("Name", "n", "\$row"\) AS/);
    });

    it('count an identity or unknown column out', () => {
      fails('UPDATE ChangeLog SET LogID = 1', 8102);
      fails('UPDATE Products SET Nope = 1', 207);
      fails('UPDATE Products SET Status = 1, status = 2', 264);
      fails('UPDATE p SET q.Status = 1 FROM Products p', 4104);
    });

    it('set variables to the new value, or to one from the row before', () => {
      const { statements, assigns } = translated(
        'UPDATE Products SET @id = Status = Status + 1, @name = QrCode WHERE ProductID = 1',
      );
      assert.deepEqual(assigns, ['@id', '@name']);
      assert.match(
        statements[0]?.sql ?? '',
        /RETURNING WITH \(OLD AS "\$old", NEW AS "\$new"\) .*"\$new"\."Status".*"\$old"\."QrCode"/,
      );
    });
  });

  describe('OUTPUT', () => {
    it('shows both images', () => {
      const { statements, columns } = translated(
        'UPDATE Products SET Status = 2 OUTPUT inserted.Status, deleted.Status AS was',
      );
      assert.match(statements[0]?.sql ?? '', /RETURNING .* "\$new"\."Status", "\$old"\."Status"$/);
      assert.deepEqual(
        columns?.map(({ name }) => name),
        ['Status', 'was'],
      );
    });

    it('is error 334 on a table with an enabled trigger of the statement, unless INTO', () => {
      fails('INSERT INTO Watched OUTPUT inserted.ID VALUES (1, 2)', 334);
      assert.match(sqlOf('DELETE FROM Watched OUTPUT deleted.ID'), /RETURNING/);
      const stored = translated('INSERT INTO Watched (ID) OUTPUT inserted.ID INTO ChangeLog (ProductID) VALUES (1)');
      assert.match(
        stored.statements[0]?.sql ?? '',
        /INSERT INTO "dbo"\."ChangeLog" \("ProductID"\) SELECT sys\.assign_varchar/,
      );
      assert.equal(stored.rowCount, 'count');
    });
  });

  describe('the images that triggers see', () => {
    it('are kept by the same statement, which answers how many rows it wrote', () => {
      const { statements, rowCount } = translated('UPDATE Watched SET N = 1', {}, CAPTURE);
      const sql = statements[0]?.sql ?? '';
      assert.match(sql, /INSERT INTO pg_temp\."i" \("ID", "N"\)/);
      assert.match(sql, /INSERT INTO pg_temp\."d" \("ID", "N"\)/);
      assert.match(sql, /SELECT count\(\*\)::integer FROM "\$w"$/);
      assert.equal(rowCount, 'count');
    });

    it('are one for INSERT and DELETE', () => {
      assert.doesNotMatch(sqlOf('INSERT INTO Watched VALUES (1, 2)', {}, CAPTURE), /pg_temp\."d"/);
      assert.doesNotMatch(sqlOf('DELETE FROM Watched', {}, CAPTURE), /pg_temp\."i"/);
    });

    it('of a MERGE say which action they come from', () => {
      const sql = sqlOf(
        'MERGE Watched AS t USING Numbered AS s ON s.N = t.ID WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (ID) VALUES (s.N);',
        {},
        CAPTURE,
      );
      assert.match(sql, /merge_action\(\)/);
      assert.match(sql, /INSERT INTO pg_temp\."i" \("ID", "N", "\$action"\) SELECT .* WHERE "\$1" <> 'DELETE'/);
      assert.match(sql, /INSERT INTO pg_temp\."d" \("ID", "N", "\$action"\) SELECT .* WHERE "\$1" <> 'INSERT'/);
    });
  });

  it('MERGE has all its branches', () => {
    const sql =
      sqlOf(`MERGE INTO Products WITH (HOLDLOCK) AS t USING (VALUES ('1', N'a')) AS s (ID, Name) ON t.ProductID = s.ID
      WHEN MATCHED AND t.ProductName <> s.Name THEN UPDATE SET ProductName = s.Name
      WHEN NOT MATCHED THEN INSERT (ProductID, ProductName) VALUES (s.ID, s.Name)
      WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action;`);
    assert.match(sql, /WHEN MATCHED AND .* THEN UPDATE SET "ProductName" =/);
    assert.match(sql, /WHEN NOT MATCHED BY TARGET THEN INSERT \("ProductID", "ProductName"\) VALUES/);
    assert.match(sql, /WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING .* merge_action\(\)::bpchar$/);
    fails(
      'MERGE Products t USING Numbered s ON s.N = t.Status WHEN MATCHED THEN INSERT (ProductID) VALUES (1);',
      10711,
    );
  });

  it('Inside a trigger, inserted and deleted are the images of the row', () => {
    const [table] = translated('TRUNCATE TABLE Watched').uses;
    assert.ok(table);
    const transitions = { inserted: 'pg_temp."i"', deleted: 'pg_temp."d"', table: table.table };
    const sql = sqlOf('SELECT i.ID FROM inserted AS i JOIN deleted AS d ON d.ID = i.ID', {
      transitions,
      readsWait: true,
    });
    assert.equal(sql, 'SELECT "i"."ID" FROM (pg_temp."i" AS "i" JOIN pg_temp."d" AS "d" ON ("d"."ID" = "i"."ID"))');
    fails('SELECT ID FROM inserted', 208);
  });
});
