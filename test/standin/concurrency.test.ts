/** What sessions see of each other: locks, waiting, deadlocks, READPAST, application locks, snapshots. */
import assert from 'node:assert/strict';
import type sql from 'mssql';
import { errorNumber, inDatabase, type TestDatabase } from './standIn';

const table = `CREATE TABLE dbo.T (ID INT NOT NULL PRIMARY KEY, N INT NULL);
  INSERT INTO dbo.T VALUES (1, 10), (2, 20), (3, 30)`;

type Pool = sql.ConnectionPool;

async function rows(pool: Pool, batch: string): Promise<readonly unknown[]> {
  const { recordsets } = await pool.request().batch(batch);
  return (recordsets as unknown[][]).at(-1) ?? [];
}

async function run(pool: Pool, batch: string): Promise<void> {
  await pool.request().batch(batch);
}

/** Two connections to a database with the table above. */
async function withTwo(test: (first: Pool, second: Pool, database: TestDatabase) => Promise<void>): Promise<void> {
  await inDatabase(async (database) => {
    const first = await database.connect();
    const second = await database.connect();
    await run(first, table);
    await test(first, second, database);
  });
}

/** Resolves when a session of the database waits for a lock. */
async function untilBlocked(pool: Pool): Promise<void> {
  for (;;) {
    const [row] = await rows(pool, 'SELECT COUNT(*) AS n FROM sys.dm_exec_requests WHERE blocking_session_id <> 0');
    if ((row as { n: number }).n > 0) return;
  }
}

