/** Any value as a date or time. `must` says whether what can't be converted is an error or NULL. */

const header = 'LANGUAGE sql IMMUTABLE PARALLEL SAFE';
const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';

export const toDateSql = String.raw`
CREATE TYPE sys.parsed_date AS (moment timestamp, offset_minutes integer, out_of_range boolean);

-- A two-digit year lies between 1950 and 2049 (the server's default cutoff).
CREATE FUNCTION sys.full_year(digits text) RETURNS integer ${header}
RETURN CASE WHEN length(digits) = 4 THEN digits::integer WHEN digits::integer < 50 THEN 2000 + digits::integer ELSE 1900 + digits::integer END;

-- Reads what SQL Server reads as a date, a time or both; a NULL moment means that it is neither. A missing date is 1900-01-01. Dates in digits
-- are month, day, year, unless the style says otherwise.
CREATE FUNCTION sys.parse_date(content text, style integer) RETURNS sys.parsed_date LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  result sys.parsed_date := (NULL, NULL, false);
  rest text := pg_catalog.lower(btrim(content) COLLATE "C");
  part text[];
  day_ integer := 1;
  month_ integer := 1;
  year_ integer := 1900;
  hour_ integer := 0;
  minute_ integer := 0;
  seconds numeric := 0;
BEGIN
  -- The zone, then the time, are taken off the end; what is left is the date.
  part := regexp_match(rest, '^(.*:.*?) *(z|([-+])(\d\d):(\d\d))$');
  IF part IS NOT NULL THEN
    rest := part[1];
    result.offset_minutes := CASE WHEN part[2] = 'z' THEN 0 ELSE (part[3] || '1')::integer * (part[4]::integer * 60 + part[5]::integer) END;
  END IF;
  part := coalesce(
    regexp_match(rest, '^(.*?)(?:^|[ t]) *(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,9}))?)? *([ap]m)?$'),
    regexp_match(rest, '^(.*?)(?:^| ) *(\d{1,2})()()() *([ap]m)$'));
  IF part IS NOT NULL THEN
    rest := btrim(part[1]);
    hour_ := part[2]::integer;
    minute_ := coalesce(nullif(part[3], ''), '0')::integer;
    -- Digits after a point are a fraction; after a colon they are milliseconds.
    seconds := coalesce(nullif(part[4], ''), '0')::numeric + CASE
      WHEN coalesce(part[5], '') = '' THEN 0
      WHEN content ~ ':\d+\.\d+' THEN ('0.' || part[5])::numeric
      ELSE part[5]::numeric / 1000 END;
    IF part[6] IS NOT NULL THEN
      IF hour_ NOT BETWEEN 1 AND 12 THEN
        RETURN result;
      END IF;
      hour_ := hour_ % 12 + CASE part[6] WHEN 'pm' THEN 12 ELSE 0 END;
    END IF;
  END IF;
  IF rest <> '' THEN
    CASE
      WHEN rest ~ '^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$' THEN
        part := regexp_match(rest, '^(\d+)[-/.](\d+)[-/.](\d+)$');
      WHEN rest ~ '^\d{8}$' OR rest ~ '^\d{6}$' THEN
        part := regexp_match(rest, '^(\d+)(\d\d)(\d\d)$');
      WHEN rest ~ '^\d{4}$' THEN
        part := ARRAY[rest, '1', '1'];
      WHEN rest ~ '^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d\d)$' THEN
        part := regexp_match(rest, '^(\d+)[-/.](\d+)[-/.](\d+)$');
        part := CASE
          WHEN style IN (3, 4, 5, 103, 104, 105, 13, 113, 130, 131) THEN ARRAY[part[3], part[2], part[1]]
          WHEN style IN (2, 11, 102, 111, 20, 21, 120, 121) THEN part
          ELSE ARRAY[part[3], part[1], part[2]] END;
      WHEN rest ~ '^(${months})[a-z]* +\d{1,2},? +(\d{4}|\d\d)$' THEN
        part := regexp_match(rest, '^([a-z]{3})[a-z]* +(\d+),? +(\d+)$');
        part := ARRAY[part[3], part[1], part[2]];
      WHEN rest ~ '^\d{1,2}[- ]+(${months})[a-z]*[-, ]+(\d{4}|\d\d)$' THEN
        part := regexp_match(rest, '^(\d+)[- ]+([a-z]{3})[a-z]*[-, ]+(\d+)$');
        part := ARRAY[part[3], part[2], part[1]];
      WHEN rest ~ '^(${months})[a-z]*,? +\d{4}$' THEN
        part := regexp_match(rest, '^([a-z]{3})[a-z]*,? +(\d+)$');
        part := ARRAY[part[2], part[1], '1'];
      ELSE RETURN result;
    END CASE;
    year_ := sys.full_year(part[1]);
    month_ := CASE WHEN part[2] ~ '^\d' THEN part[2]::integer ELSE array_position(string_to_array('${months}', '|'), part[2]) END;
    day_ := part[3]::integer;
  END IF;
  IF hour_ > 23 OR minute_ > 59 OR seconds >= 60 OR year_ = 0 OR month_ NOT BETWEEN 1 AND 12
    OR day_ NOT BETWEEN 1 AND date_part('day', make_date(year_, month_, 1) OPERATOR(pg_catalog.+) interval '1 month - 1 day') THEN
    result.out_of_range := true;
    RETURN result;
  END IF;
  result.moment := make_timestamp(year_, month_, day_, hour_, minute_, seconds::double precision);
  RETURN result;
END $$;

-- The moment of a text, or an error, or NULL. A zone is left out, but for datetimeoffset.
CREATE FUNCTION sys.moment_of(value bpchar, type text, style integer, must boolean) RETURNS sys.parsed_date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  parsed sys.parsed_date := sys.parse_date(sys.raw(value), coalesce(style, 0));
  legacy boolean := type IN ('datetime', 'smalldatetime');
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  END IF;
  IF legacy AND parsed.moment IS NOT NULL AND parsed.offset_minutes IS NOT NULL AND sys.raw(value) !~ '[zZ]$' THEN
    parsed.moment := NULL;
  END IF;
  IF type = 'smalldatetime' AND parsed.moment NOT BETWEEN '1900-01-01' AND '2079-06-06 23:59:29.998'
    OR type = 'datetime' AND parsed.moment < '1753-01-01' THEN
    parsed.moment := NULL;
    parsed.out_of_range := true;
  END IF;
  IF parsed.moment IS NULL AND must THEN
    IF legacy AND parsed.out_of_range THEN
      PERFORM sys.raise(242, 'The conversion of a varchar data type to a ' || type || ' data type resulted in an out-of-range value.', 16, 3);
    END IF;
    PERFORM sys.raise(CASE type WHEN 'smalldatetime' THEN 295 ELSE 241 END, 'Conversion failed when converting '
      || CASE type WHEN 'smalldatetime' THEN 'character string to smalldatetime data type.' ELSE 'date and/or time from character string.' END);
  END IF;
  RETURN parsed;
END $$;

CREATE FUNCTION sys.datetime_in_range(value timestamp, type text, must boolean) RETURNS timestamp ${header} RETURN CASE
  WHEN value IS NULL THEN NULL
  WHEN type = 'datetime' AND value >= '1753-01-01' THEN sys.round_datetime(value)
  WHEN type = 'smalldatetime' AND value BETWEEN '1900-01-01' AND '2079-06-06 23:59:29.998' THEN date_trunc('minute', value OPERATOR(pg_catalog.+) interval '30 seconds')
  WHEN must THEN sys.raise_as(NULL::timestamp, 242, 'The conversion of a datetime2 data type to a ' || type || ' data type resulted in an out-of-range value.', value::text) END;

-- Rounds to a number of fractional digits.
CREATE FUNCTION sys.round_seconds(value timestamp, scale integer) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN CASE scale
    WHEN 0 THEN value::timestamp(0) WHEN 1 THEN value::timestamp(1) WHEN 2 THEN value::timestamp(2)
    WHEN 3 THEN value::timestamp(3) WHEN 4 THEN value::timestamp(4) WHEN 5 THEN value::timestamp(5) ELSE value END;
END $$;

${['datetime', 'smalldatetime']
  .map(
    (type) => String.raw`
