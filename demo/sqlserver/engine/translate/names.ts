/** How names and literals are written in PostgreSQL. */
import { SqlServerError } from '../../contract';
import type { CatalogTable } from '../contract';

/** A name, always quoted, so that its case is kept. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string constant of PostgreSQL's own kind (`text`, for the arguments of the prelude's functions). */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new SqlServerError(102, 'A character 0x00 in a string is not supported here.', 15);
  return text.includes('\\')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
}

/** Where a schema of SQL Server lies in PostgreSQL. */
export function schemaName(schema: string): string {
  return schema.toUpperCase() === 'INFORMATION_SCHEMA' ? 'tsql_information_schema' : schema;
}

/** Temporary tables (`#t`) and table variables (`@t`) are PostgreSQL's temporary tables. */
export function isTemporary(name: string): boolean {
  return name.startsWith('#') || name.startsWith('@');
}

/** A relation's full name. */
export function relationName(table: Pick<CatalogTable, 'schema' | 'name'>): string {
  const schema = isTemporary(table.name) ? 'pg_temp' : quoteName(schemaName(table.schema));
  return `${schema}.${quoteName(table.name)}`;
}

/** The name of a collation of SQL Server in PostgreSQL. */
export function collationName(collation: string): string {
  return `sys.${quoteName(collation)}`;
}
