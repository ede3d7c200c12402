/** Any value as text: what CONVERT writes before the result is cut to its length. */

export const toTextSql = String.raw`
-- A float in at most six digits, its exponent in three (style 0), or always with an exponent and 8, 16 or 17 digits (1, 2, 3).
CREATE FUNCTION sys.float_text(value double precision, style integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  digits integer := CASE style WHEN 1 THEN 8 WHEN 2 THEN 16 WHEN 3 THEN 17 ELSE 6 END;
  scientific text[];
  exponent integer;
BEGIN
  IF style IN (126, 128, 129) THEN
    RETURN value::text;
  END IF;
  IF value = 0 AND style = 0 THEN
    RETURN '0';
  END IF;
  scientific := string_to_array(btrim(pg_catalog.to_char(value::text::numeric, '9.' || pg_catalog.repeat('9', digits - 1) || 'EEEE')), 'e');
  exponent := scientific[2]::integer;
  IF style = 0 AND exponent BETWEEN -5 AND 5 THEN
    RETURN trim_scale(pg_catalog.round(value::text::numeric, 5 - exponent))::text;
  END IF;
  IF style = 0 THEN
    scientific[1] := trim_scale(scientific[1]::numeric)::text;
  END IF;
  RETURN scientific[1] || 'e' || CASE WHEN exponent < 0 THEN '-' ELSE '+' END || pg_catalog.lpad(pg_catalog.abs(exponent)::text, 3, '0');
END $$;

CREATE FUNCTION sys.money_text(value numeric, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE coalesce(style, 0)
  WHEN 1 THEN pg_catalog.to_char(value, 'FM999,999,999,999,999,990.00')
  WHEN 2 THEN pg_catalog.round(value, 4)::text
  WHEN 126 THEN pg_catalog.round(value, 4)::text
  ELSE pg_catalog.round(value, 2)::text END;

CREATE FUNCTION sys.binary_text(value bytea, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE coalesce(style, 0)
  WHEN 1 THEN '0x' || pg_catalog.upper(encode(value, 'hex'))
  WHEN 2 THEN pg_catalog.upper(encode(value, 'hex'))
  ELSE convert_from(value, 'WIN1252') END;

CREATE FUNCTION sys.text_of(value bpchar, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sys.raw(value);
CREATE FUNCTION sys.text_of(value text, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value;
CREATE FUNCTION sys.text_of(value boolean, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value THEN '1' WHEN NOT value THEN '0' END;
CREATE FUNCTION sys.text_of(value smallint, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value::text;
CREATE FUNCTION sys.text_of(value integer, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value::text;
CREATE FUNCTION sys.text_of(value bigint, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value::text;
CREATE FUNCTION sys.text_of(value numeric, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value::text;
CREATE FUNCTION sys.text_of(value sys.money, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sys.money_text(value, style);
CREATE FUNCTION sys.text_of(value sys.smallmoney, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sys.money_text(value, style);
CREATE FUNCTION sys.text_of(value real, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sys.float_text(value::text::double precision, coalesce(style, 0));
CREATE FUNCTION sys.text_of(value double precision, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sys.float_text(value, coalesce(style, 0));
CREATE FUNCTION sys.text_of(value uuid, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN pg_catalog.upper(value::text);
CREATE FUNCTION sys.text_of(value bytea, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sys.binary_text(value, style);
CREATE FUNCTION sys.text_of(value date, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sys.raw(sys.date_text(value, style));
CREATE FUNCTION sys.text_of(value time, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sys.raw(sys.time_text(value, 7, style));
CREATE FUNCTION sys.text_of(value timestamp, style integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sys.datetime_text(value, style);
CREATE FUNCTION sys.text_of(value timestamptz, style integer) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN sys.raw(sys.datetimeoffset_text(value, 7, style));

-- The implicit conversion to a string, of any length.
CREATE FUNCTION sys.to_string(value anynonarray) RETURNS bpchar LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT sys.text_of($1, NULL::integer)::bpchar';
CREATE FUNCTION sys.to_string(value bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value;

-- What happens to a text too long for n characters depends on what it was: strings, dates and binary values are cut, whole numbers become an
-- asterisk in varchar, other numbers are an error.
CREATE FUNCTION sys.overlong(type text, target text, value text, n integer, must boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF type IN ('smallint', 'integer', 'boolean') AND target IN ('varchar', 'char') THEN
    RETURN '*';
  END IF;
  IF type NOT IN ('smallint', 'integer', 'bigint', 'numeric', 'sys.money', 'sys.smallmoney', 'real', 'double precision', 'uuid') THEN
    RETURN sys.utf16_left(value, n);
  END IF;
  IF must THEN
    CASE
      WHEN type IN ('sys.money', 'sys.smallmoney') THEN
        PERFORM sys.raise(234, 'There is insufficient result space to convert a money value to ' || target || '.');
      WHEN type = 'uuid' THEN
        PERFORM sys.raise(8170, 'Insufficient result space to convert uniqueidentifier value to char.');
      WHEN type IN ('real', 'double precision') THEN
        PERFORM sys.raise(232, 'Arithmetic overflow error for type ' || target || ', value = ' || value || '.');
      ELSE
        PERFORM sys.raise(8115, 'Arithmetic overflow error converting '
          || CASE WHEN type = 'numeric' THEN 'numeric' ELSE 'expression' END || ' to data type ' || target || '.');
    END CASE;
  END IF;
  RETURN NULL;
END $$;

-- Cuts and pads a text to a character type's length. code_page NULL is Unicode.
CREATE FUNCTION sys.fit_text(type text, target text, value text, n integer, code_page integer, must boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  result text := value;
BEGIN
  IF octet_length(value) = char_length(value) THEN
    IF target IN ('varchar', 'nvarchar') AND (n < 0 OR octet_length(value) <= n) THEN
      RETURN value;
    END IF;
  ELSIF code_page IS NOT NULL THEN
    result := sys.into_code_page(result, code_page);
  END IF;
  IF n > 0 AND sys.character_units(result, code_page) > n THEN
    result := sys.overlong(type, target, result, n, must);
    IF code_page = 65001 THEN
      result := sys.utf8_left(result, n);
    END IF;
  END IF;
  IF target IN ('char', 'nchar') THEN
    result := result || pg_catalog.repeat(' ', n - sys.character_units(result, code_page));
  END IF;
  RETURN result;
END $$;

-- Length as the type counts it: bytes in a code page, UTF-16 code units else.
CREATE FUNCTION sys.character_units(value text, code_page integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN code_page = 65001 THEN octet_length(value) ELSE sys.utf16_length(value) END;

CREATE FUNCTION sys.utf8_left(value text, n integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  cut text := pg_catalog.left(value, n);
BEGIN
  WHILE octet_length(cut) > n LOOP
    cut := pg_catalog.left(cut, -1);
  END LOOP;
  RETURN cut;
END $$;

CREATE FUNCTION sys.type_of(value anynonarray) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT pg_typeof($1)::text';
`;
