/** The right to send for this shop: an application lock of the database, held by the session of the writer connection. */
import type { Log, WriterLock } from '../ports';
import type { SqlServerConnection } from './connection';
import { integer, type SqlRunner } from './statements';

/** Its name; application locks belong to one database, so every shop of a server has its own. */
const resource = "N'shopMaster'";
const heldMode = `APPLOCK_MODE(N'public', ${resource}, N'Session')`;
const releaseTimeoutMs = 10_000;

/**
 * Takes the lock unless the session has it (each further sp_getapplock would want a release of its own) and leaves the answer
 * in @lock: 0 or 1 where it is held, negative where another session has it.
 */
export const takeWriterLockSql = `
DECLARE @lock INT;
SET @lock = 0;
IF ${heldMode} <> N'Exclusive'
  EXEC @lock = sp_getapplock @Resource = ${resource}, @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 0;
`;

const releaseWriterLockSql = `
IF ${heldMode} = N'Exclusive'
  EXEC sp_releaseapplock @Resource = ${resource}, @LockOwner = N'Session';
`;

/** `connection`: the one whose session keeps the lock; where it was never opened there is nothing to give up. */
export function createWriterLock(
  connection: SqlRunner & Pick<SqlServerConnection, 'open' | 'onDidEndSession'>,
  runner: SqlRunner,
  log: Log,
): WriterLock {
  return {
    async acquire(signal) {
      const [rows] = await runner.batch(`${takeWriterLockSql}SELECT @lock AS writer_lock;`, signal);
      const row = rows?.[0];
      return row !== undefined && integer(row, 'writer_lock') >= 0;
    },
    async release() {
      if (!connection.open) return;
      try {
        await connection.batch(releaseWriterLockSql, AbortSignal.timeout(releaseTimeoutMs));
      } catch (error) {
        // Without its connection the lock is gone as well.
        log.debug('The writer lock was not released by a statement', { error: String(error) });
      }
    },
    onDidLose: (listener) => connection.onDidEndSession(listener),
  };
}
