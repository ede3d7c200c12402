/**
 * Logins, users, roles and permissions. Logins are PostgreSQL roles that can't log in to PostgreSQL, with what SQL Server knows of them as JSON in
 * their comments: roles and their comments are the cluster's, so every database sees them. Users and permissions are tables of each database.
 */

export const serverRoles = [
  'sysadmin',
  'securityadmin',
  'serveradmin',
  'setupadmin',
  'processadmin',
  'diskadmin',
  'dbcreator',
  'bulkadmin',
];
const databaseRoles = [
  'db_owner',
  'db_accessadmin',
  'db_securityadmin',
  'db_ddladmin',
  'db_backupoperator',
  'db_datareader',
  'db_datawriter',
  'db_denydatareader',
  'db_denydatawriter',
];

/** What fixed database roles may do, whatever the object. */
const roleRights: readonly (readonly [string, readonly string[]])[] = [
  ['db_datareader', ['SELECT']],
  ['db_datawriter', ['INSERT', 'UPDATE', 'DELETE']],
  [
    'db_ddladmin',
    [
      'ALTER',
      'REFERENCES',
      'CREATE TABLE',
      'CREATE VIEW',
      'CREATE PROCEDURE',
      'CREATE FUNCTION',
      'CREATE SCHEMA',
      'CREATE SEQUENCE',
      'CREATE SYNONYM',
      'CREATE TYPE',
      'VIEW DEFINITION',
    ],
  ],
  ['db_securityadmin', ['VIEW DEFINITION', 'CREATE ROLE', 'ALTER ANY ROLE', 'CREATE SCHEMA']],
  ['db_accessadmin', ['ALTER ANY USER', 'CREATE SCHEMA']],
];

const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');

