/** T-SQL's data types: how they are read, how they rank, what an operator makes of two of them, and what PostgreSQL calls them. */
import { SqlServerError, type SqlType } from '../../contract';
import type { ArithmeticOperator } from './syntax';

export type TypeName = SqlType['name'];

/**
 * From the highest to the lowest: of two types the lower one is converted to the higher one.
 * https://learn.microsoft.com/sql/t-sql/data-types/data-type-precedence-transact-sql
 */
const PRECEDENCE: readonly TypeName[] = [
  'sql_variant', 'xml', 'datetimeoffset', 'datetime2', 'datetime', 'smalldatetime', 'date', 'time', 'float', 'real',
  'decimal', 'numeric', 'money', 'smallmoney', 'bigint', 'int', 'smallint', 'tinyint', 'bit', 'ntext', 'text', 'image',
  'rowversion', 'uniqueidentifier', 'nvarchar', 'nchar', 'varchar', 'char', 'varbinary', 'binary',
]; // prettier-ignore

export type Family =
  | 'string'
  | 'integer'
  | 'numeric'
  | 'money'
  | 'float'
  | 'bit'
  | 'binary'
  | 'guid'
  | 'date'
  | 'time'
  | 'datetime'
  | 'datetimeoffset'
  | 'other';

const FAMILIES: Readonly<Record<TypeName, Family>> = {
  bit: 'bit',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'numeric',
  numeric: 'numeric',
  money: 'money',
  smallmoney: 'money',
  real: 'float',
  float: 'float',
  char: 'string',
  varchar: 'string',
  nchar: 'string',
  nvarchar: 'string',
  text: 'string',
  ntext: 'string',
  binary: 'binary',
  varbinary: 'binary',
  image: 'binary',
  rowversion: 'binary',
  uniqueidentifier: 'guid',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  smalldatetime: 'datetime',
  datetime2: 'datetime',
  datetimeoffset: 'datetimeoffset',
  xml: 'other',
  sql_variant: 'other',
};

const POSTGRES_TYPES: Readonly<Record<TypeName, string>> = {
  bit: 'boolean',
  tinyint: 'smallint',
  smallint: 'smallint',
  int: 'integer',
  bigint: 'bigint',
  decimal: 'numeric',
  numeric: 'numeric',
  money: 'sys.money',
  smallmoney: 'sys.smallmoney',
  real: 'real',
  float: 'double precision',
  char: 'bpchar',
  varchar: 'bpchar',
  nchar: 'bpchar',
  nvarchar: 'bpchar',
  text: 'bpchar',
  ntext: 'bpchar',
  binary: 'bytea',
  varbinary: 'bytea',
  image: 'bytea',
  rowversion: 'bytea',
  uniqueidentifier: 'uuid',
  date: 'date',
  time: 'time',
  datetime: 'timestamp',
  smalldatetime: 'timestamp',
  datetime2: 'timestamp',
  datetimeoffset: 'timestamptz',
  xml: 'sys.xml',
  sql_variant: 'sys.sql_variant',
};

export function family(type: SqlType): Family {
  return FAMILIES[type.name];
}

export function isString(type: SqlType | undefined): boolean {
  return type !== undefined && family(type) === 'string';
}

/** Counts in UTF-16 units, two bytes each. */
export function isNational(type: SqlType): boolean {
  return type.name === 'nvarchar' || type.name === 'nchar' || type.name === 'ntext';
}

export function isNumber(type: SqlType): boolean {
  return ['integer', 'numeric', 'money', 'float', 'bit'].includes(family(type));
}

/** The PostgreSQL type of a value, without precision. */
export function postgresType(type: SqlType): string {
  return POSTGRES_TYPES[type.name];
}

/** The PostgreSQL type of a column. */
export function postgresColumnType(type: SqlType): string {
  const isExact = type.name === 'decimal' || type.name === 'numeric';
  return isExact ? `numeric(${type.precision ?? 18},${type.scale ?? 0})` : postgresType(type);
}

/** Of two types the one that the other is converted to, wide enough for both. */
export function commonType(left: SqlType, right: SqlType): SqlType {
  const [high, low] = PRECEDENCE.indexOf(left.name) <= PRECEDENCE.indexOf(right.name) ? [left, right] : [right, left];
  if (isExactDecimal(high)) {
    const other = asDecimal(low);
    if (other === undefined) return high;
    const scale = Math.max(high.scale ?? 0, other.scale);
    const whole = Math.max((high.precision ?? 18) - (high.scale ?? 0), other.precision - other.scale);
    return { name: 'numeric', precision: Math.min(38, whole + scale), scale: Math.min(scale, 38) };
  }
  if (family(high) === family(low) && high.length !== undefined && low.length !== undefined) {
    const length = high.length === -1 || low.length === -1 ? -1 : Math.max(high.length, low.length);
    return { ...high, length };
  }
  if (family(high) === family(low) && high.scale !== undefined && high.name === low.name) {
    return { ...high, scale: Math.max(high.scale, low.scale ?? 0) };
  }
  return high;
}

