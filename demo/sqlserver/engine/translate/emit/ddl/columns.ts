/** Columns as PostgreSQL's, and what is declared of them for the catalog views. */
import { SqlServerError, type SqlType } from '../../../../contract';
import type { CatalogColumn, CatalogTable } from '../../../contract';
import type { ColumnDefinition } from '../../ddlStatements';
import { collationName, quoteName, quoteText } from '../../names';
import { isString, postgresColumnType, withCollation } from '../../types';
import { assignToColumn } from '../conversion';
import type { Environment } from '../environment';
import { emitValue, resolveCollation } from '../expression';
import { columnCollation, type Source, type SourceColumn } from '../scope';
import type { Value } from '../value';

/** The table that is made or changed, as its expressions see it. */
export interface TableInMaking {
  /** `pg_temp` for temporary tables. */
  readonly schema: string;
  readonly name: string;
  readonly relation: string;
  /** Every column with its full type. */
  readonly columns: readonly CatalogColumn[];
  /** One of its foreign keys refers to itself. */
  readonly referencesItself?: boolean;
}

/** The type with the collation that the column will have. */
export function columnType(column: ColumnDefinition, environment: Environment): SqlType | undefined {
  if (column.type === undefined) return undefined;
  const collation =
    column.collation === undefined ? environment.catalog.collation : resolveCollation(column.collation, environment);
  return withCollation(column.type, collation);
}

/** The columns of a table that is being made, by their names alone. */
export function columnSource(columns: readonly CatalogColumn[], name: string): Source {
  const list: SourceColumn[] = columns.map((column) => ({
    name: column.name,
    type: column.type,
    collation: columnCollation(column.type),
    nullable: column.nullable,
    sql: quoteName(column.name),
  }));
  return { name, alias: quoteName(name), columns: list, nullable: false };
}

/** An environment for CHECK, computed columns and index filters. */
export function columnEnvironment(table: TableInMaking, environment: Environment): Environment {
  const scope = environment.openScope();
  scope.add(columnSource(table.columns, table.name));
  return environment.withScope(scope);
}

export interface PreparedColumn {
  readonly definition: ColumnDefinition;
  readonly type: SqlType;
  /** Of a computed column. */
  readonly value?: Value | undefined;
}

/** Types of all columns; those of computed ones come from their expressions. */
export function prepareColumns(
  definitions: readonly ColumnDefinition[],
  known: readonly CatalogColumn[],
  name: string,
  environment: Environment,
): readonly PreparedColumn[] {
  const plain = definitions.flatMap((definition): CatalogColumn[] => {
    const type = columnType(definition, environment);
    return type === undefined ? [] : [asCatalogColumn(definition, type)];
  });
  const scope = environment.openScope();
  scope.add(columnSource([...known, ...plain], name));
  const inner = environment.withScope(scope);
  return definitions.map((definition) => {
    const type = columnType(definition, environment);
    if (type !== undefined) return { definition, type };
    const value = definition.computed === undefined ? undefined : emitValue(definition.computed.expression, inner);
    const own = value?.type ?? { name: 'int' as const };
    return { definition, type: withCollation(own, environment.catalog.collation), value };
  });
}

export function asCatalogColumn(definition: ColumnDefinition, type: SqlType): CatalogColumn {
  return {
    name: definition.name,
    type,
    nullable: definition.nullable ?? definition.identity === undefined,
    identity: definition.identity !== undefined,
    computed: definition.computed !== undefined,
    hasDefault: definition.default !== undefined,
  };
}

/** `"Name" type COLLATE … GENERATED … NOT NULL`; the default apart, since it is declared, too. */
export function columnText({ definition, type, value }: PreparedColumn, key: boolean): string {
  const parts = [quoteName(definition.name), identityType(definition, type)];
  if (isString(type) && type.collation !== undefined) parts.push(`COLLATE ${collationName(type.collation)}`);
  if (value !== undefined) parts.push(`GENERATED ALWAYS AS ((${value.sql})::${postgresColumnType(type)}) STORED`);
  if (definition.identity !== undefined) parts.push(identityText(definition.identity, type));
  const required = definition.nullable === false || definition.identity !== undefined || key;
  if (required) parts.push('NOT NULL');
  return parts.join(' ');
}

/** A decimal identity is a bigint to PostgreSQL. */
function identityType(definition: ColumnDefinition, type: SqlType): string {
  const exact = type.name === 'decimal' || type.name === 'numeric';
  return definition.identity !== undefined && exact ? 'bigint' : postgresColumnType(type);
}

const RANGES: Readonly<Partial<Record<SqlType['name'], readonly [string, string]>>> = {
  tinyint: ['0', '255'],
  smallint: ['-32768', '32767'],
  int: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
};

/** The numbers that an identity or sequence of this type can give. Throws 2749. */
export function numberRange(type: SqlType, what: string): readonly [string, string] {
  const range = RANGES[type.name];
  if (range !== undefined) return range;
  const exact = (type.name === 'decimal' || type.name === 'numeric') && (type.scale ?? 0) === 0;
  if (!exact) {
    throw new SqlServerError(
      2749,
      `${what} must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.`,
      16,
      2,
    );
  }
  const digits = '9'.repeat(Math.min(18, type.precision ?? 18));
  return [`-${digits}`, digits];
}

function identityText(identity: { readonly seed: string; readonly increment: string }, type: SqlType): string {
  const [least, most] = numberRange(type, 'Identity column');
  const options = `START WITH ${identity.seed} INCREMENT BY ${identity.increment} MINVALUE ${least} MAXVALUE ${most}`;
  return `GENERATED BY DEFAULT AS IDENTITY (${options})`;
}

/** `SELECT sys.declare_column(…)` of every column. */
export function declareColumns(
  table: Pick<TableInMaking, 'schema' | 'name'>,
  columns: readonly { readonly name: string; readonly type: SqlType; readonly computed?: string | undefined }[],
): string {
  const calls = columns.map(({ name, type, computed }) => {
    const parts = [
      quoteText(table.schema),
      quoteText(table.name),
      quoteText(name),
      quoteText(type.name),
      type.length ?? 'NULL',
      type.precision ?? 'NULL',
      type.scale ?? 'NULL',
      isString(type) && type.collation !== undefined ? quoteText(type.collation) : 'NULL',
      computed === undefined ? 'NULL' : quoteText(definitionText(computed)),
    ];
    return `sys.declare_column(${parts.join(', ')})`;
  });
  return `SELECT ${calls.join(', ')}`;
}

/** An expression's text as SQL Server's catalog shows it: in parentheses, numbers in two pairs. */
export function definitionText(text: string): string {
  let inner = text.trim();
  while (isWrapped(inner)) inner = inner.slice(1, -1).trim();
  return /^[+-]?\d+(\.\d+)?$/.test(inner) ? `((${inner}))` : `(${inner})`;
}

/** Whether the first parenthesis closes at the very end. */
function isWrapped(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0 && at < text.length - 1) return false;
  }
  return depth === 0;
}

/** A default's value, fitted to its column. */
export function defaultText(
  table: TableInMaking,
  column: CatalogColumn,
  definition: NonNullable<ColumnDefinition['default']>,
  environment: Environment,
): string {
  const value = emitValue(definition.expression, environment);
  const owner: CatalogTable = {
    schema: table.schema,
    name: table.name,
    objectId: 0,
    kind: 'table',
    columns: table.columns,
    triggers: [],
  };
  return assignToColumn(value, owner, column, environment);
}
