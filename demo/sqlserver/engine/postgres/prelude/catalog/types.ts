/** SQL Server's data types as sys.types numbers them, and the type of each column, declared or derived. */

type TypeFacts = readonly [
  name: string,
  systemTypeId: number,
  userTypeId: number,
  /** Bytes; 0 where the length or precision decides. */
  bytes: number,
  precision: number,
  scale: number,
  character: boolean,
];

const types: readonly TypeFacts[] = [
  ['image', 34, 34, 16, 0, 0, false],
  ['text', 35, 35, 16, 0, 0, true],
  ['uniqueidentifier', 36, 36, 16, 0, 0, false],
  ['date', 40, 40, 3, 10, 0, false],
  ['time', 41, 41, 0, 8, 7, false],
  ['datetime2', 42, 42, 0, 19, 7, false],
  ['datetimeoffset', 43, 43, 0, 26, 7, false],
  ['tinyint', 48, 48, 1, 3, 0, false],
  ['smallint', 52, 52, 2, 5, 0, false],
  ['int', 56, 56, 4, 10, 0, false],
  ['smalldatetime', 58, 58, 4, 16, 0, false],
  ['real', 59, 59, 4, 24, 0, false],
  ['money', 60, 60, 8, 19, 4, false],
  ['datetime', 61, 61, 8, 23, 3, false],
  ['float', 62, 62, 8, 53, 0, false],
  ['sql_variant', 98, 98, 8016, 0, 0, false],
  ['ntext', 99, 99, 16, 0, 0, true],
  ['bit', 104, 104, 1, 1, 0, false],
  ['decimal', 106, 106, 0, 38, 38, false],
  ['numeric', 108, 108, 0, 38, 38, false],
  ['smallmoney', 122, 122, 4, 10, 4, false],
  ['bigint', 127, 127, 8, 19, 0, false],
  ['varbinary', 165, 165, 0, 0, 0, false],
  ['varchar', 167, 167, 0, 0, 0, true],
  ['binary', 173, 173, 0, 0, 0, false],
  ['char', 175, 175, 0, 0, 0, true],
  ['timestamp', 189, 189, 8, 0, 0, false],
  ['nvarchar', 231, 231, 0, 0, 0, true],
  ['sysname', 231, 256, 256, 0, 0, true],
  ['nchar', 239, 239, 0, 0, 0, true],
  ['xml', 241, 241, -1, 0, 0, false],
];