function isExactDecimal(type: SqlType): boolean {
  return family(type) === 'numeric';
}

/** The precision and scale that an exact number has as a decimal. */
function asDecimal(type: SqlType): { readonly precision: number; readonly scale: number } | undefined {
  switch (type.name) {
    case 'bit':
      return { precision: 1, scale: 0 };
    case 'tinyint':
      return { precision: 3, scale: 0 };
    case 'smallint':
      return { precision: 5, scale: 0 };
    case 'int':
      return { precision: 10, scale: 0 };
    case 'bigint':
      return { precision: 19, scale: 0 };
    case 'money':
      return { precision: 19, scale: 4 };
    case 'smallmoney':
      return { precision: 10, scale: 4 };
    case 'decimal':
    case 'numeric':
      return { precision: type.precision ?? 18, scale: type.scale ?? 0 };
    default:
      return undefined;
  }
}

/**
 * The type of `left operator right` for two numbers.
 * https://learn.microsoft.com/sql/t-sql/data-types/precision-scale-and-length-transact-sql
 */
export function arithmeticType(operator: ArithmeticOperator, left: SqlType, right: SqlType): SqlType {
  const high = commonType(left, right);
  if (!isExactDecimal(high)) return high.name === 'bit' ? { name: 'int' } : high;
  const a = asDecimal(left);
  const b = asDecimal(right);
  if (a === undefined || b === undefined) return high;
  switch (operator) {
    case '*':
      return decimal(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const scale = Math.max(6, a.scale + b.precision + 1);
      return decimal(a.precision - a.scale + b.scale + scale, scale);
    }
    case '%': {
      const scale = Math.max(a.scale, b.scale);
      return decimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
    }
    default: {
      const scale = Math.max(a.scale, b.scale);
      return decimal(Math.max(a.precision - a.scale, b.precision - b.scale) + 1 + scale, scale);
    }
  }
}

/** Where more than 38 digits would be needed, digits after the point give way, but not below six. */
function decimal(precision: number, scale: number): SqlType {
  if (precision <= 38) return { name: 'numeric', precision, scale };
  const whole = precision - scale;
  const rest = whole < 32 ? Math.min(scale, 38 - whole) : Math.min(scale, 6);
  return { name: 'numeric', precision: 38, scale: rest };
}

/** The type of a number as written: int, numeric or float. */
export function numberType(text: string): SqlType {
  if (/[eE]/.test(text)) return { name: 'float', precision: 53 };
  const [whole = '', fraction = ''] = text.split('.');
  const digits = whole.replace(/^0+/, '');
  if (!text.includes('.') && digits.length <= 10 && Number(digits) <= 2_147_483_647) return { name: 'int' };
  return { name: 'numeric', precision: Math.max(1, digits.length + fraction.length), scale: fraction.length };
}

/** The type with a collation put in, where it is a character type. */
export function withCollation(type: SqlType, collation: string | undefined): SqlType {
  return collation === undefined || !isString(type) ? type : { ...type, collation };
}

const SYNONYMS: Readonly<Record<string, TypeName>> = {
  integer: 'int',
  dec: 'decimal',
  character: 'char',
  timestamp: 'rowversion',
};

function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(FAMILIES, name);
}

/** A type by its name and the numbers in parentheses (-1 is MAX). Throws 2715 for a name that is no type. */
export function makeType(written: string, sizes: readonly number[], line: number, defaultLength = 1): SqlType {
  const lower = written.toLowerCase();
  if (lower === 'sysname') return { name: 'nvarchar', length: 128 };
  const name = SYNONYMS[lower] ?? lower;
  if (!isTypeName(name)) {
    throw new SqlServerError(2715, `Column, parameter, or variable #1: Cannot find data type ${written}.`, 16, 3, line);
  }
  const [first, second] = sizes;
  switch (name) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return { name, length: first ?? defaultLength };
    case 'decimal':
    case 'numeric':
      if ((first ?? 18) > 38)
        throw new SqlServerError(
          2750,
          `Column or parameter #1: Specified column precision ${first ?? 18} is greater than the maximum precision of 38.`,
          16,
          1,
          line,
        );
      return { name, precision: first ?? 18, scale: second ?? 0 };
    case 'float':
      return (first ?? 53) <= 24 ? { name: 'real' } : { name: 'float', precision: 53 };
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name, scale: first ?? 7 };
    default:
      return { name };
  }
}
