/** Any value as bytes, a uniqueidentifier, xml or sql_variant. */

const header = 'LANGUAGE sql IMMUTABLE PARALLEL SAFE';

export const toBinarySql = String.raw`
-- Cuts and pads bytes to a length; n = -1 is MAX.
CREATE FUNCTION sys.fit_bytes(value bytea, n integer, target text) RETURNS bytea ${header}
RETURN CASE WHEN value IS NULL THEN NULL
  WHEN n > 0 AND octet_length(value) > n THEN substring(value FROM 1 FOR n)
  WHEN target = 'binary' AND n > 0 THEN value || decode(repeat('00', n - octet_length(value)), 'hex')
  ELSE value END;

-- Bytes of a number, most significant first; a number loses its first bytes where a string loses its last.
CREATE FUNCTION sys.number_bytes(value bytea, n integer, target text) RETURNS bytea ${header}
RETURN CASE WHEN value IS NULL THEN NULL
  WHEN n > 0 AND octet_length(value) > n THEN substring(value FROM octet_length(value) - n + 1)
  WHEN target = 'binary' AND n > 0 THEN decode(repeat('00', n - octet_length(value)), 'hex') || value
  ELSE value END;

CREATE FUNCTION sys.cast_bytes(value bpchar, n integer, target text, style integer, must boolean) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  content text := sys.raw(value);
  digits text := CASE coalesce(style, 0)
    WHEN 1 THEN (regexp_match(content COLLATE "C", '^0[xX]((?:[0-9a-fA-F]{2})*)$'))[1]
    WHEN 2 THEN (regexp_match(content COLLATE "C", '^((?:[0-9a-fA-F]{2})*)$'))[1] END;
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  END IF;
  IF coalesce(style, 0) = 0 THEN
    RETURN sys.fit_bytes(convert_to(sys.into_code_page(content, 1252), 'WIN1252'), n, target);
  END IF;
  IF digits IS NULL AND must THEN
    PERFORM sys.raise(8114, 'Error converting data type varchar to ' || target || '.');
  END IF;
  RETURN sys.fit_bytes(decode(digits, 'hex'), n, target);
END $$;

-- A text as nvarchar's bytes: UTF-16, least significant byte first.
CREATE FUNCTION sys.utf16_bytes(value bpchar) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  result text := '';
  unit text;
  code integer;
BEGIN
  FOREACH unit IN ARRAY string_to_array(sys.raw(value), NULL) LOOP
    code := pg_catalog.ascii(unit);
    IF code > 65535 THEN
      code := code - 65536;
      result := result || sys.unit_hex(55296 + code / 1024) || sys.unit_hex(56320 + code % 1024);
    ELSE
      result := result || sys.unit_hex(code);
    END IF;
  END LOOP;
  RETURN decode(result, 'hex');
END $$;
CREATE FUNCTION sys.unit_hex(unit integer) RETURNS text ${header}
RETURN lpad(to_hex(unit % 256), 2, '0') || lpad(to_hex(unit / 256), 2, '0');

CREATE FUNCTION sys.cast_bytes(value bytea, n integer, target text, style integer, must boolean) RETURNS bytea ${header}
RETURN sys.fit_bytes(value, n, target);
CREATE FUNCTION sys.cast_bytes(value boolean, n integer, target text, style integer, must boolean) RETURNS bytea ${header}
RETURN sys.number_bytes(CASE WHEN value THEN '\x01'::bytea ELSE '\x00'::bytea END, n, target);
CREATE FUNCTION sys.cast_bytes(value smallint, n integer, target text, style integer, must boolean) RETURNS bytea ${header}
RETURN sys.number_bytes(int2send(value), n, target);
CREATE FUNCTION sys.cast_bytes(value integer, n integer, target text, style integer, must boolean) RETURNS bytea ${header}
RETURN sys.number_bytes(int4send(value), n, target);
CREATE FUNCTION sys.cast_bytes(value bigint, n integer, target text, style integer, must boolean) RETURNS bytea ${header}
RETURN sys.number_bytes(int8send(value), n, target);
-- The first three groups of a uniqueidentifier lie in memory with the least significant byte first.
CREATE FUNCTION sys.cast_bytes(value uuid, n integer, target text, style integer, must boolean) RETURNS bytea ${header}
RETURN sys.fit_bytes(decode(regexp_replace(value::text, '^(..)(..)(..)(..)-(..)(..)-(..)(..)-(.{4})-(.*)$', '\4\3\2\1\6\5\8\7\9') || right(value::text, 12), 'hex'), n, target);

CREATE FUNCTION sys.cast_varbinary(value anynonarray, n integer, style integer, must boolean) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
'SELECT sys.cast_bytes($1, $2, ''varbinary'', $3, $4)';
CREATE FUNCTION sys.cast_binary(value anynonarray, n integer, style integer, must boolean) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
'SELECT sys.cast_bytes($1, $2, ''binary'', $3, $4)';

CREATE FUNCTION sys.cast_uniqueidentifier(value bpchar, must boolean) RETURNS uuid LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  content text := (regexp_match(sys.raw(value) COLLATE "C", '^\{?([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})'))[1];
BEGIN
  IF content IS NULL AND value IS NOT NULL AND must THEN
    PERFORM sys.raise(8169, 'Conversion failed when converting from a character string to uniqueidentifier.', 16, 2);
  END IF;
  RETURN content::uuid;
END $$;
CREATE FUNCTION sys.cast_uniqueidentifier(value uuid, must boolean) RETURNS uuid ${header} RETURN value;
CREATE FUNCTION sys.cast_uniqueidentifier(value bytea, must boolean) RETURNS uuid ${header}
RETURN regexp_replace(encode(sys.fit_bytes(value, 16, 'binary'), 'hex'),
  '^(..)(..)(..)(..)(..)(..)(..)(..)(.{4})', '\4\3\2\1-\6\5-\8\7-\9-')::uuid;

CREATE FUNCTION sys.cast_xml(value bpchar, must boolean) RETURNS sys.xml ${header} RETURN sys.raw(value)::sys.xml;
CREATE FUNCTION sys.cast_sql_variant(value anynonarray, must boolean) RETURNS sys.sql_variant LANGUAGE sql STABLE PARALLEL SAFE AS
'SELECT sys.text_of($1, NULL::integer)::sys.sql_variant';
`;
