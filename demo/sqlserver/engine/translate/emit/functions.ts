/**
 * T-SQL's scalar functions that are functions of the prelude under the same name: what they take and what they give.
 * https://learn.microsoft.com/sql/t-sql/functions/functions
 */
import type { SqlType } from '../../../contract';
import { family, isNational, isString } from '../types';
import type { Value } from './value';

/** What an argument is converted to. */
export type Parameter =
  | 'string'
  | 'int'
  | 'bigint'
  | 'float'
  /** Any number; a string becomes float. */
  | 'number'
  /** Any date or time; a string becomes datetime. */
  | 'date'
  | 'binary or string'
  | 'any'
  /** A date part. */
  | 'part';

export interface ScalarFunction {
  readonly parameters: readonly Parameter[];
  /** How many of them may be left out, from the end. */
  readonly optional: number;
  /** More of the last one. */
  readonly variadic: boolean;
  readonly result: SqlType | ((values: readonly Value[]) => SqlType);
  /** The prelude's name for it, where it is another. */
  readonly name?: string | undefined;
  readonly neverNull: boolean;
}

const INT: SqlType = { name: 'int' };
const BIGINT: SqlType = { name: 'bigint' };
const SMALLINT: SqlType = { name: 'smallint' };
const FLOAT: SqlType = { name: 'float', precision: 53 };
const DATETIME: SqlType = { name: 'datetime' };
const NAME: SqlType = { name: 'nvarchar', length: 128 };
const NVARCHAR_MAX: SqlType = { name: 'nvarchar', length: -1 };
const NUMERIC: SqlType = { name: 'numeric', precision: 38, scale: 0 };
const VARIANT: SqlType = { name: 'sql_variant' };

type Result = ScalarFunction['result'];

function define(
  parameters: string,
  result: Result,
  options: { readonly name?: string; readonly neverNull?: boolean } = {},
): ScalarFunction {
  const list = parameters === '' ? [] : parameters.split(', ');
  const variadic = list.at(-1)?.endsWith('…') ?? false;
  const clean = list.map((parameter) => parameter.replace(/[?…]$/, '') as Parameter);
  return {
    parameters: clean,
    optional: list.filter((parameter) => parameter.endsWith('?')).length,
    variadic,
    result,
    name: options.name,
    neverNull: options.neverNull ?? false,
  };
}

/** The string type of the first argument without a fixed length: char becomes varchar, nchar nvarchar. */
function varying(index = 0, length?: (values: readonly Value[]) => number | undefined): Result {
  return (values) => {
    const type = values[index]?.type;
    const national = type !== undefined && isNational(type);
    const own = isString(type) ? (type?.length ?? -1) : 30;
    const wanted = length?.(values);
    return { name: national ? 'nvarchar' : 'varchar', length: wanted ?? (own === 0 ? 1 : own) };
  };
}

/** What is as long as a number literal says, at most as long as the string. */
function atMost(index: number): Result {
  return varying(0, (values) => {
    const n = Number(values[index]?.literal ?? NaN);
    const own = values[0]?.type?.length ?? -1;
    if (Number.isNaN(n) || n < 1) return undefined;
    return own === -1 ? undefined : Math.min(n, own);
  });
}

/** The string may grow: to 8000 bytes, or to MAX if it is one. */
const grown = varying(0, (values) => {
  const type = values[0]?.type;
  if (type?.length === -1) return -1;
  return type !== undefined && isNational(type) ? 4000 : 8000;
});

/** As the first argument, but small integers count as int. */
const firstNumber: Result = (values) => {
  const type = values[0]?.type ?? INT;
  if (family(type) === 'float') return FLOAT;
  return ['bit', 'tinyint', 'smallint'].includes(type.name) ? INT : type;
};

const wholeNumber: Result = (values) => {
  const type = values[0]?.type ?? INT;
  if (family(type) === 'numeric') return { ...type, scale: 0 };
  if (family(type) === 'float') return FLOAT;
  return ['bit', 'tinyint', 'smallint'].includes(type.name) ? INT : type;
};

/** The type of the date, datetime for a string. */
const dateOf = (index: number): Result => {
  return (values) => {
    const type = values[index]?.type ?? DATETIME;
    return ['date', 'time', 'datetime', 'datetimeoffset'].includes(family(type)) ? type : DATETIME;
  };
};

const substring: Result = (values) => {
  const type = values[0]?.type;
  if (type !== undefined && family(type) === 'binary') return { name: 'varbinary', length: type.length ?? -1 };
  const result = atMost(2);
  return typeof result === 'function' ? result(values) : result;
};

