/** Dates and times as text, in the styles of CONVERT. */

export const dateStylesSql = String.raw`
-- The date's half of a style; NULL where the style has none.
CREATE FUNCTION sys.style_date(value timestamp, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN style IN (0, 100, 9, 109) THEN pg_catalog.to_char(value, 'Mon ') || pg_catalog.lpad(pg_catalog.to_char(value, 'FMDD'), 2) || pg_catalog.to_char(value, ' YYYY')
  WHEN style IN (1, 22) THEN pg_catalog.to_char(value, 'MM/DD/YY')
  WHEN style = 101 THEN pg_catalog.to_char(value, 'MM/DD/YYYY')
  WHEN style = 2 THEN pg_catalog.to_char(value, 'YY.MM.DD')
  WHEN style = 102 THEN pg_catalog.to_char(value, 'YYYY.MM.DD')
  WHEN style = 3 THEN pg_catalog.to_char(value, 'DD/MM/YY')
  WHEN style = 103 THEN pg_catalog.to_char(value, 'DD/MM/YYYY')
  WHEN style = 4 THEN pg_catalog.to_char(value, 'DD.MM.YY')
  WHEN style = 104 THEN pg_catalog.to_char(value, 'DD.MM.YYYY')
  WHEN style = 5 THEN pg_catalog.to_char(value, 'DD-MM-YY')
  WHEN style = 105 THEN pg_catalog.to_char(value, 'DD-MM-YYYY')
  WHEN style = 6 THEN pg_catalog.to_char(value, 'DD Mon YY')
  WHEN style IN (106, 13, 113) THEN pg_catalog.to_char(value, 'DD Mon YYYY')
  WHEN style = 7 THEN pg_catalog.to_char(value, 'Mon DD, YY')
  WHEN style = 107 THEN pg_catalog.to_char(value, 'Mon DD, YYYY')
  WHEN style = 10 THEN pg_catalog.to_char(value, 'MM-DD-YY')
  WHEN style = 110 THEN pg_catalog.to_char(value, 'MM-DD-YYYY')
  WHEN style = 11 THEN pg_catalog.to_char(value, 'YY/MM/DD')
  WHEN style = 111 THEN pg_catalog.to_char(value, 'YYYY/MM/DD')
  WHEN style = 12 THEN pg_catalog.to_char(value, 'YYMMDD')
  WHEN style = 112 THEN pg_catalog.to_char(value, 'YYYYMMDD')
  WHEN style IN (20, 120, 21, 25, 121, 23, 126, 127) THEN pg_catalog.to_char(value, 'YYYY-MM-DD') END;

-- The time's half; fraction holds the digits after the seconds, none for a smalldatetime. NULL where the style has none.
CREATE FUNCTION sys.style_time(value timestamp, fraction text, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN style IN (0, 100) THEN pg_catalog.lpad(pg_catalog.to_char(value, 'FMHH12:MIAM'), 7)
  WHEN style IN (9, 109) THEN pg_catalog.lpad(pg_catalog.to_char(value, 'FMHH12'), 2) || pg_catalog.to_char(value, ':MI:SS')
    || CASE WHEN fraction <> '' THEN CASE WHEN length(fraction) = 3 THEN ':' ELSE '.' END || fraction ELSE '' END || pg_catalog.to_char(value, 'AM')
  WHEN style = 22 THEN pg_catalog.lpad(pg_catalog.to_char(value, 'FMHH12'), 2) || pg_catalog.to_char(value, ':MI:SS AM')
  WHEN style IN (8, 24, 108, 20, 120) THEN pg_catalog.to_char(value, 'HH24:MI:SS')
  WHEN style IN (13, 113, 14, 114) THEN pg_catalog.to_char(value, 'HH24:MI:SS')
    || CASE WHEN fraction <> '' THEN CASE WHEN length(fraction) = 3 THEN ':' ELSE '.' END || fraction ELSE '' END
  WHEN style IN (21, 25, 121) THEN pg_catalog.to_char(value, 'HH24:MI:SS') || CASE WHEN fraction <> '' THEN '.' || fraction ELSE '' END
  WHEN style IN (126, 127) THEN pg_catalog.to_char(value, 'HH24:MI:SS')
    || CASE WHEN fraction <> '' AND NOT (fraction = '000') THEN '.' || fraction ELSE '' END END;

-- Date and time together; what is no date or no time has only its half.
CREATE FUNCTION sys.style_text(value timestamp, fraction text, style integer, type text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  date_half text := CASE WHEN type <> 'time' THEN sys.style_date(value, style) END;
  time_half text := CASE WHEN type <> 'date' THEN sys.style_time(value, fraction, style) END;
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  END IF;
  IF date_half IS NULL AND time_half IS NULL THEN
    PERFORM sys.raise(281, style || ' is not a valid style number when converting from ' || type || ' to a character string.');
  END IF;
  RETURN concat_ws(CASE WHEN style IN (126, 127) THEN 'T' ELSE ' ' END, date_half, time_half)
    || CASE WHEN style = 127 AND type <> 'date' THEN 'Z' ELSE '' END;
END $$;

-- Digits of the fraction of a second, cut to the scale. PostgreSQL counts microseconds, so the seventh is 0.
CREATE FUNCTION sys.fraction_digits(value timestamp, scale integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.left(pg_catalog.to_char(value, 'US') || '0', scale);

-- A datetime counts 1/300 s, shown as .000, .003 and .007.
CREATE FUNCTION sys.round_datetime(value timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value OPERATOR(pg_catalog.+) (round(floor(date_part('microseconds', value) * 3 / 10000 + 0.5) * 10 / 3) * 1000 - date_part('microseconds', value))
  * interval '1 microsecond';

CREATE FUNCTION sys.datetime_text(value timestamp, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sys.style_text(sys.round_datetime(value), sys.fraction_digits(sys.round_datetime(value), 3), coalesce(style, 0), 'datetime');

CREATE FUNCTION sys.smalldatetime_text(value timestamp, style integer DEFAULT NULL) RETURNS bpchar LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sys.style_text(value, '', coalesce(style, 0), 'smalldatetime')::bpchar;

CREATE FUNCTION sys.datetime2_text(value timestamp, scale integer, style integer DEFAULT NULL) RETURNS bpchar LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sys.style_text(value, sys.fraction_digits(value, scale), coalesce(style, 121), 'datetime2')::bpchar;

CREATE FUNCTION sys.time_text(value time, scale integer, style integer DEFAULT NULL) RETURNS bpchar LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sys.style_text('1900-01-01'::date OPERATOR(pg_catalog.+) value, sys.fraction_digits('1900-01-01'::date OPERATOR(pg_catalog.+) value, scale),
  coalesce(style, 121), 'time')::bpchar;

CREATE FUNCTION sys.date_text(value date, style integer DEFAULT NULL) RETURNS bpchar LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sys.style_text(value::timestamp, '', coalesce(style, 121), 'date')::bpchar;

CREATE FUNCTION sys.datetimeoffset_text(value timestamptz, scale integer, style integer DEFAULT NULL) RETURNS bpchar LANGUAGE sql STABLE PARALLEL SAFE
RETURN (CASE WHEN style = 127
  THEN sys.style_text(timezone('UTC', value), sys.fraction_digits(timezone('UTC', value), scale), 127, 'datetimeoffset')
  ELSE sys.style_text(value::timestamp, sys.fraction_digits(value::timestamp, scale), coalesce(style, 121), 'datetimeoffset')
    || CASE WHEN style = 126 THEN '' ELSE ' ' END || pg_catalog.to_char(value, 'TZH:TZM') END)::bpchar;
`;
