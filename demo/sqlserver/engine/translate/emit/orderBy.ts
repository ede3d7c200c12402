/** ORDER BY: select items by their place or name, everything else by its expression; NULL sorts lowest. */
import { SqlServerError } from '../../../contract';
import type { Expression, Select, SortKey } from '../syntax';
import { quoteName } from '../names';
import { isString } from '../types';
import { sortKey } from './aggregate';
import type { Environment, OutputColumn } from './environment';
import { emitValue } from './expression';
import { sortable } from './predicate';
import { leaves, type Bound } from './from';
import { invalidColumn, sameName } from './scope';
import { aggregates, hasWindow } from './search';

/** ` ORDER BY …` of a SELECT, or nothing. */
export function selectOrder(
  keys: readonly SortKey[],
  columns: readonly OutputColumn[],
  environment: Environment,
): string {
  if (keys.length === 0) return '';
  const parts = keys.map(({ expression, descending }) => {
    const place = placeOf(expression, columns, environment);
    if (place !== undefined) return byPlace(place, descending, columns, environment);
    const value = emitValue(expression, environment);
    const same = columns.findIndex((column) => column.value.sql === value.sql);
    if (same >= 0) return byPlace(same, descending, columns, environment);
    // A bare constant would be taken for a place.
    const sql = value.literal === undefined ? sortable(value, environment) : `(${value.sql} IS NULL)`;
    return sortKey(sql, descending, value.nullable);
  });
  return ` ORDER BY ${parts.join(', ')}`;
}

/**
 * The order that SQL Server's plans give without being asked, as far as programs have come to rely on it: by the key of the
 * first table, by the columns that were grouped or made distinct.
 */
export function naturalOrder(
  select: Select,
  from: readonly Bound[],
  columns: readonly OutputColumn[],
  environment: Environment,
): string {
  const expressions = select.items.flatMap((item) => (item.kind === 'star' ? [] : [item.expression]));
  if (expressions.some((expression) => hasWindow(expression))) return '';
  if (select.distinct) return columnOrder(columns);
  if (select.groupBy.length > 0) {
    const [totals, ...others] = select.groupBy;
    if (totals?.kind === 'rollup' && others.length === 0) return totalsOrder(totals.sets, environment);
    const keys = select.groupBy.flatMap((key) => (key.kind === 'expression' ? [key.expression] : []));
    if (keys.length < select.groupBy.length) return '';
    return selectOrder(
      keys.map((expression) => ({ expression, descending: false })),
      [],
      environment,
    );
  }
  const [first] = from.flatMap(leaves);
  const key = first?.source.table?.key;
  const aggregated = select.having !== undefined || expressions.some((expression) => aggregates(expression));
  if (aggregated || first === undefined || first.source.nullable || key === undefined || key === null) return '';
  return ` ORDER BY ${key.map((column) => `${first.source.alias}.${quoteName(column)}`).join(', ')}`;
}

/** Each group's total after the group. */
function totalsOrder(sets: readonly (readonly Expression[])[], environment: Environment): string {
  const keys = sets.flat().map((expression) => {
    const value = emitValue(expression, environment);
    return `grouping(${value.sql}), ${sortKey(sortable(value, environment), false, true)}`;
  });
  return ` ORDER BY ${keys.join(', ')}`;
}

/** By all columns, as sorting for DISTINCT or UNION leaves them. */
export function columnOrder(columns: readonly OutputColumn[]): string {
  const sortable = columns.every(({ value }) => value.type?.name !== 'xml');
  if (!sortable) return '';
  return ` ORDER BY ${columns.map(({ value }, place) => sortKey(String(place + 1), false, value.nullable)).join(', ')}`;
}

/** ` ORDER BY …` of a set operation, which knows nothing but its columns. */
export function setOrder(keys: readonly SortKey[], columns: readonly OutputColumn[], environment: Environment): string {
  if (keys.length === 0) return '';
  const parts = keys.map(({ expression, descending }) => {
    const place = placeOf(expression, columns, environment);
    if (place === undefined) {
      if (expression.kind === 'column') throw invalidColumn(expression.path.at(-1) ?? '');
      throw new SqlServerError(
        104,
        'ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.',
      );
    }
    return sortKey(String(place + 1), descending, columns[place]?.value.nullable ?? true);
  });
  return ` ORDER BY ${parts.join(', ')}`;
}

/** Which select item a key names, from 0. */
function placeOf(
  expression: SortKey['expression'],
  columns: readonly OutputColumn[],
  environment: Environment,
): number | undefined {
  if (expression.kind === 'number') {
    const place = Number(expression.text);
    if (Number.isInteger(place) && place >= 1 && place <= columns.length) return place - 1;
    throw new SqlServerError(
      108,
      `The ORDER BY position number ${expression.text} is out of range of the number of items in the select list.`,
    );
  }
  if (expression.kind !== 'column' || expression.path.length !== 1) return undefined;
  const name = expression.path[0] ?? '';
  const places = columns.flatMap((column, index) =>
    column.name !== '' && sameName(environment.catalog, column.name, name) ? [index] : [],
  );
  const [first, ...others] = places;
  if (first === undefined) return undefined;
  const same = others.every((index) => columns[index]?.value.sql === columns[first]?.value.sql);
  if (!same) throw new SqlServerError(209, `Ambiguous column name '${name}'.`);
  return first;
}

function byPlace(
  place: number,
  descending: boolean,
  columns: readonly OutputColumn[],
  environment: Environment,
): string {
  const value = columns[place]?.value;
  const collated = value !== undefined && isString(value.type) && value.collation.strength === 'default';
  const sql = collated ? sortable(value, environment) : String(place + 1);
  return sortKey(sql, descending, value?.nullable ?? true);
}
