/** What the suite files share: the extension's parts, shops to configure it for, and waiting. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import { connectToWorld } from '../control';
import type { CatalogueProduct, Row, ShopOptions, TestShop } from '../world';
import { hostRun } from './index';

/** SQL Server's switches, and the shops on it. */
export const world = connectToWorld(hostRun().world);

const root = 'shopmaster';
const pollMs = 25;

/** The extension's parts. */
export async function activated(): Promise<ShopMasterExtension> {
  const extension = vscode.extensions.getExtension<ShopMasterExtension>('shopmaster.shopmaster');
  assert.ok(extension, 'The extension is not installed.');
  return extension.activate();
}

/** A shop with its own database and its own Digible. */
export interface Shop extends TestShop {
  /** The last recordset of a batch, run as the shop's point-of-sale program. */
  query(sql: string): Promise<Row[]>;
  /** What its Digible holds. */
  catalogue(): Promise<CatalogueProduct[]>;
  /**
   * The switches of its Digible, as demo/digible/admin.ts lists them: `admin('POST', 'revoke-tokens')`, `admin('POST', 'faults', {…})`.
   */
  admin(method: 'GET' | 'POST' | 'DELETE', what: string, body?: unknown): Promise<unknown>;
}

export async function freshShop(options: ShopOptions = {}): Promise<Shop> {
  const shop = await world.newShop(options);
  return {
    ...shop,
    query: (sql) => world.query(shop, sql),
    catalogue: () => world.catalogue(shop),
    admin: (method, what, body) => admin(shop, method, what, body),
  };
}

async function admin({ digible }: TestShop, method: string, what: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${digible.baseUrl}/__sandbox/${what}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const answer: unknown = await response.json();
  assert.ok(response.ok, `${method} ${what}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Settings by their names without `shopmaster.`; undefined: as if it had never been set. */
export async function setSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(root);
  for (const [name, value] of Object.entries(settings))
    await configuration.update(name, value, vscode.ConfigurationTarget.Global);
}

/**
 * Settings and secrets for a shop, as after the settings panel's Configure; its database stays as it is. `more` are settings beside
 * those, or instead.
 */
export async function configureExtension(
  { sqlServer, digible }: TestShop,
  more: Readonly<Record<string, unknown>> = {},
): Promise<ShopMasterExtension> {
  const parts = await activated();
  await parts.secrets.store({ digiblePassword: digible.password, sqlPassword: sqlServer.password });
  await setSettings({
    'digible.baseUrl': digible.baseUrl,
    'digible.email': digible.email,
    'sqlServer.server': sqlServer.server,
    'sqlServer.database': sqlServer.database,
    'sqlServer.table': sqlServer.table,
    'sqlServer.username': sqlServer.username,
    'sqlServer.trustServerCertificate': true,
    // The sandbox applies nothing late unless it is asked to.
    'sync.settleSeconds': 1,
    ...more,
  });
  await until(() => parts.currentShop.settings?.sqlServer.database === sqlServer.database, 'the settings are in use');
  await parts.currentShop.settled();
  return parts;
}

/** A shop that is configured in every respect: settings, secrets, ChangeLog and triggers. Nothing is scheduled. */
export async function configuredShop(
  options: ShopOptions = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<Shop> {
  const shop = await freshShop(options);
  const { currentShop } = await configureExtension(shop, more);
  const opened = await currentShop.shop();
  await opened.configure({ discardPending: false }, new AbortController().signal);
  return shop;
}

/** As on the first day: syncs stopped, no setting, no secret. */
export async function unconfigure(): Promise<void> {
  const { currentShop, secrets } = await activated();
  await currentShop.stop();
  const names = Object.keys(manifestSettings()).map((name) => name.slice(root.length + 1));
  const configuration = vscode.workspace.getConfiguration(root);
  // What the run itself has set stays.
  const isSet = (name: string): boolean => configuration.inspect(name)?.globalValue !== undefined;
  await setSettings(
    Object.fromEntries(
      names.filter((name) => name !== 'sync.autoStart' && isSet(name)).map((name) => [name, undefined]),
    ),
  );
  await secrets.forget();
  await until(() => currentShop.condition.kind === 'not configured', 'nothing is configured');
}

/** package.json, as VS Code has read it. */
export function manifest(): {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: Configuration | readonly Configuration[];
  };
} {
  const extension = vscode.extensions.getExtension('shopmaster.shopmaster');
  assert.ok(extension, 'The extension is not installed.');
  return extension.packageJSON as ReturnType<typeof manifest>;
}

interface Configuration {
  readonly properties: Readonly<Record<string, unknown>>;
}

function manifestSettings(): Readonly<Record<string, unknown>> {
  const { configuration } = manifest().contributes;
  return Object.assign({}, ...[configuration].flat().map(({ properties }) => properties)) as Record<string, unknown>;
}

/**
 * Resolves to the condition's value as soon as it is neither false nor undefined nor null; looks again and again. Rejects at the
 * deadline with the description, and with what the condition last failed with.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  description: string,
  deadlineMs = 20_000,
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = Date.now() + deadlineMs;
  let failure: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== undefined && value !== null)
        return value as Exclude<T, false | undefined | null>;
      failure = undefined;
    } catch (caught) {
      failure = caught;
    }
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${description}.`, { cause: failure });
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
