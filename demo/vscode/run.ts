/** The demo shop in a VS Code in the browser, configured and syncing, with a shop that keeps working. Ctrl+C ends everything. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCodeServer, type CodeServer } from '../../test/vscode/host/codeServer';
import { installCodeServer } from '../../test/vscode/host/installCodeServer';
import { buildExtension } from './builtExtension';
import { prepareCommandLine } from '../scenario/commandLine';
import { optionsOrUsage, wholeNumber } from '../scenario/options';
import { openShopConnection } from '../scenario/shop';
import { statements } from '../scenario/work';
import { startWorld, type World } from '../scenario/world';
import { openEntrance, type Entrance } from './entrance';
import { guide, settings } from './shopFolder';

const usage = 'usage: npm run demo:vscode -- [--products N] [--every MS] [--port N] [--fresh]';
const highestPort = 65_535;

interface DemoOptions {
  readonly products: number;
  /** Milliseconds from one write of the shop to the next; 0: it does not work. */
  readonly every: number;
  /** VS Code's. */
  readonly port: number;
  /** Nothing is configured: for trying the first steps. */
  readonly fresh: boolean;
}

function readOptions(): DemoOptions {
  const { values } = parseArgs({
    options: {
      products: { type: 'string', default: '1000' },
      every: { type: 'string', default: '2000' },
      port: { type: 'string', default: '0' },
      fresh: { type: 'boolean', default: false },
    },
  });
  return {
    products: wholeNumber('products', values.products),
    every: wholeNumber('every', values.every),
    port: wholeNumber('port', values.port, highestPort),
    fresh: values.fresh,
  };
}

async function main(): Promise<void> {
  const options = optionsOrUsage(readOptions, usage);
  if (options === null) return;
  if (process.platform === 'win32')
    throw new Error('VS Code for the browser does not run on Windows. Take npm run package, and npm run demo:serve.');
  // One Ctrl+C may come twice: from the terminal and from tsx.
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  const { signal } = interrupted;
  const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-demo-'));
  const opened: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    say('Building the extension …');
    const built = await buildExtension(folder);
    signal.throwIfAborted();
    say('Installing VS Code for the browser, if it is not there yet (a minute or two the first time) …');
    await installCodeServer('current');
    signal.throwIfAborted();
    say(`Starting SQL Server and Digible, for a shop with ${options.products} products …`);
    const world = await startWorld({ products: options.products, latencyMs: 20, encrypt: true });
    opened.push(() => world.close());
    if (!options.fresh) await configureAndUpload(world, folder, built.commandLine, signal);
    say('Starting VS Code …');
    const vsCode = await startVsCode(world, options, built.vsix, folder);
    opened.push(() => vsCode.stop());
    const entrance = await openEntrance({
      workbench: vsCode.url,
      extensionId: 'shopmaster.shopmaster',
      secrets: options.fresh
        ? {}
        : {
            'shopmaster.digiblePassword': world.digible.password,
            'shopmaster.sqlPassword': world.connection.password,
          },
    });
    opened.push(() => entrance.close());
    sayWhereThingsAre(world, entrance);
    await Promise.race([keepWorking(world, options, signal), vsCode.ended]);
    if (!signal.aborted) throw new Error(`VS Code's server has ended:\n${vsCode.output()}`);
  } catch (failure) {
    if (!signal.aborted) throw failure;
  } finally {
    say('\nClearing up …');
    for (const close of opened.reverse()) await close();
  }
}

async function configureAndUpload(world: World, folder: string, cli: string, signal: AbortSignal): Promise<void> {
  say('Configuring the database and uploading the products …');
  const shopmaster = await prepareCommandLine(world, { folder, cli, signal });
  for (const command of ['configure', 'upload']) {
    const { output, exitCode } = await shopmaster(command);
    if (exitCode !== 0) throw new Error(`shopmaster ${command} failed: ${JSON.stringify(output)}`);
  }
}

async function startVsCode(world: World, options: DemoOptions, vsix: string, folder: string): Promise<CodeServer> {
  const shop = path.join(folder, 'demo shop');
  await mkdir(shop);
  await writeFile(path.join(shop, 'README.md'), guide(world, options.fresh));
  return startCodeServer({
    vsix,
    folder: shop,
    settings: settings(world, options.fresh),
    ...(options.port !== 0 && { port: options.port }),
  });
}

/** Until `signal`. */
async function keepWorking(
  { connection }: World,
  { products, every }: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  if (every === 0) return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  const pool = await openShopConnection(connection, connection.database);
  try {
    for (const [statement] of statements(products)) {
      await pause(every, undefined, { signal });
      await pool.request().batch(statement);
    }
  } finally {
    await pool.close();
  }
}

function sayWhereThingsAre({ connection, digible }: World, entrance: Entrance): void {
  say(`
VS Code      ${entrance.url}
Catalogue    ${digible.baseUrl}   (${digible.email}, password ${digible.password})
SQL Server   ${connection.server}   database ${connection.database}, table ${connection.table}   (${connection.username}, password ${connection.password})

Running until Ctrl+C.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  process.exitCode = 1;
});
