/** Who the sessions are: what a session says of itself, as settings for its own statements and as a table for the others'. */

export const sessionsSql = String.raw`
CREATE UNLOGGED TABLE sys.registered_sessions (
  backend integer PRIMARY KEY,
  spid integer NOT NULL,
  login_name text NOT NULL,
  user_name text NOT NULL,
  host_name text NOT NULL,
  program_name text NOT NULL,
  login_time timestamp NOT NULL
);

CREATE FUNCTION sys.register_session(spid integer, login text, database_user text, host_name text, program_name text) RETURNS void
LANGUAGE sql BEGIN ATOMIC
  SELECT set_config('sys.spid', spid::text, false), set_config('sys.login', login, false), set_config('sys.user', database_user, false),
    set_config('sys.host_name', host_name, false), set_config('sys.app_name', program_name, false), set_config('sys.rowcount', '0', false);
  DELETE FROM sys.registered_sessions WHERE backend = pg_backend_pid();
  INSERT INTO sys.registered_sessions VALUES (pg_backend_pid(), spid, login, database_user, host_name, program_name, sys.getdate());
END;

-- A setting of the session; empty where it was never set.
CREATE FUNCTION sys.session_setting(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting(name, true), '');
CREATE FUNCTION sys.spid() RETURNS integer LANGUAGE sql STABLE RETURN coalesce(nullif(sys.session_setting('sys.spid'), '')::integer, pg_backend_pid());
`;
