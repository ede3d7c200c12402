/** From one type to another: CAST and CONVERT, what T-SQL converts by itself, and what goes into a column. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { CatalogColumn, CatalogTable } from '../../contract';
import { codePageOf } from './codePage';
import { isTemporary, quoteText } from '../names';
import { family, isString, postgresType } from '../types';
import type { Environment } from './environment';
import { isBareNull, NULL_VALUE, typedAs, valueOf, type Value } from './value';

/** What the functions of the prelude take besides the value. */
function sizeArguments(type: SqlType): readonly number[] {
  switch (type.name) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return [type.length ?? 1];
    case 'decimal':
    case 'numeric':
      return [type.precision ?? 18, type.scale ?? 0];
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return [type.scale ?? 7];
    case 'image':
      return [-1];
    case 'rowversion':
      return [8];
    default:
      return [];
  }
}

/** The name that conversions to this type go by in the prelude. */
function functionName(type: SqlType): string {
  switch (type.name) {
    case 'decimal':
      return 'numeric';
    case 'image':
      return 'varbinary';
    case 'rowversion':
      return 'binary';
    default:
      return type.name;
  }
}

const STYLED = new Set(['char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary', 'date', 'datetime', 'smalldatetime', 'time', 'datetime2', 'datetimeoffset']); // prettier-ignore
const CODED = new Set(['char', 'varchar', 'text']);

/**
 * A value as an argument of the prelude's conversions, which tell types apart by PostgreSQL's: what PostgreSQL takes for
 * something else (smallmoney, datetime2) is turned into what they understand.
 */
function convertible(value: Value, target: SqlType, style: string): string {
  const { type } = value;
  if (type === undefined) return 'NULL::bpchar';
  if (family(type) === 'other') return `(${value.sql})::text::bpchar`;
  if (type.name === 'smallmoney') return `(${value.sql})::sys.money`;
  if (family(target) === 'string') {
    if (type.name === 'datetime2') return `sys.datetime2_text(${value.sql}, ${type.scale ?? 7}, ${style})`;
    if (type.name === 'smalldatetime') return `sys.smalldatetime_text(${value.sql}, ${style})`;
  }
  return value.sql;
}

/** Characters of the longest BIGINT. */
const longestInteger = 20;

/** Whether text of the target type holds any value of an integer type: then nothing can go wrong, and PostgreSQL's own cast is quicker. */
function isDigitsInFull(source: SqlType | undefined, { name, length = 1 }: SqlType): boolean {
  if (source === undefined || family(source) !== 'integer') return false;
  return (name === 'varchar' || name === 'nvarchar') && (length === -1 || length >= longestInteger);
}

/** CAST, CONVERT and their TRY_ forms. */
export function convert(
  value: Value,
  target: SqlType,
  environment: Environment,
  options: { readonly style?: Value | undefined; readonly lenient?: boolean } = {},
): Value {
  if (options.style === undefined && isDigitsInFull(value.type, target))
    return { ...valueOf(`(${value.sql})::text::bpchar`, target), nullable: value.nullable };
  const style = options.style === undefined ? 'NULL' : coerce(options.style, { name: 'int' }, environment).sql;
  const parts = [convertible(value, target, style), ...sizeArguments(target).map(String)];
  if (STYLED.has(target.name) && options.style !== undefined) parts.push(style);
  const codePage = codePageOf(environment.catalog.collation);
  if (CODED.has(target.name) && codePage !== 1252) parts.push(`code_page => ${codePage}`);
  const sql = `sys.${options.lenient === true ? 'try_' : ''}convert_${functionName(target)}(${parts.join(', ')})`;
  const keepsCollation = isString(target) && isString(value.type);
  return {
    ...valueOf(sql, target),
    nullable: value.nullable || options.lenient === true,
    ...(keepsCollation ? { collation: value.collation } : {}),
  };
}

/**
 * The conversion that T-SQL makes by itself where a value of another type is wanted. Lengths are not cut. Within one family
 * the value stays as it is, unless `exact`: then its PostgreSQL type is the target's.
 */
export function coerce(value: Value, target: SqlType, environment: Environment, exact = false): Value {
  if (isBareNull(value)) return { ...NULL_VALUE, sql: `NULL::${postgresType(target)}`, type: target };
  const source = value.type;
  if (source === undefined) return value;
  const [from, to] = [family(source), family(target)];
  if (from === to) {
    if (!exact || postgresType(source) === postgresType(target)) return value;
    return { ...value, sql: cast(value.sql, target), type: target, origin: undefined };
  }
  if (to === 'string') return { ...toText(value), type: target };
  if (isNative(from, to))
    return { ...value, sql: cast(value.sql, target), type: target, literal: undefined, origin: undefined };
  refuseImplicit(source, target);
  return { ...convert(value, target, environment), nullable: value.nullable };
}

function cast(sql: string, target: SqlType): string {
  return `(${sql})::${postgresType(target)}`;
}

/** Conversions in which PostgreSQL does what T-SQL does. */
function isNative(from: ReturnType<typeof family>, to: ReturnType<typeof family>): boolean {
  if (from === 'bit') return to === 'integer';
  if (from === 'integer') return to === 'numeric' || to === 'float';
  if (from === 'numeric' || from === 'money') return to === 'float' || (from === 'money' && to === 'numeric');
  return from === 'date' && to === 'datetime';
}

