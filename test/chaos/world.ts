/** Both outside worlds, the shop's database, and the built command line with its settings. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { openShopConnection } from '../../demo/scenario/shop';
import { startSqlServer, type SqlServerStandIn } from '../../demo/sqlserver';
import { Digible } from './digible';
import type { Journal } from './journal';
import { createTable } from './shop/table';
import { parsed, type WatchCommand } from './watchProcess';

/** Digible applies what was given up within this time, if at all; shorter than the real one's, so that a storm can be short. */
export const settleSeconds = 4;

const settings = {
  sync: { intervalSeconds: 5, updateConcurrency: 8, bulkUpdateThreshold: 40, settleSeconds },
  upload: { batchSize: 50, concurrency: 4 },
};

export interface World {
  readonly sqlServer: SqlServerStandIn;
  readonly digible: Digible;
  readonly connection: ShopConnection;
  readonly command: WatchCommand;
  /** Where the settings lie, and the state beside them. */
  readonly folder: string;
  /** Must not be written anywhere. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

export type ShopConnection = Parameters<typeof openShopConnection>[0];

export async function startWorld(folder: string, products: number, journal: Journal): Promise<World> {
  const cli = await build(folder);
  const sqlServer = await startSqlServer({ encrypt: 'required', onError: (error) => journal.note(String(error)) });
  const digible = new Digible(journal, 500);
  const close = async (): Promise<void> => {
    await digible.close();
    await sqlServer.stop();
  };
  try {
    await digible.start();
    const { baseUrl, email, password } = digible.running;
    const connection = {
      server: `127.0.0.1,${sqlServer.port}`,
      database: 'Shop',
      table: 'dbo.Products',
      username: 'sa',
      password: sqlServer.password,
    };
    await createTable(connection, products);
    const { password: sqlPassword, ...place } = connection;
    const config = path.join(folder, 'shopmaster.json');
    const sqlServerSettings = { ...place, authentication: 'password', encrypt: true, trustServerCertificate: true };
    await writeFile(config, JSON.stringify({ ...settings, digible: { baseUrl, email }, sqlServer: sqlServerSettings }));
    const passwords = { SHOPMASTER_SQL_PASSWORD: sqlPassword, SHOPMASTER_DIGIBLE_PASSWORD: password };
    const command = { cli, config, passwords };
    await shopmaster(command, 'configure');
    await shopmaster(command, 'upload');
    return { sqlServer, digible, connection, command, folder, secrets: Object.values(passwords), close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/** As it ships, in a folder of its own: what is built beside this test does not change under its processes. */
async function build(folder: string): Promise<string> {
  const outdir = path.join(folder, 'dist');
  const root = path.join(__dirname, '../..');
  const building = spawn(process.execPath, ['esbuild.mjs', '--outdir', outdir], { cwd: root, stdio: 'inherit' });
  const [exitCode] = (await once(building, 'close')) as [number | null];
  if (exitCode !== 0) throw new Error('The command line could not be built.');
  return path.join(outdir, 'cli.js');
}

/** One command that comes to its end: its one JSON object. Rejects where it failed; differences that Verify finds are no failure. */
export function shopmaster(
  { cli, config, passwords }: WatchCommand,
  ...args: readonly string[]
): Promise<Readonly<Record<string, unknown>>> {
  const env = { ...process.env, ...passwords };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, ...args, '--config', config, '--json'], { env }, (failure, stdout) => {
      const told = parsed(stdout);
      if (told?.['ok'] === true) resolve(told);
      else reject(new Error(`shopmaster ${args.join(' ')} failed: ${stdout}`, { cause: failure }));
    });
  });
}
