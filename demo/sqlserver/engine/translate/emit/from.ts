/** FROM: the sources are bound to a scope first, then written with their joins and, where they must be, their row locks. */
import { SqlServerError } from '../../../contract';
import type { Expression, FromItem, TableReference } from '../syntax';
import { quoteName, relationName } from '../names';
import type { Environment } from './environment';
import { bindFunction } from './functionSource';
import { conjuncts, emitPredicate } from './predicate';
import type { FirstRows } from './lockedTop';
import { lockClause, readLock, type RowLock } from './rowLocks';
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

/** A condition and the sources that it is about. */
export interface Conjunct {
  readonly sql: string;
  readonly sources: ReadonlySet<Source>;
}

export function emitConjuncts(expression: Expression | undefined, environment: Environment): readonly Conjunct[] {
  if (expression === undefined) return [];
  return conjuncts(expression).map((part) => {
    const { result, sources } = environment.run.collect(() => emitPredicate(part, environment));
    return { sql: result, sources };
  });
}

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

/** How a FROM is to be written. */
export interface FromRendering {
  readonly environment: Environment;
  /** The WHERE's conditions: what is about one source alone also goes into the derived table that locks its rows. */
  readonly where: readonly Conjunct[];
  /** Whether rows can be locked at the end of the query. */
  readonly lockAtEnd: boolean;
  /** A source that conditions may name although it is not in this FROM: the target of an UPDATE or DELETE. */
  readonly besides?: Source | undefined;
  /** The only rows that need to be locked. */
  readonly first?: FirstRows | undefined;
}

export interface RenderedFrom {
  readonly sql: string;
  /** What stands at the end of the query. */
  readonly lockClauses: readonly string[];
}

export function renderFrom(items: readonly Bound[], rendering: FromRendering): RenderedFrom {
  const renderer = new FromRenderer(rendering, items.flatMap(leaves));
  const sql = items.map((item) => renderer.render(item, { nullable: false, on: [] })).join(', ');
  return { sql, lockClauses: renderer.lockClauses };
}

export function leaves(bound: Bound): readonly Leaf[] {
  return bound.kind === 'leaf' ? [bound] : [...leaves(bound.left), ...leaves(bound.right)];
}

interface Place {
  /** On the side of an outer join that may be missing: a condition of WHERE must not go in there. */
  readonly nullable: boolean;
  /** Conditions of the joins around that may narrow this side. */
  readonly on: readonly Conjunct[];
}

class FromRenderer {
  private readonly ends = new Map<string, { readonly lock: RowLock; readonly aliases: string[] }>();
  private readonly level: ReadonlySet<Source>;

  constructor(
    private readonly rendering: FromRendering,
    all: readonly Leaf[],
  ) {
    const { besides } = rendering;
    this.level = new Set([...all.map((leaf) => leaf.source), ...(besides === undefined ? [] : [besides])]);
  }

  get lockClauses(): readonly string[] {
    return [...this.ends.values()].map(({ lock, aliases }) => lockClause(aliases, lock));
  }

  render(bound: Bound, place: Place): string {
    return bound.kind === 'leaf' ? this.leaf(bound, place) : this.join(bound, place);
  }

  private leaf(leaf: Leaf, place: Place): string {
    const { lock, source } = leaf;
    if (lock === undefined) return withAlias(leaf);
    if (this.rendering.lockAtEnd && !place.nullable) {
      this.lockAtEnd(leaf, lock);
      return withAlias(leaf);
    }
    const own = [...(place.nullable ? [] : this.rendering.where), ...place.on].filter((conjunct) =>
      this.isOnly(conjunct, source),
    );
    const { first } = this.rendering;
    if (first?.source === source) return this.lockedFirst(leaf, lock, own, first);
    return this.locked(leaf, lock, own, false);
  }

  private lockAtEnd(leaf: Leaf, lock: RowLock): void {
    const key = `${lock.strength} ${lock.whenLocked}`;
    const entry = this.ends.get(key) ?? { lock, aliases: [] };
    entry.aliases.push(leaf.source.alias);
    this.ends.set(key, entry);
  }

