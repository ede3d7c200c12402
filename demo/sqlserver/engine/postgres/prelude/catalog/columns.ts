/** sys.columns and what hangs on columns: types, identities, computed columns, defaults, checks. */

export const catalogColumnsSql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  const constraintColumns = `o.name, o.object_id, o.principal_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, o.create_date, o.modify_date,
  o.is_ms_shipped, o.is_published, o.is_schema_published`;
  return String.raw`
CREATE VIEW sys.types AS
SELECT ${name('name')} AS name, system_type_id::sys.tinyint AS system_type_id, user_type_id, 4 AS schema_id, NULL::integer AS principal_id,
  (CASE WHEN name IN ('varchar', 'char', 'varbinary', 'binary', 'nvarchar', 'nchar') THEN 8000 WHEN name IN ('numeric', 'decimal') THEN 17
    WHEN name = 'time' THEN 5 WHEN name = 'datetime2' THEN 8 WHEN name = 'datetimeoffset' THEN 10 ELSE bytes END)::smallint AS max_length,
  (CASE WHEN name IN ('time', 'datetime2', 'datetimeoffset') THEN precision_ + 8 ELSE precision_ END)::sys.tinyint AS precision, scale::sys.tinyint AS scale,
  CASE WHEN is_character THEN ${name(`'${collation}'`)} END AS collation_name,
  name NOT IN ('timestamp', 'sysname') AS is_nullable, false AS is_user_defined, false AS is_assembly_type, 0 AS default_object_id, 0 AS rule_object_id, false AS is_table_type
FROM sys.type_facts;

CREATE VIEW sys.column_facts AS
SELECT k.*, f.system_type_id, f.user_type_id, f.name AS catalog_type_name, sys.max_length(f.name, k.length, k.precision_, k.scale) AS max_length,
  CASE WHEN k.type_name IN ('time', 'datetime2', 'datetimeoffset') THEN f.precision_ + CASE WHEN k.scale > 0 THEN k.scale + 1 ELSE 0 END ELSE coalesce(k.precision_, f.precision_) END AS shown_precision,
  coalesce(k.scale, f.scale) AS shown_scale
FROM sys.catalog_columns AS k JOIN sys.type_facts AS f ON f.name = CASE k.type_name WHEN 'rowversion' THEN 'timestamp' ELSE k.type_name END;

CREATE VIEW sys.all_columns AS
SELECT k.table_oid::bigint::integer AS object_id, ${name('k.name')} AS name, k.attnum::integer AS column_id,
  k.system_type_id::sys.tinyint AS system_type_id, k.user_type_id, k.max_length, k.shown_precision::sys.tinyint AS precision, k.shown_scale::sys.tinyint AS scale,
  ${name('k.collation_name')} AS collation_name, k.nullable AS is_nullable, true AS is_ansi_padded, false AS is_rowguidcol, k.identity AS is_identity, k.computed AS is_computed,
  false AS is_filestream, false AS is_replicated, false AS is_non_sql_subscribed, false AS is_merge_published, false AS is_dts_replicated, false AS is_xml_document,
  0 AS xml_collection_id, coalesce(d.object_id, 0) AS default_object_id, 0 AS rule_object_id, false AS is_sparse, false AS is_column_set,
  0::sys.tinyint AS generated_always_type, ${name("'NOT_APPLICABLE'")} AS generated_always_type_desc, NULL::integer AS encryption_type, ${name('NULL')} AS encryption_type_desc,
  ${name('NULL')} AS encryption_algorithm_name, NULL::integer AS column_encryption_key_id, false AS is_hidden, false AS is_masked, NULL::integer AS graph_type
FROM sys.column_facts AS k JOIN sys.all_objects AS o ON o.object_id = k.table_oid::bigint::integer
LEFT JOIN sys.declared_defaults AS d ON d.table_oid = k.table_oid AND d.attnum = k.attnum;
CREATE VIEW sys.columns AS SELECT k.* FROM sys.all_columns AS k JOIN sys.objects AS o ON o.object_id = k.object_id;

CREATE VIEW sys.identity_columns AS
SELECT k.*, q.seqstart AS seed_value, q.seqincrement AS increment_value, pg_sequence_last_value(q.seqrelid) AS last_value, false AS is_not_for_replication
FROM sys.columns AS k
JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = k.object_id::oid AND d.refobjsubid = k.column_id AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass
JOIN pg_sequence AS q ON q.seqrelid = d.objid WHERE k.is_identity;

CREATE VIEW sys.computed_columns AS
SELECT k.*, ${name('f.computed_definition')} AS definition, false AS uses_database_collation, true AS is_persisted
FROM sys.columns AS k JOIN sys.catalog_columns AS f ON f.table_oid = k.object_id::oid AND f.attnum = k.column_id WHERE k.is_computed;

CREATE VIEW sys.default_constraints AS
SELECT ${constraintColumns}, d.attnum::integer AS parent_column_id,
  CASE WHEN (SELECT sys.sees_everything()) OR sys.sees_definition(d.table_oid::bigint::integer) THEN ${name('d.definition')} END AS definition, d.system_named AS is_system_named
FROM sys.objects AS o JOIN sys.declared_defaults AS d ON d.object_id = o.object_id;

CREATE VIEW sys.check_constraints AS
SELECT ${constraintColumns}, false AS is_disabled, false AS is_not_for_replication, NOT k.convalidated AS is_not_trusted,
  CASE WHEN cardinality(k.conkey) = 1 THEN k.conkey[1]::integer ELSE 0 END AS parent_column_id,
  CASE WHEN (SELECT sys.sees_everything()) OR sys.sees_definition(k.conrelid::bigint::integer) THEN ${name('coalesce(d.definition, pg_get_constraintdef(k.oid))')} END AS definition,
  false AS uses_database_collation, coalesce(d.system_named, false) AS is_system_named
FROM sys.objects AS o JOIN pg_constraint AS k ON k.oid = o.object_id::oid AND k.contype = 'c' LEFT JOIN sys.declared_constraints AS d ON d.constraint_oid = k.oid
WHERE o.type = 'C'::bpchar;
`;
};
