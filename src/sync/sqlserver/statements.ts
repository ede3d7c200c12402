/**
 * The narrow way in which schema, triggers and health check talk to SQL Server: batches of T-SQL in, recordsets out.
 */

/** One row, by column name, as `mssql` gives it: BIT boolean, INT number, BIGINT string, DATETIME Date, NULL null. */
export type Row = Readonly<Record<string, unknown>>;

export interface SqlRunner {
  /**
   * Runs one batch and gives its recordsets in order (statements without one give none). Rejects with `mssql`'s
   * RequestError, whose `number` is SQL Server's, or with an error that has it among its causes; when aborted, with the
   * signal's reason.
   */
  batch(sql: string, signal: AbortSignal): Promise<readonly (readonly Row[])[]>;
}

export function textOrNull(row: Row, column: string): string | null {
  const value = row[column] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new TypeError(`SQL Server answered no text for ${column}, but ${typeof value}.`);
}

export function text(row: Row, column: string): string {
  const value = textOrNull(row, column);
  if (value === null) throw new TypeError(`SQL Server answered NULL for ${column}.`);
  return value;
}

/** A whole number; NULL is null. BIGINT, which the driver gives as text, is not for here. */
export function integerOrNull(row: Row, column: string): number | null {
  const value = row[column] ?? null;
  if (value === null || typeof value === 'number') return value;
  throw new TypeError(`SQL Server answered no number for ${column}, but ${typeof value}.`);
}

export function integer(row: Row, column: string): number {
  const value = integerOrNull(row, column);
  if (value === null) throw new TypeError(`SQL Server answered NULL for ${column}.`);
  return value;
}

/** A BIT, or an INT that stands for one. NULL, and a column that this version of SQL Server doesn't have, is false. */
export function flag(row: Row, column: string): boolean {
  const value = row[column];
  return value === true || (typeof value === 'number' && value !== 0);
}
