/**
 * What every write has in common: its OUTPUT, the images that triggers see, and the values of variables that an UPDATE sets.
 * All of them come out of one RETURNING; several data-modifying CTEs spread it where it goes to more than one place.
 */
import { SqlServerError } from '../../../contract';
import type { CatalogTable, ImageCapture } from '../../contract';
import type { Output } from '../statements';
import { quoteName, relationName } from '../names';
import { assignToColumn } from './conversion';
import type { Environment, OutputColumn } from './environment';
import { emitStar } from './select';
import { emitValue } from './expression';
import { invalidColumn, sameName, tableColumns, type Source } from './scope';
import { findTable } from './tables';
import { notSupported } from '../parse/cursor';

/** PostgreSQL's names for a row before and after, under which nothing of T-SQL can hide. */
const OLD = '"$old"';
const NEW = '"$new"';

export interface WriteRequest {
  readonly kind: 'insert' | 'update' | 'delete' | 'merge';
  /** The statement up to its RETURNING. */
  readonly core: string;
  /** WITH … of the statement, with a blank behind it. */
  readonly ctes: string;
  readonly target: CatalogTable;
  readonly output: readonly Output[];
  /** Where OUTPUT's expressions stand: what may be named besides inserted and deleted. */
  readonly outputEnvironment: Environment;
  readonly assigns: readonly { readonly variable: string; readonly sql: string }[];
  readonly capture?: ImageCapture | undefined;
}

export interface WriteText {
  readonly sql: string;
  readonly columns?: readonly OutputColumn[] | undefined;
  readonly assigns?: readonly string[] | undefined;
  readonly rowCount: 'command' | 'count';
}

/** The image of a row as a source of OUTPUT; `columns` under the names that the statement knows. */
export function imageSource(table: CatalogTable, name: 'inserted' | 'deleted'): Source {
  const row = name === 'inserted' ? NEW : OLD;
  const columns = tableColumns(table).map((column) => ({ ...column, sql: `${row}.${quoteName(column.name)}` }));
  return { name, alias: row, columns, nullable: true };
}

export function oldColumn(name: string): string {
  return `${OLD}.${quoteName(name)}`;
}

export function newColumn(name: string): string {
  return `${NEW}.${quoteName(name)}`;
}

/** Throws 334: the client can't be given rows that a trigger may still change. */
export function checkOutput(target: CatalogTable, output: readonly Output[], events: readonly string[]): void {
  const direct = output.some((clause) => clause.into === undefined);
  const triggered = target.triggers.some(
    (trigger) => !trigger.disabled && trigger.events.some((event) => events.includes(event)),
  );
  if (direct && triggered) {
    throw new SqlServerError(
      334,
      `The target table '${target.name}' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.`,
    );
  }
}

/** One value of RETURNING, and its name in the CTE behind it. */
interface Returned {
  readonly sql: string;
  readonly name: string;
}

class Returning {
  readonly list: Returned[] = [];

  add(sql: string): string {
    const known = this.list.find((returned) => returned.sql === sql);
    if (known !== undefined) return known.name;
    const name = quoteName(`$${this.list.length + 1}`);
    this.list.push({ sql, name });
    return name;
  }
}

interface Branch {
  readonly relation: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  readonly where?: string;
}

export function finishWrite(request: WriteRequest): WriteText {
  const clauses = request.output.map((clause) => ({ clause, columns: outputColumns(clause, request) }));
  const direct = clauses.find(({ clause }) => clause.into === undefined);
  const stored = clauses.filter(({ clause }) => clause.into !== undefined);
  if (clauses.length - stored.length > 1 || stored.length > 1) {
    throw new SqlServerError(102, "Incorrect syntax near 'OUTPUT'.", 15);
  }
  const { assigns, capture } = request;
  const assigned = assigns.length === 0 ? undefined : assigns.map(({ variable }) => variable);
  if (direct !== undefined && assigned !== undefined) throw notSupported('OUTPUT in an UPDATE that sets variables');
  const simple = stored.length === 0 && capture === undefined;
  if (simple) {
    const values = direct?.columns.map((column) => column.value.sql) ?? assigns.map(({ sql }) => sql);
    const returning = values.length === 0 ? '' : ` ${returningClause(values)}`;
    return {
      sql: request.ctes + request.core + returning,
      columns: direct?.columns,
      assigns: assigned,
      rowCount: 'command',
    };
  }
  return spread(request, direct?.columns, stored, assigned);
}

function returningClause(values: readonly string[]): string {
  return `RETURNING WITH (OLD AS ${OLD}, NEW AS ${NEW}) ${values.join(', ')}`;
}

