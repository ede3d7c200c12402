import assert from 'node:assert/strict';
import { RequestError } from 'mssql';
import type { ErrorCode } from '../../../src/sync/errors';
import { isDeadlock } from '../../../src/sync/sqlserver/driverErrors';
import { failingInSentences, isConnectionLost, statementFailure } from '../../../src/sync/sqlserver/statementFailure';

/** An error of SQL Server as the driver hands it over, with those that came before it. */
function serverError(number: number, message: string, severity = 16, preceding: readonly Error[] = []): Error {
  const info = Object.assign(new Error(message), { info: { number, message, class: severity } });
  return Object.assign(new RequestError(info, 'EREQUEST'), { precedingErrors: preceding });
}

function lostError(code: string, message: string): Error {
  return new RequestError(Object.assign(new Error(message), { code }), 'EREQUEST');
}

const failures: readonly [string, Error, ErrorCode, RegExp][] = [
  [
    'a lock timeout',
    serverError(1222, 'Lock request time out period exceeded.'),
    'sql-busy',
    /^The product table is locked/,
  ],
  ['a deadlock', serverError(1205, 'deadlock victim'), 'sql-busy', /locked by another program/],
  [
    'a lock timeout before another error',
    serverError(3621, 'The statement has been terminated.', 16, [serverError(1222, 'Lock request time out')]),
    'sql-busy',
    /locked/,
  ],
  [
    'a ChangeLog that is missing',
    serverError(208, "Invalid object name 'dbo.ChangeLog'."),
    'not-configured',
    /ChangeLog/,
  ],
  [
    'a product table that is missing',
    serverError(208, "Invalid object name 'dbo.Products'."),
    'table-missing',
    /dbo\.Products/,
  ],
  ['a column that is missing', serverError(207, "Invalid column name 'SellPrice'."), 'columns-missing', /SellPrice/],
  [
    'a denied SELECT',
    serverError(229, "The SELECT permission was denied on the object 'ChangeLog'"),
    'sql-permission-denied',
    /SELECT permission was denied/,
  ],
  [
    'a denied CREATE TABLE',
    serverError(262, 'CREATE TABLE permission denied'),
    'sql-permission-denied',
    /CREATE TABLE/,
  ],
  [
    'a statement that takes too long',
    lostError('ETIMEOUT', 'Timeout: Request failed'),
    'sql-server-unreachable',
    /120 seconds/,
  ],
  [
    'a broken socket',
    lostError('ECONNRESET', 'read ECONNRESET'),
    'sql-connection-lost',
    /connection to kasse was lost/,
  ],
  ['a socket that ended', lostError('ESOCKET', 'Connection lost - socket hang up'), 'sql-connection-lost', /lost/],
  ['a killed session', serverError(596, 'the session is in the kill state', 21), 'sql-connection-lost', /lost/],
  ['a fatal error', serverError(823, 'I/O error', 24), 'sql-connection-lost', /lost/],
  [
    'any other error',
    serverError(8134, 'Divide by zero error encountered.'),
    'sql-failed',
    /error 8134: Divide by zero/,
  ],
  ['an error without a number', new Error('odd'), 'sql-failed', /odd/],
];

describe('a batch that fails', () => {
  for (const [name, caught, code, message] of failures)
    it(`has a sentence for ${name}`, () => {
      const failure = statementFailure(caught, 'kasse');
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
      assert.notEqual(failure.hint, '');
      assert.equal(failure.cause, caught);
    });

  it('costs the connection only where that is gone', () => {
    const lost = failures.filter(([, caught]) => isConnectionLost(caught)).map(([name]) => name);
    assert.deepEqual(lost, ['a broken socket', 'a socket that ended', 'a killed session', 'a fatal error']);
  });

  it('is known as a deadlock wherever error 1205 stands', () => {
    assert(isDeadlock(serverError(1205, 'x')));
    assert(isDeadlock(statementFailure(serverError(1205, 'x'), 'kasse')));
    assert(isDeadlock(serverError(3621, 'x', 16, [serverError(1205, 'y')])));
    assert(!isDeadlock(serverError(1222, 'x')));
  });

  it('rejects with the reason of the signal when it was aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const runner = failingInSentences(
      {
        batch() {
          stop.abort(reason);
          return Promise.reject(new Error('Canceled.'));
        },
      },
      'kasse',
    );
    await assert.rejects(runner.batch('SELECT 1', stop.signal), (error) => error === reason);
  });
});
