/** MERGE, which PostgreSQL has, too. */
import { SqlServerError } from '../../../contract';
import type { CatalogTable, ImageCapture } from '../../contract';
import type { MergeBranch, MergeStatement } from '../statements';
import { notSupported } from '../parse/cursor';
import { quoteName, relationName } from '../names';
import { checkSequenceDefaults, insertColumns } from './columnList';
import { assignToColumn } from './conversion';
import type { Environment } from './environment';
import { emitValue } from './expression';
import { bindFrom } from './from';
import { emitConjuncts, renderFrom } from './fromRendering';
import { emitPredicate } from './predicate';
import { emitCommonTables } from './query';
import { writeLock } from './rowLocks';
import { tableColumns, type Source } from './scope';
import { findTable } from './tables';
import type { BoundTarget } from './target';
import { setItems } from './update';
import { checkOutput, finishWrite, imageSource, type WriteText } from './writing';

const EVENTS = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE' } as const;

export function emitMerge(
  statement: MergeStatement,
  outside: Environment,
  capture: ImageCapture | undefined,
): { readonly text: WriteText; readonly target: CatalogTable } {
  const table = findTable(statement.target.path, outside);
  writeLock(table, statement.target.hints, outside);
  checkOutput(
    table,
    statement.output,
    statement.branches.map(({ action }) => EVENTS[action.kind]),
  );
  if (outside.context.rowCountLimit > 0) throw notSupported('MERGE under SET ROWCOUNT');
  const { environment, sql: ctes } = emitCommonTables(statement.ctes, outside);

  const scope = environment.openScope();
  const name = statement.alias ?? table.name;
  const source: Source = {
    name,
    schema: statement.alias === undefined ? table.schema : undefined,
    alias: quoteName(name),
    columns: tableColumns(table),
    table,
    nullable: false,
  };
  scope.add(source);
  const from = bindFrom([statement.source], environment, scope);
  const inner = environment.withScope(scope);
  const target: BoundTarget = {
    table,
    source,
    leaf: undefined,
    from,
    scope,
    environment: inner,
    ctes,
    row: '',
    lock: undefined,
    indirect: false,
  };
  const using = renderFrom(from, { environment: inner, where: [], lockAtEnd: false });
  const on = emitConjuncts(statement.on, inner).map(({ sql }) => sql);
  const branches = statement.branches.map((branch) => emitBranch(branch, target));
  const core = [
    `MERGE INTO ${relationName(table)} AS ${source.alias}`,
    `USING ${using.sql} ON ${on.join(' AND ')}`,
    ...branches,
  ].join(' ');

  const outputScope = environment.openScope();
  outputScope.add(imageSource(table, 'inserted'));
  outputScope.add(imageSource(table, 'deleted'));
  for (const other of scope.sources) if (other !== source) outputScope.add(other);
  const text = finishWrite({
    kind: 'merge',
    core,
    ctes,
    target: table,
    output: statement.output,
    outputEnvironment: environment.withScope(outputScope),
    assigns: [],
    capture,
  });
  return { text, target: table };
}

function emitBranch(branch: MergeBranch, target: BoundTarget): string {
  const { environment, table } = target;
  const and = branch.and === undefined ? '' : ` AND ${emitPredicate(branch.and, environment)}`;
  const when = `WHEN ${branch.when.toUpperCase()}${and} THEN`;
  const { action } = branch;
  const inserts = branch.when === 'not matched by target';
  if (inserts !== (action.kind === 'insert')) {
    throw new SqlServerError(
      10711,
      `An action of type '${action.kind.toUpperCase()}' is not allowed in the 'WHEN ${branch.when.toUpperCase()}' clause of a MERGE statement.`,
      15,
    );
  }
  environment.run.uses(table, EVENTS[action.kind]);
  switch (action.kind) {
    case 'delete':
      return `${when} DELETE`;
    case 'update': {
      if (action.assignments.some(({ variable }) => variable !== undefined))
        throw notSupported('A variable set by MERGE');
      const items = setItems(action.assignments, target);
      return `${when} UPDATE SET ${items.map(({ column, sql }) => `${quoteName(column.name)} = ${sql ?? 'DEFAULT'}`).join(', ')}`;
    }
    case 'insert':
      return `${when} ${emitInsertAction(action, target)}`;
  }
}

function emitInsertAction(action: Extract<MergeBranch['action'], { kind: 'insert' }>, target: BoundTarget): string {
  const { environment, table } = target;
  if (action.values === undefined) return 'INSERT DEFAULT VALUES';
  const columns = insertColumns(table, action.columns, environment);
  checkSequenceDefaults(table, columns, false);
  if (columns.length !== action.values.length) {
    throw new SqlServerError(213, 'Column name or number of supplied values does not match table definition.');
  }
  const values = action.values.map((expression, index) => {
    const column = columns[index];
    if (column === undefined || expression.kind === 'default') return 'DEFAULT';
    return assignToColumn(emitValue(expression, environment), table, column, environment);
  });
  return `INSERT (${columns.map(({ name }) => quoteName(name)).join(', ')}) VALUES (${values.join(', ')})`;
}
