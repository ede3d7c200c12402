/** VALUES as a table: each column in the type that its rows have in common. */
import { SqlServerError } from '../../../contract';
import type { Expression } from '../syntax';
import { isString } from '../types';
import { coerce } from './conversion';
import type { EmittedQuery, Environment, QueryOptions } from './environment';
import { emitValue, unify } from './expression';
import { collate, combineCollations, valueOf, type Value } from './value';

/** Throws 10709 where rows differ in length. */
export function emitValues(
  rows: readonly (readonly Expression[])[],
  environment: Environment,
  options: QueryOptions,
): EmittedQuery {
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) {
    throw new SqlServerError(
      10709,
      'The number of columns for each row in a table value constructor must be the same.',
    );
  }
  const values = rows.map((row) => row.map((expression) => emitValue(expression, environment)));
  const columns = Array.from({ length: width }, (_, index) => {
    const column = values.map((row) => row[index]).filter((value) => value !== undefined);
    return columnOf(column, options, index, environment);
  });
  const tuples = rows.map((_, row) => `(${columns.map((column) => column[row]?.sql ?? 'NULL').join(', ')})`);
  return {
    sql: `VALUES ${tuples.join(', ')}`,
    columns: columns.map((column) => ({ name: '', value: summary(column) })),
  };
}

function columnOf(
  column: readonly Value[],
  options: QueryOptions,
  index: number,
  environment: Environment,
): readonly Value[] {
  const target = options.targets?.[index]?.type;
  const [unified, type] = unify(column, environment);
  const wanted = target ?? type ?? { name: 'int' as const };
  const typed = unified.map((value) => coerce(value, wanted, environment, true));
  if (!isString(wanted) || combineCollations(typed).strength !== 'default') return typed;
  const name = environment.catalog.collation;
  return typed.map((value) => ({
    ...value,
    sql: collate(value.sql, name),
    collation: { strength: 'implicit', name },
  }));
}

function summary(column: readonly Value[]): Value {
  return {
    ...valueOf('', column[0]?.type, combineCollations(column)),
    nullable: column.some((value) => value.nullable),
  };
}
