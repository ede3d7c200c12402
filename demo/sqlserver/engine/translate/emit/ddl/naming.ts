/** Names of what a statement creates: schemas that must be there, and names that SQL Server makes up. */
import { createHash, randomBytes } from 'node:crypto';
import { SqlServerError } from '../../../../contract';
import type { Path } from '../../ddlStatements';
import { isTemporary } from '../../names';
import type { Environment } from '../environment';
import { splitPath } from '../tables';

/** Where a new object goes. Throws 2760 for a schema that there is not. */
export function targetSchema(path: Path, environment: Environment): { readonly schema: string; readonly name: string } {
  const { schema, name } = splitPath(path, environment);
  if (isTemporary(name)) return { schema: 'pg_temp', name };
  const found = environment.catalog.findSchema(schema ?? environment.catalog.defaultSchema);
  if (found === undefined) {
    throw new SqlServerError(
      2760,
      `The specified schema name "${schema ?? ''}" either does not exist or you do not have permission to use it.`,
    );
  }
  return { schema: found, name };
}

/** Throws 2714 where a table, view or sequence of the name is there. */
export function checkFree(path: Path, environment: Environment): void {
  const { schema, name } = splitPath(path, environment);
  const { catalog } = environment;
  if (catalog.findTable(schema, name) === undefined && catalog.findSequence(schema, name) === undefined) return;
  throw new SqlServerError(2714, `There is already an object named '${name}' in the database.`, 16, 6);
}

/** `PK__Products__3214EC27A1B2C3D4`, `FK__Lines__Order__5AEE82B9`, as SQL Server names what has no name. */
export function systemName(prefix: 'PK' | 'UQ' | 'CK' | 'FK', table: string, column?: string): string {
  const digits = prefix === 'PK' || prefix === 'UQ' ? 8 : 4;
  const hash = randomBytes(digits).toString('hex').toUpperCase();
  const parts = column === undefined ? [table.slice(0, 8)] : [table.slice(0, 9), column.slice(0, 5)];
  return [prefix, ...parts, hash].join('__');
}

/** An index's name in PostgreSQL, where it must be the only one of its schema; as the prelude's `sys.index_name`. */
export function indexName(table: string, index: string): string {
  const name = `${table}.${index}`;
  return Buffer.byteLength(name) <= 63 ? name : `index ${createHash('md5').update(name).digest('hex')}`;
}
