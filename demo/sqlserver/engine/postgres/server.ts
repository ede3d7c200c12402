/**
 * The PostgreSQL process: a fresh cluster in a temporary folder, reachable only from this machine, gone when it is stopped
 * or when this process ends, however it ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { type Account, type Binaries, prepareBinaries, unprivilegedAccount } from './binaries';

/** What `pg` needs to connect, besides the database. */
export interface PostgresAddress {
  /** A loopback address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface PostgresServer {
  readonly address: PostgresAddress;
  /** Ends every session without ceremony and deletes the cluster. Never rejects; may be called twice. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Default: a Unix socket, where there are such. */
  readonly transport?: 'socket' | 'tcp';
}

/** Where the cluster lies and as whom it runs. */
interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
}

/** A server that may still be starting. */
interface Running {
  readonly pid: number;
  /** Resolves when it is over, with what it has written to its log. */
  readonly over: Promise<string>;
  stop(): Promise<void>;
}

const onWindows = process.platform === 'win32';
/** Sockets' paths are cut at about 104 bytes; `/.s.PGSQL.5432` follows. */
const longestSocketFolder = 88;
const socketPort = 5432;

/** The cluster lives for minutes: nothing needs to survive a power cut, and waits are for tests to see, not to sit through. */
const settings: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
  max_locks_per_transaction: '256',
  io_method: 'sync',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
  deadlock_timeout: '250ms',
  log_min_messages: 'fatal',
  lc_messages: 'C',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // As SQL Server reads its clustered indexes: in the order of the key, and by the key however little is known of the table.
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  // Scans that start in the middle of a table give rows in an order nobody expects.
  synchronize_seqscans: 'off',
  search_path: 'sys, pg_catalog',
};

/**
 * Runs beside us and waits for our end of a pipe to close, which it does even after SIGKILL. Then it takes PostgreSQL
 * and its folder away.
 */
const watchdogScript = `
const { execFileSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const [folder, pid] = process.argv.slice(1);
process.stdin.resume().on('end', () => {
  try {
    if (process.platform === 'win32') execFileSync('taskkill', ['/pid', pid, '/f', '/t'], { stdio: 'ignore' });
    else process.kill(Number(pid), 'SIGQUIT');
  } catch {}
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});`;

function run(program: string, args: readonly string[], { folder, account }: Cluster): ChildProcess {
  return spawn(program, args, {
    cwd: folder,
    // A terminal's Ctrl-C goes to its whole process group: the order in which things end is ours to keep.
    detached: !onWindows,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(account ?? {}),
  });
}

/** Resolves with the exit code and what was written to standard error. */
async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  const chunks: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output: Buffer.concat(chunks).toString('utf8').trim() });
    });
  });
}