export const FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  // Strings
  len: define('string', INT),
  left: define('string, int', atMost(1)),
  right: define('string, int', atMost(1)),
  substring: define('binary or string, int, int', substring),
  charindex: define('string, string, int?', INT),
  patindex: define('string, string', INT),
  replace: define('string, string, string', grown),
  stuff: define('string, int, int, string', grown),
  upper: define('string', varying()),
  lower: define('string', varying()),
  ltrim: define('string', varying()),
  rtrim: define('string', varying()),
  reverse: define('string', varying()),
  replicate: define('string, int', grown),
  space: define('int', { name: 'varchar', length: 8000 }),
  translate: define('string, string, string', varying()),
  quotename: define('string, string?', { name: 'nvarchar', length: 258 }),
  str: define('float, int?, int?', { name: 'varchar', length: 40 }),
  ascii: define('string', INT),
  unicode: define('string', INT),
  char: define('int', { name: 'char', length: 1 }),
  nchar: define('int', { name: 'nchar', length: 1 }),
  parsename: define('string, int', NAME),
  formatmessage: define('string, any…', { name: 'nvarchar', length: 2047 }),
  isnumeric: define('any', INT, { neverNull: true }),
  isdate: define('any', INT, { neverNull: true }),
  hashbytes: define('string, binary or string', { name: 'varbinary', length: 8000 }),

  // Numbers
  abs: define('number', firstNumber),
  ceiling: define('number', wholeNumber),
  floor: define('number', wholeNumber),
  sign: define('number', firstNumber),
  round: define('number, int, int?', firstNumber),
  power: define('number, float', firstNumber),
  sqrt: define('float', FLOAT),
  square: define('float', FLOAT),
  exp: define('float', FLOAT),
  log: define('float, float?', FLOAT),
  log10: define('float', FLOAT),
  pi: define('', FLOAT, { neverNull: true }),
  rand: define('int?', FLOAT),
  sin: define('float', FLOAT),
  cos: define('float', FLOAT),
  tan: define('float', FLOAT),
  cot: define('float', FLOAT),
  asin: define('float', FLOAT),
  acos: define('float', FLOAT),
  atan: define('float', FLOAT),
  atn2: define('float, float', FLOAT),
  degrees: define('float', FLOAT),
  radians: define('float', FLOAT),

  // Dates
  getdate: define('', DATETIME, { neverNull: true }),
  getutcdate: define('', DATETIME, { neverNull: true }),
  current_timestamp: define('', DATETIME, { name: 'getdate', neverNull: true }),
  sysdatetime: define('', { name: 'datetime2', scale: 7 }, { neverNull: true }),
  sysutcdatetime: define('', { name: 'datetime2', scale: 7 }, { neverNull: true }),
  sysdatetimeoffset: define('', { name: 'datetimeoffset', scale: 7 }, { neverNull: true }),
  dateadd: define('part, number, date', dateOf(2)),
  datediff: define('part, date, date', INT),
  datediff_big: define('part, date, date', BIGINT),
  datepart: define('part, date', INT),
  datename: define('part, date', { name: 'nvarchar', length: 30 }),
  year: define('date', INT),
  month: define('date', INT),
  day: define('date', INT),
  eomonth: define('date, int?', { name: 'date' }),
  datefromparts: define('int, int, int', { name: 'date' }),
  datetimefromparts: define('int, int, int, int, int, int, int', DATETIME),

  // The database and its objects
  newid: define('', { name: 'uniqueidentifier' }, { neverNull: true }),
  newsequentialid: define('', { name: 'uniqueidentifier' }, { neverNull: true }),
  db_name: define('int?', NAME),
  db_id: define('string?', SMALLINT),
  object_id: define('string, string?', INT),
  object_name: define('int, int?', NAME),
  object_schema_name: define('int, int?', NAME),
  object_definition: define('int', NVARCHAR_MAX),
  objectproperty: define('int, string', INT),
  objectpropertyex: define('int, string', VARIANT),
  schema_name: define('int?', NAME),
  schema_id: define('string?', INT),
  col_name: define('int, int', NAME),
  col_length: define('string, string', SMALLINT),
  columnproperty: define('int, string, string', INT),
  indexproperty: define('int, string, string', INT),
  type_name: define('int', NAME),
  type_id: define('string', INT),
  ident_current: define('string', NUMERIC),
  ident_seed: define('string', NUMERIC),
  ident_incr: define('string', NUMERIC),
  databasepropertyex: define('string, string', VARIANT),
  serverproperty: define('string', VARIANT),
  user_name: define('int?', NAME),
  user_id: define('string?', INT),
  user: define('', NAME, { name: 'user_name' }),
  current_user: define('', NAME, { name: 'user_name' }),
  session_user: define('', NAME, { name: 'user_name' }),
  system_user: define('', NAME, { name: 'suser_sname' }),
  suser_sname: define('any?', NAME),
  suser_name: define('int?', NAME),
  original_login: define('', NAME),
  database_principal_id: define('string?', INT),
  host_name: define('', NAME),
  app_name: define('', NAME),
  is_member: define('string', INT),
  is_rolemember: define('string, string?', INT),
  is_srvrolemember: define('string, string?', INT),
  has_perms_by_name: define('string, string, string', INT),
  applock_mode: define('string, string, string', { name: 'nvarchar', length: 32 }),
  applock_test: define('string, string, string, string', SMALLINT),
};

/** Functions that only the session can answer, and the variable that it answers them by. */
export const SESSION_FUNCTIONS: Readonly<Record<string, string>> = {
  scope_identity: '@@scope_identity',
  rowcount_big: '@@rowcount',
  error_number: '@@error_number',
  error_message: '@@error_message',
  error_severity: '@@error_severity',
  error_state: '@@error_state',
  error_line: '@@error_line',
  error_procedure: '@@error_procedure',
  xact_state: '@@xact_state',
  context_info: '@@context_info',
  trigger_nestlevel: '@@trigger_nestlevel',
};
