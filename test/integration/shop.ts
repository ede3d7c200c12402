/**
 * A fresh database for a test: on the stand-in, or on a real server where SHOPMASTER_TEST_SQLSERVER names one
 * ("Server=…;Database=…;User Id=…;Password=…;Encrypt=…;TrustServerCertificate=…").
 */
import { randomBytes } from 'node:crypto';
import mssql from 'mssql';
import { startSqlServer, type SqlServerStandIn } from '../../demo/sqlserver';
import type { SqlServerSettings } from '../../src/sync/settings';
import { tediousConfig } from '../../src/sync/sqlserver/connectionConfig';
import { parseServerName } from '../../src/sync/sqlserver/serverName';
import { parseConnectionString } from './connectionString';

type Row = Readonly<Record<string, unknown>>;

/** A connection of the shop's own, such as its point-of-sale program has. */
export interface ShopConnection {
  /** The rows of the batch's last recordset. */
  query<T = Row>(sql: string): Promise<T[]>;
  exec(batch: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestShop extends ShopConnection {
  readonly settings: SqlServerSettings;
  readonly password: string;
  /** Absent on a real server. */
  readonly faults?: SqlServerStandIn['faults'];
  /** Cuts a session (@@SPID) from the server's side; on the stand-in every other one as well. */
  cut(session: number): Promise<void>;
  /** One more connection, for an open transaction beside others; closed along with the shop. */
  connect(login?: { readonly username: string; readonly password: string }): Promise<ShopConnection>;
}

export interface ShopOptions {
  /** The batch that creates the product table; default: PRODUCT.md's columns as `dbo.Products`. */
  readonly table?: string;
  /** The product table as the settings name it; default `dbo.Products`. */
  readonly tableName?: string;
  /** The database's collation; default: the server's. */
  readonly collation?: string;
}

export const productsTable = `CREATE TABLE dbo.Products (
  ProductID VARCHAR(25) NOT NULL CONSTRAINT PK_Products PRIMARY KEY,
  ProductName NVARCHAR(75) NULL,
  SellPrice NUMERIC(18,2) NULL,
  QrCode VARCHAR(100) NULL,
  Status INT NULL
)`;

const realServer = process.env['SHOPMASTER_TEST_SQLSERVER'] ?? '';
/** False on the stand-in, which alone has faults on demand. */
export const onRealServer = realServer !== '';

/** The one stand-in of this test process, started by the first test that wants a shop. */
class SharedStandIn {
  #started: Promise<SqlServerStandIn> | undefined;

  start(): Promise<SqlServerStandIn> {
    return (this.#started ??= startSqlServer());
  }

  async stop(): Promise<void> {
    await (await this.#started)?.stop();
  }
}

const standIn = new SharedStandIn();
after(() => standIn.stop());

/** Rejects where the database or the table can't be created. `close` drops the database. */
export async function startShop(options: ShopOptions = {}): Promise<TestShop> {
  const { settings, password, faults } = await server(options.tableName ?? 'dbo.Products');
  const database = `shopmaster_test_${randomBytes(6).toString('hex')}`;
  const admin = await connect(settings, password);
  await admin.exec(
    `CREATE DATABASE [${database}]${options.collation === undefined ? '' : ` COLLATE ${options.collation}`}`,
  );
  const own = { ...settings, database };
  const connections: ShopConnection[] = [];
  const open = async (login = { username: own.username, password }) => {
    const connection = await connect({ ...own, username: login.username }, login.password);
    connections.push(connection);
    return connection;
  };
  const close = async () => {
    faults?.clear();
    for (const connection of connections) await connection.close();
    await dropDatabase(admin, database);
    await admin.close();
  };
  try {
    const first = await open();
    await first.exec(options.table ?? productsTable);
    return {
      settings: own,
      password,
      ...(faults === undefined ? {} : { faults }),
      query: <T>(sql: string) => first.query<T>(sql),
      exec: (batch) => first.exec(batch),
      async cut(session) {
        if (faults === undefined) await first.exec(`KILL ${session}`);
        else faults.dropConnections();
      },
      connect: open,
      close,
    };
  } catch (failure) {
    await close();
    throw failure;
  }
}

async function server(table: string): Promise<{
  readonly settings: SqlServerSettings;
  readonly password: string;
  readonly faults?: SqlServerStandIn['faults'];
}> {
  if (onRealServer) {
    const { password, ...connection } = parseConnectionString(realServer);
    return { settings: { ...connection, table, authentication: 'password' }, password };
  }
  const { port, password, faults } = await standIn.start();
  return {
    settings: {
      server: `127.0.0.1,${port}`,
      database: 'master',
      table,
      authentication: 'password',
      username: 'sa',
      encrypt: true,
      trustServerCertificate: true,
    },
    password,
    faults,
  };
}

async function connect(settings: SqlServerSettings, password: string): Promise<ShopConnection> {
  const parsed = parseServerName(settings.server);
  if (!parsed.ok) throw new Error(parsed.reason);
  const pool = new mssql.ConnectionPool({
    ...tediousConfig(settings, password, parsed.value, 'writer'),
    beforeConnect: undefined,
  });
  pool.on('error', () => undefined);
  await pool.connect();
  return {
    async query<T>(sql: string) {
      const result = await pool.request().batch(sql);
      return (result.recordsets as T[][]).at(-1) ?? [];
    },
    async exec(batch) {
      await pool.request().batch(batch);
    },
    async close() {
      await pool.close();
    },
  };
}

/** Sessions that a test left open must not keep it. */
async function dropDatabase(admin: ShopConnection, database: string): Promise<void> {
  if (onRealServer) await admin.exec(`ALTER DATABASE [${database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
  await admin.exec(`DROP DATABASE [${database}]`);
}
