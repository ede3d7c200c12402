import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import type { CaptureProblem } from '../../../src/sync/model';
import { createChangeLog, type ChangeLogTable } from '../../../src/sync/sqlserver/changeLog';
import { never, ScriptedRunner } from './scriptedRunner';

const altered: CaptureProblem = { kind: 'change log altered', message: 'ChangeLog was changed by hand.' };
const columnsChanged: CaptureProblem = { kind: 'columns changed', message: 'There is no column QrCode.' };
const noColumn = new ShopError('columns-missing', "Invalid column name 'ProductID'.", 'Configure again.');
const unknownTable = new ShopError('columns-missing', 'dbo.Products has no column QrCode.', 'Name another table.');

/** SQL Server compiles a batch as a whole: where ChangeLog lacks a column, no statement of it is carried out, neither look nor lock. */
function changeLogLackingColumn(problems: readonly CaptureProblem[], writerLock = 0) {
  const runner = new ScriptedRunner((sql) => {
    if (sql.includes('[dbo].[ChangeLog]')) throw noColumn;
    return sql.includes('@lock') ? [[{ writer_lock: writerLock }]] : [[{ state: 1 }]];
  });
  let lookups = 0;
  const table: ChangeLogTable = {
    qualifiedName: '[dbo].[ChangeLog]',
    keyCollation: null,
    check: { sql: 'SELECT 1 AS state;', recordsets: 1, problems: () => problems },
  };
  const log = createChangeLog(runner, runner, () => {
    lookups += 1;
    return lookups > 1 && problems.includes(columnsChanged) ? Promise.reject(unknownTable) : Promise.resolve(table);
  });
  return { log, runner };
}

describe('a ChangeLog that lacks a column', () => {
  it('is told by the page of a sync, which knows nothing of what is pending', async () => {
    const { log } = changeLogLackingColumn([altered]);
    assert.deepEqual(await log.readPage(null, 10, never), {
      writer: true,
      captureProblems: [altered],
      changes: [],
      deletes: [],
    });
  });

  it('is for the writer to tell: another window or PC is left to it', async () => {
    const { log, runner } = changeLogLackingColumn([altered], -1);
    const page = await log.readPage(null, 10, never);
    assert.deepEqual(page, { writer: false, changes: [], deletes: [] });
    assert.ok(runner.batches.some((sql) => sql.includes('sp_getapplock') && !sql.includes('ChangeLog')));
  });

  it('is told by a look and by a preview as well, which leave the writer lock alone', async () => {
    const { log, runner } = changeLogLackingColumn([altered]);
    assert.deepEqual((await log.look(never)).problems, [altered]);
    assert.deepEqual((await log.peekPage(null, 10, never)).captureProblems, [altered]);
    assert.doesNotMatch(runner.batches.join(''), /applock/);
  });

  it('is not what is told where the product table can’t be synced either', async () => {
    const { log } = changeLogLackingColumn([altered, columnsChanged]);
    await assert.rejects(log.readPage(null, 10, never), unknownTable);
  });

  it('is what it is not called where the look finds it in order', async () => {
    const { log } = changeLogLackingColumn([{ kind: 'trigger missing', message: 'A trigger is missing.' }]);
    await assert.rejects(log.readPage(null, 10, never), noColumn);
  });
});

describe('a ChangeLog that Configure makes at this moment', () => {
  function changeLogComing(problemsThen: readonly CaptureProblem[]) {
    const missing = new ShopError(
      'not-configured',
      'ChangeLog, the table of pending changes, is missing.',
      'Configure.',
    );
    const runner = new ScriptedRunner((sql, index) => {
      if (index === 0) throw missing;
      return sql.includes('[dbo].[ChangeLog]') ? [[], [{ inserts: 1, updates: 0, deleted: 0 }]] : [[]];
    });
    const looks = [[], problemsThen];
    const check = { sql: 'SELECT 1 AS state;', recordsets: 1, problems: () => looks.shift() ?? [] };
    const table = { qualifiedName: '[dbo].[ChangeLog]', keyCollation: null, check };
    let lookups = 0;
    return createChangeLog(runner, runner, () => {
      lookups += 1;
      return lookups > 1 ? Promise.reject(unknownTable) : Promise.resolve(table);
    });
  }

  it('is read as soon as it is there', async () => {
    const counts = { pending: 1, inserts: 1, updates: 0, deleted: 0 };
    assert.deepEqual(await changeLogComing([]).look(never), { problems: [], counts });
  });

  it('is not all there is to tell where the product table can’t be synced any more', async () => {
    await assert.rejects(changeLogComing([columnsChanged]).look(never), unknownTable);
  });
});
