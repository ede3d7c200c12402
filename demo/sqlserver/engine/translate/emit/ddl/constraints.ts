/** Constraints and defaults, with the names that SQL Server makes up for them. */
import { SqlServerError } from '../../../../contract';
import type { TableConstraint } from '../../ddlStatements';
import { quoteName, quoteText, relationName } from '../../names';
import type { Environment } from '../environment';
import { emitPredicate } from '../predicate';
import { invalidColumn, sameName } from '../scope';
import { findTable } from '../tables';
import { columnEnvironment, defaultText, definitionText, type TableInMaking } from './columns';
import { systemName } from './naming';

export interface ConstraintText {
  /** As it stands in CREATE TABLE or behind ADD; undefined for a default, which is no constraint to PostgreSQL. */
  readonly element?: string | undefined;
  /** Statements that come first. */
  readonly before?: readonly string[];
  /** Statements that follow. */
  readonly after: readonly string[];
}

export function emitConstraint(
  constraint: TableConstraint,
  table: TableInMaking,
  environment: Environment,
): ConstraintText {
  switch (constraint.kind) {
    case 'primary key':
    case 'unique': {
      const prefix = constraint.kind === 'unique' ? 'UQ' : 'PK';
      const name = constraint.name ?? systemName(prefix, table.name);
      const columns = columnNames(constraint.columns, table, environment).map(quoteName).join(', ');
      // SQL Server takes NULLs for equal in a unique constraint.
      const kind = constraint.kind === 'unique' ? 'UNIQUE NULLS NOT DISTINCT' : 'PRIMARY KEY';
      // SQL Server looks at keys when a statement ends, so that one statement can swap them; PostgreSQL does where a
      // constraint is deferrable, and then lets no foreign key refer to it.
      const deferrable = table.referencesItself === true ? '' : ' DEFERRABLE';
      const element = `CONSTRAINT ${quoteName(name)} ${kind} (${columns})${deferrable}`;
      return { element, after: declared(table, name, undefined, constraint.name === undefined) };
    }
    case 'check': {
      const name = constraint.name ?? systemName('CK', table.name, constraint.column);
      const predicate = emitPredicate(constraint.expression, columnEnvironment(table, environment));
      const element = `CONSTRAINT ${quoteName(name)} CHECK (${predicate})`;
      return { element, after: declared(table, name, definitionText(constraint.text), constraint.name === undefined) };
    }
    case 'foreign key':
      return foreignKey(constraint, table, environment);
    case 'default':
      return { after: addDefault(constraint, constraint.column, table, environment) };
  }
}

function declared(
  table: TableInMaking,
  name: string,
  definition: string | undefined,
  systemNamed: boolean,
): readonly string[] {
  if (definition === undefined && !systemNamed) return [];
  const parts = [
    quoteText(table.schema),
    quoteText(table.name),
    quoteText(name),
    definition === undefined ? 'NULL' : quoteText(definition),
    String(systemNamed),
  ];
  return [`SELECT sys.declare_constraint(${parts.join(', ')})`];
}

/** True spellings. Throws 1911 for a column that there is not. */
export function columnNames(
  names: readonly string[],
  table: Pick<TableInMaking, 'columns' | 'name'>,
  environment: Environment,
): readonly string[] {
  return names.map((name) => {
    const column = table.columns.find((candidate) => sameName(environment.catalog, candidate.name, name));
    if (column === undefined) {
      throw new SqlServerError(1911, `Column name '${name}' does not exist in the target table or view.`);
    }
    return column.name;
  });
}

function foreignKey(
  constraint: Extract<TableConstraint, { kind: 'foreign key' }>,
  table: TableInMaking,
  environment: Environment,
): ConstraintText {
  const name = constraint.name ?? systemName('FK', table.name, constraint.columns[0]);
  const target = refersTo(constraint, table, environment) ? undefined : findTable(constraint.table, environment);
  const columns = columnNames(constraint.columns, table, environment);
  const references = columnNames(constraint.references, target ?? table, environment);
  const parts = [
    `CONSTRAINT ${quoteName(name)} FOREIGN KEY (${columns.map(quoteName).join(', ')})`,
    `REFERENCES ${target === undefined ? table.relation : relationName(target)}`,
    ...(references.length === 0 ? [] : [`(${references.map(quoteName).join(', ')})`]),
    ...(constraint.onDelete === undefined ? [] : [`ON DELETE ${constraint.onDelete}`]),
    ...(constraint.onUpdate === undefined ? [] : [`ON UPDATE ${constraint.onUpdate}`]),
  ];
  const before =
    target === undefined
      ? []
      : [`SELECT sys.check_keys_at_once(${quoteText(target.schema)}, ${quoteText(target.name)})`];
  return { before, element: parts.join(' '), after: declared(table, name, undefined, constraint.name === undefined) };
}

/** True for a foreign key of a table that is only being made to the table itself. */
export function refersTo(constraint: TableConstraint, table: TableInMaking, environment: Environment): boolean {
  if (constraint.kind !== 'foreign key') return false;
  const name = constraint.table.at(-1) ?? '';
  return (
    sameName(environment.catalog, name, table.name) && environment.catalog.findTable(undefined, name) === undefined
  );
}

/** Sets a column's default and declares it. Throws 1781 where there is one. */
export function addDefault(
  definition:
    | Extract<TableConstraint, { kind: 'default' }>
    | Omit<Extract<TableConstraint, { kind: 'default' }>, 'kind' | 'column'>,
  columnName: string,
  table: TableInMaking,
  environment: Environment,
): readonly string[] {
  const column = table.columns.find((candidate) => sameName(environment.catalog, candidate.name, columnName));
  if (column === undefined) throw invalidColumn(columnName);
  const sql = defaultText(table, column, definition, environment);
  const parts = [
    quoteText(table.schema),
    quoteText(table.name),
    quoteText(column.name),
    definition.name === undefined ? 'NULL' : quoteText(definition.name),
    quoteText(definitionText(definition.text)),
  ];
  return [
    `ALTER TABLE ${table.relation} ALTER COLUMN ${quoteName(column.name)} SET DEFAULT ${sql}`,
    `SELECT sys.declare_default(${parts.join(', ')})`,
  ];
}
