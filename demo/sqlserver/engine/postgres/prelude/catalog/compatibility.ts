/** The views that old programs still ask: SQL Server 2000's system tables. They are found without a schema, too. */

/** Names under which a query finds them without a schema, or under dbo. */
export const compatibilityViews: readonly string[] = [
  'sysobjects',
  'syscolumns',
  'sysindexes',
  'systypes',
  'sysusers',
  'sysdatabases',
];

export const catalogCompatibilitySql = (collation: string): string => {
  const name = (expression: string): string => `(${expression})::text::bpchar COLLATE sys."${collation}"`;
  return String.raw`
CREATE VIEW sys.sysobjects AS
SELECT o.name, o.object_id AS id, o.type AS xtype, o.schema_id::smallint AS uid, 0::smallint AS info, 0 AS status, o.parent_object_id AS parent_obj, o.create_date AS crdate, o.type
FROM sys.objects AS o;

CREATE VIEW sys.syscolumns AS
SELECT c.name, c.object_id AS id, c.system_type_id AS xtype, c.user_type_id::smallint AS xusertype, c.max_length AS length, c.precision AS xprec, c.scale AS xscale,
  c.column_id::smallint AS colid, c.default_object_id AS cdefault, c.precision::smallint AS prec, c.scale::integer AS scale, c.is_computed::integer AS iscomputed,
  c.is_nullable::integer AS isnullable, c.collation_name AS collation, (CASE WHEN c.is_identity THEN 128 ELSE 0 END)::sys.tinyint AS status
FROM sys.columns AS c;

CREATE VIEW sys.sysindexes AS
SELECT i.object_id AS id, i.name, i.index_id::smallint AS indid, sys.row_count(i.object_id)::integer AS rows, sys.row_count(i.object_id) AS rowcnt, i.fill_factor AS "OrigFillFactor"
FROM sys.indexes AS i;

CREATE VIEW sys.systypes AS
SELECT t.name, t.system_type_id AS xtype, t.user_type_id::smallint AS xusertype, t.max_length AS length, t.precision AS prec, t.scale, t.collation_name AS collation FROM sys.types AS t;

CREATE VIEW sys.sysusers AS
SELECT p.principal_id::smallint AS uid, p.name, p.sid, p.create_date AS createdate, p.modify_date AS updatedate, (p.type = 'R'::bpchar)::integer AS issqlrole,
  (p.type = 'S'::bpchar)::integer AS issqluser, (p.type = 'S'::bpchar)::integer AS islogin
FROM sys.database_principals AS p;

CREATE VIEW sys.sysdatabases AS
SELECT d.name, d.database_id::smallint AS dbid, d.owner_sid AS sid, 0::smallint AS mode, 0 AS status, d.create_date AS crdate, d.compatibility_level AS cmptlevel, ${name("''")} AS filename
FROM sys.databases AS d;
`;
};
