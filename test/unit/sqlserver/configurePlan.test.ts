import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import type { CaptureState, FoundTrigger } from '../../../src/sync/sqlserver/captureState';
import { type ConfigureWork, decide, type OtherTable } from '../../../src/sync/sqlserver/configurePlan';
import { configureSql } from '../../../src/sync/sqlserver/configureSql';
import { triggerTexts } from '../../../src/sync/sqlserver/triggers';
import { products, typeOf } from './sampleTable';

const ours: readonly FoundTrigger[] = triggerTexts(products).map(({ name, text }, index) => ({
  objectId: 200 + index,
  schema: 'dbo',
  name,
  parentId: products.objectId,
  parent: 'dbo.Products',
  disabled: false,
  insteadOf: false,
  definition: text,
  owner: 'ours',
}));

const empty: CaptureState = {
  triggers: [],
  changeLog: null,
  sequence: 'absent',
  captureOwnerIds: [1, 1],
  staging: 'absent',
  namesakes: [],
  permissions: { alterTable: true, createInSchema: true, viewDefinitions: true },
};
const configured: CaptureState = {
  ...empty,
  triggers: ours,
  changeLog: { kind: 'ours', ownerId: 1, columns: [] },
  sequence: 'usable',
};

function work(state: CaptureState, others: readonly OtherTable[] = [], discard = false): ConfigureWork {
  return decide(products, state, others, [], discard);
}

function kinds(state: CaptureState, others: readonly OtherTable[] = [], discard = false): readonly string[] {
  return work(state, others, discard).plan.steps.map(({ kind }) => kind);
}

function refusal(state: CaptureState, others: readonly OtherTable[] = []): ShopError {
  try {
    work(state, others);
  } catch (caught) {
    if (caught instanceof ShopError) return caught;
    throw caught;
  }
  throw new assert.AssertionError({ message: 'It was not refused.' });
}

function firstTrigger(change: Partial<FoundTrigger>): CaptureState {
  return { ...configured, triggers: ours.map((trigger, index) => (index === 0 ? { ...trigger, ...change } : trigger)) };
}

const moved: CaptureState = {
  ...configured,
  triggers: ours.map((trigger) => ({ ...trigger, parentId: 99, parent: 'dbo.Old' })),
};

describe('the plan of Configure', () => {
  it('creates ChangeLog and the triggers in an empty schema, and warns of error 334', () => {
    assert.deepEqual(kinds(empty), ['create ChangeLog', 'create trigger', 'create trigger', 'create trigger']);
    assert.match(work(empty).plan.warnings.join(), /OUTPUT.*334/);
  });

  it('is empty where everything is there', () => {
    const { plan } = work(configured);
    assert.deepEqual(plan, {
      table: { schema: 'dbo', name: 'Products' },
      steps: [],
      warnings: [],
      upToDate: true,
    });
  });

  it('needs no rights where there is nothing to do', () => {
    const none = { alterTable: false, createInSchema: false, viewDefinitions: true };
    assert.deepEqual(kinds({ ...configured, permissions: none }), []);
  });

  it('replaces a trigger that is disabled, altered, or made for other columns, and says why', () => {
    const cases: readonly (readonly [Partial<FoundTrigger>, RegExp])[] = [
      [{ disabled: true }, /disabled/],
      [{ definition: `${ours[0]?.definition ?? ''}PRINT N'x'` }, /changed by hand/],
      [{ definition: 'CREATE TRIGGER … INSERT INTO ChangeLog', owner: 'desktop' }, /desktop/],
      [{ definition: otherColumns() }, /other columns/],
    ];
    for (const [change, reason] of cases) {
      const { plan, drop } = work(firstTrigger(change));
      assert.deepEqual(
        plan.steps.map(({ kind }) => kind),
        ['replace trigger'],
      );
      assert.match(plan.steps[0]?.description ?? '', reason);
      assert.deepEqual(
        drop.map(({ name }) => name),
        ['trgAfterInsert'],
      );
    }
  });

  it('takes over a ChangeLog of the desktop program and makes all triggers anew', () => {
    const state: CaptureState = {
      ...configured,
      sequence: 'absent',
      changeLog: { kind: 'desktop', ownerId: 1, columns: [] },
    };
    assert.deepEqual(kinds(state), ['take over ChangeLog', 'replace trigger', 'replace trigger', 'replace trigger']);
  });

  it('removes the triggers of a table configured before', () => {
    assert.deepEqual(kinds(moved, [{ displayName: 'dbo.Old', schema: 'dbo', pending: false }]), [
      'remove triggers',
      'create trigger',
      'create trigger',
      'create trigger',
    ]);
  });

  it('refuses while changes of that table are pending, unless they are to be discarded', () => {
    const others = [{ displayName: 'dbo.Old', schema: 'dbo', pending: true }];
    assert.equal(refusal(moved, others).code, 'other-table-pending');
    assert.match(refusal(moved, others).message, /dbo\.Old/);
    assert.deepEqual(kinds(moved, others, true).slice(0, 2), ['remove triggers', 'discard changes']);
  });

  it('refuses a trigger of others with such a name, naming trigger and table', () => {
    const taken = refusal(
      firstTrigger({ owner: 'foreign', definition: 'CREATE TRIGGER …', parent: 'dbo.Orders', parentId: 7 }),
    );
    assert.equal(taken.code, 'trigger-taken');
    assert.match(taken.message, /trgAfterInsert on dbo\.Orders/);
  });

  it('leaves triggers of others in other schemas alone', () => {
    const elsewhere = { ...ours[0]!, owner: 'foreign' as const, schema: 'stock', parent: 'stock.Items', parentId: 8 };
    assert.deepEqual(kinds({ ...configured, triggers: [...ours, elsewhere] }), []);
  });

  it('refuses what it may not read, what is not its own, and other owners', () => {
    assert.equal(refusal(firstTrigger({ owner: 'unreadable', definition: null })).code, 'triggers-not-visible');
    assert.equal(refusal({ ...empty, namesakes: ['dbo.trgAfterUpdate (SQL_STORED_PROCEDURE)'] }).code, 'trigger-taken');
    assert.equal(refusal({ ...empty, namesakes: ['dbo.ChangeLog (VIEW)'] }).code, 'change-log-taken');
    assert.equal(
      refusal({ ...empty, changeLog: { kind: 'foreign', ownerId: 1, columns: [] } }).code,
      'change-log-taken',
    );
    assert.equal(refusal({ ...empty, sequence: 'foreign' }).code, 'change-log-taken');
    assert.equal(refusal({ ...empty, captureOwnerIds: [1, 5] }).code, 'owners-differ');
  });

  it('refuses without the rights that it takes', () => {
    const noAlter = { alterTable: false, createInSchema: true, viewDefinitions: true };
    const noCreate = { alterTable: true, createInSchema: false, viewDefinitions: true };
    assert.match(refusal({ ...empty, permissions: noAlter }).message, /create triggers on dbo\.Products/);
    assert.match(refusal({ ...empty, permissions: noCreate }).message, /create the table dbo\.ChangeLog/);
    assert.equal(refusal({ ...empty, permissions: noCreate }).code, 'triggers-not-permitted');
  });

  it('mentions triggers that act instead of the statement', () => {
    const instead = { ...ours[0]!, name: 'trgInstead', insteadOf: true, owner: 'foreign' as const };
    assert.match(work({ ...configured, triggers: [...ours, instead] }).plan.warnings.join(), /trgInstead/);
  });
});

