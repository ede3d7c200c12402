/** Aggregates and window functions, with the result types that T-SQL gives them. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { Call, SortKey, Window } from '../syntax';
import { quoteName } from '../names';
import { family, isNational, postgresType } from '../types';
import { coerce, toText } from './conversion';
import type { Environment } from './environment';
import { emitValue } from './expression';
import { sortable } from './predicate';
import { combineCollations, valueOf, type Value } from './value';

interface Aggregate {
  /** The bare aggregate call. */
  readonly sql: string;
  readonly type: SqlType | undefined;
  readonly collation?: Value['collation'];
  /** Puts the result, which may have an OVER behind it, into T-SQL's type. */
  readonly finish?: (sql: string) => string;
  readonly neverNull?: boolean;
}

const BIGINT: SqlType = { name: 'bigint' };
const INT: SqlType = { name: 'int' };
const FLOAT: SqlType = { name: 'float', precision: 53 };

const RANKING: Readonly<Record<string, SqlType>> = {
  row_number: BIGINT,
  rank: BIGINT,
  dense_rank: BIGINT,
  ntile: BIGINT,
  percent_rank: FLOAT,
  cume_dist: FLOAT,
};
const STATISTICS: Readonly<Record<string, string>> = {
  stdev: 'stddev_samp',
  stdevp: 'stddev_pop',
  var: 'var_samp',
  varp: 'var_pop',
};
const OFFSETS = new Set(['lag', 'lead', 'first_value', 'last_value']);

export const AGGREGATES: ReadonlySet<string> = new Set([
  'count',
  'count_big',
  'approx_count_distinct',
  'sum',
  'avg',
  'min',
  'max',
  'string_agg',
  'grouping',
  ...Object.keys(STATISTICS),
  ...Object.keys(RANKING),
  ...OFFSETS,
]);

export function emitAggregate(call: Call, environment: Environment): Value {
  const onlyWindowed = Object.hasOwn(RANKING, call.name) || OFFSETS.has(call.name);
  if (onlyWindowed && call.over === undefined) {
    throw new SqlServerError(10753, `The function '${call.name}' must have an OVER clause.`, 15);
  }
  const inner = environment.withFlags({ inAggregate: true });
  if (environment.flags.inAggregate && call.over === undefined) {
    throw new SqlServerError(
      130,
      'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
    );
  }
  const aggregate = aggregateOf(call, call.over === undefined ? inner : environment);
  const over = call.over === undefined ? '' : ` OVER (${emitWindow(call.over, environment)})`;
  const sql = aggregate.finish?.(`${aggregate.sql}${over}`) ?? `${aggregate.sql}${over}`;
  return {
    ...valueOf(`(${sql})`, aggregate.type, aggregate.collation),
    nullable: aggregate.neverNull !== true,
  };
}

function aggregateOf(call: Call, environment: Environment): Aggregate {
  const ranking = RANKING[call.name];
  if (ranking !== undefined) {
    const values = call.arguments.map((argument) => coerce(emitValue(argument, environment), INT, environment).sql);
    return { sql: `${call.name}(${values.join(', ')})`, type: ranking, neverNull: true };
  }
  if (call.star) {
    if (call.name === 'count') return { sql: 'count(*)', type: INT, finish: castTo('integer'), neverNull: true };
    if (call.name === 'count_big') return { sql: 'count(*)', type: BIGINT, neverNull: true };
  }
  const [argument] = call.arguments;
  if (argument === undefined || call.star) {
    throw new SqlServerError(174, `The ${call.name} function requires 1 argument(s).`, 15);
  }
  const value = emitValue(argument, environment);
  if (OFFSETS.has(call.name)) return offset(call, value, environment);
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const all = `${distinct}${sortable(value, environment, call.name)}`;
  const type = value.type ?? INT;
  switch (call.name) {
    case 'count':
      return { sql: `count(${all})`, type: INT, finish: castTo('integer'), neverNull: true };
    case 'count_big':
      return { sql: `count(${all})`, type: BIGINT, neverNull: true };
    case 'approx_count_distinct':
      return { sql: `count(DISTINCT ${sortable(value, environment)})`, type: BIGINT, neverNull: true };
    case 'min':
    case 'max':
      if (type.name === 'bit') throw invalidOperand(call.name, type);
      return {
        sql: `${call.name}(${all})`,
        type,
        collation: value.collation,
        finish: castTo(postgresType(type)),
      };
    case 'sum':
      return sum(value, distinct, environment);
    case 'avg':
      return average(value, distinct, environment);
    case 'grouping':
      return { sql: `grouping(${value.sql})`, type: { name: 'tinyint' }, finish: castTo('smallint') };
    case 'string_agg':
      return joined(call, value, environment);
    default: {
      const name = STATISTICS[call.name] ?? call.name;
      const float = coerce(value, FLOAT, environment);
      return { sql: `${name}(${distinct}${float.sql})`, type: FLOAT, finish: castTo('double precision') };
    }
  }
}

function castTo(type: string): (sql: string) => string {
  return (sql) => `(${sql})::${type}`;
}

