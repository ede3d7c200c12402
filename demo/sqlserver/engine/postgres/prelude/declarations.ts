/** What SQL Server remembers of its objects and PostgreSQL doesn't: declared types, names, definitions, dates. */

export const declarationsSql = String.raw`
CREATE TABLE sys.column_types (
  table_oid oid NOT NULL, attnum smallint NOT NULL,
  type_name text NOT NULL, length integer, precision_ integer, scale integer, collation_name text,
  computed text,
  PRIMARY KEY (table_oid, attnum)
);
CREATE TABLE sys.declared_tables (table_oid oid PRIMARY KEY, lock_escalation text NOT NULL DEFAULT 'TABLE');
CREATE TABLE sys.declared_dates (object_oid oid PRIMARY KEY, create_date timestamp NOT NULL, modify_date timestamp NOT NULL);
CREATE TABLE sys.declared_defaults (
  object_id integer PRIMARY KEY, table_oid oid NOT NULL, attnum smallint NOT NULL,
  name text NOT NULL, definition text NOT NULL, system_named boolean NOT NULL, create_date timestamp NOT NULL,
  UNIQUE (table_oid, attnum)
);
CREATE TABLE sys.declared_constraints (constraint_oid oid PRIMARY KEY, definition text, system_named boolean NOT NULL);
CREATE TABLE sys.declared_indexes (index_oid oid PRIMARY KEY, name text NOT NULL, filter text);
CREATE TABLE sys.declared_sequences (sequence_oid oid PRIMARY KEY, type_name text NOT NULL, precision_ integer);
CREATE TABLE sys.declared_modules (
  object_id integer PRIMARY KEY, schema_oid oid NOT NULL, name text NOT NULL, type text NOT NULL,
  table_oid oid, events text[] NOT NULL, instead_of boolean NOT NULL, disabled boolean NOT NULL DEFAULT false,
  quoted_identifier boolean NOT NULL, definition text NOT NULL, create_date timestamp NOT NULL, modify_date timestamp NOT NULL
);

CREATE FUNCTION sys.schema_oid(schema_ text) RETURNS oid LANGUAGE sql STABLE
RETURN CASE WHEN schema_ = 'pg_temp' THEN pg_my_temp_schema() ELSE (SELECT oid FROM pg_namespace WHERE nspname = schema_) END;
CREATE FUNCTION sys.relation_oid(schema_ text, name text) RETURNS oid LANGUAGE sql STABLE
RETURN (SELECT oid FROM pg_class WHERE relnamespace = sys.schema_oid(schema_) AND relname = name AND relkind IN ('r', 'p', 'v', 'S', 'i'));

-- A number for an object PostgreSQL has none for, from the same counter as all others.
CREATE FUNCTION sys.new_object_id() RETURNS integer LANGUAGE sql VOLATILE
RETURN pg_nextoid('pg_class'::regclass, 'oid', 'pg_class_oid_index'::regclass)::bigint::integer;

CREATE FUNCTION sys.declare_column(schema_ text, table_ text, column_ text, type_ text, length_ integer DEFAULT NULL, precision_ integer DEFAULT NULL,
  scale_ integer DEFAULT NULL, collation_ text DEFAULT NULL, computed_ text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation oid := sys.relation_oid(schema_, table_);
  number smallint := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = column_ AND NOT attisdropped);
BEGIN
  INSERT INTO sys.column_types VALUES (relation, number, type_, length_, precision_, scale_, collation_, computed_)
  ON CONFLICT (table_oid, attnum) DO UPDATE SET type_name = excluded.type_name, length = excluded.length, precision_ = excluded.precision_,
    scale = excluded.scale, collation_name = excluded.collation_name, computed = excluded.computed;
END $$;

-- A name as SQL Server makes it up: PK__Products__3214EC27A1B2C3D4, DF__Products__Status__5AEE82B9.
CREATE FUNCTION sys.system_name(prefix text, table_ text, column_ text DEFAULT NULL) RETURNS text LANGUAGE sql VOLATILE
RETURN prefix || '__' || pg_catalog.left(table_, CASE WHEN column_ IS NULL THEN 8 ELSE 9 END) || '__' || coalesce(pg_catalog.left(column_, 5) || '__', '')
  || pg_catalog.upper(pg_catalog.substr(md5(gen_random_uuid()::text), 1, CASE WHEN prefix IN ('PK', 'UQ') THEN 16 ELSE 8 END));

-- An index' name in PostgreSQL, where it must be the only one of its schema and at most 63 bytes long.
CREATE FUNCTION sys.index_name(table_ text, index_ text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN octet_length(table_ || '.' || index_) <= 63 THEN table_ || '.' || index_ ELSE 'index ' || md5(table_ || '.' || index_) END;

CREATE FUNCTION sys.declare_default(schema_ text, table_ text, column_ text, name_ text, definition_ text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  relation oid := sys.relation_oid(schema_, table_);
  name text := coalesce(name_, sys.system_name('DF', table_, column_));
BEGIN
  PERFORM sys.check_new_name(sys.schema_oid(schema_), name);
  INSERT INTO sys.declared_defaults
  SELECT sys.new_object_id(), relation, attnum, name, definition_, name_ IS NULL, sys.getdate()
  FROM pg_attribute WHERE attrelid = relation AND attname = column_ AND NOT attisdropped;
  RETURN name;
END $$;

CREATE FUNCTION sys.declare_constraint(schema_ text, table_ text, name_ text, definition_ text, system_named_ boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$
INSERT INTO sys.declared_constraints
SELECT oid, definition_, system_named_ FROM pg_constraint WHERE conrelid = sys.relation_oid(schema_, table_) AND conname = name_
ON CONFLICT (constraint_oid) DO UPDATE SET definition = excluded.definition, system_named = excluded.system_named
$$;

-- A foreign key can't refer to a deferrable key: before one does, the table's keys are made anew, checked row by row.
CREATE FUNCTION sys.check_keys_at_once(schema_ text, table_ text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  key record;
  definition text;
  declared sys.declared_constraints;
BEGIN
  FOR key IN SELECT oid, conname, conrelid FROM pg_constraint
    WHERE conrelid = sys.relation_oid(schema_, table_) AND contype IN ('p', 'u') AND condeferrable
  LOOP
    definition := pg_catalog.regexp_replace(pg_get_constraintdef(key.oid), ' DEFERRABLE$', '');
    SELECT * INTO declared FROM sys.declared_constraints WHERE constraint_oid = key.oid;
    EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', key.conrelid::regclass, key.conname, key.conname, definition);
    IF declared.constraint_oid IS NOT NULL THEN
      PERFORM sys.declare_constraint(schema_, table_, key.conname::text, declared.definition, declared.system_named);
    END IF;
  END LOOP;
END $$;

CREATE FUNCTION sys.declare_index(schema_ text, table_ text, postgres_name text, name_ text, filter_ text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
INSERT INTO sys.declared_indexes VALUES (sys.relation_oid(schema_, postgres_name), name_, filter_)
ON CONFLICT (index_oid) DO UPDATE SET name = excluded.name, filter = excluded.filter
$$;

CREATE FUNCTION sys.declare_sequence(schema_ text, name_ text, type_ text, precision_ integer DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
INSERT INTO sys.declared_sequences VALUES (sys.relation_oid(schema_, name_), type_, precision_)
ON CONFLICT (sequence_oid) DO UPDATE SET type_name = excluded.type_name, precision_ = excluded.precision_
$$;

CREATE FUNCTION sys.set_lock_escalation(schema_ text, table_ text, escalation text) RETURNS void LANGUAGE sql AS $$
INSERT INTO sys.declared_tables VALUES (sys.relation_oid(schema_, table_), pg_catalog.upper(escalation))
ON CONFLICT (table_oid) DO UPDATE SET lock_escalation = excluded.lock_escalation
$$;

CREATE FUNCTION sys.declare_module(schema_ text, name_ text, type_ text, definition_ text, table_schema text DEFAULT NULL, table_ text DEFAULT NULL,
  events_ text[] DEFAULT NULL, instead_of_ boolean DEFAULT false, quoted_identifier_ boolean DEFAULT true) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  id integer := CASE WHEN type_ = 'V ' THEN sys.relation_oid(schema_, name_)::bigint::integer ELSE sys.new_object_id() END;
BEGIN
  IF type_ <> 'V ' THEN
    PERFORM sys.check_new_name(sys.schema_oid(schema_), name_);
  END IF;
  INSERT INTO sys.declared_modules VALUES (id, sys.schema_oid(schema_), name_, type_, sys.relation_oid(table_schema, table_), coalesce(events_, '{}'),
    instead_of_, false, quoted_identifier_, definition_, sys.getdate(), sys.getdate())
  ON CONFLICT (object_id) DO UPDATE SET definition = excluded.definition, modify_date = excluded.modify_date;
  RETURN id;
END $$;

CREATE FUNCTION sys.alter_module(schema_ text, name_ text, type_ text, definition_ text, events_ text[] DEFAULT NULL, instead_of_ boolean DEFAULT false,
  quoted_identifier_ boolean DEFAULT true) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sys.declared_modules SET definition = definition_, events = coalesce(events_, events), instead_of = instead_of_, quoted_identifier = quoted_identifier_,
    modify_date = sys.getdate()
  WHERE schema_oid = sys.schema_oid(schema_) AND name = name_ AND type = type_;
  IF NOT FOUND THEN
    PERFORM sys.raise(208, 'Invalid object name ''' || schema_ || '.' || name_ || '''.', 16, 6);
  END IF;
END $$;

CREATE FUNCTION sys.drop_module(schema_ text, name_ text, type_ text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM sys.declared_modules WHERE schema_oid = sys.schema_oid(schema_) AND name = name_ AND type = type_;
  IF NOT FOUND THEN
    PERFORM sys.raise(3701, 'Cannot drop the ' || CASE type_ WHEN 'TR' THEN 'trigger' WHEN 'P ' THEN 'procedure' ELSE 'view' END
      || ' ''' || schema_ || '.' || name_ || ''', because it does not exist or you do not have permission.', 11, 5);
  END IF;
END $$;

CREATE FUNCTION sys.disable_triggers(schema_ text, table_ text, name_ text, disabled_ boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sys.declared_modules SET disabled = disabled_, modify_date = sys.getdate()
  WHERE table_oid = sys.relation_oid(schema_, table_) AND type = 'TR' AND (name_ IS NULL OR name = name_);
  IF NOT FOUND AND name_ IS NOT NULL THEN
    PERFORM sys.raise(3701, 'Cannot ' || CASE WHEN disabled_ THEN 'disable' ELSE 'enable' END || ' the trigger ''' || name_
      || ''', because it does not exist or you do not have permission.', 11, 5);
  END IF;
END $$;

CREATE FUNCTION sys.drop_constraint(schema_ text, table_ text, name_ text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation oid := sys.relation_oid(schema_, table_);
  column_ text := (SELECT attname FROM sys.declared_defaults AS d JOIN pg_attribute AS a ON a.attrelid = d.table_oid AND a.attnum = d.attnum
    WHERE d.table_oid = relation AND d.name = name_);
BEGIN
  IF column_ IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', relation::regclass, column_);
    DELETE FROM sys.declared_defaults WHERE table_oid = relation AND name = name_;
  ELSIF EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND conname = name_ AND contype IN ('p', 'u', 'f', 'c')) THEN
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', relation::regclass, name_);
  ELSE
    PERFORM sys.raise(3728, '''' || name_ || ''' is not a constraint.');
  END IF;
END $$;

CREATE FUNCTION sys.drop_index(schema_ text, table_ text, name_ text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  found_ oid := (SELECT i.indexrelid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid LEFT JOIN sys.declared_indexes AS d ON d.index_oid = i.indexrelid
    WHERE i.indrelid = sys.relation_oid(schema_, table_) AND coalesce(d.name, c.relname) = name_);
BEGIN
  IF found_ IS NULL THEN
    PERFORM sys.raise(3701, 'Cannot drop the index ''' || table_ || '.' || name_ || ''', because it does not exist or you do not have permission.', 11, 7);
  END IF;
  IF EXISTS (SELECT FROM pg_constraint WHERE conindid = found_ AND contype IN ('p', 'u')) THEN
    PERFORM sys.raise(3723, 'An explicit DROP INDEX is not allowed on index ''' || table_ || '.' || name_ || '''. It is being used for '
      || (SELECT CASE contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE KEY' END FROM pg_constraint WHERE conindid = found_ AND contype IN ('p', 'u')) || ' constraint enforcement.', 16, 4);
  END IF;
  EXECUTE format('DROP INDEX %s', found_::regclass);
END $$;
`;

