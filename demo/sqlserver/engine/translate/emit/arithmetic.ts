/** Operators on values: `+` joins strings and adds numbers, what is divided stays whole or keeps T-SQL's digits. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { ArithmeticOperator } from '../syntax';
import { arithmeticType, commonType, family, isNational, isNumber, isString } from '../types';
import { coerce } from './conversion';
import type { Environment } from './environment';
import { combineCollations, isBareNull, NULL_VALUE, valueOf, type Value } from './value';

const POSTGRES: Readonly<Record<ArithmeticOperator, string>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
  '&': '&',
  '|': '|',
  '^': '#',
};
const NAMES: Readonly<Record<ArithmeticOperator, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
  '&': "'&'",
  '|': "'|'",
  '^': "'^'",
};

export function arithmetic(operator: ArithmeticOperator, left: Value, right: Value, environment: Environment): Value {
  const [a, b] = alignNulls(left, right);
  if (a.type === undefined || b.type === undefined) return NULL_VALUE;
  const nullable = a.nullable || b.nullable;
  if (operator === '+' && isString(a.type) && isString(b.type)) return { ...concatenate(a, b), nullable };
  if (operator === '+' && family(a.type) === 'binary' && family(b.type) === 'binary') {
    return { ...valueOf(`(${a.sql} || ${b.sql})`, joined(a.type, b.type, 'varbinary')), nullable };
  }
  if (isDate(a.type) || isDate(b.type))
    return { ...dateArithmetic(operator, a, b, a.type, b.type, environment), nullable };
  return { ...numberArithmetic(operator, a, b, environment), nullable };
}

/** A bare NULL takes the other side's type. */
function alignNulls(left: Value, right: Value): readonly [Value, Value] {
  if (isBareNull(left) && isBareNull(right)) {
    const int: Value = { ...NULL_VALUE, sql: 'NULL::integer', type: { name: 'int' } };
    return [int, int];
  }
  const typed = (value: Value, other: Value): Value =>
    isBareNull(value) ? { ...value, type: other.type, sql: isString(other.type) ? 'NULL::bpchar' : 'NULL' } : value;
  return [typed(left, right), typed(right, left)];
}

function joined(a: SqlType, b: SqlType, name: 'varchar' | 'nvarchar' | 'varbinary'): SqlType {
  const longest = name === 'nvarchar' ? 4000 : 8000;
  const [one, other] = [a.length ?? -1, b.length ?? -1];
  return { name, length: one === -1 || other === -1 ? -1 : Math.min(longest, one + other) };
}

export function concatenate(a: Value, b: Value): Value {
  const national = [a, b].some((value) => value.type !== undefined && isNational(value.type));
  const type = joined(a.type ?? { name: 'varchar' }, b.type ?? { name: 'varchar' }, national ? 'nvarchar' : 'varchar');
  return valueOf(`(${a.sql} + ${b.sql})`, type, combineCollations([a, b], 'add'));
}

function isDate(type: SqlType): boolean {
  return ['date', 'time', 'datetime', 'datetimeoffset'].includes(family(type));
}

/** Only datetime and smalldatetime know + and -: with days, or with one another. */
function dateArithmetic(
  operator: ArithmeticOperator,
  a: Value,
  b: Value,
  left: SqlType,
  right: SqlType,
  environment: Environment,
): Value {
  const clash = [left, right].find((type) => isDate(type) && type.name !== 'datetime' && type.name !== 'smalldatetime');
  if (clash !== undefined || (operator !== '+' && operator !== '-')) {
    const other = clash === left ? right : left;
    throw new SqlServerError(
      206,
      `Operand type clash: ${other.name} is incompatible with ${(clash ?? left).name}`,
      16,
      2,
    );
  }
  const datetime: SqlType = { name: 'datetime' };
  if (isNumber(left) || isNumber(right)) {
    const days = (value: Value, type: SqlType): string =>
      isNumber(type) ? coerce(value, { name: 'float' }, environment).sql : value.sql;
    return valueOf(`(${days(a, left)} ${operator} ${days(b, right)})`, isNumber(left) ? right : left);
  }
  const [from, to] = [coerce(a, datetime, environment), coerce(b, datetime, environment)];
  const seconds = `extract(epoch FROM (${to.sql} - timestamp '1900-01-01'))`;
  return valueOf(`(${from.sql} ${operator} (${seconds} / 86400)::double precision)`, datetime);
}

