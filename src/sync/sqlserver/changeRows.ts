/** What every batch on ChangeLog has in common: how rows are locked, waited for, and read. */
import type { Change, ChangeType, LogId, ProductKey } from '../model';
import { collationName } from './columnTypes';
import { quoteText } from './quoting';
import { type Row, text, textOrNull } from './statements';

/** Longest waits for a lock, ms. Rows are never waited for while reading; these are locks on pages and on the table. */
const readLockTimeoutMs = 2000;
const writeLockTimeoutMs = 10_000;

/** XACT_ABORT, because a batch would go on after a lock timeout, and wait as long again in its next statement. */
const options = 'SET NOCOUNT ON;\nSET XACT_ABORT ON;\n';
export const reading = `${options}SET LOCK_TIMEOUT ${readLockTimeoutMs};\n`;
export const writing = `${options}SET LOCK_TIMEOUT ${writeLockTimeoutMs};\n`;

/** READPAST alone is not defined where READ_COMMITTED_SNAPSHOT is on; ROWLOCK, because pages are not skipped. */
export const skippingLocked = 'WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)';

export const pendingTypes = "N'INSERT', N'UPDATE'";

/** A row of any other type is somebody's own: never read, counted or deleted. */
export function isChangeSql(alias: string): string {
  return `${alias}.ChangeType IN (${pendingTypes}, N'DELETE')`;
}

/** COLLATE and the collation that keys are compared by. One is always named: see pageSql. */
export function keyCollationOf({ keyCollation }: { readonly keyCollation: string | null }): string {
  return ` COLLATE ${collationName(keyCollation ?? 'DATABASE_DEFAULT')}`;
}

/** A number beyond INT would be NUMERIC as a literal, and LogID be converted for the comparison instead of looked up. */
export function logIdLiteral(logId: LogId): string {
  if (!/^\d{1,19}$/.test(logId)) throw new TypeError(`Not a LogID: ${JSON.stringify(logId)}`);
  return logId.length < 10 ? logId : `CAST(${logId} AS BIGINT)`;
}

/** Keys that one statement can be asked for. */
export const mostKeys = 1000;

/** The condition that a ChangeLog row is of one of these products, at most 1000. */
export function ofProductsSql(column: string, collate: string, keys: readonly ProductKey[]): string {
  if (keys.length > mostKeys) throw new RangeError(`${keys.length} keys in one statement`);
  const texts = keys.flatMap((key) => (key === null ? [] : [quoteText(key)]));
  const found = oneOf(`${column}${collate}`, texts);
  return keys.includes(null) ? `(${found} OR ${column} IS NULL)` : found;
}

/** True for none where there are none. */
export function oneOf(expression: string, literals: readonly string[]): string {
  return literals.length === 0 ? '1 = 0' : `${expression} IN (${literals.join(', ')})`;
}

/** Reads log_id, change_type and product_key. */
export function changeOf(row: Row): Change {
  return { logId: text(row, 'log_id'), changeType: changeTypeOf(row), key: textOrNull(row, 'product_key') };
}

function changeTypeOf(row: Row): ChangeType {
  // SQL Server has found it among the three, whose spelling most collations don't mind, nor blanks at their end.
  const type = text(row, 'change_type').trimEnd().toUpperCase();
  if (type === 'INSERT' || type === 'UPDATE' || type === 'DELETE') return type;
  throw new TypeError(`ChangeLog holds a change of type ${JSON.stringify(type)}.`);
}
