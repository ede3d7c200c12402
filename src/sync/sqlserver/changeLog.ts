/** ChangeLog: reading what is pending, and deleting exactly what is confirmed. capture.md gives the reasons. */
import { inParts } from '../inParts';
import type { CaptureProblem, ChangeCounts, Dismissal, LogId } from '../model';
import type { CaptureLook, ChangeLog, ChangePage } from '../ports';
import { loggedChangeOf, listSql } from './changeList';
import { changedSql, queuedPerStatement, queueSql } from './changeQueue';
import {
  changeOf,
  keyCollationOf,
  logIdLiteral,
  mostKeys,
  ofProductsSql,
  pendingTypes,
  reading,
  skippingLocked,
  writing,
} from './changeRows';
import { type Look, lookThroughDamage } from './damagedCapture';
import { integer, text, type Row, type SqlRunner } from './statements';
import { takeWriterLockSql } from './writerLock';

/** The look at the triggers that goes along with a page. */
export interface CaptureCheck {
  readonly sql: string;
  /** How many recordsets `sql` gives. */
  readonly recordsets: number;
  problems(recordsets: readonly (readonly Row[])[]): readonly CaptureProblem[];
}

/** What the batches need to know of one shop's ChangeLog. */
export interface ChangeLogTable {
  /** `[dbo].[ChangeLog]` */
  readonly qualifiedName: string;
  /** The collation that the product table compares its keys by; null where keys are no text. */
  readonly keyCollation: string | null;
  readonly check: CaptureCheck;
}

/** More row locks in one statement than this, and SQL Server thinks of locking the table. */
const changesPerStatement = 1000;

/** `writer` runs on the connection that holds the writer lock, `reader` on another; `table` knows the shop's ChangeLog, or looks it up. */
export function createChangeLog(
  writer: SqlRunner,
  reader: SqlRunner,
  table: (runner: SqlRunner, signal: AbortSignal) => Promise<ChangeLogTable>,
): ChangeLog {
  const runOn = async (runner: SqlRunner, sql: (log: ChangeLogTable) => string, signal: AbortSignal) =>
    runner.batch(sql(await table(runner, signal)), signal);

  return {
    readPage(after, limit, signal, withLook = true) {
      const hasLock = async () => {
        const [rows] = await writer.batch(`${reading}${takeWriterLockSql}SELECT @lock AS writer_lock;`, signal);
        return isHeld(rows);
      };
      const look = pageLook(
        after,
        async (log) => {
          const [lock, ...page] = await writer.batch(lockedPageSql(log, { after, limit, withLook }), signal);
          if (!isHeld(lock)) return otherWritersPage;
          return pageOf(page, log, { after, withLook });
        },
        hasLock,
      );
      return lookThroughDamage(look, table, writer, signal);
    },
    peekPage(after, limit, signal, withLook = true) {
      const look = pageLook(after, async (log) =>
        pageOf(await reader.batch(reading + pageSql(log, { after, limit, withLook }), signal), log, {
          after,
          withLook,
        }),
      );
      return lookThroughDamage(look, table, reader, signal);
    },
    async acknowledge(logIds, signal) {
      for (const ids of statementsOf(logIds))
        await runOn(
          writer,
          (log) => `${writing}DELETE FROM ${log.qualifiedName} WITH (ROWLOCK) WHERE LogID IN (${ids});`,
          signal,
        );
    },
    async markDeleted(logIds, signal) {
      for (const ids of statementsOf(logIds))
        await runOn(
          writer,
          (log) =>
            `${writing}UPDATE ${log.qualifiedName} WITH (ROWLOCK) SET ChangeType = N'DELETE' WHERE LogID IN (${ids}) AND ChangeType IN (${pendingTypes});`,
          signal,
        );
    },
    async newestDeleted(signal) {
      const [rows] = await runOn(reader, (log) => reading + newestDeletedSql(log), signal);
      return rows?.[0] === undefined ? null : text(rows[0], 'log_id');
    },
    async clearDeleted(dismissal, signal) {
      for (const part of statementsFor(dismissal))
        for (let deleted = changesPerStatement; deleted === changesPerStatement;) {
          const [rows] = await runOn(writer, (log) => clearSql(log, part), signal);
          deleted = rows?.[0] === undefined ? 0 : integer(rows[0], 'deleted');
        }
    },
    async count(signal) {
      const [rows] = await runOn(reader, (log) => reading + countSql(log), signal);
      return countsOf(rows);
    },
    look(signal) {
      const look: Look<CaptureLook> = {
        async read(log) {
          const results = await reader.batch(reading + log.check.sql + countSql(log), signal);
          return {
            problems: log.check.problems(results.slice(0, log.check.recordsets)),
            counts: countsOf(results[log.check.recordsets]),
          };
        },
        problemsOf: ({ problems }) => problems,
        empty: (problems) => ({ problems, counts: noChanges }),
      };
      return lookThroughDamage(look, table, reader, signal);
    },
    async changed(keys, types, signal) {
      const found = new Set<string>();
      for (const part of inParts(keys, queuedPerStatement)) {
        const [rows] = await runOn(reader, (log) => changedSql(log, part, types), signal);
        const numbers = new Set((rows ?? []).map((row) => integer(row, 'key_number')));
        for (const [number, key] of part.entries()) if (numbers.has(number)) found.add(key);
      }
      return found;
    },
    async queue(changes, signal) {
      for (const part of inParts(changes, queuedPerStatement))
        await runOn(writer, (log) => queueSql(log, part), signal);
    },
    async list(filter, after, limit, signal) {
      const [rows] = await runOn(reader, (log) => listSql(log, filter, after, limit), signal);
      return (rows ?? []).map(loggedChangeOf);
    },
  };
}

