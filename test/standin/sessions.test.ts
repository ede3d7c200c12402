/** Sessions over the real driver: parameters, prepared statements, transactions, cancelling, streaming, logins. */
import assert from 'node:assert/strict';
import sql from 'mssql';
import { errorNumber, inDatabase } from './standIn';

const table = `CREATE TABLE dbo.T (ID INT NOT NULL PRIMARY KEY, N INT NULL, S NVARCHAR(20) NULL);
  INSERT INTO dbo.T VALUES (1, 10, N'one'), (2, 20, N'two'), (3, 30, N'three')`;

async function inTable(test: (pool: sql.ConnectionPool) => Promise<void>): Promise<void> {
  await inDatabase(async (database) => {
    const pool = await database.connect();
    await pool.request().batch(table);
    await test(pool);
  });
}

/** 0 to 99,999. */
const hundredThousand = `WITH d AS (SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS v (n))
  SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS number
  FROM d AS a CROSS JOIN d AS b CROSS JOIN d AS c CROSS JOIN d CROSS JOIN d AS e`;

describe('A session', () => {
  it('takes parameters of every type and gives them back', () =>
    inTable(async (pool) => {
      const request = pool
        .request()
        .input('i', sql.Int, -5)
        .input('b', sql.BigInt, '9007199254740993')
        .input('t', sql.TinyInt, 255)
        .input('bit', sql.Bit, true)
        .input('n', sql.NVarChar(20), 'Käse 🍞')
        .input('v', sql.VarChar(20), 'plain')
        .input('d', sql.Decimal(18, 2), 12.5)
        .input('m', sql.Money, 9.99)
        .input('f', sql.Float, 0.1)
        .input('u', sql.UniqueIdentifier, '0E984725-C51C-4BF4-9960-E1C80E27ABA0')
        .input('x', sql.VarBinary(10), Buffer.from([1, 255]))
        .input('when', sql.DateTime, new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 120)))
        .input('day', sql.Date, new Date(Date.UTC(2024, 1, 29)))
        .input('none', sql.Int, null);
      const names = ['i', 'b', 't', 'bit', 'n', 'v', 'd', 'm', 'f', 'u', 'x', 'when', 'day', 'none'];
      const { recordset } = await request.query(`SELECT ${names.map((name) => `@${name} AS [${name}]`).join(', ')}`);
      assert.deepEqual(recordset[0], {
        i: -5,
        b: '9007199254740993',
        t: 255,
        bit: true,
        n: 'Käse 🍞',
        v: 'plain',
        d: 12.5,
        m: 9.99,
        f: 0.1,
        u: '0E984725-C51C-4BF4-9960-E1C80E27ABA0',
        x: Buffer.from([1, 255]),
        when: new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 120)),
        day: new Date(Date.UTC(2024, 1, 29)),
        none: null,
      });
    }));

  it('gives output parameters and the number of rows', () =>
    inTable(async (pool) => {
      const request = pool.request().input('least', sql.Int, 20).output('count', sql.Int);
      const result = await request.query(
        'SELECT @count = COUNT(*) FROM T WHERE N >= @least; UPDATE T SET N = N WHERE N >= @least',
      );
      assert.deepEqual(result.output, { count: 2 });
      assert.equal(result.rowsAffected.at(-1), 2);
    }));

  it('executes a procedure with parameters, output and status', () =>
    inTable(async (pool) => {
      await pool
        .request()
        .batch(
          'CREATE PROCEDURE dbo.p @n INT, @twice INT OUTPUT AS BEGIN SET @twice = 2 * @n; SELECT @n AS n; RETURN 7 END',
        );
      const result = await pool.request().input('n', sql.Int, 21).output('twice', sql.Int).execute('dbo.p');
      assert.deepEqual(result.recordset, [{ n: 21 }]);
      assert.deepEqual(result.output, { twice: 42 });
      assert.equal(result.returnValue, 7);
    }));

  it('prepares a statement once and executes it often', () =>
    inTable(async (pool) => {
      const statement = new sql.PreparedStatement(pool);
      statement.input('id', sql.Int);
      await statement.prepare('SELECT S FROM T WHERE ID = @id');
      const texts: unknown[] = [];
      for (const id of [2, 3, 9]) texts.push((await statement.execute({ id })).recordset);
      await statement.unprepare();
      assert.deepEqual(texts, [[{ S: 'two' }], [{ S: 'three' }], []]);
    }));

  it('commits and rolls back as the driver asks', () =>
    inTable(async (pool) => {
      const first = new sql.Transaction(pool);
      await first.begin();
      await new sql.Request(first).query('DELETE FROM T WHERE ID = 1');
      await first.rollback();
      const second = new sql.Transaction(pool);
      await second.begin(sql.ISOLATION_LEVEL.READ_COMMITTED);
      await new sql.Request(second).query('DELETE FROM T WHERE ID = 2');
      await second.commit();
      const { recordset } = await pool.request().query('SELECT ID FROM T ORDER BY ID');
      assert.deepEqual(recordset, [{ ID: 1 }, { ID: 3 }]);
    }));

  it('stops when the client cancels, and goes on with the next request', () =>
    inTable(async (pool) => {
      const request = pool.request();
      const waiting = request.batch("RAISERROR(N'here', 0, 1) WITH NOWAIT; WAITFOR DELAY '00:05:00'");
      await new Promise((resolve) => request.on('info', resolve));
      request.cancel();
      await assert.rejects(waiting, { code: 'ECANCEL' });
      assert.deepEqual((await pool.request().query('SELECT 1 AS a')).recordset, [{ a: 1 }]);
    }));

  it('stops a statement that PostgreSQL is busy with', () =>
    inTable(async (pool) => {
      const endless = `RAISERROR(N'here', 0, 1) WITH NOWAIT; WITH n AS (SELECT CAST(1 AS BIGINT) AS i UNION ALL SELECT i + 1 FROM n)
        SELECT MAX(i) AS i FROM n OPTION (MAXRECURSION 0)`;
      const request = pool.request();
      const running = request.batch(endless);
      await new Promise((resolve) => request.on('info', resolve));
      request.cancel();
      await assert.rejects(running, { code: 'ECANCEL' });
      assert.deepEqual((await pool.request().query('SELECT 1 AS a')).recordset, [{ a: 1 }]);
    }));

  it('keeps its transaction when a request is cancelled, unless XACT_ABORT is on', () =>
    inTable(async (pool) => {
      const cancelled = async (first: string): Promise<void> => {
        const request = pool.request();
        const waiting = request.batch(`${first}; RAISERROR(N'here', 0, 1) WITH NOWAIT; WAITFOR DELAY '00:05:00'`);
        await new Promise((resolve) => request.on('info', resolve));
        request.cancel();
        await assert.rejects(waiting, { code: 'ECANCEL' });
      };
      await cancelled('BEGIN TRAN; DELETE FROM T WHERE ID = 1');
      assert.deepEqual((await pool.request().batch('SELECT @@TRANCOUNT AS t')).recordset, [{ t: 1 }]);
      await cancelled('SET XACT_ABORT ON; DELETE FROM T WHERE ID = 2');
      const { recordset } = await pool.request().batch('SELECT @@TRANCOUNT AS t, COUNT(*) AS c FROM T');
      assert.deepEqual(recordset, [{ t: 0, c: 3 }]);
    }));

  it('is rolled back when the client goes', () =>
    inDatabase(async (database) => {
      const first = await database.connect();
      const second = await database.connect();
      await first.request().batch(table);
      await first.request().batch('BEGIN TRAN; DELETE FROM T');
      await first.close();
      const { recordset } = await second.request().batch('SET LOCK_TIMEOUT 5000; SELECT COUNT(*) AS c FROM T');
      assert.deepEqual(recordset, [{ c: 3 }]);
    }));

  it('streams a large result as the client takes it', () =>
    inTable(async (pool) => {
      const request = pool.request();
      request.stream = true;
      let rows = 0;
      let sum = 0;
      request.on('row', (row: { number: number }) => {
        rows += 1;
        sum += row.number;
        if (rows % 10_000 !== 0) return;
        request.pause();
        setImmediate(() => request.resume());
      });
      const done = new Promise((resolve, reject) => {
        request.on('done', resolve);
        request.on('error', reject);
      });
      void request.batch(hundredThousand);
      await done;
      assert.deepEqual([rows, sum], [100_000, 4_999_950_000]);
    }));

  it('tells messages and errors after which it goes on', () =>
    inTable(async (pool) => {
      const messages: string[] = [];
      const request = pool.request();
      request.on('info', ({ message }: { message: string }) => messages.push(message));
      await request.batch("PRINT N'first'; RAISERROR(N'second', 5, 1); SELECT 1 AS a");
      assert.deepEqual(messages, ['first', 'second']);
    }));

  it('goes on behind a statement that failed', () =>
    inTable(async (pool) => {
      const failing = pool.request().batch("INSERT INTO T VALUES (1, 1, N''); INSERT INTO T VALUES (4, 40, N'four')");
      assert.equal(await errorNumber(failing), 2627);
      assert.equal((await pool.request().query('SELECT ID FROM T')).recordset.length, 4);
    }));

  it('ends the batch, not the statement alone, at a conversion error', () =>
    inTable(async (pool) => {
      const failing = pool.request().batch("BEGIN TRAN; DELETE FROM T; SELECT CAST(N'x' AS INT) AS a; DELETE FROM T");
      assert.equal(await errorNumber(failing), 245);
      const { recordset } = await pool.request().batch('SELECT COUNT(*) AS c, @@TRANCOUNT AS t FROM T');
      assert.deepEqual(recordset, [{ c: 3, t: 0 }]);
    }));

  it('keeps temporary tables from batch to batch', () =>
    inTable(async (pool) => {
      await pool.request().batch('SELECT ID INTO #ids FROM T WHERE ID > 1');
      assert.deepEqual((await pool.request().batch('SELECT ID FROM #ids ORDER BY ID')).recordset, [
        { ID: 2 },
        { ID: 3 },
      ]);
    }));

  it('begins a batch that comes again with an empty table variable, also where the one before was rolled back', () =>
    inTable(async (pool) => {
      const batch = `DECLARE @t TABLE (ID INT IDENTITY(1, 1), N INT); INSERT INTO @t (N) SELECT N FROM T; SELECT ID, N FROM @t ORDER BY ID;`;
      const rows = [
        { ID: 1, N: 10 },
        { ID: 2, N: 20 },
        { ID: 3, N: 30 },
      ];
      for (const text of [batch, batch, `BEGIN TRANSACTION; ${batch} ROLLBACK`, `BEGIN TRANSACTION; ${batch} ROLLBACK`])
        assert.deepEqual((await pool.request().batch<unknown>(text)).recordset, rows);
      await pool.request().batch("INSERT INTO T VALUES (4, 40, N'four')");
      assert.deepEqual((await pool.request().batch<unknown>(batch)).recordset, [...rows, { ID: 4, N: 40 }]);
    }));

  it('keeps SCOPE_IDENTITY() from batch to batch', () =>
    inTable(async (pool) => {
      await pool.request().batch('CREATE TABLE dbo.I (ID INT IDENTITY(7,1), N INT)');
      await pool.request().batch('INSERT INTO I (N) VALUES (1)');
      assert.deepEqual((await pool.request().batch('SELECT SCOPE_IDENTITY() AS s')).recordset, [{ s: 7 }]);
    }));

  it('changes its database', () =>
    inDatabase(async (database) => {
      const pool = await database.connect({ database: 'master' });
      const { recordset } = await pool.request().batch(`USE [${database.name}]; SELECT DB_NAME() AS d`);
      assert.deepEqual(recordset, [{ d: database.name }]);
      assert.equal(await errorNumber(pool.request().batch('USE nowhere')), 911);
    }));

  it('speaks TLS', () =>
    inDatabase(async (database) => {
      const pool = await database.connect({ options: { encrypt: true, trustServerCertificate: true } });
      assert.deepEqual((await pool.request().query('SELECT 1 AS a')).recordset, [{ a: 1 }]);
    }));

  it('is refused with a wrong password', () =>
    inDatabase(async (database) => {
      await assert.rejects(database.connect({ password: 'wrong' }), { code: 'ELOGIN' });
    }));

  it('is refused in a database that is not there', () =>
    inDatabase(async (database) => {
      await assert.rejects(database.connect({ database: 'nowhere' }), { code: 'ELOGIN' });
    }));
});