export const catalogTypesSql = (collation: string): string => String.raw`
CREATE TABLE sys.type_facts (name text PRIMARY KEY, system_type_id integer, user_type_id integer, bytes integer, precision_ integer, scale integer, is_character boolean);
INSERT INTO sys.type_facts VALUES ${types
  .map(([name, ...facts]) => `('${name}', ${facts.map(String).join(', ')})`)
  .join(', ')};

-- The T-SQL type of a PostgreSQL type, for columns nobody declared.
CREATE FUNCTION sys.derived_type(type oid) RETURNS text LANGUAGE sql IMMUTABLE RETURN CASE type
  WHEN 'boolean'::regtype THEN 'bit' WHEN 'smallint'::regtype THEN 'smallint' WHEN 'integer'::regtype THEN 'int' WHEN 'bigint'::regtype THEN 'bigint'
  WHEN 'numeric'::regtype THEN 'numeric' WHEN 'real'::regtype THEN 'real' WHEN 'double precision'::regtype THEN 'float' WHEN 'oid'::regtype THEN 'int'
  WHEN 'bytea'::regtype THEN 'varbinary' WHEN 'uuid'::regtype THEN 'uniqueidentifier'
  WHEN 'date'::regtype THEN 'date' WHEN 'time'::regtype THEN 'time' WHEN 'timestamp'::regtype THEN 'datetime' WHEN 'timestamptz'::regtype THEN 'datetimeoffset'
  WHEN 'sys.tinyint'::regtype THEN 'tinyint' WHEN 'sys.datetime'::regtype THEN 'datetime' WHEN 'sys.money'::regtype THEN 'money' WHEN 'sys.smallmoney'::regtype THEN 'smallmoney'
  WHEN 'sys.xml'::regtype THEN 'xml' WHEN 'sys.sql_variant'::regtype THEN 'sql_variant'
  ELSE 'nvarchar' END;

-- Bytes a column takes at most, as sys.columns.max_length has it.
CREATE FUNCTION sys.max_length(type text, length integer, precision_ integer, scale integer) RETURNS smallint LANGUAGE sql STABLE
RETURN (CASE
  WHEN type IN ('nvarchar', 'nchar') THEN CASE WHEN length = -1 THEN -1 ELSE length * 2 END
  WHEN type IN ('varchar', 'char', 'varbinary', 'binary') THEN length
  WHEN type IN ('numeric', 'decimal') THEN CASE WHEN precision_ < 10 THEN 5 WHEN precision_ < 20 THEN 9 WHEN precision_ < 29 THEN 13 ELSE 17 END
  WHEN type IN ('time', 'datetime2', 'datetimeoffset') THEN CASE type WHEN 'time' THEN 3 WHEN 'datetime2' THEN 6 ELSE 8 END
    + CASE WHEN scale < 3 THEN 0 WHEN scale < 5 THEN 1 ELSE 2 END
  ELSE (SELECT bytes FROM sys.type_facts WHERE name = type) END)::smallint;

CREATE VIEW sys.user_schemas AS
SELECT oid, nspname::text AS name, CASE nspname WHEN 'dbo' THEN 1 ELSE oid::bigint::integer END AS schema_id
FROM pg_namespace WHERE nspname NOT IN ('sys', 'tsql_information_schema', 'information_schema') AND nspname NOT LIKE 'pg\_%' AND nspname <> 'public';

-- Every column of the user's tables and views, of the session's temporary tables and of the catalog's views, with its T-SQL type.
CREATE VIEW sys.catalog_columns AS
SELECT c.relnamespace AS schema_oid, c.oid AS table_oid, c.relkind, a.attnum, a.attname::text AS name, NOT a.attnotnull AS nullable,
  a.attidentity <> '' AS identity, a.attgenerated <> '' OR t.computed IS NOT NULL AS computed, t.computed AS computed_definition, a.atthasdef AND a.attgenerated = '' AS has_default,
  shown.type AS type_name,
  CASE WHEN shown.type IN ('char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary') THEN coalesce(t.length,
    CASE WHEN c.relnamespace IN ('sys'::regnamespace, 'tsql_information_schema'::regnamespace) AND a.attname !~* 'definition|default|clause' THEN 128 ELSE -1 END) END AS length,
  CASE WHEN shown.type IN ('numeric', 'decimal') THEN coalesce(t.precision_, CASE WHEN a.atttypmod > 0 THEN ((a.atttypmod - 4) >> 16) & 65535 ELSE 38 END) END AS precision_,
  CASE WHEN shown.type IN ('numeric', 'decimal') THEN coalesce(t.scale, CASE WHEN a.atttypmod > 0 THEN (a.atttypmod - 4) & 2047 ELSE 10 END)
    WHEN shown.type IN ('time', 'datetime2', 'datetimeoffset') THEN coalesce(t.scale, 7) END AS scale,
  CASE WHEN facts.is_character THEN coalesce(t.collation_name, nullif(l.collname::text, 'default'), '${collation}') END AS collation_name
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN sys.column_types AS t ON t.table_oid = a.attrelid AND t.attnum = a.attnum
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
CROSS JOIN LATERAL (SELECT coalesce(t.type_name, sys.derived_type(a.atttypid))) AS shown(type)
LEFT JOIN sys.type_facts AS facts ON facts.name = CASE shown.type WHEN 'rowversion' THEN 'timestamp' ELSE shown.type END
WHERE c.relkind IN ('r', 'p', 'v');
`;