  /** The rows locked in a derived table. */
  private locked(leaf: Leaf, lock: RowLock, conditions: readonly Conjunct[], lateral: boolean): string {
    const sql = lockedRows(
      leaf,
      lock,
      conditions.map(({ sql }) => sql),
    );
    return `${lateral ? 'LATERAL ' : ''}(${sql}) AS ${leaf.source.alias}`;
  }

  private lockedFirst(leaf: Leaf, lock: RowLock, own: readonly Conjunct[], { condition, count }: FirstRows): string {
    const conditions = own.map(({ sql }) => sql);
    const first = lockedRows(leaf, lock, [...conditions, condition]);
    const tooFew = `(SELECT count(*) FROM "$a") < ${count}`;
    const rest = lockedRows(leaf, lock, [...conditions, tooFew, `NOT ${condition}`]);
    return `(WITH "$a" AS (${first}), "$b" AS (${rest}) TABLE "$a" UNION ALL TABLE "$b") AS ${leaf.source.alias}`;
  }

  private isOnly(conjunct: Conjunct, source: Source): boolean {
    const here = [...conjunct.sources].filter((used) => this.level.has(used));
    return here.length === 1 && here[0] === source;
  }

  private join(join: Join, place: Place): string {
    const on = emitConjuncts(join.on, this.rendering.environment);
    const condition = on.length === 0 ? 'TRUE' : on.map(({ sql }) => sql).join(' AND ');
    const kept: Place = { nullable: place.nullable, on: [...place.on] };
    const narrowed: Place = { nullable: place.nullable, on: [...place.on, ...on] };
    switch (join.type) {
      case 'cross':
        return `(${this.render(join.left, kept)} CROSS JOIN ${this.render(join.right, kept)})`;
      case 'cross apply':
        return `(${this.render(join.left, kept)} CROSS JOIN ${this.render(join.right, kept)})`;
      case 'outer apply':
        return `(${this.render(join.left, kept)} LEFT JOIN ${this.render(join.right, { nullable: true, on: [] })} ON TRUE)`;
      case 'inner': {
        const left = this.render(join.left, narrowed);
        const lateral = this.lateralLock(join.right, on, place);
        if (lateral !== undefined) return `(${left} JOIN ${lateral} ON TRUE)`;
        return `(${left} JOIN ${this.render(join.right, narrowed)} ON ${condition})`;
      }
      case 'left': {
        const left = this.render(join.left, kept);
        const missing: Place = { nullable: true, on };
        const lateral = this.lateralLock(join.right, on, missing);
        if (lateral !== undefined) return `(${left} LEFT JOIN ${lateral} ON TRUE)`;
        return `(${left} LEFT JOIN ${this.render(join.right, missing)} ON ${condition})`;
      }
      case 'right': {
        const left = this.render(join.left, { nullable: true, on });
        return `(${left} RIGHT JOIN ${this.render(join.right, kept)} ON ${condition})`;
      }
      case 'full': {
        const outside: Place = { nullable: true, on: [] };
        return `(${this.render(join.left, outside)} FULL JOIN ${this.render(join.right, outside)} ON ${condition})`;
      }
    }
  }

  /** A locked table on the right of a join: only rows that join are locked, and waited for. */
  private lateralLock(right: Bound, on: readonly Conjunct[], place: Place): string | undefined {
    if (right.kind !== 'leaf' || right.lock === undefined) return undefined;
    if (this.rendering.lockAtEnd && !place.nullable) return undefined;
    const inner = place.nullable ? [] : this.rendering.where.filter((conjunct) => this.isOnly(conjunct, right.source));
    return this.locked(right, right.lock, [...on, ...inner], true);
  }
}

function lockedRows(leaf: Leaf, lock: RowLock, conditions: readonly string[]): string {
  const { alias } = leaf.source;
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT ${alias}.ctid, ${alias}.* FROM ${withAlias(leaf)}${where} ${lockClause([alias], lock)}`;
}

function withAlias(leaf: Leaf): string {
  const names = leaf.names.length === 0 ? '' : `(${leaf.names.map(quoteName).join(', ')})`;
  return `${leaf.lateral ? 'LATERAL ' : ''}${leaf.sql} AS ${leaf.source.alias}${names}`;
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
