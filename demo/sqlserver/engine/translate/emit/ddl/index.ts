/** CREATE, ALTER and DROP. */
import { SqlServerError } from '../../../../contract';
import type { CatalogTable, Translation, TranslationContext } from '../../../contract';
import type { DdlStatement, Path } from '../../ddlStatements';
import { quoteName, quoteText, relationName } from '../../names';
import { finish, newEnvironment } from '../dataStatement';
import type { Environment } from '../environment';
import { findTable, splitPath } from '../tables';
import { emitAlterTable } from './alterTable';
import { emitCreateTable } from './createTable';
import { createIndex } from './indexes';
import { targetSchema } from './naming';
import { emitAlterSequence, emitCreateSequence } from './sequences';
import { emitCreateView } from './views';

export interface DdlText {
  readonly statements: readonly string[];
  readonly target?: CatalogTable | undefined;
}

export function emitDdl(statement: DdlStatement, context: TranslationContext): Translation {
  const environment = newEnvironment(context);
  const { statements, target } = textOf(statement, environment);
  if (target !== undefined) environment.run.uses(target, 'ALTER');
  const changesCatalog = statement.kind !== 'maintain';
  return finish('ddl', statements, environment, { target, changesCatalog, rowCount: 'command' });
}

function textOf(statement: DdlStatement, environment: Environment): DdlText {
  switch (statement.kind) {
    case 'create table':
      return { statements: emitCreateTable(statement.name, statement.elements, environment) };
    case 'alter table': {
      const target = alteredTable(statement.name, environment);
      return { statements: emitAlterTable(target, statement.action, environment), target };
    }
    case 'drop':
      return emitDrop(statement, environment);
    case 'create index': {
      const target = findTable(statement.table, environment);
      return { statements: createIndex(target, statement.index, environment), target };
    }
    case 'drop index':
      return dropIndexes(statement, environment);
    case 'maintain': {
      const target = findTable(statement.table, environment);
      return { statements: [`ANALYZE ${relationName(target)}`], target };
    }
    case 'create sequence':
      return { statements: emitCreateSequence(statement.name, statement.options, environment) };
    case 'alter sequence':
      return { statements: emitAlterSequence(statement.name, statement.options, environment) };
    case 'create schema':
      return { statements: [`CREATE SCHEMA ${quoteName(statement.name)}`] };
    case 'transfer': {
      const target = findTable(statement.name, environment);
      const { schema } = targetSchema([statement.schema, target.name], environment);
      const kind = target.kind === 'view' ? 'VIEW' : 'TABLE';
      return { statements: [`ALTER ${kind} ${relationName(target)} SET SCHEMA ${quoteName(schema)}`], target };
    }
    case 'create view':
      return emitCreateView(statement, environment);
  }
}

function alteredTable(path: Path, environment: Environment): CatalogTable {
  const { schema, name } = splitPath(path, environment);
  const table = environment.catalog.findTable(schema, name);
  if (table !== undefined) return table;
  throw new SqlServerError(
    4902,
    `Cannot find the object "${path.join('.')}" because it does not exist or you do not have permissions.`,
  );
}

function emitDrop(statement: Extract<DdlStatement, { kind: 'drop' }>, environment: Environment): DdlText {
  const { what, names, ifExists } = statement;
  const statements: string[] = [];
  let target: CatalogTable | undefined;
  for (const path of names) {
    const found = droppable(what, path, environment);
    if (found === undefined) {
      if (!ifExists) throw notThere(what, path);
      continue;
    }
    target ??= found.table;
    statements.push(`DROP ${what.toUpperCase()} ${found.relation}`);
  }
  // A statement that drops nothing is one all the same.
  return { statements: statements.length === 0 ? ['SELECT 1 WHERE false'] : statements, target };
}

function droppable(
  what: 'table' | 'view' | 'sequence' | 'schema',
  path: Path,
  environment: Environment,
): { readonly relation: string; readonly table?: CatalogTable } | undefined {
  const { catalog } = environment;
  if (what === 'schema') {
    const schema = catalog.findSchema(path.at(-1) ?? '');
    return schema === undefined ? undefined : { relation: quoteName(schema) };
  }
  const { schema, name } = splitPath(path, environment);
  if (what === 'sequence') {
    const sequence = catalog.findSequence(schema, name);
    return sequence === undefined ? undefined : { relation: relationName(sequence) };
  }
  const table = catalog.findTable(schema, name);
  if (table === undefined) return undefined;
  if (table.kind !== what) {
    throw new SqlServerError(
      3705,
      `Cannot use DROP ${what.toUpperCase()} with '${path.join('.')}' because '${path.join('.')}' is a ${table.kind}. Use DROP ${table.kind.toUpperCase()}.`,
    );
  }
  return { relation: relationName(table), table };
}

function notThere(what: string, path: Path): SqlServerError {
  const name = path.join('.');
  if (what === 'schema') {
    return new SqlServerError(
      15151,
      `Cannot drop the schema '${name}', because it does not exist or you do not have permission.`,
    );
  }
  return new SqlServerError(
    3701,
    `Cannot drop the ${what} '${name}', because it does not exist or you do not have permission.`,
    11,
    5,
  );
}

function dropIndexes(statement: Extract<DdlStatement, { kind: 'drop index' }>, environment: Environment): DdlText {
  const tables = statement.items.map(({ table }) => {
    const { schema, name } = splitPath(table, environment);
    return environment.catalog.findTable(schema, name);
  });
  const statements = statement.items.map(({ table, name }, index) => {
    const found = tables[index];
    if (found === undefined) {
      if (statement.ifExists) return 'SELECT 1 WHERE false';
      throw notThere('index', [...table, name]);
    }
    const { schema, table: tableName } = targetNames(found);
    const call = `SELECT sys.drop_index(${schema}, ${tableName}, ${quoteText(name)})`;
    if (!statement.ifExists) return call;
    const known = `SELECT 1 FROM sys.indexes WHERE object_id = ${found.objectId} AND name = ${quoteText(name)}::bpchar`;
    return `${call} WHERE EXISTS (${known})`;
  });
  return { statements, target: tables[0] };
}

function targetNames(table: CatalogTable): { readonly schema: string; readonly table: string } {
  return { schema: quoteText(declaredSchema(table)), table: quoteText(table.name) };
}

function declaredSchema(table: CatalogTable): string {
  return table.name.startsWith('#') || table.name.startsWith('@') ? 'pg_temp' : table.schema;
}
