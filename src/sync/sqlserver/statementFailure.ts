/** Why a batch failed, in sentences. */
import { ShopError, toError } from '../errors';
import { requestTimeoutMs } from './connectionConfig';
import { codesOf, layersOf, serverMessagesOf, wordsOf } from './driverErrors';
import type { SqlRunner } from './statements';

const permissionErrors: ReadonlySet<number> = new Set([
  229, 230, 262, 297, 300, 378, 916, 1088, 2104, 3704, 15151, 15247,
]);
/** The connection is gone, says the driver. */
const lostCodes: ReadonlySet<string> = new Set([
  'ESOCKET',
  'ECONNCLOSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTOPEN',
  'EINVALIDSTATE',
  '08S01',
]);
/** The session is gone, says SQL Server: killed (596), server shutting down (6005). From severity 20 on it always is. */
const lostNumbers: ReadonlySet<number> = new Set([596, 6005]);
const fatalSeverity = 20;

/** The same batches with ShopErrors for errors; aborted ones keep the signal's reason. */
export function failingInSentences(runner: SqlRunner, server: string): SqlRunner {
  return {
    async batch(sql, signal) {
      try {
        return await runner.batch(sql, signal);
      } catch (caught) {
        signal.throwIfAborted();
        throw statementFailure(caught, server);
      }
    },
  };
}

/** `server`: its name for people. */
export function statementFailure(caught: unknown, server: string): ShopError {
  if (caught instanceof ShopError) return caught;
  const cause = toError(caught);
  const messages = serverMessagesOf(cause);
  const find = (...numbers: number[]) => messages.find(({ number }) => numbers.includes(number));

  if (isConnectionLost(cause))
    return new ShopError(
      'sql-connection-lost',
      `The connection to ${server} was lost.`,
      'shopMaster connects again by itself; if it stays so, check the network and SQL Server.',
      { cause, remedy: 'retry' },
    );
  if (find(1222, 1205) !== undefined)
    return new ShopError(
      'sql-busy',
      'The product table is locked by another program.',
      'Nothing is lost; shopMaster goes on when the table is free.',
      { cause, remedy: 'retry' },
    );
  const missingTable = find(208);
  if (missingTable !== undefined) return missingObject(missingTable.message, cause);
  const missingColumn = find(207);
  if (missingColumn !== undefined)
    return new ShopError(
      'columns-missing',
      `A column that shopMaster needs is gone: ${missingColumn.message}`,
      'Configure again, so that shopMaster looks at the product table anew.',
      { cause, remedy: 'configure' },
    );
  const denied = messages.find(({ number }) => permissionErrors.has(number));
  if (denied !== undefined)
    return new ShopError(
      'sql-permission-denied',
      `SQL Server denies a permission: ${denied.message}`,
      'Give the login this permission, or use another login.',
      { cause, remedy: 'configure' },
    );
  if (codesOf(cause).has('ETIMEOUT') || codesOf(cause).has('HYT00'))
    return new ShopError(
      'sql-server-unreachable',
      `${server} did not answer within ${requestTimeoutMs / 1000} seconds.`,
      'Check the network and the load of the server.',
      { cause, remedy: 'retry' },
    );
  const [first] = messages;
  return new ShopError(
    'sql-failed',
    first === undefined ? `SQL Server failed: ${cause.message}` : `SQL Server error ${first.number}: ${first.message}`,
    'If it happens again, have a look at the log.',
    { cause },
  );
}

/** Error 208 names the object. */
function missingObject(message: string, cause: Error): ShopError {
  if (/\bChangeLog\b/i.test(message))
    return new ShopError(
      'not-configured',
      'ChangeLog, the table of pending changes, is missing.',
      'Configure the shop.',
      {
        cause,
        remedy: 'configure',
      },
    );
  return new ShopError('table-missing', `The product table is missing: ${message}`, 'Check the table name.', {
    cause,
    remedy: 'configure',
  });
}

/** True where the connection is of no further use. */
export function isConnectionLost(cause: unknown): boolean {
  return (
    [...codesOf(cause)].some((code) => lostCodes.has(code)) ||
    serverMessagesOf(cause).some(({ number }) => lostNumbers.has(number)) ||
    layersOf(cause).some((layer) => typeof layer['class'] === 'number' && layer['class'] >= fatalSeverity) ||
    /^Connection lost|^Failed to cancel request/m.test(wordsOf(cause))
  );
}
