import assert from 'node:assert/strict';
import { once } from 'node:events';
import sql from 'mssql';
import { SqlServerError, type ExecuteRequest, type Parameter, type ResultSink } from '../../demo/sqlserver/contract';
import { parameterOf } from './fakeEngine';
import { rejection, withWire } from './wireClient';

const nothing = (): void => undefined;

function answerOne(sink: ResultSink, value = '1'): void {
  sink.columns([{ name: 'n', type: { name: 'int' }, nullable: false }]);
  void sink.row([value]);
  sink.statementDone({ rowCount: 1, isSelect: true });
}

/** The parameters of the last call, after the ones that are sp_executesql's own. */
function sent(executed: readonly ExecuteRequest[]): readonly Parameter[] {
  const last = executed.at(-1);
  assert.ok(last?.kind === 'procedure');
  return last.name === 'sp_executesql' ? last.parameters.slice(2) : last.parameters;
}

describe('A request', () => {
  it('is a batch, or sp_executesql when it has parameters', () =>
    withWire(nothing, async ({ connect, engine }) => {
      const pool = await connect();
      await pool.request().batch("print N'🎁'");
      await pool.request().input('a', sql.Int, 1).query('select @a');
      assert.deepEqual(engine.executed, [
        { kind: 'batch', sql: "print N'🎁'" },
        {
          kind: 'procedure',
          name: 'sp_executesql',
          parameters: [
            { name: '@statement', type: { name: 'nvarchar', length: 9 }, value: 'select @a', output: false },
            { name: '@params', type: { name: 'nvarchar', length: 6 }, value: '@a int', output: false },
            { name: '@a', type: { name: 'int' }, value: '1', output: false },
          ],
        },
      ]);
    }));

  it('carries parameters of every type, and NULLs', () => {
    const day = new Date('2024-02-29T13:14:15.167Z');
    const inputs: [sql.ISqlType | (() => sql.ISqlType), unknown, Partial<Parameter['type']>, string][] = [
      [sql.Bit, true, { name: 'bit' }, '1'],
      [sql.TinyInt, 255, { name: 'tinyint' }, '255'],
      [sql.SmallInt, -5, { name: 'smallint' }, '-5'],
      [sql.Int, 7, { name: 'int' }, '7'],
      [sql.BigInt, '-9007199254740993', { name: 'bigint' }, '-9007199254740993'],
      [sql.Decimal(18, 2), '-12.5', { name: 'decimal', precision: 18, scale: 2 }, '-12.50'],
      [sql.Numeric(38, 10), '1.5', { name: 'numeric', precision: 38, scale: 10 }, '1.5000000000'],
      [sql.Money, -12.5, { name: 'money' }, '-12.5000'],
      [sql.SmallMoney, 12.25, { name: 'smallmoney' }, '12.2500'],
      [sql.Real, 0.1, { name: 'real' }, '0.1'],
      [sql.Float, 0.1, { name: 'float' }, '0.1'],
      [sql.VarChar(25), 'café €', { name: 'varchar', length: 25 }, 'café €'],
      [sql.VarChar(sql.MAX), 'v'.repeat(9000), { name: 'varchar', length: -1 }, 'v'.repeat(9000)],
      [sql.Char(4), 'ab', { name: 'char', length: 4 }, 'ab'],
      [sql.NVarChar(75), '🎁', { name: 'nvarchar', length: 75 }, '🎁'],
      [sql.NVarChar(sql.MAX), '', { name: 'nvarchar', length: -1 }, ''],
      [sql.NChar(4), 'שלום', { name: 'nchar', length: 4 }, 'שלום'],
      [sql.Text, 'text', { name: 'text' }, 'text'],
      [sql.NText, 'ntext', { name: 'nvarchar' }, 'ntext'],
      [sql.Binary, Buffer.from([0, 255]), { name: 'binary' }, '00ff'],
      [sql.VarBinary(sql.MAX), Buffer.alloc(9000, 1), { name: 'varbinary', length: -1 }, '01'.repeat(9000)],
      [sql.Image, Buffer.from([255]), { name: 'image' }, 'ff'],
      [
        sql.UniqueIdentifier,
        '01234567-89ab-cdef-0123-456789abcdef',
        { name: 'uniqueidentifier' },
        '01234567-89AB-CDEF-0123-456789ABCDEF',
      ],
      [sql.Date, day, { name: 'date' }, '2024-02-29'],
      [sql.Time(3), day, { name: 'time', scale: 3 }, '13:14:15.167'],
      [sql.DateTime, day, { name: 'datetime' }, '2024-02-29 13:14:15.167'],
      [sql.SmallDateTime, day, { name: 'smalldatetime' }, '2024-02-29 13:14:00'],
      [sql.DateTime2(3), day, { name: 'datetime2', scale: 3 }, '2024-02-29 13:14:15.167'],
      [
        sql.DateTimeOffset(0),
        new Date('2024-02-29T13:14:15Z'),
        { name: 'datetimeoffset', scale: 0 },
        '2024-02-29 13:14:15 +00:00',
      ],
      [sql.Xml, '<a/>', { name: 'nvarchar' }, '<a/>'],
    ];
    return withWire(nothing, async ({ connect, engine }) => {
      const pool = await connect();
      const request = pool.request();
      for (const [index, [type, value]] of inputs.entries()) {
        request.input(`v${index}`, type, value);
        request.input(`n${index}`, type, null);
      }
      await request.query('everything');
      const parameters = sent(engine.executed);
      for (const [index, [, , type, value]] of inputs.entries()) {
        const [full, empty] = parameters.slice(2 * index);
        const facets = Object.fromEntries(
          Object.keys(type).map((key) => [key, full?.type[key as keyof Parameter['type']]]),
        );
        assert.deepEqual([facets, full?.name, full?.value], [type, `@v${index}`, value], String(index));
        assert.deepEqual([empty?.type.name, empty?.name, empty?.value], [type.name, `@n${index}`, null], String(index));
      }
    });
  });

  it('of a procedure brings its output parameters and its status', () =>
    withWire(
      ({ sink, request }) => {
        answerOne(sink, parameterOf(request, '@in') ?? '0');
        sink.outputParameter('@price', { name: 'decimal', precision: 18, scale: 2 }, '12.50');
        sink.outputParameter('@name', { name: 'nvarchar', length: -1 }, '🎁');
        sink.outputParameter('@none', { name: 'int' }, null);
        sink.returnStatus(-6);
      },
      async ({ connect, engine }) => {
        const pool = await connect();
        const request = pool.request().input('in', sql.Int, 5);
        request.output('price', sql.Decimal(18, 2)).output('name', sql.NVarChar(sql.MAX)).output('none', sql.Int);
        const result = await request.execute<{ n: number }>('dbo.usp_Price');
        assert.deepEqual(result.output, { price: 12.5, name: '🎁', none: null });
        assert.deepEqual([result.returnValue as unknown, [...result.recordset]], [-6, [{ n: 5 }]]);
        assert.deepEqual(
          sent(engine.executed).map(({ name, output: isOutput }) => [name, isOutput]),
          [
            ['@in', false],
            ['@price', true],
            ['@name', true],
            ['@none', true],
          ],
        );
      },
    ));

  it('within a batch may execute a procedure, whose status is not taken for the next call’s', () =>
    withWire(
      ({ sink, request }) => {
        if (request.kind === 'batch') sink.returnStatus(-6);
      },
      async ({ connect }) => {
        const pool = await connect();
        await pool.request().batch('execute p');
        assert.equal((await pool.request().execute('q')).returnValue, 0);
      },
    ));

  it('may prepare a statement, execute it by its handle, and give it back', () =>
    withWire(
      ({ request, sink }) => {
        if (request.kind !== 'procedure') return;
        if (request.name === 'sp_prepare') sink.outputParameter('@handle', { name: 'int' }, '7');
        if (request.name === 'sp_execute') answerOne(sink, parameterOf(request, '@id') ?? '0');
      },
      async ({ connect, engine }) => {
        const pool = await connect();
        const statement = new sql.PreparedStatement(pool);
        statement.input('id', sql.Int);
        await statement.prepare('select @id as n');
        for (const id of [1, 2]) assert.deepEqual([...(await statement.execute({ id })).recordset], [{ n: id }]);
        await statement.unprepare();
        const calls = engine.executed.map((request) => (request.kind === 'procedure' ? request.name : request.kind));
        assert.deepEqual(calls, ['sp_prepare', 'sp_execute', 'sp_execute', 'sp_unprepare']);
        const [prepare, execute, , unprepare] = engine.executed;
        assert.equal(prepare?.kind === 'procedure' && prepare.parameters[2]?.value, 'select @id as n');
        for (const call of [execute, unprepare]) {
          assert.equal(call?.kind === 'procedure' && call.parameters[0]?.value, '7');
        }
      },
    ));

  it('with a table-valued parameter is refused, and the connection lives on', () =>
    withWire(nothing, async ({ connect }) => {
      const pool = await connect();
      const table = new sql.Table('dbo.ProductList');
      table.columns.add('id', sql.Int);
      table.rows.add(1);
      const error = await rejection(pool.request().input('t', sql.TVP, table).execute('dbo.usp_Load'));
      assert.equal(error['number'], 8009);
      assert.match(error.message, /table-valued parameter/);
      await pool.request().batch('fine');
    }));

  it('for a bulk load is refused', () =>
    withWire(nothing, async ({ connect }) => {
      const pool = await connect();
      const table = new sql.Table('dbo.Products');
      table.columns.add('id', sql.Int, { nullable: false });
      table.rows.add(1);
      assert.match((await rejection(pool.request().bulk(table))).message, /Bulk load .* not supported/);
      await pool.request().batch('fine');
    }));
});

