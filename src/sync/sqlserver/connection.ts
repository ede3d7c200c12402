/** One connection to SQL Server, made at its first use and made again after it was lost. */
import { setMaxListeners } from 'node:events';
import type * as mssql from 'mssql';
import type { Connection as TediousConnection } from 'tedious';
import { ShopError } from '../errors';
import { Listeners } from '../listeners';
import type { Log } from '../ports';
import type { SqlServerSettings } from '../settings';
import { beforeAbort } from './beforeAbort';
import { connectFailure, type ConnectionTarget } from './connectFailure';
import { odbcConfig, odbcDrivers, tediousConfig, type ConnectionRole } from './connectionConfig';
import { isOdbcDriverMissing, type ServerMessage } from './driverErrors';
import { loadDriver, type Driver } from './driver';
import { describeServer, parseServerName, type ServerAddress } from './serverName';
import { isConnectionLost } from './statementFailure';
import type { Row, SqlRunner } from './statements';

interface OpenPool {
  readonly driver: Driver;
  readonly pool: mssql.ConnectionPool;
  /** Why no connection could be made. */
  readonly explain: (caught: unknown) => ShopError;
}

/**
 * A pool of exactly one connection, so that what a batch leaves behind (a session lock) is there for the next batch. Batches
 * that come at once wait their turn.
 */
export class SqlServerConnection implements SqlRunner {
  readonly #closing = new AbortController();
  readonly #connecting = new Set<TediousConnection>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #sessionEnds: Listeners<void>;
  /** Hidden from whatever prints objects, and so is the pool, which has it too. */
  readonly #password: string;
  #current: Promise<OpenPool> | undefined;

  constructor(
    private readonly settings: SqlServerSettings,
    password: string,
    private readonly role: ConnectionRole,
    private readonly log: Log,
  ) {
    this.#password = password;
    this.#sessionEnds = new Listeners(log);
    // Each batch listens.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Tells that a session has ended, and with it whatever it held; nobody has closed it here. */
  onDidEndSession(listener: () => void): { dispose(): void } {
    return this.#sessionEnds.add(listener);
  }

  /** True once a connection is there or being made. */
  get open(): boolean {
    return this.#current !== undefined;
  }

  /**
   * Rejects with a ShopError where there is no connection to be had, with the driver's RequestError (see statementFailure)
   * where SQL Server refuses the batch, and with the signal's reason when aborted; by then the batch has ended on the server.
   */
  async batch(sql: string, signal: AbortSignal): Promise<readonly (readonly Row[])[]> {
    const closing = this.#closing.signal;
    const throwIfStopped = () => {
      signal.throwIfAborted();
      closing.throwIfAborted();
    };
    throwIfStopped();
    const { driver, pool, explain } = await beforeAbort(beforeAbort(this.#open(), closing), signal);
    const request = new driver.Request(pool);
    const cancel = () => request.cancel();
    for (const stop of [signal, closing]) stop.addEventListener('abort', cancel, { once: true });
    try {
      const { recordsets }: { recordsets: unknown } = await request.batch(sql);
      // The driver's streams hold on to the request until the next major garbage collection, but not to rows that are moved out of it.
      return (recordsets as Row[][]).map((rows) => rows.splice(0));
    } catch (caught) {
      if (isConnectionLost(caught)) this.#abandon(pool);
      throwIfStopped();
      // The pool makes its connection anew when it finds the old one dead, and may fail at that.
      throw caught instanceof Error && caught.name === 'ConnectionError' ? explain(caught) : caught;
    } finally {
      for (const stop of [signal, closing]) stop.removeEventListener('abort', cancel);
    }
  }

  /** Cancels what is running and closes the connection. Never rejects; nothing works afterwards. */
  async close(): Promise<void> {
    this.#closing.abort(new ShopError('cancelled', 'The connection to SQL Server was closed.', 'Start again.'));
    for (const connection of this.#connecting) connection.close();
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined)
      await current.then(
        ({ pool }) => this.#leave(pool),
        () => undefined,
      );
    await Promise.all(this.#leaving);
  }

  #open(): Promise<OpenPool> {
    this.#current ??= this.#connect().catch((failure: unknown) => {
      this.#current = undefined;
      throw failure;
    });
    return this.#current;
  }

  async #connect(): Promise<OpenPool> {
    const parsed = parseServerName(this.settings.server);
    if (!parsed.ok)
      throw new ShopError('server-name-invalid', parsed.reason, 'Check the server name in the settings.', {
        remedy: 'configure',
      });
    const address = parsed.value;
    const driver = await loadDriver(this.settings.authentication);
    const open =
      this.settings.authentication === 'windows'
        ? await this.#connectOverOdbc(driver, address)
        : await this.#connectOverTedious(driver, address);
    this.log.debug('Connected to SQL Server', {
      server: describeServer(address),
      database: this.settings.database,
      role: this.role,
    });
    return open;
  }

