/** Dates from their parts, and dates and numbers by .NET's format strings (FORMAT). */
import { SqlServerError, type SqlType } from '../../../contract';
import type { Call } from '../syntax';
import { notSupported } from '../parse/cursor';
import { quoteText } from '../names';
import { family, isNumber } from '../types';
import { coerce } from './conversion';
import type { Environment } from './environment';
import { emitValue } from './expression';
import { isBareNull, NULL_VALUE, valueOf, type Value } from './value';

function wholeNumbers(call: Call, count: number, environment: Environment): readonly string[] {
  if (call.arguments.length !== count) {
    throw new SqlServerError(174, `The ${call.name} function requires ${count} argument(s).`, 15);
  }
  return call.arguments.map((argument) => coerce(emitValue(argument, environment), { name: 'int' }, environment).sql);
}

function seconds(second: string, fraction: string, precision: string): string {
  return `${second} + ${fraction} / power(10, ${precision})`;
}

/** TIMEFROMPARTS, DATETIME2FROMPARTS, SMALLDATETIMEFROMPARTS. */
export function fromParts(call: Call, environment: Environment): Value {
  switch (call.name) {
    case 'timefromparts': {
      const [hour = '', minute = '', second = '', fraction = '', precision = ''] = wholeNumbers(call, 5, environment);
      const sql = `make_time(${hour}, ${minute}, ${seconds(second, fraction, precision)})`;
      return valueOf(sql, { name: 'time', scale: scaleOf(precision) });
    }
    case 'smalldatetimefromparts': {
      const parts = wholeNumbers(call, 5, environment);
      return valueOf(`make_timestamp(${parts.join(', ')}, 0)`, { name: 'smalldatetime' });
    }
    default: {
      const parts = wholeNumbers(call, 8, environment);
      const [second = '', fraction = '', precision = ''] = parts.slice(5);
      const sql = `make_timestamp(${[...parts.slice(0, 5), seconds(second, fraction, precision)].join(', ')})`;
      return valueOf(sql, { name: 'datetime2', scale: scaleOf(precision) });
    }
  }
}

function scaleOf(precision: string): number {
  return /^[0-7]$/.test(precision) ? Number(precision) : 7;
}

const TEXT: SqlType = { name: 'nvarchar', length: 4000 };

/** FORMAT(value, 'pattern') as for en-US. */
export function format(call: Call, environment: Environment): Value {
  const [argument, pattern, culture] = call.arguments;
  if (argument === undefined || pattern === undefined || call.arguments.length > 3) {
    throw new SqlServerError(174, 'The format function requires 2 to 3 arguments.', 15);
  }
  if (pattern.kind !== 'string') throw notSupported('FORMAT with a pattern that is no literal');
  if (culture !== undefined && !(culture.kind === 'string' && /^en-us$/i.test(culture.text))) {
    throw notSupported('FORMAT with another culture than en-US');
  }
  const value = emitValue(argument, environment);
  if (isBareNull(value) || value.type === undefined) return { ...NULL_VALUE, sql: 'NULL::bpchar', type: TEXT };
  if (isNumber(value.type)) return formatNumber(value, pattern.text, environment);
  if (!['date', 'datetime', 'time', 'datetimeoffset'].includes(family(value.type))) {
    throw new SqlServerError(
      8116,
      `Argument data type ${value.type.name} is invalid for argument 1 of format function.`,
    );
  }
  const sql = `to_char(${value.type.name === 'time' ? `(date '2000-01-01' + ${value.sql})` : value.sql}, ${quoteText(datePattern(pattern.text))})::bpchar`;
  return valueOf(sql, TEXT);
}

const STANDARD_DATES: Readonly<Record<string, string>> = {
  d: 'M/d/yyyy',
  D: 'dddd, MMMM d, yyyy',
  t: 'h:mm tt',
  T: 'h:mm:ss tt',
  g: 'M/d/yyyy h:mm tt',
  G: 'M/d/yyyy h:mm:ss tt',
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
};