export const principalsSql = (collation: string): string => String.raw`
CREATE TABLE sys.principals (
  principal_id integer PRIMARY KEY, name text NOT NULL, type text NOT NULL, login_name text, default_schema text,
  fixed boolean NOT NULL DEFAULT false, create_date timestamp NOT NULL DEFAULT sys.getdate()
);
INSERT INTO sys.principals VALUES
  (0, 'public', 'R', NULL, NULL, false), (1, 'dbo', 'S', 'sa', 'dbo', false), (2, 'guest', 'S', NULL, 'guest', false),
  (3, 'INFORMATION_SCHEMA', 'S', NULL, NULL, false), (4, 'sys', 'S', NULL, NULL, false),
  ${databaseRoles.map((role, index) => `(${16384 + index}, '${role}', 'R', NULL, NULL, true)`).join(',\n  ')};
CREATE TABLE sys.role_members (role_id integer NOT NULL, member_id integer NOT NULL, PRIMARY KEY (role_id, member_id));
-- class 0: the database, 1: an object, 3: a schema; state G or D.
CREATE TABLE sys.permissions (
  class integer NOT NULL, major_id integer NOT NULL, grantee_id integer NOT NULL, permission text NOT NULL, state text NOT NULL,
  PRIMARY KEY (class, major_id, grantee_id, permission)
);

CREATE FUNCTION sys.same_name(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN a::bpchar COLLATE sys."${collation}" = b::bpchar COLLATE sys."${collation}";

-- Logins' names don't differ by case, whatever the database's collation.
CREATE FUNCTION sys.same_login(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN a COLLATE sys."SQL_Latin1_General_CP1_CI_AS" = b COLLATE sys."SQL_Latin1_General_CP1_CI_AS";

CREATE VIEW sys.logins AS
SELECT oid, substr(rolname::text, 7) AS name, shobj_description(oid, 'pg_authid')::jsonb AS properties
FROM pg_roles WHERE rolname::text LIKE 'login %';

CREATE FUNCTION sys.set_login(name text, properties jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COMMENT ON ROLE %I IS %L', 'login ' || name, properties::text);
END $$;
CREATE FUNCTION sys.login_name(name_ text) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT name FROM sys.logins WHERE sys.same_login(name, name_));
CREATE FUNCTION sys.password_hash(salt text, password text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN encode(sha512(convert_to(salt || password, 'UTF8')), 'hex');

CREATE FUNCTION sys.missing_principal(kind text, name text, doing text DEFAULT 'find') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM sys.raise(15151, 'Cannot ' || doing || ' the ' || kind || ' ''' || name || ''', because it does not exist or you do not have permission.');
END $$;

CREATE FUNCTION sys.create_login(name text, password text, default_database text DEFAULT 'master', disabled boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  salt text := md5(gen_random_uuid()::text);
BEGIN
  IF sys.login_name(name) IS NOT NULL THEN
    PERFORM sys.raise(15025, 'The server principal ''' || name || ''' already exists.');
  END IF;
  EXECUTE format('CREATE ROLE %I NOLOGIN', 'login ' || name);
  PERFORM sys.set_login(name, jsonb_build_object('salt', salt, 'hash', sys.password_hash(salt, password), 'database', default_database, 'disabled', disabled,
    'roles', '[]'::jsonb, 'created', sys.getdate(), 'sid', CASE WHEN name = 'sa' THEN '01' ELSE md5(name || salt) END));
END $$;

CREATE FUNCTION sys.alter_login(name_ text, password text DEFAULT NULL, default_database text DEFAULT NULL, disabled boolean DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  known record;
BEGIN
  SELECT * INTO known FROM sys.logins WHERE sys.same_login(name, name_);
  IF known IS NULL THEN
    PERFORM sys.missing_principal('login', name_, 'alter');
  END IF;
  PERFORM sys.set_login(known.name, known.properties || jsonb_strip_nulls(jsonb_build_object('database', default_database, 'disabled', disabled,
    'hash', sys.password_hash(known.properties->>'salt', password))));
END $$;

CREATE FUNCTION sys.drop_login(name_ text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF sys.login_name(name_) IS NULL OR sys.same_login(name_, 'sa') THEN
    PERFORM sys.missing_principal('login', name_, 'drop');
  END IF;
  EXECUTE format('DROP ROLE %I', 'login ' || sys.login_name(name_));
END $$;

CREATE FUNCTION sys.change_server_role(role text, login text, joins boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  known record;
BEGIN
  SELECT * INTO known FROM sys.logins WHERE sys.same_login(name, login);
  IF pg_catalog.lower(role) NOT IN (${quoted(serverRoles)}) THEN
    PERFORM sys.missing_principal('server role', role, 'alter');
  ELSIF known IS NULL THEN
    PERFORM sys.raise(15151, 'Cannot ' || CASE WHEN joins THEN 'add' ELSE 'drop' END || ' the principal ''' || login || ''', because it does not exist or you do not have permission.');
  END IF;
  PERFORM sys.set_login(known.name, jsonb_set(known.properties, '{roles}',
    ((known.properties->'roles') - pg_catalog.lower(role)) || CASE WHEN joins THEN to_jsonb(ARRAY[pg_catalog.lower(role)]) ELSE '[]'::jsonb END));
END $$;
CREATE FUNCTION sys.add_server_role_member(role text, login text) RETURNS void LANGUAGE sql RETURN sys.change_server_role(role, login, true);
CREATE FUNCTION sys.drop_server_role_member(role text, login text) RETURNS void LANGUAGE sql RETURN sys.change_server_role(role, login, false);
CREATE FUNCTION sys.login_has_role(role text, login text) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM sys.logins WHERE sys.same_login(name, login) AND (properties->'roles') ? pg_catalog.lower(role));

CREATE FUNCTION sys.verify_login(name_ text, password text) RETURNS TABLE (name text, default_database text, disabled boolean) LANGUAGE sql STABLE AS $$
SELECT l.name, l.properties->>'database', (l.properties->>'disabled')::boolean
FROM sys.logins AS l WHERE sys.same_login(l.name, name_) AND l.properties->>'hash' = sys.password_hash(l.properties->>'salt', password)
$$;

CREATE FUNCTION sys.principal_id(name_ text) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT principal_id FROM sys.principals WHERE sys.same_name(name, name_));

CREATE FUNCTION sys.create_principal(name_ text, type_ text, login_ text, default_schema_ text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF sys.principal_id(name_) IS NOT NULL THEN
    PERFORM sys.raise(15023, 'User, group, or role ''' || name_ || ''' already exists in the current database.');
  END IF;
  INSERT INTO sys.principals (principal_id, name, type, login_name, default_schema)
  SELECT greatest(max(principal_id) FILTER (WHERE NOT fixed), 4) + 1, name_, type_, login_, default_schema_ FROM sys.principals;
END $$;
CREATE FUNCTION sys.create_user(name text, login text DEFAULT NULL, default_schema text DEFAULT 'dbo') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  wanted text := coalesce(login, name);
BEGIN
  IF sys.login_name(wanted) IS NULL THEN
    PERFORM sys.raise(15007, '''' || wanted || ''' is not a valid login or you do not have permission.');
  ELSIF sys.principal_id(name) IS NULL AND EXISTS (SELECT FROM sys.principals AS known WHERE sys.same_login(known.login_name, wanted)) THEN
    PERFORM sys.raise(15063, 'The login already has an account under a different user name.');
  END IF;
  PERFORM sys.create_principal(name, 'S', sys.login_name(wanted), default_schema);
END $$;
CREATE FUNCTION sys.alter_user(name_ text, default_schema_ text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sys.principals SET default_schema = coalesce(default_schema_, default_schema) WHERE sys.same_name(name, name_) AND type = 'S' AND principal_id > 4;
  IF NOT FOUND THEN
    PERFORM sys.missing_principal('user', name_, 'alter');
  END IF;
END $$;
CREATE FUNCTION sys.create_role(name text) RETURNS void LANGUAGE sql RETURN sys.create_principal(name, 'R', NULL, NULL);

CREATE FUNCTION sys.drop_principal(name_ text, type_ text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  id integer := (SELECT principal_id FROM sys.principals WHERE sys.same_name(name, name_) AND type = type_ AND principal_id > 4 AND NOT fixed);
BEGIN
  IF id IS NULL THEN
    PERFORM sys.missing_principal(CASE type_ WHEN 'R' THEN 'role' ELSE 'user' END, name_, 'drop');
  END IF;
  DELETE FROM sys.role_members WHERE id IN (role_id, member_id);
  DELETE FROM sys.permissions WHERE grantee_id = id;
  DELETE FROM sys.principals WHERE principal_id = id;
END $$;
CREATE FUNCTION sys.drop_user(name text) RETURNS void LANGUAGE sql RETURN sys.drop_principal(name, 'S');
CREATE FUNCTION sys.drop_role(name text) RETURNS void LANGUAGE sql RETURN sys.drop_principal(name, 'R');

CREATE FUNCTION sys.change_role(role text, member text, joins boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  role_ integer := (SELECT principal_id FROM sys.principals WHERE sys.same_name(name, role) AND type = 'R');
  member_ integer := sys.principal_id(member);
BEGIN
  IF role_ IS NULL THEN
    PERFORM sys.missing_principal('role', role, 'alter');
  ELSIF member_ IS NULL THEN
    PERFORM sys.raise(15151, 'Cannot ' || CASE WHEN joins THEN 'add' ELSE 'drop' END || ' the principal ''' || member || ''', because it does not exist or you do not have permission.');
  END IF;
  DELETE FROM sys.role_members WHERE role_id = role_ AND member_id = member_;
  IF joins THEN
    INSERT INTO sys.role_members VALUES (role_, member_);
  END IF;
END $$;
CREATE FUNCTION sys.add_role_member(role text, member text) RETURNS void LANGUAGE sql RETURN sys.change_role(role, member, true);
CREATE FUNCTION sys.drop_role_member(role text, member text) RETURNS void LANGUAGE sql RETURN sys.change_role(role, member, false);

-- What GRANT calls a securable, as a class and a number; NULL where it doesn't exist.
CREATE FUNCTION sys.securable_id(class text, schema_ text, object_ text) RETURNS integer LANGUAGE sql STABLE
RETURN CASE class
  WHEN 'DATABASE' THEN 0
  WHEN 'SCHEMA' THEN (SELECT oid::bigint::integer FROM pg_namespace WHERE sys.same_name(nspname::text, schema_) AND nspname NOT LIKE 'pg_%')
  ELSE coalesce(
    (SELECT c.oid::bigint::integer FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'S') AND sys.same_name(n.nspname::text, schema_) AND sys.same_name(c.relname::text, object_)),
    (SELECT object_id FROM sys.declared_modules AS m JOIN pg_namespace AS n ON n.oid = m.schema_oid
      WHERE sys.same_name(n.nspname::text, schema_) AND sys.same_name(m.name, object_))) END;
CREATE FUNCTION sys.class_number(class text) RETURNS integer LANGUAGE sql IMMUTABLE RETURN CASE class WHEN 'DATABASE' THEN 0 WHEN 'SCHEMA' THEN 3 ELSE 1 END;

CREATE FUNCTION sys.change_permission(action text, permission_ text, class_ text, schema_ text, object_ text, grantee text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  securable integer := sys.securable_id(class_, schema_, object_);
  number integer := sys.class_number(class_);
  principal integer := sys.principal_id(grantee);
BEGIN
  IF securable IS NULL THEN
    PERFORM sys.missing_principal(pg_catalog.lower(class_), coalesce(object_, schema_));
  ELSIF principal IS NULL THEN
    PERFORM sys.missing_principal('user', grantee);
  ELSIF principal BETWEEN 1 AND 4 OR principal >= 16384 THEN
    PERFORM sys.raise(4617, 'Cannot grant, deny or revoke permissions to or from special roles.');
  END IF;
  DELETE FROM sys.permissions WHERE class = number AND major_id = securable AND grantee_id = principal
    AND (permission = pg_catalog.upper(permission_) OR pg_catalog.upper(permission_) = 'ALL');
  IF action <> 'REVOKE' THEN
    INSERT INTO sys.permissions
    SELECT number, securable, principal, granted, pg_catalog.left(action, 1)
    FROM unnest(CASE WHEN pg_catalog.upper(permission_) = 'ALL' THEN ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES'] ELSE ARRAY[pg_catalog.upper(permission_)] END) AS granted;
  END IF;
END $$;

-- A user with every role it is in, directly or not.
CREATE FUNCTION sys.principals_of(user_name text) RETURNS SETOF integer LANGUAGE sql STABLE AS $$
WITH RECURSIVE held AS (
  SELECT principal_id FROM sys.principals WHERE sys.same_name(name, user_name)
  UNION SELECT 0
  UNION SELECT m.role_id FROM sys.role_members AS m JOIN held ON held.principal_id = m.member_id
)
SELECT principal_id FROM held
$$;
CREATE FUNCTION sys.user_has_role(role text, user_name text) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM sys.principals AS p WHERE p.principal_id IN (SELECT sys.principals_of(user_name)) AND p.type = 'R' AND sys.same_name(p.name, role));

-- Whether every door is open: the owner, and whoever has its rights.
CREATE FUNCTION sys.is_owner(user_name text) RETURNS boolean LANGUAGE sql STABLE
RETURN user_name IN ('', 'dbo') OR sys.user_has_role('db_owner', user_name);

-- Permissions that a permission on the same securable or on what holds it brings along.
CREATE FUNCTION sys.covering(permission text) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY[permission, 'CONTROL'] || CASE
  WHEN permission LIKE 'CREATE %' THEN ARRAY['ALTER']
  WHEN permission = 'VIEW CHANGE TRACKING' THEN ARRAY['SELECT']
  ELSE '{}'::text[] END;

CREATE FUNCTION sys.user_has_permission(user_name text, permission_ text, class_ text, schema_ text, object_ text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  held integer[];
  wanted text := pg_catalog.upper(permission_);
  covering text[] := sys.covering(wanted);
  object_id integer := CASE WHEN class_ NOT IN ('DATABASE', 'SCHEMA') THEN sys.securable_id('OBJECT', schema_, object_) END;
  schema_id integer := CASE WHEN class_ <> 'DATABASE' THEN sys.securable_id('SCHEMA', schema_, NULL) END;
  states text[];
BEGIN
  IF class_ <> 'DATABASE' AND coalesce(CASE class_ WHEN 'SCHEMA' THEN schema_id ELSE object_id END) IS NULL THEN
    RETURN NULL;
  END IF;
  IF sys.is_owner(user_name) THEN
    RETURN true;
  END IF;
  held := ARRAY(SELECT sys.principals_of(user_name));
  states := ARRAY(SELECT DISTINCT state FROM sys.permissions
    WHERE grantee_id = ANY (held) AND permission = ANY (covering)
      AND (class = 1 AND major_id = object_id OR class = 3 AND major_id = schema_id OR class = 0));
  IF 'D' = ANY (states)
    OR wanted = 'SELECT' AND sys.user_has_role('db_denydatareader', user_name)
    OR wanted IN ('INSERT', 'UPDATE', 'DELETE') AND sys.user_has_role('db_denydatawriter', user_name) THEN
    RETURN false;
  END IF;
  RETURN 'G' = ANY (states) OR EXISTS (
    SELECT FROM (VALUES ${roleRights.map(([role, rights]) => `('${role}', ARRAY[${quoted(rights)}])`).join(', ')}) AS fixed_(role, rights)
    WHERE wanted = ANY (fixed_.rights) AND sys.user_has_role(fixed_.role, user_name));
END $$;
CREATE FUNCTION sys.has_permission(permission text, class text, schema_ text, object_ text) RETURNS boolean LANGUAGE sql STABLE
RETURN sys.user_has_permission(sys.session_setting('sys.user'), permission, class, schema_, object_);

CREATE FUNCTION sys.database_user(login text) RETURNS text LANGUAGE sql STABLE
RETURN CASE
  WHEN sys.login_has_role('sysadmin', login) THEN 'dbo'
  ELSE coalesce((SELECT name FROM sys.principals WHERE sys.same_login(login_name, login) AND type = 'S'),
    CASE WHEN sys.same_login(sys.database_property('owner'), login) THEN 'dbo' WHEN current_database() = 'master' THEN 'guest' END) END;

-- Which objects a user sees: all of which it has any right; the definition of one takes more.
CREATE FUNCTION sys.sees_everything() RETURNS boolean LANGUAGE sql STABLE
RETURN sys.is_owner(sys.session_setting('sys.user')) OR sys.has_permission('VIEW DEFINITION', 'DATABASE', NULL, NULL);
-- Whole sets, so that a query asks once and not for each row.
CREATE FUNCTION sys.seen_objects() RETURNS SETOF integer LANGUAGE sql STABLE AS $$
SELECT major_id FROM sys.permissions
WHERE class = 1 AND state = 'G' AND grantee_id IN (SELECT sys.principals_of(sys.session_setting('sys.user')))
$$;
CREATE FUNCTION sys.seen_schemas() RETURNS SETOF oid LANGUAGE sql STABLE AS $$
WITH me AS (SELECT sys.session_setting('sys.user') AS name),
granted AS (SELECT p.class, p.major_id, p.permission FROM sys.permissions AS p WHERE p.state = 'G' AND p.grantee_id IN (SELECT sys.principals_of(me.name) FROM me))
SELECT major_id::oid FROM granted WHERE class = 3
UNION ALL
SELECT n.oid FROM pg_namespace AS n
WHERE EXISTS (SELECT FROM granted WHERE class = 0 AND permission IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'ALTER', 'CONTROL', 'REFERENCES', 'VIEW DEFINITION', 'EXECUTE'))
  OR EXISTS (SELECT FROM me, unnest(ARRAY['db_datareader', 'db_datawriter', 'db_ddladmin']) AS role WHERE sys.user_has_role(role, me.name))
$$;
-- On a table, for its triggers and for its definition's sake: ALTER, CONTROL or VIEW DEFINITION.
CREATE FUNCTION sys.sees_definition(object_id integer) RETURNS boolean LANGUAGE sql STABLE
RETURN (SELECT sys.has_permission('VIEW DEFINITION', 'OBJECT', schema_name, object_name) OR sys.has_permission('ALTER', 'OBJECT', schema_name, object_name)
  FROM (SELECT n.nspname::text, c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = object_id::oid
    UNION ALL SELECT n.nspname::text, m.name FROM sys.declared_modules AS m JOIN pg_namespace AS n ON n.oid = m.schema_oid
      WHERE m.object_id = $1 AND m.type <> 'V ') AS found_(schema_name, object_name));
`;
