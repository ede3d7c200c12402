/** LIKE and PATINDEX with T-SQL's patterns: % _ [a-z] [^a-z] and ESCAPE, as the value's collation compares. */

export const patternsSql = String.raw`
-- A pattern as a regular expression, which knows classes and escapes but no collation: letters that the collation takes for equal
-- are folded in value and pattern beforehand.
CREATE FUNCTION sys.like_expression(pattern text, escape_ text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  rest text := pattern COLLATE "C";
  letter text COLLATE "C";
  class text[];
  result text := '';
BEGIN
  WHILE rest COLLATE "C" <> '' LOOP
    letter := pg_catalog.left(rest, 1);
    rest := pg_catalog.substr(rest, 2);
    class := CASE WHEN letter = '[' THEN regexp_match(rest COLLATE "C", '^(\^?)(\]?[^]]*)\](.*)$') END;
    CASE
      WHEN letter = escape_ COLLATE "C" AND rest COLLATE "C" <> '' THEN
        result := result || regexp_replace(pg_catalog.left(rest, 1) COLLATE "C", '([^[:alnum:]])', '\\\1');
        rest := pg_catalog.substr(rest, 2);
      WHEN letter = '%' THEN result := result || '.*';
      WHEN letter = '_' THEN result := result || '.';
      WHEN class IS NOT NULL AND class[2] COLLATE "C" <> '' THEN
        result := result || '[' || class[1] || regexp_replace(class[2] COLLATE "C", '([][\\^])', '\\\1', 'g') || ']';
        rest := class[3];
      ELSE result := result || CASE WHEN letter ~ '^[[:alnum:] ]$' THEN letter ELSE E'\\' || letter END;
    END CASE;
  END LOOP;
  RETURN result;
END $$;

CREATE FUNCTION sys.folded(value text, collation_name text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  result text := value COLLATE "C";
BEGIN
  IF collation_name COLLATE "C" ~ '_AI' THEN
    result := regexp_replace(normalize(result, NFD) COLLATE "C", '[\u0300-\u036f]', '', 'g');
  END IF;
  IF collation_name COLLATE "C" !~ '_(CS_|BIN)' THEN
    result := pg_catalog.lower(result COLLATE pg_c_utf8);
  END IF;
  RETURN result;
END $$;

-- Trailing blanks of the value need no counterpart in the pattern.
CREATE FUNCTION sys.like(value bpchar, pattern bpchar, escape_ bpchar DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  text_ text := sys.raw(value);
  collation_name text := coalesce(pg_collation_for(value), '');
  converted text;
BEGIN
  IF value IS NULL OR pattern IS NULL THEN
    RETURN NULL;
  END IF;
  IF escape_ IS NOT NULL OR sys.raw(pattern) COLLATE "C" ~ '[[\\]' THEN
    converted := '^(?:' || sys.like_expression(sys.folded(sys.raw(pattern), collation_name), sys.folded(sys.raw(escape_), collation_name)) || ')$';
    text_ := sys.folded(text_, collation_name);
    RETURN text_ COLLATE pg_c_utf8 ~ converted OR pg_catalog.rtrim(text_, ' ') COLLATE pg_c_utf8 ~ converted;
  END IF;
  RETURN text_ LIKE sys.raw(pattern) OR pg_catalog.rtrim(text_, ' ') LIKE sys.raw(pattern);
END $$;
CREATE FUNCTION sys.like(value anynonarray, pattern bpchar, escape_ bpchar DEFAULT NULL) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
'SELECT sys.like(sys.to_string($1), $2, $3)';

-- Where the pattern first matches, from 1; 0 where it doesn't.
CREATE FUNCTION sys.patindex(pattern bpchar, value bpchar) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  collation_name text := coalesce(pg_collation_for(value), '');
  text_ text := sys.folded(sys.raw(value), collation_name);
  core text := sys.folded(sys.raw(pattern), collation_name);
  open boolean := core COLLATE "C" LIKE '%\%';
  expression text;
  found_at integer;
BEGIN
  expression := sys.like_expression(regexp_replace(regexp_replace(core COLLATE "C", '^%+', ''), '%+$', ''), NULL) || CASE WHEN open THEN '' ELSE ' *$' END;
  IF core COLLATE "C" NOT LIKE '\%%' THEN
    expression := '^' || expression;
  END IF;
  found_at := regexp_instr(text_ COLLATE pg_c_utf8, expression);
  RETURN CASE WHEN found_at = 0 THEN 0 ELSE sys.utf16_length(pg_catalog.left(text_, found_at - 1)) + 1 END;
END $$;
`;
