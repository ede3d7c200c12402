import assert from 'node:assert/strict';
import { createChangeLog, type ChangeLogTable } from '../../../src/sync/sqlserver/changeLog';
import type { Row } from '../../../src/sync/sqlserver/statements';
import { never, ScriptedRunner } from './scriptedRunner';

const table: ChangeLogTable = {
  qualifiedName: '[dbo].[ChangeLog]',
  keyCollation: 'Latin1_General_CS_AS',
  check: {
    sql: 'SELECT 1 AS triggers;',
    recordsets: 2,
    problems: (recordsets) => (recordsets.flat().length === 2 ? [] : [{ kind: 'trigger missing', message: 'gone' }]),
  },
};

function changeLogAnswering(...recordsets: readonly (readonly Row[])[]) {
  const runner = new ScriptedRunner(() => recordsets);
  return { runner, log: createChangeLog(runner, runner, () => Promise.resolve(table)) };
}

const healthy: readonly (readonly Row[])[] = [[{ state: 1 }], [{ name: 'trgAfterInsert' }]];

describe('a page of ChangeLog', () => {
  it('is read in one batch: lock, triggers, counts, changes, and the DELETEs of their keys', async () => {
    const { runner, log } = changeLogAnswering(
      [{ writer_lock: 0 }],
      ...healthy,
      [{ inserts: 2, updates: 1, deleted: 1 }],
      [
        { log_id: '7', change_type: 'INSERT', product_key: 'a' },
        { log_id: '9007199254740993', change_type: 'UPDATE', product_key: null },
      ],
      [{ log_id: '5', change_type: 'DELETE', product_key: 'a' }],
      [{ log_id: '6', change_type: 'DELETE', product_key: null }],
    );
    assert.deepEqual(await log.readPage(null, 2, never), {
      writer: true,
      captureProblems: [],
      counts: { pending: 3, inserts: 2, updates: 1, deleted: 1 },
      changes: [
        { logId: '7', changeType: 'INSERT', key: 'a' },
        { logId: '9007199254740993', changeType: 'UPDATE', key: null },
      ],
      deletes: [
        { logId: '5', changeType: 'DELETE', key: 'a' },
        { logId: '6', changeType: 'DELETE', key: null },
      ],
    });
    assert.equal(runner.batches.length, 1);
  });

  it('has no counts where it is not the first', async () => {
    const { log } = changeLogAnswering(
      [{ writer_lock: 0 }],
      ...healthy,
      [{ log_id: '8', change_type: 'INSERT', product_key: 'b' }],
      [],
      [],
    );
    const page = await log.readPage('7', 2, never);
    assert.equal(page.counts, undefined);
    assert.deepEqual(page.changes, [{ logId: '8', changeType: 'INSERT', key: 'b' }]);
  });

  it('is empty, and says so, while another holds the writer lock', async () => {
    const { log } = changeLogAnswering([{ writer_lock: -1 }]);
    assert.deepEqual(await log.readPage(null, 2, never), {
      writer: false,
      changes: [],
      deletes: [],
    });
  });

  it('is read without a look at the triggers where they were looked at before', async () => {
    const { runner, log } = changeLogAnswering(
      [{ writer_lock: 0 }],
      [{ inserts: 1, updates: 0, deleted: 0 }],
      [{ log_id: '8', change_type: 'INSERT', product_key: 'b' }],
      [],
      [],
    );
    assert.deepEqual(await log.readPage(null, 2, never, false), {
      writer: true,
      counts: { pending: 1, inserts: 1, updates: 0, deleted: 0 },
      changes: [{ logId: '8', changeType: 'INSERT', key: 'b' }],
      deletes: [],
    });
    assert.ok(!runner.batches.join('').includes(table.check.sql));
  });

  it('tells what is wrong with the triggers', async () => {
    const { log } = changeLogAnswering([{ writer_lock: 1 }], [{ state: 1 }], [], [], [], []);
    const page = await log.readPage('7', 2, never);
    assert.deepEqual(page.captureProblems, [{ kind: 'trigger missing', message: 'gone' }]);
  });

  it('never waits for rows, compares keys as the product table does, and keeps LogIDs beyond INT exact', async () => {
    const { runner, log } = changeLogAnswering([{ writer_lock: -1 }]);
    await log.readPage('9007199254740993', 2, never);
    const [sql = ''] = runner.batches;
    const reads = sql.match(/FROM \[dbo\]\.\[ChangeLog\].*/g) ?? [];
    assert(reads.length >= 3);
    for (const read of reads) assert.match(read, /WITH \(READPAST, READCOMMITTEDLOCK, ROWLOCK\)/);
    assert.match(sql, /c\.LogID > CAST\(9007199254740993 AS BIGINT\)/);
    assert.match(sql, /k\.ProductID = d\.ProductID COLLATE Latin1_General_CS_AS/);
    assert.match(sql, /^SET NOCOUNT ON;\nSET XACT_ABORT ON;\nSET LOCK_TIMEOUT \d+;/);
  });

  it('names a collation for keys that are no text, too', async () => {
    const runner = new ScriptedRunner(() => [[{ writer_lock: -1 }]]);
    await createChangeLog(runner, runner, async () => Promise.resolve({ ...table, keyCollation: null })).readPage(
      null,
      2,
      never,
    );
    const [sql = ''] = runner.batches;
    assert.match(sql, /ProductID NVARCHAR\(450\) COLLATE DATABASE_DEFAULT NULL/);
    assert.match(sql, /k\.ProductID = d\.ProductID COLLATE DATABASE_DEFAULT/);
  });
});

