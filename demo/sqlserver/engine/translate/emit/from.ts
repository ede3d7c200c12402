/** FROM: its sources are bound to a scope, before fromRendering.ts writes them. */
import { SqlServerError } from '../../../contract';
import type { Expression, FromItem, TableReference } from '../syntax';
import { quoteName, relationName } from '../names';
import type { Environment } from './environment';
import { bindFunction } from './functionSource';
import { readLock, type RowLock } from './rowLocks';
import { nameKey, sameName, tableColumns, type Scope, type Source, type SourceColumn } from './scope';
import { findTable } from './tables';

export interface Leaf {
  readonly kind: 'leaf';
  readonly source: Source;
  /** Without its alias: a relation, a query in parentheses, a function call. */
  readonly sql: string;
  readonly lateral: boolean;
  /** The columns' names behind the alias; empty for a relation. */
  readonly names: readonly string[];
  readonly lock?: RowLock | undefined;
  /** The statement's own FROM item, to find a target by. */
  readonly item: FromItem;
}

export interface Join {
  readonly kind: 'join';
  readonly type: Extract<FromItem, { kind: 'join' }>['type'];
  readonly left: Bound;
  readonly right: Bound;
  readonly on?: Expression | undefined;
}

export type Bound = Leaf | Join;

/** Binds the sources of a FROM to the environment's scope. */
export function bindFrom(
  items: readonly FromItem[],
  environment: Environment,
  scope: Scope,
  /** The alias of a derived table that an UPDATE or DELETE goes through. */
  target?: string,
): readonly Bound[] {
  const inner = environment.withScope(scope);
  return items.map((item) => bind(item, environment, inner, scope, target));
}

function bind(item: FromItem, outer: Environment, inner: Environment, scope: Scope, target?: string): Bound {
  switch (item.kind) {
    case 'table':
      return bindTable(item, outer, scope);
    case 'derived':
      return bindDerived(item, outer, scope, {
        withRow: target !== undefined && sameName(outer.catalog, target, item.alias),
      });
    case 'function':
      return addLeaf(bindFunction(item, inner), scope);
    case 'join':
      return bindJoin(item, outer, inner, scope, target);
  }
}

function bindJoin(
  item: Extract<FromItem, { kind: 'join' }>,
  outer: Environment,
  inner: Environment,
  scope: Scope,
  target?: string,
): Join {
  const before = scope.sources.length;
  const left = bind(item.left, outer, inner, scope, target);
  const between = scope.sources.length;
  const applies = item.type === 'cross apply' || item.type === 'outer apply';
  const right =
    applies && item.right.kind === 'derived'
      ? bindDerived(item.right, inner, scope, { lateral: true })
      : bind(item.right, outer, inner, scope, target);
  if (item.type === 'right' || item.type === 'full') markNullable(scope.sources.slice(before, between));
  if (item.type === 'left' || item.type === 'outer apply' || item.type === 'full')
    markNullable(scope.sources.slice(between));
  return { kind: 'join', type: item.type, left, right, on: item.on };
}

function markNullable(sources: readonly Source[]): void {
  for (const source of sources) source.nullable = true;
}

function addLeaf(leaf: Leaf, scope: Scope): Leaf {
  scope.add(leaf.source);
  return leaf;
}

/** An alias for PostgreSQL, which lets no two sources of a query share one. */
function uniqueAlias(name: string, scope: Scope): string {
  const taken = new Set(scope.sources.map((source) => source.alias));
  let alias = quoteName(name);
  for (let number = 2; taken.has(alias); number += 1) alias = quoteName(`${name}$${number}`);
  return alias;
}

function bindTable(item: TableReference, environment: Environment, scope: Scope): Leaf {
  const written = item.path.at(-1) ?? '';
  const name = item.alias ?? written;
  const alias = uniqueAlias(name, scope);
  const leaf = { kind: 'leaf', lateral: false, names: [], item } as const;
  if (item.path.length === 1) {
    const common = environment.commonTables.get(nameKey(environment.catalog, written));
    if (common !== undefined) {
      const source: Source = { name, alias, columns: common.columns, nullable: false };
      return addLeaf({ ...leaf, source, sql: common.alias }, scope);
    }
    const transition = transitionTable(written, environment);
    if (transition !== undefined) {
      const source: Source = { name, alias, columns: transition.columns, nullable: false };
      return addLeaf({ ...leaf, source, sql: transition.relation }, scope);
    }
  }
  const table = findTable(item.path, environment);
  environment.run.uses(table, 'SELECT');
  const source: Source = {
    name: item.alias ?? table.name,
    schema: item.alias === undefined ? table.schema : undefined,
    alias: item.alias === undefined ? uniqueAlias(table.name, scope) : alias,
    columns: tableColumns(table),
    table,
    nullable: false,
  };
  return addLeaf({ ...leaf, source, sql: relationName(table), lock: readLock(table, item.hints, environment) }, scope);
}

/** `inserted` and `deleted` inside a trigger. */
function transitionTable(
  name: string,
  environment: Environment,
): { readonly relation: string; readonly columns: readonly SourceColumn[] } | undefined {
  const { transitions } = environment.context;
  if (transitions === undefined) return undefined;
  const columns = tableColumns(transitions.table);
  if (sameName(environment.catalog, name, 'inserted')) return { relation: transitions.inserted, columns };
  if (sameName(environment.catalog, name, 'deleted')) return { relation: transitions.deleted, columns };
  return undefined;
}

function bindDerived(
  item: Extract<FromItem, { kind: 'derived' }>,
  environment: Environment,
  scope: Scope,
  { lateral = false, withRow = false }: { readonly lateral?: boolean; readonly withRow?: boolean },
): Leaf {
  const { sql, columns } = environment.emitQuery(item.query, environment, {
    role: 'derived',
    name: item.alias,
    columns: item.columns,
    withRow,
  });
  const names = columns.map((column) => column.name);
  const source: Source = {
    name: item.alias,
    alias: uniqueAlias(item.alias, scope),
    columns: columns.map(({ name, value }) => ({
      name,
      type: value.type ?? { name: 'int' },
      collation: value.collation,
      nullable: value.nullable,
      origin: value.origin,
    })),
    nullable: false,
  };
  return addLeaf({ kind: 'leaf', source, sql: `(${sql})`, lateral, names, item }, scope);
}

export function leaves(bound: Bound): readonly Leaf[] {
  return bound.kind === 'leaf' ? [bound] : [...leaves(bound.left), ...leaves(bound.right)];
}

/** Throws 8155 or 8156 where the columns of a derived table or CTE lack a name or share one. */
export function checkColumnNames(names: readonly string[], table: string, environment: Environment): void {
  const seen = new Set<string>();
  names.forEach((name, index) => {
    if (name === '') {
      throw new SqlServerError(8155, `No column name was specified for column ${index + 1} of '${table}'.`);
    }
    const key = nameKey(environment.catalog, name);
    if (seen.has(key))
      throw new SqlServerError(8156, `The column '${name}' was specified multiple times for '${table}'.`);
    seen.add(key);
  });
}
