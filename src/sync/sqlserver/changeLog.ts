/** ChangeLog: reading what is pending, and deleting exactly what is confirmed. capture.md gives the reasons. */
import type { CaptureProblem, Change, ChangeCounts, ChangeType, LogId, LoggedChange } from '../model';
import type { ChangeLog, ChangePage } from '../ports';
import { integer, type Row, type SqlRunner, text, textOrNull } from './statements';
import { takeWriterLockSql } from './writerLock';

/** The look at the triggers that goes along with every page. */
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

/** Longest waits for a lock, ms. Rows are never waited for while reading; these are locks on pages and on the table. */
const readLockTimeoutMs = 2000;
const writeLockTimeoutMs = 10_000;
/** More row locks in one statement than this, and SQL Server thinks of locking the table. */
const changesPerStatement = 1000;

/** READPAST alone is not defined where READ_COMMITTED_SNAPSHOT is on; ROWLOCK, because pages are not skipped. */
const skippingLocked = 'WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)';
const pendingTypes = "N'INSERT', N'UPDATE'";

/** `writer` runs on the connection that holds the writer lock, `reader` on another; `table` knows the shop's ChangeLog, or looks it up. */
export function createChangeLog(
  writer: SqlRunner,
  reader: SqlRunner,
  table: (runner: SqlRunner, signal: AbortSignal) => Promise<ChangeLogTable>,
): ChangeLog {
  const runOn = async (runner: SqlRunner, sql: (log: ChangeLogTable) => string, signal: AbortSignal) =>
    runner.batch(sql(await table(runner, signal)), signal);

  return {
    async readPage(after, limit, signal) {
      const log = await table(writer, signal);
      return readPageResult(await writer.batch(pageSql(log, after, limit), signal), log.check, after === null);
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
    async count(signal) {
      const [rows] = await runOn(reader, (log) => reading + countSql(log), signal);
      return countsOf(rows);
    },
    async look(signal) {
      const log = await table(reader, signal);
      const results = await reader.batch(reading + log.check.sql + countSql(log), signal);
      return {
        problems: log.check.problems(results.slice(0, log.check.recordsets)),
        counts: countsOf(results[log.check.recordsets]),
      };
    },
    async list(after, limit, signal) {
      const [rows] = await runOn(reader, (log) => listSql(log, after, limit), signal);
      return (rows ?? []).map(loggedChangeOf);
    },
  };
}

/** XACT_ABORT, because a batch would go on after a lock timeout, and wait as long again in its next statement. */
const options = 'SET NOCOUNT ON;\nSET XACT_ABORT ON;\n';
const reading = `${options}SET LOCK_TIMEOUT ${readLockTimeoutMs};\n`;
const writing = `${options}SET LOCK_TIMEOUT ${writeLockTimeoutMs};\n`;

/**
 * The page is kept in a table variable, so that the DELETEs are those of the very keys on it. RECOMPILE tells SQL Server how many these
 * are; it would guess one, and read ChangeLog once for each. A collation is always named: that of ChangeLog's columns may be older
 * than the database's present one (error 468).
 */
function pageSql(log: ChangeLogTable, after: LogId | null, limit: number): string {
  const collate = ` COLLATE ${log.keyCollation ?? 'DATABASE_DEFAULT'}`;
  return `${reading}${takeWriterLockSql}
SELECT @lock AS writer_lock;
IF @lock >= 0
BEGIN
  ${log.check.sql}
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
  WHERE d.ChangeType = N'DELETE' AND d.ProductID IS NULL AND EXISTS (SELECT p.LogID FROM @page AS p WHERE p.ProductID IS NULL);
END`;
}

/**
 * Deleted products, not DELETEs: one that was deleted twice counts once. Nothing counted is NULL, because SQL Server warns of NULLs
 * that it passes over (8153), and ODBC drivers have taken warnings for errors, or for the end of the batch.
 */
function countSql(log: ChangeLogTable): string {
  const from = (alias: string) => `FROM ${log.qualifiedName} AS ${alias} ${skippingLocked}`;
  return `SELECT (SELECT COUNT(*) ${from('c')} WHERE c.ChangeType IN (${pendingTypes})) AS pending,
    (SELECT COUNT(*) FROM (SELECT DISTINCT d.ProductID ${from('d')}
      WHERE d.ChangeType = N'DELETE' AND d.ProductID IS NOT NULL) AS k) AS deleted;`;
}

function listSql(log: ChangeLogTable, after: LogId | null, limit: number): string {
  return `${reading}SELECT TOP (${limit}) CONVERT(VARCHAR(20), c.LogID) AS log_id, c.ChangeType AS change_type,
  c.ProductID AS product_key, c.ProductName AS product_name, CONVERT(VARCHAR(41), c.SellPrice) AS sell_price,
  c.QrCode AS qr_code, CONVERT(NVARCHAR(50), c.Status) AS product_status,
  DATEDIFF(SECOND, c.ChangeDateTime, GETDATE()) AS age_seconds
FROM ${log.qualifiedName} AS c ${skippingLocked}
${after === null ? '' : `WHERE c.LogID > ${logIdLiteral(after)}`}
ORDER BY c.LogID;`;
}

function readPageResult(results: readonly (readonly Row[])[], check: CaptureCheck, first: boolean): ChangePage {
  const [lock, ...rest] = results;
  const holder = lock?.[0];
  if (holder === undefined || integer(holder, 'writer_lock') < 0)
    return { writer: false, captureProblems: [], changes: [], deletes: [] };
  const captureProblems = check.problems(rest.splice(0, check.recordsets));
  const [counts] = first ? rest.splice(0, 1) : [];
  const [changes = [], deletes = [], deletesWithoutKey = []] = rest;
  return {
    writer: true,
    captureProblems,
    changes: changes.map(changeOf),
    deletes: [...deletes, ...deletesWithoutKey].map(changeOf),
    ...(first ? { counts: countsOf(counts) } : {}),
  };
}

function countsOf(rows: readonly Row[] | undefined): ChangeCounts {
  const row = rows?.[0];
  if (row === undefined) throw new TypeError('SQL Server answered no counts.');
  return { pending: integer(row, 'pending'), deleted: integer(row, 'deleted') };
}

function changeOf(row: Row): Change {
  return { logId: text(row, 'log_id'), changeType: changeTypeOf(row), key: textOrNull(row, 'product_key') };
}

function loggedChangeOf(row: Row): LoggedChange {
  const age = row['age_seconds'];
  return {
    ...changeOf(row),
    productName: textOrNull(row, 'product_name'),
    sellPrice: textOrNull(row, 'sell_price'),
    qrCode: textOrNull(row, 'qr_code'),
    status: textOrNull(row, 'product_status'),
    // The hour that the end of summer time repeats would make it negative.
    ageSeconds: typeof age === 'number' ? Math.max(0, age) : 0,
  };
}

function changeTypeOf(row: Row): ChangeType {
  const type = text(row, 'change_type');
  if (type === 'INSERT' || type === 'UPDATE' || type === 'DELETE') return type;
  throw new TypeError(`ChangeLog holds a change of type ${JSON.stringify(type)}.`);
}

/** The lists of LogIDs for one statement each. */
function statementsOf(logIds: readonly LogId[]): readonly string[] {
  const literals = logIds.map(logIdLiteral);
  return Array.from({ length: Math.ceil(literals.length / changesPerStatement) }, (_, index) =>
    literals.slice(index * changesPerStatement, (index + 1) * changesPerStatement).join(', '),
  );
}

/** A number beyond INT would be NUMERIC as a literal, and LogID be converted for the comparison instead of looked up. */
function logIdLiteral(logId: LogId): string {
  if (!/^\d{1,19}$/.test(logId)) throw new TypeError(`Not a LogID: ${JSON.stringify(logId)}`);
  return logId.length < 10 ? logId : `CAST(${logId} AS BIGINT)`;
}