const DATE_PARTS: Readonly<Record<string, string>> = {
  d: 'FMDD',
  dd: 'DD',
  ddd: 'Dy',
  dddd: 'FMDay',
  M: 'FMMM',
  MM: 'MM',
  MMM: 'Mon',
  MMMM: 'FMMonth',
  yy: 'YY',
  yyyy: 'YYYY',
  h: 'FMHH12',
  hh: 'HH12',
  H: 'FMHH24',
  HH: 'HH24',
  m: 'FMMI',
  mm: 'MI',
  s: 'FMSS',
  ss: 'SS',
  f: 'FF1',
  ff: 'FF2',
  fff: 'FF3',
  ffff: 'FF4',
  fffff: 'FF5',
  ffffff: 'FF6',
  tt: 'AM',
};

/** .NET's pattern -> PostgreSQL's; everything that is no date part is quoted. */
function datePattern(written: string): string {
  const pattern = written.length === 1 ? STANDARD_DATES[written] : written;
  if (pattern === undefined) throw notSupported(`FORMAT with the pattern '${written}'`);
  const parts = pattern.match(/'[^']*'|"[^"]*"|([dMyhHmsft])\1*|[\s\S]/g) ?? [];
  return parts
    .map((part) => {
      const known = DATE_PARTS[part];
      if (known !== undefined) return known;
      if (/^[dMyhHmsft]/.test(part)) throw notSupported(`FORMAT with '${part}'`);
      const literal = /^['"]/.test(part) ? part.slice(1, -1) : part;
      return `"${literal.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    })
    .join('');
}

function formatNumber(value: Value, pattern: string, environment: Environment): Value {
  const numeric: SqlType = { name: 'numeric', precision: 38, scale: 10 };
  const number = `(${coerce(value, numeric, environment, true).sql})::numeric`;
  const standard = /^([NFDPC])(\d*)$/i.exec(pattern);
  const whole = 'FM9,999,999,999,999,999,990';
  if (standard !== null) {
    const kind = (standard[1] ?? '').toUpperCase();
    const digits = standard[2] === '' ? (kind === 'D' ? 1 : 2) : Number(standard[2]);
    if (kind === 'D') {
      const sql = `to_char(${number}, ${quoteText(`FM${'9'.repeat(Math.max(0, 20 - digits))}${'0'.repeat(digits)}`)})`;
      return valueOf(`${sql}::bpchar`, TEXT);
    }
    const scale = kind === 'P' ? `${number} * 100` : number;
    const grouped = kind === 'F' ? whole.replaceAll(',', '') : whole;
    const text = `to_char(round(${scale}, ${digits}), ${quoteText(digits === 0 ? grouped : `${grouped}.${'0'.repeat(digits)}`)})`;
    const affixed = kind === 'P' ? `${text} || '%'` : kind === 'C' ? `replace('$' || ${text}, '$-', '-$')` : text;
    return valueOf(`(${affixed})::bpchar`, TEXT);
  }
  const custom = /^([#0,]*)(?:\.([0#]*))?$/.exec(pattern);
  if (custom === null || pattern === '') throw notSupported(`FORMAT with the pattern '${pattern}'`);
  const [, integer = '', fraction = ''] = custom;
  const zeros = integer.replace(/[^0]/g, '').length;
  const digits = `${'9'.repeat(Math.max(0, 18 - zeros))}${'0'.repeat(zeros)}`;
  const grouped = integer.includes(',') ? digits.replace(/(?=(?:.{3})+$)(?!^)/g, ',') : digits;
  const text = `to_char(round(${number}, ${fraction.length}), ${quoteText(`FM${grouped}${fraction === '' ? '' : `.${fraction.replaceAll('#', '9')}`}`)})`;
  return valueOf(`rtrim(${text}, '.')::bpchar`, TEXT);
}
