/** Function calls: T-SQL's own forms (ISNULL, IIF, CONCAT, …) and the functions of the prelude. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { Call } from '../syntax';
import { quoteText } from '../names';
import { commonType, family, isNational, isNumber, isString, postgresType } from '../types';
import { AGGREGATES, emitAggregate } from './aggregate';
import { codePageOf } from './codePage';
import { coerce, convert, toText } from './conversion';
import { format, fromParts } from './dateParts';
import type { Environment } from './environment';
import { emitValue, lengthOf, unify } from './expression';
import { FUNCTIONS, SESSION_FUNCTIONS, type Parameter, type ScalarFunction } from './functions';
import { comparison, emitPredicate } from './predicate';
import { combineCollations, collate, isBareNull, NULL_VALUE, valueOf, type Value } from './value';

type Form = (call: Call, environment: Environment) => Value;

export function emitCall(call: Call, environment: Environment): Value {
  if (call.schema !== undefined) throw unknownUserFunction(call);
  if (AGGREGATES.has(call.name)) return emitAggregate(call, environment);
  if (call.over !== undefined || call.withinGroup !== undefined || call.distinct || call.star) {
    throw new SqlServerError(195, `'${call.name.toUpperCase()}' is not a recognized aggregate function.`, 15, 10);
  }
  const form = FORMS[call.name];
  if (form !== undefined) return form(call, environment);
  const variable = SESSION_FUNCTIONS[call.name];
  if (variable !== undefined && call.arguments.length === 0)
    return emitValue({ kind: 'variable', name: variable }, environment);
  const scalar = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  if (scalar === undefined) {
    throw new SqlServerError(195, `'${call.name}' is not a recognized built-in function name.`, 15, 10);
  }
  return emitScalar(call, scalar, environment);
}

function unknownUserFunction(call: Call): SqlServerError {
  const schema = call.schema ?? '';
  return new SqlServerError(
    4121,
    `Cannot find either column "${schema}" or the user-defined function or aggregate "${schema}.${call.name}", or the name is ambiguous.`,
  );
}

function emitScalar(call: Call, scalar: ScalarFunction, environment: Environment): Value {
  const { parameters, optional, variadic } = scalar;
  const given = call.arguments.length;
  if (given < parameters.length - optional || (!variadic && given > parameters.length)) {
    throw argumentCount(call.name, parameters.length - optional, parameters.length);
  }
  const values = call.arguments.map((argument, index) => {
    const parameter = parameters[Math.min(index, parameters.length - 1)] ?? 'any';
    return argumentOf(emitValue(argument, environment), parameter, environment);
  });
  const type = typeof scalar.result === 'function' ? scalar.result(values) : scalar.result;
  const collation = combineCollations(values, call.name);
  const parts = values.map((value) => value.sql);
  const [firstString] = values.flatMap((value, index) => (isString(value.type) ? [index] : []));
  if (COLLATED.has(call.name) && firstString !== undefined && collation.strength === 'default') {
    parts[firstString] = collate(parts[firstString] ?? '', environment.catalog.collation);
  }
  const sql = `sys.${quoted(scalar.name ?? call.name)}(${parts.join(', ')})`;
  return {
    ...valueOf(sameType(sql, type), type, isString(type) ? collation : undefined),
    nullable: !scalar.neverNull,
  };
}

/** Functions whose answer hangs on how strings compare. */
const COLLATED = new Set(['charindex', 'patindex', 'replace']);

/** Names that PostgreSQL's grammar gives another meaning, even behind a schema. */
function quoted(name: string): string {
  return /^(left|right|substring|current_timestamp|user|char|nchar|abs|round)$/.test(name) ? `"${name}"` : name;
}

/** Money goes into PostgreSQL's functions as numeric and has to be made money again. */
function sameType(sql: string, type: SqlType): string {
  return family(type) === 'money' ? `(${sql})::${postgresType(type)}` : sql;
}

function argumentCount(name: string, least: number, most: number): SqlServerError {
  const count = least === most ? `${most} argument(s)` : `${least} to ${most} arguments`;
  return new SqlServerError(174, `The ${name} function requires ${count}.`, 15);
}

function argumentOf(value: Value, parameter: Parameter, environment: Environment): Value {
  switch (parameter) {
    case 'string':
      return toText(value);
    case 'binary or string':
      return value.type !== undefined && family(value.type) === 'binary' ? value : toText(value);
    case 'int':
    case 'bigint':
      return whole(value, { name: parameter }, environment);
    case 'float':
      return coerce(value, { name: 'float', precision: 53 }, environment, true);
    case 'number':
      return anyNumber(value, environment);
    case 'date':
      return anyDate(value, environment);
    case 'part':
      return { ...value, sql: quoteText((value.literal ?? '').toLowerCase()), type: undefined };
    case 'any':
      return isBareNull(value) ? { ...value, sql: 'NULL::bpchar' } : value;
  }
}

