import assert from 'node:assert/strict';
import {
  createSequenceAfterSql,
  type FoundLogColumn,
  isStagingTable,
  recognizeChangeLog,
  takenOverColumns,
} from '../../../src/sync/sqlserver/changeLogTable';
import { typeOf } from './sampleTable';

function column(name: string, type: string, maxLength: number, more: Partial<FoundLogColumn> = {}): FoundLogColumn {
  return { name, type: typeOf(type, { maxLength }), identity: false, hasDefault: false, ...more };
}

const ours: readonly FoundLogColumn[] = [
  column('LogID', 'bigint', 8, { hasDefault: true }),
  column('ChangeType', 'nvarchar', 20),
  column('ProductID', 'nvarchar', 900),
  column('ProductName', 'nvarchar', 800),
  column('SellPrice', 'numeric', 9),
  column('QrCode', 'nvarchar', 800),
  column('Status', 'nvarchar', 100),
  column('ChangeDateTime', 'datetime', 8, { hasDefault: true }),
];
const desktop: readonly FoundLogColumn[] = [
  column('LogID', 'int', 4, { identity: true }),
  column('ChangeType', 'nvarchar', 20),
  column('ProductID', 'varchar', 25),
  column('ProductName', 'varchar', 75),
  column('SellPrice', 'numeric', 9),
  column('QrCode', 'varchar', 100),
  column('Status', 'int', 4),
  column('ChangeDateTime', 'datetime', 8, { hasDefault: true }),
];

function without(name: string): readonly FoundLogColumn[] {
  return ours.filter((each) => each.name !== name);
}

describe('a table that is called ChangeLog', () => {
  it('is shopMaster’s where it is as shopMaster makes it', () => assert.equal(recognizeChangeLog(ours), 'ours'));

  it('is the desktop program’s where it has its columns', () => assert.equal(recognizeChangeLog(desktop), 'desktop'));

  it('is taken over like a desktop one where its numbering is gone', () =>
    assert.equal(recognizeChangeLog([column('LogID', 'bigint', 8), ...without('LogID')]), 'desktop'));

  it('is foreign where a column is missing, is one too many, or holds something else', () => {
    assert.equal(recognizeChangeLog([]), 'foreign');
    assert.equal(recognizeChangeLog(without('Status')), 'foreign');
    assert.equal(recognizeChangeLog([...ours, column('Note', 'nvarchar', 20)]), 'foreign');
    assert.equal(recognizeChangeLog([...without('Status'), column('State', 'int', 4)]), 'foreign');
    assert.equal(recognizeChangeLog([...without('LogID'), column('LogID', 'uniqueidentifier', 16)]), 'foreign');
    assert.equal(recognizeChangeLog([...without('QrCode'), column('QrCode', 'image', 16)]), 'foreign');
  });

  it('is told from the table beside it that a takeover fills', () => {
    assert.equal(isStagingTable([column('LogID', 'bigint', 8), ...without('LogID')]), true);
    assert.equal(isStagingTable(desktop), false);
  });
});

describe('the sequence after a takeover', () => {
  it('lies in any schema, whatever signs its name has', () =>
    assert.match(
      createSequenceAfterSql("O'Neil]", 'ChangeLog_shopMaster'),
      /N'CREATE SEQUENCE \[O''Neil\]\]\]\.\[ChangeLogID\] AS BIGINT START WITH ' \+/,
    ));
});

describe('rows of a desktop ChangeLog', () => {
  it('are copied in ChangeLog’s own types, without the padding of a CHAR key', () => {
    const copied = takenOverColumns(desktop, typeOf('char', { maxLength: 10 }));
    assert.match(
      copied,
      /^o\.\[LogID\], CONVERT\(NVARCHAR\(10\), o\.\[ChangeType\]\), RTRIM\(CONVERT\(NVARCHAR\(450\), /,
    );
    assert.match(copied, /TRY_CAST\(o\.\[SellPrice\] AS NUMERIC\(18,2\)\)/);
    assert.match(copied, /CONVERT\(NVARCHAR\(50\), o\.\[Status\]\)/);
    assert.doesNotMatch(takenOverColumns(desktop, typeOf('varchar', { maxLength: 10 })), /RTRIM/);
  });
});
