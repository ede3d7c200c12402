/** Any value as a number. `must` says whether what can't be converted is an error or NULL. */

interface WholeNumber {
  readonly name: string;
  readonly postgres: string;
  readonly low: string;
  readonly high: string;
  /** How error 244 names the column, for types smaller than int. */
  readonly column?: string;
}

const wholeNumbers: readonly WholeNumber[] = [
  { name: 'tinyint', postgres: 'smallint', low: '0', high: '255', column: 'INT1' },
  { name: 'smallint', postgres: 'smallint', low: '-32768', high: '32767', column: 'INT2' },
  { name: 'int', postgres: 'integer', low: '-2147483648', high: '2147483647' },
  { name: 'bigint', postgres: 'bigint', low: '-9223372036854775808', high: '9223372036854775807' },
];
const smallerThanInt = (type: WholeNumber): boolean => type.column !== undefined;

const header = 'LANGUAGE sql IMMUTABLE PARALLEL SAFE';

/** A value in range, an error, or NULL. */
function guarded(condition: string, result: string, type: string, number: number, message: string): string {
  return `CASE WHEN value IS NULL THEN NULL WHEN ${condition} THEN ${result} WHEN must THEN sys.raise_as(NULL::${type}, ${number}, '${message}', value::text) END`;
}

function fromText({ name, postgres, low, high, column }: WholeNumber): string {
  const large = name === 'bigint';
  const syntax = large
    ? `sys.raise_as(NULL::${postgres}, 8114, 'Error converting data type varchar to bigint.', content)`
    : `sys.raise_as(NULL::${postgres}, 245, 'Conversion failed when converting the varchar value ''%s'' to data type ${name}.', content)`;
  let overflow = `sys.raise_as(NULL::${postgres}, 248, 'The conversion of the varchar value ''%s'' overflowed an int column.', content)`;
  if (large)
    overflow = `sys.raise_as(NULL::${postgres}, 8115, 'Arithmetic overflow error converting expression to data type bigint.', content)`;
  if (column !== undefined)
    overflow = `sys.raise_as(NULL::${postgres}, 244, 'The conversion of the varchar value ''%s'' overflowed an ${column} column. Use a larger integer column.', content)`;
  return `
CREATE FUNCTION sys.cast_${name}(value bpchar, must boolean) RETURNS ${postgres} LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  content text := sys.raw(value);
  digits text;
  number numeric;
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  END IF;
  digits := (regexp_match(content COLLATE "C", '^ *([-+]?) *([0-9]*) *$'))[1] || coalesce((regexp_match(content COLLATE "C", '^ *[-+]? *([0-9]+) *$'))[1], '');
  IF digits IN ('-', '+') OR digits IS NULL THEN
    RETURN CASE WHEN must THEN ${syntax} END;
  END IF;
  number := CASE digits WHEN '' THEN 0 ELSE digits::numeric END;
  IF number BETWEEN ${low} AND ${high} THEN
    RETURN number::${postgres};
  END IF;
  RETURN CASE WHEN must THEN ${overflow} END;
END $$;`;
}

function wholeNumber(type: WholeNumber): string {
  const { name, postgres, low, high } = type;
  const between = (expression: string): string => `${expression} BETWEEN ${low} AND ${high}`;
  const define = (source: string, body: string): string =>
    `CREATE FUNCTION sys.cast_${name}(value ${source}, must boolean) RETURNS ${postgres} ${header} RETURN ${body};`;
  const fromWhole = (source: string): string =>
    smallerThanInt(type) && source !== 'bigint'
      ? guarded(
          between('value'),
          `value::${postgres}`,
          postgres,
          220,
          `Arithmetic overflow error for data type ${name}, value = %s.`,
        )
      : guarded(
          between('value'),
          `value::${postgres}`,
          postgres,
          8115,
          `Arithmetic overflow error converting expression to data type ${name}.`,
        );
  const overflow = `Arithmetic overflow error converting expression to data type ${name}.`;
  return [
    fromText(type),
    define('boolean', `value::integer::${postgres}`),
    define('smallint', name === 'tinyint' ? fromWhole('smallint') : `value::${postgres}`),
    define('integer', smallerThanInt(type) ? fromWhole('integer') : `value::${postgres}`),
    define('bigint', name === 'bigint' ? 'value' : fromWhole('bigint')),
    define('numeric', guarded(between('trunc(value)'), `trunc(value)::${postgres}`, postgres, 8115, overflow)),
    define('sys.money', guarded(between('round(value)'), `round(value)::${postgres}`, postgres, 8115, overflow)),
    ...['real', 'double precision'].map((source) =>
      define(
        source,
        guarded(
          between('trunc(value)'),
          `trunc(value)::numeric::${postgres}`,
          postgres,
          232,
          `Arithmetic overflow error for type ${name}, value = %s.`,
        ),
      ),
    ),
    define('timestamp', `sys.cast_${name}(round(sys.days_since_1900(value)), must)`),
    define('bytea', `sys.cast_${name}(sys.bytes_to_number(value), must)`),
  ].join('\n');
}