function numberArithmetic(operator: ArithmeticOperator, a: Value, b: Value, environment: Environment): Value {
  const [left, right] = [operandType(a, b), operandType(b, a)];
  const common = commonType(left, right);
  if (!isNumber(common)) throw invalidOperands(operator, left, right);
  const target = common.name === 'bit' && operator !== '&' && operator !== '|' && operator !== '^' ? INT : common;
  if (target.name === 'bit') return bitwiseOnBits(operator, a, b);
  const [one, other] = [number(a, left, target, environment), number(b, right, target, environment)];
  const type = arithmeticType(operator, numeric(left, target), numeric(right, target));
  const sql = `(${one.sql} ${POSTGRES[operator]} ${other.sql})`;
  return valueOf(rounded(sql, operator, type), type);
}

const INT: SqlType = { name: 'int' };

/** A whole number as written has just its digits where it meets a decimal. */
function operandType(value: Value, other: Value): SqlType {
  const type = value.type ?? INT;
  const meetsDecimal = other.type !== undefined && family(other.type) === 'numeric';
  if (type.name !== 'int' || value.literal === undefined || !meetsDecimal) return type;
  return { name: 'numeric', precision: value.literal.replace('-', '').length, scale: 0 };
}

function numeric(type: SqlType, target: SqlType): SqlType {
  return isNumber(type) ? type : target;
}

/** The value as a number that PostgreSQL's operator takes as T-SQL's does. */
function number(value: Value, type: SqlType, target: SqlType, environment: Environment): Value {
  if (!isNumber(type)) return coerce(value, target, environment);
  if (family(type) === 'bit') return coerce(value, family(target) === 'integer' ? target : INT, environment);
  // PostgreSQL takes a long integer literal for bigint, and would divide without a remainder.
  if (family(type) === 'numeric' && value.literal !== undefined && !value.literal.includes('.')) {
    return { ...value, sql: `${value.sql}::numeric` };
  }
  return value;
}

function rounded(sql: string, operator: ArithmeticOperator, type: SqlType): string {
  switch (family(type)) {
    case 'money':
      return `${sql}::${type.name === 'money' ? 'sys.money' : 'sys.smallmoney'}`;
    case 'numeric':
      if (operator === '/') return `trunc(${sql}, ${type.scale ?? 0})`;
      return operator === '*' && type.precision === 38 ? `round(${sql}, ${type.scale ?? 0})` : sql;
    case 'float':
      return type.name === 'real' ? `${sql}::real` : sql;
    default:
      return sql;
  }
}

function bitwiseOnBits(operator: ArithmeticOperator, a: Value, b: Value): Value {
  const symbol = operator === '&' ? 'AND' : operator === '|' ? 'OR' : '<>';
  return valueOf(`(${a.sql} ${symbol} ${b.sql})`, { name: 'bit' });
}

function invalidOperands(operator: ArithmeticOperator, left: SqlType, right: SqlType): SqlServerError {
  if (isString(left) && isString(right)) {
    return new SqlServerError(8117, `Operand data type ${left.name} is invalid for ${NAMES[operator]} operator.`);
  }
  return new SqlServerError(
    402,
    `The data types ${left.name} and ${right.name} are incompatible in the ${NAMES[operator]} operator.`,
  );
}

export function negate(operator: '-' | '~', value: Value, environment: Environment): Value {
  const type = value.type ?? INT;
  if (operator === '~') {
    if (type.name === 'bit') return { ...valueOf(`(NOT ${value.sql})`, type), nullable: value.nullable };
    return { ...valueOf(`(~ ${value.sql})`, type), nullable: value.nullable };
  }
  if (!isNumber(type)) {
    const number = coerce(value, INT, environment);
    return valueOf(`(- ${number.sql})`, INT);
  }
  const operand = type.name === 'bit' ? coerce(value, INT, environment) : value;
  const sql = `(- ${isBareNull(value) ? 'NULL::integer' : operand.sql})`;
  const suffix = family(type) === 'money' ? `::sys.${type.name}` : '';
  const literal = value.literal === undefined ? undefined : `-${value.literal}`;
  return { ...valueOf(sql + suffix, operand.type ?? INT), nullable: value.nullable, literal };
}
