/** What the catalog of SQL Server knows about the product table, in one batch. */
import { changeLogName, triggers } from './captureNames';
import { type ColumnRole, columnRoles, type ColumnType } from './columnTypes';
import { quoteText } from './quoting';
import { flag, integer, integerOrNull, type Row, type SqlRunner, text, textOrNull } from './statements';
import { quoteTableName, type TableName } from './tableName';

/** A column as the catalog has it, whatever its type. */
export interface FoundColumn {
  readonly name: string;
  /** Which of PRODUCT.md's columns it is, as the database compares names. */
  readonly role: ColumnRole | null;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Computed at each read: its expression would run, and could fail, inside a trigger. */
  readonly computedOnRead: boolean;
  /** Always Encrypted: the server can't compare its values. */
  readonly encrypted: boolean;
  /** Dynamic data masking: a trigger under a cashier's login would see the mask. */
  readonly masked: boolean;
}

/** The object that the table's name stands for. */
export interface FoundObject {
  readonly objectId: number;
  /** sys.objects.type: `U` table, `V` view, `SN` synonym, … */
  readonly kind: string;
  readonly schema: string;
  readonly name: string;
  readonly ownerId: number;
  readonly memoryOptimized: boolean;
  readonly external: boolean;
  /** The history of a temporal table: SQL Server alone writes to it. */
  readonly history: boolean;
  readonly columns: readonly FoundColumn[];
  readonly keyIsUnique: boolean;
  /** Triggers of shopMaster's names are on it, and enabled, as far as the login may see. */
  readonly hasTriggers: boolean;
}

export interface TableFacts {
  /** E.g. `11.0.7001.0`. */
  readonly serverVersion: string;
  readonly database: string;
  /** The login's own. */
  readonly defaultSchema: string;
  readonly object: FoundObject | null;
  /** `schema.table` of the tables that the login may see; filled where `object` is null. */
  readonly tables: readonly string[];
}

/** Longest wait for a lock on the catalog, ms. */
const lockTimeout = 2000;

export async function queryTableFacts(runner: SqlRunner, name: TableName, signal: AbortSignal): Promise<TableFacts> {
  const [server, objects, tables, columns, keys, others] = await runner.batch(factsSql(name), signal);
  const serverRow = server?.[0];
  if (serverRow === undefined) throw new TypeError('SQL Server answered nothing about itself.');
  const found = objects?.[0];
  return {
    serverVersion: text(serverRow, 'server_version'),
    database: text(serverRow, 'database_name'),
    defaultSchema: textOrNull(serverRow, 'default_schema') ?? 'dbo',
    object: found === undefined ? null : foundObject(found, tables?.[0] ?? {}, columns ?? [], keys ?? []),
    tables: (others ?? []).map((row) => `${text(row, 'schema_name')}.${text(row, 'table_name')}`),
  };
}

/**
 * The owner of `o`, a row of sys.objects, beside its schema `s`, left-joined: a login that has rights on the table alone need not
 * see the schema in the catalog.
 */
export const ownerIdSql = "COALESCE(o.principal_id, s.principal_id, OBJECTPROPERTY(o.object_id, N'OwnerId'))";

/**
 * OBJECT_ID looks a name up as any statement of this login would: in its default schema, then in dbo. `t.*` and `c.*`,
 * because newer columns (is_memory_optimized, is_masked, …) would be an error on SQL Server 2012 if they were named.
 */