describe('Sessions beside each other', () => {
  it('let a reader wait for a row that is being changed, up to LOCK_TIMEOUT', () =>
    withTwo(async (writer, reader) => {
      await run(writer, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      assert.equal(
        await errorNumber(reader.request().batch('SET LOCK_TIMEOUT 50; SELECT N FROM T WHERE ID = 1')),
        1222,
      );
      assert.deepEqual(await rows(reader, 'SET LOCK_TIMEOUT 50; SELECT N FROM T WHERE ID = 2'), [{ N: 20 }]);
      await run(writer, 'ROLLBACK');
      assert.deepEqual(await rows(reader, 'SET LOCK_TIMEOUT 50; SELECT N FROM T WHERE ID = 1'), [{ N: 10 }]);
    }));

  it('let a reader of the first rows pass the locked ones behind them, ties among them', () =>
    withTwo(async (writer, reader) => {
      const first =
        'SET LOCK_TIMEOUT 50; SELECT TOP (1) WITH TIES ID FROM T WITH (READCOMMITTEDLOCK) WHERE ID > 0 ORDER BY ID';
      await run(writer, 'BEGIN TRAN; UPDATE T SET N = 31 WHERE ID = 3');
      assert.deepEqual(await rows(reader, first), [{ ID: 1 }]);
      await run(writer, 'UPDATE T SET N = 11 WHERE ID = 1');
      assert.equal(await errorNumber(reader.request().batch(first)), 1222);
    }));

  it('give a waiting reader of the first rows the next one for one that has gone', () =>
    withTwo(async (writer, reader, database) => {
      await run(writer, 'BEGIN TRAN; UPDATE T SET ID = 9 WHERE ID = 1');
      const read = rows(reader, 'SELECT TOP (2) WITH TIES ID FROM T WITH (READCOMMITTEDLOCK) WHERE ID > 0 ORDER BY ID');
      await untilBlocked(await database.connect());
      await run(writer, 'COMMIT');
      assert.deepEqual(await read, [{ ID: 2 }, { ID: 3 }]);
    }));

  it('give a waiting reader what was committed', () =>
    withTwo(async (writer, reader) => {
      await run(writer, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      const read = rows(reader, 'SELECT N FROM T WHERE ID = 1');
      await run(writer, 'COMMIT');
      assert.deepEqual(await read, [{ N: 11 }]);
    }));

  it('let a reader wait in conditions and counts, too', () =>
    withTwo(async (writer, reader) => {
      await run(writer, 'BEGIN TRAN; DELETE FROM T WHERE ID = 1');
      const count = 'SET LOCK_TIMEOUT 50; SELECT COUNT(*) AS n FROM T';
      const condition = 'SET LOCK_TIMEOUT 50; IF EXISTS (SELECT 1 FROM T WHERE ID = 1) SELECT 1 AS a';
      assert.equal(await errorNumber(reader.request().batch(count)), 1222);
      assert.equal(await errorNumber(reader.request().batch(condition)), 1222);
    }));

  it('hold no lock after a read in a transaction', () =>
    withTwo(async (writer, reader) => {
      await run(writer, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      await run(reader, 'BEGIN TRAN; SELECT N FROM T WHERE ID = 2');
      await run(writer, 'SET LOCK_TIMEOUT 500; UPDATE T SET N = 21 WHERE ID = 2; COMMIT');
      await run(reader, 'COMMIT');
    }));

  it('skip locked rows with READPAST', () =>
    withTwo(async (writer, reader) => {
      await run(writer, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 2');
      const read = 'SELECT ID FROM T WITH (READPAST, READCOMMITTEDLOCK) ORDER BY ID';
      assert.deepEqual(await rows(reader, read), [{ ID: 1 }, { ID: 3 }]);
      await run(writer, 'COMMIT');
      assert.deepEqual(await rows(reader, read), [{ ID: 1 }, { ID: 2 }, { ID: 3 }]);
    }));

  it('do not wait with NOLOCK or under READ UNCOMMITTED', () =>
    withTwo(async (writer, reader) => {
      await run(writer, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 2');
      assert.equal((await rows(reader, 'SET LOCK_TIMEOUT 50; SELECT ID FROM T WITH (NOLOCK)')).length, 3);
      const uncommitted = 'SET LOCK_TIMEOUT 50; SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SELECT ID FROM T';
      assert.equal((await rows(reader, uncommitted)).length, 3);
    }));

  it('read the last committed version where READ_COMMITTED_SNAPSHOT is on', () =>
    withTwo(async (writer, _, database) => {
      await run(writer, `ALTER DATABASE [${database.name}] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE`);
      const again = await database.connect();
      const other = await database.connect();
      await run(again, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      assert.deepEqual(await rows(other, 'SET LOCK_TIMEOUT 50; SELECT N FROM T WHERE ID = 1'), [{ N: 10 }]);
      await run(again, 'ROLLBACK');
    }));

  it('let a writer wait for a writer', () =>
    withTwo(async (first, second) => {
      await run(first, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      const update = 'SET LOCK_TIMEOUT 50; UPDATE T SET N = 12 WHERE ID = 1';
      assert.equal(await errorNumber(second.request().batch(update)), 1222);
      await run(first, 'COMMIT');
      await run(second, update);
      assert.deepEqual(await rows(first, 'SELECT N FROM T WHERE ID = 1'), [{ N: 12 }]);
    }));

  it('go on in their transaction after a lock timeout', () =>
    withTwo(async (first, second) => {
      await run(first, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      await run(second, 'BEGIN TRAN; UPDATE T SET N = 31 WHERE ID = 3; SET LOCK_TIMEOUT 50');
      assert.equal(await errorNumber(second.request().batch('UPDATE T SET N = 12 WHERE ID = 1')), 1222);
      assert.deepEqual(await rows(second, 'SELECT @@TRANCOUNT AS t'), [{ t: 1 }]);
      await run(second, 'COMMIT');
      await run(first, 'ROLLBACK');
      assert.deepEqual(await rows(first, 'SELECT N FROM T ORDER BY ID'), [{ N: 10 }, { N: 20 }, { N: 31 }]);
    }));

  it('resolve a deadlock with error 1205 for one, whose transaction is gone', () =>
    withTwo(async (first, second) => {
      await run(first, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      await run(second, 'BEGIN TRAN; UPDATE T SET N = 22 WHERE ID = 2');
      const outcomes = await Promise.allSettled([
        run(first, 'UPDATE T SET N = 12 WHERE ID = 2'),
        run(second, 'UPDATE T SET N = 21 WHERE ID = 1'),
      ]);
      const failed = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [(outcome.reason as { number: number }).number] : [],
      );
      assert.deepEqual(failed, [1205]);
      const counts = [await rows(first, 'SELECT @@TRANCOUNT AS t'), await rows(second, 'SELECT @@TRANCOUNT AS t')];
      assert.deepEqual(
        counts
          .flat()
          .map((row) => (row as { t: number }).t)
          .sort(),
        [0, 1],
      );
      await run(first, 'IF @@TRANCOUNT > 0 ROLLBACK');
      await run(second, 'IF @@TRANCOUNT > 0 ROLLBACK');
    }));

  it('show who waits for whom', () =>
    withTwo(async (first, second, database) => {
      const watcher = await database.connect();
      await run(first, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      const waiting = run(second, 'UPDATE T SET N = 12 WHERE ID = 1');
      await untilBlocked(watcher);
      await run(first, 'ROLLBACK');
      await waiting;
    }));

  it('take application locks from each other', () =>
    withTwo(async (first, second) => {
      const take = `DECLARE @r INT;
        EXEC @r = sp_getapplock @Resource = N'shop', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 0;
        SELECT @r AS r`;
      assert.deepEqual(await rows(first, take), [{ r: 0 }]);
      assert.deepEqual(await rows(second, take), [{ r: -1 }]);
      const test = "SELECT APPLOCK_TEST(N'public', N'shop', N'Exclusive', N'Session') AS t";
      assert.deepEqual(await rows(second, test), [{ t: 0 }]);
      await run(first, "EXEC sp_releaseapplock @Resource = N'shop', @LockOwner = N'Session'");
      assert.deepEqual(await rows(second, take), [{ r: 0 }]);
    }));

  it('give up their application locks when they end', () =>
    inDatabase(async (database) => {
      const first = await database.connect();
      const second = await database.connect();
      const take = (timeout: number) => `DECLARE @r INT;
        EXEC @r = sp_getapplock N'shop', N'Exclusive', N'Session', ${timeout}; SELECT @r AS r`;
      await run(first, take(0));
      const waiting = rows(second, take(10_000));
      await untilBlocked(await database.connect());
      await first.close();
      assert.deepEqual(await waiting, [{ r: 1 }]);
    }));

  it('see tables and triggers that another session has just made', () =>
    withTwo(async (first, second) => {
      await run(second, 'SELECT ID FROM T');
      await run(first, 'CREATE TABLE dbo.Log (What INT)');
      await run(first, 'CREATE TRIGGER dbo.tr ON dbo.T AFTER UPDATE AS INSERT INTO dbo.Log SELECT ID FROM inserted');
      await run(second, 'UPDATE T SET N = 0 WHERE ID = 2');
      assert.deepEqual(await rows(second, 'SELECT What FROM Log'), [{ What: 2 }]);
      await run(first, 'DROP TRIGGER dbo.tr');
      await run(second, 'UPDATE T SET N = 0 WHERE ID = 3');
      assert.equal((await rows(second, 'SELECT What FROM Log')).length, 1);
    }));

  it('wait for a trigger that is being made, and fire it', () =>
    withTwo(async (first, second, database) => {
      const watcher = await database.connect();
      await run(first, 'CREATE TABLE dbo.Log (What INT)');
      await run(second, 'SELECT ID FROM T');
      await run(first, 'BEGIN TRAN');
      await run(first, 'CREATE TRIGGER dbo.tr ON dbo.T AFTER UPDATE AS INSERT INTO dbo.Log SELECT ID FROM inserted');
      const waiting = run(second, 'UPDATE T SET N = 0 WHERE ID = 2');
      await untilBlocked(watcher);
      await run(first, 'COMMIT');
      await waiting;
      assert.deepEqual(await rows(second, 'SELECT What FROM Log'), [{ What: 2 }]);
    }));

  it('make a trigger wait for whoever writes, up to LOCK_TIMEOUT', () =>
    withTwo(async (first, second) => {
      await run(first, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      await run(second, 'SET LOCK_TIMEOUT 50');
      const create = 'CREATE TRIGGER dbo.tr ON dbo.T AFTER UPDATE AS RETURN';
      assert.equal(await errorNumber(second.request().batch(create)), 1222);
      await run(first, 'COMMIT');
      await run(second, create);
    }));

  it('end where their database is taken for a single user', () =>
    withTwo(async (first, second, database) => {
      const admin = await database.connect({ database: 'master' });
      await run(first, 'BEGIN TRAN; UPDATE T SET N = 11 WHERE ID = 1');
      const request = second.request();
      const waiting = errorNumber(request.batch("RAISERROR(N'here', 0, 1) WITH NOWAIT; WAITFOR DELAY '00:05:00'"));
      await new Promise((resolve) => request.on('info', resolve));
      await run(admin, `ALTER DATABASE [${database.name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
      await waiting;
      await run(admin, `ALTER DATABASE [${database.name}] SET MULTI_USER`);
      assert.deepEqual(await rows(await database.connect(), 'SELECT N FROM T WHERE ID = 1'), [{ N: 10 }]);
    }));

  it('have temporary tables of their own', () =>
    withTwo(async (first, second) => {
      await run(first, 'CREATE TABLE #x (A INT); INSERT INTO #x VALUES (1)');
      assert.equal(await errorNumber(second.request().batch('SELECT A FROM #x')), 208);
      await run(second, 'CREATE TABLE #x (B INT); INSERT INTO #x VALUES (2)');
      assert.deepEqual(await rows(first, 'SELECT A FROM #x'), [{ A: 1 }]);
      assert.deepEqual(await rows(second, 'SELECT B FROM #x'), [{ B: 2 }]);
    }));
});
