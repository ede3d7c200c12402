/** INFORMATION_SCHEMA, as SQL Server has it: the standard's views with SQL Server's types. */

export const informationSchemaSql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  const catalog = name('current_database()');
  const objectName = (prefix: string): string =>
    `${catalog} AS "${prefix}_CATALOG", s.name AS "${prefix}_SCHEMA", o.name AS "${prefix}_NAME"`;
  const yesNo = (condition: string): string => name(`CASE WHEN ${condition} THEN 'YES' ELSE 'NO' END`);
  return String.raw`
CREATE VIEW tsql_information_schema."SCHEMATA" AS
SELECT ${catalog} AS "CATALOG_NAME", s.name AS "SCHEMA_NAME", ${name("CASE WHEN s.schema_id IN (2, 3, 4) THEN sys.raw(s.name) ELSE 'dbo' END")} AS "SCHEMA_OWNER",
  ${name('NULL')} AS "DEFAULT_CHARACTER_SET_CATALOG", ${name('NULL')} AS "DEFAULT_CHARACTER_SET_SCHEMA", ${name("'iso_1'")} AS "DEFAULT_CHARACTER_SET_NAME" FROM sys.schemas AS s;

CREATE VIEW tsql_information_schema."TABLES" AS
SELECT ${objectName('TABLE')}, ${name("CASE WHEN o.type = 'U'::bpchar THEN 'BASE TABLE' ELSE 'VIEW' END")} AS "TABLE_TYPE"
FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.type IN ('U'::bpchar, 'V'::bpchar);

CREATE VIEW tsql_information_schema."VIEWS" AS
SELECT ${objectName('TABLE')}, m.definition AS "VIEW_DEFINITION", ${name("'NONE'")} AS "CHECK_OPTION", ${name("'NO'")} AS "IS_UPDATABLE"
FROM sys.views AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id;

CREATE VIEW tsql_information_schema."COLUMNS" AS
SELECT ${objectName('TABLE')}, ${name('k.name')} AS "COLUMN_NAME", row_number() OVER (PARTITION BY k.table_oid ORDER BY k.attnum)::integer AS "ORDINAL_POSITION",
  ${name('CASE WHEN (SELECT sys.sees_everything()) OR sys.sees_definition(o.object_id) THEN d.definition END')} AS "COLUMN_DEFAULT", ${yesNo('k.nullable')} AS "IS_NULLABLE",
  ${name('k.catalog_type_name')} AS "DATA_TYPE",
  CASE WHEN k.type_name IN ('text', 'image') THEN 2147483647 WHEN k.type_name = 'ntext' THEN 1073741823 WHEN k.type_name = 'xml' THEN -1 WHEN k.type_name = 'sql_variant' THEN 0 ELSE k.length END AS "CHARACTER_MAXIMUM_LENGTH",
  CASE WHEN k.type_name IN ('text', 'image') THEN 2147483647 WHEN k.type_name = 'ntext' THEN 2147483646 WHEN k.type_name = 'xml' THEN -1 WHEN k.type_name = 'sql_variant' THEN 0
    WHEN k.length IS NOT NULL THEN k.max_length::integer END AS "CHARACTER_OCTET_LENGTH",
  CASE WHEN k.type_name IN ('tinyint', 'smallint', 'int', 'bigint', 'numeric', 'decimal', 'money', 'smallmoney', 'real', 'float') THEN k.shown_precision::sys.tinyint END AS "NUMERIC_PRECISION",
  CASE WHEN k.type_name IN ('tinyint', 'smallint', 'int', 'bigint', 'numeric', 'decimal', 'money', 'smallmoney') THEN 10::smallint WHEN k.type_name IN ('real', 'float') THEN 2::smallint END AS "NUMERIC_PRECISION_RADIX",
  CASE WHEN k.type_name IN ('tinyint', 'smallint', 'int', 'bigint', 'numeric', 'decimal', 'money', 'smallmoney') THEN k.shown_scale END AS "NUMERIC_SCALE",
  CASE WHEN k.type_name IN ('time', 'datetime', 'datetime2', 'datetimeoffset') THEN k.shown_scale::smallint WHEN k.type_name IN ('date', 'smalldatetime') THEN 0::smallint END AS "DATETIME_PRECISION",
  ${name('NULL')} AS "CHARACTER_SET_CATALOG", ${name('NULL')} AS "CHARACTER_SET_SCHEMA",
  ${name("CASE WHEN k.type_name IN ('char', 'varchar', 'text') THEN 'iso_1' WHEN k.type_name IN ('nchar', 'nvarchar', 'ntext') THEN 'UNICODE' END")} AS "CHARACTER_SET_NAME",
  ${name('NULL')} AS "COLLATION_CATALOG", ${name('NULL')} AS "COLLATION_SCHEMA", ${name('k.collation_name')} AS "COLLATION_NAME",
  ${name('NULL')} AS "DOMAIN_CATALOG", ${name('NULL')} AS "DOMAIN_SCHEMA", ${name('NULL')} AS "DOMAIN_NAME"
FROM sys.column_facts AS k JOIN sys.objects AS o ON o.object_id = k.table_oid::bigint::integer JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.declared_defaults AS d ON d.table_oid = k.table_oid AND d.attnum = k.attnum;

CREATE VIEW tsql_information_schema."TABLE_CONSTRAINTS" AS
SELECT ${catalog} AS "CONSTRAINT_CATALOG", s.name AS "CONSTRAINT_SCHEMA", o.name AS "CONSTRAINT_NAME", ${catalog} AS "TABLE_CATALOG", s.name AS "TABLE_SCHEMA", t.name AS "TABLE_NAME",
  ${name("CASE sys.raw(o.type) WHEN 'PK' THEN 'PRIMARY KEY' WHEN 'UQ' THEN 'UNIQUE' WHEN 'F ' THEN 'FOREIGN KEY' ELSE 'CHECK' END")} AS "CONSTRAINT_TYPE",
  ${name("'NO'")} AS "IS_DEFERRABLE", ${name("'NO'")} AS "INITIALLY_DEFERRED"
FROM sys.objects AS o JOIN sys.tables AS t ON t.object_id = o.parent_object_id JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('PK'::bpchar, 'UQ'::bpchar, 'F'::bpchar, 'C'::bpchar);

CREATE VIEW tsql_information_schema."KEY_COLUMN_USAGE" AS
SELECT ${catalog} AS "CONSTRAINT_CATALOG", s.name AS "CONSTRAINT_SCHEMA", o.name AS "CONSTRAINT_NAME", ${catalog} AS "TABLE_CATALOG", s.name AS "TABLE_SCHEMA", t.name AS "TABLE_NAME",
  c.name AS "COLUMN_NAME", place::integer AS "ORDINAL_POSITION"
FROM sys.objects AS o JOIN pg_constraint AS k ON k.oid = o.object_id::oid AND k.contype IN ('p', 'u', 'f') JOIN sys.tables AS t ON t.object_id = o.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id CROSS JOIN generate_series(1, cardinality(k.conkey)) AS place
JOIN sys.columns AS c ON c.object_id = t.object_id AND c.column_id = k.conkey[place]
WHERE o.type IN ('PK'::bpchar, 'UQ'::bpchar, 'F'::bpchar);

CREATE VIEW tsql_information_schema."CONSTRAINT_COLUMN_USAGE" AS
SELECT ${catalog} AS "TABLE_CATALOG", s.name AS "TABLE_SCHEMA", t.name AS "TABLE_NAME", c.name AS "COLUMN_NAME", ${catalog} AS "CONSTRAINT_CATALOG", s.name AS "CONSTRAINT_SCHEMA", o.name AS "CONSTRAINT_NAME"
FROM sys.objects AS o JOIN pg_constraint AS k ON k.oid = o.object_id::oid AND k.contype IN ('p', 'u', 'f', 'c') JOIN sys.tables AS t ON t.object_id = o.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id CROSS JOIN unnest(k.conkey) AS number
JOIN sys.columns AS c ON c.object_id = t.object_id AND c.column_id = number;

CREATE VIEW tsql_information_schema."REFERENTIAL_CONSTRAINTS" AS
SELECT ${catalog} AS "CONSTRAINT_CATALOG", s.name AS "CONSTRAINT_SCHEMA", f.name AS "CONSTRAINT_NAME", ${catalog} AS "UNIQUE_CONSTRAINT_CATALOG", s.name AS "UNIQUE_CONSTRAINT_SCHEMA",
  ${name('i.name')} AS "UNIQUE_CONSTRAINT_NAME", ${name("'SIMPLE'")} AS "MATCH_OPTION", ${name("translate(sys.raw(f.update_referential_action_desc), '_', ' ')")} AS "UPDATE_RULE",
  ${name("translate(sys.raw(f.delete_referential_action_desc), '_', ' ')")} AS "DELETE_RULE"
FROM sys.foreign_keys AS f JOIN sys.schemas AS s ON s.schema_id = f.schema_id JOIN sys.catalog_indexes AS i ON i.indrelid = f.referenced_object_id::oid AND i.index_id = f.key_index_id;

CREATE VIEW tsql_information_schema."CHECK_CONSTRAINTS" AS
SELECT ${catalog} AS "CONSTRAINT_CATALOG", s.name AS "CONSTRAINT_SCHEMA", c.name AS "CONSTRAINT_NAME", c.definition AS "CHECK_CLAUSE"
FROM sys.check_constraints AS c JOIN sys.schemas AS s ON s.schema_id = c.schema_id;

CREATE VIEW tsql_information_schema."ROUTINES" AS
SELECT ${catalog} AS "SPECIFIC_CATALOG", s.name AS "SPECIFIC_SCHEMA", o.name AS "SPECIFIC_NAME", ${objectName('ROUTINE')}, ${name("'PROCEDURE'")} AS "ROUTINE_TYPE",
  m.definition AS "ROUTINE_DEFINITION", o.create_date AS "CREATED", o.modify_date AS "LAST_ALTERED"
FROM sys.procedures AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id;
`;
};
