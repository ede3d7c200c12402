/** T-SQL's functions about objects, databases and the server. */

const serverProperties: Readonly<Record<string, string>> = {
  productversion: "'16.0.1000.6'",
  productlevel: "'RTM'",
  productmajorversion: "'16'",
  productminorversion: "'0'",
  edition: "'Developer Edition (64-bit)'",
  engineedition: "'3'",
  editionid: "'-2117995310'",
  isclustered: "'0'",
  ishadrenabled: "'0'",
  isintegratedsecurityonly: "'0'",
  isfulltextinstalled: "'0'",
  issingleuser: "'0'",
  licensetype: "'DISABLED'",
  sqlcharsetname: "'iso_1'",
  sqlsortordername: "'nocase_iso'",
  resourceversion: "'16.00.1000'",
  buildclrversion: "'v4.0.30319'",
  machinename: "sys.session_setting('sys.server_name')",
  servername: "sys.session_setting('sys.server_name')",
  computernamephysicalnetbios: "sys.session_setting('sys.server_name')",
  instancename: 'NULL',
};

const triggerCounts = (['Insert', 'Update', 'Delete'] as const).flatMap((event) => [
  [
    `tablehas${event.toLowerCase()}trigger`,
    `(SELECT count(*)::integer FROM sys.declared_modules WHERE table_oid = id::oid AND type = 'TR' AND '${event.toUpperCase()}' = ANY (events))`,
  ],
  [
    `execis${event.toLowerCase()}trigger`,
    `(SELECT ('${event.toUpperCase()}' = ANY (events))::integer FROM sys.declared_modules WHERE object_id = id AND type = 'TR')`,
  ],
]);
const module = (expression: string): string =>
  `(SELECT (${expression})::integer FROM sys.declared_modules AS m WHERE m.object_id = id)`;
/** Property in lower case -> what it is of the object whose row of sys.objects is \`o\`. */
const objectProperties: Readonly<Record<string, string>> = {
  istable: "(o.type = 'U'::bpchar)::integer",
  isusertable: "(o.type = 'U'::bpchar)::integer",
  isview: "(o.type = 'V'::bpchar)::integer",
  istrigger: "(o.type = 'TR'::bpchar)::integer",
  isprocedure: "(o.type = 'P'::bpchar)::integer",
  isprimarykey: "(o.type = 'PK'::bpchar)::integer",
  isuniquecnst: "(o.type = 'UQ'::bpchar)::integer",
  isforeignkey: "(o.type = 'F'::bpchar)::integer",
  ischeckcnst: "(o.type = 'C'::bpchar)::integer",
  isdefaultcnst: "(o.type = 'D'::bpchar)::integer",
  isconstraint: "(o.type IN ('PK'::bpchar, 'UQ'::bpchar, 'F'::bpchar, 'C'::bpchar, 'D'::bpchar))::integer",
  issystemtable: '0',
  ismsshipped: 'o.is_ms_shipped::integer',
  isexecuted: "(o.type IN ('V'::bpchar, 'TR'::bpchar, 'P'::bpchar))::integer",
  ownerid: '1',
  schemaid: 'o.schema_id',
  execistriggerdisabled: module('m.disabled'),
  execisaftertrigger: module('NOT m.instead_of'),
  execisinsteadoftrigger: module('m.instead_of'),
  execisquotedidenton: module('m.quoted_identifier'),
  execisansinullson: module('true'),
  isquotedidenton: module('m.quoted_identifier'),
  isansinullson: '1',
  execisfirstinserttrigger: module('false'),
  execisfirstupdatetrigger: module('false'),
  execisfirstdeletetrigger: module('false'),
  tablehasprimarykey: '(SELECT count(*)::integer FROM pg_index WHERE indrelid = id::oid AND indisprimary)',
  tablehasidentity: '(SELECT (count(*) > 0)::integer FROM sys.columns AS k WHERE k.object_id = id AND k.is_identity)',
  tablehasindex: '(SELECT (count(*) > 0)::integer FROM pg_index WHERE indrelid = id::oid)',
  tablehasclustindex: '(SELECT count(*)::integer FROM pg_index WHERE indrelid = id::oid AND indisprimary)',
  tablehasforeignkey: "(SELECT (count(*) > 0)::integer FROM pg_constraint WHERE conrelid = id::oid AND contype = 'f')",
  tablehasforeignref: "(SELECT (count(*) > 0)::integer FROM pg_constraint WHERE confrelid = id::oid AND contype = 'f')",
  ...Object.fromEntries(triggerCounts.map(([key = '', value = '']) => [key, value])),
};