/** The RETURNING goes into a CTE, and from there to every place that wants it. */
function spread(
  request: WriteRequest,
  direct: readonly OutputColumn[] | undefined,
  stored: readonly { readonly clause: Output; readonly columns: readonly OutputColumn[] }[],
  assigned: readonly string[] | undefined,
): WriteText {
  const returning = new Returning();
  const branches: Branch[] = [
    ...(request.capture === undefined ? [] : images(request, request.capture, returning)),
    ...stored.map(({ clause, columns }) => intoTable(clause, columns, request, returning)),
  ];
  const values = request.assigns.map(({ sql }) => returning.add(sql));
  const shown = direct?.map((column) => returning.add(column.value.sql));
  const source = '"$w"';
  if (returning.list.length === 0) returning.add('1');
  const list = returning.list.map(({ sql, name }) => `${sql} AS ${name}`);
  const head = `${source} AS (${request.ctes}${request.core} ${returningClause(list)})`;
  const writes = branches.map(
    ({ relation, columns, values: picked, where }, index) =>
      `"$w${index + 1}" AS (INSERT INTO ${relation} (${columns.join(', ')}) SELECT ${picked.join(', ')} FROM ${source}${where ?? ''})`,
  );
  const withClause = `WITH ${[head, ...writes].join(', ')}`;
  if (shown !== undefined) {
    return { sql: `${withClause} SELECT ${shown.join(', ')} FROM ${source}`, columns: direct, rowCount: 'command' };
  }
  const last = values.map((value) => `(array_agg(${value}))[count(*)]`);
  return {
    sql: `${withClause} SELECT ${['count(*)::integer', ...last].join(', ')} FROM ${source}`,
    assigns: assigned,
    rowCount: 'count',
  };
}

function images(request: WriteRequest, capture: ImageCapture, returning: Returning): readonly Branch[] {
  const { kind, target } = request;
  const merge = kind === 'merge';
  const columns = target.columns.map((column) => quoteName(column.name));
  const action = merge ? returning.add('merge_action()') : undefined;
  const image = (relation: string, row: string, absent: string): Branch => ({
    relation,
    columns: [...columns, ...(merge ? ['"$action"'] : [])],
    values: [...columns.map((column) => returning.add(`${row}.${column}`)), ...(action === undefined ? [] : [action])],
    ...(action === undefined ? {} : { where: ` WHERE ${action} <> '${absent}'` }),
  });
  return [
    ...(kind === 'delete' ? [] : [image(capture.inserted, NEW, 'DELETE')]),
    ...(kind === 'insert' ? [] : [image(capture.deleted, OLD, 'INSERT')]),
  ];
}

/** OUTPUT … INTO a table or table variable. */
function intoTable(
  clause: Output,
  columns: readonly OutputColumn[],
  request: WriteRequest,
  returning: Returning,
): Branch {
  const environment = request.outputEnvironment;
  const table = findTable(clause.into?.path ?? [], environment);
  environment.run.uses(table, 'INSERT');
  const named = clause.into?.columns ?? [];
  const targets =
    named.length === 0
      ? table.columns.filter((column) => !column.identity && !column.computed)
      : named.map((name) => {
          const column = table.columns.find((candidate) => sameName(environment.catalog, candidate.name, name));
          if (column === undefined) throw invalidColumn(name);
          return column;
        });
  if (targets.length !== columns.length) {
    throw new SqlServerError(213, 'Column name or number of supplied values does not match table definition.');
  }
  const values = targets.map((target, index) => {
    const value = columns[index]?.value;
    if (value === undefined) return 'NULL';
    const name = returning.add(value.sql);
    return assignToColumn({ ...value, sql: name }, table, target, environment);
  });
  return { relation: relationName(table), columns: targets.map(({ name }) => quoteName(name)), values };
}

function outputColumns(clause: Output, request: WriteRequest): readonly OutputColumn[] {
  const environment = request.outputEnvironment;
  const { scope } = environment;
  return clause.items.flatMap((item): readonly OutputColumn[] => {
    if (scope === undefined || item.kind === 'assignment') throw notSupported('An assignment in OUTPUT');
    if (item.kind === 'star') {
      if (item.qualifier === undefined) throw new SqlServerError(102, "Incorrect syntax near '*'.", 15);
      return emitStar(item.qualifier, scope);
    }
    const { expression } = item;
    if (expression.kind === 'column' && expression.path[0]?.toLowerCase() === '$action') {
      if (request.kind !== 'merge') throw invalidColumn('$action');
      const type = { name: 'nvarchar', length: 10 } as const;
      const value = {
        sql: 'merge_action()::bpchar',
        type,
        collation: { strength: 'default' },
        nullable: false,
      } as const;
      return [{ name: item.alias ?? '$action', value }];
    }
    const name = item.alias ?? (expression.kind === 'column' ? (expression.path.at(-1) ?? '') : '');
    return [{ name, value: emitValue(expression, environment) }];
  });
}
