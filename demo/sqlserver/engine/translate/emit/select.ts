/** One SELECT. */
import { SqlServerError } from '../../../contract';
import type { Expression, Grouping, Query, Select, SelectItem } from '../syntax';
import { notSupported } from '../parse/cursor';
import { family, isString } from '../types';
import { arithmetic } from './arithmetic';
import { assignToVariable, coerce } from './conversion';
import {
  ROW_COLUMN,
  type ColumnTarget,
  type EmittedQuery,
  type Environment,
  type OutputColumn,
  type QueryOptions,
} from './environment';
import { emitValue } from './expression';
import { bindFrom, leaves, type Bound } from './from';
import { emitConjuncts, renderFrom } from './fromRendering';
import { firstRows } from './lockedTop';
import { naturalOrder, selectOrder } from './orderBy';
import { emitPredicate, sortable } from './predicate';
import { limitClause, type RowLimit } from './query';
import type { Scope, Source } from './scope';
import { aggregates, findNextValue, hasWindow } from './search';
import { sequenceUnderRowCount } from './sequence';
import { collate, isBareNull, valueOf, type Value } from './value';

export function emitSelect(select: Select, query: Query, outside: Environment, options: QueryOptions): EmittedQuery {
  const scope = outside.openScope();
  const environment = outside.withScope(scope).withFlags({ inAggregate: false, grouped: isGrouped(select) });
  const from = bindFrom(select.from, outside, scope);
  if (aggregates(select.where)) throw aggregateInWhere();
  const where = emitConjuncts(select.where, environment);
  const items = emitItems(select, scope, environment);
  const columns = items.map((item, index): OutputColumn => ({
    ...item,
    value: finished(item.value, options.targets?.[index], select, options, environment),
  }));
  if (options.withRow === true) columns.push(rowColumn(from));
  const orderKeys = orderOf(select, query);
  const order =
    orderKeys.length === 0 && options.natural === true
      ? naturalOrder(select, from, columns, environment)
      : selectOrder(orderKeys, columns, environment);
  checkTop(select, query);

  const plain =
    !select.distinct &&
    select.top?.withTies !== true &&
    select.groupBy.length === 0 &&
    select.having === undefined &&
    !select.items.some((item) => item.kind !== 'star' && (aggregates(item.expression) || hasWindow(item.expression))) &&
    !orderKeys.some(({ expression }) => aggregates(expression) || hasWindow(expression));
  const lockAtEnd = plain && !outside.flags.lockInside;
  const first = firstRows(select, query, from, where, environment);
  const rendered = renderFrom(from, { environment, where, lockAtEnd, first });

  const list = columns.map((column) => column.value.sql).join(', ');
  const parts = [`SELECT ${select.distinct ? 'DISTINCT ' : ''}${list}`];
  if (from.length > 0) parts.push(`FROM ${rendered.sql}`);
  if (where.length > 0) parts.push(`WHERE ${where.map(({ sql }) => sql).join(' AND ')}`);
  if (select.groupBy.length > 0)
    parts.push(`GROUP BY ${select.groupBy.map((key) => emitGrouping(key, environment)).join(', ')}`);
  if (select.having !== undefined) parts.push(`HAVING ${emitPredicate(select.having, environment)}`);
  const text = parts.join(' ');
  const top = select.top?.percent === true ? percentOf(select.top.count, text, outside) : select.top;
  const limit = limitClause(query, top, environment, options.limit ?? 0);
  return { sql: [text + order + limit, ...rendered.lockClauses].join(' '), columns };
}

/** Where the row of the query's only table lies. */
function rowColumn(from: readonly Bound[]): OutputColumn {
  const tables = from.flatMap(leaves).filter(({ source }) => source.table?.kind === 'table');
  const [only, ...others] = tables;
  if (only === undefined || others.length > 0) {
    throw new SqlServerError(
      4405,
      'View or function is not updatable because the modification affects multiple base tables.',
    );
  }
  return { name: ROW_COLUMN, value: valueOf(`${only.source.alias}.ctid`, undefined) };
}

function isGrouped(select: Select): boolean {
  const aggregated = select.items.some((item) => item.kind !== 'star' && aggregates(item.expression));
  return select.groupBy.length > 0 || select.having !== undefined || aggregated;
}

/** ORDER BY, or the order that NEXT VALUE FOR … OVER asks for. */
function orderOf(select: Select, query: Query): Query['orderBy'] {
  const over = findNextValue(select.items)?.over;
  if (over === undefined) return query.orderBy;
  const same = JSON.stringify(over) === JSON.stringify(query.orderBy);
  if (query.orderBy.length > 0 && !same)
    throw notSupported('NEXT VALUE FOR … OVER with another ORDER BY than the query');
  return over;
}

/** TOP … PERCENT: as many rows as that part of the query's own rows, rounded up. */
function percentOf(percent: Expression, text: string, environment: Environment): RowLimit {
  const share = coerce(emitValue(percent, environment), { name: 'float' }, environment).sql;
  return { rows: `(SELECT ceil(count(*) * (${share}) / 100)::bigint FROM (${text}) AS "$p")`, withTies: false };
}

function aggregateInWhere(): SqlServerError {
  return new SqlServerError(
    147,
    'An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.',
    15,
  );
}