/** Throws 257 or 206 where T-SQL wants the conversion written out. */
function refuseImplicit(source: SqlType, target: SqlType): void {
  const [from, to] = [family(source), family(target)];
  const toDate = to === 'date' || to === 'time' || to === 'datetime' || to === 'datetimeoffset';
  const fromDate = from === 'date' || from === 'time' || from === 'datetime' || from === 'datetimeoffset';
  const toNumber = to === 'integer' || to === 'numeric' || to === 'money' || to === 'float' || to === 'bit';
  if (fromDate && toNumber && from === 'datetime') {
    throw new SqlServerError(
      257,
      `Implicit conversion from data type ${source.name} to ${target.name} is not allowed. Use the CONVERT function to run this query.`,
      16,
      3,
    );
  }
  const clash =
    (fromDate && toNumber) ||
    (toDate && to !== 'datetime' && (from === 'integer' || from === 'numeric' || from === 'float' || from === 'bit'));
  if (clash) {
    throw new SqlServerError(206, `Operand type clash: ${source.name} is incompatible with ${target.name}`, 16, 2);
  }
  if (from === 'string' && to === 'binary') {
    throw new SqlServerError(
      257,
      `Implicit conversion from data type ${source.name} to ${target.name} is not allowed. Use the CONVERT function to run this query.`,
      16,
      3,
    );
  }
}

/** The implicit conversion to a string. */
export function toText(value: Value): Value {
  const { type } = value;
  if (type === undefined) return { ...NULL_VALUE, sql: 'NULL::bpchar', type: { name: 'varchar', length: 1 } };
  if (isString(type)) return value;
  const varchar: SqlType = { name: 'varchar', length: 40 };
  const text = convertible(value, varchar, 'NULL');
  return { sql: `sys.to_string(${text})`, type: varchar, collation: { strength: 'default' }, nullable: value.nullable };
}

/** The value as it goes into a column: fitted, padded, or refused as SQL Server does. */
export function assignToColumn(
  value: Value,
  table: CatalogTable,
  column: CatalogColumn,
  environment: Environment,
): string {
  const { type } = column;
  if (isBareNull(value)) return `NULL::${postgresType(type)}`;
  const fitting = fittingText(value, type, environment);
  if (fitting !== undefined) return fitting;
  const parts = [
    convertible(value, type, 'NULL'),
    ...sizeArguments(type).map(String),
    quoteText(tableText(table)),
    quoteText(column.name),
  ];
  const codePage = codePageOf(type.collation ?? environment.catalog.collation);
  if (CODED.has(type.name) && codePage !== 1252) parts.push(`code_page => ${codePage}`);
  if (value.type !== undefined && family(value.type) !== family(type)) refuseImplicit(value.type, type);
  return `sys.assign_${functionName(type)}(${parts.join(', ')})`;
}

/** The value as it is, where it is known to fit: a literal, or a column of the same type that is no longer. */
function fittingText(value: Value, type: SqlType, environment: Environment): string | undefined {
  if (value.literal !== undefined) return literalText(value, value.literal, type, environment);
  const source = value.type;
  if (source === undefined || value.origin === undefined || source.name !== type.name) return undefined;
  if (SAME_ANYWHERE.has(type.name)) return value.sql;
  const isVarying = type.name === 'varchar' || type.name === 'nvarchar';
  if (isVarying) {
    const fits = type.length === -1 || (source.length !== -1 && (source.length ?? 0) <= (type.length ?? 0));
    const samePage = type.name === 'nvarchar' || pageOf(source, environment) === pageOf(type, environment);
    return fits && samePage ? value.sql : undefined;
  }
  const sameDigits = source.precision === type.precision && source.scale === type.scale;
  return family(type) === 'numeric' && sameDigits ? value.sql : undefined;
}

/** Types whose values are the same in every column. */
const SAME_ANYWHERE = new Set(['bit', 'tinyint', 'smallint', 'int', 'bigint', 'money', 'float', 'real', 'date', 'datetime', 'uniqueidentifier']); // prettier-ignore

function pageOf(type: SqlType, environment: Environment): number {
  return codePageOf(type.collation ?? environment.catalog.collation);
}

const INTEGERS: Readonly<Partial<Record<SqlType['name'], number>>> = { smallint: 32_767, int: 2_147_483_647 };

function literalText(value: Value, literal: string, type: SqlType, environment: Environment): string | undefined {
  if (isString(value.type)) {
    const fits =
      (type.name === 'nvarchar' || type.name === 'varchar') &&
      (type.length === -1 || literal.length <= (type.length ?? 0));
    const inPage =
      type.name === 'nvarchar' || (/^[\0-\x7f\xa0-\xff]*$/.test(literal) && pageOf(type, environment) === 1252);
    return fits && inPage ? value.sql : undefined;
  }
  const digits = /^-?(\d+)(?:\.(\d+))?$/.exec(literal);
  if (digits === null) return undefined;
  const [, whole = '', fraction = ''] = digits;
  switch (type.name) {
    case 'smallint':
    case 'int':
      return fraction === '' && Number(whole) <= (INTEGERS[type.name] ?? 0) ? value.sql : undefined;
    case 'bigint':
      return fraction === '' && whole.length <= 18 ? value.sql : undefined;
    case 'decimal':
    case 'numeric': {
      const room = (type.precision ?? 18) - (type.scale ?? 0);
      return fraction.length <= (type.scale ?? 0) && whole.length <= room ? value.sql : undefined;
    }
    case 'bit':
      return /^[01]$/.test(literal) ? String(literal === '1') : undefined;
    default:
      return undefined;
  }
}

/** A table's name as message 2628 has it, the database before it left out. */
function tableText(table: CatalogTable): string {
  return isTemporary(table.name) ? table.name : `${table.schema}.${table.name}`;
}

/** The value as it goes into a variable; typed as the variable. */
export function assignToVariable(value: Value, type: SqlType): string {
  if (isBareNull(value)) return typedAs(value, type);
  return `sys.assign_${functionName(type)}(${[convertible(value, type, 'NULL'), ...sizeArguments(type)].join(', ')})`;
}
