/** UPDATE and DELETE. */
import { SqlServerError } from '../../../contract';
import type { CatalogColumn, CatalogTable, ImageCapture } from '../../contract';
import type { Assignment, DeleteStatement, UpdateStatement } from '../statements';
import { quoteName } from '../names';
import { arithmetic } from './arithmetic';
import { checkRepeated, writableColumn } from './columnList';
import { assignToColumn, assignToVariable } from './conversion';
import type { Environment } from './environment';
import { emitValue } from './expression';
import { pickRows, type PickedRows } from './rowPick';
import { invalidColumn, sameName, type Source, type SourceColumn } from './scope';
import { bindTarget, type BoundTarget } from './target';
import type { Value } from './value';
import { checkOutput, finishWrite, imageSource, newColumn, oldColumn, type WriteText } from './writing';

export interface EmittedWrite {
  readonly text: WriteText;
  readonly target: CatalogTable;
  /** Statements that must run before. */
  readonly before: readonly string[];
}

export function emitDelete(
  statement: DeleteStatement,
  environment: Environment,
  capture: ImageCapture | undefined,
): EmittedWrite {
  const target = bindTarget(statement, environment);
  environment.run.uses(target.table, 'DELETE');
  checkOutput(target.table, statement.output, ['DELETE']);
  const asked = new AskedColumns(target);
  const pick = (): PickedRows => pickRows({ target, where: statement.where, top: statement.top }, asked.expressions);
  const text = write(
    statement,
    target,
    asked,
    capture,
    pick,
    (rows) => `DELETE FROM ${rows.relation}${rows.rest('USING')}`,
    [],
  );
  return { ...text, target: target.table };
}

interface SetItem {
  readonly column: CatalogColumn;
  /** Undefined for DEFAULT. */
  readonly sql: string | undefined;
}

export function emitUpdate(
  statement: UpdateStatement,
  environment: Environment,
  capture: ImageCapture | undefined,
): EmittedWrite {
  const target = bindTarget(statement, environment);
  environment.run.uses(target.table, 'UPDATE');
  checkOutput(target.table, statement.output, ['UPDATE']);
  const items = setItems(statement.assignments, target);
  const assigns = variableItems(statement.assignments, target);
  const asked = new AskedColumns(target);
  for (const item of items) if (item.sql !== undefined) asked.ask(item.sql);
  for (const { computed } of assigns) if (computed !== undefined) asked.ask(computed);
  const pick = (): PickedRows => pickRows({ target, where: statement.where, top: statement.top }, asked.expressions);
  const core = (rows: PickedRows): string => {
    const list = items.map(
      ({ column, sql }) => `${quoteName(column.name)} = ${sql === undefined ? 'DEFAULT' : rows.place(sql)}`,
    );
    return `UPDATE ${rows.relation} SET ${list.join(', ')}${rows.rest('FROM')}`;
  };
  const text = write(statement, target, asked, capture, pick, core, assigns);
  return { ...text, target: target.table };
}

/** A variable that an UPDATE sets: to a column's new value, or to a value worked out from the row before. */
interface VariableItem {
  readonly variable: string;
  readonly column?: string | undefined;
  readonly computed?: string | undefined;
  /** The same, as RETURNING reaches the row before. */
  readonly before?: string | undefined;
  readonly type: Value['type'];
}

/** The SET list without variables. Throws 207, 264 and 8102. */
export function setItems(assignments: readonly Assignment[], target: BoundTarget): readonly SetItem[] {
  const { environment, table } = target;
  const items = assignments.flatMap((assignment): readonly SetItem[] => {
    if (assignment.column === undefined) return [];
    const column = targetColumn(assignment.column, target);
    if (column.identity) {
      throw new SqlServerError(8102, `Cannot update identity column '${column.name}'.`);
    }
    if (assignment.value.kind === 'default') return [{ column, sql: undefined }];
    const value = assignedValue(assignment, target);
    return [{ column, sql: assignToColumn(value, table, column, environment) }];
  });
  checkRepeated(
    items.map(({ column }) => column),
    environment,
  );
  if (items.length === 0) throw new SqlServerError(102, 'An UPDATE that sets no column is not supported here.', 15);
  return items;
}

/** The table's column behind `column` or `alias.column`. */
function targetColumn(path: readonly string[], target: BoundTarget): CatalogColumn {
  const { environment, source, table } = target;
  const name = path.at(-1) ?? '';
  const qualifier = path.at(-2);
  const owned =
    qualifier === undefined ||
    sameName(environment.catalog, qualifier, source.name) ||
    sameName(environment.catalog, qualifier, table.name);
  if (!owned) {
    throw new SqlServerError(4104, `The multi-part identifier "${path.join('.')}" could not be bound.`);
  }
  if (!target.indirect) return writableColumn(table, name, environment);
  const seen = source.columns.find((column) => sameName(environment.catalog, column.name, name));
  if (seen?.origin === undefined) throw invalidColumn(name);
  return writableColumn(table, seen.origin.column, environment);
}

