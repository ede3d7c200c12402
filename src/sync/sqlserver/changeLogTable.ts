/**
 * ChangeLog and the sequence that numbers its rows: how shopMaster makes them, and how it recognizes its own and the
 * desktop's.
 */
import { changeLogName, quotedChangeLog, sequenceName } from './captureNames';
import { asText, type ColumnType, keyText, loggedPrice, refusalOfType } from './columnTypes';
import { columnTypeOf } from './productTableQuery';
import { quoteName, quoteQualifiedName, quoteText } from './quoting';
import { flag, integerOrNull, type Row, text } from './statements';

interface LogColumn {
  readonly name: string;
  readonly base: string;
  /** NVARCHAR's width in characters, or the rest of the type as T-SQL writes it. */
  readonly width?: number;
  readonly definition: string;
}

/** Widths of the columns that hold text for people to see; what a trigger copies is cut to fit. */
export const logWidths = { productName: 400, qrCode: 400, status: 50 } as const;

/**
 * ProductID is wide enough for every key type allowed, and NULL is allowed, so that a NULL key can't abort a sale. No
 * index but the primary key: what waits or deadlocks on one would be the shop.
 */
const columns: readonly LogColumn[] = [
  { name: 'LogID', base: 'bigint', definition: 'BIGINT NOT NULL' },
  { name: 'ChangeType', base: 'nvarchar', width: 10, definition: 'NVARCHAR(10) NULL' },
  { name: 'ProductID', base: 'nvarchar', width: 450, definition: 'NVARCHAR(450) NULL' },
  {
    name: 'ProductName',
    base: 'nvarchar',
    width: logWidths.productName,
    definition: `NVARCHAR(${logWidths.productName}) NULL`,
  },
  { name: 'SellPrice', base: 'numeric', definition: 'NUMERIC(18,2) NULL' },
  { name: 'QrCode', base: 'nvarchar', width: logWidths.qrCode, definition: `NVARCHAR(${logWidths.qrCode}) NULL` },
  { name: 'Status', base: 'nvarchar', width: logWidths.status, definition: `NVARCHAR(${logWidths.status}) NULL` },
  { name: 'ChangeDateTime', base: 'datetime', definition: 'DATETIME NULL DEFAULT (GETDATE())' },
];

/** Every column, as a list for INSERT and SELECT. */
export const logColumnList = columns.map(({ name }) => quoteName(name)).join(', ');

/** A column of a table that is called ChangeLog. */
export interface FoundLogColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly identity: boolean;
  readonly hasDefault: boolean;
}

/** The columns of a table as rows for `foundLogColumn`. `object`: a T-SQL expression of its id. */
export function logColumnsSql(object: string): string {
  return `
SELECT c.name, b.name AS base_type, c.max_length, c.precision, c.scale, c.collation_name, c.is_identity, c.default_object_id
FROM sys.columns AS c LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id
WHERE c.object_id = ${object} ORDER BY c.column_id;`;
}

export function foundLogColumn(row: Row): FoundLogColumn {
  return {
    name: text(row, 'name'),
    type: columnTypeOf(row),
    identity: flag(row, 'is_identity'),
    hasDefault: (integerOrNull(row, 'default_object_id') ?? 0) !== 0,
  };
}

/**
 * `ours`: as shopMaster makes it. `desktop`: the same columns in other types, to be taken over. `foreign`: someone
 * else's.
 */
export type ChangeLogKind = 'ours' | 'desktop' | 'foreign';

export function recognizeChangeLog(found: readonly FoundLogColumn[]): ChangeLogKind {
  const pairs = columns.map((column) => ({ column, match: found.find((candidate) => candidate.name === column.name) }));
  if (found.length !== columns.length) return 'foreign';
  if (pairs.every(({ column, match }) => match !== undefined && isAsMade(column, match))) return 'ours';
  return pairs.every(({ column, match }) => match !== undefined && canBeTakenOver(column, match))
    ? 'desktop'
    : 'foreign';
}

/** A table of ours that a takeover left behind has no numbering yet. */
export function isStagingTable(found: readonly FoundLogColumn[]): boolean {
  return (
    found.length === columns.length &&
    columns.every((column) => {
      const match = found.find((candidate) => candidate.name === column.name);
      return match !== undefined && hasTypeAsMade(column, match);
    })
  );
}

function isAsMade(column: LogColumn, found: FoundLogColumn): boolean {
  return hasTypeAsMade(column, found) && !found.identity && (column.name !== 'LogID' || found.hasDefault);
}