describe('A session without all rights', () => {
  const password = 'Cashier-1234';

  /** The shop's owner and a cashier's login of its own. */
  async function withCashier(
    test: (owner: sql.ConnectionPool, cashier: sql.ConnectionPool) => Promise<void>,
  ): Promise<void> {
    await inDatabase(async (database) => {
      const owner = await database.connect();
      const login = `cashier_${database.name}`;
      await owner.request().batch(table);
      await owner.request().batch(`CREATE LOGIN [${login}] WITH PASSWORD = N'${password}', CHECK_POLICY = OFF`);
      try {
        await owner.request().batch(`CREATE USER cashier FOR LOGIN [${login}]`);
        const cashier = await database.connect({ user: login, password });
        try {
          await test(owner, cashier);
        } finally {
          await cashier.close();
        }
      } finally {
        await owner.request().batch(`DROP LOGIN [${login}]`);
      }
    });
  }

  it('reads what it was granted, and nothing else', () =>
    withCashier(async (owner, cashier) => {
      assert.equal(await errorNumber(cashier.request().batch('SELECT ID FROM dbo.T')), 229);
      await owner.request().batch('GRANT SELECT ON dbo.T TO cashier');
      assert.equal((await cashier.request().batch('SELECT ID FROM dbo.T')).recordset.length, 3);
      assert.equal(await errorNumber(cashier.request().batch('DELETE FROM dbo.T')), 229);
      await owner.request().batch('DENY SELECT ON dbo.T TO cashier');
      assert.equal(await errorNumber(cashier.request().batch('SELECT ID FROM dbo.T')), 229);
    }));

  it('has the rights of its role', () =>
    withCashier(async (owner, cashier) => {
      await owner.request().batch('ALTER ROLE db_datareader ADD MEMBER cashier');
      assert.equal((await cashier.request().batch('SELECT ID FROM dbo.T')).recordset.length, 3);
      await owner.request().batch("EXEC sp_addrolemember N'db_datawriter', N'cashier'");
      await cashier.request().batch('DELETE FROM dbo.T WHERE ID = 1');
    }));

  it('writes through a trigger to a table that it has no right to', () =>
    withCashier(async (owner, cashier) => {
      await owner.request().batch('CREATE TABLE dbo.Log (ID INT)');
      await owner
        .request()
        .batch('CREATE TRIGGER dbo.tr ON dbo.T AFTER INSERT AS INSERT INTO dbo.Log SELECT ID FROM inserted');
      await owner.request().batch('GRANT INSERT ON dbo.T TO cashier');
      await cashier.request().batch('INSERT INTO dbo.T (ID) VALUES (9)');
      assert.equal(await errorNumber(cashier.request().batch('INSERT INTO dbo.Log VALUES (1)')), 229);
      assert.deepEqual((await owner.request().batch('SELECT ID FROM dbo.Log')).recordset, [{ ID: 9 }]);
    }));

  it('may not create, alter or drop', () =>
    withCashier(async (owner, cashier) => {
      await owner.request().batch('CREATE TRIGGER dbo.tr ON dbo.T AFTER INSERT AS RETURN');
      await owner.request().batch('GRANT SELECT ON dbo.T TO cashier');
      const numbers: Record<string, number | undefined> = {};
      for (const batch of [
        'CREATE TABLE dbo.New (A INT)',
        'ALTER TABLE dbo.T ADD X INT',
        'DROP TABLE dbo.T',
        'TRUNCATE TABLE dbo.T',
        'CREATE TRIGGER dbo.tr2 ON dbo.T AFTER INSERT AS RETURN',
        'DROP TRIGGER dbo.tr',
        'DISABLE TRIGGER dbo.tr ON dbo.T',
        'CREATE PROCEDURE dbo.p AS RETURN',
        'CREATE SEQUENCE dbo.S AS INT',
      ]) {
        numbers[batch] = await errorNumber(cashier.request().batch(batch));
      }
      assert.deepEqual(numbers, {
        'CREATE TABLE dbo.New (A INT)': 262,
        'ALTER TABLE dbo.T ADD X INT': 1088,
        'DROP TABLE dbo.T': 3701,
        'TRUNCATE TABLE dbo.T': 1088,
        'CREATE TRIGGER dbo.tr2 ON dbo.T AFTER INSERT AS RETURN': 8197,
        'DROP TRIGGER dbo.tr': 3701,
        'DISABLE TRIGGER dbo.tr ON dbo.T': 1088,
        'CREATE PROCEDURE dbo.p AS RETURN': 262,
        'CREATE SEQUENCE dbo.S AS INT': 262,
      });
    }));

  it('creates sequences with the right to do so, or to alter, on the schema alone', () =>
    withCashier(async (owner, cashier) => {
      for (const right of ['CREATE SEQUENCE', 'ALTER']) {
        await owner.request().batch(`GRANT ${right} ON SCHEMA::dbo TO cashier`);
        await cashier.request().batch('CREATE SEQUENCE dbo.S AS INT');
        await owner.request().batch(`DROP SEQUENCE dbo.S; REVOKE ${right} ON SCHEMA::dbo FROM cashier`);
        assert.equal(await errorNumber(cashier.request().batch('CREATE SEQUENCE dbo.S AS INT')), 262);
      }
    }));

  it('executes what it was granted, with its owner’s rights', () =>
    withCashier(async (owner, cashier) => {
      await owner.request().batch('CREATE PROCEDURE dbo.p AS SELECT COUNT(*) AS c FROM dbo.T');
      assert.equal(await errorNumber(cashier.request().batch('EXEC dbo.p')), 229);
      await owner.request().batch('GRANT EXECUTE ON dbo.p TO cashier');
      assert.deepEqual((await cashier.request().batch('EXEC dbo.p')).recordset, [{ c: 3 }]);
    }));

  it('can be tried by EXECUTE AS', () =>
    withCashier(async (owner) => {
      const failing = owner.request().batch("EXECUTE AS USER = N'cashier'; SELECT ID FROM dbo.T");
      assert.equal(await errorNumber(failing), 229);
      assert.equal((await owner.request().batch('REVERT; SELECT ID FROM dbo.T')).recordset.length, 3);
    }));

  it('can not log in while its login is disabled, nor use a database where it has no user', () =>
    inDatabase(async (database) => {
      const owner = await database.connect();
      const login = `cashier_${database.name}`;
      await owner.request().batch(`CREATE LOGIN [${login}] WITH PASSWORD = N'${password}', CHECK_POLICY = OFF`);
      try {
        await assert.rejects(database.connect({ user: login, password }), { code: 'ELOGIN' });
        await owner.request().batch(`CREATE USER cashier FOR LOGIN [${login}]`);
        await (await database.connect({ user: login, password })).close();
        await owner.request().batch(`ALTER LOGIN [${login}] DISABLE`);
        await assert.rejects(database.connect({ user: login, password }), { code: 'ELOGIN' });
      } finally {
        await owner.request().batch(`DROP LOGIN [${login}]`);
      }
    }));
});
