/** The table that an UPDATE or DELETE changes, and how it is to be reached: directly, or through a query that picks its rows. */
import { SqlServerError } from '../../../contract';
import type { CatalogTable } from '../../contract';
import type { DeleteStatement, UpdateStatement } from '../statements';
import type { Expression } from '../syntax';
import { notSupported } from '../parse/cursor';
import { quoteName } from '../names';
import { ROW_COLUMN, type Environment } from './environment';
import { bindFrom, leaves, type Bound, type Leaf } from './from';
import { emitCommonTables } from './query';
import { writeLock, type RowLock } from './rowLocks';
import { sameName, tableColumns, type Scope, type Source } from './scope';
import { findTable, splitPath } from './tables';

export interface BoundTarget {
  readonly table: CatalogTable;
  /** The source that stands for the table in SET, WHERE and FROM. */
  readonly source: Source;
  /** Its place in FROM; undefined where FROM doesn't name it. */
  readonly leaf: Leaf | undefined;
  readonly from: readonly Bound[];
  readonly scope: Scope;
  readonly environment: Environment;
  readonly ctes: string;
  /** Where a row lies: in the table itself, or in the CTE or derived table that it is reached through. */
  readonly row: string;
  readonly lock: RowLock | undefined;
  /** Reached through a CTE or derived table. */
  readonly indirect: boolean;
}

export function bindTarget(statement: UpdateStatement | DeleteStatement, outside: Environment): BoundTarget {
  const { path, hints } = statement.target;
  const name = path.at(-1) ?? '';
  const alone = path.length === 1 ? name : undefined;
  const viaCommonTable = commonTableName(statement, alone, outside);
  const { environment, sql: ctes } = emitCommonTables(statement.ctes, outside, viaCommonTable);
  const scope = environment.openScope();
  const implicit =
    viaCommonTable !== undefined && statement.from.length === 0
      ? [{ kind: 'table' as const, path: [viaCommonTable], hints }]
      : [];
  const from = bindFrom([...implicit, ...statement.from], environment, scope, alone);
  const inner = environment.withScope(scope);
  const leaf = findLeaf(from.flatMap(leaves), path, inner);
  const shared = { from, scope, environment: inner, ctes };
  if (leaf === undefined) return { ...shared, ...unnamedTarget(statement, inner, scope) };
  const { table } = leaf.source;
  const allHints = [...hints, ...(leaf.item.kind === 'table' ? leaf.item.hints : [])];
  if (table !== undefined) {
    const lock = writeLock(table, allHints, inner);
    return { ...shared, table, source: leaf.source, leaf, row: `${leaf.source.alias}.ctid`, lock, indirect: false };
  }
  const base = baseTable(leaf.source);
  if (base === undefined) throw notSupported(`A change of ${name}, which is no table`);
  const row = `${leaf.source.alias}.${quoteName(ROW_COLUMN)}`;
  return { ...shared, table: base, source: leaf.source, leaf, row, lock: undefined, indirect: true };
}

/** The CTE that is changed: named itself, or by its alias in FROM. */
function commonTableName(
  statement: UpdateStatement | DeleteStatement,
  alone: string | undefined,
  environment: Environment,
): string | undefined {
  if (alone === undefined) return undefined;
  const isCte = (name: string): boolean => statement.ctes.some((cte) => sameName(environment.catalog, cte.name, name));
  const pending = [...statement.from];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (item.kind === 'join') pending.push(item.left, item.right);
    if (item.kind !== 'table' || item.path.length > 1) continue;
    const name = item.path[0] ?? '';
    if (sameName(environment.catalog, item.alias ?? name, alone)) return isCte(name) ? name : undefined;
  }
  return isCte(alone) ? alone : undefined;
}

/** The source in FROM that the statement's target means: by its alias, or else as the only one of that table. */
function findLeaf(all: readonly Leaf[], path: readonly string[], environment: Environment): Leaf | undefined {
  const name = path.at(-1) ?? '';
  if (path.length === 1) {
    const byAlias = all.find(({ source }) => sameName(environment.catalog, source.name, name));
    if (byAlias !== undefined) return byAlias;
  }
  const { schema } = splitPath(path, environment);
  const table = environment.catalog.findTable(schema, name);
  if (table === undefined) return undefined;
  const same = all.filter(
    ({ source }) => source.table?.objectId === table.objectId && source.table.name === table.name,
  );
  if (same.length > 1) throw new SqlServerError(8154, `The table '${name}' is ambiguous.`, 15);
  return same[0];
}

/** A target that FROM doesn't name: the table itself. */
function unnamedTarget(
  statement: UpdateStatement | DeleteStatement,
  environment: Environment,
  scope: Scope,
): Pick<BoundTarget, 'table' | 'source' | 'leaf' | 'row' | 'lock' | 'indirect'> {
  const { path, hints } = statement.target;
  const table = findTable(path, environment);
  const alias = quoteName(table.name);
  const source: Source = {
    name: table.name,
    schema: table.schema,
    alias,
    columns: tableColumns(table),
    table,
    nullable: false,
  };
  scope.add(source);
  if (statement.where !== undefined) environment.run.uses(table, 'SELECT');
  const lock = writeLock(table, hints, environment);
  return { table, source, leaf: undefined, row: `${alias}.ctid`, lock, indirect: false };
}

function baseTable(source: Source): CatalogTable | undefined {
  return source.columns.find((column) => column.origin !== undefined)?.origin?.table;
}

/** FROM without the target, where only inner joins hold it: their conditions go to WHERE. */
export function withoutTarget(
  from: readonly Bound[],
  target: Leaf,
): { readonly items: readonly Bound[]; readonly conditions: readonly Expression[] } | undefined {
  const items: Bound[] = [];
  const conditions: Expression[] = [];
  for (const item of from) {
    if (leaves(item).some((leaf) => leaf.lateral)) return undefined;
    if (!leaves(item).includes(target)) items.push(item);
    else if (!takeOut(item, target, items, conditions)) return undefined;
  }
  return { items, conditions };
}

function takeOut(bound: Bound, target: Leaf, items: Bound[], conditions: Expression[]): boolean {
  if (bound === target) return true;
  if (bound.kind === 'leaf' || (bound.type !== 'inner' && bound.type !== 'cross')) return false;
  const [holding, other] = leaves(bound.left).includes(target) ? [bound.left, bound.right] : [bound.right, bound.left];
  items.push(other);
  if (bound.on !== undefined) conditions.push(bound.on);
  return takeOut(holding, target, items, conditions);
}