export const toNumberSql = String.raw`
-- A datetime as a number: days since 1900-01-01.
CREATE FUNCTION sys.days_since_1900(value timestamp) RETURNS numeric ${header}
RETURN extract(epoch FROM value OPERATOR(pg_catalog.-) timestamp '1900-01-01') / 86400;

CREATE FUNCTION sys.from_days_since_1900(days numeric) RETURNS timestamp ${header}
RETURN sys.round_datetime(timestamp '1900-01-01' OPERATOR(pg_catalog.+) make_interval(secs => (days * 86400)::double precision));

-- The last eight bytes as a two's complement number, as CONVERT(INT, 0x…) reads them.
CREATE FUNCTION sys.bytes_to_number(value bytea) RETURNS bigint ${header}
RETURN ('x' || lpad(right(encode(value, 'hex'), 16), 16, '0'))::bit(64)::bigint;

${wholeNumbers.map(wholeNumber).join('\n')}

CREATE FUNCTION sys.cast_bit(value bpchar, must boolean) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  content text := pg_catalog.lower(btrim(sys.raw(value)) COLLATE "C");
BEGIN
  CASE
    WHEN content IS NULL THEN RETURN NULL;
    WHEN content = 'true' THEN RETURN true;
    WHEN content IN ('false', '') THEN RETURN false;
    WHEN content ~ '^[-+]?[0-9]+$' THEN RETURN content::numeric <> 0;
    ELSE RETURN CASE WHEN must THEN
      sys.raise_as(NULL::boolean, 245, 'Conversion failed when converting the varchar value ''%s'' to data type bit.', sys.raw(value)) END;
  END CASE;
END $$;
CREATE FUNCTION sys.cast_bit(value boolean, must boolean) RETURNS boolean ${header} RETURN value;
${['smallint', 'integer', 'bigint', 'numeric', 'sys.money', 'real', 'double precision']
  .map(
    (source) =>
      `CREATE FUNCTION sys.cast_bit(value ${source}, must boolean) RETURNS boolean ${header} RETURN value OPERATOR(pg_catalog.<>) 0;`,
  )
  .join('\n')}
CREATE FUNCTION sys.cast_bit(value bytea, must boolean) RETURNS boolean ${header} RETURN sys.bytes_to_number(value) <> 0;

-- Rounds to the scale; the whole digits must fit in precision - scale.
CREATE FUNCTION sys.fit_numeric(value numeric, precision_ integer, scale integer, source text, must boolean) RETURNS numeric
${header} RETURN CASE
  WHEN value IS NULL THEN NULL
  WHEN abs(round(value, scale)) < power(10::numeric, precision_ - scale) THEN round(value, scale)
  WHEN must THEN sys.raise_as(NULL::numeric, 8115, 'Arithmetic overflow error converting ' || source || ' to data type numeric.', value::text) END;

CREATE FUNCTION sys.cast_numeric(value bpchar, precision_ integer, scale integer, must boolean) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  content text := btrim(sys.raw(value));
BEGIN
  IF content IS NULL THEN
    RETURN NULL;
  END IF;
  IF content COLLATE "C" ~ '^[-+]? *([0-9]+\.?[0-9]*|\.[0-9]+)$' THEN
    RETURN sys.fit_numeric(pg_catalog.replace(content, ' ', '')::numeric, precision_, scale, 'varchar', must);
  END IF;
  RETURN CASE WHEN must THEN sys.raise_as(NULL::numeric, 8114, 'Error converting data type varchar to numeric.', content) END;
END $$;
CREATE FUNCTION sys.cast_numeric(value boolean, precision_ integer, scale integer, must boolean) RETURNS numeric ${header}
RETURN sys.fit_numeric(value::integer::numeric, precision_, scale, 'bit', must);
${[
  ['smallint', 'smallint'],
  ['integer', 'int'],
  ['bigint', 'bigint'],
  ['numeric', 'numeric'],
  ['sys.money', 'money'],
  ['real', 'real'],
  ['double precision', 'float'],
]
  .map(
    ([source = '', name = '']) =>
      `CREATE FUNCTION sys.cast_numeric(value ${source}, precision_ integer, scale integer, must boolean) RETURNS numeric ${header}
