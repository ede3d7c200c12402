/** Tables and views by the names in a statement. */
import { SqlServerError } from '../../../contract';
import type { CatalogTable } from '../../contract';
import type { Environment } from './environment';

/** Error 208 with the name as written. */
export function invalidObject(path: readonly string[]): SqlServerError {
  return new SqlServerError(208, `Invalid object name '${path.join('.')}'.`);
}

/** The schema and name of a path; the current database may stand before them. Throws 208. */
export function splitPath(
  path: readonly string[],
  environment: Environment,
): { readonly schema: string | undefined; readonly name: string } {
  const name = path.at(-1) ?? '';
  const schema = path.at(-2);
  const database = path.at(-3);
  const isHere =
    database === undefined || database === '' || database.toLowerCase() === environment.catalog.database.toLowerCase();
  // Temporary tables are found whatever database is named before them.
  if (path.length > 3 || (!isHere && !name.startsWith('#'))) throw invalidObject(path);
  return { schema: schema === '' || name.startsWith('#') ? undefined : schema, name };
}

/** Throws 208 for a name that leads nowhere. */
export function findTable(path: readonly string[], environment: Environment): CatalogTable {
  const { schema, name } = splitPath(path, environment);
  const table = environment.catalog.findTable(schema, name);
  if (table === undefined) {
    if (name.startsWith('@')) throw new SqlServerError(1087, `Must declare the table variable "${name}".`, 15, 2);
    throw invalidObject(path);
  }
  return table;
}

const SYSTEM_SCHEMAS = new Set(['sys', 'information_schema']);

export function isSystemView(table: CatalogTable): boolean {
  return SYSTEM_SCHEMAS.has(table.schema.toLowerCase());
}
