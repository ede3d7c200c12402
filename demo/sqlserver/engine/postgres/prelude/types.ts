/** T-SQL's types that PostgreSQL lacks, and what every other part needs to look into a string. */

export const typesSql = String.raw`
-- The text inside a bpchar, trailing blanks included: PostgreSQL's own cast cuts them off. xmltotext hands its argument through.
CREATE FUNCTION sys.raw(bpchar) RETURNS text LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'xmltotext';

CREATE DOMAIN sys.money AS numeric(19, 4) CHECK (VALUE BETWEEN -922337203685477.5808 AND 922337203685477.5807);
CREATE DOMAIN sys.smallmoney AS numeric(10, 4) CHECK (VALUE BETWEEN -214748.3648 AND 214748.3647);
CREATE DOMAIN sys.xml AS text;
CREATE DOMAIN sys.sql_variant AS text;
-- Declared types that only catalog views use.
CREATE DOMAIN sys.tinyint AS smallint;
CREATE DOMAIN sys.datetime AS timestamp;

-- bit is a number to T-SQL.
UPDATE pg_catalog.pg_cast SET castcontext = 'i' WHERE castsource = 'boolean'::regtype AND casttarget = 'integer'::regtype;

-- What SQL Server counts as one character is a UTF-16 code unit.
CREATE FUNCTION sys.utf16_length(value text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN octet_length(value) = char_length(value) THEN octet_length(value)
  ELSE char_length(value) + char_length(regexp_replace(value COLLATE "C", '[^\U00010000-\U0010FFFF]', '', 'g')) END;

-- The first n UTF-16 code units; a surrogate pair is not cut in two.
CREATE FUNCTION sys.utf16_left(value text, n integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  cut text := pg_catalog.left(value, n);
BEGIN
  WHILE sys.utf16_length(cut) > n LOOP
    cut := pg_catalog.left(cut, -1);
  END LOOP;
  RETURN cut;
END $$;
`;