RETURN sys.fit_numeric(${source === 'numeric' || source === 'sys.money' ? 'value' : 'value::text::numeric'}, precision_, scale, '${name}', must);`,
  )
  .join('\n')}
CREATE FUNCTION sys.cast_numeric(value timestamp, precision_ integer, scale integer, must boolean) RETURNS numeric ${header}
RETURN sys.fit_numeric(sys.days_since_1900(value), precision_, scale, 'datetime', must);

-- Money as text may carry a currency sign and commas. low and high are the type's limits.
CREATE FUNCTION sys.money_value(value numeric, low numeric, high numeric, name text, must boolean) RETURNS numeric ${header}
RETURN CASE
  WHEN value IS NULL THEN NULL
  WHEN round(value, 4) BETWEEN low AND high THEN round(value, 4)
  WHEN must THEN sys.raise_as(NULL::numeric, 8115, 'Arithmetic overflow error converting expression to data type ' || name || '.', value::text) END;

CREATE FUNCTION sys.money_syntax(value bpchar, must boolean) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  content text := translate(sys.raw(value) COLLATE "C", '$£€¥, ', '');
BEGIN
  CASE
    WHEN content IS NULL THEN RETURN NULL;
    WHEN content = '' THEN RETURN 0;
    WHEN content ~ '^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)$' THEN RETURN content::numeric;
    ELSE RETURN CASE WHEN must THEN sys.raise_as(NULL::numeric, 235, 'Cannot convert a char value to money. The char value has incorrect syntax.', content) END;
  END CASE;
END $$;

${[
  ['money', '-922337203685477.5808', '922337203685477.5807'],
  ['smallmoney', '-214748.3648', '214748.3647'],
]
  .map(([name = '', low = '', high = '']) =>
    [
      ['bpchar', 'sys.money_syntax(value, must)'],
      ['boolean', 'value::integer::numeric'],
      ...['smallint', 'integer', 'bigint', 'numeric', 'sys.money'].map((source) => [source, 'value::numeric']),
      ...['real', 'double precision'].map((source) => [source, 'value::text::numeric']),
      ['timestamp', 'sys.days_since_1900(value)'],
    ]
      .map(
        ([source = '', expression = '']) =>
          `CREATE FUNCTION sys.cast_${name}(value ${source}, must boolean) RETURNS sys.${name} ${header}
RETURN sys.money_value(${expression}, ${low}, ${high}, '${name}', must)::sys.${name};`,
      )
      .join('\n'),
  )
  .join('\n')}

CREATE FUNCTION sys.cast_float(value bpchar, must boolean) RETURNS double precision LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  content text := btrim(sys.raw(value));
BEGIN
  CASE
    WHEN content IS NULL THEN RETURN NULL;
    WHEN content = '' THEN RETURN 0;
    WHEN content COLLATE "C" ~ '^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eEdD][-+]?[0-9]+)?$' THEN
      RETURN translate(content, 'dD', 'ee')::double precision;
    ELSE RETURN CASE WHEN must THEN sys.raise_as(NULL::double precision, 8114, 'Error converting data type varchar to float.', content) END;
  END CASE;
END $$;
CREATE FUNCTION sys.cast_float(value boolean, must boolean) RETURNS double precision ${header} RETURN value::integer::double precision;
${['smallint', 'integer', 'bigint', 'numeric', 'sys.money', 'double precision']
  .map(
    (source) =>
      `CREATE FUNCTION sys.cast_float(value ${source}, must boolean) RETURNS double precision ${header} RETURN value::double precision;`,
  )
  .join('\n')}
CREATE FUNCTION sys.cast_float(value real, must boolean) RETURNS double precision ${header} RETURN value::double precision;
CREATE FUNCTION sys.cast_float(value timestamp, must boolean) RETURNS double precision ${header} RETURN sys.days_since_1900(value)::double precision;
CREATE FUNCTION sys.cast_real(value double precision, must boolean) RETURNS real ${header} RETURN CASE
  WHEN value IS NULL THEN NULL
  WHEN abs(value) < 3.5e38 THEN value::real
  WHEN must THEN sys.raise_as(NULL::real, 232, 'Arithmetic overflow error for type real, value = %s.', value::text) END;
${['bpchar', 'boolean', 'smallint', 'integer', 'bigint', 'numeric', 'sys.money', 'real', 'timestamp']
  .map(
    (source) =>
      `CREATE FUNCTION sys.cast_real(value ${source}, must boolean) RETURNS real ${header} RETURN sys.cast_real(sys.cast_float(value, must), must);`,
  )
  .join('\n')}
`;
