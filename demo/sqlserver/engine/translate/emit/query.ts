/** Queries: common table expressions, the body, its order and its limits. */
import { SqlServerError } from '../../../contract';
import type { CommonTable, Expression, Query, QueryBody } from '../syntax';
import { quoteName } from '../names';
import { coerce } from './conversion';
import type { CommonTableInfo, EmittedQuery, Environment, OutputColumn, QueryOptions } from './environment';
import { emitValue } from './expression';
import { checkColumnNames } from './from';
import { mentionsTable } from './search';
import { nameKey, sameName, type SourceColumn } from './scope';
import { emitSelect } from './select';
import { emitSetOperation, exactTargets } from './setOperation';
import { emitValues } from './valuesList';

export function emitQuery(query: Query, environment: Environment, options: QueryOptions): EmittedQuery {
  const { environment: inner, sql: ctes } = emitCommonTables(query.ctes, environment);
  const emitted = emitBody(query, inner, options);
  if (options.role !== 'derived') return { ...emitted, sql: ctes + emitted.sql };
  const columns = renamed(emitted.columns, options);
  checkColumnNames(
    columns.map((column) => column.name),
    options.name ?? '',
    environment,
  );
  return { sql: ctes + emitted.sql, columns };
}

/** The columns under the names behind the alias; throws 8158 or 8159 where their number differs. */
function renamed(columns: readonly OutputColumn[], options: QueryOptions): readonly OutputColumn[] {
  const names = options.columns ?? [];
  if (names.length === 0) return columns;
  const own = options.withRow === true ? columns.slice(0, -1) : columns;
  if (own.length < columns.length) return [...renamed(own, { ...options, withRow: false }), ...columns.slice(-1)];
  if (names.length !== columns.length) {
    const [number, word] = columns.length > names.length ? [8158, 'more'] : [8159, 'fewer'];
    throw new SqlServerError(
      number,
      `'${options.name ?? ''}' has ${word} columns than were specified in the column list.`,
    );
  }
  return columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

function emitBody(query: Query, environment: Environment, options: QueryOptions): EmittedQuery {
  switch (query.body.kind) {
    case 'select':
      return emitSelect(query.body, query, environment, options);
    case 'set operation':
      return emitSetOperation(query.body, query, environment, options);
    case 'values':
      return emitValues(query.body.rows, environment, options);
  }
}

/** A number of rows that is PostgreSQL text already. */
export interface RowLimit {
  readonly rows: string;
  readonly withTies: boolean;
}

/** `LIMIT`, `OFFSET` and `FETCH`, after T-SQL's TOP or OFFSET … FETCH and SET ROWCOUNT. */
export function limitClause(
  query: Query,
  top: { readonly count: Expression; readonly withTies: boolean } | RowLimit | undefined,
  environment: Environment,
  limit: number,
): string {
  const outside = environment.withScope(environment.scope?.parent);
  const count = (expression: Expression): string => rowCountOf(expression, outside);
  const offset = query.offset === undefined ? '' : ` OFFSET ${count(query.offset)}`;
  const counts = [
    ...(top === undefined ? [] : ['rows' in top ? top.rows : count(top.count)]),
    ...(query.fetch === undefined ? [] : [count(query.fetch)]),
    ...(limit > 0 ? [String(limit)] : []),
  ];
  const [only] = counts;
  if (only === undefined) return offset;
  const rows = counts.length === 1 ? only : `LEAST(${counts.join(', ')})`;
  if (top?.withTies === true) return `${offset} FETCH FIRST (${rows}) ROWS WITH TIES`;
  return `${offset} LIMIT ${rows}`;
}

/** A number of rows as PostgreSQL text. */
export function rowCountOf(expression: Expression, environment: Environment): string {
  const value = emitValue(expression, environment);
  if (value.literal !== undefined && /^\d+$/.test(value.literal)) return value.literal;
  return `(${coerce(value, { name: 'bigint' }, environment, true).sql})`;
}

/** `WITH …`, with a blank behind it, and the environment that knows its tables. */
export function emitCommonTables(
  tables: readonly CommonTable[],
  environment: Environment,
  /** The table that an UPDATE or DELETE goes through. */
  target?: string,
): { readonly environment: Environment; readonly sql: string } {
  if (tables.length === 0) return { environment, sql: '' };
  const known = new Map(environment.commonTables);
  const parts: string[] = [];
  let recursive = false;
  for (const table of tables) {
    const current = environment.withCommonTables(new Map(known));
    const isRecursive = mentionsTable(table.query, table.name, environment.catalog);
    recursive ||= isRecursive;
    const withRow = target !== undefined && sameName(environment.catalog, target, table.name);
    const emitted = isRecursive ? emitRecursive(table, current) : emitPlain(table, current, withRow);
    const alias = quoteName(table.name);
    known.set(nameKey(environment.catalog, table.name), {
      alias,
      name: table.name,
      columns: sourceColumns(emitted.columns),
    });
    parts.push(`${alias}(${emitted.columns.map((column) => quoteName(column.name)).join(', ')}) AS (${emitted.sql})`);
  }
  const sql = `WITH ${recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} `;
  return { environment: environment.withCommonTables(known), sql };
}

function emitPlain(table: CommonTable, environment: Environment, withRow: boolean): EmittedQuery {
  return emitQuery(table.query, environment, { role: 'derived', name: table.name, columns: table.columns, withRow });
}

export function sourceColumns(columns: readonly OutputColumn[]): readonly SourceColumn[] {
  return columns.map(({ name, value }) => ({
    name,
    type: value.type ?? { name: 'int' },
    collation: value.collation,
    nullable: value.nullable,
    origin: value.origin,
  }));
}

/** The part without the CTE itself says what the columns are; the part with it is made to give the same. */
function emitRecursive(table: CommonTable, environment: Environment): EmittedQuery {
  const body: QueryBody = table.query.body;
  if (body.kind !== 'set operation' || body.operator !== 'union all') {
    throw new SqlServerError(
      252,
      `Recursive common table expression '${table.name}' does not contain a top-level UNION ALL operator.`,
    );
  }
  if (mentionsTable(body.left, table.name, environment.catalog)) {
    throw new SqlServerError(246, `No anchor member was specified for recursive query "${table.name}".`);
  }
  const inside = environment.withFlags({ lockInside: true });
  const options: QueryOptions = { role: 'derived', name: table.name, columns: table.columns };
  const first = emitQuery(body.left, inside, options);
  const targets = exactTargets(first.columns);
  const anchor = emitQuery(body.left, inside, { ...options, targets });
  const columns = anchor.columns.map((column) => ({ ...column, value: { ...column.value, nullable: true } }));
  const info: CommonTableInfo = { alias: quoteName(table.name), name: table.name, columns: sourceColumns(columns) };
  const known = new Map(inside.commonTables).set(nameKey(environment.catalog, table.name), info);
  const next = emitQuery(body.right, inside.withCommonTables(known), { role: 'nested', targets });
  if (next.columns.length !== columns.length) {
    throw new SqlServerError(
      205,
      'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
    );
  }
  return { sql: `(${anchor.sql}) UNION ALL (${next.sql})`, columns };
}
