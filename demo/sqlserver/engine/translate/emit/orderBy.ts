/** ORDER BY: select items by their place or name, everything else by its expression; NULL sorts lowest. */
import { SqlServerError } from '../../../contract';
import type { SortKey } from '../syntax';
import { isString } from '../types';
import { sortKey } from './aggregate';
import type { Environment, OutputColumn } from './environment';
import { emitValue } from './expression';
import { sortable } from './predicate';
import { invalidColumn, sameName } from './scope';

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