function checkTop(select: Select, query: Query): void {
  if (select.top !== undefined && query.offset !== undefined) {
    throw new SqlServerError(10741, 'A TOP can not be used in the same query or sub-query as a OFFSET.', 15);
  }
  if (select.top?.withTies === true && query.orderBy.length === 0) {
    throw new SqlServerError(
      1062,
      'The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.',
      15,
    );
  }
  if ((select.top !== undefined || query.offset !== undefined) && findNextValue(select.items) !== undefined) {
    throw sequenceUnderRowCount(11739, 'NEXT VALUE FOR function cannot be used');
  }
}

function emitItems(select: Select, scope: Scope, environment: Environment): readonly OutputColumn[] {
  const assigning = select.items.filter((item) => item.kind === 'assignment').length;
  if (assigning > 0 && assigning < select.items.length) {
    throw new SqlServerError(
      141,
      'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
      15,
    );
  }
  return select.items.flatMap((item) => emitItem(item, scope, environment));
}

function emitItem(item: SelectItem, scope: Scope, environment: Environment): readonly OutputColumn[] {
  switch (item.kind) {
    case 'star':
      return emitStar(item.qualifier, scope);
    case 'expression': {
      const value = emitValue(item.expression, environment);
      return [{ name: item.alias ?? nameOf(item), value }];
    }
    case 'assignment':
      return [{ name: '', value: assignedValue(item, environment), assigns: item.variable }];
  }
}

export type AssignmentItem = Extract<SelectItem, { kind: 'assignment' }>;

/** What `SELECT @a = …` or `@a += …` gives the variable. */
export function assignedValue(item: AssignmentItem, environment: Environment): Value {
  const type = environment.run.variableType(item.variable);
  const own = emitValue(item.expression, environment);
  const before = (): Value => emitValue({ kind: 'variable', name: item.variable }, environment);
  const value = item.operator === undefined ? own : arithmetic(item.operator, before(), own, environment);
  return { ...value, sql: assignToVariable(value, type), type, literal: undefined };
}

/** A column keeps its name, as it was written. */
function nameOf(item: Extract<SelectItem, { kind: 'expression' }>): string {
  const { expression } = item;
  return expression.kind === 'column' ? (expression.path.at(-1) ?? '') : '';
}

/** Throws 107 for a source that is not in FROM, 263 where there is none. */
export function emitStar(qualifier: string | undefined, scope: Scope): readonly OutputColumn[] {
  if (scope.sources.length === 0) throw new SqlServerError(263, 'Must specify table to select from.');
  const source = qualifier === undefined ? undefined : scope.find([qualifier]);
  if (qualifier !== undefined && source === undefined) {
    throw new SqlServerError(
      107,
      `The column prefix '${qualifier}' does not match with a table name or alias name used in the query.`,
      15,
    );
  }
  const sources: readonly Source[] = source === undefined ? scope.sources : [source];
  return sources.flatMap((each) =>
    each.columns.map((column) => ({ name: column.name, value: scope.valueOf(each, column) })),
  );
}

/** The item as the query's place wants it: typed, collated. */
function finished(
  value: Value,
  target: ColumnTarget | undefined,
  select: Select,
  options: QueryOptions,
  environment: Environment,
): Value {
  if (target?.type !== undefined) return fit(value, target, environment);
  if (isBareNull(value)) return options.role === 'nested' ? value : { ...value, sql: 'NULL::integer' };
  const apart = select.distinct || options.role === 'derived';
  if (!apart || !isString(value.type) || value.collation.strength !== 'default') return value;
  const name = environment.catalog.collation;
  return { ...value, sql: sortable(value, environment, 'distinct'), collation: { strength: 'implicit', name } };
}

function fit(value: Value, target: ColumnTarget, environment: Environment): Value {
  if (target.type === undefined) return value;
  const typed = coerce(value, target.type, environment, true);
  const plain = family(target.type) === 'numeric' ? { ...typed, sql: `(${typed.sql})::numeric` } : typed;
  if (target.collation === undefined) return plain;
  const name = target.collation === 'default' ? environment.catalog.collation : target.collation;
  return { ...plain, sql: collate(plain.sql, name), collation: { strength: 'implicit', name } };
}

function emitGrouping(grouping: Grouping, environment: Environment): string {
  const key = (expression: Parameters<typeof emitValue>[0]): string => emitValue(expression, environment).sql;
  const sets = (list: readonly (readonly Parameters<typeof emitValue>[0][])[]): string =>
    list.map((set) => `(${set.map(key).join(', ')})`).join(', ');
  switch (grouping.kind) {
    case 'expression': {
      const value = emitValue(grouping.expression, environment);
      if (value.literal !== undefined || isBareNull(value)) {
        throw new SqlServerError(
          164,
          'Each GROUP BY expression must contain at least one column that is not an outer reference.',
          15,
        );
      }
      return value.sql;
    }
    case 'rollup':
      return `ROLLUP (${sets(grouping.sets)})`;
    case 'cube':
      return `CUBE (${sets(grouping.sets)})`;
    case 'sets':
      return `GROUPING SETS (${sets(grouping.sets)})`;
  }
}