describe('A transaction', () => {
  it('begins, saves, commits and rolls back by requests of its own', () =>
    withWire(nothing, async ({ connect, engine }) => {
      const pool = await connect();
      const committed = new sql.Transaction(pool);
      await committed.begin(sql.ISOLATION_LEVEL.SERIALIZABLE);
      await committed.request().batch('one');
      await committed.commit();
      const rolledBack = new sql.Transaction(pool);
      await rolledBack.begin(sql.ISOLATION_LEVEL.READ_COMMITTED);
      await rolledBack.rollback();
      assert.deepEqual(
        engine.executed.map((request) =>
          request.kind === 'transaction' ? [request.operation, request.isolation] : request.kind,
        ),
        [
          ['begin', 'serializable'],
          'batch',
          ['commit', undefined],
          ['begin', 'read committed'],
          ['rollback', undefined],
        ],
      );
    }));

  it('that the server rolled back is known to the driver', () =>
    withWire(
      ({ request, sink, session }) => {
        if (request.kind !== 'batch') return;
        sink.environment({ kind: 'transaction rolled back', id: session.transaction ?? 0n });
        session.transaction = undefined;
        throw new SqlServerError(1205, 'Transaction (Process ID 51) was deadlocked.', 13, 51);
      },
      async ({ connect }) => {
        const pool = await connect();
        const transaction = new sql.Transaction(pool);
        await transaction.begin();
        const rolledBack = once(transaction, 'rollback');
        const failed = rejection(transaction.request().batch('update'));
        await rolledBack;
        assert.equal((await failed)['number'], 1205);
      },
    ));
});