function whole(value: Value, type: SqlType, environment: Environment): Value {
  if (value.type !== undefined && ['numeric', 'money', 'float'].includes(family(value.type))) {
    return { ...convert(value, type, environment), literal: value.literal };
  }
  return coerce(value, type, environment, type.name === 'bigint');
}

function anyNumber(value: Value, environment: Environment): Value {
  if (value.type === undefined) return coerce(value, { name: 'int' }, environment);
  if (value.type.name === 'bit') return coerce(value, { name: 'int' }, environment);
  if (value.type.name === 'smallmoney') return { ...value, sql: `(${value.sql})::sys.money` };
  if (family(value.type) === 'numeric' && value.literal !== undefined)
    return { ...value, sql: `${value.sql}::numeric` };
  return isNumber(value.type) ? value : coerce(value, { name: 'float', precision: 53 }, environment);
}

function anyDate(value: Value, environment: Environment): Value {
  const type = value.type ?? { name: 'varchar' };
  if (['date', 'time', 'datetime', 'datetimeoffset'].includes(family(type))) return value;
  return coerce(value, { name: 'datetime' }, environment);
}

const FORMS: Readonly<Record<string, Form | undefined>> = {
  isnull(call, environment) {
    const [checked, replacement] = pair(call, environment);
    if (isBareNull(checked)) return replacement;
    const type = checked.type ?? { name: 'int' };
    const other = fitted(coerce(replacement, type, environment, true), checked, environment);
    const collation = combineCollations([checked, other], 'isnull');
    const sql = `COALESCE(${checked.sql}, ${other.sql})`;
    return { ...valueOf(sameType(sql, type), type, collation), nullable: other.nullable };
  },

  coalesce(call, environment) {
    if (call.arguments.length < 2) throw argumentCount('coalesce', 2, 2);
    const values = call.arguments.map((argument) => emitValue(argument, environment));
    const [unified, type] = unify(values, environment);
    if (type === undefined) {
      throw new SqlServerError(4127, 'At least one of the arguments to COALESCE must be an expression that is not the NULL constant.'); // prettier-ignore
    }
    const sql = `COALESCE(${unified.map((value) => value.sql).join(', ')})`;
    const nullable = unified.every((value) => value.nullable);
    return { ...valueOf(sameType(sql, type), type, combineCollations(unified)), nullable };
  },

  nullif(call, environment) {
    const [value, other] = pair(call, environment);
    if (isBareNull(value)) {
      throw new SqlServerError(4151, 'The type of the first argument to NULLIF cannot be the NULL constant because the type of the first argument has to be known.'); // prettier-ignore
    }
    const sql = `(CASE WHEN ${comparison('=', value, other, environment)} THEN NULL ELSE ${value.sql} END)`;
    return valueOf(sql, value.type, value.collation);
  },

  iif(call, environment) {
    const [condition, ...branches] = call.arguments;
    if (condition === undefined || branches.length !== 2) throw argumentCount('iif', 3, 3);
    const test = emitPredicate(condition, environment);
    const [unified, type] = unify(
      branches.map((branch) => emitValue(branch, environment)),
      environment,
    );
    const [then, otherwise] = unified;
    const sql = `(CASE WHEN ${test} THEN ${then?.sql ?? 'NULL'} ELSE ${otherwise?.sql ?? 'NULL'} END)`;
    return { ...valueOf(sql, type, combineCollations(unified)), nullable: unified.some((value) => value.nullable) };
  },

  choose(call, environment) {
    const [index, ...choices] = call.arguments;
    if (index === undefined || choices.length === 0) throw argumentCount('choose', 2, 255);
    const chosen = whole(emitValue(index, environment), { name: 'int' }, environment);
    const [unified, type] = unify(
      choices.map((choice) => emitValue(choice, environment)),
      environment,
    );
    const branches = unified.map((value, at) => `WHEN ${at + 1} THEN ${value.sql}`);
    return valueOf(`(CASE ${chosen.sql} ${branches.join(' ')} END)`, type, combineCollations(unified));
  },

  concat: (call, environment) => joinStrings(call, environment, 'concat'),
  concat_ws: (call, environment) => joinStrings(call, environment, 'concat_ws'),

  datalength(call, environment) {
    const [argument] = call.arguments;
    if (argument === undefined || call.arguments.length > 1) throw argumentCount('datalength', 1, 1);
    const value = emitValue(argument, environment);
    const int: SqlType = { name: value.type?.length === -1 ? 'bigint' : 'int' };
    return valueOf(dataLength(value, environment) + (int.name === 'bigint' ? '::bigint' : ''), int);
  },

  trim(call, environment) {
    const parts = call.arguments.map((argument) => toText(emitValue(argument, environment)));
    // TRIM(characters FROM value): the value comes last.
    const value = parts.at(-1);
    if (value === undefined || parts.length > 2) throw argumentCount('trim', 1, 2);
    const sql = `sys.trim(${[...parts]
      .reverse()
      .map((part) => part.sql)
      .join(', ')})`;
    return { ...valueOf(sql, value.type, value.collation), nullable: value.nullable };
  },

  format,
  timefromparts: fromParts,
  datetime2fromparts: fromParts,
  smalldatetimefromparts: fromParts,

  greatest: (call, environment) => extreme(call, environment, '>'),
  least: (call, environment) => extreme(call, environment, '<'),
};

