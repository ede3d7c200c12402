/** sp_rename. */

export const renamingSql = String.raw`
CREATE FUNCTION sys.rename_missing(name text, kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM sys.raise(15248, 'Either the parameter @objname is ambiguous or the claimed @objtype (' || kind || ') is wrong.', 11);
END $$;

CREATE FUNCTION sys.rename_column(table_id integer, old_name text, new_name text, shown text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  column_ text := (SELECT name FROM sys.catalog_columns WHERE table_oid = table_id::oid AND sys.same_name(name, old_name));
BEGIN
  IF column_ IS NULL THEN
    PERFORM sys.rename_missing(shown, 'COLUMN');
  ELSIF EXISTS (SELECT FROM sys.catalog_columns WHERE table_oid = table_id::oid AND sys.same_name(name, new_name) AND name <> column_) THEN
    PERFORM sys.raise(15335, 'Error: The new name ''' || new_name || ''' is already in use as a COLUMN name and would cause a duplicate that is not permitted.', 11);
  END IF;
  EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', table_id::oid::regclass, column_, new_name);
END $$;

CREATE FUNCTION sys.rename_index(table_id integer, old_name text, new_name text, shown text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  renamed record;
BEGIN
  SELECT i.indexrelid, k.conname, c.relname::text AS table_name, n.nspname::text AS schema_name INTO renamed
  FROM sys.catalog_indexes AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
  WHERE i.indrelid = table_id::oid AND sys.same_name(i.name, old_name);
  IF renamed.indexrelid IS NULL THEN
    PERFORM sys.rename_missing(shown, 'INDEX');
  ELSIF renamed.conname IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', table_id::oid::regclass, renamed.conname, new_name);
  ELSE
    EXECUTE format('ALTER INDEX %s RENAME TO %I', renamed.indexrelid::regclass, sys.index_name(renamed.table_name, new_name));
    PERFORM sys.declare_index(renamed.schema_name, renamed.table_name, sys.index_name(renamed.table_name, new_name), new_name);
  END IF;
END $$;

-- The object keeps its number, and with it its columns, triggers and rights. Definitions keep the old name, as in SQL Server.
CREATE FUNCTION sys.rename_object(old_name bpchar, new_name bpchar, type_ bpchar DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  kind text := pg_catalog.upper(coalesce(sys.raw(type_), 'OBJECT') COLLATE "C");
  shown text := sys.raw(old_name);
  fresh text := sys.raw(new_name);
  parts text[] := sys.name_parts(shown);
  owner bpchar;
  renamed record;
  index_ record;
BEGIN
  IF kind IN ('COLUMN', 'INDEX') THEN
    owner := (SELECT pg_catalog.string_agg(sys.raw(sys.quotename(part::bpchar)), '.' ORDER BY place) FROM unnest(parts) WITH ORDINALITY AS p(part, place) WHERE place < cardinality(parts))::bpchar;
    IF sys.object_id(owner) IS NULL THEN
      PERFORM sys.rename_missing(shown, kind);
    ELSIF kind = 'COLUMN' THEN
      PERFORM sys.rename_column(sys.object_id(owner), parts[cardinality(parts)], fresh, shown);
    ELSE
      PERFORM sys.rename_index(sys.object_id(owner), parts[cardinality(parts)], fresh, shown);
    END IF;
    RETURN;
  END IF;
  SELECT o.object_id, rtrim(o.type, ' ') AS type, o.name, o.schema_oid, o.parent_object_id INTO renamed
  FROM sys.catalog_objects AS o WHERE o.object_id = sys.object_id(old_name);
  IF renamed.object_id IS NULL THEN
    PERFORM sys.raise(15225, 'No item by the name of ''' || shown || ''' could be found in the current database ''' || current_database() || ''', given that @itemtype was input as '''
      || CASE WHEN type_ IS NULL THEN '(null)' ELSE kind END || '''.', 11);
  END IF;
  IF NOT sys.same_name(renamed.name, fresh) THEN
    IF EXISTS (SELECT FROM sys.catalog_objects AS o WHERE o.schema_oid = renamed.schema_oid AND sys.same_name(o.name, fresh)) THEN
      PERFORM sys.raise(15335, 'Error: The new name ''' || fresh || ''' is already in use as a OBJECT name and would cause a duplicate that is not permitted.', 11);
    END IF;
  END IF;
  CASE renamed.type
    WHEN 'U' THEN
      EXECUTE format('ALTER TABLE %s RENAME TO %I', renamed.object_id::oid::regclass, fresh);
      -- Its indexes are named after it, so that a new table of the old name can have some of the same names.
      FOR index_ IN SELECT d.index_oid, d.name FROM sys.declared_indexes AS d JOIN pg_index AS i ON i.indexrelid = d.index_oid WHERE i.indrelid = renamed.object_id::oid LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %I', index_.index_oid::regclass, sys.index_name(fresh, index_.name));
      END LOOP;
    WHEN 'V' THEN
      EXECUTE format('ALTER VIEW %s RENAME TO %I', renamed.object_id::oid::regclass, fresh);
      UPDATE sys.declared_modules SET name = fresh WHERE object_id = renamed.object_id;
    WHEN 'SO' THEN EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', renamed.object_id::oid::regclass, fresh);
    WHEN 'D' THEN UPDATE sys.declared_defaults SET name = fresh WHERE object_id = renamed.object_id;
    WHEN 'TR', 'P' THEN UPDATE sys.declared_modules SET name = fresh, modify_date = sys.getdate() WHERE object_id = renamed.object_id;
    ELSE EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', renamed.parent_object_id::oid::regclass, renamed.name, fresh);
  END CASE;
END $$;

-- Before ALTER TABLE … DROP COLUMN or ALTER COLUMN: what stands on the column must go first. PostgreSQL would take it along.
CREATE FUNCTION sys.check_column_is_free(schema_ text, table_ text, column_ text, doing text DEFAULT 'DROP COLUMN') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation oid := sys.relation_oid(schema_, table_);
  number smallint := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = column_ AND NOT attisdropped);
BEGIN
  IF doing = 'DROP COLUMN' AND EXISTS (SELECT FROM sys.declared_defaults WHERE table_oid = relation AND attnum = number)
    OR EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype IN ('p', 'u', 'f', 'c') AND number = ANY (conkey))
    OR EXISTS (SELECT FROM pg_index WHERE indrelid = relation AND number = ANY (indkey::smallint[])) THEN
    PERFORM sys.raise(4922, 'ALTER TABLE ' || doing || ' ' || column_ || ' failed because one or more objects access this column.', 16, 9);
  END IF;
END $$;
`;
