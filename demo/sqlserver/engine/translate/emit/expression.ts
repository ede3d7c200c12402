/** T-SQL values -> PostgreSQL. Conditions are in predicate.ts. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { Expression, Query } from '../syntax';
import { notSupported } from '../parse/cursor';
import { quoteText } from '../names';
import { commonType, family, isString, numberType, postgresType } from '../types';
import { arithmetic, negate } from './arithmetic';
import { emitCall } from './call';
import { codePageOf, findCollation } from './codePage';
import { coerce, convert } from './conversion';
import type { Environment } from './environment';
import { comparison, emitPredicate } from './predicate';
import { emitNextValue } from './sequence';
import { combineCollations, collate, isBareNull, NULL_VALUE, valueOf, type Value } from './value';

/** The longest text that varchar(n) holds, and what is longer is MAX. */
export function lengthOf(characters: number, national: boolean): number {
  return characters > (national ? 4000 : 8000) ? -1 : Math.max(1, characters);
}

export function stringLiteral(text: string, national: boolean, environment: Environment): Value {
  const type: SqlType = { name: national ? 'nvarchar' : 'varchar', length: lengthOf(text.length, national) };
  const sql = `${quoteText(text)}::bpchar`;
  if (national || /^[\0-\x7f\xa0-\xff]*$/.test(text)) return { ...valueOf(sql, type), nullable: false, literal: text };
  const codePage = codePageOf(environment.catalog.collation);
  const page = codePage === 1252 ? '' : `, code_page => ${codePage}`;
  return { ...valueOf(`sys.convert_varchar(${sql}, -1${page})`, type), nullable: false };
}

function numberLiteral(text: string): Value {
  const type = numberType(text);
  const isFloat = type.name === 'float';
  return { ...valueOf(isFloat ? `${text}::double precision` : text, type), nullable: false, literal: text };
}

export function emitValue(expression: Expression, environment: Environment): Value {
  switch (expression.kind) {
    case 'null':
      return NULL_VALUE;
    case 'number':
      return numberLiteral(expression.text);
    case 'money':
      return { ...valueOf(`(${expression.text})::sys.money`, { name: 'money' }), nullable: false };
    case 'string':
      return stringLiteral(expression.text, expression.national, environment);
    case 'binary': {
      const type: SqlType = { name: 'varbinary', length: Math.max(1, expression.hex.length / 2) };
      return { ...valueOf(`'\\x${expression.hex}'::bytea`, type), nullable: false };
    }
    case 'column':
      return environment.resolve(localPath(expression.path, environment));
    case 'variable':
      return emitVariable(expression.name, environment);
    case 'unary':
      return negate(expression.operator, emitValue(expression.operand, environment), environment);
    case 'arithmetic': {
      const [left, right] = [emitValue(expression.left, environment), emitValue(expression.right, environment)];
      return arithmetic(expression.operator, left, right, environment);
    }
    case 'parentheses':
      return emitValue(expression.inner, environment);
    case 'case':
      return emitCase(expression, environment);
    case 'call':
      return emitCall(expression.call, environment);
    case 'convert': {
      const style = expression.style === undefined ? undefined : emitValue(expression.style, environment);
      return convert(emitValue(expression.operand, environment), expression.type, environment, {
        style,
        lenient: expression.lenient,
      });
    }
    case 'collate':
      return emitCollate(expression.operand, expression.collation, environment);
    case 'subquery':
      return emitScalarQuery(expression.query, environment);
    case 'next value':
      return emitNextValue(expression.sequence, environment);
    case 'default':
      throw new SqlServerError(156, "Incorrect syntax near the keyword 'DEFAULT'.", 15);
    default:
      throw new SqlServerError(102, 'An expression of boolean type stands where a value is expected.', 15);
  }
}

/** A path without the name of the current database; another database is refused. */
export function localPath(path: readonly string[], environment: Environment): readonly string[] {
  if (path.length <= 3) return path;
  const [database = '', ...rest] = path;
  if (path.length === 4 && database.toLowerCase() === environment.catalog.database.toLowerCase()) return rest;
  throw notSupported(`A column of another database (${path.join('.')})`);
}

function emitVariable(name: string, environment: Environment): Value {
  const type = environment.run.variableType(name);
  const text = environment.flags.variables?.get(name);
  if (text !== undefined) return valueOf(text, type);
  const mark = environment.run.placeholder(name);
  const sql = family(type) === 'binary' ? `decode(${mark}::text, 'hex')` : `${mark}::${postgresType(type)}`;
  return valueOf(sql, type);
}

function emitCollate(operand: Expression, collation: string, environment: Environment): Value {
  const value = emitValue(operand, environment);
  if (!isString(value.type) && !isBareNull(value)) {
    throw new SqlServerError(447, `Expression type ${value.type?.name ?? ''} is invalid for COLLATE clause.`);
  }
  const name = resolveCollation(collation, environment);
  return {
    ...value,
    sql: collate(isBareNull(value) ? 'NULL::bpchar' : value.sql, name),
    type: value.type ?? { name: 'varchar', length: 1 },
    collation: { strength: 'explicit', name },
    literal: undefined,
    origin: undefined,
  };
}

/** A collation by the name in the statement. Throws 448 for one that there is not. */
export function resolveCollation(written: string, environment: Environment): string {
  if (written.toUpperCase() === 'DATABASE_DEFAULT') return environment.catalog.collation;
  const name = findCollation(written);
  if (name === undefined) throw new SqlServerError(448, `Invalid collation '${written}'.`);
  return name;
}

/** CASE: every branch in the common type; a CASE with an operand compares as `=` does. */
function emitCase(expression: Extract<Expression, { kind: 'case' }>, environment: Environment): Value {
  const operand = expression.operand === undefined ? undefined : emitValue(expression.operand, environment);
  const conditions = expression.branches.map(({ when }) =>
    operand === undefined
      ? emitPredicate(when, environment)
      : comparison('=', operand, emitValue(when, environment), environment),
  );
  const results = expression.branches.map(({ then }) => emitValue(then, environment));
  const otherwise = expression.otherwise === undefined ? NULL_VALUE : emitValue(expression.otherwise, environment);
  const [unified, type] = unify([...results, otherwise], environment);
  if (type === undefined) {
    throw new SqlServerError(8133, 'At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.'); // prettier-ignore
  }
  const branches = conditions.map((condition, index) => `WHEN ${condition} THEN ${unified[index]?.sql ?? 'NULL'}`);
  const sql = `(CASE ${branches.join(' ')} ELSE ${unified.at(-1)?.sql ?? 'NULL'} END)`;
  return { ...valueOf(sql, type, combineCollations(unified)), nullable: unified.some((value) => value.nullable) };
}

/** The values in their common type. The type is undefined where there are only NULLs. */
export function unify(
  values: readonly Value[],
  environment: Environment,
): readonly [readonly Value[], SqlType | undefined] {
  const types = values.flatMap((value) => (value.type === undefined ? [] : [value.type]));
  const [first, ...others] = types;
  if (first === undefined) return [values, undefined];
  const type = others.reduce((left, right) => commonType(left, right), first);
  return [values.map((value) => coerce(value, type, environment, true)), type];
}

function emitScalarQuery(query: Query, environment: Environment): Value {
  const { sql, columns } = environment.emitQuery(query, environment, { role: 'nested' });
  const [column, ...others] = columns;
  if (column === undefined || others.length > 0) {
    throw new SqlServerError(
      116,
      'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
    );
  }
  return { sql: `(${sql})`, type: column.value.type, collation: column.value.collation, nullable: true };
}