CREATE FUNCTION sys.cast_${type}(value bpchar, style integer, must boolean) RETURNS timestamp ${header}
RETURN sys.datetime_in_range((sys.moment_of(value, '${type}', style, must)).moment, '${type}', must);
CREATE FUNCTION sys.cast_${type}(value timestamp, style integer, must boolean) RETURNS timestamp ${header}
RETURN sys.datetime_in_range(value, '${type}', must);
CREATE FUNCTION sys.cast_${type}(value date, style integer, must boolean) RETURNS timestamp ${header}
RETURN sys.datetime_in_range(value::timestamp, '${type}', must);
CREATE FUNCTION sys.cast_${type}(value time, style integer, must boolean) RETURNS timestamp ${header}
RETURN sys.datetime_in_range('1900-01-01'::date OPERATOR(pg_catalog.+) value, '${type}', must);
CREATE FUNCTION sys.cast_${type}(value timestamptz, style integer, must boolean) RETURNS timestamp LANGUAGE sql STABLE PARALLEL SAFE
RETURN sys.datetime_in_range(value::timestamp, '${type}', must);
${['boolean', 'smallint', 'integer', 'bigint', 'numeric', 'sys.money', 'real', 'double precision']
  .map(
    (
      source,
    ) => `CREATE FUNCTION sys.cast_${type}(value ${source}, style integer, must boolean) RETURNS timestamp ${header} RETURN CASE
  WHEN value IS NULL THEN NULL
  WHEN value${source === 'boolean' ? '::integer' : ''} BETWEEN -53690 AND 2958463 THEN sys.datetime_in_range(sys.from_days_since_1900(value${source === 'boolean' ? '::integer' : ''}::numeric), '${type}', must)
  WHEN must THEN sys.raise_as(NULL::timestamp, 8115, 'Arithmetic overflow error converting expression to data type ${type}.', value::text) END;`,
  )
  .join('\n')}`,
  )
  .join('\n')}

CREATE FUNCTION sys.cast_date(value bpchar, style integer, must boolean) RETURNS date ${header}
RETURN (sys.moment_of(value, 'date', style, must)).moment::date;
CREATE FUNCTION sys.cast_date(value date, style integer, must boolean) RETURNS date ${header} RETURN value;
CREATE FUNCTION sys.cast_date(value timestamp, style integer, must boolean) RETURNS date ${header} RETURN value::date;
CREATE FUNCTION sys.cast_date(value timestamptz, style integer, must boolean) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE RETURN value::date;

CREATE FUNCTION sys.cast_time(value bpchar, scale integer, style integer, must boolean) RETURNS time ${header}
RETURN sys.round_seconds((sys.moment_of(value, 'time', style, must)).moment, scale)::time;
CREATE FUNCTION sys.cast_time(value time, scale integer, style integer, must boolean) RETURNS time ${header}
RETURN sys.round_seconds('1900-01-01'::date OPERATOR(pg_catalog.+) value, scale)::time;
CREATE FUNCTION sys.cast_time(value timestamp, scale integer, style integer, must boolean) RETURNS time ${header}
RETURN sys.round_seconds(value, scale)::time;
CREATE FUNCTION sys.cast_time(value timestamptz, scale integer, style integer, must boolean) RETURNS time LANGUAGE sql STABLE PARALLEL SAFE
RETURN sys.round_seconds(value::timestamp, scale)::time;

CREATE FUNCTION sys.cast_datetime2(value bpchar, scale integer, style integer, must boolean) RETURNS timestamp ${header}
RETURN sys.round_seconds((sys.moment_of(value, 'datetime2', style, must)).moment, scale);
CREATE FUNCTION sys.cast_datetime2(value timestamp, scale integer, style integer, must boolean) RETURNS timestamp ${header}
RETURN sys.round_seconds(value, scale);
CREATE FUNCTION sys.cast_datetime2(value date, scale integer, style integer, must boolean) RETURNS timestamp ${header} RETURN value::timestamp;
CREATE FUNCTION sys.cast_datetime2(value time, scale integer, style integer, must boolean) RETURNS timestamp ${header}
RETURN sys.round_seconds('1900-01-01'::date OPERATOR(pg_catalog.+) value, scale);
CREATE FUNCTION sys.cast_datetime2(value timestamptz, scale integer, style integer, must boolean) RETURNS timestamp LANGUAGE sql STABLE PARALLEL SAFE
RETURN sys.round_seconds(value::timestamp, scale);

CREATE FUNCTION sys.cast_datetimeoffset(value bpchar, scale integer, style integer, must boolean) RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  parsed sys.parsed_date := sys.moment_of(value, 'datetimeoffset', style, must);
BEGIN
  RETURN timezone('UTC', sys.round_seconds(parsed.moment, scale) OPERATOR(pg_catalog.-) make_interval(mins => coalesce(parsed.offset_minutes, 0)));
END $$;
CREATE FUNCTION sys.cast_datetimeoffset(value timestamptz, scale integer, style integer, must boolean) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN timezone('UTC', sys.round_seconds(timezone('UTC', value), scale));
CREATE FUNCTION sys.cast_datetimeoffset(value timestamp, scale integer, style integer, must boolean) RETURNS timestamptz ${header}
RETURN timezone('UTC', sys.round_seconds(value, scale));
CREATE FUNCTION sys.cast_datetimeoffset(value date, scale integer, style integer, must boolean) RETURNS timestamptz ${header}
RETURN timezone('UTC', value::timestamp);
`;
