/**
 * `TOP … WITH TIES` over a table whose rows are locked. SQL Server reads in the order asked for and stops behind the last row; PostgreSQL
 * locks every row that meets the conditions before it sorts them, unless a condition tells it where to stop.
 */
import type { Query, Select } from '../syntax';
import type { Environment } from './environment';
import { emitValue } from './expression';
import type { Bound } from './from';
import type { Conjunct } from './fromRendering';
import { sortable } from './predicate';
import { rowCountOf } from './query';
import type { Source } from './scope';

/** Which rows of a source come first. */
export interface FirstRows {
  readonly source: Source;
  /** True for them. */
  readonly condition: string;
  /** How many are wanted. Of those that come first some may be gone when they are locked: then the rest is needed as well. */
  readonly count: string;
}

/** Known where there is one table, and one of its columns is what the rows are sorted by. */
export function firstRows(
  select: Select,
  query: Query,
  from: readonly Bound[],
  where: readonly Conjunct[],
  environment: Environment,
): FirstRows | undefined {
  const { top } = select;
  const [only, ...otherSources] = from;
  const [key, ...otherKeys] = query.orderBy;
  if (top?.withTies !== true || top.percent || only?.kind !== 'leaf' || otherSources.length > 0) return undefined;
  if (only.lock?.whenLocked !== 'wait' || select.distinct || select.groupBy.length > 0) return undefined;
  if (key === undefined || key.descending || otherKeys.length > 0) return undefined;
  const { source, sql: relation } = only;
  const value = emitValue(key.expression, environment);
  const isOwn = value.origin !== undefined && value.origin.table === source.table && !value.nullable;
  if (!isOwn || where.some(({ sources }) => sources.size > 1)) return undefined;
  const column = sortable(value, environment);
  const conditions = where.length === 0 ? '' : ` WHERE ${where.map(({ sql }) => sql).join(' AND ')}`;
  const count = rowCountOf(top.count, environment.withScope(environment.scope?.parent));
  const rows = `SELECT ${column} AS "$k" FROM ${relation} AS ${source.alias}${conditions} ORDER BY ${column} LIMIT ${count}`;
  const last = `SELECT "$k" FROM (${rows}) AS "$p" ORDER BY "$k" DESC LIMIT 1`;
  return { source, condition: `${column} <= (${last})`, count };
}
