/**
 * The column types that a product table may have, and how values of each become text and back.
 *
 * A trigger runs inside the shop's transaction, so an expression in it must not be able to fail, whatever the value.
 * The whitelist makes that true: from each of its types CONVERT to an NVARCHAR that is wide enough always succeeds, and
 * an explicit CONVERT from one character type to another cuts what is too long without an error. FLOAT and REAL are
 * allowed for the price alone, where TRY_CAST answers NULL for what doesn't fit.
 */

/** The columns of PRODUCT.md. */
export const columnRoles = ['ProductID', 'ProductName', 'SellPrice', 'QrCode', 'Status'] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** A column's type as sys.columns tells it; alias types by the system type they stand for. */
export interface ColumnType {
  /** Lower case, e.g. `nvarchar`; `clr` for types that are no SQL Server type of their own. */
  readonly name: string;
  /** Bytes; -1 is MAX. */
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
  /** Character types alone. */
  readonly collation: string | null;
}

/** Widest key, in characters: ChangeLog.ProductID is NVARCHAR(450), and a key is never cut. */
export const maxKeyLength = 450;

type Family = 'character' | 'integer' | 'decimal' | 'money' | 'bit' | 'uniqueidentifier' | 'dateTime' | 'float';

const families: ReadonlyMap<string, Family> = new Map([
  ['char', 'character'],
  ['varchar', 'character'],
  ['nchar', 'character'],
  ['nvarchar', 'character'],
  ['tinyint', 'integer'],
  ['smallint', 'integer'],
  ['int', 'integer'],
  ['bigint', 'integer'],
  ['decimal', 'decimal'],
  ['numeric', 'decimal'],
  ['money', 'money'],
  ['smallmoney', 'money'],
  ['bit', 'bit'],
  ['uniqueidentifier', 'uniqueidentifier'],
  ['date', 'dateTime'],
  ['time', 'dateTime'],
  ['datetime', 'dateTime'],
  ['smalldatetime', 'dateTime'],
  ['datetime2', 'dateTime'],
  ['datetimeoffset', 'dateTime'],
  ['float', 'float'],
  ['real', 'float'],
]);

/** Why a column of this type can't be synced, as the end of a sentence ("… is TEXT, which …"); null where it can. */
export function refusalOfType(role: ColumnRole, type: ColumnType): string | null {
  const family = families.get(type.name);
  if (family === undefined) return 'which a trigger can’t copy';
  if (role === 'SellPrice') {
    // A price goes out as exact decimal digits; of text ('12,50', 'on request') nobody can tell what number it is.
    return ['integer', 'decimal', 'money', 'float'].includes(family) ? null : 'which is no number';
  }
  if (family === 'float') return 'which has no exact text';
  if (role === 'ProductID' && family === 'character') {
    const length = lengthOf(type);
    if (length === 'MAX' || length > maxKeyLength)
      return `which is wider than the ${maxKeyLength} characters that a key can have`;
  }
  return null;
}

/** As T-SQL writes it, e.g. `NVARCHAR(75)`, `NUMERIC(18,2)`, `DATETIME2(7)`. */
export function describeType(type: ColumnType): string {
  const name = type.name.toUpperCase();
  switch (type.name) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return `${name}(${lengthOf(type)})`;
    case 'decimal':
    case 'numeric':
      return `${name}(${type.precision},${type.scale})`;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return `${name}(${type.scale})`;
    case 'float':
      return `${name}(${type.precision})`;
    case 'clr':
      return 'a CLR type';
    default:
      return name;
  }
}

/**
 * A key as text of type NVARCHAR(450), the same in triggers and in reads; NULL stays NULL. Can't fail: refusalOfType
 * lets no wider key pass. Blanks at the end of a CHAR key are padding.
 */
export function keyText(expression: string, type: ColumnType): string {
  const converted = asText(expression, type, maxKeyLength);
  return type.name === 'char' || type.name === 'nchar' ? `RTRIM(${converted})` : converted;
}

