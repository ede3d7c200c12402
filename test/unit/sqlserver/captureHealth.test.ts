import assert from 'node:assert/strict';
import { captureHealthRecordsets, captureHealthSql, captureProblems } from '../../../src/sync/sqlserver/captureHealth';
import type { Row } from '../../../src/sync/sqlserver/statements';
import { triggerTexts } from '../../../src/sync/sqlserver/triggers';
import { columnRow, columnRows, products, typeOf } from './sampleTable';

const healthy: readonly Row[] = triggerTexts(products).map(({ name, text }) => ({
  name,
  is_disabled: false,
  is_here: 1,
  parent_schema: 'dbo',
  parent_name: 'Products',
  definition: text,
}));
const seen: Row = { has_change_log: 1, sees_definitions: 1, owners_differ: 0, misses_nested: 0 };

function logColumn(name: string, type: string, maxLength = 8): Row {
  return {
    name,
    base_type: type,
    max_length: maxLength,
    precision: 0,
    scale: 0,
    collation_name: null,
    is_identity: false,
    default_object_id: name === 'LogID' ? 7 : 0,
  };
}

const changeLog: readonly Row[] = [
  logColumn('LogID', 'bigint'),
  logColumn('ChangeType', 'nvarchar', 20),
  logColumn('ProductID', 'nvarchar', 900),
  logColumn('ProductName', 'nvarchar', 800),
  logColumn('SellPrice', 'numeric'),
  logColumn('QrCode', 'nvarchar', 800),
  logColumn('Status', 'nvarchar', 100),
  logColumn('ChangeDateTime', 'datetime'),
];

function problems(
  state: Row,
  triggers: readonly Row[],
  columns: readonly Row[] = columnRows,
  log: readonly Row[] = changeLog,
) {
  return captureProblems(products, [triggers, columns, [state], log]);
}

function kinds(state: Row, triggers: readonly Row[], columns: readonly Row[] = columnRows): readonly string[] {
  return problems(state, triggers, columns).map(({ kind }) => kind);
}

function withInsertTrigger(change: Row): readonly Row[] {
  return healthy.map((row) => (row['name'] === 'trgAfterInsert' ? { ...row, ...change } : row));
}

describe('the look at the triggers', () => {
  it('finds nothing wrong with what Configure installed', () => assert.deepEqual(problems(seen, healthy), []));

  it('takes the database’s own spelling of a trigger’s name', () =>
    assert.deepEqual(problems(seen, withInsertTrigger({ name: 'TRGAFTERINSERT' })), []));

  it('names a missing trigger', () => {
    const [problem, ...more] = problems(seen, healthy.slice(1));
    assert.equal(problem?.kind, 'trigger missing');
    assert.match(problem.message, /trgAfterInsert on dbo\.Products is missing/);
    assert.deepEqual(more, []);
  });

  it('tells a missing trigger from one that the login may not see', () => {
    const blind: Row = { ...seen, sees_definitions: 0 };
    assert.deepEqual(kinds(blind, []), ['triggers not visible']);
    assert.deepEqual(
      kinds(
        blind,
        healthy.map((row) => ({ ...row, definition: null })),
      ),
      ['triggers not visible'],
    );
    assert.match(problems(blind, [])[0]?.message ?? '', /GRANT VIEW DEFINITION ON \[dbo\]\.\[Products\]/);
  });

  it('names a disabled trigger', () =>
    assert.deepEqual(kinds(seen, withInsertTrigger({ is_disabled: true })), ['trigger disabled']));

  it('names a trigger that watches another table', () => {
    const [problem] = problems(seen, withInsertTrigger({ is_here: 0, parent_name: 'OldProducts' }));
    assert.equal(problem?.kind, 'trigger on another table');
    assert.match(problem.message, /watches dbo\.OldProducts, not dbo\.Products/);
  });

  it('names a trigger that was changed by hand, encrypted, or is the desktop program’s', () => {
    for (const definition of [
      `${triggerTexts(products)[0]?.text ?? ''} PRINT N'hello'`,
      null,
      'CREATE TRIGGER trgAfterInsert ON Products AFTER INSERT AS INSERT INTO ChangeLog (ChangeType) VALUES (1)',
    ])
      assert.deepEqual(kinds(seen, withInsertTrigger({ definition })), ['trigger altered']);
  });

  it('names a trigger that another version made', () => {
    const definition = triggerTexts(products)[0]?.text.replace('shopMaster capture 1,', 'shopMaster capture 0,') ?? '';
    const [problem] = problems(seen, withInsertTrigger({ definition }));
    assert.equal(problem?.kind, 'trigger altered');
    assert.match(problem.message, /another version/);
  });

  it('names a column that was renamed or dropped', () => {
    const [problem, ...more] = problems(
      seen,
      healthy,
      columnRows.filter((row) => row['name'] !== 'SellPrice'),
    );
    assert.equal(problem?.kind, 'columns changed');
    assert.match(problem.message, /no column SellPrice any more/);
    assert.deepEqual(more, []);
  });

  it('sees that a column got another type', () => {
    const retyped = columnRows.map((row) =>
      row['name'] === 'QrCode'
        ? columnRow({ ...products.columns.QrCode, type: typeOf('varchar', { maxLength: 500 }) })
        : row,
    );
    assert.deepEqual(kinds(seen, healthy, retyped), ['columns changed']);
  });

  it('says that ChangeLog is gone, which blocks the shop', () => {
    const [problem] = problems({ ...seen, has_change_log: 0 }, healthy);
    assert.equal(problem?.kind, 'change log missing');
    assert.match(problem.message, /remove\.sql/);
  });

  it('names a ChangeLog that was changed by hand: without its numbering, a column less, or too narrow', () => {
    const changed = (name: string, change: Row) =>
      changeLog.map((row) => (row['name'] === name ? { ...row, ...change } : row));
    for (const altered of [
      changed('LogID', { default_object_id: 0 }),
      changeLog.filter((row) => row['name'] !== 'Status'),
      changed('QrCode', { max_length: 100 }),
    ]) {
      const [problem, ...more] = problems(seen, healthy, columnRows, altered);
      assert.equal(problem?.kind, 'change log altered');
      assert.match(problem.message, /can’t write to dbo\.Products/);
      assert.deepEqual(more, []);
    }
  });

  it('names owners that differ, which ends ownership chaining', () => {
    const [problem] = problems({ ...seen, owners_differ: 1 }, healthy);
    assert.equal(problem?.kind, 'owners differ');
    assert.match(problem.message, /ALTER AUTHORIZATION/);
  });

  it('names the server option that keeps triggers from firing for what others write', () => {
    const [problem] = problems({ ...seen, misses_nested: 1 }, healthy);
    assert.equal(problem?.kind, 'nested triggers off');
    assert.match(problem.message, /another trigger writes/);
  });

  it('looks for ChangeLog after the triggers, so that a Configure in between is no alarm', () => {
    const sql = captureHealthSql(products);
    const [triggersRead, changeLogSought] = [
      sql.indexOf('FROM sys.triggers AS t WHERE'),
      sql.indexOf('SET @changeLog ='),
    ];
    assert.ok(triggersRead !== -1 && changeLogSought > triggersRead);
  });

  it('is as many SELECTs as it says, and quotes the shop’s names', () => {
    const sql = captureHealthSql({ ...products, schema: "d'bo", table: 'My]Items' });
    assert.equal(sql.match(/^SELECT /gm)?.length, captureHealthRecordsets);
    assert.ok(sql.includes("N'[d''bo].[My]]Items]'"));
  });
});
