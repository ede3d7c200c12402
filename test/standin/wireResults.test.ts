import assert from 'node:assert/strict';
import type sql from 'mssql';
import {
  SqlServerError,
  type Column,
  type ResultSink,
  type SqlType,
  type SqlValue,
} from '../../demo/sqlserver/contract';
import { rejection, signalled, withWire } from './wireClient';

const column = (name: string, type: SqlType, nullable = true): Column => ({ name, type, nullable });
const int: SqlType = { name: 'int' };

function select(sink: ResultSink, columns: readonly Column[], rows: readonly (readonly SqlValue[])[]): void {
  sink.columns(columns);
  for (const row of rows) void sink.row(row);
  sink.statementDone({ rowCount: rows.length, isSelect: true });
}

describe('A result', () => {
  const values: [SqlType, string, unknown][] = [
    [{ name: 'bit' }, '1', true],
    [{ name: 'tinyint' }, '255', 255],
    [{ name: 'smallint' }, '-5', -5],
    [{ name: 'int' }, '7', 7],
    [{ name: 'bigint' }, '-9007199254740993', '-9007199254740993'],
    [{ name: 'decimal', precision: 18, scale: 2 }, '-12.50', -12.5],
    [{ name: 'numeric', precision: 38, scale: 10 }, '1.5000000000', 1.5],
    [{ name: 'money' }, '-12.3456', -12.3456],
    [{ name: 'smallmoney' }, '1.5000', 1.5],
    [{ name: 'real' }, '0.5', 0.5],
    [{ name: 'float' }, '3.141592653589793', Math.PI],
    [{ name: 'char', length: 4 }, 'ab  ', 'ab  '],
    [{ name: 'varchar', length: 25 }, 'café €', 'café €'],
    [{ name: 'nchar', length: 4 }, 'שלום', 'שלום'],
    [{ name: 'nvarchar', length: 75 }, '🎁 Ü', '🎁 Ü'],
    [{ name: 'nvarchar', length: -1 }, 'x'.repeat(10_000), 'x'.repeat(10_000)],
    [{ name: 'text' }, 'text', 'text'],
    [{ name: 'ntext' }, 'ntext', 'ntext'],
    [{ name: 'xml' }, '<a/>', '<a/>'],
    [{ name: 'sql_variant' }, 'variant', 'variant'],
    [{ name: 'binary', length: 2 }, '00ff', Buffer.from([0, 255])],
    [{ name: 'varbinary', length: -1 }, 'deadbeef', Buffer.from('deadbeef', 'hex')],
    [{ name: 'image' }, 'ff', Buffer.from([255])],
    [{ name: 'rowversion' }, '00000000000007d1', Buffer.from('00000000000007d1', 'hex')],
    [{ name: 'uniqueidentifier' }, '01234567-89AB-CDEF-0123-456789ABCDEF', '01234567-89AB-CDEF-0123-456789ABCDEF'],
    [{ name: 'date' }, '2024-02-29', new Date('2024-02-29T00:00:00Z')],
    [{ name: 'time', scale: 3 }, '13:14:15.167', new Date('1970-01-01T13:14:15.167Z')],
    [{ name: 'datetime' }, '2024-02-29 13:14:15.997', new Date('2024-02-29T13:14:15.997Z')],
    [{ name: 'smalldatetime' }, '2024-02-29 13:14:00', new Date('2024-02-29T13:14:00Z')],
    [{ name: 'datetime2', scale: 3 }, '2024-02-29 13:14:15.167', new Date('2024-02-29T13:14:15.167Z')],
    [{ name: 'datetimeoffset', scale: 0 }, '2024-03-01 01:14:15 +05:30', new Date('2024-02-29T19:44:15Z')],
  ];

  it('brings every type to the driver, and NULLs of every type', () =>
    withWire(
      ({ sink }) => {
        const columns = values.map(([type], index) => column(`c${index}`, type));
        select(sink, columns, [values.map(([, value]) => value), values.map(() => null)]);
      },
      async ({ connect }) => {
        const pool = await connect();
        const { recordset } = await pool.request().batch<Record<string, unknown>>('select all');
        const [full = {}, empty = {}] = [...recordset];
        for (const [index, [type, , expected]] of values.entries()) {
          // tedious hangs a property with the nanoseconds on its dates.
          const got = full[`c${index}`];
          assert.deepEqual(got instanceof Date ? new Date(got) : got, expected, type.name);
          assert.equal(empty[`c${index}`], null, type.name);
        }
      },
    ));

  it('describes its columns', () =>
    withWire(
      ({ sink }) => {
        sink.columns([
          { name: 'ID', type: int, nullable: false, identity: true },
          column('Price', { name: 'numeric', precision: 18, scale: 2 }),
          column('Name', { name: 'nvarchar', length: 75, collation: 'Latin1_General_CS_AS' }),
        ]);
        sink.statementDone({ rowCount: 0, isSelect: true });
      },
      async ({ connect }) => {
        const pool = await connect();
        const { columns } = (await pool.request().batch('select nothing')).recordset;
        assert.deepEqual(
          Object.values(columns).map(({ name, nullable, identity, caseSensitive }) => [
            name,
            nullable,
            identity,
            caseSensitive,
          ]),
          [
            ['ID', false, true, false],
            ['Price', true, false, false],
            ['Name', true, false, true],
          ],
        );
        assert.deepEqual([columns['Price']?.precision, columns['Price']?.scale, columns['Name']?.length], [18, 2, 150]);
      },
    ));

  it('keeps NULLs apart in rows of many columns', () =>
    withWire(
      ({ sink }) => {
        const columns = Array.from({ length: 20 }, (_, index) => column(`c${index}`, int));
        const row = (isNull: (index: number) => boolean): SqlValue[] =>
          columns.map((_, index) => (isNull(index) ? null : String(index)));
        select(sink, columns, [row((i) => i % 3 !== 0), row((i) => i === 19), row(() => false), row((i) => i !== 8)]);
      },
      async ({ connect }) => {
        const pool = await connect();
        const { recordset } = await pool.request().batch<Record<string, unknown>>('select sparse');
        const present = recordset.map((row) => Object.values(row).filter((value) => value !== null));
        assert.deepEqual(present[0], [0, 3, 6, 9, 12, 15, 18]);
        assert.deepEqual([present[1]?.length, present[2]?.length, present[3]], [19, 20, [8]]);
      },
    ));

  it('may be followed by others, by counts and by messages, in order', () =>
    withWire(
      ({ sink }) => {
        sink.message({ number: 0, severity: 0, state: 1, message: 'working', line: 3 });
        sink.statementDone({ rowCount: 3, isSelect: false });
        select(sink, [column('a', int)], [['1']]);
        sink.message({ number: 50_000, severity: 10, state: 2, message: 'almost', line: 5, procedure: 'p' });
        sink.statementDone({ isSelect: false });
        select(sink, [column('b', int)], []);
        select(sink, [column('', int)], [['2'], ['3']]);
      },
      async ({ connect }) => {
        const pool = await connect();
        const request = pool.request();
        const infos: unknown[] = [];
        request.on('info', ({ number, message, class: severity, lineNumber, procName }: Record<string, unknown>) =>
          infos.push([number, message, severity, lineNumber, procName]),
        );
        const { recordsets, rowsAffected } = await request.batch('several');
        assert.deepEqual(recordsets as unknown, [[{ a: 1 }], [], [{ '': 2 }, { '': 3 }]]);
        assert.deepEqual(rowsAffected, [3, 1, 0, 2]);
        assert.deepEqual(infos, [
          [0, 'working', 0, 3, ''],
          [50_000, 'almost', 10, 5, 'p'],
        ]);
      },
    ));

  it('under SET NOCOUNT ON counts nothing', () =>
    withWire(
      ({ sink }) => {
        sink.statementDone({ isSelect: false });
        sink.columns([column('a', int)]);
        void sink.row(['1']);
        sink.statementDone({ isSelect: true });
      },
      async ({ connect }) => {
        const pool = await connect();
        const { recordset, rowsAffected } = await pool.request().batch('quiet');
        assert.deepEqual([[...recordset], rowsAffected], [[{ a: 1 }], []]);
      },
    ));

  it('of many packets arrives whole, in the clear and encrypted', () =>
    withWire(
      async ({ sink }) => {
        sink.columns([column('i', int), column('s', { name: 'varchar', length: 200 })]);
        for (let index = 0; index < 20_000; index += 1) await sink.row([String(index), 's'.repeat(index % 200)]);
        sink.statementDone({ rowCount: 20_000, isSelect: true });
      },
      async ({ connect }) => {
        for (const encrypt of [false, true]) {
          const pool = await connect({ options: { encrypt } });
          const { recordset } = await pool.request().batch<{ i: number; s: string }>('select many');
          assert.equal(recordset.length, 20_000);
          assert.ok(recordset.every(({ i, s }, index) => i === index && s.length === index % 200));
        }
      },
    ));

  it('waits for a client that does not read', () => {
    const full = signalled();
    const paused = signalled();
    let sent = 0;
    return withWire(
      async ({ sink }) => {
        sink.columns([column('s', { name: 'varchar', length: 8000 })]);
        for (; sent < 5_000; sent += 1) {
          const taken = sink.row(['s'.repeat(8000)]);
          if (taken) full.resolve();
          await taken;
        }
        sink.statementDone({ rowCount: sent, isSelect: true });
      },
      async ({ connect }) => {
        const pool = await connect();
        const request = pool.request();
        request.stream = true;
        let received = 0;
        request.on('row', () => (received += 1));
        request.once('row', () => {
          request.pause();
          paused.resolve();
        });
        const done = new Promise((resolve) => request.on('done', resolve));
        void request.batch('select much');
        await Promise.all([full.promise, paused.promise]);
        assert.ok(sent < 5_000);
        request.resume();
        await done;
        assert.equal(received, 5_000);
      },
    );
  });

  it('of a type that does not fit its value is an error of the stand-in, told to both sides', () =>
    withWire(
      ({ sink }) => select(sink, [column('a', int)], [['1'], ['no number']]),
      async ({ connect, failures }) => {
        const pool = await connect();
        const error = await rejection(pool.request().batch('select wrong'));
        assert.equal(error['number'], 3624);
        assert.match(String(failures[0]), /no number/);
      },
    ));
});

