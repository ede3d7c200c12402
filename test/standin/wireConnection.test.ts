import assert from 'node:assert/strict';
import { once } from 'node:events';
import type sql from 'mssql';
import { SqlServerError } from '../../demo/sqlserver/contract';
import type { Call } from './fakeEngine';
import { batch, connectTedious, rejection, settled, signalled, withWire } from './wireClient';

describe('Cancelling', () => {
  it('aborts the request that runs, and the connection lives on', () => {
    const started = signalled<Call>();
    return withWire(
      async (call) => {
        if (call.request.kind === 'batch' && call.request.sql === 'fine') return;
        call.sink.columns([{ name: 'n', type: { name: 'int' }, nullable: false }]);
        started.resolve(call);
        await once(call.signal, 'abort');
        await call.sink.row(['1']);
        throw new SqlServerError(3617, 'Cancelled.');
      },
      async ({ connect, failures }) => {
        const pool = await connect();
        const request = pool.request();
        const failed = rejection(request.batch('waitfor'));
        await started.promise;
        request.cancel();
        assert.equal((await failed)['code'], 'ECANCEL');
        await pool.request().batch('fine');
        assert.deepEqual(failures, []);
      },
    );
  });

  it('in the middle of a large result ends it', () => {
    let sent = 0;
    return withWire(
      async ({ sink, signal, request }) => {
        if (request.kind === 'batch' && request.sql === 'fine') return;
        sink.columns([{ name: 's', type: { name: 'varchar', length: 8000 }, nullable: false }]);
        while (!signal.aborted) {
          await sink.row(['s'.repeat(8000)]);
          sent += 1;
        }
      },
      async ({ connect }) => {
        const pool = await connect();
        const request = pool.request();
        request.stream = true;
        const failed = new Promise<sql.RequestError>((resolve) => request.on('error', resolve));
        request.once('row', () => request.cancel());
        void request.batch('select for ever');
        assert.equal((await failed).code, 'ECANCEL');
        assert.ok(sent > 0);
        await pool.request().batch('fine');
      },
    );
  });

  it('by the driver’s own timeout does the same', () =>
    withWire(
      async ({ signal, request }) => {
        if (request.kind === 'batch' && request.sql === 'slow') await once(signal, 'abort');
      },
      async ({ connect, engine }) => {
        const pool = await connect({ requestTimeout: 50 });
        assert.equal((await rejection(pool.request().batch('slow')))['code'], 'ETIMEOUT');
        await pool.request().batch('fine');
        assert.equal(new Set(engine.executed).size, 2);
      },
    ));
});

describe('A connection', () => {
  it('that a pool resets gets a fresh session before its next request', () =>
    withWire(
      ({ request, session, sink }) => {
        if (request.kind === 'batch' && request.sql === 'use master') {
          session.database = 'master';
          sink.environment({ kind: 'database', now: 'master', before: 'Shop' });
          sink.statementDone({ isSelect: false });
        }
      },
      async ({ server, engine }) => {
        const connection = await connectTedious(server, { tdsVersion: '7_3_B' });
        const databases: string[] = [];
        connection.on('databaseChange', (name: string) => databases.push(name));
        await batch(connection, 'use master');
        const acknowledged = once(connection, 'resetConnection');
        await settled((done) => connection.reset(done));
        await acknowledged;
        await batch(connection, 'fine');
        assert.equal(engine.sessions[0]?.resets, 1);
        assert.deepEqual(databases, ['master', 'Shop']);
        connection.close();
        await engine.sessions[0].closed;
      },
    ));

  it('that dies in the middle of a request aborts it and closes its session', () => {
    const started = signalled<Call>();
    return withWire(
      async (call) => {
        started.resolve(call);
        await once(call.signal, 'abort');
      },
      async ({ connect, server, failures }) => {
        const pool = await connect();
        const failed = rejection(pool.request().batch('waitfor'));
        const { session } = await started.promise;
        server.faults.dropConnections();
        await session.closed;
        assert.equal((await failed)['code'], 'ECONNRESET');
        assert.deepEqual(failures, []);
      },
    );
  });

  it('is hung up on when the server closes, after its session', async () => {
    const started = signalled<Call>();
    let closedSession: Promise<void> | undefined;
    await withWire(
      async (call) => {
        started.resolve(call);
        await once(call.signal, 'abort');
      },
      async ({ connect, server }) => {
        const pool = await connect();
        const failed = rejection(pool.request().batch('waitfor'));
        closedSession = (await started.promise).session.closed;
        await server.close();
        await failed;
        assert.deepEqual(server.connections(), []);
      },
    );
    await closedSession;
  });
});