  async #connectOverTedious(driver: Driver, address: ServerAddress): Promise<OpenPool> {
    const serverMessages: ServerMessage[] = [];
    const explain = (caught: unknown) => connectFailure(caught, this.#target(address), serverMessages);
    let isTrial = true;
    const beforeConnect = (connection: TediousConnection) => {
      this.#watch(connection, serverMessages, isTrial);
      // The pool opens its first connection to see whether it can, and closes it again before any batch.
      isTrial = false;
    };
    const pool = this.#pool(driver, {
      ...tediousConfig(this.settings, this.#password, address, this.role),
      beforeConnect,
    });
    try {
      return { driver, explain, pool: await pool.connect() };
    } catch (caught) {
      throw explain(caught);
    }
  }

  /** Tries the ODBC drivers that a computer may have, newest first: which one it has can't be asked beforehand. */
  async #connectOverOdbc(driver: Driver, address: ServerAddress): Promise<OpenPool> {
    const explain = (caught: unknown) => connectFailure(caught, this.#target(address), []);
    let missing: unknown;
    for (const odbcDriver of odbcDrivers) {
      try {
        const pool = this.#pool(driver, odbcConfig(this.settings, address, this.role, odbcDriver));
        return { driver, explain, pool: await pool.connect() };
      } catch (caught) {
        if (!isOdbcDriverMissing(caught)) throw explain(caught);
        missing = caught;
      }
    }
    throw new ShopError(
      'sql-driver-missing',
      'This computer has no ODBC driver for SQL Server.',
      'Install Microsoft’s "ODBC Driver 18 for SQL Server", or sign in with a user name and a password.',
      { cause: missing, remedy: 'configure' },
    );
  }

  #pool(driver: Driver, config: mssql.config): mssql.ConnectionPool {
    const pool = new driver.ConnectionPool(config);
    // Without a listener a connection that dies late would take the process down.
    pool.on('error', (error: Error) => this.log.debug('A connection to SQL Server failed', { error: error.message }));
    return pool;
  }

  /** Follows a connection while it is made: what the server says to a login, and an end that comes before. */
  #watch(connection: TediousConnection, serverMessages: ServerMessage[], isTrial: boolean): void {
    let connected = false;
    this.#connecting.add(connection);
    const remember = ({ number, message }: ServerMessage) => void serverMessages.push({ number, message });
    connection.on('errorMessage', remember);
    connection.once('connect', () => {
      connected = true;
      this.#connecting.delete(connection);
      connection.removeListener('errorMessage', remember);
      // Closed before it was open: the driver would leave it open for ever.
      if (this.#closing.signal.aborted) connection.close();
    });
    connection.once('end', () => {
      this.#connecting.delete(connection);
      if (connected && !isTrial && !this.#closing.signal.aborted) this.#sessionEnds.tell();
    });
  }

  #target(address: ServerAddress): ConnectionTarget {
    const login = this.settings.authentication === 'windows' ? '' : this.settings.username;
    return { address, database: this.settings.database, login };
  }

  /** The next batch makes a new pool: a pool does not recover from every failure. */
  #abandon(pool: mssql.ConnectionPool): void {
    // The Windows driver has no event of its own for it.
    this.#sessionEnds.tell();
    const current = this.#current;
    void current?.then(
      (open) => {
        if (open.pool === pool && this.#current === current) this.#current = undefined;
      },
      () => undefined,
    );
    void this.#leave(pool);
  }

  #leave(pool: mssql.ConnectionPool): Promise<void> {
    const left: Promise<void> = pool.close().then(
      () => undefined,
      (error: unknown) => this.log.debug('A connection to SQL Server did not close cleanly', { error: String(error) }),
    );
    const done = left.finally(() => this.#leaving.delete(done));
    this.#leaving.add(done);
    return done;
  }
}
