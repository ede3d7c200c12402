/** T-SQL's date and time functions. Parts of a date are text: any of T-SQL's names or abbreviations, in any case. */

/** Each date part's full name with its abbreviations. */
const parts: Readonly<Record<string, readonly string[]>> = {
  year: ['yy', 'yyyy'],
  quarter: ['qq', 'q'],
  month: ['mm', 'm'],
  dayofyear: ['dy', 'y'],
  day: ['dd', 'd'],
  week: ['wk', 'ww'],
  weekday: ['dw', 'w'],
  hour: ['hh'],
  minute: ['mi', 'n'],
  second: ['ss', 's'],
  millisecond: ['ms'],
  microsecond: ['mcs'],
  nanosecond: ['ns'],
  tzoffset: ['tz'],
  iso_week: ['isowk', 'isoww'],
};

const header = 'LANGUAGE sql IMMUTABLE PARALLEL SAFE';
/** Every function takes these beside a timestamp: how each becomes one, and its SQL type. */
const convertible = [
  ['date', 'value::timestamp', 'IMMUTABLE'],
  ['time', "('1900-01-01'::date OPERATOR(pg_catalog.+) value)", 'IMMUTABLE'],
  ['timestamptz', 'value::timestamp', 'STABLE'],
  ['bpchar', 'sys.cast_datetime2(value, 7, NULL, true)', 'IMMUTABLE'],
  ['integer', 'sys.from_days_since_1900(value::numeric)', 'IMMUTABLE'],
] as const;

