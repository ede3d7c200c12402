/** The views of schema sys that a client may name; the rest of the schema is the prelude's own business. */
import { compatibilityViews } from './compatibility';

export const publicViews: readonly string[] = [
  ...compatibilityViews,
  'all_columns',
  'all_objects',
  'all_sql_modules',
  'all_views',
  'check_constraints',
  'columns',
  'computed_columns',
  'configurations',
  'database_permissions',
  'database_principals',
  'database_role_members',
  'databases',
  'default_constraints',
  'dm_db_partition_stats',
  'dm_exec_connections',
  'dm_exec_requests',
  'dm_exec_sessions',
  'dm_tran_locks',
  'events',
  'extended_properties',
  'foreign_key_columns',
  'foreign_keys',
  'identity_columns',
  'index_columns',
  'indexes',
  'key_constraints',
  'objects',
  'partitions',
  'procedures',
  'schemas',
  'sequences',
  'server_principals',
  'server_role_members',
  'sql_logins',
  'sql_modules',
  'synonyms',
  'system_objects',
  'tables',
  'trigger_events',
  'triggers',
  'types',
  'views',
];

export const publicViewsSql = `
CREATE FUNCTION sys.public_views() RETURNS SETOF text LANGUAGE sql IMMUTABLE AS
$$ SELECT unnest(ARRAY[${publicViews.map((view) => `'${view}'`).join(', ')}]) $$;
`;
