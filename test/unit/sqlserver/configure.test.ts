import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import { configure, type ConfigureOptions } from '../../../src/sync/sqlserver/configure';
import type { Row } from '../../../src/sync/sqlserver/statements';
import { FakeClock } from '../fakeClock';
import { columnRows } from './sampleTable';
import { never, ScriptedRunner } from './scriptedRunner';

/** What `mssql` rejects with. */
class RequestError extends Error {
  constructor(
    readonly number: number,
    message: string,
  ) {
    super(message);
  }
}

type Outcome = 'done' | 'pending' | RequestError;

/** A database with a product table; `desktopLog`: with the desktop program's ChangeLog. The transaction ends as scripted, the last outcome again and again. */
class ScriptedDatabase extends ScriptedRunner {
  constructor(
    outcomes: Outcome[],
    { desktopLog = false, pages = [0] }: { desktopLog?: boolean; pages?: number[] } = {},
  ) {
    super((sql) => {
      if (sql.includes("SERVERPROPERTY('ProductVersion')")) return tableFacts;
      if (sql.includes('AS schema_owner_id')) return captureFacts(desktopLog);
      if (sql.includes('AS copied')) return [[{ copied: (pages.length > 1 ? pages.shift() : pages[0]) ?? 0 }]];
      if (!sql.includes('BEGIN TRANSACTION')) return [[{ products: 0 }]];
      const outcome = (outcomes.length > 1 ? outcomes.shift() : outcomes[0]) ?? 'done';
      if (outcome instanceof RequestError) throw outcome;
      return [[{ outcome }]];
    });
  }

  count(pattern: RegExp): number {
    return this.batches.filter((sql) => pattern.test(sql)).length;
  }
}

const tableFacts: readonly (readonly Row[])[] = [
  [{ server_version: '15.0.2000.5', database_name: 'Shop', default_schema: 'dbo' }],
  [{ object_id: 100, object_type: 'U', schema_name: 'dbo', object_name: 'Products', owner_id: 1 }],
  [{}],
  columnRows.map((row, index) => ({ ...row, column_id: index + 1 })),
  [{ index_id: 1, column_id: 1 }],
  [],
];

function captureFacts(desktopLog: boolean): readonly (readonly Row[])[] {
  const rights = {
    alter_table: 1,
    view_definition: 1,
    alter_schema: 1,
    create_sequence: 1,
    references_schema: 1,
    create_table: 1,
  };
  const log = [
    ['LogID', 'int', 4],
    ['ChangeType', 'nvarchar', 20],
    ['ProductID', 'varchar', 25],
    ['ProductName', 'varchar', 75],
    ['SellPrice', 'numeric', 9],
    ['QrCode', 'varchar', 100],
    ['Status', 'int', 4],
    ['ChangeDateTime', 'datetime', 8],
  ].map(([name, base_type, max_length]) => ({
    name,
    base_type,
    max_length,
    precision: 18,
    scale: 2,
    is_identity: name === 'LogID',
  }));
  return [
    [{ ...rights, schema_owner_id: 1 }],
    [],
    desktopLog ? [{ name: 'ChangeLog', object_type: 'U', type_desc: 'USER_TABLE', owner_id: 1 }] : [],
    desktopLog ? log : [],
    [],
    [],
  ];
}

const lockTimeout = new RequestError(1222, 'Lock request time out period exceeded.');

function run(database: ScriptedDatabase, options: ConfigureOptions = {}) {
  const clock = new FakeClock();
  return clock.runUntilSettled(configure(database, clock, { table: 'Products' }, options, never));
}

async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (caught) {
    if (caught instanceof Error) return caught;
  }
  throw new assert.AssertionError({ message: 'It did not fail.' });
}

describe('Configure', () => {
  it('changes the shop’s tables in one batch, and reports each step once', async () => {
    const database = new ScriptedDatabase(['done']);
    const steps: string[] = [];
    const plan = await run(database, { onStep: ({ kind }) => steps.push(kind) });
    assert.equal(database.count(/BEGIN TRANSACTION/), 1);
    assert.deepEqual(
      steps,
      plan.steps.map(({ kind }) => kind),
    );
  });

  it('tries again while another program holds the table, and then says that it is busy', async () => {
    const patient = new ScriptedDatabase([lockTimeout, lockTimeout, 'done']);
    const steps: string[] = [];
    await run(patient, { onStep: ({ kind }) => steps.push(kind) });
    assert.equal(patient.count(/BEGIN TRANSACTION/), 3);
    assert.equal(steps.length, 4);

    const stuck = new ScriptedDatabase([lockTimeout]);
    const error = await failure(run(stuck));
    assert.ok(error instanceof ShopError && error.code === 'sql-busy');
    assert.match(error.message, /The table dbo\.Products is busy/);
    assert.equal(stuck.count(/BEGIN TRANSACTION/), 4);
  });

  it('does not try again what no second try can cure', async () => {
    const database = new ScriptedDatabase([new RequestError(262, 'CREATE TABLE permission denied')]);
    const error = await failure(run(database));
    assert.ok(error instanceof ShopError && error.code === 'triggers-not-permitted');
    assert.equal(database.count(/BEGIN TRANSACTION/), 1);
  });

  it('copies a desktop ChangeLog page by page before the switch', async () => {
    const database = new ScriptedDatabase(['done'], { desktopLog: true, pages: [1000, 1000, 3] });
    await run(database);
    assert.equal(database.count(/AS copied/), 3);
    assert.match(database.batches.at(-1) ?? '', /sp_rename/);
  });

  it('leaves no copy behind when the switch fails', async () => {
    const database = new ScriptedDatabase([new RequestError(50000, 'no luck')], { desktopLog: true });
    const error = await failure(run(database));
    assert.match(error.message, /no luck/);
    assert.match(database.batches.at(-1) ?? '', /DROP TABLE \[dbo\]\.\[ChangeLog_shopMaster\]/);
  });

  it('stops between two tries when it is cancelled', async () => {
    const clock = new FakeClock();
    const cancel = new AbortController();
    const database = new ScriptedDatabase([lockTimeout]);
    const work = configure(database, clock, { table: 'Products' }, {}, cancel.signal);
    work.catch(() => undefined);
    await clock.advance(100);
    cancel.abort(new Error('stopped'));
    assert.equal((await failure(work)).message, 'stopped');
    assert.equal(database.count(/BEGIN TRANSACTION/), 1);
  });
});
