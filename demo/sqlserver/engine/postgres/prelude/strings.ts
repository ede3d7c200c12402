/** T-SQL's string functions. Lengths and positions count UTF-16 code units, as SQL Server does; half a surrogate pair is left out. */

const header = 'LANGUAGE sql IMMUTABLE PARALLEL SAFE';

/** Functions whose first argument may be of any type, which T-SQL converts to a string: name, further parameters, result. */
const firstArgumentOfAnyType: readonly (readonly [string, readonly string[], string])[] = [
  ['len', [], 'integer'],
  ['left', ['integer'], 'bpchar'],
  ['right', ['integer'], 'bpchar'],
  ['substring', ['integer', 'integer'], 'bpchar'],
  ['upper', [], 'bpchar'],
  ['lower', [], 'bpchar'],
  ['ltrim', [], 'bpchar'],
  ['rtrim', [], 'bpchar'],
  ['trim', [], 'bpchar'],
  ['replace', ['bpchar', 'bpchar'], 'bpchar'],
  ['replicate', ['integer'], 'bpchar'],
  ['reverse', [], 'bpchar'],
  ['stuff', ['integer', 'integer', 'bpchar'], 'bpchar'],
  ['quotename', [], 'bpchar'],
];

const anyTypeSql = firstArgumentOfAnyType
  .map(([name, parameters, returns]) => {
    const passed = parameters.map((_, index) => `, $${index + 2}`).join('');
    return `CREATE FUNCTION sys.${name}(${['anynonarray', ...parameters].join(', ')}) RETURNS ${returns} LANGUAGE sql STABLE PARALLEL SAFE AS
'SELECT sys.${name}(sys.to_string($1)${passed})';`;
  })
  .join('\n');