describe('An error', () => {
  it('that ends the request reaches the driver with all it says', () =>
    withWire(
      () => {
        throw new SqlServerError(2627, 'Violation of PRIMARY KEY constraint.', 14, 3, 7, 'dbo.trgAfterInsert');
      },
      async ({ connect }) => {
        const pool = await connect();
        const error = await rejection(pool.request().query('insert'));
        const { number, class: severity, state, lineNumber, procName, serverName } = error;
        assert.deepEqual(
          { message: error.message, number, severity, state, lineNumber, procName, serverName },
          {
            message: 'Violation of PRIMARY KEY constraint.',
            number: 2627,
            severity: 14,
            state: 3,
            lineNumber: 7,
            procName: 'dbo.trgAfterInsert',
            serverName: 'STANDIN',
          },
        );
        // The connection lives on.
        assert.equal((await rejection(pool.request().query('again')))['number'], 2627);
      },
    ));

  it('may come after a result, and more results after it', () =>
    withWire(
      ({ sink }) => {
        select(sink, [column('a', int)], [['1']]);
        sink.message({ number: 547, severity: 16, state: 0, message: 'conflict', line: 2 });
        select(sink, [column('b', int)], [['2']]);
        throw new SqlServerError(3621, 'terminated');
      },
      async ({ connect }) => {
        const pool = await connect();
        const request = pool.request();
        request.stream = true;
        const seen: unknown[] = [];
        request.on('row', (row) => seen.push(row));
        request.on('error', ({ number }: sql.RequestError) => seen.push(number));
        const done = new Promise((resolve) => request.on('done', resolve));
        void request.batch('some');
        await done;
        assert.deepEqual(seen, [{ a: 1 }, 547, { b: 2 }, 3621]);
      },
    ));

  it('of severity 20 and up ends the connection', () =>
    withWire(
      () => {
        throw new SqlServerError(596, 'Cannot continue the execution because the session is in the kill state.', 21);
      },
      async ({ connect, engine }) => {
        const pool = await connect();
        assert.equal((await rejection(pool.request().batch('die')))['number'], 596);
        await engine.sessions.at(-1)?.closed;
      },
    ));

  it('of the engine itself becomes 3624, and the server lives on', () =>
    withWire(
      ({ request }) => {
        if (request.kind === 'batch' && request.sql === 'bug') throw new TypeError('a bug');
      },
      async ({ connect, failures }) => {
        const pool = await connect();
        const error = await rejection(pool.request().batch('bug'));
        assert.deepEqual([error['number'], error.message], [3624, 'The stand-in failed: a bug']);
        assert.match(String(failures[0]), /a bug/);
        await pool.request().batch('fine');
      },
    ));
});