describe('counting', () => {
  it('passes over no NULLs, of which SQL Server would warn', async () => {
    const { runner, log } = changeLogAnswering([{ inserts: 3, updates: 4, deleted: 1 }]);
    assert.deepEqual(await log.count(never), { pending: 7, inserts: 3, updates: 4, deleted: 1 });
    assert.doesNotMatch(runner.batches.join(''), /COUNT\((?!\*)|SUM\((?!CASE .* ELSE 0 END\))/);
  });
});

describe('acknowledging', () => {
  it('deletes exactly the changes named, a thousand a statement, each on its own', async () => {
    const { runner, log } = changeLogAnswering();
    await log.acknowledge(
      Array.from({ length: 1001 }, (_, index) => String(index + 1)),
      never,
    );
    assert.equal(runner.batches.length, 2);
    const [first = '', second = ''] = runner.batches;
    assert.match(first, /DELETE FROM \[dbo\]\.\[ChangeLog\] WITH \(ROWLOCK\) WHERE LogID IN \(1, 2, .*, 1000\);$/);
    assert.match(second, /WHERE LogID IN \(1001\);$/);
    for (const sql of runner.batches) {
      assert.match(sql, /SET LOCK_TIMEOUT \d+;/);
      assert.doesNotMatch(sql, /TRANSACTION|<=|ChangeType/i);
    }
  });

  it('does nothing for no changes', async () => {
    const { runner, log } = changeLogAnswering();
    await log.acknowledge([], never);
    assert.equal(runner.batches.length, 0);
  });

  it('takes nothing but digits', async () => {
    const { runner, log } = changeLogAnswering();
    for (const id of ['', '1; DROP TABLE x', '-1', '1.5', '0x10', '12345678901234567890'])
      await assert.rejects(log.acknowledge([id], never), TypeError);
    assert.equal(runner.batches.length, 0);
  });

  it('turns only changes that are still pending into DELETEs', async () => {
    const { runner, log } = changeLogAnswering();
    await log.markDeleted(['4', '5'], never);
    assert.match(
      runner.batches[0] ?? '',
      /UPDATE \[dbo\]\.\[ChangeLog\] WITH \(ROWLOCK\) SET ChangeType = N'DELETE' WHERE LogID IN \(4, 5\) AND ChangeType IN \(N'INSERT', N'UPDATE'\);$/,
    );
  });
});

describe('peeking at a page of ChangeLog', () => {
  it('neither takes nor looks at the writer lock, and runs on the connection that has none', async () => {
    const writer = new ScriptedRunner(() => assert.fail('it used the connection of the writer lock'));
    const reader = new ScriptedRunner(() => [
      ...healthy,
      [{ inserts: 1, updates: 0, deleted: 0 }],
      [{ log_id: '7', change_type: 'INSERT', product_key: 'a' }],
      [],
      [],
    ]);
    const log = createChangeLog(writer, reader, () => Promise.resolve(table));
    assert.deepEqual(await log.peekPage(null, 2, never), {
      writer: true,
      captureProblems: [],
      counts: { pending: 1, inserts: 1, updates: 0, deleted: 0 },
      changes: [{ logId: '7', changeType: 'INSERT', key: 'a' }],
      deletes: [],
    });
    assert.doesNotMatch(reader.batches.join(''), /applock/i);
  });
});

describe('clearing what is deleted', () => {
  it('goes on, a thousand changes a statement, until a statement finds fewer', async () => {
    const rounds = [1000, 1000, 12];
    const runner = new ScriptedRunner((_sql, index) => [[{ deleted: rounds[index] }]]);
    await createChangeLog(runner, runner, () => Promise.resolve(table)).clearDeleted({ through: '7' }, never);
    assert.equal(runner.batches.length, 3);
    for (const sql of runner.batches) {
      assert.match(
        sql,
        /DELETE TOP \(1000\) FROM \[dbo\]\.\[ChangeLog\] WITH \(READPAST, READCOMMITTEDLOCK, ROWLOCK\)/,
      );
      assert.match(sql, /WHERE ChangeType = N'DELETE' AND LogID <= 7;/);
    }
  });

  it('names products as the product table compares them, a thousand a statement', async () => {
    const { runner, log } = changeLogAnswering([{ deleted: 3 }]);
    const keys = Array.from({ length: 1001 }, (_, index) => (index === 1000 ? null : `k${index}`));
    await log.clearDeleted({ keys, through: '9007199254740993' }, never);
    const [first = '', second = '', ...more] = runner.batches;
    assert.deepEqual(more, []);
    assert.match(first, / AND ProductID COLLATE Latin1_General_CS_AS IN \(N'k0', .*, N'k999'\);\n/);
    assert.match(second, / AND LogID <= CAST\(9007199254740993 AS BIGINT\) AND \(1 = 0 OR ProductID IS NULL\);\n/);
  });

  it('takes nothing but digits for a LogID', async () => {
    const { runner, log } = changeLogAnswering();
    await assert.rejects(log.clearDeleted({ through: '1 OR 1 = 1' }, never), TypeError);
    assert.equal(runner.batches.length, 0);
  });

  it('ends when it is aborted', async () => {
    const stop = new AbortController();
    const runner = new ScriptedRunner(() => {
      stop.abort(new Error('enough'));
      return [[{ deleted: 1000 }]];
    });
    const log = createChangeLog(runner, runner, () => Promise.resolve(table));
    await assert.rejects(log.clearDeleted({ through: '7' }, stop.signal), /enough/);
    assert.equal(runner.batches.length, 1);
  });
});

describe('the list for people', () => {
  it('asks for the types and products wanted, by the collation of the product table', async () => {
    const { runner, log } = changeLogAnswering([]);
    await log.list({ types: ['INSERT', 'DELETE'], keys: ["O'Neill", null] }, '9007199254740993', 50, never);
    const [sql = ''] = runner.batches;
    assert.match(sql, /SELECT TOP \(50\)/);
    assert.match(sql, /c\.LogID > CAST\(9007199254740993 AS BIGINT\)/);
    assert.match(sql, /c\.ChangeType IN \(N'INSERT', N'DELETE'\)/);
    assert.match(sql, /\(c\.ProductID COLLATE Latin1_General_CS_AS IN \(N'O''Neill'\) OR c\.ProductID IS NULL\)/);
    for (const read of sql.match(/FROM \[dbo\]\.\[ChangeLog\].*/g) ?? [])
      assert.match(read, /WITH \(READPAST, READCOMMITTEDLOCK, ROWLOCK\)/);
  });

  it('asks for the three types where none is named: rows of another are somebody’s own', async () => {
    const { runner, log } = changeLogAnswering([]);
    await log.list({}, null, 50, never);
    const asked = runner.batches.join('').match(/ChangeType IN \(N'INSERT', N'UPDATE', N'DELETE'\)/g);
    assert.equal(asked?.length, 2, 'the page, and the change before each of its rows');
  });

  it('has nothing where no type or no product is wanted', async () => {
    for (const filter of [{ types: [] }, { keys: [] }]) {
      const { runner, log } = changeLogAnswering([]);
      await log.list(filter, null, 50, never);
      assert.match(runner.batches.join(''), /(WHERE|AND) 1 = 0\n/);
    }
  });

  it('takes a thousand products at most, and only numbers for a LogID', async () => {
    const { runner, log } = changeLogAnswering([]);
    const keys = Array.from({ length: 1001 }, (_, index) => String(index));
    await assert.rejects(log.list({ keys }, null, 50, never), RangeError);
    await assert.rejects(log.list({}, '1; DROP TABLE x', 50, never), TypeError);
    assert.equal(runner.batches.length, 0);
  });

  it('shows what the product was before', async () => {
    const { log } = changeLogAnswering([
      {
        log_id: '8',
        change_type: 'UPDATE',
        product_key: 'a',
        product_name: null,
        sell_price: '13.00',
        qr_code: null,
        product_status: null,
        age_seconds: 5,
        previous_log_id: '7',
        previous_product_name: null,
        previous_sell_price: null,
        previous_qr_code: null,
        previous_product_status: '1',
      },
    ]);
    const [change] = await log.list({}, null, 100, never);
    assert.deepEqual(change?.previous, { productName: null, sellPrice: null, qrCode: null, status: '1' });
  });

  it('shows the logged values, and no age below zero', async () => {
    const { log } = changeLogAnswering([
      {
        log_id: '1',
        change_type: 'DELETE',
        product_key: 'a',
        product_name: 'Käse 🧀',
        sell_price: '12.50',
        qr_code: null,
        product_status: '1',
        age_seconds: -3600,
      },
    ]);
    assert.deepEqual(await log.list({}, null, 100, never), [
      {
        logId: '1',
        changeType: 'DELETE',
        key: 'a',
        productName: 'Käse 🧀',
        sellPrice: '12.50',
        qrCode: null,
        status: '1',
        ageSeconds: 0,
        previous: null,
      },
    ]);
  });
});
