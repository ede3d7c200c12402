/**
 * `SELECT @s = @s + Name FROM …` goes through the rows one by one, each seeing what the ones before have made of the variable.
 * In PostgreSQL: the rows numbered, and a recursive query that walks along them.
 */
import { SqlServerError } from '../../../contract';
import type { Query, Select } from '../syntax';
import { notSupported } from '../parse/cursor';
import { quoteName } from '../names';
import { isString } from '../types';
import { coerce } from './conversion';
import type { EmittedQuery, Environment, OutputColumn } from './environment';
import { emitValue } from './expression';
import { bindFrom } from './from';
import { emitConjuncts, renderFrom } from './fromRendering';
import { naturalOrder, selectOrder } from './orderBy';
import { emitCommonTables, limitClause } from './query';
import type { Scope } from './scope';
import { assignedValue, type AssignmentItem } from './select';
import { collate, type Value } from './value';

const ROWS = '"$rows"';
const ROW = '"$r"';
const STEPS = '"$steps"';
const STEP = '"$f"';
const NUMBER = '"$n"';

export function emitAccumulation(query: Query, select: Select, outside: Environment, limit: number): EmittedQuery {
  const items = select.items.filter((item) => item.kind === 'assignment');
  if (items.length < select.items.length) {
    throw new SqlServerError(
      141,
      'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
      15,
    );
  }
  if (select.distinct || select.groupBy.length > 0) {
    throw notSupported('A variable that builds on itself over groups or distinct rows');
  }
  const { sql: rows, scope } = numberedRows(query, select, outside, limit);
  const variables = [...new Set(items.map((item) => item.variable))];
  const columns = variables.map((_, index) => quoteName(`v${index + 1}`));
  const first = variables.map((name) => stateText(emitValue({ kind: 'variable', name }, outside), outside));
  const next = steps(items, variables, columns, outside.withScope(scope));
  const names = [NUMBER, ...columns].join(', ');
  const sql = [
    `WITH RECURSIVE ${rows},`,
    `${STEPS}(${names}) AS (SELECT 0::bigint, ${first.join(', ')} UNION ALL`,
    `SELECT ${ROW}.${NUMBER}, ${next.join(', ')} FROM ${STEPS} AS ${STEP} JOIN ${ROWS} AS ${ROW} ON ${ROW}.${NUMBER} = ${STEP}.${NUMBER} + 1)`,
    `SELECT ${columns.join(', ')} FROM ${STEPS} WHERE ${NUMBER} > 0 ORDER BY ${NUMBER}`,
  ].join(' ');
  const results = variables.map((name): OutputColumn => {
    const value = emitValue({ kind: 'variable', name }, outside);
    return { name: '', value, assigns: name };
  });
  return { sql, columns: results };
}

/** The query's rows in order, with every column that the expressions may want; and a scope that finds them there. */
function numberedRows(
  query: Query,
  select: Select,
  outside: Environment,
  limit: number,
): { readonly sql: string; readonly scope: Scope } {
  const { environment: known, sql: ctes } = emitCommonTables(query.ctes, outside);
  const scope = known.openScope();
  const environment = known.withScope(scope);
  const from = bindFrom(select.from, known, scope);
  const where = emitConjuncts(select.where, environment);
  const rendered = renderFrom(from, { environment, where, lockAtEnd: true });
  const columns: string[] = [];
  const picked = known.openScope();
  for (const source of scope.sources) {
    const list = source.columns.map((column) => {
      columns.push(scope.valueOf(source, column).sql);
      return { ...column, sql: `${ROW}.${quoteName(`$${columns.length}`)}` };
    });
    picked.add({ ...source, columns: list });
  }
  const order =
    query.orderBy.length > 0
      ? selectOrder(query.orderBy, [], environment)
      : naturalOrder(select, from, [], environment);
  const filter = where.length === 0 ? '' : ` WHERE ${where.map(({ sql }) => sql).join(' AND ')}`;
  const cut = limitClause(query, select.top, environment, limit);
  const list = columns.length === 0 ? ['1'] : columns;
  const names = list.map((_, index) => quoteName(`$${index + 1}`)).join(', ');
  const ordered = [`SELECT ${list.join(', ')} FROM ${rendered.sql}${filter}${order}${cut}`, ...rendered.lockClauses];
  const numbered = `SELECT row_number() OVER (), "$q".* FROM (${ctes}${ordered.join(' ')}) AS "$q"`;
  return { sql: `${ROWS}(${NUMBER}, ${names}) AS (${numbered})`, scope: picked };
}

/** The variables after one more row; within a row each assignment sees those before it. */
function steps(
  items: readonly AssignmentItem[],
  variables: readonly string[],
  columns: readonly string[],
  environment: Environment,
): readonly string[] {
  const texts = new Map(variables.map((name, index) => [name, `${STEP}.${columns[index] ?? ''}`]));
  for (const item of items) {
    const inner = environment.withFlags({ variables: new Map(texts) });
    texts.set(item.variable, stateText(assignedValue(item, inner), environment));
  }
  return variables.map((name) => texts.get(name) ?? 'NULL');
}

/** Both halves of the recursive query must give the same type and collation. */
function stateText(value: Value, environment: Environment): string {
  const typed = value.type === undefined ? value : coerce(value, value.type, environment, true);
  return isString(value.type) ? collate(typed.sql, environment.catalog.collation) : typed.sql;
}
