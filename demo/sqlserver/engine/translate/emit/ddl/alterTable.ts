/** ALTER TABLE. */
import { SqlServerError } from '../../../../contract';
import type { CatalogTable } from '../../../contract';
import type { AlterTableAction } from '../../ddlStatements';
import { collationName, isTemporary, quoteName, quoteText, relationName } from '../../names';
import { family, isString, postgresColumnType, postgresType, withCollation } from '../../types';
import { assignToColumn } from '../conversion';
import type { Environment } from '../environment';
import { resolveCollation } from '../expression';
import { columnCollation, sameName } from '../scope';
import {
  asCatalogColumn,
  columnText,
  declareColumns,
  defaultText,
  prepareColumns,
  type PreparedColumn,
  type TableInMaking,
} from './columns';
import { addDefault, columnNames, emitConstraint } from './constraints';
import { createIndex } from './indexes';

export function emitAlterTable(
  target: CatalogTable,
  action: AlterTableAction,
  environment: Environment,
): readonly string[] {
  const schema = isTemporary(target.name) ? 'pg_temp' : target.schema;
  const table: TableInMaking = { schema, name: target.name, relation: relationName(target), columns: target.columns };
  const names = `${quoteText(schema)}, ${quoteText(target.name)}`;
  switch (action.kind) {
    case 'add':
      return addElements(target, table, action, environment);
    case 'alter column':
      return alterColumn(target, table, action, environment);
    case 'drop':
      return action.items.map(({ what, name, ifExists }) => {
        const alone = action.items.every((item) => item.what === 'column');
        if (what === 'column') return dropColumn(name, { ifExists, alone }, table, environment);
        const call = `SELECT sys.drop_constraint(${names}, ${quoteText(name)})`;
        return ifExists ? `${call} WHERE ${constraintExists(target, name)}` : call;
      });
    case 'lock escalation':
      return [`SELECT sys.set_lock_escalation(${names}, ${quoteText(action.value)})`];
    case 'enforce':
      return action.constraints.map(
        (name) =>
          `ALTER TABLE ${table.relation} ALTER CONSTRAINT ${quoteName(name)} ${action.enforced ? '' : 'NOT '}ENFORCED`,
      );
  }
}

function constraintExists(target: CatalogTable, name: string): string {
  const same = `parent_object_id = ${target.objectId} AND name = ${quoteText(name)}::bpchar`;
  return `EXISTS (SELECT 1 FROM sys.objects WHERE ${same})`;
}

/** `alone`: no constraint goes in the same statement. Throws 4922 where a default would be left behind, 4924. */
function dropColumn(
  name: string,
  { ifExists, alone }: { readonly ifExists: boolean; readonly alone: boolean },
  table: TableInMaking,
  environment: Environment,
): string {
  const column = table.columns.find((candidate) => sameName(environment.catalog, candidate.name, name));
  if (column?.hasDefault === true && !column.computed && alone) {
    throw new SqlServerError(
      4922,
      `ALTER TABLE DROP COLUMN ${column.name} failed because one or more objects access this column.`,
      16,
      9,
    );
  }
  if (column !== undefined) return `ALTER TABLE ${table.relation} DROP COLUMN ${quoteName(column.name)}`;
  if (ifExists) return 'SELECT 1 WHERE false';
  throw new SqlServerError(
    4924,
    `ALTER TABLE DROP COLUMN failed because column '${name}' does not exist in table '${table.name}'.`,
  );
}

