/**
 * Fresh databases for tests: on the stand-in or, where SHOPMASTER_TEST_SQLSERVER names one, on a real server
 * ("Server=…;Database=…;User Id=…;Password=…;Encrypt=…;TrustServerCertificate=…").
 */
import { randomBytes } from 'node:crypto';
import sql from 'mssql';
import { startSqlServer, type SqlServerStandIn } from '../../demo/sqlserver';
import { parseConnectionString } from '../integration/connectionString';

const realServer = process.env['SHOPMASTER_TEST_SQLSERVER'] ?? '';

export interface TestDatabase {
  readonly name: string;
  /** A connection of its own: a pool of one. Closed along with the database. */
  connect(config?: Partial<sql.config>): Promise<sql.ConnectionPool>;
  /** Drops the database. */
  close(): Promise<void>;
}

/** The one stand-in of a test process, started by the first test that needs it. */
class Shared {
  #started: Promise<SqlServerStandIn> | undefined;
  #admin: Promise<sql.ConnectionPool> | undefined;

  async config(database: string): Promise<sql.config> {
    if (realServer !== '') {
      const {
        server: address,
        username,
        password,
        encrypt,
        trustServerCertificate,
      } = parseConnectionString(realServer);
      const [server = '', port] = address.split(',');
      return {
        server,
        ...(port === undefined ? {} : { port: Number(port) }),
        user: username,
        password,
        database,
        pool: { min: 0, max: 1 },
        options: { encrypt, trustServerCertificate },
      };
    }
    const { port, password } = await (this.#started ??= startSqlServer());
    return {
      server: 'localhost',
      port,
      user: 'sa',
      password,
      database,
      pool: { min: 0, max: 1 },
      options: { encrypt: false, trustServerCertificate: true },
    };
  }

  async admin(): Promise<sql.ConnectionPool> {
    return (this.#admin ??= this.config('master').then(open));
  }

  async stop(): Promise<void> {
    await (await this.#admin)?.close();
    await (await this.#started)?.stop();
  }
}

const shared = new Shared();
after(() => shared.stop());

async function open(config: sql.config): Promise<sql.ConnectionPool> {
  const pool = new sql.ConnectionPool(config);
  // A pool without a listener would end the process when the server hangs up on an idle connection.
  pool.on('error', () => undefined);
  return pool.connect();
}

export async function createDatabase(collation?: string): Promise<TestDatabase> {
  const admin = await shared.admin();
  const name = `standin_test_${randomBytes(6).toString('hex')}`;
  await admin.request().batch(`CREATE DATABASE [${name}]${collation === undefined ? '' : ` COLLATE ${collation}`}`);
  const pools: sql.ConnectionPool[] = [];
  return {
    name,
    async connect(config = {}) {
      const base = await shared.config(name);
      const pool = await open({ ...base, ...config, options: { ...base.options, ...config.options } });
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await admin.request().batch(`ALTER DATABASE [${name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
      await admin.request().batch(`DROP DATABASE [${name}]`);
    },
  };
}

/** Runs a test in a database of its own. */
export async function inDatabase(test: (database: TestDatabase) => Promise<void>, collation?: string): Promise<void> {
  const database = await createDatabase(collation);
  try {
    await test(database);
  } finally {
    await database.close();
  }
}

/** The number of the error that a request fails with; undefined where it has none. */
export async function errorNumber(request: Promise<unknown>): Promise<number | undefined> {
  try {
    await request;
  } catch (error) {
    return (error as { readonly number?: number }).number;
  }
  throw new Error('The request did not fail.');
}