export const datesSql = String.raw`
CREATE FUNCTION sys.date_part_name(part text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  name text := CASE pg_catalog.lower(part COLLATE "C")
${Object.entries(parts)
  .flatMap(([name, abbreviations]) => [name, ...abbreviations].map((word) => `    WHEN '${word}' THEN '${name}'`))
  .join('\n')} END;
BEGIN
  IF name IS NULL THEN
    PERFORM sys.raise(155, '''' || part || ''' is not a recognized datepart option.', 15);
  END IF;
  RETURN name;
END $$;

CREATE FUNCTION sys.getdate() RETURNS timestamp LANGUAGE sql STABLE RETURN sys.round_datetime(statement_timestamp()::timestamp);
CREATE FUNCTION sys.getutcdate() RETURNS timestamp LANGUAGE sql STABLE RETURN sys.round_datetime(timezone('UTC', statement_timestamp()));
CREATE FUNCTION sys.sysdatetime() RETURNS timestamp LANGUAGE sql STABLE RETURN statement_timestamp()::timestamp;
CREATE FUNCTION sys.sysutcdatetime() RETURNS timestamp LANGUAGE sql STABLE RETURN timezone('UTC', statement_timestamp());
CREATE FUNCTION sys.sysdatetimeoffset() RETURNS timestamptz LANGUAGE sql STABLE RETURN statement_timestamp();
CREATE FUNCTION sys."current_timestamp"() RETURNS timestamp LANGUAGE sql STABLE RETURN sys.getdate();

CREATE FUNCTION sys.date_step(part text, n bigint) RETURNS interval LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  CASE sys.date_part_name(part)
    WHEN 'year' THEN RETURN make_interval(years => n::integer);
    WHEN 'quarter' THEN RETURN make_interval(months => (n * 3)::integer);
    WHEN 'month' THEN RETURN make_interval(months => n::integer);
    WHEN 'week' THEN RETURN make_interval(days => (n * 7)::integer);
    WHEN 'day', 'dayofyear', 'weekday' THEN RETURN make_interval(days => n::integer);
    WHEN 'hour' THEN RETURN make_interval(secs => n * 3600);
    WHEN 'minute' THEN RETURN make_interval(secs => n * 60);
    WHEN 'second' THEN RETURN make_interval(secs => n);
    WHEN 'millisecond' THEN RETURN make_interval(secs => n / 1000.0);
    WHEN 'microsecond' THEN RETURN make_interval(secs => n / 1000000.0);
    WHEN 'nanosecond' THEN RETURN make_interval(secs => n / 1000000000.0);
    ELSE PERFORM sys.raise(9810, 'The datepart ' || part || ' is not supported by date function dateadd for data type datetime.');
  END CASE;
END $$;
CREATE FUNCTION sys.dateadd(part text, n bigint, value timestamp) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  result timestamp := value OPERATOR(pg_catalog.+) sys.date_step(part, n);
BEGIN
  IF result < '0001-01-01' OR result >= '10000-01-01' THEN
    PERFORM sys.raise(517, 'Adding a value to a ''datetime'' column caused an overflow.');
  END IF;
  RETURN result;
END $$;
CREATE FUNCTION sys.dateadd(part text, n bigint, value date) RETURNS date ${header} RETURN sys.dateadd(part, n, value::timestamp)::date;
CREATE FUNCTION sys.dateadd(part text, n bigint, value time) RETURNS time ${header} RETURN value OPERATOR(pg_catalog.+) sys.date_step(part, n);
CREATE FUNCTION sys.dateadd(part text, n bigint, value timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN value OPERATOR(pg_catalog.+) sys.date_step(part, n);
CREATE FUNCTION sys.dateadd(part text, n bigint, value bpchar) RETURNS timestamp ${header}
RETURN sys.dateadd(part, n, sys.cast_datetime(value, NULL, true));
CREATE FUNCTION sys.dateadd(part text, n bigint, value integer) RETURNS timestamp ${header}
RETURN sys.dateadd(part, n, sys.from_days_since_1900(value::numeric));
CREATE FUNCTION sys.dateadd(part text, n numeric, value timestamp) RETURNS timestamp ${header} RETURN sys.dateadd(part, trunc(n)::bigint, value);
CREATE FUNCTION sys.dateadd(part text, n double precision, value timestamp) RETURNS timestamp ${header} RETURN sys.dateadd(part, trunc(n)::bigint, value);

-- Microseconds since 1900-01-01.
CREATE FUNCTION sys.microseconds_since_1900(value timestamp) RETURNS bigint ${header}
RETURN (extract(epoch FROM value OPERATOR(pg_catalog.-) timestamp '1900-01-01') * 1000000)::bigint;

-- How many boundaries of the part lie between the two.
CREATE FUNCTION sys.datediff_big(part text, from_ timestamp, to_ timestamp) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  a bigint := sys.microseconds_since_1900(from_) + 60000000000000000;
  b bigint := sys.microseconds_since_1900(to_) + 60000000000000000;
  months bigint := (date_part('year', to_) * 12 + date_part('month', to_)) - (date_part('year', from_) * 12 + date_part('month', from_));
BEGIN
  CASE sys.date_part_name(part)
    WHEN 'year' THEN RETURN date_part('year', to_) - date_part('year', from_);
    WHEN 'quarter' THEN RETURN (date_part('year', to_) * 4 + date_part('quarter', to_)) - (date_part('year', from_) * 4 + date_part('quarter', from_));
    WHEN 'month' THEN RETURN months;
    WHEN 'day', 'dayofyear', 'weekday' THEN RETURN to_::date OPERATOR(pg_catalog.-) from_::date;
    -- 1900-01-07 was a Sunday.
    WHEN 'week' THEN RETURN pg_catalog.floor((to_::date OPERATOR(pg_catalog.-) date '1900-01-07') / 7.0) - pg_catalog.floor((from_::date OPERATOR(pg_catalog.-) date '1900-01-07') / 7.0);
    WHEN 'iso_week' THEN RETURN pg_catalog.floor((to_::date OPERATOR(pg_catalog.-) date '1900-01-01') / 7.0) - pg_catalog.floor((from_::date OPERATOR(pg_catalog.-) date '1900-01-01') / 7.0);
    WHEN 'hour' THEN RETURN b / 3600000000 - a / 3600000000;
    WHEN 'minute' THEN RETURN b / 60000000 - a / 60000000;
    WHEN 'second' THEN RETURN b / 1000000 - a / 1000000;
    WHEN 'millisecond' THEN RETURN b / 1000 - a / 1000;
    WHEN 'microsecond' THEN RETURN b - a;
    WHEN 'nanosecond' THEN RETURN (b - a) * 1000;
    ELSE PERFORM sys.raise(9810, 'The datepart ' || part || ' is not supported by date function datediff for data type datetime.');
  END CASE;
END $$;
CREATE FUNCTION sys.datediff_int(value bigint) RETURNS integer ${header} RETURN CASE
  WHEN value IS NULL THEN NULL
  WHEN value BETWEEN -2147483648 AND 2147483647 THEN value::integer
  ELSE sys.raise_as(NULL::integer, 535, 'The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.', value::text) END;

-- One moment from whatever stands for it.
CREATE FUNCTION sys.moment(value timestamp) RETURNS timestamp ${header} RETURN value;
${convertible.map(([type, expression, volatility]) => `CREATE FUNCTION sys.moment(value ${type}) RETURNS timestamp LANGUAGE sql ${volatility} PARALLEL SAFE RETURN ${expression};`).join('\n')}
CREATE FUNCTION sys.datediff_big(part text, from_ anynonarray, to_ anycompatiblenonarray) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
'SELECT sys.datediff_big($1, sys.moment($2), sys.moment($3))';
CREATE FUNCTION sys.datediff(part text, from_ anynonarray, to_ anycompatiblenonarray) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
'SELECT sys.datediff_int(sys.datediff_big($1, sys.moment($2), sys.moment($3)))';
CREATE FUNCTION sys.datediff(part text, from_ timestamp, to_ timestamp) RETURNS integer ${header} RETURN sys.datediff_int(sys.datediff_big(part, from_, to_));

CREATE FUNCTION sys.datepart(part text, value timestamp) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  name text := sys.date_part_name(part);
BEGIN
  CASE name
    WHEN 'weekday' THEN RETURN date_part('dow', value) + 1;
    WHEN 'dayofyear' THEN RETURN date_part('doy', value);
    WHEN 'week' THEN RETURN pg_catalog.floor((date_part('doy', value) - 1 + date_part('dow', date_trunc('year', value))) / 7) + 1;
    WHEN 'iso_week' THEN RETURN date_part('week', value);
    WHEN 'second' THEN RETURN pg_catalog.floor(date_part('second', value));
    WHEN 'millisecond' THEN RETURN date_part('microseconds', value)::integer % 1000000 / 1000;
    WHEN 'microsecond' THEN RETURN date_part('microseconds', value)::integer % 1000000;
    WHEN 'nanosecond' THEN RETURN date_part('microseconds', value)::integer % 1000000 * 1000;
    WHEN 'tzoffset' THEN RETURN 0;
    ELSE RETURN date_part(name, value);
  END CASE;
END $$;
CREATE FUNCTION sys.datename(part text, value timestamp) RETURNS bpchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  CASE sys.date_part_name(part)
    WHEN 'month' THEN RETURN pg_catalog.to_char(value, 'FMMonth')::bpchar;
    WHEN 'weekday' THEN RETURN pg_catalog.to_char(value, 'FMDay')::bpchar;
    ELSE RETURN sys.datepart(part, value)::text::bpchar;
  END CASE;
END $$;
CREATE FUNCTION sys.year(value timestamp) RETURNS integer ${header} RETURN date_part('year', value)::integer;
CREATE FUNCTION sys.month(value timestamp) RETURNS integer ${header} RETURN date_part('month', value)::integer;
CREATE FUNCTION sys.day(value timestamp) RETURNS integer ${header} RETURN date_part('day', value)::integer;
CREATE FUNCTION sys.eomonth(value timestamp, months integer DEFAULT 0) RETURNS date ${header}
RETURN (date_trunc('month', value OPERATOR(pg_catalog.+) make_interval(months => coalesce(months, 0))) OPERATOR(pg_catalog.+) interval '1 month - 1 day')::date;
${convertible
  .map(([type, , volatility]) => {
    const as = `LANGUAGE sql ${volatility} PARALLEL SAFE RETURN`;
    return `CREATE FUNCTION sys.datepart(part text, value ${type}) RETURNS integer ${as} sys.datepart(part, sys.moment(value));
