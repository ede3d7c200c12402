/** VS Code as a server on loopback, with a home of its own that is deleted afterwards. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installedCodeServer, type CodeServerInstallation } from './installation';
import { runProgram } from './processes';
import type { VersionName } from './versions';

export interface CodeServerOptions {
  /** Default: current. */
  readonly version?: VersionName;
  /** A packaged extension to install. */
  readonly vsix?: string;
  /** An extension's folder, used as it lies there (built already). */
  readonly developmentPath?: string;
  /** The user's, by their full names. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The folder that is open; default: an empty one. */
  readonly folder?: string;
  /** Default: any free port. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Where everything is written that the server writes; default: a new folder. Deleted afterwards in any case. */
  readonly home?: string;
  /** Lets a page start extension tests, and suppresses notification toasts. */
  readonly smokeTestDriver?: boolean;
}

export interface CodeServer {
  /** Opens the folder. */
  readonly url: string;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly folder: string;
  /** The user's settings.json. */
  readonly userSettings: string;
  /** Resolves when the server has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  /** What the server has said so far. */
  output(): string;
  /** Ends the server and everything it has started, and deletes its home. */
  stop(): Promise<void>;
}

const startDeadlineMs = 60_000;
const stopDeadlineMs = 5_000;

/** What would disturb a test or a screenshot. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/** Rejects where code-server isn't installed, or ends or keeps silent instead of starting. */
export async function startCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const installation = installedCodeServer(options.version ?? 'current');
  const home = options.home ?? (await temporaryFolder());
  let child: ChildProcess | null = null;
  const clearUp = async (): Promise<void> => {
    if (child !== null) await endGroup(child);
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const data = path.join(home, 'data');
    const userSettings = path.join(data, 'User', 'settings.json');
    await writeJson(userSettings, { ...quietSettings, ...options.settings });
    const folder = options.folder ?? path.join(home, 'folder');
    await mkdir(folder, { recursive: true });
    const environment = await isolatedEnvironment(home, options.env ?? {});
    const folders = ['--user-data-dir', data, '--extensions-dir', path.join(home, 'extensions')];
    await addExtension(options, installation, path.join(home, 'extensions'), folders, environment);

    const port = options.port ?? (await freePort());
    const address = `127.0.0.1:${port}`;
    const started = spawn(
      installation.node,
      [
        ...['--require', path.join(__dirname, 'lifeline.cjs')],
        ...(options.smokeTestDriver === true ? ['--require', path.join(__dirname, 'smokeTestDriver.cjs')] : []),
        entryPoint(installation),
        ...['--auth', 'none', '--bind-addr', address, ...folders, '--disable-telemetry', '--disable-update-check'],
        ...['--disable-workspace-trust', '--disable-getting-started-override', '--ignore-last-opened', folder],
      ],
      // The first pipe is its lifeline: however this process ends, nothing is left behind.
      { env: environment, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
    );
    child = started;
    let said = '';
    const ended = new Promise<void>((resolve) => started.once('exit', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`VS Code's server ${why}:\n${said}`));
      const timer = setTimeout(() => fail('does not start'), startDeadlineMs);
      const listen = (chunk: Buffer): void => {
        said += chunk.toString();
        if (!said.includes('HTTP server listening on')) return;
        clearTimeout(timer);
        resolve();
      };
      started.stdout.on('data', listen);
      started.stderr.on('data', listen);
      started.once('error', reject);
      started.once('exit', (code) => {
        clearTimeout(timer);
        fail(`ended with ${String(code)}`);
      });
    });
    const url = new URL(`http://${address}/`);
    url.searchParams.set('folder', folder);
    return {
      url: url.href,
      address,
      folder,
      userSettings,
      ended,
      output: () => said,
      stop: clearUp,
    };
  } catch (failure) {
    await clearUp();
    throw failure;
  }
}

/** A folder with a name that leaves room for a socket's in it: their paths are limited to about 100 characters. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(process.platform === 'darwin' ? '/tmp' : tmpdir(), 'shopmaster-vscode-'));
}

function entryPoint(installation: CodeServerInstallation): string {
  return path.join(installation.package, 'out', 'node', 'entry.js');
}

async function addExtension(
  { vsix, developmentPath }: CodeServerOptions,
  installation: CodeServerInstallation,
  extensions: string,
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await mkdir(extensions, { recursive: true });
  if (vsix !== undefined)
    await runProgram(installation.node, [entryPoint(installation), ...folders, '--install-extension', vsix], { env });
  if (developmentPath !== undefined) await symlink(developmentPath, path.join(extensions, 'developed'));
}

/** Nothing of the user's own VS Code is read or written, and no gallery is asked. */
async function isolatedEnvironment(home: string, more: Readonly<Record<string, string>>): Promise<NodeJS.ProcessEnv> {
  const of = (name: string): string => path.join(home, 'xdg', name);
  await mkdir(of('run'), { recursive: true, mode: 0o700 });
  const outside = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|CODE_SERVER_|PORT$|PASSWORD$|HASHED_PASSWORD$)/.test(name),
  );
  return {
    ...Object.fromEntries(outside),
    HOME: home,
    XDG_CONFIG_HOME: of('config'),
    XDG_DATA_HOME: of('data'),
    XDG_CACHE_HOME: of('cache'),
    XDG_RUNTIME_DIR: of('run'),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...more,
  };
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value, null, 2));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** code-server's own child and the extension hosts are of its group. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // There is none left of them.
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const exited = once(child, 'exit');
    const timer = setTimeout(() => killGroup(child, 'SIGKILL'), stopDeadlineMs);
    killGroup(child, 'SIGTERM');
    await exited;
    clearTimeout(timer);
  }
  killGroup(child, 'SIGKILL');
}
