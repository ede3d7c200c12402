/** The tables of a database that could be the product table. */
import { changeLogName, stagingName } from './captureNames';
import { columnRoles, type ColumnRole } from './columnTypes';
import { quoteText } from './quoting';
import { flag, integerOrNull, type Row, type SqlRunner, text } from './statements';
import { parseTableName, writeTableName } from './tableName';

export interface TableChoice {
  /** As a user writes it: `dbo.Products`, `[dbo].[My Items]`. */
  readonly name: string;
  /** Which of PRODUCT.md's five columns it lacks; none: it fits. */
  readonly missing: readonly ColumnRole[];
}

const mostTables = 500;
/** Longest wait for a lock on the catalog, ms. */
const lockTimeoutMs = 2000;

/** Those that fit come first, then they go by name. Views, and tables that can have no triggers, are none. */
export async function listTables(runner: SqlRunner, signal: AbortSignal): Promise<readonly TableChoice[]> {
  const [rows = []] = await runner.batch(tablesSql, signal);
  return rows.filter(canHaveTriggers).map(choiceOf).filter(isWritable).slice(0, mostTables);
}

/** `t.*`, because newer columns (is_memory_optimized, …) would be an error on SQL Server 2012 if they were named. */
const tablesSql = `
SET NOCOUNT ON;
SET LOCK_TIMEOUT ${lockTimeoutMs};
SELECT t.*, SCHEMA_NAME(t.schema_id) AS schema_name, ${columnRoles.map((role) => `k.has_${role}`).join(', ')}
FROM sys.tables AS t
INNER JOIN (
  SELECT c.object_id, ${columnRoles.map((role) => `MAX(CASE WHEN c.name = ${quoteText(role)} THEN 1 ELSE 0 END) AS has_${role}`).join(',\n    ')}
  FROM sys.columns AS c GROUP BY c.object_id
) AS k ON k.object_id = t.object_id
WHERE t.is_ms_shipped = 0 AND t.name NOT IN (${quoteText(changeLogName)}, ${quoteText(stagingName)})
ORDER BY CASE WHEN ${columnRoles.map((role) => `k.has_${role} = 1`).join(' AND ')} THEN 0 ELSE 1 END, schema_name, t.name;`;

function choiceOf(row: Row): TableChoice {
  return {
    name: writeTableName({ schema: text(row, 'schema_name'), table: text(row, 'name') }),
    missing: columnRoles.filter((role) => !flag(row, `has_${role}`)),
  };
}

/** Memory-optimized and external tables, and the history of a temporal one, have none of the ordinary kind. */
function canHaveTriggers(row: Row): boolean {
  return !flag(row, 'is_memory_optimized') && !flag(row, 'is_external') && integerOrNull(row, 'temporal_type') !== 1;
}

/** A name with a line break in it can't be written into a setting. */
function isWritable({ name }: TableChoice): boolean {
  return parseTableName(name).ok;
}
