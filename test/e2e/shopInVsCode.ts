/** A shop with its SQL Server and its Digible, and a VS Code in the browser with the packaged extension in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { prepareCommandLine } from '../../demo/scenario/commandLine';
import { compare } from '../../demo/scenario/compare';
import { openShopConnection } from '../../demo/scenario/shop';
import { startWorld, type World } from '../../demo/scenario/world';
import type { BuiltExtension } from '../../demo/vscode/builtExtension';
import { openEntrance } from '../../demo/vscode/entrance';
import { settings } from '../../demo/vscode/shopFolder';
import { startCodeServer, type CodeServer } from '../vscode/host/codeServer';
import { launchChromium } from '../vscode/host/vsCode';
import { obeyContrast, photographThemes, themeSettings } from './pictures';
import { until } from './waiting';
import { Workbench } from './workbench';

/** The environment variable in which run.ts names the packed extension: a BuiltExtension as JSON. */
export const builtVariable = 'SHOPMASTER_E2E_EXTENSION';
const viewport = { width: 1440, height: 900 };
/** Milliseconds that a busy machine may take. */
const patience = 45_000;

export interface ShopOptions {
  /** Database, settings and passwords are in place, and every product is uploaded. */
  readonly configured: boolean;
  readonly products: number;
  /** Beside those of the shop. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface ShopInVsCode {
  readonly world: World;
  readonly workbench: Workbench;
  /** A picture of the first window in each theme, each after `arrange`. */
  photograph(name: string, arrange?: () => Promise<void>): Promise<void>;
  /** As the shop's point-of-sale program. */
  sql(statement: string): Promise<Readonly<Record<string, unknown>>[]>;
  /** Resolves when the catalogue holds what the product table holds. */
  inStep(deadlineMs?: number): Promise<void>;
  /** Another window of the same user. */
  openWindow(): Promise<Workbench>;
  close(): Promise<void>;
}

export async function openShopInVsCode(options: ShopOptions): Promise<ShopInVsCode> {
  const built = process.env[builtVariable];
  if (built === undefined) throw new Error('These tests need the packed extension: npm run test:e2e');
  const { vsix, commandLine } = JSON.parse(built) as BuiltExtension;
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.reverse()) await end();
  };
  try {
    const world = await startWorld({ products: options.products, latencyMs: 0, encrypt: true });
    opened.push(() => world.close());
    if (options.configured) await configureAndUpload(world, commandLine);
    const server = await startCodeServer({
      vsix,
      settings: {
        ...settings(world, !options.configured),
        ...themeSettings,
        'workbench.startupEditor': 'none',
        ...options.settings,
      },
    });
    opened.push(() => server.stop());
    const browser = await launchChromium();
    opened.push(() => browser.close());
    const context = await browser.newContext({ viewport });
    context.setDefaultTimeout(patience);
    await obeyContrast(context);
    const workbench = await enter(context, server, world, options.configured);
    const pool = await openShopConnection(world.connection, world.connection.database);
    opened.push(() => pool.close());
    return {
      world,
      workbench,
      photograph: (name, arrange) => photographThemes(workbench.page, name, arrange),
      async sql(statement) {
        const { recordsets } = await pool.request().batch(statement);
        return (recordsets as Readonly<Record<string, unknown>>[][]).at(-1) ?? [];
      },
      inStep: (deadlineMs) =>
        until(
          'the catalogue is in step with the product table',
          async () => {
            const { missing, different } = await compare(pool, world.digible.catalogue);
            return missing.length === 0 && different.length === 0;
          },
          deadlineMs,
        ),
      openWindow: () => openWindow(context, server.url),
      close,
    };
  } catch (failure) {
    await close();
    throw failure;
  }
}

async function configureAndUpload(world: World, cli: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-e2e-'));
  try {
    const { signal } = new AbortController();
    const shopmaster = await prepareCommandLine(world, { folder, cli, signal });
    for (const step of ['configure', 'upload']) {
      const { exitCode, output } = await shopmaster(step);
      if (exitCode !== 0) throw new Error(`shopmaster ${step} failed: ${JSON.stringify(output)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first window; the passwords of a configured shop are put into the browser on the way. */
async function enter(
  context: BrowserContext,
  server: CodeServer,
  { connection, digible }: World,
  configured: boolean,
): Promise<Workbench> {
  if (!configured) return openWindow(context, server.url);
  const entrance = await openEntrance({
    workbench: server.url,
    extensionId: 'shopmaster.shopmaster',
    secrets: { 'shopmaster.digiblePassword': digible.password, 'shopmaster.sqlPassword': connection.password },
  });
  try {
    return await openWindow(context, entrance.url);
  } finally {
    await entrance.close();
  }
}

async function openWindow(context: BrowserContext, url: string): Promise<Workbench> {
  const workbench = new Workbench(await context.newPage());
  await workbench.page.goto(url);
  await workbench.ready();
  return workbench;
}
