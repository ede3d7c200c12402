import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ShopError, type ErrorCode } from '../../../src/sync/errors';
import type { SqlServerSettings } from '../../../src/sync/settings';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { failingInSentences } from '../../../src/sync/sqlserver/statementFailure';
import { testConnection } from '../../../src/sync/sqlserver/testConnection';
import { onRealServer, startShop, type TestShop } from '../shop';
import { never, noLog } from './configuredShop';

describe('connecting to SQL Server', () => {
  let shop: TestShop;
  const opened: SqlServerConnection[] = [];

  before(async () => {
    shop = await startShop();
  });

  after(() => shop.close());

  afterEach(async () => {
    shop.faults?.clear();
    for (const connection of opened.splice(0)) await connection.close();
  });

  function connect(settings: Partial<SqlServerSettings> = {}, password = shop.password) {
    const connection = new SqlServerConnection({ ...shop.settings, ...settings }, password, 'writer', noLog);
    opened.push(connection);
    return connection;
  }

  function run(connection: SqlServerConnection, sql: string, signal = never) {
    return failingInSentences(connection, shop.settings.server).batch(sql, signal);
  }

  async function assertRefused(settings: Partial<SqlServerSettings>, password: string, code: ErrorCode) {
    await assert.rejects(run(connect(settings, password), 'SELECT 1 AS n'), (error) => {
      assert(error instanceof ShopError, String(error));
      assert.equal(error.code, code);
      assert(!`${error.message} ${error.hint}`.includes(password), 'a sentence holds the password');
      return true;
    });
  }

  it('works with a SQL login, and answers recordsets in order', async () => {
    assert.deepEqual(await run(connect(), "SELECT 1 AS a; SELECT 2 AS b, N'x' AS c;"), [
      [{ a: 1 }],
      [{ b: 2, c: 'x' }],
    ]);
  });

  it('tells the version of the server', async () => {
    assert.match(await testConnection(shop.settings, shop.password, noLog, never), /^\d+\.\d+\.\d+/);
  });

  it('keeps its session from batch to batch', async () => {
    const connection = connect();
    const session = () => run(connection, 'SELECT @@SPID AS spid');
    assert.deepEqual(await session(), await session());
  });

  it('runs batches that come at once one after the other', async () => {
    const connection = connect();
    const answers = await Promise.all([1, 2, 3, 4].map((n) => run(connection, `SELECT ${n} AS n`)));
    assert.deepEqual(answers, [[[{ n: 1 }]], [[{ n: 2 }]], [[{ n: 3 }]], [[{ n: 4 }]]]);
  });

  it('is refused with a wrong password', () => assertRefused({}, 'Wrong-Passw0rd!', 'sql-login-failed'));

  it('is refused with an unknown login', () =>
    assertRefused({ username: 'nobody' }, 'Wrong-Passw0rd!', 'sql-login-failed'));

  it('is refused for an unknown database', () =>
    assertRefused({ database: 'Nowhere' }, shop.password, 'sql-database-unknown'));

  it('is refused where nothing listens', async () => {
    const server = await listen(() => undefined);
    const { port } = server.address() as AddressInfo;
    server.close();
    await assertRefused({ server: `127.0.0.1,${port}` }, shop.password, 'sql-server-unreachable');
  });

  it('is refused by a port that is not of SQL Server', async () => {
    const server = await listen((socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const { port } = server.address() as AddressInfo;
    await assertRefused({ server: `127.0.0.1,${port}` }, shop.password, 'sql-server-unreachable');
    server.close();
  });

  it('is refused for an unknown server', () =>
    assertRefused({ server: 'no-such-computer.invalid' }, shop.password, 'sql-server-not-found'));

  it('is refused for a name that is none', () =>
    assertRefused({ server: 'host:1433' }, shop.password, 'server-name-invalid'));

  it('ends in the middle of being made', async () => {
    const server = await listen((socket) => socket.resume());
    const { port } = server.address() as AddressInfo;
    const connection = connect({ server: `127.0.0.1,${port}` });
    const reached = new Promise((resolve) => server.once('connection', resolve));
    const refused = assert.rejects(run(connection, 'SELECT 1'), { code: 'cancelled' });
    await reached;
    await connection.close();
    await refused;
    server.close();
  });

  it('leaves a batch that is aborted, and is good for the next', async () => {
    const connection = connect();
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = assert.rejects(
      run(connection, "SELECT 1 AS n; WAITFOR DELAY '00:01:00';", stop.signal),
      (error) => error === reason,
    );
    await run(connect(), 'SELECT 1 AS n');
    stop.abort(reason);
    await waiting;
    assert.deepEqual(await run(connection, 'SELECT 2 AS n'), [[{ n: 2 }]]);
  });

  it('does not start a batch that was aborted before', async () => {
    await assert.rejects(run(connect(), 'SELECT 1', AbortSignal.abort(new Error('enough'))), /enough/);
  });

  it('ends what runs when it is closed, and does nothing afterwards', async () => {
    const connection = connect();
    await run(connection, 'SELECT 1 AS n');
    const running = assert.rejects(run(connection, "WAITFOR DELAY '00:01:00';"), { code: 'cancelled' });
    await connection.close();
    await running;
    await assert.rejects(run(connection, 'SELECT 1'), { code: 'cancelled' });
  });

  it('comes back by itself after it was cut', async () => {
    const connection = connect();
    const [[first] = []] = await run(connection, 'SELECT @@SPID AS spid');
    await shop.cut(Number(first?.['spid']));
    const answer = await run(connection, 'SELECT 1 AS n').catch((error: unknown) => {
      // Cut so late that the batch was on its way: then the next one goes through.
      assert(error instanceof ShopError);
      assert.equal(error.code, 'sql-connection-lost');
      return run(connection, 'SELECT 1 AS n');
    });
    assert.deepEqual(answer, [[{ n: 1 }]]);
  });

  it('has a sentence for a server error', async () => {
    await assert.rejects(run(connect(), 'SELECT 1 FROM dbo.Nowhere'), { code: 'table-missing' });
    await assert.rejects(run(connect(), "SELECT CAST('x' AS INT)"), { code: 'sql-failed', message: /245/ });
  });
});

/** These need faults on demand, or the stand-in's certificate. */
if (!onRealServer)
  describe('connecting to a server that fails', () => {
    let shop: TestShop;

    before(async () => {
      shop = await startShop();
    });

    after(() => shop.close());

    function connect(settings: Partial<SqlServerSettings> = {}) {
      return new SqlServerConnection({ ...shop.settings, ...settings }, shop.password, 'writer', noLog);
    }

    function run(connection: SqlServerConnection, sql: string) {
      return failingInSentences(connection, shop.settings.server).batch(sql, never);
    }

    it('asks whether to trust a self-signed certificate', async () => {
      const connection = connect({ trustServerCertificate: false });
      await assert.rejects(run(connection, 'SELECT 1'), {
        code: 'sql-certificate-untrusted',
        remedy: 'trust certificate',
      });
      await connection.close();
    });

    for (const [number, message] of [
      [18470, /disabled/],
      [18488, /expired/],
      [18452, /Windows accounts only/],
    ] as const)
      it(`tells why a login is refused (${number})`, async () => {
        const connection = connect();
        shop.faults!.refuseLogins(1, number);
        await assert.rejects(run(connection, 'SELECT 1'), { code: 'sql-login-failed', message });
        await connection.close();
      });

    for (const when of ['before', 'after'] as const)
      it(`loses a connection that is cut ${when} a batch is executed, and makes a new one for the next`, async () => {
        const connection = connect();
        await run(connection, 'SELECT 1 AS n');
        shop.faults!.dropOnStatement(/SELECT 7/, when);
        await assert.rejects(run(connection, 'SELECT 7 AS n'), { code: 'sql-connection-lost' });
        assert.deepEqual(await run(connection, 'SELECT 7 AS n'), [[{ n: 7 }]]);
        await connection.close();
      });

    it('says that the server is gone while it is, and finds it again', async () => {
      const connection = connect();
      await run(connection, 'SELECT 1 AS n');
      shop.faults!.stopListening();
      try {
        shop.faults!.dropConnections();
        await assert.rejects(
          run(connection, 'SELECT 1'),
          (error) => error instanceof ShopError && error.remedy === 'retry',
        );
        await assert.rejects(run(connection, 'SELECT 1'), { code: 'sql-server-unreachable' });
      } finally {
        await shop.faults!.listenAgain();
      }
      assert.deepEqual(await run(connection, 'SELECT 1 AS n'), [[{ n: 1 }]]);
      await connection.close();
    });
  });

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
