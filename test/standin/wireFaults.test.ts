import assert from 'node:assert/strict';
import sql from 'mssql';
import type { ExecuteRequest } from '../../demo/sqlserver/contract';
import { Faults } from '../../demo/sqlserver/faults';
import type { Call } from './fakeEngine';
import { rejection, signalled, withWire } from './wireClient';

const nothing = (): void => undefined;

const batches = (executed: readonly ExecuteRequest[]): string[] =>
  executed.flatMap((request) => (request.kind === 'batch' ? [request.sql] : []));

describe('Faults on demand', () => {
  it('refuse the next logins', () =>
    withWire(nothing, async ({ connect, server, engine }) => {
      server.faults.refuseLogins(2, 18401);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        assert.match((await rejection(connect())).message, /script upgrade mode/);
      }
      await connect();
      assert.equal(engine.logins.length, 1);
    }));

  it('drop a connection at its n-th packet', () =>
    withWire(nothing, async ({ connect, server, engine }) => {
      // PRELOGIN, LOGIN7, the driver's options.
      server.faults.dropAtPacket(2);
      await rejection(connect());
      assert.equal(engine.logins.length, 0);
      server.faults.dropAtPacket(3);
      await rejection(connect());
      assert.equal(engine.logins.length, 1);
      await connect();
    }));

  it('hold answers back, after the request was executed', () => {
    const slept = signalled<number>();
    const wake = signalled();
    return withWire(
      nothing,
      async ({ connect, server, engine }) => {
        const pool = await connect();
        await pool.request().batch('at once');
        server.faults.delayAnswers(700);
        let answered = false;
        const request = pool.request().batch('late');
        void request.then(() => (answered = true));
        assert.equal(await slept.promise, 700);
        // The probe that the pool sends before the batch is held back like any answer.
        assert.deepEqual([answered, batches(engine.executed).at(0)], [false, 'at once']);
        wake.resolve();
        await request;
        assert.equal(answered, true);
      },
      {
        sleep: (milliseconds) => {
          slept.resolve(milliseconds);
          return wake.promise;
        },
      },
    );
  });

  it('answer matching statements with an error instead of executing them', () =>
    withWire(nothing, async ({ connect, server, engine }) => {
      const pool = await connect();
      server.faults.failStatement(/insert\s+products/i, { number: 1222 }, 2);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const error = await rejection(pool.request().batch('INSERT Products'));
        assert.deepEqual([error['number'], error.message], [1222, 'Lock request time out period exceeded.']);
        await pool.request().batch('insert somewhere else');
      }
      await pool.request().batch('insert products');
      assert.deepEqual(batches(engine.executed), ['insert somewhere else', 'insert somewhere else', 'insert products']);
    }));

  it('match the text behind sp_executesql, prepared statements, procedures and transactions', () =>
    withWire(
      ({ request, sink }) => {
        if (request.kind === 'procedure' && request.name === 'sp_prepare') {
          sink.outputParameter('@handle', { name: 'int' }, '7');
        }
      },
      async ({ connect, server }) => {
        const pool = await connect();
        const { faults } = server;
        faults.failStatement(/select @a/, { number: 50_001, message: 'on demand' });
        const failed = await rejection(pool.request().input('a', sql.Int, 1).query('select @a'));
        assert.deepEqual([failed['number'], failed.message], [50_001, 'on demand']);

        faults.failStatement(/delete @id/, { number: 50_002 });
        const statement = new sql.PreparedStatement(pool);
        statement.input('id', sql.Int);
        await statement.prepare('delete @id');
        assert.equal((await rejection(statement.execute({ id: 1 })))['number'], 50_002);
        await statement.execute({ id: 1 });
        await statement.unprepare();

        faults.failStatement(/usp_Count/, { number: 50_003 });
        assert.equal((await rejection(pool.request().execute('dbo.usp_Count')))['number'], 50_003);

        faults.failStatement(/^COMMIT/, { number: 50_004 });
        const transaction = new sql.Transaction(pool);
        await transaction.begin();
        assert.match((await rejection(transaction.commit())).message, /Error 50004/);
      },
    ));

  it('roll the transaction back with a deadlock, as SQL Server does', () =>
    withWire(nothing, async ({ connect, server, engine }) => {
      const pool = await connect();
      const transaction = new sql.Transaction(pool);
      await transaction.begin();
      server.faults.failStatement(/update/, { number: 1205 });
      const rolledBack = new Promise((resolve) => transaction.on('rollback', resolve));
      const error = await rejection(transaction.request().batch('update'));
      assert.deepEqual([error['number'], error['class']], [1205, 13]);
      await rolledBack;
      assert.equal(engine.sessions.at(-1)?.transaction, undefined);
    }));

  it('drop the connection before or after a statement is executed', () =>
    withWire(nothing, async ({ connect, server, engine }) => {
      const pool = await connect();
      for (const [when, executed] of [
        ['before', []],
        ['after', ['delete']],
      ] as const) {
        server.faults.dropOnStatement(/delete/, when);
        await rejection(pool.request().batch('delete'));
        await engine.sessions.at(-1)?.closed;
        assert.deepEqual(batches(engine.executed), executed);
      }
      await pool.request().batch('alive');
    }));

  it('drop every connection there is', () => {
    const started = signalled<Call>();
    return withWire(
      async (call) => {
        if (call.request.kind !== 'batch' || call.request.sql !== 'waitfor') return;
        started.resolve(call);
        await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
      },
      async ({ connect, server }) => {
        const pool = await connect();
        const failed = rejection(pool.request().batch('waitfor'));
        await started.promise;
        server.faults.dropConnections();
        await failed;
        await pool.request().batch('alive');
      },
    );
  });

  it('take the server down and bring it back on the same port', () =>
    withWire(nothing, async ({ connect, server, engine }) => {
      await connect();
      server.faults.stopListening();
      server.faults.dropConnections();
      const error = await rejection(connect());
      assert.match(error.message, /ECONNREFUSED|Failed to connect|Could not connect/);
      await server.faults.listenAgain();
      await (await connect()).request().batch('alive');
      assert.deepEqual(batches(engine.executed), ['alive']);
    }));

  it('can be forgotten', () =>
    withWire(nothing, async ({ connect, server }) => {
      const pool = await connect();
      server.faults.failStatement(/./, { number: 50_001 }, Infinity);
      server.faults.refuseLogins(5);
      server.faults.delayAnswers(60_000);
      server.faults.clear();
      await pool.request().batch('fine');
      await connect();
    }));

  it('belong to one server', () =>
    withWire(nothing, ({ server }) => {
      assert.throws(() =>
        server.faults.attach({ dropConnections: nothing, stopListening: nothing, listen: () => Promise.resolve() }),
      );
      assert.throws(() => new Faults().dropConnections());
      return Promise.resolve();
    }));

  it('drop the connections that are meant, and no other', () =>
    withWire(nothing, async ({ connect, server }) => {
      const till = await connect({ options: { appName: 'point of sale' } });
      const other = await connect({ options: { appName: 'other' } });
      for (const pool of [till, other]) await pool.request().batch('SELECT 1');
      server.faults.dropConnections(({ applicationName }) => applicationName === 'other');
      await till.request().batch('SELECT 2');
      const left = server.connections().map(({ applicationName }) => applicationName);
      assert.deepEqual(left, ['point of sale']);
    }));

  it('can be told of each statement, and by which session and process it comes', () => {
    const started = signalled<Call>();
    const go = signalled();
    return withWire(
      async (call) => {
        started.resolve(call);
        await go.promise;
      },
      async ({ connect, server }) => {
        const seen: [text: string, processId: number][] = [];
        const watching = server.faults.onStatement((text, processId) => seen.push([text, processId]));
        const pool = await connect();
        const batch = pool.request().batch('seen');
        const { session } = await started.promise;
        const running = server.connections().find(({ processId }) => processId === session.processId);
        assert.deepEqual([running?.statement, running?.clientProcessId], ['seen', process.pid]);
        go.resolve();
        await batch;
        watching.dispose();
        await pool.request().batch('seen no more');
        assert.deepEqual(
          seen.filter(([text]) => text.startsWith('seen')),
          [['seen', session.processId]],
        );
      },
    );
  });
});