const noChanges: ChangeCounts = { pending: 0, inserts: 0, updates: 0, deleted: 0 };

const otherWritersPage: ChangePage = { writer: false, changes: [], deletes: [] };

interface Page {
  readonly after: LogId | null;
  readonly limit: number;
  /** At the triggers, too. */
  readonly withLook: boolean;
}

/** `mayWrite`: asked where ChangeLog can't be read, because the batch that failed may not have come as far as the lock. */
function pageLook(
  after: LogId | null,
  read: (log: ChangeLogTable) => Promise<ChangePage>,
  mayWrite: () => Promise<boolean> = () => Promise.resolve(true),
): Look<ChangePage> {
  return {
    read,
    problemsOf: ({ captureProblems = [] }) => captureProblems,
    async empty(captureProblems) {
      if (!(await mayWrite())) return otherWritersPage;
      const isGone = captureProblems.some(({ kind }) => kind === 'change log missing');
      const counts = after === null && isGone ? { counts: noChanges } : {};
      return { writer: true, captureProblems, changes: [], deletes: [], ...counts };
    },
  };
}

/** Of the rows that tell of the writer lock. */
function isHeld(rows: readonly Row[] | undefined): boolean {
  return rows?.[0] !== undefined && integer(rows[0], 'writer_lock') >= 0;
}

/** The page, where this session holds the writer lock or can have it. */
function lockedPageSql(log: ChangeLogTable, page: Page): string {
  return `${reading}${takeWriterLockSql}
SELECT @lock AS writer_lock;
IF @lock >= 0
BEGIN
${pageSql(log, page)}
END`;
}

/**
 * The page is kept in a table variable, so that the DELETEs are those of the very keys on it. RECOMPILE tells SQL Server how many these
 * are; it would guess one, and read ChangeLog once for each. A collation is always named: that of ChangeLog's columns may be older
 * than the database's present one (error 468).
 */
function pageSql(log: ChangeLogTable, { after, limit, withLook }: Page): string {
  const collate = keyCollationOf(log);
  return `  ${withLook ? log.check.sql : ''}
  ${after === null ? countSql(log) : ''}
  DECLARE @page TABLE (LogID BIGINT NOT NULL PRIMARY KEY, ChangeType NVARCHAR(10) NULL, ProductID NVARCHAR(450)${collate} NULL);
  INSERT INTO @page (LogID, ChangeType, ProductID)
  SELECT TOP (${limit}) c.LogID, c.ChangeType, c.ProductID
  FROM ${log.qualifiedName} AS c ${skippingLocked}
  WHERE c.ChangeType IN (${pendingTypes})${after === null ? '' : ` AND c.LogID > ${logIdLiteral(after)}`}
  ORDER BY c.LogID;
  SELECT CONVERT(VARCHAR(20), p.LogID) AS log_id, p.ChangeType AS change_type, p.ProductID AS product_key
  FROM @page AS p ORDER BY p.LogID;
  SELECT CONVERT(VARCHAR(20), d.LogID) AS log_id, d.ChangeType AS change_type, k.ProductID AS product_key
  FROM ${log.qualifiedName} AS d ${skippingLocked}
  INNER JOIN (SELECT DISTINCT p.ProductID FROM @page AS p WHERE p.ProductID IS NOT NULL) AS k ON k.ProductID = d.ProductID${collate}
  WHERE d.ChangeType = N'DELETE'
  OPTION (RECOMPILE);
  SELECT CONVERT(VARCHAR(20), d.LogID) AS log_id, d.ChangeType AS change_type, d.ProductID AS product_key
  FROM ${log.qualifiedName} AS d ${skippingLocked}
  WHERE d.ChangeType = N'DELETE' AND d.ProductID IS NULL AND EXISTS (SELECT p.LogID FROM @page AS p WHERE p.ProductID IS NULL);`;
}

