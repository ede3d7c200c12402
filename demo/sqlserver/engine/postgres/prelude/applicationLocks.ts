/**
 * sp_getapplock and its like, by advisory locks of the current database. A resource has one key for its lock and one more that Update takes
 * on top of Shared, so that two Updates exclude each other. Marker locks, shared and never waited for, say which owner holds a resource:
 * PostgreSQL doesn't tell locks of the session from locks of its transaction.
 */

export const applicationLocksSql = String.raw`
-- Names behind the keys, for sys.dm_tran_locks. Without a unique index: an open transaction must not hold up another session here.
CREATE UNLOGGED TABLE sys.application_lock_names (key bigint NOT NULL, resource text NOT NULL);
CREATE INDEX ON sys.application_lock_names (key);

CREATE FUNCTION sys.lock_key(resource bpchar) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
RETURN ('x' || substr(md5(sys.raw(resource)), 1, 16))::bit(64)::bigint / 2 * 2;
CREATE FUNCTION sys.marker_key(resource bpchar) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
RETURN ('x' || substr(md5(sys.raw(resource)), 17, 8))::bit(32)::integer;

-- 0 is the session's marker, 1 the transaction's; other owners are error 8114's kind of mistake.
CREATE FUNCTION sys.lock_owner(owner bpchar) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE pg_catalog.lower(sys.raw(owner) COLLATE "C")
    WHEN 'session' THEN RETURN 0;
    WHEN 'transaction' THEN RETURN 1;
    ELSE PERFORM sys.raise(15600, 'An invalid parameter or option was specified for procedure ''sys.sp_getapplock''.', 15);
  END CASE;
END $$;

CREATE FUNCTION sys.lock_mode(mode bpchar) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE pg_catalog.lower(sys.raw(mode) COLLATE "C")
    WHEN 'exclusive' THEN RETURN 'Exclusive';
    WHEN 'update' THEN RETURN 'Update';
    WHEN 'shared' THEN RETURN 'Shared';
    ELSE PERFORM sys.raise(15600, 'An invalid parameter or option was specified for procedure ''sys.sp_getapplock''.', 15);
  END CASE;
END $$;

CREATE FUNCTION sys.try_advisory(key bigint, exclusive boolean, owner integer) RETURNS boolean LANGUAGE sql VOLATILE
RETURN CASE
  WHEN owner = 0 AND exclusive THEN pg_try_advisory_lock(key) WHEN owner = 0 THEN pg_try_advisory_lock_shared(key)
  WHEN exclusive THEN pg_try_advisory_xact_lock(key) ELSE pg_try_advisory_xact_lock_shared(key) END;
CREATE FUNCTION sys.wait_advisory(key bigint, exclusive boolean, owner integer) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF owner = 0 THEN
    IF exclusive THEN PERFORM pg_advisory_lock(key); ELSE PERFORM pg_advisory_lock_shared(key); END IF;
  ELSE
    IF exclusive THEN PERFORM pg_advisory_xact_lock(key); ELSE PERFORM pg_advisory_xact_lock_shared(key); END IF;
  END IF;
END $$;

-- Takes one key; 0 at once, 1 after a wait, -1 timeout, -3 deadlock.
CREATE FUNCTION sys.take_key(key bigint, exclusive boolean, owner integer, timeout integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  before text := current_setting('lock_timeout');
BEGIN
  IF sys.try_advisory(key, exclusive, owner) THEN
    RETURN 0;
  END IF;
  IF timeout = 0 THEN
    RETURN -1;
  END IF;
  BEGIN
    -- lock_timeout 0 is no limit, as -1 is here.
    IF timeout IS NOT NULL THEN
      PERFORM set_config('lock_timeout', greatest(timeout, 0)::text, true);
    END IF;
    PERFORM sys.wait_advisory(key, exclusive, owner);
    PERFORM set_config('lock_timeout', before, true);
    RETURN 1;
  EXCEPTION
    WHEN lock_not_available THEN RETURN -1;
    WHEN deadlock_detected THEN RETURN -3;
  END;
END $$;

CREATE FUNCTION sys.getapplock(resource bpchar, mode bpchar, owner bpchar, timeout integer DEFAULT NULL) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  mode_name text := sys.lock_mode(mode);
  owner_number integer := sys.lock_owner(owner);
  key bigint := sys.lock_key(resource);
  result integer;
  second integer := 0;
BEGIN
  IF key IS NULL OR length(sys.raw(resource)) > 255 THEN
    PERFORM sys.raise(15600, 'An invalid parameter or option was specified for procedure ''sys.sp_getapplock''.', 15);
  END IF;
  result := sys.take_key(key, mode_name = 'Exclusive', owner_number, timeout);
  IF result >= 0 AND mode_name = 'Update' THEN
    second := sys.take_key(key + 1, true, owner_number, timeout);
    IF second < 0 AND owner_number = 0 THEN
      PERFORM pg_advisory_unlock_shared(key);
    END IF;
  END IF;
  IF result < 0 OR second < 0 THEN
    RETURN least(result, second);
  END IF;
  IF owner_number = 0 THEN
    PERFORM pg_advisory_lock_shared(sys.marker_key(resource), 0);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(sys.marker_key(resource), 1);
  END IF;
  IF NOT EXISTS (SELECT FROM sys.application_lock_names AS known WHERE known.key = sys.lock_key($1)) THEN
    INSERT INTO sys.application_lock_names VALUES (key, sys.raw(resource));
  END IF;
  RETURN greatest(result, second);
END $$;

-- This backend's advisory locks.
CREATE VIEW sys.own_advisory_locks AS
SELECT CASE objsubid WHEN 1 THEN (classid::bigint << 32) | objid::bigint END AS key,
  CASE objsubid WHEN 2 THEN classid::bigint::bit(32)::integer END AS marker, CASE objsubid WHEN 2 THEN objid::bigint::integer END AS owner, mode
FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database());

CREATE FUNCTION sys.applock_mode(principal bpchar, resource bpchar, owner bpchar) RETURNS bpchar LANGUAGE sql VOLATILE
RETURN (CASE
  WHEN NOT EXISTS (SELECT FROM sys.own_advisory_locks AS held WHERE held.marker = sys.marker_key(resource) AND held.owner = sys.lock_owner($3)) THEN 'NoLock'
  WHEN EXISTS (SELECT FROM sys.own_advisory_locks AS held WHERE held.key = sys.lock_key(resource) AND mode = 'ExclusiveLock') THEN 'Exclusive'
  WHEN EXISTS (SELECT FROM sys.own_advisory_locks AS held WHERE held.key = sys.lock_key(resource) + 1) THEN 'Update'
  ELSE 'Shared' END)::bpchar;

CREATE FUNCTION sys.releaseapplock(resource bpchar, owner bpchar) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  held text := sys.raw(sys.applock_mode('public', resource, owner));
BEGIN
  IF held = 'NoLock' THEN
    PERFORM sys.raise(1223, 'Cannot release the application lock (Database Principal: ''public'', Resource: ''' || sys.raw(resource) || ''') because it is not currently held.');
  END IF;
  IF sys.lock_owner(owner) = 1 THEN
    PERFORM sys.raise(40512, 'Deprecated feature ''sp_releaseapplock of a lock owned by the transaction, before its end'' is not supported in this version of SQL Server.');
  END IF;
  PERFORM pg_advisory_unlock_shared(sys.marker_key(resource), 0);
  IF held = 'Exclusive' THEN
    PERFORM pg_advisory_unlock(sys.lock_key(resource));
  ELSE
    PERFORM pg_advisory_unlock_shared(sys.lock_key(resource));
    IF held = 'Update' THEN
      PERFORM pg_advisory_unlock(sys.lock_key(resource) + 1);
    END IF;
  END IF;
  RETURN 0;
END $$;

-- Whether a lock would be granted now: takes it and gives it back.
CREATE FUNCTION sys.applock_test(principal bpchar, resource bpchar, mode bpchar, owner bpchar) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  mode_name text := sys.lock_mode(mode);
  key bigint := sys.lock_key(resource);
  granted boolean := sys.try_advisory(key, mode_name = 'Exclusive', 0);
BEGIN
  PERFORM sys.lock_owner(owner);
  IF granted AND mode_name = 'Update' THEN
    IF pg_try_advisory_lock(key + 1) THEN
      PERFORM pg_advisory_unlock(key + 1);
    ELSE
      PERFORM pg_advisory_unlock_shared(key);
      RETURN 0;
    END IF;
  END IF;
  IF NOT granted THEN
    RETURN 0;
  END IF;
  IF mode_name = 'Exclusive' THEN PERFORM pg_advisory_unlock(key); ELSE PERFORM pg_advisory_unlock_shared(key); END IF;
  RETURN 1;
END $$;
`;
