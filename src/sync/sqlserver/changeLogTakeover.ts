/**
 * Copies the rows of a desktop ChangeLog to a table beside it, a page at a time while the shop goes on writing, so that
 * the transaction that switches the two has only the newest rows left to copy.
 */
import { quotedChangeLog, stagingName } from './captureNames';
import type { FoundChangeLog } from './captureState';
import { createStagingSql, logColumnList, takenOverColumns } from './changeLogTable';
import type { ProductTableInfo } from './productTableInfo';
import { quoteQualifiedName, quoteText } from './quoting';
import { integer, type SqlRunner } from './statements';

/** Rows a statement; locks escalate to the whole table from 5,000 on. */
const pageSize = 1000;

/** Starts anew: what an earlier takeover left behind may be of another ChangeLog. */
export async function createStaging(runner: SqlRunner, schema: string, signal: AbortSignal): Promise<void> {
  await runner.batch(
    `SET NOCOUNT ON;
SET XACT_ABORT ON;
SET LOCK_TIMEOUT 2000;
${dropStagingSql(schema)}
${createStagingSql(schema, stagingName)}`,
    signal,
  );
}

export async function dropStaging(runner: SqlRunner, schema: string, signal: AbortSignal): Promise<void> {
  await runner.batch(`SET LOCK_TIMEOUT 2000;\n${dropStagingSql(schema)}`, signal);
}

/** Goes on after the last row that was copied. Rows that open transactions hold are left to the switch. */
export async function copyToStaging(
  runner: SqlRunner,
  table: ProductTableInfo,
  changeLog: FoundChangeLog,
  signal: AbortSignal,
): Promise<void> {
  const staging = quoteQualifiedName(table.schema, stagingName);
  const page = `SET NOCOUNT ON;
SET LOCK_TIMEOUT 2000;
DECLARE @after BIGINT, @copied INT;
SELECT @after = MAX(LogID) FROM ${staging};
INSERT INTO ${staging} (${logColumnList})
SELECT TOP (${pageSize}) ${takenOverColumns(changeLog.columns, table.columns.ProductID.type)}
FROM ${quotedChangeLog(table.schema)} AS o WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)
WHERE @after IS NULL OR o.LogID > @after
ORDER BY o.LogID;
SET @copied = @@ROWCOUNT;
SELECT @copied AS copied;`;
  for (;;) {
    const [rows] = await runner.batch(page, signal);
    const row = rows?.[0];
    if (row === undefined || integer(row, 'copied') < pageSize) return;
  }
}

function dropStagingSql(schema: string): string {
  const staging = quoteQualifiedName(schema, stagingName);
  return `IF OBJECT_ID(${quoteText(staging)}, N'U') IS NOT NULL DROP TABLE ${staging};`;
}
