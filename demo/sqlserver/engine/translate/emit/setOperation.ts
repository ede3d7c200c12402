/** UNION, EXCEPT, INTERSECT: both sides' columns in the types they have in common. */
import { SqlServerError } from '../../../contract';
import type { Query, QueryBody } from '../syntax';
import { commonType, isString, postgresType } from '../types';
import type { ColumnTarget, EmittedQuery, Environment, OutputColumn, QueryOptions } from './environment';
import { limitClause } from './query';
import { columnOrder, setOrder } from './orderBy';
import { combineCollations, isBareNull, needsDatabaseCollation, valueOf, type Value } from './value';

type SetOperation = Extract<QueryBody, { kind: 'set operation' }>;

/** Targets that make a query give just these columns, types and collations. */
export function exactTargets(columns: readonly OutputColumn[]): readonly ColumnTarget[] {
  return columns.map(({ value }) => {
    const { collation } = value;
    const name = collation.strength === 'implicit' || collation.strength === 'explicit' ? collation.name : undefined;
    return {
      type: value.type ?? { name: 'int' as const },
      collation: isString(value.type) ? (name ?? 'default') : undefined,
    };
  });
}

export function emitSetOperation(
  body: SetOperation,
  query: Query,
  outside: Environment,
  options: QueryOptions,
): EmittedQuery {
  // PostgreSQL locks no rows at the end of a set operation's sides.
  const environment = outside.withFlags({ lockInside: true });
  const unordered = options.natural === true && query.orderBy.length === 0;
  const natural = unordered && body.operator === 'union all';
  const side: QueryOptions = {
    role: 'nested',
    natural,
    ...(options.targets === undefined ? {} : { targets: options.targets }),
  };
  let left = environment.emitQuery(body.left, environment, side);
  let right = environment.emitQuery(body.right, environment, side);
  if (left.columns.length !== right.columns.length) {
    throw new SqlServerError(
      205,
      'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
    );
  }
  const compared = body.operator !== 'union all' || query.orderBy.length > 0;
  const written = compared || options.role === 'derived';
  const targets = left.columns.map((column, index) => {
    const other = right.columns[index]?.value ?? column.value;
    return targetOf(column.value, other, body.operator, { compared, written });
  });
  if (targets.some((target) => target.again)) {
    left = environment.emitQuery(body.left, environment, { role: 'nested', natural, targets });
    right = environment.emitQuery(body.right, environment, { role: 'nested', natural, targets });
  }
  const columns = left.columns.map((column, index): OutputColumn => {
    const other = right.columns[index]?.value ?? column.value;
    const type = options.targets?.[index]?.type ?? targets[index]?.type;
    const label = combineCollations([column.value, other]);
    const value: Value = { ...valueOf('', type, label), nullable: column.value.nullable || other.nullable };
    return { name: column.name, value };
  });
  const operator = body.operator.toUpperCase();
  const order = unordered && !natural ? columnOrder(columns) : setOrder(query.orderBy, columns, environment);
  const limit = limitClause(query, undefined, environment, options.limit ?? 0);
  return { sql: `(${left.sql}) ${operator} (${right.sql})${order}${limit}`, columns };
}

interface SideTarget extends ColumnTarget {
  /** The sides must be written again, with the target. */
  readonly again: boolean;
}

function targetOf(
  left: Value,
  right: Value,
  operator: string,
  needs: { readonly compared: boolean; readonly written: boolean },
): SideTarget {
  const type =
    left.type === undefined ? right.type : right.type === undefined ? left.type : commonType(left.type, right.type);
  if (type === undefined) return { type: { name: 'int' }, again: true };
  const alike = (value: Value): boolean =>
    !isBareNull(value) && value.type !== undefined && postgresType(value.type) === postgresType(type);
  const label = combineCollations([left, right]);
  if (needs.compared) needsDatabaseCollation([left, right], operator.toUpperCase());
  const collated = needs.written && isString(type) && label.strength === 'default';
  return { type, collation: collated ? 'default' : undefined, again: collated || !alike(left) || !alike(right) };
}
