/** Where statements begin and end in a batch, and what is said of a batch that is wrong. */
import assert from 'node:assert/strict';
import { SqlServerError } from '../../demo/sqlserver/contract';
import { compileBatch } from '../../demo/sqlserver/engine/session/parser';
import type { Statement } from '../../demo/sqlserver/engine/session/syntax';

function compile(text: string): readonly Statement[] {
  return compileBatch(text, { quotedIdentifier: true, moduleId: '1', check: () => undefined }).statements;
}

/** Each statement's kind, or its text where the translation takes it. */
function outline(text: string): readonly string[] {
  return compile(text).map((statement) => (statement.kind === 'sql' ? statement.source.text : statement.kind));
}

function error(text: string): number | undefined {
  try {
    compile(text);
  } catch (failure) {
    if (failure instanceof SqlServerError) return failure.number;
    throw failure;
  }
  return undefined;
}

describe('A batch', () => {
  const boundaries: readonly (readonly [string, readonly string[]])[] = [
    ['SELECT 1 SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['SELECT 1;;SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 SELECT 4', ['SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3', 'SELECT 4']],
    ['INSERT INTO t SELECT 1 SELECT 2', ['INSERT INTO t SELECT 1', 'SELECT 2']],
    ['INSERT t (a) VALUES (1) SELECT 2', ['INSERT t (a) VALUES (1)', 'SELECT 2']],
    ['INSERT t DEFAULT VALUES DELETE t', ['INSERT t DEFAULT VALUES', 'DELETE t']],
    ['UPDATE t SET a = 1 SET NOCOUNT ON', ['UPDATE t SET a = 1', 'set option']],
    ['UPDATE t SET a = CASE WHEN b = 1 THEN 2 END DELETE t', ['UPDATE t SET a = CASE WHEN b = 1 THEN 2 END', 'DELETE t']],
    ['WITH c AS (SELECT 1 AS a) DELETE FROM c UPDATE t SET a = 1', ['WITH c AS (SELECT 1 AS a) DELETE FROM c', 'UPDATE t SET a = 1']],
    ['SELECT a FROM t ORDER BY a OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY SELECT 1', ['SELECT a FROM t ORDER BY a OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY', 'SELECT 1']],
    ['CREATE TABLE t (a INT REFERENCES u (a) ON DELETE SET NULL) SELECT 1', ['CREATE TABLE t (a INT REFERENCES u (a) ON DELETE SET NULL)', 'SELECT 1']],
    ['ALTER TABLE t ALTER COLUMN a INT NULL DROP TABLE IF EXISTS t', ['ALTER TABLE t ALTER COLUMN a INT NULL', 'DROP TABLE IF EXISTS t']],
    ['ALTER TABLE t SET (LOCK_ESCALATION = DISABLE) SELECT 1', ['ALTER TABLE t SET (LOCK_ESCALATION = DISABLE)', 'SELECT 1']],
    ['ALTER TABLE t DROP CONSTRAINT c ALTER TABLE t DROP COLUMN a', ['ALTER TABLE t DROP CONSTRAINT c', 'ALTER TABLE t DROP COLUMN a']],
    ['DECLARE @a INT = 1, @b INT SET @a += 2 PRINT @a', ['declare', 'assign', 'print']],
    ['EXEC p 1, @a = N\'x\' EXEC (N\'SELECT 1\')', ['execute', 'execute text']],
    ['BEGIN TRAN x COMMIT TRAN x BEGIN TRANSACTION ROLLBACK WORK', ['transaction', 'transaction', 'transaction', 'transaction']],
    ['IF 1 = 1 SELECT 1 ELSE SELECT 2 SELECT 3', ['if', 'SELECT 3']],
    ['WHILE 1 = 1 BEGIN BREAK END RETURN', ['while', 'return']],
    ['BEGIN TRY END TRY BEGIN CATCH THROW END CATCH', ['try']],
    ['SELECT enable, disable FROM t DISABLE TRIGGER a ON t', ['SELECT enable, disable FROM t', 'toggle trigger']],
    ['SELECT [select], "from" FROM [update]', ['SELECT [select], "from" FROM [update]']],
    ['RAISERROR(N\'a, b\', 16, 1) WITH NOWAIT SELECT 1', ['raiserror', 'SELECT 1']],
    ['(SELECT 1) UNION (SELECT 2)', ['(SELECT 1) UNION (SELECT 2)']],
  ]; // prettier-ignore

  for (const [text, statements] of boundaries) {
    it(`is split: ${text}`, () => {
      assert.deepEqual(outline(text), statements);
    });
  }

  it('knows the line of each statement', () => {
    const lines = compile('SELECT 1\n\n-- comment\nSELECT\n2 PRINT 3').map(({ line }) => line);
    assert.deepEqual(lines, [1, 4, 5]);
  });

  it('hands the session’s functions to the translation as variables', () => {
    assert.deepEqual(outline('SELECT SCOPE_IDENTITY(), ERROR_NUMBER ( ), @@ROWCOUNT, dbo.SCOPE_IDENTITY()'), [
      'SELECT @@scope_identity, @@error_number, @@ROWCOUNT, dbo.SCOPE_IDENTITY()',
    ]);
  });

  it('gives table variables temporary tables', () => {
    assert.deepEqual(outline('DECLARE @t TABLE (a INT) INSERT INTO @t SELECT 1'), [
      'declare table',
      'INSERT INTO [#@t_1] SELECT 1',
    ]);
  });

  it('tells UPDATE(column) from the statement', () => {
    const [statement] = compile(
      'CREATE TRIGGER x ON t AFTER UPDATE AS IF UPDATE([My Price]) OR UPDATE(b) UPDATE t SET a = 1',
    );
    assert.equal(statement?.kind, 'create trigger');
    const [body] = statement.module.body;
    assert.equal(body?.kind, 'if');
    assert.deepEqual(
      [body.condition.text, body.condition.updateTests],
      ['(@@update_0 = 1) OR (@@update_1 = 1)', ['My Price', 'b']],
    );
  });

  it('takes the rest of the batch for a trigger’s body', () => {
    const [statement, ...others] = compile('CREATE TRIGGER x ON t FOR INSERT, DELETE AS SELECT 1; SELECT 2');
    assert.equal(statement?.kind, 'create trigger');
    assert.deepEqual(
      [statement.module.events, statement.module.body.length, others.length],
      [['INSERT', 'DELETE'], 2, 0],
    );
  });

  const errors: readonly (readonly [string, number])[] = [
    ['SELECT 1 CREATE TRIGGER x ON t FOR INSERT AS SELECT 1', 111],
    ['SELECT 1; CREATE PROCEDURE p AS SELECT 1', 111],
    ['MERGE t USING s ON t.a = s.a WHEN MATCHED THEN DELETE', 10713],
    ['BEGIN SELECT 1', 102],
    ['BEGIN END', 156],
    ['IF 1 = 1', 102],
    ['SELECT 1 ELSE SELECT 2', 156],
    ['DECLARE @a INT, @a INT', 134],
    ['BEGIN TRY SELECT 1 END TRY SELECT 2', 156],
    ["SELECT 'open", 105],
    ['SELECT 1 /* open', 113],
    ['EXEC p 1,', 102],
    ['GOTO x', 40517],
    ['DECLARE c CURSOR FOR SELECT 1', 40517],
    ['CREATE TRIGGER x ON ALL SERVER FOR LOGON AS SELECT 1', 40517],
  ];

  for (const [text, number] of errors) {
    it(`is refused with ${number}: ${text}`, () => assert.equal(error(text), number));
  }
});