export const stringsSql = String.raw`
CREATE FUNCTION sys.utf16_substring(value text, start integer, n integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  letter text;
  unit integer := 1;
  width integer;
  result text := '';
BEGIN
  IF n < 0 THEN
    PERFORM sys.raise(537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.', 16, 3);
  END IF;
  IF sys.utf16_length(value) = char_length(value) THEN
    RETURN pg_catalog.substring(value, start, least(n, 2000000000 - pg_catalog.abs(start)));
  END IF;
  FOREACH letter IN ARRAY string_to_array(value, NULL) LOOP
    width := CASE WHEN octet_length(letter) = 4 THEN 2 ELSE 1 END;
    IF unit >= start AND unit + width <= start::bigint + n THEN
      result := result || letter;
    END IF;
    unit := unit + width;
  END LOOP;
  RETURN result;
END $$;

CREATE FUNCTION sys.len(value bpchar) RETURNS integer ${header} RETURN sys.utf16_length(rtrim(sys.raw(value), ' '));
CREATE FUNCTION sys.datalength_n(value bpchar) RETURNS integer ${header} RETURN sys.utf16_length(sys.raw(value)) * 2;
CREATE FUNCTION sys.datalength_c(value bpchar, code_page integer DEFAULT 1252) RETURNS integer ${header}
RETURN sys.character_units(sys.raw(value), code_page);
CREATE FUNCTION sys.datalength(value anynonarray) RETURNS integer ${header} AS $$
SELECT CASE pg_typeof($1)::text
  WHEN 'bytea' THEN octet_length(CAST($1 AS text)::bytea)
  WHEN 'boolean' THEN 1 WHEN 'smallint' THEN 2 WHEN 'integer' THEN 4 WHEN 'real' THEN 4 WHEN 'uuid' THEN 16
  WHEN 'date' THEN 3 WHEN 'time without time zone' THEN 5 WHEN 'timestamp with time zone' THEN 10
  WHEN 'numeric' THEN CASE WHEN length(translate($1::text, '-.', '')) < 10 THEN 5 WHEN length(translate($1::text, '-.', '')) < 20 THEN 9 ELSE 17 END
  ELSE 8 END WHERE $1 IS NOT NULL
$$;

CREATE FUNCTION sys.left(value bpchar, n integer) RETURNS bpchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF n < 0 THEN
    PERFORM sys.raise(537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.', 16, 2);
  END IF;
  RETURN CASE WHEN octet_length(sys.raw(value)) <= n THEN value ELSE sys.utf16_left(sys.raw(value), n)::bpchar END;
END $$;
CREATE FUNCTION sys.right(value bpchar, n integer) RETURNS bpchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  n_units integer := sys.utf16_length(sys.raw(value));
BEGIN
  IF n < 0 THEN
    PERFORM sys.raise(536, 'Invalid length parameter passed to the RIGHT function.', 16, 2);
  END IF;
  RETURN sys.utf16_substring(sys.raw(value), greatest(n_units - n, 0) + 1, n)::bpchar;
END $$;
CREATE FUNCTION sys.substring(value bpchar, start integer, n integer) RETURNS bpchar ${header}
RETURN sys.utf16_substring(sys.raw(value), start, n)::bpchar;
CREATE FUNCTION sys.substring(value bytea, start integer, n integer) RETURNS bytea ${header} RETURN pg_catalog.substring(value, start, n);
CREATE FUNCTION sys.left(value bytea, n integer) RETURNS bytea ${header} RETURN pg_catalog.substring(value, 1, n);

-- Bodies in quotation marks are parsed with the collation of the call; the rest of the prelude knows none.
CREATE FUNCTION sys.upper(bpchar) RETURNS bpchar ${header} AS 'SELECT pg_catalog.upper(sys.raw($1))::bpchar';
CREATE FUNCTION sys.lower(bpchar) RETURNS bpchar ${header} AS 'SELECT pg_catalog.lower(sys.raw($1))::bpchar';
CREATE FUNCTION sys.ltrim(value bpchar) RETURNS bpchar ${header} RETURN pg_catalog.ltrim(sys.raw(value), ' ')::bpchar;
CREATE FUNCTION sys.rtrim(value bpchar) RETURNS bpchar ${header} RETURN pg_catalog.rtrim(sys.raw(value), ' ')::bpchar;
CREATE FUNCTION sys.trim(value bpchar, characters bpchar DEFAULT ' ') RETURNS bpchar ${header}
RETURN pg_catalog.btrim(sys.raw(value), sys.raw(characters))::bpchar;
CREATE FUNCTION sys.reverse(value bpchar) RETURNS bpchar ${header} RETURN pg_catalog.reverse(sys.raw(value))::bpchar;
CREATE FUNCTION sys.space(n integer) RETURNS bpchar ${header} RETURN CASE WHEN n >= 0 THEN pg_catalog.repeat(' ', n)::bpchar END;
CREATE FUNCTION sys.replicate(value bpchar, n integer) RETURNS bpchar ${header}
RETURN CASE WHEN n >= 0 THEN pg_catalog.repeat(sys.raw(value), n)::bpchar END;
CREATE FUNCTION sys.replace(bpchar, bpchar, bpchar) RETURNS bpchar ${header} AS
'SELECT pg_catalog.replace(sys.raw($1), sys.raw($2), sys.raw($3))::bpchar';
CREATE FUNCTION sys.stuff(value bpchar, start integer, n integer, replacement bpchar) RETURNS bpchar ${header}
RETURN CASE WHEN start BETWEEN 1 AND sys.utf16_length(sys.raw(value)) AND n >= 0 THEN
  (sys.utf16_substring(sys.raw(value), 1, start - 1) || coalesce(sys.raw(replacement), '')
    || sys.utf16_substring(sys.raw(value), start + n, 2000000000))::bpchar END;
CREATE FUNCTION sys.translate(value bpchar, from_ bpchar, to_ bpchar) RETURNS bpchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF length(sys.raw(from_)) <> length(sys.raw(to_)) THEN
    PERFORM sys.raise(9828, 'The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.');
  END IF;
  RETURN pg_catalog.translate(sys.raw(value), sys.raw(from_), sys.raw(to_))::bpchar;
END $$;

CREATE FUNCTION sys.charindex(sought bpchar, value bpchar, start integer DEFAULT 1) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  skipped text := sys.utf16_substring(sys.raw(value), 1, greatest(start, 1) - 1);
  rest text := sys.utf16_substring(sys.raw(value), greatest(start, 1), 2000000000);
  found_at integer := CASE WHEN sys.raw(sought) = '' THEN 0 ELSE strpos(rest, sys.raw(sought)) END;
BEGIN
  RETURN CASE WHEN found_at = 0 THEN 0 ELSE sys.utf16_length(skipped) + sys.utf16_length(pg_catalog.left(rest, found_at - 1)) + 1 END;
END $$;
CREATE FUNCTION sys.charindex(sought bpchar, value anynonarray, start integer DEFAULT 1) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
'SELECT sys.charindex($1, sys.to_string($2), $3)';

CREATE FUNCTION sys.quotename(value bpchar, quote_ bpchar DEFAULT '[') RETURNS bpchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  open text COLLATE "C" := pg_catalog.left(sys.raw(quote_) || '[', 1);
  close text COLLATE "C" := CASE open WHEN '[' THEN ']' WHEN ']' THEN ']' WHEN '(' THEN ')' WHEN ')' THEN ')' WHEN '<' THEN '>' WHEN '>' THEN '>'
    WHEN '{' THEN '}' WHEN '}' THEN '}' WHEN '''' THEN '''' WHEN '"' THEN '"' WHEN chr(96) THEN chr(96) END;
BEGIN
  open := translate(open, '])>}', '[(<{');
  RETURN CASE WHEN sys.utf16_length(sys.raw(value)) <= 128 THEN (open || pg_catalog.replace(sys.raw(value) COLLATE "C", close, close || close) || close)::bpchar END;
END $$;

CREATE FUNCTION sys.char(code integer) RETURNS bpchar ${header}
RETURN CASE WHEN code BETWEEN 1 AND 255 THEN convert_from(decode(lpad(to_hex(code), 2, '0'), 'hex'), CASE WHEN code IN (129, 141, 143, 144, 157) THEN 'LATIN1' ELSE 'WIN1252' END)::bpchar END;
CREATE FUNCTION sys.nchar(code integer) RETURNS bpchar ${header}
RETURN CASE WHEN code BETWEEN 1 AND 1114111 THEN chr(code)::bpchar END;
CREATE FUNCTION sys.ascii(value bpchar) RETURNS integer ${header}
RETURN CASE WHEN sys.raw(value) <> '' THEN get_byte(convert_to(sys.into_code_page(pg_catalog.left(sys.raw(value), 1), 1252), 'WIN1252'), 0) END;
CREATE FUNCTION sys.unicode(value bpchar) RETURNS integer ${header}
RETURN CASE WHEN sys.raw(value) = '' THEN NULL WHEN pg_catalog.ascii(sys.raw(value)) > 65535
  THEN 55296 + (pg_catalog.ascii(sys.raw(value)) - 65536) / 1024 ELSE pg_catalog.ascii(sys.raw(value)) END;

CREATE FUNCTION sys.concat(VARIADIC parts bpchar[]) RETURNS bpchar ${header}
RETURN (SELECT coalesce(string_agg(sys.raw(part), '' ORDER BY position_), '')::bpchar FROM unnest(parts) WITH ORDINALITY AS listed(part, position_));
CREATE FUNCTION sys.concat_ws(separator bpchar, VARIADIC parts bpchar[]) RETURNS bpchar ${header}
RETURN (SELECT coalesce(string_agg(sys.raw(part), coalesce(sys.raw(separator), '') ORDER BY position_), '')::bpchar
  FROM unnest(parts) WITH ORDINALITY AS listed(part, position_));

CREATE FUNCTION sys.join_string(state text, value bpchar, separator bpchar) RETURNS text ${header}
RETURN CASE WHEN value IS NULL THEN state WHEN state IS NULL THEN sys.raw(value) ELSE state || coalesce(sys.raw(separator), '') || sys.raw(value) END;
CREATE FUNCTION sys.joined_string(state text) RETURNS bpchar ${header} RETURN state::bpchar;
CREATE AGGREGATE sys.string_agg(bpchar, bpchar) (sfunc = sys.join_string, stype = text, finalfunc = sys.joined_string);

CREATE FUNCTION sys.string_split(subject bpchar, separator bpchar) RETURNS TABLE (value bpchar) LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN QUERY SELECT part::bpchar FROM unnest(string_to_array(sys.raw(subject), sys.raw(separator))) AS split(part);
END $$;

-- STR: a float right-justified in n characters, or asterisks.
CREATE FUNCTION sys.str(value double precision, n integer DEFAULT 10, decimals integer DEFAULT 0) RETURNS bpchar ${header}
RETURN (CASE WHEN length(round(value::text::numeric, least(greatest(decimals, 0), 16))::text) <= n
    THEN lpad(round(value::text::numeric, least(greatest(decimals, 0), 16))::text, n)
  WHEN length(trunc(value::text::numeric)::text) <= n
    THEN lpad(round(value::text::numeric, greatest(n - length(trunc(value::text::numeric)::text) - 1, 0))::text, n)
  ELSE repeat('*', n) END)::bpchar;

-- printf's %d %i %u %s %x %X %o with flags, width and precision, as RAISERROR and FORMATMESSAGE know them.
CREATE FUNCTION sys.formatmessage(format_ bpchar, VARIADIC arguments bpchar[]) RETURNS bpchar LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  rest text COLLATE "C" := sys.raw(format_);
  result text COLLATE "C" := '';
  part text[] COLLATE "C";
  value text COLLATE "C";
  index_ integer := 0;
  width integer;
BEGIN
  IF rest IS NULL THEN
    RETURN NULL;
  END IF;
  LOOP
    part := regexp_match(rest COLLATE "C", '^([^%]*)%(%|([-+0# ]*)(\*|\d*)(?:\.(\*|\d+))?(?:h|l|I64)?([diusxXo]))(.*)$');
    IF part IS NULL THEN
      IF strpos(rest COLLATE "C", '%') > 0 THEN
        PERFORM sys.raise(2787, 'Invalid format specification: ''' || pg_catalog.substr(rest, strpos(rest COLLATE "C", '%')) || '''.');
      END IF;
      RETURN (result || rest)::bpchar;
    END IF;
    result := result || part[1];
    rest := part[7];
    IF part[2] = '%' THEN
      result := result || '%';
      CONTINUE;
    END IF;
    IF part[4] = '*' THEN
      index_ := index_ + 1;
      part[4] := sys.raw(arguments[index_]);
    END IF;
    IF part[5] = '*' THEN
      index_ := index_ + 1;
      part[5] := sys.raw(arguments[index_]);
    END IF;
    index_ := index_ + 1;
    value := coalesce(sys.raw(arguments[index_]), '(null)');
    IF value <> '(null)' AND part[6] <> 's' THEN
      value := CASE part[6]
        WHEN 'x' THEN to_hex(value::bigint::integer)
        WHEN 'X' THEN pg_catalog.upper(to_hex(value::bigint::integer))
        WHEN 'o' THEN to_oct(value::bigint::integer)
        ELSE value::bigint::text END;
      value := CASE WHEN part[6] IN ('d', 'i') AND part[3] ~ '\+' AND value !~ '^-' THEN '+' || value
        WHEN part[6] IN ('d', 'i') AND part[3] ~ ' ' AND value !~ '^-' THEN ' ' || value ELSE value END;
    ELSIF part[5] IS NOT NULL THEN
      value := pg_catalog.left(value, part[5]::integer);
    END IF;
    width := coalesce(nullif(part[4], ''), '0')::integer;
    IF length(value) < width THEN
      value := CASE WHEN part[3] ~ '-' THEN rpad(value, width)
        WHEN part[3] ~ '0' AND part[6] <> 's' THEN
          CASE WHEN value ~ '^-' THEN '-' || lpad(pg_catalog.substr(value, 2), width - 1, '0') ELSE lpad(value, width, '0') END
        ELSE lpad(value, width) END;
    END IF;
    result := result || value;
  END LOOP;
END $$;

CREATE FUNCTION sys.hashbytes(algorithm bpchar, value bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN CASE pg_catalog.upper(sys.raw(algorithm) COLLATE "C")
    WHEN 'MD5' THEN decode(md5(value), 'hex')
    WHEN 'SHA' THEN sys.digest(value, 'sha1') WHEN 'SHA1' THEN sys.digest(value, 'sha1')
    WHEN 'SHA2_256' THEN sha256(value) WHEN 'SHA2_512' THEN sha512(value) END;
END $$;
CREATE FUNCTION sys.hashbytes(algorithm bpchar, value bpchar) RETURNS bytea ${header}
RETURN sys.hashbytes(algorithm, sys.cast_bytes(value, -1, 'varbinary', 0, true));

-- PARSENAME: the n-th part of a name, counted from its end.
CREATE FUNCTION sys.name_parts(name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  rest text COLLATE "C" := name;
  part text[] COLLATE "C";
  parts text[] COLLATE "C" := '{}';
BEGIN
  LOOP
    part := regexp_match(rest COLLATE "C", '^ *(?:\[((?:[^]]|\]\])*)\]|"((?:[^"]|"")*)"|([^][".]*)) *(\.(.*))?$');
    IF part IS NULL THEN
      RETURN NULL;
    END IF;
    parts := parts || coalesce(pg_catalog.replace(part[1], ']]', ']'), pg_catalog.replace(part[2], '""', '"'), rtrim(part[3]));
    EXIT WHEN part[4] IS NULL;
    rest := part[5];
  END LOOP;
  RETURN parts;
END $$;
CREATE FUNCTION sys.parsename(name bpchar, part integer) RETURNS bpchar ${header}
RETURN CASE WHEN part BETWEEN 1 AND 4 AND cardinality(sys.name_parts(sys.raw(name))) <= 4
  THEN nullif((sys.name_parts(sys.raw(name)))[cardinality(sys.name_parts(sys.raw(name))) - part + 1], '')::bpchar END;

${anyTypeSql}
`;