function factsSql(name: TableName): string {
  const roles = columnRoles.map((role) => `WHEN c.name = ${quoteText(role)} THEN ${quoteText(role)}`).join(' ');
  return `
SET NOCOUNT ON;
SET LOCK_TIMEOUT ${lockTimeout};
DECLARE @table INT;
SET @table = OBJECT_ID(${quoteText(quoteTableName(name))});
SELECT CONVERT(NVARCHAR(128), SERVERPROPERTY('ProductVersion')) AS server_version, DB_NAME() AS database_name,
  SCHEMA_NAME() AS default_schema;
SELECT o.object_id, RTRIM(o.type) AS object_type, SCHEMA_NAME(o.schema_id) AS schema_name, o.name AS object_name,
  ${ownerIdSql} AS owner_id,
  CASE WHEN EXISTS (SELECT 1 FROM sys.triggers AS g
    WHERE g.parent_id = o.object_id AND g.is_disabled = 0 AND g.name IN (${triggers.map(({ name }) => quoteText(name)).join(', ')})) THEN 1 ELSE 0 END AS has_triggers
FROM sys.objects AS o LEFT JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.object_id = @table;
SELECT t.* FROM sys.tables AS t WHERE t.object_id = @table;
SELECT c.*, b.name AS base_type, p.is_persisted, CASE ${roles} END AS column_role
FROM sys.columns AS c
LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id
LEFT JOIN sys.computed_columns AS p ON p.object_id = c.object_id AND p.column_id = c.column_id
WHERE c.object_id = @table
ORDER BY c.column_id;
SELECT x.index_id, k.column_id
FROM sys.indexes AS x
INNER JOIN sys.index_columns AS k ON k.object_id = x.object_id AND k.index_id = x.index_id
WHERE x.object_id = @table AND x.is_unique = 1 AND x.is_disabled = 0 AND x.is_hypothetical = 0 AND x.has_filter = 0
  AND k.is_included_column = 0 AND k.key_ordinal > 0;
SELECT SCHEMA_NAME(t.schema_id) AS schema_name, t.name AS table_name
FROM sys.tables AS t
WHERE @table IS NULL AND t.is_ms_shipped = 0 AND t.name <> ${quoteText(changeLogName)}
ORDER BY schema_name, t.name;`;
}

function foundObject(object: Row, table: Row, columns: readonly Row[], keys: readonly Row[]): FoundObject {
  const key = columns.find((row) => textOrNull(row, 'column_role') === 'ProductID');
  return {
    objectId: integer(object, 'object_id'),
    kind: text(object, 'object_type'),
    schema: text(object, 'schema_name'),
    name: text(object, 'object_name'),
    ownerId: integer(object, 'owner_id'),
    hasTriggers: flag(object, 'has_triggers'),
    memoryOptimized: flag(table, 'is_memory_optimized'),
    external: flag(table, 'is_external'),
    history: integerOrNull(table, 'temporal_type') === 1,
    columns: columns.map(foundColumn),
    keyIsUnique: key !== undefined && hasUniqueIndexOn(integer(key, 'column_id'), keys),
  };
}

function hasUniqueIndexOn(columnId: number, keys: readonly Row[]): boolean {
  const widths = new Map<number, number>();
  for (const row of keys) {
    const index = integer(row, 'index_id');
    widths.set(index, (widths.get(index) ?? 0) + 1);
  }
  return keys.some((row) => integer(row, 'column_id') === columnId && widths.get(integer(row, 'index_id')) === 1);
}

function foundColumn(row: Row): FoundColumn {
  const role = textOrNull(row, 'column_role');
  return {
    name: text(row, 'name'),
    role: columnRoles.find((known) => known === role) ?? null,
    type: columnTypeOf(row),
    nullable: flag(row, 'is_nullable'),
    computedOnRead: flag(row, 'is_computed') && !flag(row, 'is_persisted'),
    encrypted: integerOrNull(row, 'encryption_type') !== null,
    masked: flag(row, 'is_masked'),
  };
}

/** Reads a row of sys.columns that has the name of the column's system type as `base_type`. */
export function columnTypeOf(row: Row): ColumnType {
  return {
    name: textOrNull(row, 'base_type')?.toLowerCase() ?? 'clr',
    maxLength: integer(row, 'max_length'),
    precision: integer(row, 'precision'),
    scale: integer(row, 'scale'),
    collation: textOrNull(row, 'collation_name'),
  };
}
