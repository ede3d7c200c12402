/**
 * The main job, end to end: a shop's SQL Server and Digible on loopback, the built command line between them. Ends with a verdict:
 * is the catalogue what the product table is?
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepareCommandLine, type Shopmaster } from './scenario/commandLine';
import { compare, type Comparison } from './scenario/compare';
import { placeFaults } from './scenario/faults';
import { optionsOrUsage, wholeNumber } from './scenario/options';
import { openShopConnection } from './scenario/shop';
import { work } from './scenario/work';
import { startWorld, type World } from './scenario/world';

const usage = 'usage: npm run demo -- [--products N] [--changes N] [--latency MS] [--faults] [--keep] [--json]';
/** How often an upload or sync that ended on a fault is run again. */
const attempts = 20;

interface DemoOptions {
  readonly products: number;
  readonly changes: number;
  readonly latencyMs: number;
  readonly faults: boolean;
  readonly keep: boolean;
  readonly json: boolean;
}

function readOptions(): DemoOptions {
  const { values } = parseArgs({
    options: {
      products: { type: 'string', default: '1000' },
      changes: { type: 'string', default: '250' },
      latency: { type: 'string', default: '20' },
      faults: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    products: wholeNumber('products', values.products),
    changes: wholeNumber('changes', values.changes),
    latencyMs: wholeNumber('latency', values.latency),
    faults: values.faults,
    keep: values.keep,
    json: values.json,
  };
}

async function main(): Promise<void> {
  const options = optionsOrUsage(readOptions, usage);
  if (options === null) return;
  // Whatever is under way ends, and what was started is cleared away. One Ctrl+C may come twice: from the terminal and from tsx.
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-demo-'));
  const say = (line: string): void => {
    if (!options.json) process.stdout.write(`${line}\n`);
  };
  let world: World | null = null;
  try {
    const started = Date.now();
    world = await startWorld({ products: options.products, latencyMs: options.latencyMs, encrypt: true });
    say(
      `A shop with ${options.products} products, SQL Server at ${world.connection.server}, Digible at ${world.digible.baseUrl}\n`,
    );
    const shopmaster = await prepareCommandLine(world, {
      folder,
      cli: path.join(__dirname, '..', 'dist', 'cli.js'),
      signal: interrupted.signal,
      // The sandbox applies nothing later than that, so there is no need to wait as for the real Digible.
      ...(options.faults && { settleSeconds: 1 }),
    });
    const ok = await play(world, shopmaster, options, say, started);
    if (options.keep) {
      say(
        `\nStill running, until Ctrl+C. The catalogue: ${world.digible.baseUrl}  The settings: ${folder}/shopmaster.json`,
      );
      if (!interrupted.signal.aborted) await once(interrupted.signal, 'abort');
    }
    process.exitCode = ok ? 0 : 1;
  } catch (failure) {
    if (interrupted.signal.aborted) {
      process.exitCode = 130;
      return;
    }
    const message = failure instanceof Error ? failure.message : String(failure);
    if (options.json) process.stdout.write(`${JSON.stringify({ ok: false, error: { message } })}\n`);
    throw failure;
  } finally {
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(
  world: World,
  shopmaster: Shopmaster,
  options: DemoOptions,
  say: (line: string) => void,
  started: number,
): Promise<boolean> {
  const row = (what: string, came: string): void => say(`  ${what.padEnd(22)}${came}`);
  const configured = await shopmaster('configure');
  if (configured.exitCode !== 0) throw new Error(`configure failed: ${messageOf(configured.output)}`);
  row('shopmaster configure', 'ChangeLog and three triggers are in place, signed in to Digible');

  if (options.faults) placeFaults(world.digible);
  let upload = await shopmaster('upload');
  for (let attempt = 1; upload.exitCode !== 0 && attempt < attempts; attempt++) {
    row('shopmaster upload', messageOf(upload.output));
    upload = await shopmaster('upload', '--resume');
  }
  if (upload.output['ok'] !== true) throw new Error(`upload failed: ${messageOf(upload.output)}`);
  row('shopmaster upload', figures(upload.output, ['products', 'batches', 'requests', 'rejected', 'seconds']));

  const pool = await openShopConnection(world.connection, world.connection.database);
  try {
    const done = await work(pool, options.products, options.changes);
    row('the shop works', figures({ ...done }, ['writes', 'inserted', 'changed', 'renamed', 'deleted', 'rekeyed']));

    if (options.faults) placeFaults(world.digible);
    let sync = await shopmaster('sync');
    for (let attempt = 1; sync.output['pending'] !== 0 && attempt < attempts; attempt++) {
      row('shopmaster sync', sync.exitCode === 0 ? syncFigures(sync.output) : messageOf(sync.output));
      await new Promise((resolve) => setTimeout(resolve, 500));
      sync = await shopmaster('sync');
    }
    if (sync.output['ok'] !== true) throw new Error(`sync failed: ${messageOf(sync.output)}`);
    row('shopmaster sync', syncFigures(sync.output));

    const comparison = await compare(pool, world.digible.catalogue);
    const ok = isEqual(comparison) && sync.output['pending'] === 0;
    const seconds = (Date.now() - started) / 1000;
    row('compared', comparisonLine(comparison));
    if (options.faults) row('faults met', String(faultsMet(world)));
    say(
      `\n${ok ? 'The catalogue is equal to the product table.' : 'THE CATALOGUE DIFFERS FROM THE PRODUCT TABLE.'}  (${seconds.toFixed(1)} s)`,
    );
    if (options.json) {
      process.stdout.write(
        `${JSON.stringify({
          ok,
          products: comparison.products,
          missing: comparison.missing,
          different: comparison.different,
          gone: comparison.gone,
          work: done,
          upload: upload.output,
          sync: sync.output,
          ...(options.faults && { faults: faultsMet(world) }),
          seconds,
        })}\n`,
      );
    }
    return ok;
  } finally {
    await pool.close();
  }
}

function isEqual({ missing, different }: Comparison): boolean {
  return missing.length === 0 && different.length === 0;
}

function comparisonLine({ products, missing, different, gone }: Comparison): string {
  return `${products} products in the table: ${missing.length} missing in the catalogue, ${different.length} different; ${gone} gone from the shop are left there`;
}

function faultsMet(world: World): number {
  return world.digible.faults.list.reduce((sum, { hits }) => sum + hits, 0);
}

function syncFigures(output: Readonly<Record<string, unknown>>): string {
  return figures(output, ['inserted', 'updated', 'coalesced', 'rejected', 'deleted', 'pending', 'requests', 'seconds']);
}

function figures(output: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  return names.map((name) => `${String(output[name])} ${name}`).join(', ');
}

function messageOf(output: Readonly<Record<string, unknown>>): string {
  const { error } = output as { error?: { message?: string } };
  return error?.message ?? JSON.stringify(output);
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
  process.exitCode = 1;
});
