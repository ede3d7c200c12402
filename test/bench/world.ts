/** What the engine is measured against: a SQL Server, a Digible, and shops in them; each in a process of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import mssql from 'mssql';
import { nullStore } from '../../src/sync/nullStore';
import { defaults, type Secrets, type Settings, type SqlServerSettings } from '../../src/sync/settings';
import { openShop } from '../../src/sync/shop';
import { applicationName, tediousConfig } from '../../src/sync/sqlserver/connectionConfig';
import { parseServerName } from '../../src/sync/sqlserver/serverName';
import { parseConnectionString } from '../integration/connectionString';
import { nullLog } from './engine/nullLog';
import type { EngineServices } from './engine/process';
import type { DigibleServices } from './processes/digible';
import { Remote } from './processes/remote';
import type { SqlServerServices, Usage } from './processes/sqlServer';
import { insertProducts, productTable } from './products';

/** What a call of the API costs. */
export interface Api {
  readonly latencyMs: number;
  readonly perProductMs: number;
}

/** The time that the loading of a million products may take. */
const loadingTimeoutMs = 30 * 60_000;
/** Products that one statement loads. */
const loadedAtOnce = 100_000;
const projectFolder = path.join(__dirname, '../..');
/** Where no check of the project looks. */
const buildFolder = path.join(projectFolder, 'node_modules/.cache/shopmaster-bench');
/** The engine's process as one file. */
export const engineFile = path.join(buildFolder, 'engine.js');

type Engine = Remote<EngineServices>;

export class World {
  private readonly shops = new Set<BenchShop>();

  private constructor(
    /** `master` of the server. */
    private readonly server: SqlServerSettings,
    private readonly password: string,
    private readonly standIn: Remote<SqlServerServices> | null,
    readonly digible: Remote<DigibleServices>,
  ) {}

  /**
   * @param realServer a connection string; empty: the stand-in
   * @param legible the engine's functions keep their names
   */
  static async start(realServer: string, legible: boolean): Promise<World> {
    await bundleEngine(legible);
    const digible = Remote.start<DigibleServices>(path.join(__dirname, 'processes/digible.ts'));
    if (realServer !== '') {
      const { password, ...connection } = parseConnectionString(realServer);
      const server: SqlServerSettings = { ...connection, table: 'dbo.Products', authentication: 'password' };
      return new World(server, password, null, digible);
    }
    const standIn = Remote.start<SqlServerServices>(path.join(__dirname, 'processes/sqlServer.ts'));
    try {
      const password = `Aa1!${randomBytes(12).toString('base64url')}`;
      const { port } = await standIn.call('start', password);
      const server: SqlServerSettings = {
        server: `127.0.0.1,${port}`,
        database: 'master',
        table: 'dbo.Products',
        authentication: 'password',
        username: 'sa',
        encrypt: true,
        trustServerCertificate: true,
      };
      return new World(server, password, standIn, digible);
    } catch (failure) {
      await Promise.all([standIn.stop(), digible.stop()]);
      throw failure;
    }
  }

  /** What SQL Server is here, in words. */
  get serverName(): string {
    return this.standIn === null ? 'SQL Server' : 'the stand-in';
  }

  /** What shopMaster has asked of SQL Server so far; null on a real server, which doesn't count it. */
  async sqlUsage(): Promise<Usage | null> {
    return this.standIn === null ? null : this.standIn.call('usageOf', applicationName);
  }

  /** A shop in a database of its own, with a Digible of its own. Whoever opens it closes it. */
  async openShop(api: Api, known = 0): Promise<BenchShop> {
    const account = await this.digible.call('start', { ...api, products: known });
    const database = `shopmaster_bench_${randomBytes(6).toString('hex')}`;
    const admin = await connect(this.server, this.password);
    await admin.request().batch(`CREATE DATABASE [${database}]`);
    const sqlServer = { ...this.server, database };
    const pool = await connect(sqlServer, this.password);
    await pool.request().batch(productTable);
    const { sync, upload } = defaults;
    const settings = { digible: { baseUrl: account.baseUrl, email: account.email }, sqlServer, sync, upload };
    const secrets = { digiblePassword: account.password, sqlPassword: this.password };
    const shop = new BenchShop(settings, secrets, pool, async () => {
      this.shops.delete(shop);
      if (this.standIn === null)
        await admin.request().batch(`ALTER DATABASE [${database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
      await admin.request().batch(`DROP DATABASE [${database}]`);
      await admin.close();
    });
    this.shops.add(shop);
    return shop;
  }

  /** Leaves nothing behind, not even where it is interrupted. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.shops].map((shop) => shop.close()));
    await Promise.all([this.digible.stop(), this.standIn?.stop()]);
  }
}

export class BenchShop {
  private readonly engines: Engine[] = [];
  private closing: Promise<void> | null = null;

  constructor(
    readonly settings: Settings,
    private readonly secrets: Secrets,
    private readonly pool: mssql.ConnectionPool,
    private readonly drop: () => Promise<void>,
  ) {}

  /** As the shop's own programs do. */
  async exec(batch: string): Promise<void> {
    await this.pool.request().batch(batch);
  }

  /** Puts `count` products more into the table, beginning with number `first`. */
  async load(first: number, count: number): Promise<void> {
    for (let done = 0; done < count; done += loadedAtOnce)
      await this.exec(insertProducts(first + done, Math.min(loadedAtOnce, count - done)));
  }

  /** ChangeLog and our triggers. */
  async configure(): Promise<void> {
    const shop = openShop({ settings: this.settings, secrets: this.secrets, store: nullStore, log: nullLog });
    try {
      await shop.repair({ discardPending: false }, AbortSignal.timeout(loadingTimeoutMs));
    } finally {
      await shop.close();
    }
  }

  /** @param profile the file for a .cpuprofile of what is measured; null for none */
  async engine(profile: string | null, intervalSeconds: number = defaults.sync.intervalSeconds): Promise<Engine> {
    const engine: Engine = Remote.start(engineFile, []);
    this.engines.push(engine);
    const settings = { ...this.settings, sync: { ...this.settings.sync, intervalSeconds } };
    await engine.call('open', { settings, secrets: this.secrets, profile });
    return engine;
  }

  /** Ends its engines and drops its database. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    for (const engine of this.engines) await engine.stop();
    await this.pool.close();
    await this.drop();
  }
}

/** Bundled as it ships, since memory counts; for a profiler legible. */
async function bundleEngine(legible: boolean): Promise<void> {
  const { withoutAzure } = await import('../../packaging/withoutAzure.mjs');
  await mkdir(buildFolder, { recursive: true });
  await build({
    entryPoints: [path.join(__dirname, 'engine/process.ts')],
    outfile: engineFile,
    absWorkingDir: projectFolder,
    bundle: true,
    minify: !legible,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    external: ['msnodesqlv8'],
    plugins: [withoutAzure],
    logLevel: 'error',
  });
}

async function connect(settings: SqlServerSettings, password: string): Promise<mssql.ConnectionPool> {
  const address = parseServerName(settings.server);
  if (!address.ok) throw new Error(address.reason);
  const config = tediousConfig(settings, password, address.value, 'writer');
  const pool = new mssql.ConnectionPool({
    ...config,
    options: { ...config.options, appName: 'the shop' },
    requestTimeout: loadingTimeoutMs,
    beforeConnect: undefined,
  });
  pool.on('error', () => undefined);
  return pool.connect();
}
