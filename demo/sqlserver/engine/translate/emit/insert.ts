/** INSERT. */
import { SqlServerError } from '../../../contract';
import type { CatalogColumn, CatalogTable, ImageCapture } from '../../contract';
import type { InsertStatement } from '../statements';
import type { Expression, Query } from '../syntax';
import { notSupported } from '../parse/cursor';
import { quoteName, relationName } from '../names';
import { checkSequenceDefaults, insertColumns } from './columnList';
import { assignToColumn } from './conversion';
import type { Environment } from './environment';
import { emitValue, unify } from './expression';
import { emitCommonTables, limitClause } from './query';
import { writeLock } from './rowLocks';
import { findTable } from './tables';
import { checkOutput, finishWrite, imageSource, type WriteText } from './writing';

export function emitInsert(
  statement: InsertStatement,
  environment: Environment,
  capture: ImageCapture | undefined,
): { readonly text: WriteText; readonly target: CatalogTable } {
  const target = findTable(statement.target.path, environment);
  environment.run.uses(target, 'INSERT');
  writeLock(target, statement.target.hints, environment);
  checkOutput(target, statement.output, ['INSERT']);
  const { environment: inner, sql: ctes } = emitCommonTables(statement.ctes, environment);
  const columns = statement.source.kind === 'defaults' ? [] : insertColumns(target, statement.columns, environment);
  checkSequenceDefaults(target, columns, isLimited(statement, environment));
  const core = `INSERT INTO ${relationName(target)} ${sourceText(statement, target, columns, inner)}`;
  const scope = environment.openScope();
  scope.add(imageSource(target, 'inserted'));
  const text = finishWrite({
    kind: 'insert',
    core,
    ctes,
    target,
    output: statement.output,
    outputEnvironment: environment.withScope(scope),
    assigns: [],
    capture,
  });
  return { text, target };
}

/** Whether SET ROWCOUNT, TOP or OFFSET cuts the rows. */
function isLimited(statement: InsertStatement, environment: Environment): boolean {
  if (environment.context.rowCountLimit > 0 || statement.top !== undefined) return true;
  if (statement.source.kind !== 'query') return false;
  const { query } = statement.source;
  return query.offset !== undefined || (query.body.kind === 'select' && query.body.top !== undefined);
}

function sourceText(
  statement: InsertStatement,
  target: CatalogTable,
  columns: readonly CatalogColumn[],
  environment: Environment,
): string {
  const { source } = statement;
  if (source.kind === 'defaults' || columns.length === 0) return 'DEFAULT VALUES';
  const names = `(${columns.map(({ name }) => quoteName(name)).join(', ')})`;
  if (source.kind === 'rows') {
    if (statement.top !== undefined) throw notSupported('INSERT TOP … VALUES');
    return `${names} VALUES ${rowsText(statement, source.rows, target, columns, environment)}`;
  }
  return `${names} ${queryText(statement, source.query, target, columns, environment)}`;
}

/** Every value fitted to its column, each column's values in the type that they have in common. */
function rowsText(
  statement: InsertStatement,
  rows: readonly (readonly Expression[])[],
  target: CatalogTable,
  columns: readonly CatalogColumn[],
  environment: Environment,
): string {
  checkWidths(statement, rows, columns);
  const limit = environment.context.rowCountLimit;
  const taken = limit > 0 ? rows.slice(0, limit) : rows;
  const byColumn = columns.map((column, index) => {
    const expressions = taken.map((row) => row[index] ?? { kind: 'default' as const });
    const given = expressions.filter((expression) => expression.kind !== 'default');
    const [unified] = unify(
      given.map((expression) => emitValue(expression, environment)),
      environment,
    );
    const values = unified[Symbol.iterator]();
    return expressions.map((expression) => {
      const value = expression.kind === 'default' ? undefined : values.next().value;
      return value === undefined ? 'DEFAULT' : assignToColumn(value, target, column, environment);
    });
  });
  return taken.map((_, row) => `(${byColumn.map((column) => column[row] ?? 'DEFAULT').join(', ')})`).join(', ');
}

/** Throws 109, 110, 213 and 10709. */
function checkWidths(
  statement: InsertStatement,
  rows: readonly (readonly Expression[])[],
  columns: readonly CatalogColumn[],
): void {
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) {
    throw new SqlServerError(
      10709,
      'The number of columns for each row in a table value constructor must be the same.',
    );
  }
  if (width === columns.length) return;
  if (statement.columns === undefined) throw widthDiffers();
  const [number, text] = columns.length > width ? [109, 'more'] : [110, 'fewer'];
  throw new SqlServerError(
    number,
    `There are ${text} columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.`,
    15,
  );
}

function widthDiffers(): SqlServerError {
  return new SqlServerError(213, 'Column name or number of supplied values does not match table definition.');
}

/** The query's rows in its order, so that identities and sequences number them so. */
function queryText(
  statement: InsertStatement,
  query: Query,
  target: CatalogTable,
  columns: readonly CatalogColumn[],
  environment: Environment,
): string {
  const names = columns.map((_, index) => `$${index + 1}`);
  const emitted = environment.emitQuery(query, environment, { role: 'top', natural: true });
  if (emitted.columns.length !== columns.length) {
    if (statement.columns === undefined) throw widthDiffers();
    const [number, text] = emitted.columns.length < columns.length ? [120, 'fewer'] : [121, 'more'];
    throw new SqlServerError(
      number,
      `The select list for the INSERT statement contains ${text} items than the insert list. The number of SELECT values must match the number of INSERT columns.`,
      15,
    );
  }
  const values = emitted.columns.map(({ value }, index) => {
    const column = columns[index];
    const name = `"$q".${quoteName(names[index] ?? '')}`;
    return column === undefined ? name : assignToColumn({ ...value, sql: name }, target, column, environment);
  });
  const plain: Query = { ctes: [], body: { kind: 'values', rows: [] }, orderBy: [] };
  const top = statement.top === undefined ? undefined : { count: statement.top, withTies: false };
  const limit = limitClause(plain, top, environment, environment.context.rowCountLimit);
  return `SELECT ${values.join(', ')} FROM (${emitted.sql}) AS "$q"(${names.map(quoteName).join(', ')})${limit}`;
}
