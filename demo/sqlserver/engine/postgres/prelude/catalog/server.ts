/** What the server itself shows: databases, sessions, locks. */

export const catalogServerSql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  const option = (key: string): string => `coalesce(d.properties->>'${key}', 'OFF') = 'ON'`;
  return String.raw`
CREATE VIEW sys.databases AS
SELECT ${name('d.name')} AS name, CASE d.name WHEN 'master' THEN 1 ELSE d.oid::bigint::integer END AS database_id, NULL::integer AS source_database_id,
  decode('01', 'hex') AS owner_sid, coalesce((d.properties->>'created')::timestamp, '2022-10-08')::sys.datetime AS create_date,
  coalesce(d.properties->>'COMPATIBILITY_LEVEL', '160')::integer::sys.tinyint AS compatibility_level, ${name("d.properties->>'collation'")} AS collation_name,
  0::sys.tinyint AS user_access, ${name("'MULTI_USER'")} AS user_access_desc, false AS is_read_only, false AS is_auto_close_on, false AS is_auto_shrink_on,
  0::sys.tinyint AS state, ${name("'ONLINE'")} AS state_desc, false AS is_in_standby, false AS is_cleanly_shutdown, false AS is_supplemental_logging_enabled,
  (CASE WHEN ${option('ALLOW_SNAPSHOT_ISOLATION')} THEN 1 ELSE 0 END)::sys.tinyint AS snapshot_isolation_state,
  ${name(`CASE WHEN ${option('ALLOW_SNAPSHOT_ISOLATION')} THEN 'ON' ELSE 'OFF' END`)} AS snapshot_isolation_state_desc,
  ${option('READ_COMMITTED_SNAPSHOT')} AS is_read_committed_snapshot_on,
  (CASE d.properties->>'RECOVERY' WHEN 'FULL' THEN 1 WHEN 'BULK_LOGGED' THEN 2 ELSE 3 END)::sys.tinyint AS recovery_model,
  ${name("coalesce(d.properties->>'RECOVERY', 'SIMPLE')")} AS recovery_model_desc, ${option('RECURSIVE_TRIGGERS')} AS is_recursive_triggers_on,
  ${option('TRUSTWORTHY')} AS is_trustworthy_on, ${option('ANSI_NULLS')} AS is_ansi_nulls_on, ${option('QUOTED_IDENTIFIER')} AS is_quoted_identifier_on,
  false AS is_cdc_enabled, false AS is_encrypted, 0 AS containment,
  CASE d.properties->>'NESTED_TRIGGERS' WHEN 'ON' THEN true WHEN 'OFF' THEN false END AS is_nested_triggers_on
FROM sys.database_properties AS d;

-- Options of the server, none of which can be changed here.
CREATE VIEW sys.configurations AS
SELECT o.id AS configuration_id, ${name('o.title')} AS name, o.setting AS value, 0 AS minimum, 1 AS maximum, o.setting AS value_in_use,
  ${name('o.title')} AS description, true AS is_dynamic, false AS is_advanced
FROM (VALUES (115, 'nested triggers', 1)) AS o (id, title, setting);

-- Sessions of this database; those that ended without a word have no backend any more.
CREATE VIEW sys.live_sessions AS
SELECT r.*, a.state, a.backend_xid IS NOT NULL OR a.xact_start IS NOT NULL AND a.state LIKE 'idle in transaction%' AS in_transaction, a.state_change
FROM sys.registered_sessions AS r JOIN pg_stat_activity AS a ON a.pid = r.backend AND a.datname = current_database();

CREATE VIEW sys.dm_exec_sessions AS
SELECT s.spid::smallint AS session_id, s.login_time::sys.datetime AS login_time, ${name('s.host_name')} AS host_name, ${name('s.program_name')} AS program_name,
  NULL::integer AS host_process_id, ${name('s.login_name')} AS login_name, ${name('s.login_name')} AS original_login_name,
  ${name("CASE WHEN s.state = 'active' THEN 'running' ELSE 'sleeping' END")} AS status, s.state_change::timestamp::sys.datetime AS last_request_start_time,
  true AS is_user_process, sys.db_number(current_database()::text)::smallint AS database_id, CASE WHEN s.in_transaction THEN 1 ELSE 0 END AS open_transaction_count
FROM sys.live_sessions AS s
WHERE s.backend = pg_backend_pid() OR sys.session_setting('sys.login') = '' OR sys.login_has_role('sysadmin', sys.session_setting('sys.login'));
CREATE VIEW sys.dm_exec_requests AS
SELECT s.spid::smallint AS session_id, 0 AS request_id, a.query_start::timestamp::sys.datetime AS start_time,
  ${name("CASE WHEN a.wait_event_type = 'Lock' THEN 'suspended' ELSE 'running' END")} AS status, ${name("'SELECT'")} AS command,
  sys.db_number(current_database()::text)::smallint AS database_id,
  coalesce((SELECT b.spid FROM sys.live_sessions AS b WHERE b.backend = ANY (pg_blocking_pids(s.backend)) LIMIT 1), 0)::smallint AS blocking_session_id,
  CASE WHEN a.wait_event_type = 'Lock' THEN ${name("'LCK_M_X'")} END AS wait_type,
  CASE WHEN a.wait_event_type = 'Lock' THEN (extract(epoch FROM clock_timestamp() - a.query_start) * 1000)::integer ELSE 0 END AS wait_time
FROM sys.live_sessions AS s JOIN pg_stat_activity AS a ON a.pid = s.backend
WHERE a.state = 'active' AND (s.backend = pg_backend_pid() OR sys.session_setting('sys.login') = '' OR sys.login_has_role('sysadmin', sys.session_setting('sys.login')));
CREATE VIEW sys.dm_exec_connections AS
SELECT session_id::integer AS session_id, login_time AS connect_time, ${name("'TCP'")} AS net_transport, ${name("'TSQL'")} AS protocol_type, ${name("'FALSE'")} AS encrypt_option,
  ${name("'SQL'")} AS auth_scheme, ${name("'127.0.0.1'")} AS client_net_address
FROM sys.dm_exec_sessions;

-- Locks as far as they have a counterpart: application locks and tables of the sessions that are known.
CREATE VIEW sys.dm_tran_locks AS
SELECT ${name("CASE l.locktype WHEN 'advisory' THEN 'APPLICATION' ELSE 'OBJECT' END")} AS resource_type, ${name("''")} AS resource_subtype,
  sys.db_number(current_database()::text) AS resource_database_id,
  ${name("CASE l.locktype WHEN 'advisory' THEN '0:[' || coalesce((SELECT left(n.resource, 32) FROM sys.application_lock_names AS n WHERE n.key = (l.classid::bigint << 32) | l.objid::bigint LIMIT 1), '') || ']:(' || to_hex(l.objid::bigint) || ')' ELSE '' END")} AS resource_description,
  coalesce(l.relation::bigint, 0) AS resource_associated_entity_id, 0 AS resource_lock_partition,
  ${name("CASE WHEN l.mode IN ('ExclusiveLock', 'AccessExclusiveLock') THEN CASE l.locktype WHEN 'relation' THEN 'Sch-M' ELSE 'X' END WHEN l.locktype = 'advisory' THEN 'S' WHEN l.mode = 'RowExclusiveLock' THEN 'IX' WHEN l.mode = 'RowShareLock' THEN 'IS' ELSE 'Sch-S' END")} AS request_mode,
  ${name("'LOCK'")} AS request_type, ${name("CASE WHEN l.granted THEN 'GRANT' ELSE 'WAIT' END")} AS request_status, 1::smallint AS request_reference_count, 0 AS request_lifetime,
  s.spid AS request_session_id, 0 AS request_exec_context_id, 0 AS request_request_id,
  ${name("CASE WHEN l.locktype = 'advisory' AND EXISTS (SELECT FROM sys.own_advisory_locks AS m WHERE m.owner = 0 AND l.pid = pg_backend_pid()) THEN 'SESSION' ELSE 'TRANSACTION' END")} AS request_owner_type
FROM pg_locks AS l JOIN sys.live_sessions AS s ON s.backend = l.pid
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.locktype = 'advisory' AND l.objsubid = 1 OR l.locktype = 'relation' AND l.relation IN (SELECT object_id::oid FROM sys.tables));
`;
};