function assignedValue(assignment: Assignment, target: BoundTarget): Value {
  const { environment, source } = target;
  const value = emitValue(assignment.value, environment);
  if (assignment.operator === undefined) return value;
  const before =
    assignment.column === undefined
      ? emitValue({ kind: 'variable', name: assignment.variable ?? '' }, environment)
      : target.scope.valueOf(source, sourceColumn(source, assignment.column.at(-1) ?? '', environment));
  return arithmetic(assignment.operator, before, value, environment);
}

function sourceColumn(source: Source, name: string, environment: Environment): SourceColumn {
  const column = source.columns.find((candidate) => sameName(environment.catalog, candidate.name, name));
  if (column === undefined) throw invalidColumn(name);
  return column;
}

function variableItems(assignments: readonly Assignment[], target: BoundTarget): readonly VariableItem[] {
  return assignments.flatMap((assignment): readonly VariableItem[] => {
    const { variable } = assignment;
    if (variable === undefined) return [];
    const type = target.environment.run.variableType(variable);
    if (assignment.column !== undefined) {
      return [{ variable, column: targetColumn(assignment.column, target).name, type }];
    }
    const [computed, before] = [target, asBefore(target)].map((bound) => assignedValue(assignment, bound).sql);
    return [{ variable, computed, before, type }];
  });
}

/** What OUTPUT and variables ask of the sources besides the target's two images. */
class AskedColumns {
  private readonly asked: string[] = [];

  constructor(private readonly target: BoundTarget) {}

  get expressions(): readonly string[] {
    return this.asked;
  }

  ask(sql: string): void {
    this.asked.push(sql);
  }

  /** The sources of FROM as OUTPUT may name them; `place` says how the changing statement reaches a value. */
  others(place: (sql: string) => string): readonly Source[] {
    const { scope, source } = this.target;
    return scope.sources
      .filter((other) => other !== source)
      .map((other) => ({
        ...other,
        columns: other.columns.map((column) => {
          const { sql } = scope.valueOf(other, column);
          return { ...column, sql: place(sql) };
        }),
      }));
  }
}

function write(
  statement: UpdateStatement | DeleteStatement,
  target: BoundTarget,
  asked: AskedColumns,
  capture: ImageCapture | undefined,
  pick: () => PickedRows,
  core: (rows: PickedRows) => string,
  variables: readonly VariableItem[],
): Omit<EmittedWrite, 'target'> {
  if (statement.output.length > 0) {
    for (const source of asked.others((sql) => sql)) for (const column of source.columns) asked.ask(column.sql ?? '');
  }
  const rows = pick();
  const scope = target.environment.withScope(undefined).openScope();
  for (const name of ['inserted', 'deleted'] as const) {
    if (name === 'inserted' && statement.kind === 'delete') continue;
    scope.add(image(target, name));
  }
  for (const source of asked.others((sql) => rows.place(sql))) scope.add(source);
  const text = finishWrite({
    kind: statement.kind,
    core: core(rows),
    ctes: rows.ctes,
    target: target.table,
    output: statement.output,
    outputEnvironment: target.environment.withScope(scope),
    assigns: variables.map((item) => ({ variable: item.variable, sql: assigned(item, rows) })),
    capture,
  });
  return { text, before: rows.before };
}

/** The image of a row, under the names that a CTE between may have given to its columns. */
function image(target: BoundTarget, name: 'inserted' | 'deleted'): Source {
  if (!target.indirect) return imageSource(target.table, name);
  const cell = name === 'inserted' ? newColumn : oldColumn;
  const columns = target.source.columns.flatMap((column) =>
    column.origin === undefined ? [] : [{ ...column, sql: cell(column.origin.column) }],
  );
  return { ...imageSource(target.table, name), columns };
}

function assigned(item: VariableItem, rows: PickedRows): string {
  const type = item.type ?? { name: 'int' };
  const sql =
    item.column !== undefined ? newColumn(item.column) : rows.picked ? rows.place(item.computed ?? '') : item.before;
  return assignToVariable({ sql: sql ?? 'NULL', type, collation: { strength: 'default' }, nullable: true }, type);
}

/** The target with its columns as they were before the statement, as RETURNING reaches them. */
function asBefore(target: BoundTarget): BoundTarget {
  const scope = target.environment.withScope(undefined).openScope();
  const before: Source = {
    ...target.source,
    columns: target.source.columns.map((column) => ({ ...column, sql: oldColumn(column.name) })),
  };
  for (const source of target.scope.sources) scope.add(source === target.source ? before : source);
  return { ...target, scope, source: before, environment: target.environment.withScope(scope) };
}
