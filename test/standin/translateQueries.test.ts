import assert from 'node:assert/strict';
import { SqlServerError } from '../../demo/sqlserver/contract';
import { loadParser } from '../../demo/sqlserver/engine/translate';
import { COLLATION, sqlOf, translated } from './fakeCatalog';

const fails = (sql: string, number: number, facts = {}): void => {
  assert.throws(
    () => translated(sql, facts),
    (error) => error instanceof SqlServerError && error.number === number,
    sql,
  );
};

describe('Translation of queries', () => {
  before(loadParser);

  describe('names', () => {
    it('are found in any case and written as they were declared', () => {
      assert.match(
        sqlOf('select PRODUCTID from products'),
        /SELECT "Products"\."ProductID" FROM "dbo"\."Products" AS "Products"/,
      );
    });

    it('head the result as they were written, expressions without a name with nothing', () => {
      const { columns } = translated("SELECT productid, 1 + 1, 'x' AS [my name], Status s FROM Products");
      assert.deepEqual(
        columns?.map(({ name }) => name),
        ['productid', '', 'my name', 's'],
      );
    });

    it('that lead nowhere are refused with the number SQL Server gives', () => {
      fails('SELECT * FROM dbo.Nowhere', 208);
      fails('SELECT Nope FROM Products', 207);
      fails('SELECT p.Nope FROM Products AS p', 207);
      fails('SELECT q.ProductID FROM Products AS p', 4104);
      fails('SELECT ProductID FROM Products, ChangeLog', 209);
      fails('SELECT * FROM elsewhere.dbo.Products', 208);
      fails('SELECT @nope', 137);
      fails('SELECT nosuch(1)', 195);
    });

    it('of an outer query are seen by the inner one', () => {
      const sql = sqlOf(
        'SELECT 1 FROM Products p WHERE EXISTS (SELECT 1 FROM ChangeLog c WHERE c.ProductID = p.ProductID AND Status = 1)',
      );
      assert.match(sql, /"c"\."ProductID" = "p"\."ProductID"/);
      assert.match(sql, /"p"\."Status" = 1/);
    });

    it('of CTEs and derived tables hide tables, and must be there once', () => {
      assert.match(sqlOf('WITH Products AS (SELECT 1 AS One) SELECT One FROM Products'), /WITH "Products"\("One"\) AS/);
      fails('SELECT * FROM (SELECT COUNT(*) FROM Products) AS x', 8155);
      fails('SELECT * FROM (SELECT Status, Status FROM Products) AS x', 8156);
      fails('WITH c (a, b) AS (SELECT 1) SELECT * FROM c', 8159);
    });

    it('in quotes are strings under QUOTED_IDENTIFIER OFF', () => {
      assert.match(sqlOf('SELECT "Status" FROM Products'), /"Products"\."Status"/);
      assert.match(sqlOf('SELECT "Status" FROM Products', { quotedIdentifier: false }), /'Status'::bpchar/);
    });
  });

  describe('syntax', () => {
    it('that is wrong names the place', () => {
      const near = (sql: string, number: number, text: string): void => {
        assert.throws(
          () => translated(sql),
          (error) => error instanceof SqlServerError && error.number === number && error.message.includes(`'${text}'`),
          sql,
        );
      };
      near('SELECT * FORM dbo.Products', 102, 'FORM');
      near('SELECT Status, FROM Products', 156, 'FROM');
      near('SELECT FROM Products', 156, 'FROM');
      near('SELECT 1 WHERE 1 == 2', 102, '=');
      near("SELECT 'a' || 'b'", 102, '||');
      near('SELECT 1 FROM Products WHERE', 102, 'WHERE');
      near('SELECT Status FROM Products LIMIT 5', 102, '5');
    });

    it('that is T-SQL but not known here is refused, not left out', () => {
      fails('SELECT Status FROM Products FOR XML AUTO', 102);
      fails('SELECT * FROM Products TABLESAMPLE (10 PERCENT)', 102);
      fails('SELECT * FROM Products PIVOT (SUM(Status) FOR QrCode IN ([a])) AS p', 102);
    });

    it('may use words of other dialects as names', () => {
      assert.match(sqlOf('SELECT 1 AS limit, 2 AS interval, 3 date'), /SELECT 1, 2, 3/);
    });

    it('takes hints that say how to find a plan for granted', () => {
      const plain = sqlOf('SELECT Status FROM Products AS p WITH (NOLOCK)');
      assert.equal(
        sqlOf('SELECT Status FROM Products AS p WITH (NOLOCK, INDEX(ix)) OPTION (RECOMPILE, MAXDOP 1)'),
        plain,
      );
      fails('SELECT Status FROM Products WITH (NOSUCH)', 102);
    });
  });

  describe('values', () => {
    it('are added, or joined where both are strings', () => {
      assert.match(sqlOf("SELECT 'a' + ProductName FROM Products"), /\('a'::bpchar \+ "Products"\."ProductName"\)/);
      assert.match(sqlOf("SELECT '1' + 2"), /sys\.convert_int\('1'::bpchar\) \+ 2/);
    });

    it('bind as T-SQL binds: bitwise operators like + and -', () => {
      assert.match(sqlOf('SELECT 1 + 2 & 3'), /\(\(1 \+ 2\) & 3\)/);
      assert.match(sqlOf('SELECT 1 | 2 * 3'), /\(1 \| \(2 \* 3\)\)/);
    });

    it('have the type that T-SQL gives them', () => {
      const typesOf = (sql: string) => translated(sql).columns?.map(({ type }) => type);
      assert.deepEqual(typesOf('SELECT COUNT(*), SUM(Status), AVG(SellPrice), SUM(Cost) FROM Products'), [
        { name: 'int' },
        { name: 'int' },
        { name: 'numeric', precision: 38, scale: 6 },
        { name: 'money' },
      ]);
      assert.deepEqual(
        typesOf("SELECT 1.50 * 2.5, 10 / 4, 1.0 / 3, 3000000000, N'ab' + 'c', ISNULL(QrCode, N'x') FROM Products"),
        [
          { name: 'numeric', precision: 6, scale: 3 },
          { name: 'int' },
          { name: 'numeric', precision: 7, scale: 6 },
          { name: 'numeric', precision: 10, scale: 0 },
          { name: 'nvarchar', length: 3, collation: COLLATION },
          { name: 'varchar', length: 100, collation: COLLATION },
        ],
      );
    });

    it('meet in the type of higher precedence', () => {
      assert.match(sqlOf("SELECT 1 FROM Products WHERE Status = '5'"), /"Status" = sys\.convert_int\('5'::bpchar\)/);
      assert.match(
        sqlOf('SELECT 1 FROM Products WHERE ProductID = 5'),
        /sys\.convert_int\("Products"\."ProductID"\) = 5/,
      );
      assert.match(
        sqlOf("SELECT 1 FROM Products WHERE Changed > '2020-01-01'"),
        /> sys\.convert_datetime\('2020-01-01'::bpchar\)/,
      );
      assert.match(sqlOf('SELECT 1 FROM Products WHERE Active = 1'), /"Active" = true/);
    });

    it('divide without a remainder only where both are whole', () => {
      assert.match(sqlOf('SELECT 7 / 2'), /\(7 \/ 2\)/);
      assert.match(sqlOf('SELECT SellPrice / 3 FROM Products'), /trunc\(/);
    });

    it('are converted with their style', () => {
      assert.match(
        sqlOf('SELECT CONVERT(VARCHAR(40), Cost, 2) FROM Products'),
        /sys\.convert_varchar\("Products"\."Cost", 40, 2\)/,
      );
      assert.match(sqlOf("SELECT TRY_CAST('x' AS NUMERIC(18,2))"), /sys\.try_convert_numeric\('x'::bpchar, 18, 2\)/);
    });

    it('of variables are placeholders, each once', () => {
      const { statements } = translated('SELECT @id, @name, @ID + 1, @@ROWCOUNT');
      assert.deepEqual(statements[0]?.variables, ['@id', '@name', '@@rowcount']);
      assert.match(statements[0].sql, /\$1::integer, \$2::bpchar, \(\$1::integer \+ 1\), \$3::integer/);
    });

    it('outside the code page become question marks when they are no N literals', () => {
      assert.match(sqlOf("SELECT '漢'"), /sys\.convert_varchar\('漢'::bpchar, -1\)/);
      assert.match(sqlOf("SELECT N'漢'"), /SELECT '漢'::bpchar/);
    });
  });

  describe('collations', () => {
    it('are those of the columns, and the database’s where there is no column', () => {
      assert.match(sqlOf("SELECT 1 FROM Products WHERE ProductID = 'x'"), /"ProductID" = 'x'::bpchar\)/);
      assert.match(
        sqlOf("SELECT 1 WHERE 'a' = @name"),
        /\('a'::bpchar COLLATE sys\."SQL_Latin1_General_CP1_CI_AS"\) = /,
      );
    });

    it('that differ are error 468 unless one is written out', () => {
      fails('SELECT 1 FROM Products p JOIN [Binary] b ON b.Name = p.ProductID', 468);
      assert.match(
        sqlOf('SELECT 1 FROM Products p JOIN [Binary] b ON b.Name = p.ProductID COLLATE DATABASE_DEFAULT'),
        /COLLATE sys\."SQL_Latin1_General_CP1_CI_AS"/,
      );
      fails("SELECT 'a' COLLATE Nowhere_CI_AS", 448);
    });
  });

  describe('rows', () => {
    it('are sorted with NULL lowest', () => {
      const sql = sqlOf('SELECT Status FROM Products ORDER BY Status, QrCode DESC, ProductID');
      assert.match(sql, /ORDER BY 1 NULLS FIRST, "Products"\."QrCode" DESC NULLS LAST, "Products"\."ProductID"$/);
    });

    it('come in their key’s order where nothing else is asked for', () => {
      assert.match(sqlOf('SELECT Status FROM Products'), /ORDER BY "Products"\."ProductID"$/);
      assert.doesNotMatch(sqlOf('SELECT COUNT(*) FROM Products'), /ORDER BY/);
    });

    it('are limited by TOP, OFFSET … FETCH and SET ROWCOUNT', () => {
      assert.match(sqlOf('SELECT TOP (2) Status FROM Products ORDER BY ProductID'), /LIMIT 2$/);
      assert.match(
        sqlOf('SELECT TOP (2) WITH TIES Status FROM Products ORDER BY Status'),
        /FETCH FIRST \(2\) ROWS WITH TIES$/,
      );
      assert.match(
        sqlOf('SELECT Status FROM Products ORDER BY 1 OFFSET 5 ROWS FETCH NEXT @id ROWS ONLY'),
        / OFFSET 5 LIMIT /,
      );
      assert.match(sqlOf('SELECT Status FROM Products', { rowCountLimit: 3 }), /LIMIT 3$/);
    });

    it('of a set operation have the types that its sides have in common; INTERSECT binds first', () => {
      const sql = sqlOf("SELECT NULL UNION ALL SELECT 1 UNION ALL SELECT '2'");
      assert.match(sql, /NULL::integer/);
      assert.match(sql, /sys\.convert_int\('2'::bpchar\)/);
      assert.match(sqlOf('SELECT 1 UNION SELECT 2 INTERSECT SELECT 3'), /UNION \(\(SELECT 2\) INTERSECT \(SELECT 3\)/);
      fails('SELECT 1 UNION SELECT 1, 2', 205);
    });

    it('of a CTE that reads itself are found recursively', () => {
      const sql = sqlOf('WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n');
      assert.match(sql, /^WITH RECURSIVE "n"\("i"\) AS \(\(SELECT 1\) UNION ALL/);
    });

    it('of APPLY are joined laterally', () => {
      const sql = sqlOf(
        'SELECT 1 FROM Products p OUTER APPLY (SELECT TOP 1 LogID FROM ChangeLog c WHERE c.ProductID = p.ProductID) x',
      );
      assert.match(sql, /LEFT JOIN LATERAL \(SELECT .* LIMIT 1\) AS "x"\("LogID"\) ON TRUE/);
    });

    it('build a variable up one by one', () => {
      const { statements, assigns } = translated('SELECT @name = @name + Name FROM ChangeLog ORDER BY LogID DESC');
      assert.match(statements[0]?.sql ?? '', /^WITH RECURSIVE /);
      assert.deepEqual(assigns, ['@name']);
      assert.doesNotMatch(sqlOf('SELECT @id = COUNT(*) + @id FROM ChangeLog'), /RECURSIVE/);
    });

    it('aggregate where T-SQL lets them', () => {
      fails('SELECT 1 FROM Products WHERE COUNT(*) > 1', 147);
      fails('SELECT SUM(QrCode) FROM Products', 8117);
      fails('SELECT ROW_NUMBER() FROM Products', 10753);
    });
  });

  describe('row locks', () => {
    it('are taken by plain reads only where reads wait', () => {
      const sql = 'SELECT Status FROM Products AS p WHERE ProductID = 1';
      assert.doesNotMatch(sqlOf(sql), /FOR /);
      assert.match(sqlOf(sql, { readsWait: true }), /FOR SHARE OF "p"$/);
      assert.doesNotMatch(sqlOf('SELECT Status FROM Products WITH (NOLOCK)', { readsWait: true }), /FOR /);
      assert.doesNotMatch(sqlOf('SELECT name FROM sys.tables', { readsWait: true }), /FOR /);
    });

    it('skip what is locked under READPAST and are exclusive under UPDLOCK', () => {
      assert.match(
        sqlOf('SELECT Status FROM Products AS p WITH (READPAST, READCOMMITTEDLOCK)'),
        /FOR SHARE OF "p" SKIP LOCKED$/,
      );
      assert.match(
        sqlOf('SELECT Status FROM Products AS p WITH (UPDLOCK, READPAST)'),
        /FOR UPDATE OF "p" SKIP LOCKED$/,
      );
      assert.match(sqlOf('SELECT Status FROM Products AS p WITH (XLOCK, NOWAIT)'), /FOR UPDATE OF "p" NOWAIT$/);
    });

    it('are taken in a derived table with its own conditions where rows are aggregated', () => {
      const sql = sqlOf('SELECT COUNT(*) FROM Products p WHERE Status = 1 AND @id = 2', { readsWait: true });
      assert.match(
        sql,
        /FROM \(SELECT "p"\.ctid, "p"\.\* FROM "dbo"\."Products" AS "p" WHERE \("p"\."Status" = 1\) FOR SHARE OF "p"\) AS "p"/,
      );
    });

    it('are taken of rows that join only, on the side of an outer join that may be missing', () => {
      const sql = sqlOf('SELECT 1 FROM ChangeLog c WITH (READPAST) LEFT JOIN Products p ON p.ProductID = c.ProductID', {
        readsWait: true,
      });
      assert.match(
        sql,
        /LEFT JOIN LATERAL \(SELECT .* WHERE \("p"\."ProductID" = "c"\."ProductID"\) FOR SHARE OF "p"\) AS "p" ON TRUE/,
      );
      assert.match(sql, /FOR SHARE OF "c" SKIP LOCKED$/);
    });

    it('of the whole table come first', () => {
      const { statements } = translated('SELECT 1 FROM Products WITH (TABLOCKX, HOLDLOCK)');
      assert.equal(statements[0]?.sql, 'LOCK TABLE "dbo"."Products" IN ACCESS EXCLUSIVE MODE');
    });
  });

  it('A sequence gives no numbers while rows are limited', () => {
    assert.match(sqlOf('SELECT NEXT VALUE FOR dbo.Numbers'), /sys\.next_value\('dbo', 'Numbers'\)/);
    fails('SELECT NEXT VALUE FOR dbo.Numbers', 11739, { rowCountLimit: 5 });
    fails('SELECT TOP 1 NEXT VALUE FOR dbo.Numbers FROM Products', 11739);
    fails('SELECT NEXT VALUE FOR dbo.Nothing', 208);
  });

  it('A query tells what it reads', () => {
    const { uses } = translated('SELECT 1 FROM Products p JOIN ChangeLog c ON c.ProductID = p.ProductID');
    assert.deepEqual(
      uses.map(({ table, right }) => `${right} ${table.name}`),
      ['SELECT Products', 'SELECT ChangeLog'],
    );
  });
});