CREATE FUNCTION sys.datename(part text, value ${type}) RETURNS bpchar ${as} sys.datename(part, sys.moment(value));
CREATE FUNCTION sys.year(value ${type}) RETURNS integer ${as} sys.year(sys.moment(value));
CREATE FUNCTION sys.month(value ${type}) RETURNS integer ${as} sys.month(sys.moment(value));
CREATE FUNCTION sys.day(value ${type}) RETURNS integer ${as} sys.day(sys.moment(value));
CREATE FUNCTION sys.eomonth(value ${type}, months integer DEFAULT 0) RETURNS date ${as} sys.eomonth(sys.moment(value), months);`;
  })
  .join('\n')}

CREATE FUNCTION sys.datefromparts(year_ integer, month_ integer, day_ integer) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN make_date(year_, month_, day_);
EXCEPTION WHEN datetime_field_overflow THEN
  PERFORM sys.raise(289, 'Cannot construct data type date, some of the arguments have values which are not valid.');
END $$;
CREATE FUNCTION sys.datetimefromparts(year_ integer, month_ integer, day_ integer, hour_ integer, minute_ integer, second_ integer, millisecond_ integer)
RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN sys.round_datetime(make_timestamp(year_, month_, day_, hour_, minute_, second_ + millisecond_ / 1000.0));
EXCEPTION WHEN datetime_field_overflow THEN
  PERFORM sys.raise(289, 'Cannot construct data type datetime, some of the arguments have values which are not valid.');
END $$;
`;
