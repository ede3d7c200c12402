/** The product table that the user named: found, and fit to be synced; or the sentence that says why not. */
import { ShopError } from '../errors';
import { type ColumnRole, columnRoles, type ColumnType, describeType, refusalOfType } from './columnTypes';
import { type FoundColumn, type FoundObject, queryTableFacts, type TableFacts } from './productTableQuery';
import { quoteQualifiedName } from './quoting';
import { bySimilarity } from './similarNames';
import type { SqlRunner } from './statements';
import type { TableName } from './tableName';

/** One of the five columns, by the name and type that the table really has. */
export interface ProductColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

export interface ProductTableInfo {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  /** `[dbo].[Products]`, for T-SQL. */
  readonly qualifiedName: string;
  /** `dbo.Products`, for people. */
  readonly displayName: string;
  readonly objectId: number;
  /** The principal that owns it; ChangeLog's must be the same (ownership chaining). */
  readonly ownerId: number;
  readonly columns: Readonly<Record<ColumnRole, ProductColumn>>;
  /** A unique index on ProductID alone, enabled and not filtered. */
  readonly keyIsUnique: boolean;
}

const oldestMajorVersion = 11;
/** Names that a sentence lists before it breaks off. */
const listed = 10;

/**
 * Finds the table and its columns, in one round trip. Rejects with a ShopError: server-too-old, table-missing,
 * table-is-view, table-unsupported, columns-missing or column-type-unsupported.
 */
export async function readProductTable(
  runner: SqlRunner,
  name: TableName,
  signal: AbortSignal,
): Promise<ProductTableInfo> {
  const facts = await queryTableFacts(runner, name, signal);
  refuseOldServer(facts.serverVersion);
  if (facts.object === null) throw tableMissing(name, facts);
  refuseOtherObjects(facts.object);
  return {
    database: facts.database,
    schema: facts.object.schema,
    table: facts.object.name,
    qualifiedName: quoteQualifiedName(facts.object.schema, facts.object.name),
    displayName: displayNameOf(facts.object),
    objectId: facts.object.objectId,
    ownerId: facts.object.ownerId,
    columns: requiredColumns(facts.object),
    keyIsUnique: facts.object.keyIsUnique,
  };
}

/** `version`: as SERVERPROPERTY('ProductVersion') tells it. @throws ShopError server-too-old */
export function refuseOldServer(version: string): void {
  if (Number.parseInt(version, 10) >= oldestMajorVersion) return;
  throw new ShopError(
    'server-too-old',
    `The server runs version ${version} of SQL Server, and shopMaster needs SQL Server 2012 (11.0) or newer.`,
    'Update SQL Server; the Express edition is free.',
  );
}

function tableMissing(name: TableName, facts: TableFacts): ShopError {
  const wanted = name.schema === undefined ? name.table : `${name.schema}.${name.table}`;
  const nearest = bySimilarity(
    wanted,
    name.schema === undefined ? facts.tables.map((table) => table.replace(/^dbo\./, '')) : facts.tables,
  );
  return new ShopError(
    'table-missing',
    nearest.length === 0
      ? `The database ${facts.database} has no table ${wanted}, and no other table that this login may see.`
      : `The database ${facts.database} has no table ${wanted}. It has: ${list(nearest)}.`,
    'Check the table name, the database, and whether the login may read the table.',
    { remedy: 'configure' },
  );
}

function refuseOtherObjects(object: FoundObject): void {
  const name = displayNameOf(object);
  if (object.kind === 'V')
    throw new ShopError(
      'table-is-view',
      `${name} is a view, not a table, so changes to it can’t be logged.`,
      'Name the table that the view reads its products from.',
      { remedy: 'configure' },
    );
  const reason = reasonAgainst(object);
  if (reason !== null)
    throw new ShopError('table-unsupported', `${name} ${reason}.`, 'Name an ordinary table.', { remedy: 'configure' });
}

function reasonAgainst(object: FoundObject): string | null {
  if (object.kind === 'SN') return 'is a synonym; triggers need the table itself';
  if (object.kind !== 'U') return 'is not a table';
  if (object.memoryOptimized) return 'is memory-optimized, and ordinary triggers don’t work there';
  if (object.external) return 'is an external table, which can have no triggers';
  if (object.history) return 'is the history of another table, which can have no triggers';
  return null;
}

function requiredColumns(object: FoundObject): Readonly<Record<ColumnRole, ProductColumn>> {
  const find = (role: ColumnRole) => object.columns.find((column) => column.role === role);
  const missing = columnRoles.filter((role) => find(role) === undefined);
  const required = (role: ColumnRole): ProductColumn => {
    const column = find(role);
    // What is missing is told before what is unsupported.
    if (column === undefined || missing.length > 0) throw columnsMissing(object, missing);
    return supported(object, role, column);
  };
  return {
    ProductID: required('ProductID'),
    ProductName: required('ProductName'),
    SellPrice: required('SellPrice'),
    QrCode: required('QrCode'),
    Status: required('Status'),
  };
}

function columnsMissing(object: FoundObject, missing: readonly ColumnRole[]): ShopError {
  const name = displayNameOf(object);
  const columns = list(object.columns.map((column) => column.name));
  const sentence =
    missing.length === 1
      ? `The table ${name} has no column ${missing.join('')}. It has: ${columns}.`
      : `The table ${name} has no columns ${missing.join(', ')}. It has: ${columns}.`;
  const needs = `The product table needs the columns ${columnRoles.join(', ')}.`;
  if (!object.hasTriggers)
    return new ShopError('columns-missing', sentence, `${needs} Name another table, or rename the columns.`, {
      remedy: 'configure',
    });
  // Their statements name the column (error 207).
  return new ShopError(
    'columns-missing',
    `${sentence} While the triggers of shopMaster are on it, the shop can’t write to it.`,
    `${needs} Give them back, or let the triggers go: Remove from Database, or remove.sql.`,
    { remedy: 'configure' },
  );
}

function supported(object: FoundObject, role: ColumnRole, column: FoundColumn): ProductColumn {
  const reason = columnRefusal(role, column);
  if (reason === null) return { name: column.name, type: column.type, nullable: column.nullable };
  throw new ShopError(
    'column-type-unsupported',
    `The column ${column.name} of ${displayNameOf(object)} ${reason}.`,
    hintFor(role),
    { remedy: 'configure' },
  );
}

function columnRefusal(role: ColumnRole, column: FoundColumn): string | null {
  const refusal = refusalOfType(role, column.type);
  if (refusal !== null) return `is ${describeType(column.type)}, ${refusal}`;
  if (column.computedOnRead) return 'is computed at each read, which could fail in the middle of a sale';
  if (column.encrypted) return 'is encrypted (Always Encrypted), so that changes of it can’t be seen';
  if (column.masked) return 'is masked (dynamic data masking), so that changes of it can’t be seen';
  return null;
}

function hintFor(role: ColumnRole): string {
  switch (role) {
    case 'ProductID':
      return 'A ProductID can be text of up to 450 characters, a whole or decimal number, a UNIQUEIDENTIFIER, or a date.';
    case 'SellPrice':
      return 'A SellPrice can be a NUMERIC, INT, MONEY, FLOAT or REAL column, computed only if PERSISTED.';
    default:
      return `A ${role} can be text, a whole or decimal number, a date, BIT or UNIQUEIDENTIFIER, computed only if PERSISTED.`;
  }
}

function displayNameOf(object: FoundObject): string {
  return `${object.schema}.${object.name}`;
}

function list(names: readonly string[]): string {
  return names.length > listed ? `${names.slice(0, listed).join(', ')}, …` : names.join(', ');
}