/**
 * Deleted products, not DELETEs: one that was deleted twice counts once. Nothing counted is NULL, because SQL Server warns of NULLs
 * that it passes over (8153), and ODBC drivers have taken warnings for errors, or for the end of the batch.
 */
function countSql(log: ChangeLogTable): string {
  const from = (alias: string) => `FROM ${log.qualifiedName} AS ${alias} ${skippingLocked}`;
  return `SELECT p.inserts, p.pending - p.inserts AS updates, d.deleted
  FROM (SELECT COUNT(*) AS pending, COALESCE(SUM(CASE WHEN c.ChangeType = N'INSERT' THEN 1 ELSE 0 END), 0) AS inserts
    ${from('c')} WHERE c.ChangeType IN (${pendingTypes})) AS p
  CROSS JOIN (SELECT COUNT(*) AS deleted FROM (SELECT DISTINCT c.ProductID ${from('c')}
    WHERE c.ChangeType = N'DELETE' AND c.ProductID IS NOT NULL) AS k) AS d;`;
}

function newestDeletedSql(log: ChangeLogTable): string {
  return `SELECT TOP (1) CONVERT(VARCHAR(20), c.LogID) AS log_id FROM ${log.qualifiedName} AS c ${skippingLocked}
WHERE c.ChangeType = N'DELETE' ORDER BY c.LogID DESC;`;
}

/** One round; rows that an open transaction holds are left for another time. */
function clearSql(log: ChangeLogTable, { through, keys }: Dismissal): string {
  const ofProducts = keys === undefined ? '' : ` AND ${ofProductsSql('ProductID', keyCollationOf(log), keys)}`;
  return `${writing}DELETE TOP (${changesPerStatement}) FROM ${log.qualifiedName} ${skippingLocked}
WHERE ChangeType = N'DELETE' AND LogID <= ${logIdLiteral(through)}${ofProducts};
SELECT @@ROWCOUNT AS deleted;`;
}

/** Parts of a dismissal for one statement each. */
function statementsFor({ through, keys }: Dismissal): readonly Dismissal[] {
  return keys === undefined ? [{ through }] : inParts(keys, mostKeys).map((part) => ({ through, keys: part }));
}

function pageOf(
  results: readonly (readonly Row[])[],
  { check }: ChangeLogTable,
  { after, withLook }: Pick<Page, 'after' | 'withLook'>,
): ChangePage {
  const rest = [...results];
  const look = withLook ? { captureProblems: check.problems(rest.splice(0, check.recordsets)) } : {};
  const counts = after === null ? { counts: countsOf(rest.shift()) } : {};
  const [changes = [], deletes = [], deletesWithoutKey = []] = rest;
  return {
    writer: true,
    ...look,
    ...counts,
    changes: changes.map(changeOf),
    deletes: [...deletes, ...deletesWithoutKey].map(changeOf),
  };
}

function countsOf(rows: readonly Row[] | undefined): ChangeCounts {
  const row = rows?.[0];
  if (row === undefined) throw new TypeError('SQL Server answered no counts.');
  const [inserts, updates] = [integer(row, 'inserts'), integer(row, 'updates')];
  return { pending: inserts + updates, inserts, updates, deleted: integer(row, 'deleted') };
}

/** The lists of LogIDs for one statement each. */
function statementsOf(logIds: readonly LogId[]): readonly string[] {
  return inParts(logIds.map(logIdLiteral), changesPerStatement).map((part) => part.join(', '));
}
