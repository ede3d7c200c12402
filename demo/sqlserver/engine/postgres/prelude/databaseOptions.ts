/** What SQL Server knows of a database, as JSON in the database's comment: every database of the server sees it there. */

/** Options that ALTER DATABASE … SET can change here, with the values they begin with. */
export const databaseOptions: Readonly<Record<string, string>> = {
  READ_COMMITTED_SNAPSHOT: 'OFF',
  ALLOW_SNAPSHOT_ISOLATION: 'OFF',
  COMPATIBILITY_LEVEL: '160',
  RECURSIVE_TRIGGERS: 'OFF',
  RECOVERY: 'SIMPLE',
  AUTO_CLOSE: 'OFF',
  AUTO_SHRINK: 'OFF',
  ANSI_NULLS: 'OFF',
  QUOTED_IDENTIFIER: 'OFF',
  TRUSTWORTHY: 'OFF',
  NESTED_TRIGGERS: 'ON',
};

export const databaseOptionsSql = String.raw`
CREATE VIEW sys.database_properties AS
SELECT oid, datname::text AS name, coalesce(shobj_description(oid, 'pg_database'), '{}')::jsonb AS properties
FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres';

CREATE FUNCTION sys.db_number(name_ text) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT CASE d.name WHEN 'master' THEN 1 ELSE d.oid::bigint::integer END FROM sys.database_properties AS d
  WHERE d.name COLLATE sys."SQL_Latin1_General_CP1_CI_AS" = name_ COLLATE sys."SQL_Latin1_General_CP1_CI_AS");

CREATE FUNCTION sys.database_property(property text) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT properties->>property FROM sys.database_properties WHERE name = current_database()::text);

CREATE FUNCTION sys.set_database_option(option text, value text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF pg_catalog.upper(option) NOT IN (${Object.keys(databaseOptions)
    .map((option) => `'${option}'`)
    .join(', ')}) THEN
    PERFORM sys.raise(5069, 'ALTER DATABASE statement failed.');
  END IF;
  EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(),
    (SELECT properties || jsonb_build_object(pg_catalog.upper(option), pg_catalog.upper(value)) FROM sys.database_properties WHERE name = current_database()::text)::text);
END $$;
`;
