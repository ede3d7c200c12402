/** T-SQL conditions -> PostgreSQL. */
import { SqlServerError } from '../../../contract';
import type { ComparisonOperator, Expression, Query } from '../syntax';
import { commonType, family, isNumber, isString, type Family } from '../types';
import { coerce, toText } from './conversion';
import type { Environment } from './environment';
import { emitValue } from './expression';
import { collate, combineCollations, isBareNull, needsDatabaseCollation, type Value } from './value';

const NAMES: Readonly<Record<ComparisonOperator, string>> = {
  '=': 'equal to',
  '<>': 'not equal to',
  '<': 'less than',
  '<=': 'less than or equal to',
  '>': 'greater than',
  '>=': 'greater than or equal to',
};

export function emitPredicate(expression: Expression, environment: Environment): string {
  switch (expression.kind) {
    case 'comparison': {
      const [left, right] = [emitValue(expression.left, environment), emitValue(expression.right, environment)];
      return comparison(expression.operator, left, right, environment);
    }
    case 'and':
    case 'or': {
      const [left, right] = [emitPredicate(expression.left, environment), emitPredicate(expression.right, environment)];
      return `(${left} ${expression.kind.toUpperCase()} ${right})`;
    }
    case 'not':
      return `(NOT ${emitPredicate(expression.operand, environment)})`;
    case 'parentheses':
      return emitPredicate(expression.inner, environment);
    case 'is null': {
      const value = emitValue(expression.operand, environment);
      return `(${value.sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`;
    }
    case 'like':
      return emitLike(expression, environment);
    case 'in':
      return emitIn(expression, environment);
    case 'between': {
      const [operand, low, high] = [expression.operand, expression.low, expression.high].map((part) =>
        emitValue(part, environment),
      ) as [Value, Value, Value];
      const inside = `(${comparison('>=', operand, low, environment)} AND ${comparison('<=', operand, high, environment)})`;
      return expression.negated ? `(NOT ${inside})` : inside;
    }
    case 'exists':
      return `EXISTS (${environment.emitQuery(expression.query, environment, { role: 'exists' }).sql})`;
    case 'quantified':
      return emitQuantified(expression, environment);
    default:
      throw new SqlServerError(4145, 'An expression of non-boolean type specified in a context where a condition is expected.', 15); // prettier-ignore
  }
}

/** `left operator right`, both in their common type; throws 468 where their collations differ. */
export function comparison(operator: ComparisonOperator, left: Value, right: Value, environment: Environment): string {
  const [a, b] = comparable(left, right, NAMES[operator], environment);
  return `(${a} ${operator} ${b})`;
}

function comparable(left: Value, right: Value, operation: string, environment: Environment): readonly [string, string] {
  const bits = bitComparison(left, right);
  if (bits !== undefined) return bits;
  const [a, b] = inCommonType(left, right, environment);
  if (!isString(a.type)) return [a.sql, b.sql];
  const collated = needsDatabaseCollation([a, b], operation);
  return [collated ? collate(a.sql, environment.catalog.collation) : a.sql, b.sql];
}