function hasTypeAsMade(column: LogColumn, found: FoundLogColumn): boolean {
  return found.type.name === column.base && (column.width === undefined || found.type.maxLength === 2 * column.width);
}

function canBeTakenOver(column: LogColumn, found: FoundLogColumn): boolean {
  if (column.name === 'LogID') return found.type.name === 'int' || found.type.name === 'bigint';
  if (column.name === 'ChangeDateTime') return found.type.name.includes('date');
  return refusalOfType(column.name === 'SellPrice' ? 'SellPrice' : 'Status', found.type) === null;
}

export function createSequenceSql(schema: string, startWith: string): string {
  return createSequenceAround(schema).join(startWith);
}

/** What stands before and after the number that it starts with. */
function createSequenceAround(schema: string): readonly [before: string, after: string] {
  return [`CREATE SEQUENCE ${quoteQualifiedName(schema, sequenceName)} AS BIGINT START WITH `, ' INCREMENT BY 1;'];
}

/**
 * What the sequence starts with after the rows that `table` holds: a T-SQL statement, since START WITH takes a constant
 * alone.
 */
export function createSequenceAfterSql(schema: string, table: string): string {
  const [before, after] = createSequenceAround(schema);
  return `DECLARE @nextLogID BIGINT, @createSequence NVARCHAR(1000);
SELECT @nextLogID = COALESCE(MAX(CONVERT(BIGINT, LogID)), 0) + 1 FROM ${quoteQualifiedName(schema, table)};
SET @createSequence = ${quoteText(before)} + CONVERT(NVARCHAR(20), @nextLogID) + ${quoteText(after)};
EXEC (@createSequence);`;
}

/** ChangeLog numbered by its sequence, which must be there. */
export function createChangeLogSql(schema: string): string {
  return createTable(schema, changeLogName, ` ${numbering(schema)}`);
}

/** The same table, not numbered yet, for the rows of a desktop ChangeLog. */
export function createStagingSql(schema: string, name: string): string {
  return createTable(schema, name, '');
}

/** Numbers a staging table's new rows. */
export function addNumberingSql(schema: string, name: string): string {
  return `ALTER TABLE ${quoteQualifiedName(schema, name)} ADD ${numbering(schema)} FOR [LogID];`;
}

/** A sequence and not IDENTITY: an identity insert in a trigger changes @@IDENTITY under old point-of-sale code. */
function numbering(schema: string): string {
  return `DEFAULT (NEXT VALUE FOR ${quoteQualifiedName(schema, sequenceName)})`;
}

/** LOCK_ESCALATION: a table lock on ChangeLog would make every sale wait. */
function createTable(schema: string, name: string, logIdDefault: string): string {
  const table = quoteQualifiedName(schema, name);
  const definitions = columns.map((column) =>
    column.name === 'LogID'
      ? `[LogID] ${column.definition}${logIdDefault} PRIMARY KEY`
      : `${quoteName(column.name)} ${column.definition}`,
  );
  return `CREATE TABLE ${table} (\n  ${definitions.join(',\n  ')}\n);
ALTER TABLE ${table} SET (LOCK_ESCALATION = DISABLE);`;
}

/** The columns of a desktop ChangeLog as a SELECT list in the order of `logColumnList`, in ChangeLog's own types. */
export function takenOverColumns(found: readonly FoundLogColumn[], key: ColumnType): string {
  const expressions = columns.map((column) => {
    const type = found.find((candidate) => candidate.name === column.name)?.type;
    const name = `o.${quoteName(column.name)}`;
    if (type === undefined || column.name === 'LogID') return name;
    if (column.name === 'SellPrice') return loggedPrice(name);
    if (column.name === 'ChangeDateTime') return `TRY_CAST(${name} AS DATETIME)`;
    // The blanks that pad a CHAR key are no part of it, whatever column they were copied to.
    if (column.name === 'ProductID' && (key.name === 'char' || key.name === 'nchar'))
      return `RTRIM(${keyText(name, type)})`;
    return asText(name, type, column.width ?? 0);
  });
  return expressions.join(', ');
}

/**
 * A condition that is true where the ChangeLog of a schema has pending changes. `hints`: table hints in parentheses.
 */
export function hasPendingSql(schema: string, hints: string): string {
  return `EXISTS (SELECT 1 FROM ${quotedChangeLog(schema)} WITH ${hints} WHERE ChangeType IN (N'INSERT', N'UPDATE'))`;
}
