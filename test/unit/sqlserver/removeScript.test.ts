import assert from 'node:assert/strict';
import { removeScript } from '../../../src/sync/sqlserver/removeScript';

describe('remove.sql', () => {
  const script = removeScript({ schema: "a]b'c", table: 'Products' }, { dropLog: true });

  it('quotes the schema wherever it stands', () => {
    assert.match(script, /DROP TRIGGER \[a\]\]b'c\]\.\[trgAfterInsert\];/);
    assert.match(script, /OBJECT_ID\(N'\[a\]\]b''c\]\.\[ChangeLog\]', N'U'\)/);
  });

  it('is one transaction, triggers first', () => {
    const order = [/BEGIN TRANSACTION/, /DROP TRIGGER/, /DROP TABLE/, /DROP SEQUENCE/, /COMMIT TRANSACTION/];
    const positions = order.map((pattern) => script.search(pattern));
    assert.deepEqual(
      positions,
      [...positions].sort((one, other) => one - other),
    );
    assert.ok(positions.every((position) => position >= 0));
    assert.match(script, /SET XACT_ABORT ON/);
  });

  it('needs nothing newer than SQL Server 2012, and no batch separator', () =>
    assert.doesNotMatch(script, /DROP \w+ IF EXISTS|CREATE OR ALTER|^GO$/im));

  it('keeps ChangeLog unless it is told otherwise', () =>
    assert.doesNotMatch(removeScript({ table: 'Products' }, { dropLog: false }), /DROP TABLE|DROP SEQUENCE/));
});
