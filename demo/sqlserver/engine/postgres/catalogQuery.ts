/** The queries behind the catalog: one row, one JSON document each. */

/** Tables and views of the schemas seen_schemas names, with their columns. */
const seenTables = (views: string): string => String.raw`seen_tables AS (
  SELECT c.oid, s.name AS schema, c.relname::text AS name, c.relkind
  FROM pg_class AS c JOIN seen_schemas AS s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v') AND ${views}
),
seen_columns AS (
  SELECT k.table_oid, json_agg(json_build_object(
      'name', k.name, 'attnum', k.attnum, 'nullable', k.nullable, 'identity', k.identity, 'computed', k.computed, 'hasDefault', k.has_default,
      'defaultIsSequence', k.has_default AND EXISTS (SELECT FROM sys.declared_defaults AS d
        WHERE d.table_oid = k.table_oid AND d.attnum = k.attnum AND d.definition ~* 'next\s+value\s+for'),
      'type', json_build_object('name', k.type_name, 'length', k.length, 'precision', k.precision_, 'scale', k.scale, 'collation', k.collation_name)) ORDER BY k.attnum) AS columns
  FROM sys.catalog_columns AS k WHERE k.table_oid IN (SELECT oid FROM seen_tables)
  GROUP BY k.table_oid
)`;

/** The system's own views: the same in every database of a collation. */
export const systemViewsQuery = String.raw`
WITH seen_schemas AS (
  SELECT oid, CASE nspname WHEN 'sys' THEN 'sys' ELSE 'INFORMATION_SCHEMA' END AS name FROM pg_namespace WHERE nspname IN ('sys', 'tsql_information_schema')
),
${seenTables("(s.name <> 'sys' OR c.relname::text IN (SELECT sys.public_views()))")}
SELECT json_agg(json_build_object('schema', t.schema, 'name', t.name, 'objectId', t.oid::bigint, 'kind', 'view', 'columns', k.columns, 'triggers', '[]'::json))
FROM seen_tables AS t JOIN seen_columns AS k ON k.table_oid = t.oid
`;

/** What the database's users made, and the connection's temporary tables. */
export const catalogQuery = String.raw`
WITH seen_schemas AS (
  SELECT oid, name FROM sys.user_schemas
  UNION ALL SELECT pg_my_temp_schema(), 'pg_temp' WHERE pg_my_temp_schema() <> 0
),
${seenTables("(s.name <> 'pg_temp' OR c.relname LIKE '#%')")},
seen_triggers AS (
  SELECT m.table_oid, json_agg(json_build_object('schema', s.name, 'name', m.name, 'objectId', m.object_id, 'events', m.events, 'disabled', m.disabled, 'definition', m.definition)
    ORDER BY m.object_id) AS triggers
  FROM sys.declared_modules AS m JOIN sys.user_schemas AS s ON s.oid = m.schema_oid WHERE m.type = 'TR' GROUP BY m.table_oid
)
SELECT json_build_object(
  'database', current_database(),
  'collation', sys.database_property('collation'),
  'defaultSchema', coalesce((SELECT default_schema FROM sys.principals WHERE sys.same_name(name, nullif(sys.session_setting('sys.user'), ''))), 'dbo'),
  'schemas', (SELECT json_agg(name) FROM sys.user_schemas),
  'tables', (SELECT json_agg(json_build_object('schema', t.schema, 'name', t.name, 'objectId', t.oid::bigint, 'kind', CASE t.relkind WHEN 'v' THEN 'view' ELSE 'table' END,
      'columns', coalesce(k.columns, '[]'::json), 'triggers', coalesce(g.triggers, '[]'::json),
      'key', (SELECT json_agg(a.attname ORDER BY place) FROM pg_index AS i, unnest(i.indkey) WITH ORDINALITY AS n(number, place)
        JOIN pg_attribute AS a ON a.attnum = number WHERE i.indrelid = t.oid AND i.indisprimary AND a.attrelid = t.oid AND place <= i.indnkeyatts)))
    FROM seen_tables AS t LEFT JOIN seen_columns AS k ON k.table_oid = t.oid LEFT JOIN seen_triggers AS g ON g.table_oid = t.oid),
  'sequences', coalesce((SELECT json_agg(json_build_object('schema', s.name, 'name', o.name,
      'type', json_build_object('name', coalesce(q.type_name, 'bigint'), 'precision', q.precision_, 'scale', CASE WHEN q.precision_ IS NOT NULL THEN 0 END)))
    FROM sys.catalog_objects AS o JOIN sys.user_schemas AS s ON s.oid = o.schema_oid
    LEFT JOIN sys.declared_sequences AS q ON q.sequence_oid = o.object_id::oid WHERE o.type = 'SO'), '[]'::json),
  'modules', coalesce((SELECT json_agg(json_build_object('schema', s.name, 'name', m.name, 'objectId', m.object_id, 'definition', m.definition,
      'type', CASE m.type WHEN 'TR' THEN 'trigger' WHEN 'V ' THEN 'view' ELSE 'procedure' END))
    FROM sys.declared_modules AS m JOIN sys.user_schemas AS s ON s.oid = m.schema_oid), '[]'::json),
  'constraints', coalesce((SELECT json_agg(named) FROM (
    SELECT coalesce(d.name, c.relname::text) AS name, CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE KEY' ELSE 'INDEX' END AS kind,
      t.schema, t.name AS "table", c.relname::text AS "postgresName", NULL::json AS referenced,
      ARRAY(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY AS n(number, place) JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = number ORDER BY place) AS columns
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN seen_tables AS t ON t.oid = i.indrelid
    LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u') LEFT JOIN sys.declared_indexes AS d ON d.index_oid = i.indexrelid
    UNION ALL
    SELECT k.conname::text, CASE k.contype WHEN 'f' THEN 'FOREIGN KEY' ELSE 'CHECK' END, t.schema, t.name, k.conname::text,
      CASE WHEN k.contype = 'f' THEN (SELECT json_build_object('schema', r.schema, 'table', r.name) FROM seen_tables AS r WHERE r.oid = k.confrelid) END,
      ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS n(number, place) JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = number ORDER BY place)
    FROM pg_constraint AS k JOIN seen_tables AS t ON t.oid = k.conrelid WHERE k.contype IN ('f', 'c')) AS named), '[]'::json))
`;
