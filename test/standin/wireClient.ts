import sql from 'mssql';
import { Connection, Request, type ConnectionOptions } from 'tedious';
import { startServer, type RunningServer, type ServerOptions } from '../../demo/sqlserver/server';
import { FakeEngine, type Answer } from './fakeEngine';

export interface Wire {
  readonly server: RunningServer;
  readonly engine: FakeEngine;
  /** Failures of the stand-in itself. */
  readonly failures: unknown[];
  /** Connects the real driver; every pool is closed when the test ends. */
  readonly connect: (config?: Partial<sql.config>) => Promise<sql.ConnectionPool>;
}

/** Runs a test against a server whose engine answers as said, and takes everything down after it. */
export async function withWire(
  answer: Answer,
  test: (wire: Wire) => Promise<void>,
  options: Partial<ServerOptions> = {},
): Promise<void> {
  const engine = new FakeEngine(answer);
  const failures: unknown[] = [];
  const server = await startServer({ engine, onError: (error) => failures.push(error), ...options });
  const pools: sql.ConnectionPool[] = [];
  const connect = async (config: Partial<sql.config> = {}): Promise<sql.ConnectionPool> => {
    const pool = new sql.ConnectionPool(poolConfig(server, config));
    // A pool without a listener would end the process when the server hangs up on an idle connection.
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool.connect();
  };
  try {
    await test({ server, engine, failures, connect });
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
    await server.close();
  }
}

function poolConfig(server: RunningServer, config: Partial<sql.config>): sql.config {
  return {
    server: 'localhost',
    port: server.port,
    user: 'sa',
    password: 'secret',
    database: 'Shop',
    ...config,
    options: { encrypt: false, trustServerCertificate: true, ...config.options },
    pool: { min: 0, max: 1, ...config.pool },
  };
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error as Error & Record<string, unknown>;
    throw error;
  }
  throw new Error('Nothing was rejected.');
}

/** A promise and the function that resolves it. */
export function signalled<Value = void>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
} {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** A connection by tedious alone, for what mssql does not show. The caller closes it. */
export async function connectTedious(server: RunningServer, options: ConnectionOptions = {}): Promise<Connection> {
  const connection = new Connection({
    server: 'localhost',
    authentication: { type: 'default', options: { userName: 'sa', password: 'secret' } },
    options: { port: server.port, database: 'Shop', encrypt: false, ...options },
  });
  connection.on('error', () => undefined);
  await settled((done) => connection.connect(done));
  return connection;
}

/** A batch by tedious alone. */
export async function batch(connection: Connection, text: string): Promise<void> {
  await settled((done) => connection.execSqlBatch(new Request(text, done)));
}

/** The promise of what reports its end to a callback. */
export async function settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    start((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