function invalidOperand(name: string, type: SqlType): SqlServerError {
  return new SqlServerError(8117, `Operand data type ${type.name} is invalid for ${name} operator.`);
}

function sum(value: Value, distinct: string, environment: Environment): Aggregate {
  const type = value.type ?? INT;
  const call = (sql: string): string => `sum(${distinct}${sql})`;
  switch (family(type)) {
    case 'integer':
      return type.name === 'bigint'
        ? { sql: call(value.sql), type: BIGINT, finish: castTo('bigint') }
        : { sql: call(value.sql), type: INT, finish: castTo('integer') };
    case 'numeric':
      return { sql: call(value.sql), type: { name: 'numeric', precision: 38, scale: type.scale ?? 0 } };
    case 'money':
      return { sql: call(value.sql), type: { name: 'money' }, finish: castTo('sys.money') };
    case 'float':
      return { sql: call(coerce(value, FLOAT, environment, true).sql), type: FLOAT };
    default:
      throw invalidOperand('sum', type);
  }
}

function average(value: Value, distinct: string, environment: Environment): Aggregate {
  const type = value.type ?? INT;
  const call = (sql: string): string => `avg(${distinct}${sql})`;
  switch (family(type)) {
    case 'integer': {
      const result = type.name === 'bigint' ? BIGINT : INT;
      return { sql: call(value.sql), type: result, finish: (sql) => `trunc(${sql})::${postgresType(result)}` };
    }
    case 'numeric': {
      const scale = Math.max(type.scale ?? 0, 6);
      return {
        sql: call(value.sql),
        type: { name: 'numeric', precision: 38, scale },
        finish: (sql) => `trunc(${sql}, ${scale})`,
      };
    }
    case 'money':
      return { sql: call(value.sql), type: { name: 'money' }, finish: castTo('sys.money') };
    case 'float':
      return { sql: call(coerce(value, FLOAT, environment, true).sql), type: FLOAT };
    default:
      throw invalidOperand('avg', type);
  }
}

function joined(call: Call, value: Value, environment: Environment): Aggregate {
  const separator = call.arguments[1];
  if (separator === undefined) throw new SqlServerError(174, 'The string_agg function requires 2 argument(s).', 15);
  const [text, between] = [toText(value), toText(emitValue(separator, environment))];
  const order = call.withinGroup === undefined ? '' : ` ORDER BY ${emitSortKeys(call.withinGroup, environment)}`;
  const national = text.type !== undefined && isNational(text.type);
  const length = value.type?.length === -1 ? -1 : national ? 4000 : 8000;
  return {
    sql: `sys.string_agg(${text.sql}, ${between.sql}${order})`,
    type: { name: national ? 'nvarchar' : 'varchar', length },
    collation: combineCollations([text]),
  };
}

function offset(call: Call, value: Value, environment: Environment): Aggregate {
  const [, distance, otherwise] = call.arguments;
  const parts = [value.sql];
  if (distance !== undefined) parts.push(coerce(emitValue(distance, environment), INT, environment).sql);
  if (otherwise !== undefined) {
    parts.push(coerce(emitValue(otherwise, environment), value.type ?? INT, environment, true).sql);
  }
  return { sql: `${call.name}(${parts.join(', ')})`, type: value.type, collation: value.collation };
}

function emitWindow(window: Window, environment: Environment): string {
  const parts: string[] = [];
  if (window.partitionBy.length > 0) {
    const keys = window.partitionBy.map((key) => sortable(emitValue(key, environment), environment));
    parts.push(`PARTITION BY ${keys.join(', ')}`);
  }
  const order = isArbitrary(window.orderBy) ? keyOrder(environment) : emitSortKeys(window.orderBy, environment);
  if (order !== '') parts.push(`ORDER BY ${order}`);
  if (window.frame !== undefined) parts.push(window.frame);
  return parts.join(' ');
}

/** `ORDER BY (SELECT NULL)`: no order that the statement would care for. */
function isArbitrary(keys: readonly SortKey[]): boolean {
  return (
    keys.length === 1 &&
    keys.every(
      ({ expression }) =>
        expression.kind === 'subquery' && 'from' in expression.query.body && expression.query.body.from.length === 0,
    )
  );
}

/** The order of the first table's key, in which SQL Server happens to read. */
function keyOrder({ scope, flags }: Environment): string {
  if (flags.grouped === true) return '';
  const [first] = scope?.sources ?? [];
  return (first?.table?.key ?? []).map((column) => `${first?.alias ?? ''}.${quoteName(column)}`).join(', ');
}

/** Sort keys that are expressions; SQL Server sorts NULL below everything else. */
export function emitSortKeys(keys: readonly SortKey[], environment: Environment): string {
  return keys
    .map(({ expression, descending }) => {
      const value = emitValue(expression, environment);
      return sortKey(sortable(value, environment), descending, value.nullable);
    })
    .join(', ');
}

export function sortKey(sql: string, descending: boolean, nullable: boolean): string {
  const nulls = nullable ? (descending ? ' NULLS LAST' : ' NULLS FIRST') : '';
  return `${sql}${descending ? ' DESC' : ''}${nulls}`;
}
