/** Operators between a string and another type, by T-SQL's type precedence: the string is converted to the other type. */

const header = 'LANGUAGE sql IMMUTABLE PARALLEL SAFE';

/** PostgreSQL type -> the conversion of a string to it. */
const fromString: Readonly<Record<string, string>> = {
  boolean: 'sys.cast_bit(%, true)',
  smallint: 'sys.cast_int(%, true)',
  integer: 'sys.cast_int(%, true)',
  bigint: 'sys.cast_bigint(%, true)',
  numeric: 'sys.cast_numeric(%, 38, 10, true)',
  real: 'sys.cast_real(%, true)',
  'double precision': 'sys.cast_float(%, true)',
  date: 'sys.cast_date(%, NULL, true)',
  time: 'sys.cast_time(%, 7, NULL, true)',
  timestamp: 'sys.cast_datetime2(%, 7, NULL, true)',
  timestamptz: 'sys.cast_datetimeoffset(%, 7, NULL, true)',
  uuid: 'sys.cast_uniqueidentifier(%, true)',
};
const comparisons: readonly (readonly [string, string, string])[] = [
  ['=', 'equal', '<>'],
  ['<>', 'not_equal', '='],
  ['<', 'less', '>='],
  ['<=', 'at_most', '>'],
  ['>', 'more', '<='],
  ['>=', 'at_least', '<'],
];
const mirror: Readonly<Record<string, string>> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const arithmetic: readonly (readonly [string, string])[] = [
  ['+', 'plus'],
  ['-', 'minus'],
  ['*', 'times'],
  ['/', 'over'],
  ['%', 'modulo'],
];

function volatility(type: string): string {
  return type === 'timestamptz' ? 'LANGUAGE sql STABLE PARALLEL SAFE' : header;
}

const comparisonSql = Object.entries(fromString)
  .flatMap(([type, conversion]) =>
    comparisons.map(([operator, name, negator]) => {
      const both = `COMMUTATOR = OPERATOR(sys.${mirror[operator] ?? operator}), NEGATOR = OPERATOR(sys.${negator})`;
      const estimate = operator === '=' ? ', RESTRICT = eqsel, JOIN = eqjoinsel' : '';
      return `
CREATE FUNCTION sys.${name}(${type}, bpchar) RETURNS boolean ${volatility(type)} RETURN $1 OPERATOR(pg_catalog.${operator}) ${conversion.replace('%', '$2')};
CREATE FUNCTION sys.${name}(bpchar, ${type}) RETURNS boolean ${volatility(type)} RETURN ${conversion.replace('%', '$1')} OPERATOR(pg_catalog.${operator}) $2;
CREATE OPERATOR sys.${operator} (LEFTARG = ${type}, RIGHTARG = bpchar, FUNCTION = sys.${name}, ${both}${estimate});
CREATE OPERATOR sys.${operator} (LEFTARG = bpchar, RIGHTARG = ${type}, FUNCTION = sys.${name}, ${both}${estimate});`;
    }),
  )
  .join('\n');

const arithmeticSql = ['integer', 'bigint', 'numeric', 'double precision']
  .flatMap((type) =>
    arithmetic
      .filter(([operator]) => operator !== '%' || type !== 'double precision')
      .map(([operator, name]) => {
        const conversion = fromString[type] ?? '%';
        return `
CREATE FUNCTION sys.${name}(${type}, bpchar) RETURNS ${type} ${header} RETURN $1 OPERATOR(pg_catalog.${operator}) ${conversion.replace('%', '$2')};
CREATE FUNCTION sys.${name}(bpchar, ${type}) RETURNS ${type} ${header} RETURN ${conversion.replace('%', '$1')} OPERATOR(pg_catalog.${operator}) $2;
CREATE OPERATOR sys.${operator} (LEFTARG = ${type}, RIGHTARG = bpchar, FUNCTION = sys.${name});
CREATE OPERATOR sys.${operator} (LEFTARG = bpchar, RIGHTARG = ${type}, FUNCTION = sys.${name});`;
      }),
  )
  .join('\n');

const daysSql = ['integer', 'numeric', 'double precision']
  .map(
    (type) => `
CREATE FUNCTION sys.plus(timestamp, ${type}) RETURNS timestamp ${header} RETURN sys.round_datetime($1 OPERATOR(pg_catalog.+) make_interval(secs => $2::double precision * 86400));
CREATE FUNCTION sys.plus(${type}, timestamp) RETURNS timestamp ${header} RETURN sys.plus($2, $1);
CREATE FUNCTION sys.minus(timestamp, ${type}) RETURNS timestamp ${header} RETURN sys.plus($1, -$2);
CREATE OPERATOR sys.+ (LEFTARG = timestamp, RIGHTARG = ${type}, FUNCTION = sys.plus);
CREATE OPERATOR sys.+ (LEFTARG = ${type}, RIGHTARG = timestamp, FUNCTION = sys.plus);
CREATE OPERATOR sys.- (LEFTARG = timestamp, RIGHTARG = ${type}, FUNCTION = sys.minus);`,
  )
  .join('\n');

export const operatorsSql = String.raw`
CREATE FUNCTION sys.plus(bpchar, bpchar) RETURNS bpchar ${header} RETURN (sys.raw($1) || sys.raw($2))::bpchar;
CREATE OPERATOR sys.+ (LEFTARG = bpchar, RIGHTARG = bpchar, FUNCTION = sys.plus);
CREATE FUNCTION sys.plus(bytea, bytea) RETURNS bytea ${header} RETURN $1 || $2;
CREATE OPERATOR sys.+ (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = sys.plus);
${comparisonSql}
${arithmeticSql}
${daysSql}
CREATE FUNCTION sys.bit_not(boolean) RETURNS boolean ${header} RETURN NOT $1;
CREATE OPERATOR sys.~ (RIGHTARG = boolean, FUNCTION = sys.bit_not);
`;