/** `bit = 1`: as PostgreSQL's own boolean, so that an index serves. */
function bitComparison(left: Value, right: Value): readonly [string, string] | undefined {
  const asBit = (value: Value): string | undefined => {
    if (value.type?.name === 'bit') return value.sql;
    if (value.type?.name !== 'int') return undefined;
    return value.literal === '1' ? 'true' : value.literal === '0' ? 'false' : undefined;
  };
  if (left.type?.name !== 'bit' && right.type?.name !== 'bit') return undefined;
  const [a, b] = [asBit(left), asBit(right)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

/** Families that PostgreSQL compares with one another as they are. */
const KINDRED: readonly (readonly Family[])[] = [
  ['integer', 'numeric', 'money', 'float'],
  ['date', 'datetime', 'datetimeoffset'],
];

function areKindred(left: Family, right: Family): boolean {
  return left === right || KINDRED.some((kin) => kin.includes(left) && kin.includes(right));
}

function inCommonType(left: Value, right: Value, environment: Environment): readonly [Value, Value] {
  if (left.type === undefined || right.type === undefined) {
    const type = left.type ?? right.type ?? { name: 'int' };
    return [coerce(left, type, environment), coerce(right, type, environment)];
  }
  if (areKindred(family(left.type), family(right.type))) return [left, right];
  const type = commonType(left.type, right.type);
  // A number's text is compared with all its digits: the column's own scale would round it.
  const wide = family(type) === 'numeric' ? { ...type, precision: 38, scale: Math.max(type.scale ?? 0, 10) } : type;
  return [coerce(left, wide, environment), coerce(right, wide, environment)];
}

function emitLike(expression: Extract<Expression, { kind: 'like' }>, environment: Environment): string {
  const parts = [
    expression.operand,
    expression.pattern,
    ...(expression.escape === undefined ? [] : [expression.escape]),
  ];
  const [operand, ...others] = parts.map((part) => toText(emitValue(part, environment)));
  if (operand === undefined) throw new SqlServerError(102, "Incorrect syntax near 'LIKE'.", 15);
  const collated = needsDatabaseCollation([operand, ...others.slice(0, 1)], 'like');
  const first = collated ? collate(operand.sql, environment.catalog.collation) : operand.sql;
  const call = `sys.like(${[first, ...others.map((value) => value.sql)].join(', ')})`;
  return expression.negated ? `(NOT ${call})` : call;
}

function emitIn(expression: Extract<Expression, { kind: 'in' }>, environment: Environment): string {
  const operand = emitValue(expression.operand, environment);
  const { choices } = expression;
  const sql = 'body' in choices ? inQuery(operand, choices, environment) : inList(operand, choices, environment);
  return expression.negated ? `(NOT ${sql})` : sql;
}

function inList(operand: Value, choices: readonly Expression[], environment: Environment): string {
  const values = choices.map((choice) => emitValue(choice, environment));
  const simple = values.every((value) => isSameKind(operand, value));
  if (!simple) return `(${values.map((value) => comparison('=', operand, value, environment)).join(' OR ')})`;
  const list = values.map((value) => (isBareNull(value) ? 'NULL' : value.sql)).join(', ');
  const collated = needsDatabaseCollation([operand, ...values], 'equal to');
  return `(${collated ? collate(operand.sql, environment.catalog.collation) : operand.sql} IN (${list}))`;
}

function isSameKind(operand: Value, value: Value): boolean {
  if (isBareNull(value)) return !isBareNull(operand);
  if (operand.type === undefined || value.type === undefined) return false;
  const [a, b] = [family(operand.type), family(value.type)];
  return a === b || (a !== 'bit' && b !== 'bit' && isNumber(operand.type) && isNumber(value.type));
}

/** The operand, and a one-column query in the type they have in common. */
function alignWithQuery(
  operand: Value,
  query: Query,
  operation: string,
  environment: Environment,
): readonly [string, string] {
  const first = environment.emitQuery(query, environment, { role: 'nested' });
  const [column, ...others] = first.columns;
  if (column === undefined || others.length > 0) {
    throw new SqlServerError(
      116,
      'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
    );
  }
  const collated = needsDatabaseCollation([operand, column.value], operation);
  const left = collated ? collate(operand.sql, environment.catalog.collation) : operand.sql;
  const [from, to] = [operand.type, column.value.type];
  if (from !== undefined && to !== undefined && areKindred(family(from), family(to))) return [left, first.sql];
  const type = from === undefined ? to : to === undefined ? from : commonType(from, to);
  if (type === undefined) return ['NULL::integer', first.sql];
  const targets = [{ type }];
  const { sql } = environment.emitQuery(query, environment, { role: 'nested', targets });
  return [isString(type) ? left : coerce(operand, type, environment).sql, sql];
}

function inQuery(operand: Value, query: Query, environment: Environment): string {
  const [left, sql] = alignWithQuery(operand, query, 'equal to', environment);
  return `(${left} IN (${sql}))`;
}

function emitQuantified(expression: Extract<Expression, { kind: 'quantified' }>, environment: Environment): string {
  const operand = emitValue(expression.operand, environment);
  const [left, sql] = alignWithQuery(operand, expression.query, NAMES[expression.operator], environment);
  return `(${left} ${expression.operator} ${expression.quantifier.toUpperCase()} (${sql}))`;
}

/** The conditions that AND joins. */
export function conjuncts(expression: Expression): readonly Expression[] {
  if (expression.kind === 'and') return [...conjuncts(expression.left), ...conjuncts(expression.right)];
  if (expression.kind === 'parentheses' && expression.inner.kind === 'and') return conjuncts(expression.inner);
  return [expression];
}

/** The value as a sort key, group key or argument of MIN and MAX: with the database's collation where it has none. */
export function sortable(value: Value, environment: Environment, operation = 'order by'): string {
  if (!isString(value.type)) return value.sql;
  const label = combineCollations([value], operation);
  if (label.strength === 'conflict') needsDatabaseCollation([value], operation);
  return label.strength === 'default' ? collate(value.sql, environment.catalog.collation) : value.sql;
}
