/**
 * UPDATE and DELETE as PostgreSQL writes them: with the other sources in FROM or USING where that says the same, or through a
 * query that picks the rows (TOP, READPAST, outer joins, APPLY, CTEs) and tells where each lies in its table.
 */
import type { Expression } from '../syntax';
import { isTemporary, quoteName, relationName } from '../names';
import type { Bound, Leaf } from './from';
import { emitConjuncts, renderFrom, type Conjunct } from './fromRendering';
import { limitClause } from './query';
import { lockClause } from './rowLocks';
import type { Source } from './scope';
import { withoutTarget, type BoundTarget } from './target';

/** The rows to change, as PostgreSQL reaches them. */
export interface PickedRows {
  /** The relation to change, with its alias. */
  readonly relation: string;
  /** FROM (or USING) and WHERE behind it. */
  readonly rest: (keyword: 'FROM' | 'USING') => string;
  /** The statement's WITH, with a blank behind it, where the rest does not hold it already. */
  readonly ctes: string;
  /** Whether the rows come from a query, so that `place` leads to its columns. */
  readonly picked: boolean;
  /** Statements that must run before: they wait for the rows. */
  readonly before: readonly string[];
  /** An expression over the statement's sources, as the changing statement may use it. */
  readonly place: (sql: string) => string;
}

export interface PickRequest {
  readonly target: BoundTarget;
  readonly where: Expression | undefined;
  readonly top: Expression | undefined;
}

const TARGET = '"$t"';
const PICKED = '"$s"';

/**
 * `expressions` are everything the statement asks of its sources: where rows are picked by a query, they become its columns.
 */
export function pickRows(request: PickRequest, expressions: readonly string[]): PickedRows {
  const { target, top } = request;
  const limited = top !== undefined || target.environment.context.rowCountLimit > 0;
  if (!limited && !target.indirect && target.lock === undefined) {
    const direct = directly(request);
    if (direct !== undefined) return direct;
  }
  return throughQuery(request, expressions);
}

function directly({ target, where }: PickRequest): PickedRows | undefined {
  const { environment, leaf, source, table } = target;
  const rest = leaf === undefined ? { items: target.from, conditions: [] } : withoutTarget(target.from, leaf);
  if (rest === undefined) return undefined;
  const conditions: readonly Conjunct[] = [
    ...rest.conditions.flatMap((condition) => emitConjuncts(condition, environment)),
    ...emitConjuncts(where, environment),
  ];
  const from = renderFrom(rest.items, { environment, where: conditions, lockAtEnd: false, besides: source });
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  return {
    relation: `${relationName(table)} AS ${source.alias}`,
    rest: (keyword) => (rest.items.length === 0 ? '' : ` ${keyword} ${from.sql}`) + filter,
    ctes: target.ctes,
    picked: false,
    before: [],
    place: (sql) => sql,
  };
}

function throughQuery({ target, where, top }: PickRequest, expressions: readonly string[]): PickedRows {
  const { environment, source, table } = target;
  const names = new Map([...new Set(expressions)].map((sql, index) => [sql, quoteName(`$${index + 1}`)]));
  const conditions = emitConjuncts(where, environment);
  const from = renderFrom(unlocked(target, source), { environment, where: conditions, lockAtEnd: false });
  const absent = source.nullable ? [`${target.row} IS NOT NULL`] : [];
  const filters = [...absent, ...conditions.map(({ sql }) => sql)];
  const filter = filters.length === 0 ? '' : ` WHERE ${filters.join(' AND ')}`;
  const limit = limitClause(
    { ctes: [], body: { kind: 'values', rows: [] }, orderBy: [] },
    top === undefined ? undefined : { count: top, withTies: false },
    environment,
    environment.context.rowCountLimit,
  );
  const lock = target.lock ?? { strength: 'UPDATE', whenLocked: 'wait' };
  const lockable = !target.indirect && !source.nullable && table.kind === 'table';
  const locking = lockable ? ` ${lockClause([source.alias], lock)}` : '';
  const tail = `FROM ${from.sql}${filter}${limit}${locking}`;
  const list = [`${target.row} AS "$row"`, ...[...names].map(([sql, name]) => `${sql} AS ${name}`)];
  const query = `${target.ctes}SELECT ${list.join(', ')} ${tail}`;
  // Rows that others are changing are waited for first: the statement itself then sees what became of them.
  const waits = lockable && lock.whenLocked === 'wait' && !isTemporary(table.name);
  return {
    relation: `${relationName(table)} AS ${TARGET}`,
    rest: (keyword) => ` ${keyword} (${query}) AS ${PICKED} WHERE ${TARGET}.ctid = ${PICKED}."$row"`,
    ctes: '',
    picked: true,
    before: waits ? [`${target.ctes}SELECT 1 ${tail}`] : [],
    place: (sql) => `${PICKED}.${names.get(sql) ?? 'NULL'}`,
  };
}

/** FROM with the target's own rows left to the lock at the end. */
function unlocked(target: BoundTarget, source: Source): readonly Bound[] {
  const { leaf } = target;
  if (leaf === undefined) {
    const own: Leaf = {
      kind: 'leaf',
      source,
      sql: relationName(target.table),
      lateral: false,
      names: [],
      item: { kind: 'table', path: [target.table.name], hints: [] },
    };
    return [own, ...target.from];
  }
  const strip = (bound: Bound): Bound => {
    if (bound === leaf) return { ...leaf, lock: undefined };
    return bound.kind === 'leaf' ? bound : { ...bound, left: strip(bound.left), right: strip(bound.right) };
  };
  return target.from.map(strip);
}