/**
 * A key's text in the key's own type and collation, so that an index on ProductID is used and no two collations meet
 * (error 468). Text that is no key of that type (a row of ChangeLog from before the column was changed) gives NULL,
 * which finds nothing.
 */
export function keyFromText(expression: string, type: ColumnType): string {
  switch (familyOf(type)) {
    case 'character': {
      const collated = type.collation === null ? expression : `${expression} COLLATE ${collationName(type.collation)}`;
      // Wider than the column, or a longer text would be cut and find another product; 4 bytes a character in UTF-8.
      return isUnicode(type)
        ? `CONVERT(NVARCHAR(${maxKeyLength}), ${collated})`
        : `CONVERT(VARCHAR(${4 * maxKeyLength}), ${collated})`;
    }
    case 'integer':
    case 'decimal':
    case 'money':
    case 'bit':
    case 'uniqueidentifier':
    case 'dateTime':
    case 'float':
      return `TRY_CAST(${expression} AS ${describeType(type)})`;
  }
}

/** A price as the exact digits that SQL Server holds (`12.50`); NULL where a FLOAT is too large to be a price. */
export function priceText(expression: string, type: ColumnType): string {
  switch (familyOf(type)) {
    case 'money':
      return `CONVERT(VARCHAR(41), ${expression}, 2)`;
    case 'float':
      return `CONVERT(VARCHAR(41), TRY_CAST(${expression} AS DECIMAL(19,4)))`;
    default:
      // Sign, point and 38 digits; NUMERIC(38,38) has a zero before its point.
      return `CONVERT(VARCHAR(41), ${expression})`;
  }
}

/** A product's name (or any other text for people) in full, up to the 4,000 characters that go to Digible. */
export function nameText(expression: string, type: ColumnType): string {
  return asText(expression, type, 4000);
}

/**
 * A value as text of type NVARCHAR(width), cut to fit. Can't fail: the widest text of a type other than a character
 * type is the 41 characters of a NUMERIC, and width is at least 50. Cut by CONVERT and not by LEFT, because under a
 * collation with supplementary characters LEFT counts an emoji as one character where NVARCHAR(n) has to hold two.
 */
export function asText(expression: string, type: ColumnType, width: number): string {
  switch (familyOf(type)) {
    case 'money':
      return `CONVERT(NVARCHAR(${width}), ${expression}, 2)`;
    case 'dateTime':
      return `CONVERT(NVARCHAR(${width}), ${expression}, ${dateTimeStyle(type)})`;
    default:
      return `CONVERT(NVARCHAR(${width}), ${expression})`;
  }
}

/**
 * A price for people to see: NULL where it doesn't fit. TRY_CAST and not TRY_CONVERT, which wants compatibility level
 * 110.
 */
export function loggedPrice(expression: string): string {
  return `TRY_CAST(${expression} AS NUMERIC(18,2))`;
}

/** Whether `=` compares values of this type as text, and so by a collation and without the blanks at the end. */
export function isCharacter(type: ColumnType): boolean {
  return families.get(type.name) === 'character';
}

function familyOf(type: ColumnType): Family {
  const family = families.get(type.name);
  if (family === undefined) throw new TypeError(`${type.name} is no column type that can be synced.`);
  return family;
}

/**
 * The style whose text CAST reads back to the same value under every language and DATEFORMAT: for the two old types
 * only ISO 8601 with its T does (126), the newer ones take the ODBC form (121).
 */
function dateTimeStyle(type: ColumnType): 121 | 126 {
  return type.name === 'datetime' || type.name === 'smalldatetime' ? 126 : 121;
}

function isUnicode(type: ColumnType): boolean {
  return type.name === 'nchar' || type.name === 'nvarchar';
}

function lengthOf(type: ColumnType): number | 'MAX' {
  if (type.maxLength === -1) return 'MAX';
  return isUnicode(type) ? type.maxLength / 2 : type.maxLength;
}

/** A collation's name can't be quoted in T-SQL. */
export function collationName(name: string): string {
  if (!/^\w+$/.test(name)) throw new TypeError(`Not a collation of SQL Server: ${JSON.stringify(name)}`);
  return name;
}