function pair(call: Call, environment: Environment): readonly [Value, Value] {
  const [left, right] = call.arguments;
  if (left === undefined || right === undefined || call.arguments.length > 2) throw argumentCount(call.name, 2, 2);
  return [emitValue(left, environment), emitValue(right, environment)];
}

/** ISNULL's second argument is cut to the length of the first. */
function fitted(value: Value, model: Value, environment: Environment): Value {
  const { type } = model;
  const sized = type !== undefined && isString(type) && type.length !== undefined && type.length > 0;
  const length = value.literal?.length ?? Infinity;
  if (!sized || length <= (type.length ?? 0)) return value;
  const cut =
    type.name === 'char' || type.name === 'nchar'
      ? { ...type, name: `${type.name === 'char' ? '' : 'n'}varchar` as const }
      : type;
  return convert(value, cut, environment);
}

function joinStrings(call: Call, environment: Environment, name: string): Value {
  if (call.arguments.length < 2) throw argumentCount(name, 2, 254);
  const values = call.arguments.map((argument) => toText(emitValue(argument, environment)));
  const national = values.some((value) => value.type !== undefined && isNational(value.type));
  const lengths = values.map((value) => value.type?.length ?? -1);
  const total = lengths.includes(-1)
    ? -1
    : lengthOf(
        lengths.reduce((sum, length) => sum + length, 0),
        national,
      );
  const type: SqlType = { name: national ? 'nvarchar' : 'varchar', length: total };
  const sql = `sys.${name}(${values.map((value) => value.sql).join(', ')})`;
  return { ...valueOf(sql, type, combineCollations(values, 'concat')), nullable: false };
}

/** Bytes: two for each UTF-16 unit of n types, one for each character of the others' code page. */
function dataLength(value: Value, environment: Environment): string {
  const { type } = value;
  if (type === undefined) return 'NULL::integer';
  switch (family(type)) {
    case 'string': {
      if (isNational(type)) return `sys.datalength_n(${value.sql})`;
      const codePage = codePageOf(type.collation ?? environment.catalog.collation);
      return `sys.datalength_c(${value.sql}${codePage === 1252 ? '' : `, ${codePage}`})`;
    }
    case 'binary':
      return `octet_length(${value.sql})`;
    default: {
      const bytes = STORAGE_BYTES[type.name];
      return bytes === undefined
        ? `sys.datalength(${value.sql})`
        : `(CASE WHEN ${value.sql} IS NOT NULL THEN ${bytes} END)`;
    }
  }
}

const STORAGE_BYTES: Readonly<Partial<Record<SqlType['name'], number>>> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  smallmoney: 4,
  money: 8,
  real: 4,
  float: 8,
  uniqueidentifier: 16,
  date: 3,
  smalldatetime: 4,
  datetime: 8,
};

function extreme(call: Call, environment: Environment, operator: '>' | '<'): Value {
  const values = call.arguments.map((argument) => emitValue(argument, environment));
  const [unified, type] = unify(values, environment);
  const [first, ...others] = unified;
  if (first === undefined || type === undefined) return NULL_VALUE;
  const collated = isString(type) && combineCollations(unified).strength === 'default';
  const head = collated ? collate(first.sql, environment.catalog.collation) : first.sql;
  const sql = `${operator === '>' ? 'GREATEST' : 'LEAST'}(${[head, ...others.map((value) => value.sql)].join(', ')})`;
  return valueOf(sameType(sql, unified.reduce((common, value) => commonType(common, value.type ?? common), type)), type, combineCollations(unified)); // prettier-ignore
}