async function initialise(
  cluster: Cluster,
  password: string,
  configuration: Readonly<Record<string, string>>,
): Promise<void> {
  const { folder, data, binaries, account } = cluster;
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  const { code, output } = await ended(
    run(
      binaries.initdb,
      [
        ...['--pgdata', data, '--username', 'postgres', '--pwfile', passwordFile],
        ...['--auth', 'password', '--encoding', 'UTF8', '--no-sync', '--no-instructions', '--no-data-checksums'],
        ...['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
        ...Object.entries(configuration).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      cluster,
    ),
  );
  if (code !== 0) throw new Error(`PostgreSQL's initdb failed (exit code ${code ?? 'none'}): ${output}`);
  await rm(passwordFile);
}

/** A child that runs on in the background does not keep this process from ending. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stderr]) if (stream instanceof Socket) stream.unref();
}

async function startDirectly(cluster: Cluster): Promise<Running> {
  const postgres = run(cluster.binaries.postgres, ['-D', cluster.data], cluster);
  const exit = ended(postgres);
  if (postgres.pid === undefined) await exit;
  release(postgres);
  return {
    pid: postgres.pid ?? 0,
    over: exit.then(({ output }) => output),
    async stop() {
      postgres.ref();
      postgres.kill('SIGQUIT');
      await exit;
    },
  };
}

/** On Windows postgres.exe refuses to run for an administrator; pg_ctl drops the rights first, and starts it in the background. */
async function startThroughPgCtl(cluster: Cluster): Promise<Running> {
  const { binaries, data, folder } = cluster;
  const log = path.join(folder, 'log');
  const control = async (...args: readonly string[]): Promise<number | null> =>
    new Promise((resolve, reject) => {
      // The server inherits what pg_ctl has open, and would keep a pipe from closing.
      const child = spawn(binaries.pgCtl, ['-D', data, '-s', '-w', ...args], { stdio: 'ignore', windowsHide: true });
      child.once('error', reject);
      child.once('exit', resolve);
    });
  const code = await control('-l', log, 'start');
  if (code !== 0)
    throw new Error(
      `PostgreSQL did not start (exit code ${code ?? 'none'}): ${await readFile(log, 'utf8').catch(() => '')}`,
    );
  const [pid] = (await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n');
  return {
    pid: Number(pid),
    over: new Promise(() => undefined),
    async stop() {
      await control('-m', 'immediate', 'stop');
    },
  };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const bound = probe.address();
      probe.close(() => {
        if (bound === null || typeof bound === 'string') reject(new Error('No free port on 127.0.0.1.'));
        else resolve(bound.port);
      });
    });
  });
}

async function acceptsConnections(address: PostgresAddress): Promise<boolean> {
  const client = new Client({ ...address, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function untilReady(address: PostgresAddress, { over }: Running): Promise<void> {
  let output: string | undefined;
  const remember = (text: string): void => {
    output = text;
  };
  over.then(remember, (error: unknown) => {
    remember(String(error));
  });
  while (!(await acceptsConnections(address))) {
    if (output !== undefined) throw new Error(`PostgreSQL did not start: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function watch(folder: string, pid: number): ChildProcess {
  const watchdog = spawn(process.execPath, ['-e', watchdogScript, folder, String(pid)], {
    cwd: tmpdir(),
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  release(watchdog);
  return watchdog;
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }).catch(() => undefined);
}

/** Where the server listens, and the settings that make it. */
async function place(
  folder: string,
  transport: PostgresOptions['transport'],
): Promise<{ host: string; port: number; configuration: Readonly<Record<string, string>> }> {
  if (transport !== 'tcp' && !onWindows && Buffer.byteLength(folder) <= longestSocketFolder) {
    const configuration = { listen_addresses: '', unix_socket_directories: `"${folder}"`, port: String(socketPort) };
    return { host: folder, port: socketPort, configuration };
  }
  const port = await freePort();
  const configuration = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(port) };
  return { host: '127.0.0.1', port, configuration };
}

/** Starts PostgreSQL on a new, empty cluster (about a second). */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const account = await unprivilegedAccount();
  const folder = await mkdtemp(path.join(tmpdir(), 'sqlserver-'));
  let stop = (): Promise<void> => removeFolder(folder);
  try {
    if (account !== undefined) await chown(folder, account.uid, account.gid);
    const binaries = await prepareBinaries(folder, account);
    const cluster: Cluster = { folder, data: path.join(folder, 'data'), binaries, account };
    const password = randomBytes(18).toString('base64url');
    const { host, port, configuration } = await place(folder, options.transport);
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    await initialise(cluster, password, { ...settings, timezone, ...configuration });

    const running = await (onWindows ? startThroughPgCtl(cluster) : startDirectly(cluster));
    const watchdog = watch(folder, running.pid);
    stop = async () => {
      await running.stop().catch(() => undefined);
      await removeFolder(folder);
      watchdog.kill('SIGKILL');
    };
    const address = { host, port, user: 'postgres', password };
    await untilReady(address, running);
    return { address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
