/** sys.indexes, keys, foreign keys, partitions. */

export const catalogIndexesSql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  const constraintColumns = `o.name, o.object_id, o.principal_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, o.create_date, o.modify_date,
  o.is_ms_shipped, o.is_published, o.is_schema_published`;
  const action = (column: string): string =>
    `(CASE k.${column} WHEN 'c' THEN 1 WHEN 'n' THEN 2 WHEN 'd' THEN 3 ELSE 0 END)::sys.tinyint`;
  const actionName = (column: string): string =>
    name(
      `CASE k.${column} WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET_NULL' WHEN 'd' THEN 'SET_DEFAULT' ELSE 'NO_ACTION' END`,
    );
  return String.raw`
-- The primary key is the clustered index, number 1; a table without one is a heap, number 0.
CREATE VIEW sys.catalog_indexes AS
SELECT i.indexrelid, i.indrelid, coalesce(d.name, c.relname::text) AS name, i.indisunique, i.indisprimary, k.contype = 'u' AS is_unique_constraint, i.indisvalid,
  coalesce(d.filter, pg_get_expr(i.indpred, i.indrelid)) AS filter, i.indpred IS NOT NULL AS has_filter, i.indkey, i.indoption, i.indnkeyatts,
  CASE WHEN i.indisprimary THEN 1 ELSE 1 + row_number() OVER (PARTITION BY i.indrelid, i.indisprimary ORDER BY i.indexrelid)::integer END AS index_id
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
LEFT JOIN sys.declared_indexes AS d ON d.index_oid = i.indexrelid;

CREATE VIEW sys.indexes AS
SELECT i.indrelid::bigint::integer AS object_id, ${name('i.name')} AS name, i.index_id, (CASE WHEN i.indisprimary THEN 1 ELSE 2 END)::sys.tinyint AS type,
  ${name("CASE WHEN i.indisprimary THEN 'CLUSTERED' ELSE 'NONCLUSTERED' END")} AS type_desc, i.indisunique AS is_unique, 1 AS data_space_id, false AS ignore_dup_key,
  i.indisprimary AS is_primary_key, coalesce(i.is_unique_constraint, false) AS is_unique_constraint, 0::sys.tinyint AS fill_factor, false AS is_padded,
  NOT i.indisvalid AS is_disabled, false AS is_hypothetical, false AS is_ignored_in_optimization, true AS allow_row_locks, true AS allow_page_locks,
  i.has_filter AS has_filter, ${name('i.filter')} AS filter_definition, NULL::integer AS compression_delay, false AS suppress_dup_key_messages, false AS auto_created,
  false AS optimize_for_sequential_key
FROM sys.catalog_indexes AS i JOIN sys.tables AS t ON t.object_id = i.indrelid::bigint::integer
UNION ALL
SELECT t.object_id, ${name('NULL')}, 0, 0::sys.tinyint, ${name("'HEAP'")}, false, 1, false, false, false, 0::sys.tinyint, false, false, false, false, true, true, false, ${name('NULL')}, NULL, false, false, false
FROM sys.tables AS t WHERE NOT EXISTS (SELECT FROM pg_index WHERE indrelid = t.object_id::oid AND indisprimary);

CREATE VIEW sys.index_columns AS
SELECT i.indrelid::bigint::integer AS object_id, i.index_id, place::integer AS index_column_id, i.indkey[place - 1]::integer AS column_id,
  (CASE WHEN place <= i.indnkeyatts THEN place ELSE 0 END)::sys.tinyint AS key_ordinal, 0::sys.tinyint AS partition_ordinal,
  CASE WHEN place <= i.indnkeyatts THEN i.indoption[place - 1] & 1 = 1 ELSE false END AS is_descending_key, place > i.indnkeyatts AS is_included_column,
  0::sys.tinyint AS column_store_order_ordinal
FROM sys.catalog_indexes AS i JOIN sys.tables AS t ON t.object_id = i.indrelid::bigint::integer
CROSS JOIN generate_series(1, cardinality(i.indkey)) AS place;

CREATE VIEW sys.key_constraints AS
SELECT ${constraintColumns}, i.index_id AS unique_index_id, coalesce(d.system_named, false) AS is_system_named, true AS is_enforced
FROM sys.objects AS o JOIN pg_constraint AS k ON k.oid = o.object_id::oid JOIN sys.catalog_indexes AS i ON i.indexrelid = k.conindid
LEFT JOIN sys.declared_constraints AS d ON d.constraint_oid = k.oid
WHERE o.type IN ('PK'::bpchar, 'UQ'::bpchar) AND k.contype IN ('p', 'u');

CREATE VIEW sys.foreign_keys AS
SELECT ${constraintColumns}, k.confrelid::bigint::integer AS referenced_object_id, (SELECT i.index_id FROM sys.catalog_indexes AS i WHERE i.indexrelid = k.conindid) AS key_index_id,
  false AS is_disabled, false AS is_not_for_replication, NOT k.convalidated AS is_not_trusted, ${action('confdeltype')} AS delete_referential_action,
  ${actionName('confdeltype')} AS delete_referential_action_desc, ${action('confupdtype')} AS update_referential_action, ${actionName('confupdtype')} AS update_referential_action_desc,
  coalesce(d.system_named, false) AS is_system_named
FROM sys.objects AS o JOIN pg_constraint AS k ON k.oid = o.object_id::oid AND k.contype = 'f' LEFT JOIN sys.declared_constraints AS d ON d.constraint_oid = k.oid
WHERE o.type = 'F'::bpchar;
CREATE VIEW sys.foreign_key_columns AS
SELECT f.object_id AS constraint_object_id, place::integer AS constraint_column_id, f.parent_object_id, k.conkey[place]::integer AS parent_column_id,
  f.referenced_object_id, k.confkey[place]::integer AS referenced_column_id
FROM sys.foreign_keys AS f JOIN pg_constraint AS k ON k.oid = f.object_id::oid AND k.contype = 'f' CROSS JOIN generate_series(1, cardinality(k.conkey)) AS place;

CREATE FUNCTION sys.row_count(object_id integer) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  result bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM %s', object_id::oid::regclass) INTO result;
  RETURN result;
END $$;
CREATE VIEW sys.partitions AS
SELECT i.object_id::bigint * 65536 + i.index_id AS partition_id, i.object_id, i.index_id, 1 AS partition_number, i.object_id::bigint * 65536 + i.index_id AS hobt_id,
  sys.row_count(i.object_id) AS rows, 0::smallint AS filestream_filegroup_id, 0::sys.tinyint AS data_compression, ${name("'NONE'")} AS data_compression_desc,
  NULL::boolean AS xml_compression, ${name('NULL')} AS xml_compression_desc
FROM sys.indexes AS i;
CREATE VIEW sys.dm_db_partition_stats AS
SELECT p.partition_id, p.object_id, p.index_id, p.partition_number, pages AS in_row_data_page_count, pages AS in_row_used_page_count, pages AS in_row_reserved_page_count,
  0::bigint AS lob_used_page_count, 0::bigint AS lob_reserved_page_count, 0::bigint AS row_overflow_used_page_count, 0::bigint AS row_overflow_reserved_page_count,
  pages AS used_page_count, pages AS reserved_page_count, p.rows AS row_count
FROM sys.partitions AS p CROSS JOIN LATERAL (SELECT pg_relation_size(p.object_id::oid::regclass) / 8192) AS size(pages);
`;
};
