/** SELECT, INSERT, UPDATE, DELETE, MERGE, TRUNCATE. */
import type { SqlType } from '../../../contract';
import type { CatalogTable, ImageCapture, Translation, TranslationContext } from '../../contract';
import type { DataStatement } from '../statements';
import type { Query, Select } from '../syntax';
import { relationName } from '../names';
import { withCollation } from '../types';
import { emitAccumulation } from './accumulation';
import { Environment, type OutputColumn } from './environment';
import { emitInsert } from './insert';
import { emitMerge } from './merge';
import { emitQuery } from './query';
import { Run } from './run';
import { emitSelectInto } from './selectInto';
import { accumulates, aggregates } from './search';
import { findTable } from './tables';
import { emitDelete, emitUpdate } from './update';
import type { WriteText } from './writing';

export function newEnvironment(context: TranslationContext): Environment {
  return new Environment(new Run(context), emitQuery, undefined, new Map());
}

export function emitData(
  statement: DataStatement,
  context: TranslationContext,
  capture: ImageCapture | undefined,
): Translation {
  const environment = newEnvironment(context);
  switch (statement.kind) {
    case 'select':
      return emitSelectStatement(statement.query, environment);
    case 'insert':
      return written('insert', { before: [], ...emitInsert(statement, environment, capture) }, environment);
    case 'update':
      return written('update', emitUpdate(statement, environment, capture), environment);
    case 'delete':
      return written('delete', emitDelete(statement, environment, capture), environment);
    case 'merge':
      return written('merge', { before: [], ...emitMerge(statement, environment, capture) }, environment);
    case 'truncate': {
      const target = findTable(statement.table, environment);
      environment.run.uses(target, 'ALTER');
      const sql = `TRUNCATE TABLE ${relationName(target)} RESTART IDENTITY`;
      return finish('truncate', [sql], environment, { target, rowCount: 'command' });
    }
  }
}

function emitSelectStatement(query: Query, environment: Environment): Translation {
  const limit = environment.context.rowCountLimit;
  if (query.body.kind === 'select' && query.body.into !== undefined) {
    return emitSelectInto(query, query.body, query.body.into, environment);
  }
  const { body } = query;
  const builds = body.kind === 'select' && body.from.length > 0 && accumulates(body.items) && !aggregatesAll(body);
  const { sql, columns } = builds
    ? emitAccumulation(query, body, environment, limit)
    : emitQuery(query, environment, { role: 'top', natural: true, limit });
  const assigned = columns.flatMap((column) => (column.assigns === undefined ? [] : [column.assigns]));
  if (assigned.length > 0) {
    return finish('assignment', [sql], environment, {
      columns: described(columns, environment),
      assigns: assigned,
      rowCount: 'command',
    });
  }
  return finish('select', [sql], environment, { columns: described(columns, environment), rowCount: 'command' });
}

/** One row for all: there is nothing to build on. */
function aggregatesAll(select: Select): boolean {
  return (
    select.groupBy.length === 0 && select.items.some((item) => item.kind !== 'star' && aggregates(item.expression))
  );
}

/** The columns as the client sees them. */
function described(
  columns: readonly OutputColumn[],
  environment: Environment,
): readonly { readonly name: string; readonly type: SqlType }[] {
  return columns.map(({ name, value }) => {
    const { collation } = value;
    const own = collation.strength === 'implicit' || collation.strength === 'explicit' ? collation.name : undefined;
    return { name, type: withCollation(value.type ?? { name: 'int' }, own ?? environment.catalog.collation) };
  });
}

function written(
  kind: 'insert' | 'update' | 'delete' | 'merge',
  write: { readonly text: WriteText; readonly target: CatalogTable; readonly before: readonly string[] },
  environment: Environment,
): Translation {
  const { text, target, before } = write;
  return finish(kind, [...before, text.sql], environment, {
    target,
    columns: text.columns === undefined ? undefined : described(text.columns, environment),
    assigns: text.assigns,
    rowCount: text.rowCount,
  });
}

export function finish(
  kind: Translation['kind'],
  statements: readonly string[],
  environment: Environment,
  rest: Pick<Translation, 'rowCount'> & Partial<Pick<Translation, 'target' | 'columns' | 'assigns' | 'changesCatalog'>>,
): Translation {
  const { run } = environment;
  return {
    kind,
    statements: [...run.lockStatements, ...statements].map((sql) => run.finish(sql)),
    target: rest.target,
    uses: run.allUses,
    columns: rest.columns,
    assigns: rest.assigns,
    changesCatalog: rest.changesCatalog ?? false,
    rowCount: rest.rowCount,
  };
}