/** Last of all, so that the prelude itself leaves no dates: what keeps the declarations in step with PostgreSQL's own DDL. */
export const eventTriggersSql = String.raw`
CREATE FUNCTION sys.after_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sys.declared_dates
  SELECT DISTINCT objid, sys.getdate(), sys.getdate() FROM pg_event_trigger_ddl_commands()
  WHERE object_type IN ('table', 'view', 'sequence', 'schema') AND coalesce(schema_name, '') NOT IN ('sys', 'pg_temp')
  ON CONFLICT (object_oid) DO UPDATE SET modify_date = excluded.modify_date;
END $$;

CREATE FUNCTION sys.after_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
  dropped record;
BEGIN
  FOR dropped IN SELECT objid, objsubid, object_type FROM pg_event_trigger_dropped_objects() LOOP
    CASE dropped.object_type
      WHEN 'table', 'view' THEN
        DELETE FROM sys.column_types WHERE table_oid = dropped.objid;
        DELETE FROM sys.declared_defaults WHERE table_oid = dropped.objid;
        DELETE FROM sys.declared_modules WHERE table_oid = dropped.objid OR object_id = dropped.objid::bigint::integer;
        DELETE FROM sys.declared_tables WHERE table_oid = dropped.objid;
        DELETE FROM sys.declared_dates WHERE object_oid = dropped.objid;
        DELETE FROM sys.permissions WHERE class = 1 AND major_id = dropped.objid::bigint::integer;
      WHEN 'table column' THEN
        DELETE FROM sys.column_types WHERE table_oid = dropped.objid AND attnum = dropped.objsubid;
        DELETE FROM sys.declared_defaults WHERE table_oid = dropped.objid AND attnum = dropped.objsubid;
      WHEN 'table constraint' THEN
        DELETE FROM sys.declared_constraints WHERE constraint_oid = dropped.objid;
      WHEN 'index' THEN
        DELETE FROM sys.declared_indexes WHERE index_oid = dropped.objid;
      WHEN 'sequence' THEN
        DELETE FROM sys.declared_sequences WHERE sequence_oid = dropped.objid;
        DELETE FROM sys.declared_dates WHERE object_oid = dropped.objid;
        DELETE FROM sys.permissions WHERE class = 1 AND major_id = dropped.objid::bigint::integer;
      WHEN 'schema' THEN
        DELETE FROM sys.declared_modules WHERE schema_oid = dropped.objid;
        DELETE FROM sys.permissions WHERE class = 3 AND major_id = dropped.objid::bigint::integer;
      ELSE
    END CASE;
  END LOOP;
END $$;

CREATE EVENT TRIGGER declared_dates ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE VIEW', 'ALTER VIEW', 'CREATE SEQUENCE', 'ALTER SEQUENCE', 'CREATE SCHEMA')
EXECUTE FUNCTION sys.after_ddl();
CREATE EVENT TRIGGER declared_drops ON sql_drop EXECUTE FUNCTION sys.after_drop();
`;
