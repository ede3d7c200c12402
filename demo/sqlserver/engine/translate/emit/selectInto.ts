/** SELECT … INTO: a table made from the query's columns, then filled. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { Translation } from '../../contract';
import type { Query, Select } from '../syntax';
import { collationName, isTemporary, quoteName, relationName } from '../names';
import { isString, postgresColumnType, withCollation } from '../types';
import { finish } from './dataStatement';
import { declareColumns } from './ddl/columns';
import { checkFree, targetSchema } from './ddl/naming';
import type { Environment, OutputColumn } from './environment';
import { emitQuery } from './query';

/** Throws 1038 and 2705 where columns lack names or share one, 2714 where the table is there. */
export function emitSelectInto(
  query: Query,
  select: Select,
  path: readonly string[],
  environment: Environment,
): Translation {
  const { schema, name } = targetSchema(path, environment);
  checkFree(path, environment);
  const plain: Query = { ...query, body: { ...select, into: undefined } };
  const limit = environment.context.rowCountLimit;
  const { sql, columns } = emitNamed(plain, name, limit, environment);
  const relation = relationName({ schema, name });
  const types = columns.map((column) => ({ name: column.name, type: typeOf(column, environment) }));
  const definitions = columns.map((column, index) => {
    const type = types[index]?.type ?? { name: 'int' as const };
    const collate = isString(type) && type.collation !== undefined ? ` COLLATE ${collationName(type.collation)}` : '';
    const required = column.value.nullable ? '' : ' NOT NULL';
    return `${quoteName(column.name)} ${postgresColumnType(type)}${collate}${required}`;
  });
  const statements = [
    `CREATE ${isTemporary(name) ? 'TEMPORARY ' : ''}TABLE ${relation} (${definitions.join(', ')})`,
    declareColumns({ schema, name }, types),
    `INSERT INTO ${relation} ${sql}`,
  ];
  return finish('insert', statements, environment, { changesCatalog: true, rowCount: 'command' });
}

function emitNamed(
  query: Query,
  table: string,
  limit: number,
  environment: Environment,
): { readonly sql: string; readonly columns: readonly OutputColumn[] } {
  try {
    return emitQuery(query, environment, { role: 'derived', name: table, natural: true, limit });
  } catch (error) {
    if (error instanceof SqlServerError && error.number === 8155) {
      throw new SqlServerError(
        1038,
        'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
        15,
        5,
      );
    }
    throw error;
  }
}

function typeOf({ value }: OutputColumn, environment: Environment): SqlType {
  const { collation } = value;
  const own = collation.strength === 'implicit' || collation.strength === 'explicit' ? collation.name : undefined;
  const type = value.type ?? { name: 'int' as const };
  return withCollation(
    type.name === 'rowversion' ? { name: 'binary', length: 8 } : type,
    own ?? environment.catalog.collation,
  );
}