function addElements(
  target: CatalogTable,
  table: TableInMaking,
  action: Extract<AlterTableAction, { kind: 'add' }>,
  environment: Environment,
): readonly string[] {
  const prepared = prepareColumns(action.columns, target.columns, target.name, environment);
  const added = prepared.map(({ definition, type }) => asCatalogColumn(definition, type));
  for (const { name } of added) {
    if (target.columns.some((column) => sameName(environment.catalog, column.name, name))) {
      throw new SqlServerError(
        2705,
        `Column names in each table must be unique. Column name '${name}' in table '${target.name}' is specified more than once.`,
        16,
        4,
      );
    }
  }
  const grown: TableInMaking = { ...table, columns: [...target.columns, ...added] };
  const statements: string[] = [];
  for (const column of prepared) {
    const { definition } = column;
    const fills = definition.default !== undefined && (definition.default.withValues || definition.nullable === false);
    const text = columnText(column, false);
    const value = fills ? defaultOf(grown, column, environment) : undefined;
    statements.push(
      `ALTER TABLE ${table.relation} ADD COLUMN ${text}${value === undefined ? '' : ` DEFAULT ${value}`}`,
    );
    statements.push(
      declareColumns(table, [{ name: definition.name, type: column.type, computed: definition.computed?.text }]),
    );
    if (definition.default !== undefined) {
      statements.push(...addDefault(definition.default, definition.name, grown, environment));
    }
  }
  for (const constraint of action.constraints) {
    const { before = [], element, after } = emitConstraint(constraint, grown, environment);
    statements.push(...before);
    const unchecked = !action.check && (constraint.kind === 'foreign key' || constraint.kind === 'check');
    if (constraint.kind === 'primary key') statements.push(...required(constraint.columns, grown, environment));
    if (element !== undefined) {
      statements.push(`ALTER TABLE ${table.relation} ADD ${element}${unchecked ? ' NOT VALID' : ''}`);
    }
    statements.push(...after);
  }
  const made: CatalogTable = { ...target, columns: grown.columns };
  return [...statements, ...action.indexes.flatMap((index) => createIndex(made, index, environment))];
}

function defaultOf(
  table: TableInMaking,
  { definition, type }: PreparedColumn,
  environment: Environment,
): string | undefined {
  if (definition.default === undefined) return undefined;
  return defaultText(table, asCatalogColumn(definition, type), definition.default, environment);
}

/** Throws 8111: SQL Server makes no column NOT NULL for a key that is added later. */
function required(names: readonly string[], table: TableInMaking, environment: Environment): readonly string[] {
  for (const name of columnNames(names, table, environment)) {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column?.nullable === true) {
      throw new SqlServerError(
        8111,
        `Cannot define PRIMARY KEY constraint on nullable column in table '${table.name}'.`,
      );
    }
  }
  return [];
}

function alterColumn(
  target: CatalogTable,
  table: TableInMaking,
  action: Extract<AlterTableAction, { kind: 'alter column' }>,
  environment: Environment,
): readonly string[] {
  const column = target.columns.find((candidate) => sameName(environment.catalog, candidate.name, action.column));
  if (column === undefined) {
    throw new SqlServerError(
      4924,
      `ALTER TABLE ALTER COLUMN failed because column '${action.column}' does not exist in table '${target.name}'.`,
    );
  }
  const collation =
    action.collation === undefined ? environment.catalog.collation : resolveCollation(action.collation, environment);
  const type = withCollation(action.type, collation);
  const name = quoteName(column.name);
  const value = { sql: name, type: column.type, collation: columnCollation(column.type), nullable: true };
  const changed = { ...column, type };
  const assigned = assignToColumn(value, target, changed, environment);
  const collate = isString(type) ? ` COLLATE ${collationName(collation)}` : '';
  const sameKind = family(type) === family(column.type) && postgresType(type) === postgresType(column.type);
  const using = `TYPE ${postgresColumnType(type)}${collate} USING ${assigned}`;
  const nullable = action.nullable ?? true;
  // PostgreSQL can't turn the default of one type into another's: it is set anew by whoever wants it.
  const statements = [
    ...(!sameKind && column.hasDefault ? [`ALTER TABLE ${table.relation} ALTER COLUMN ${name} DROP DEFAULT`] : []),
    `ALTER TABLE ${table.relation} ALTER COLUMN ${name} ${using}`,
    `ALTER TABLE ${table.relation} ALTER COLUMN ${name} ${nullable ? 'DROP' : 'SET'} NOT NULL`,
    declareColumns(table, [{ name: column.name, type }]),
  ];
  return column.identity ? statements.filter((sql) => !sql.endsWith('DROP NOT NULL')) : statements;
}
