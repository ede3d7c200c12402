/**
 * The temporary tables that keep both images of a triggering statement's rows. They are made once for a table and a nesting
 * level, and emptied after use: a row at a time is cheapest to delete, many are cheapest to truncate.
 */
import type { CatalogTable, ImageCapture } from '../contract';
import type { PostgresLink } from './postgresLink';
import type { Step } from './flight';

/** Rows, deleted ones too, after which a table is worth truncating. */
const TRUNCATE_AFTER = 2000;

export interface Capture extends ImageCapture {
  /** Columns when it was made: a table that has changed since needs a new one. */
  readonly layout: string;
  /** Rows that have been in it since it was truncated. */
  used: number;
}

export class CaptureTables {
  private readonly captures = new Map<string, Capture>();
  /** Made in the transaction that is running: gone if it is rolled back. */
  private readonly fresh = new Set<string>();

  /** @param isOpen whether PostgreSQL is in a transaction. */
  constructor(
    private readonly link: PostgresLink,
    private readonly isOpen: () => boolean,
  ) {}

  /** For MERGE the tables have one more column, `$action`. */
  async for(table: CatalogTable, level: number, merge: boolean): Promise<Capture> {
    const suffix = `${table.objectId}_${level}${merge ? '_merge' : ''}`;
    const layout = JSON.stringify(table.columns);
    const known = this.captures.get(suffix);
    if (known?.layout === layout) return known;
    const capture: Capture = {
      inserted: `pg_temp."inserted_${suffix}"`,
      deleted: `pg_temp."deleted_${suffix}"`,
      layout,
      used: 0,
    };
    const relation = `${quoted(table.schema)}.${quoted(table.name)}`;
    const action = merge ? ', "$action" text' : '';
    await this.link.run(
      [capture.inserted, capture.deleted].flatMap((name) => [
        { sql: `DROP TABLE IF EXISTS ${name}` },
        { sql: `CREATE TEMPORARY TABLE ${name} (LIKE ${relation}${action})` },
        // What LIKE copies of NOT NULL must not hold for images of rows.
        ...table.columns
          .filter(({ nullable }) => !nullable)
          .map((column) => ({ sql: `ALTER TABLE ${name} ALTER COLUMN ${quoted(column.name)} DROP NOT NULL` })),
      ]),
    );
    this.captures.set(suffix, capture);
    if (this.isOpen()) this.fresh.add(suffix);
    return capture;
  }

  /** What empties the tables again. `rows`: how many were kept in both together. */
  emptying(capture: Capture, rows: number): readonly Step[] {
    capture.used += rows;
    if (rows === 0) return [];
    if (capture.used < TRUNCATE_AFTER) {
      return [{ sql: `DELETE FROM ${capture.inserted}` }, { sql: `DELETE FROM ${capture.deleted}` }];
    }
    capture.used = 0;
    return [{ sql: `TRUNCATE ${capture.inserted}, ${capture.deleted}` }];
  }

  transactionEnded(undone: boolean): void {
    if (undone) this.forgetFresh();
    this.fresh.clear();
  }

  partUndone(): void {
    this.forgetFresh();
  }

  /** All temporary tables are gone. */
  dropped(): void {
    this.captures.clear();
    this.fresh.clear();
  }

  private forgetFresh(): void {
    for (const suffix of this.fresh) this.captures.delete(suffix);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
