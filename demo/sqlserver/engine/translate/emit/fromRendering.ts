/** FROM, bound (from.ts): written with its joins and, where they must be, its row locks. */
import type { Expression } from '../syntax';
import { quoteName } from '../names';
import type { Environment } from './environment';
import { leaves, type Bound, type Join, type Leaf } from './from';
import type { FirstRows } from './lockedTop';
import { conjuncts, emitPredicate } from './predicate';
import { lockClause, type RowLock } from './rowLocks';
import type { Source } from './scope';

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
