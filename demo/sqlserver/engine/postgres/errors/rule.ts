/** What a rule that turns one of PostgreSQL's errors into SQL Server's has to go by. */
import type { DatabaseError } from 'pg';
import type { Catalog, CatalogTable } from '../../contract';

export interface Context {
  readonly catalog: Catalog | undefined;
  /** The statement's target. */
  readonly table: CatalogTable | undefined;
}

/** Number, text, severity, state. */
export type Numbered = readonly [number: number, message: string, severity?: number, state?: number];
export type Rule = (error: DatabaseError, context: Context) => Numbered;

/** What the pattern's first group finds; empty where it finds nothing. */
export const quotedName = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
