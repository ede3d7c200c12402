/** What everything here that speaks T-SQL needs: somewhere to run a batch, and a typed way to read its rows. */

/** A result set's row by column name. BIGINT and NUMERIC values are not exact as numbers: convert them to text in SQL. */
export type Row = Readonly<Record<string, unknown>>;

export type ResultSet = readonly Row[];

/** One SQL Server connection. Batches run one after the other; SET options, variables and session locks behave as on any connection. */
export interface SqlSession {
  /**
   * Runs one batch and answers its result sets in order. Any error in it rejects with a ShopError, also where the batch went
   * on after it; an aborted signal cancels the batch and rejects with the signal's reason.
   */
  batch(sql: string, signal: AbortSignal): Promise<readonly ResultSet[]>;
}

/** The column's text, or null. Numbers become their digits: some drivers answer BIGINT as a number. */
export function textOf(row: Row, column: string): string | null {
  const value = row[column];
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  throw new TypeError(`Column ${column} holds no text`);
}

/** The column's number (INT, BIGINT up to 2^53); null counts as an error. */
export function numberOf(row: Row, column: string): number {
  const value = row[column];
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new TypeError(`Column ${column} holds no number`);
  return number;
}