describe('the transaction of Configure', () => {
  const positions = (sql: string, ...patterns: readonly RegExp[]) => patterns.map((pattern) => sql.search(pattern));
  const inOrder = (found: readonly number[]) =>
    found.every((position, index) => position >= 0 && (index === 0 || position > (found[index - 1] ?? 0)));

  it('is all or nothing and waits for no lock longer than two seconds', () => {
    const sql = configureSql(work(empty));
    assert.ok(
      inOrder(
        positions(
          sql,
          /SET XACT_ABORT ON/,
          /SET LOCK_TIMEOUT 2000/,
          /BEGIN TRANSACTION/,
          /CREATE TABLE/,
          /EXEC \(N'CREATE TRIGGER/,
          /COMMIT TRANSACTION/,
        ),
      ),
    );
  });

  it('drops triggers first and creates them last when ChangeLog is replaced', () => {
    const columns = [
      'LogID',
      'ChangeType',
      'ProductID',
      'ProductName',
      'SellPrice',
      'QrCode',
      'Status',
      'ChangeDateTime',
    ].map((name) => ({
      name,
      type: typeOf('varchar', { maxLength: 25 }),
      identity: name === 'LogID',
      hasDefault: false,
    }));
    const sql = configureSql(
      work({ ...configured, sequence: 'absent', changeLog: { kind: 'desktop', ownerId: 1, columns } }),
    );
    assert.ok(
      inOrder(
        positions(
          sql,
          /DROP TRIGGER/,
          /INSERT INTO \[dbo\]\.\[ChangeLog_shopMaster\]/,
          /DROP TABLE \[dbo\]\.\[ChangeLog\]/,
          /CREATE SEQUENCE/,
          /sp_rename/,
          /EXEC \(N'CREATE TRIGGER/,
        ),
      ),
    );
  });

  it('drops a trigger only where it is still the one that was seen', () =>
    assert.match(
      configureSql(work(firstTrigger({ disabled: true }))),
      /IF OBJECT_ID\(N'\[dbo\]\.\[trgAfterInsert\]', N'TR'\) = 200 DROP TRIGGER \[dbo\]\.\[trgAfterInsert\];/,
    ));

  it('needs nothing newer than SQL Server 2012', () => {
    for (const state of [empty, configured, moved])
      assert.doesNotMatch(
        configureSql(work(state)),
        /CREATE OR ALTER|IF EXISTS \[|STRING_AGG|OPENJSON|DROP \w+ IF EXISTS/i,
      );
  });
});

function otherColumns(): string {
  const columns = { ...products.columns, Status: { ...products.columns.Status, type: typeOf('bigint') } };
  return triggerTexts({ ...products, columns })[0]?.text ?? '';
}