const cases = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([property, expression]) => `WHEN '${property}' THEN ${expression}`)
    .join('\n  ');
const lowered = 'pg_catalog.lower(sys.raw(property) COLLATE "C")';

export const metadataSql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  return String.raw`
CREATE FUNCTION sys.db_id() RETURNS integer LANGUAGE sql STABLE RETURN sys.db_number(current_database()::text);
CREATE FUNCTION sys.db_id(name bpchar) RETURNS integer LANGUAGE sql STABLE RETURN sys.db_number(sys.raw(name));
CREATE FUNCTION sys.db_name() RETURNS bpchar LANGUAGE sql STABLE RETURN ${name('current_database()')};
CREATE FUNCTION sys.db_name(id integer) RETURNS bpchar LANGUAGE sql STABLE
RETURN (SELECT ${name('d.name')} FROM sys.database_properties AS d WHERE CASE d.name WHEN 'master' THEN 1 ELSE d.oid::bigint::integer END = id);

CREATE FUNCTION sys.schema_id() RETURNS integer LANGUAGE sql STABLE RETURN 1;
-- By name, as sys.objects numbers them; by PostgreSQL's oid inwards.
CREATE FUNCTION sys.schema_named(name_ text) RETURNS oid LANGUAGE sql STABLE
RETURN (SELECT oid FROM sys.user_schemas WHERE sys.same_name(name, name_));

-- tempdb..#t is the session's temporary table; the rest lies in this database. Neither another database nor four parts are found.
CREATE FUNCTION sys.object_id(name bpchar, type_ bpchar DEFAULT NULL) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
  parts text[] := sys.name_parts(sys.raw(name));
  object_ text := parts[cardinality(parts)];
  schema_ text := CASE WHEN cardinality(parts) > 1 THEN nullif(parts[cardinality(parts) - 1], '') END;
  database_ text := CASE WHEN cardinality(parts) > 2 THEN nullif(parts[cardinality(parts) - 2], '') END;
  namespace oid := sys.schema_named(coalesce(schema_, 'dbo'));
  found_ record;
BEGIN
  IF parts IS NULL OR cardinality(parts) > 3 THEN
    RETURN NULL;
  END IF;
  IF object_ LIKE '#%' AND sys.same_login(coalesce(database_, 'tempdb'), 'tempdb') THEN
    RETURN (SELECT c.oid::bigint::integer FROM pg_class AS c WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'r' AND sys.same_name(c.relname::text, object_)
      AND coalesce(type_, 'U') = 'U'::bpchar);
  END IF;
  IF database_ IS NOT NULL AND sys.db_number(database_) IS DISTINCT FROM sys.db_id() THEN
    RETURN NULL;
  END IF;
  IF sys.same_login(schema_, 'sys') OR sys.same_login(schema_, 'information_schema') THEN
    RETURN (SELECT o.object_id FROM sys.system_objects AS o WHERE o.schema_id = CASE WHEN sys.same_login(schema_, 'sys') THEN 4 ELSE 3 END
      AND sys.same_login(sys.raw(o.name), object_) AND coalesce(type_, 'V') = 'V'::bpchar);
  END IF;
  SELECT o.object_id, o.securable_id, o.needs_definition INTO found_
  FROM sys.catalog_objects AS o
  WHERE o.schema_oid = namespace AND sys.same_name(o.name, object_)
    AND (type_ IS NULL OR sys.same_login(rtrim(o.type, ' '), rtrim(sys.raw(type_), ' ')))
  ORDER BY o.object_id LIMIT 1;
  RETURN CASE WHEN found_.object_id IS NULL OR sys.sees_everything() OR CASE WHEN found_.needs_definition THEN sys.sees_definition(found_.securable_id)
      ELSE found_.securable_id IN (SELECT sys.seen_objects()) OR namespace IN (SELECT sys.seen_schemas()) END
    THEN found_.object_id END;
END $$;
CREATE FUNCTION sys.object_name(id integer, database_id integer DEFAULT NULL) RETURNS bpchar LANGUAGE sql STABLE
RETURN CASE WHEN coalesce(database_id, sys.db_id()) = sys.db_id() THEN (SELECT o.name FROM sys.all_objects AS o WHERE o.object_id = id) END;
CREATE FUNCTION sys.object_schema_name(id integer, database_id integer DEFAULT NULL) RETURNS bpchar LANGUAGE sql STABLE
RETURN CASE WHEN coalesce(database_id, sys.db_id()) = sys.db_id()
  THEN (SELECT s.name FROM sys.all_objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.object_id = id) END;
CREATE FUNCTION sys.schema_id(name_ bpchar) RETURNS integer LANGUAGE sql STABLE RETURN (SELECT s.schema_id FROM sys.schemas AS s WHERE sys.same_name(sys.raw(s.name), sys.raw(name_)));
CREATE FUNCTION sys.schema_name() RETURNS bpchar LANGUAGE sql STABLE RETURN ${name("'dbo'")};
CREATE FUNCTION sys.schema_name(id integer) RETURNS bpchar LANGUAGE sql STABLE RETURN (SELECT s.name FROM sys.schemas AS s WHERE s.schema_id = id);

CREATE FUNCTION sys.object_definition(id integer) RETURNS bpchar LANGUAGE sql STABLE RETURN coalesce(
  (SELECT m.definition FROM sys.sql_modules AS m WHERE m.object_id = id),
  (SELECT d.definition FROM sys.default_constraints AS d WHERE d.object_id = id),
  (SELECT c.definition FROM sys.check_constraints AS c WHERE c.object_id = id));

CREATE FUNCTION sys.objectproperty(id integer, property bpchar) RETURNS integer LANGUAGE sql STABLE RETURN (SELECT CASE ${lowered}
  ${cases(objectProperties)} END FROM sys.all_objects AS o WHERE o.object_id = id);
CREATE FUNCTION sys.objectpropertyex(id integer, property bpchar) RETURNS bpchar LANGUAGE sql STABLE RETURN CASE ${lowered}
  WHEN 'basetype' THEN (SELECT ${name('rtrim(sys.raw(o.type))')} FROM sys.all_objects AS o WHERE o.object_id = id)
  WHEN 'cardinality' THEN ${name('sys.row_count(id)')}
  ELSE ${name('sys.objectproperty(id, property)')} END;

CREATE FUNCTION sys.type_id(name_ bpchar) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT t.user_type_id FROM sys.types AS t WHERE sys.same_login(sys.raw(t.name), (sys.name_parts(sys.raw(name_)))[cardinality(sys.name_parts(sys.raw(name_)))]));
CREATE FUNCTION sys.type_name(id integer) RETURNS bpchar LANGUAGE sql STABLE RETURN (SELECT t.name FROM sys.types AS t WHERE t.user_type_id = id);

CREATE FUNCTION sys.col_name(table_id integer, id integer) RETURNS bpchar LANGUAGE sql STABLE
RETURN (SELECT k.name FROM sys.all_columns AS k WHERE k.object_id = table_id AND k.column_id = id);
CREATE FUNCTION sys.col_length(table_ bpchar, column_ bpchar) RETURNS smallint LANGUAGE sql STABLE
RETURN (SELECT sys.max_length(k.type_name, k.length, k.precision_, k.scale) FROM sys.catalog_columns AS k
  WHERE k.table_oid = sys.object_id(table_)::oid AND sys.same_name(k.name, sys.raw(column_)));
CREATE FUNCTION sys.columnproperty(table_id integer, column_ bpchar, property bpchar) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT CASE ${lowered}
    WHEN 'allowsnull' THEN k.is_nullable::integer WHEN 'columnid' THEN k.column_id WHEN 'isidentity' THEN k.is_identity::integer
    WHEN 'iscomputed' THEN k.is_computed::integer WHEN 'isrowguidcol' THEN 0 WHEN 'ishidden' THEN 0 WHEN 'issparse' THEN 0
    WHEN 'charmaxlen' THEN CASE WHEN k.collation_name IS NOT NULL THEN CASE WHEN k.system_type_id IN (231, 239) AND k.max_length > 0 THEN k.max_length / 2 ELSE k.max_length END END
    WHEN 'precision' THEN CASE WHEN k.collation_name IS NULL THEN k.precision::integer WHEN k.system_type_id IN (231, 239) AND k.max_length > 0 THEN k.max_length / 2 ELSE k.max_length END
    WHEN 'scale' THEN CASE WHEN k.collation_name IS NULL THEN k.scale::integer END END
  FROM sys.all_columns AS k WHERE k.object_id = table_id AND sys.same_name(sys.raw(k.name), sys.raw(column_)));
CREATE FUNCTION sys.indexproperty(table_id integer, index_ bpchar, property bpchar) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT CASE ${lowered}
    WHEN 'indexid' THEN i.index_id WHEN 'isunique' THEN i.is_unique::integer WHEN 'isclustered' THEN (i.type = 1)::integer WHEN 'isdisabled' THEN i.is_disabled::integer
    WHEN 'ispadindex' THEN 0 WHEN 'isstatistics' THEN 0 WHEN 'ishypothetical' THEN 0 WHEN 'isrowlockdisallowed' THEN 0 WHEN 'ispagelockdisallowed' THEN 0 END
  FROM sys.indexes AS i WHERE i.object_id = table_id AND sys.same_name(sys.raw(i.name), sys.raw(index_)));

CREATE FUNCTION sys.databasepropertyex(database_ bpchar, property bpchar) RETURNS bpchar LANGUAGE sql STABLE
RETURN (SELECT CASE ${lowered}
    WHEN 'collation' THEN d.collation_name WHEN 'status' THEN d.state_desc WHEN 'recovery' THEN d.recovery_model_desc WHEN 'useraccess' THEN d.user_access_desc
    WHEN 'updateability' THEN ${name("'READ_WRITE'")} WHEN 'version' THEN ${name("'957'")} WHEN 'comparisonstyle' THEN ${name("'196609'")} WHEN 'lcid' THEN ${name("'1033'")}
    WHEN 'sqlsortorder' THEN ${name("'52'")} WHEN 'isautoclose' THEN ${name("'0'")} WHEN 'isautoshrink' THEN ${name("'0'")} WHEN 'isfulltextenabled' THEN ${name("'0'")}
    WHEN 'isinstandby' THEN ${name("'0'")} WHEN 'isrecursivetriggersenabled' THEN ${name('d.is_recursive_triggers_on::integer')} END
  FROM sys.databases AS d WHERE d.database_id = sys.db_id(database_));
CREATE FUNCTION sys.serverproperty(property bpchar) RETURNS bpchar LANGUAGE sql STABLE RETURN (CASE ${lowered}
  ${cases(serverProperties)}
  WHEN 'collation' THEN (SELECT properties->>'collation' FROM sys.database_properties WHERE name = 'master') END)::bpchar;
CREATE FUNCTION sys.servername() RETURNS bpchar LANGUAGE sql STABLE RETURN sys.session_setting('sys.server_name')::bpchar;
CREATE FUNCTION sys.version() RETURNS bpchar LANGUAGE sql STABLE
RETURN ('Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64) (stand-in on ' || split_part(pg_catalog.version(), ' on ', 1) || ')')::bpchar;
CREATE FUNCTION sys.host_name() RETURNS bpchar LANGUAGE sql STABLE RETURN sys.session_setting('sys.host_name')::bpchar;
CREATE FUNCTION sys.app_name() RETURNS bpchar LANGUAGE sql STABLE RETURN sys.session_setting('sys.app_name')::bpchar;

CREATE FUNCTION sys."current_user"() RETURNS bpchar LANGUAGE sql STABLE RETURN coalesce(nullif(sys.session_setting('sys.user'), ''), 'dbo')::bpchar;
CREATE FUNCTION sys."session_user"() RETURNS bpchar LANGUAGE sql STABLE RETURN sys."current_user"();
CREATE FUNCTION sys.suser_sname() RETURNS bpchar LANGUAGE sql STABLE RETURN coalesce(nullif(sys.session_setting('sys.login'), ''), 'sa')::bpchar;
CREATE FUNCTION sys.suser_sname(sid bytea) RETURNS bpchar LANGUAGE sql STABLE RETURN (SELECT name::bpchar FROM sys.logins WHERE decode(properties->>'sid', 'hex') = sid);
CREATE FUNCTION sys.suser_name() RETURNS bpchar LANGUAGE sql STABLE RETURN sys.suser_sname();
CREATE FUNCTION sys."system_user"() RETURNS bpchar LANGUAGE sql STABLE RETURN sys.suser_sname();
CREATE FUNCTION sys.original_login() RETURNS bpchar LANGUAGE sql STABLE RETURN sys.suser_sname();
CREATE FUNCTION sys.user_name() RETURNS bpchar LANGUAGE sql STABLE RETURN sys."current_user"();
CREATE FUNCTION sys.user_name(id integer) RETURNS bpchar LANGUAGE sql STABLE RETURN (SELECT p.name::bpchar FROM sys.principals AS p WHERE p.principal_id = id);
CREATE FUNCTION sys.user_id() RETURNS integer LANGUAGE sql STABLE RETURN sys.principal_id(sys.raw(sys."current_user"()));
CREATE FUNCTION sys.user_id(name bpchar) RETURNS integer LANGUAGE sql STABLE RETURN sys.principal_id(sys.raw(name));
CREATE FUNCTION sys.database_principal_id() RETURNS integer LANGUAGE sql STABLE RETURN sys.user_id();
CREATE FUNCTION sys.database_principal_id(name bpchar) RETURNS integer LANGUAGE sql STABLE RETURN sys.principal_id(sys.raw(name));

CREATE FUNCTION sys.is_rolemember(role bpchar, user_ bpchar DEFAULT NULL) RETURNS integer LANGUAGE sql STABLE RETURN CASE
  WHEN NOT EXISTS (SELECT FROM sys.principals AS p WHERE p.type = 'R' AND sys.same_name(p.name, sys.raw(role))) THEN NULL
  WHEN sys.raw(coalesce(user_, sys."current_user"())) = 'dbo' THEN (sys.same_name(sys.raw(role), 'db_owner') OR sys.same_name(sys.raw(role), 'public'))::integer
  ELSE sys.user_has_role(sys.raw(role), sys.raw(coalesce(user_, sys."current_user"())))::integer END;
CREATE FUNCTION sys.is_member(role bpchar) RETURNS integer LANGUAGE sql STABLE RETURN sys.is_rolemember(role);
CREATE FUNCTION sys.is_srvrolemember(role bpchar, login bpchar DEFAULT NULL) RETURNS integer LANGUAGE sql STABLE RETURN CASE
  WHEN sys.login_name(sys.raw(coalesce(login, sys.suser_sname()))) IS NULL THEN NULL
  WHEN sys.same_login(sys.raw(role), 'public') THEN 1
  ELSE (sys.login_has_role(sys.raw(role), sys.raw(coalesce(login, sys.suser_sname())))
    OR sys.login_has_role('sysadmin', sys.raw(coalesce(login, sys.suser_sname()))))::integer END;

CREATE FUNCTION sys.has_perms_by_name(securable bpchar, class_ bpchar, permission_ bpchar, sub_securable bpchar DEFAULT NULL, sub_class bpchar DEFAULT NULL) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
  class text := pg_catalog.upper(coalesce(sys.raw(class_), 'SERVER') COLLATE "C");
  permission text := pg_catalog.upper(sys.raw(permission_) COLLATE "C");
  parts text[] := sys.name_parts(sys.raw(securable));
  allowed boolean;
BEGIN
  CASE class
    WHEN 'DATABASE' THEN
      IF securable IS NOT NULL AND sys.db_id(parts[1]::bpchar) IS NULL THEN
        RETURN NULL;
      END IF;
      RETURN CASE permission
        WHEN 'ANY' THEN 1
        ELSE sys.has_permission(permission, 'DATABASE', NULL, NULL)::integer END;
    WHEN 'SCHEMA' THEN
      RETURN sys.has_permission(permission, 'SCHEMA', parts[1], NULL)::integer;
    WHEN 'OBJECT' THEN
      IF sys.object_id(securable) IS NULL THEN
        RETURN NULL;
      END IF;
      IF permission = 'ANY' THEN
        RETURN 1;
      END IF;
      RETURN sys.has_permission(permission, 'OBJECT', sys.raw(sys.object_schema_name(sys.object_id(securable))), sys.raw(sys.object_name(sys.object_id(securable))))::integer;
    WHEN 'SERVER' THEN
      RETURN (sys.login_has_role('sysadmin', sys.raw(sys.suser_sname())) OR permission IN ('CONNECT SQL', 'VIEW ANY DATABASE', 'ANY'))::integer;
    ELSE RETURN NULL;
  END CASE;
END $$;

-- Identity columns: their sequence, found through the column.
CREATE FUNCTION sys.identity_sequence(table_ bpchar) RETURNS oid LANGUAGE sql STABLE
RETURN (SELECT d.objid FROM pg_depend AS d JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass AND d.deptype = 'i' AND a.attidentity <> '' AND d.refobjid = sys.object_id(table_)::oid);
CREATE FUNCTION sys.ident_current(table_ bpchar) RETURNS numeric LANGUAGE sql STABLE
RETURN (SELECT coalesce(pg_sequence_last_value(seqrelid), seqstart)::numeric FROM pg_sequence WHERE seqrelid = sys.identity_sequence(table_));
CREATE FUNCTION sys.ident_seed(table_ bpchar) RETURNS numeric LANGUAGE sql STABLE RETURN (SELECT seqstart::numeric FROM pg_sequence WHERE seqrelid = sys.identity_sequence(table_));
CREATE FUNCTION sys.ident_incr(table_ bpchar) RETURNS numeric LANGUAGE sql STABLE RETURN (SELECT seqincrement::numeric FROM pg_sequence WHERE seqrelid = sys.identity_sequence(table_));
`;
};
