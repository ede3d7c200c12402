/** Principals and permissions as SQL Server lists them. */
import { serverRoles } from '../principals';

const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');

/** Permissions' four-letter codes in sys.database_permissions.type. */
const permissionCodes: Readonly<Record<string, string>> = {
  SELECT: 'SL',
  INSERT: 'IN',
  UPDATE: 'UP',
  DELETE: 'DL',
  EXECUTE: 'EX',
  REFERENCES: 'RF',
  ALTER: 'AL',
  CONTROL: 'CL',
  'VIEW DEFINITION': 'VW',
  'CREATE TABLE': 'CRTB',
  'CREATE VIEW': 'CRVW',
  'CREATE PROCEDURE': 'CRPR',
  'CREATE SCHEMA': 'CRSM',
  'CREATE SEQUENCE': 'CRSO',
  CONNECT: 'CO',
};

export const catalogSecuritySql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  return String.raw`
CREATE VIEW sys.database_principals AS
SELECT ${name('p.name')} AS name, p.principal_id, ${name('p.type')} AS type, ${name("CASE p.type WHEN 'R' THEN 'DATABASE_ROLE' ELSE 'SQL_USER' END")} AS type_desc,
  ${name('p.default_schema')} AS default_schema_name, p.create_date::sys.datetime AS create_date, p.create_date::sys.datetime AS modify_date,
  CASE WHEN p.type = 'R' THEN 1 END AS owning_principal_id, decode((SELECT properties->>'sid' FROM sys.logins AS l WHERE sys.same_login(l.name, p.login_name)), 'hex') AS sid,
  p.fixed AS is_fixed_role, (CASE WHEN p.login_name IS NULL THEN 0 ELSE 1 END) AS authentication_type,
  ${name("CASE WHEN p.login_name IS NULL THEN 'NONE' ELSE 'INSTANCE' END")} AS authentication_type_desc, ${name('NULL')} AS default_language_name, NULL::integer AS default_language_lcid,
  false AS allow_encrypted_value_modifications
FROM sys.principals AS p
WHERE p.type = 'R' OR p.principal_id <= 4 OR (SELECT sys.sees_everything()) OR sys.same_name(p.name, sys.session_setting('sys.user'));

CREATE VIEW sys.database_role_members AS SELECT role_id AS role_principal_id, member_id AS member_principal_id FROM sys.role_members;

CREATE VIEW sys.database_permissions AS
SELECT p.class::sys.tinyint AS class, ${name("CASE p.class WHEN 0 THEN 'DATABASE' WHEN 3 THEN 'SCHEMA' ELSE 'OBJECT_OR_COLUMN' END")} AS class_desc,
  CASE p.class WHEN 3 THEN (SELECT schema_id FROM sys.user_schemas AS s WHERE s.oid = p.major_id::oid) ELSE p.major_id END AS major_id, 0 AS minor_id,
  p.grantee_id AS grantee_principal_id, 1 AS grantor_principal_id,
  ${name(
    `CASE p.permission ${Object.entries(permissionCodes)
      .map(([permission, code]) => `WHEN '${permission}' THEN '${code}'`)
      .join(' ')} END`,
  )} AS type,
  ${name('p.permission')} AS permission_name, ${name('p.state')} AS state, ${name("CASE p.state WHEN 'D' THEN 'DENY' ELSE 'GRANT' END")} AS state_desc
FROM sys.permissions AS p
WHERE (SELECT sys.sees_everything()) OR p.grantee_id IN (SELECT sys.principals_of(sys.session_setting('sys.user')));

CREATE VIEW sys.server_principals AS
SELECT ${name('l.name')} AS name, CASE WHEN sys.same_login(l.name, 'sa') THEN 1 ELSE l.oid::bigint::integer END AS principal_id, decode(l.properties->>'sid', 'hex') AS sid,
  ${name("'S'")} AS type, ${name("'SQL_LOGIN'")} AS type_desc, (l.properties->>'disabled')::boolean AS is_disabled,
  (l.properties->>'created')::timestamp::sys.datetime AS create_date, (l.properties->>'created')::timestamp::sys.datetime AS modify_date,
  ${name("l.properties->>'database'")} AS default_database_name, ${name("'us_english'")} AS default_language_name, NULL::integer AS credential_id,
  NULL::integer AS owning_principal_id, false AS is_fixed_role
FROM sys.logins AS l
WHERE sys.login_has_role('sysadmin', sys.session_setting('sys.login')) OR sys.session_setting('sys.login') = ''
  OR sys.same_login(l.name, sys.session_setting('sys.login')) OR sys.same_login(l.name, 'sa')
UNION ALL
SELECT ${name('role')}, (place + 2)::integer, NULL, ${name("'R'")}, ${name("'SERVER_ROLE'")}, false, timestamp '2009-04-13 12:59:06'::sys.datetime, timestamp '2009-04-13 12:59:06'::sys.datetime,
  ${name('NULL')}, ${name('NULL')}, NULL, 1, true
FROM unnest(ARRAY[${quoted(serverRoles)}]) WITH ORDINALITY AS roles(role, place);
CREATE VIEW sys.sql_logins AS SELECT * FROM sys.server_principals WHERE type = 'S'::bpchar;

CREATE VIEW sys.server_role_members AS
SELECT r.principal_id AS role_principal_id, p.principal_id AS member_principal_id
FROM sys.server_principals AS p CROSS JOIN sys.server_principals AS r
WHERE r.type = 'R'::bpchar AND p.type = 'S'::bpchar AND sys.login_has_role(sys.raw(r.name), sys.raw(p.name));
`;
};
