/** sys.objects and the views that show more of one kind of object. */

/** The beginning that sys.tables, sys.views, sys.triggers and the rest share with sys.objects. */
const objectColumns = (prefix: string): string =>
  [
    'name',
    'object_id',
    'principal_id',
    'schema_id',
    'parent_object_id',
    'type',
    'type_desc',
    'create_date',
    'modify_date',
    'is_ms_shipped',
    'is_published',
    'is_schema_published',
  ]
    .map((column) => `${prefix}.${column}`)
    .join(', ');

export const catalogObjectsSql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  return String.raw`
-- Objects of every kind with what decides who sees them: the object itself, or the table it belongs to and the right to its definition.
CREATE VIEW sys.catalog_objects AS
SELECT c.oid::bigint::integer AS object_id, c.relname::text AS name, c.relnamespace AS schema_oid, 0 AS parent_object_id,
  CASE c.relkind WHEN 'v' THEN 'V ' WHEN 'S' THEN 'SO' ELSE 'U ' END AS type, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE_OBJECT' ELSE 'USER_TABLE' END AS type_desc,
  d.create_date, d.modify_date, c.oid::bigint::integer AS securable_id, false AS needs_definition, false AS system_named
FROM pg_class AS c LEFT JOIN sys.declared_dates AS d ON d.object_oid = c.oid
WHERE c.relkind IN ('r', 'p', 'v', 'S')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE c.relkind = 'S' AND classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'i')
UNION ALL
SELECT k.oid::bigint::integer, k.conname::text, k.connamespace, k.conrelid::bigint::integer,
  CASE k.contype WHEN 'p' THEN 'PK' WHEN 'u' THEN 'UQ' WHEN 'f' THEN 'F ' ELSE 'C ' END,
  CASE k.contype WHEN 'p' THEN 'PRIMARY_KEY_CONSTRAINT' WHEN 'u' THEN 'UNIQUE_CONSTRAINT' WHEN 'f' THEN 'FOREIGN_KEY_CONSTRAINT' ELSE 'CHECK_CONSTRAINT' END,
  d.create_date, d.modify_date, k.conrelid::bigint::integer, false, coalesce(s.system_named, false)
FROM pg_constraint AS k LEFT JOIN sys.declared_dates AS d ON d.object_oid = k.conrelid LEFT JOIN sys.declared_constraints AS s ON s.constraint_oid = k.oid
WHERE k.contype IN ('p', 'u', 'f', 'c') AND k.conrelid <> 0
UNION ALL
SELECT d.object_id, d.name, c.relnamespace, d.table_oid::bigint::integer, 'D ', 'DEFAULT_CONSTRAINT', d.create_date, d.create_date, d.table_oid::bigint::integer, false, d.system_named
FROM sys.declared_defaults AS d JOIN pg_class AS c ON c.oid = d.table_oid
UNION ALL
SELECT m.object_id, m.name, m.schema_oid, coalesce(m.table_oid::bigint::integer, 0), m.type,
  CASE m.type WHEN 'TR' THEN 'SQL_TRIGGER' ELSE 'SQL_STORED_PROCEDURE' END, m.create_date, m.modify_date,
  coalesce(m.table_oid::bigint::integer, m.object_id), m.type = 'TR', false
FROM sys.declared_modules AS m WHERE m.type <> 'V ';

CREATE FUNCTION sys.check_new_name(schema_ oid, name_ text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM sys.catalog_objects AS o WHERE o.schema_oid = schema_ AND sys.same_name(o.name, name_)) THEN
    PERFORM sys.raise(2714, 'There is already an object named ''' || name_ || ''' in the database.', 16, 6);
  END IF;
END $$;

-- Numbers of schemas; dbo is 1.
CREATE VIEW sys.schemas AS
SELECT ${name('name')} AS name, schema_id, 1 AS principal_id FROM sys.user_schemas
UNION ALL SELECT ${name("'guest'")}, 2, 2 UNION ALL SELECT ${name("'INFORMATION_SCHEMA'")}, 3, 3 UNION ALL SELECT ${name("'sys'")}, 4, 4;

CREATE FUNCTION sys.definable_tables() RETURNS SETOF integer LANGUAGE sql STABLE AS $$
SELECT c.oid::bigint::integer FROM pg_class AS c
WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace IN (SELECT oid FROM sys.user_schemas) AND sys.sees_definition(c.oid::bigint::integer)
$$;

CREATE VIEW sys.objects AS
SELECT ${name('o.name')} AS name, o.object_id, NULL::integer AS principal_id, s.schema_id, o.parent_object_id,
  ${name('o.type')} AS type, ${name('o.type_desc')} AS type_desc,
  coalesce(o.create_date, '1900-01-01')::sys.datetime AS create_date, coalesce(o.modify_date, '1900-01-01')::sys.datetime AS modify_date,
  false AS is_ms_shipped, false AS is_published, false AS is_schema_published
FROM sys.catalog_objects AS o JOIN sys.user_schemas AS s ON s.oid = o.schema_oid
WHERE (SELECT sys.sees_everything()) OR CASE WHEN o.needs_definition THEN o.securable_id = ANY (ARRAY(SELECT sys.definable_tables()))
  ELSE o.securable_id = ANY (ARRAY(SELECT sys.seen_objects())) OR o.schema_oid = ANY (ARRAY(SELECT sys.seen_schemas())) END;

CREATE VIEW sys.system_objects AS
SELECT ${name('c.relname')} AS name, c.oid::bigint::integer AS object_id, NULL::integer AS principal_id,
  CASE n.nspname WHEN 'sys' THEN 4 ELSE 3 END AS schema_id, 0 AS parent_object_id, ${name("'V '")} AS type, ${name("'VIEW'")} AS type_desc,
  timestamp '2022-10-08 06:30:00'::sys.datetime AS create_date, timestamp '2022-10-08 06:30:00'::sys.datetime AS modify_date,
  true AS is_ms_shipped, false AS is_published, false AS is_schema_published
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND (n.nspname = 'tsql_information_schema' OR n.nspname = 'sys' AND c.relname::text IN (SELECT sys.public_views()));
CREATE VIEW sys.all_objects AS SELECT * FROM sys.objects UNION ALL SELECT * FROM sys.system_objects;

CREATE VIEW sys.tables AS
SELECT ${objectColumns('o')},
  0 AS lob_data_space_id, NULL::integer AS filestream_data_space_id, 0 AS max_column_id_used, false AS lock_on_bulk_load, true AS uses_ansi_nulls,
  false AS is_replicated, false AS has_replication_filter, false AS is_merge_published, false AS is_sync_tran_subscribed, false AS has_unchecked_assembly_data,
  0 AS text_in_row_limit, false AS large_value_types_out_of_row, false AS is_tracked_by_cdc,
  (CASE t.lock_escalation WHEN 'DISABLE' THEN 1 WHEN 'AUTO' THEN 2 ELSE 0 END)::sys.tinyint AS lock_escalation,
  ${name("coalesce(t.lock_escalation, 'TABLE')")} AS lock_escalation_desc,
  false AS is_filetable, false AS is_memory_optimized, 0::sys.tinyint AS durability, ${name("'SCHEMA_AND_DATA'")} AS durability_desc,
  0::sys.tinyint AS temporal_type, ${name("'NON_TEMPORAL_TABLE'")} AS temporal_type_desc, NULL::integer AS history_table_id,
  false AS is_remote_data_archive_enabled, false AS is_external, false AS is_node, false AS is_edge
FROM sys.objects AS o LEFT JOIN sys.declared_tables AS t ON t.table_oid = o.object_id::oid WHERE o.type = 'U'::bpchar;

CREATE VIEW sys.views AS
SELECT ${objectColumns('o')}, false AS is_replicated, false AS has_replication_filter, false AS has_opaque_metadata, false AS has_unchecked_assembly_data,
  false AS with_check_option, false AS is_date_correlation_view
FROM sys.objects AS o WHERE o.type = 'V'::bpchar;
CREATE VIEW sys.all_views AS SELECT ${objectColumns('o')} FROM sys.all_objects AS o WHERE o.type = 'V'::bpchar;

CREATE VIEW sys.procedures AS
SELECT ${objectColumns('o')}, false AS is_auto_executed, false AS is_execution_replicated, false AS is_repl_serializable_only, false AS skips_repl_constraints
FROM sys.objects AS o WHERE o.type = 'P'::bpchar;

CREATE VIEW sys.triggers AS
SELECT o.name, o.object_id, 1::sys.tinyint AS parent_class, ${name("'OBJECT_OR_COLUMN'")} AS parent_class_desc, o.parent_object_id AS parent_id,
  o.type, o.type_desc, o.create_date, o.modify_date, o.is_ms_shipped, m.disabled AS is_disabled, false AS is_not_for_replication, m.instead_of AS is_instead_of_trigger
FROM sys.objects AS o JOIN sys.declared_modules AS m ON m.object_id = o.object_id WHERE m.type = 'TR';

CREATE VIEW sys.trigger_events AS
SELECT t.object_id, (CASE event WHEN 'INSERT' THEN 1 WHEN 'UPDATE' THEN 2 ELSE 3 END) AS type, ${name('event')} AS type_desc,
  false AS is_first, false AS is_last, NULL::integer AS event_group_type, ${name('NULL')} AS event_group_type_desc, true AS is_trigger_event
FROM sys.triggers AS t JOIN sys.declared_modules AS m ON m.object_id = t.object_id CROSS JOIN unnest(m.events) AS event;
CREATE VIEW sys.events AS SELECT * FROM sys.trigger_events;

CREATE VIEW sys.sql_modules AS
SELECT m.object_id, CASE WHEN (SELECT sys.sees_everything()) OR sys.sees_definition(coalesce(m.table_oid::bigint::integer, m.object_id)) THEN ${name('m.definition')} END AS definition,
  true AS uses_ansi_nulls, m.quoted_identifier AS uses_quoted_identifier, false AS is_schema_bound, false AS uses_database_collation, false AS is_recompiled,
  false AS null_on_null_input, NULL::integer AS execute_as_principal_id, false AS uses_native_compilation, false AS inline_type, false AS is_inlineable
FROM sys.declared_modules AS m JOIN sys.objects AS o ON o.object_id = m.object_id;
CREATE VIEW sys.all_sql_modules AS SELECT * FROM sys.sql_modules;

CREATE VIEW sys.sequences AS
SELECT ${objectColumns('o')}, q.seqstart AS start_value, q.seqincrement AS increment, q.seqmin AS minimum_value, q.seqmax AS maximum_value,
  q.seqcycle AS is_cycling, q.seqcache > 1 AS is_cached, NULL::integer AS cache_size, f.system_type_id::sys.tinyint AS system_type_id, f.user_type_id,
  coalesce(d.precision_, f.precision_)::sys.tinyint AS precision, 0::sys.tinyint AS scale,
  coalesce(pg_sequence_last_value(q.seqrelid), q.seqstart) AS current_value, false AS is_exhausted
FROM sys.objects AS o JOIN pg_sequence AS q ON q.seqrelid = o.object_id::oid
LEFT JOIN sys.declared_sequences AS d ON d.sequence_oid = q.seqrelid
JOIN sys.type_facts AS f ON f.name = coalesce(d.type_name, CASE q.seqtypid WHEN 'smallint'::regtype THEN 'smallint' WHEN 'integer'::regtype THEN 'int' ELSE 'bigint' END);

CREATE VIEW sys.synonyms AS SELECT ${objectColumns('o')}, ${name('NULL')} AS base_object_name FROM sys.objects AS o WHERE false;
CREATE VIEW sys.extended_properties AS
SELECT 0::sys.tinyint AS class, ${name('NULL')} AS class_desc, 0 AS major_id, 0 AS minor_id, ${name('NULL')} AS name, NULL::sys.sql_variant AS value WHERE false;
`;
};
