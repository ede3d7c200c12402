import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { ShopError } from '../../../src/sync/errors';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { failingInSentences } from '../../../src/sync/sqlserver/statementFailure';
import { startServer, type RunningServer } from '../../../demo/sqlserver/server';
import { FakeEngine } from '../../standin/fakeEngine';
import { never, noLog } from '../sqlserver/configuredShop';

/** Timers of a second and more do not run: they fire when a test says so. */
class HeldTimers {
  private readonly own = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  private readonly held = new Map<unknown, { readonly ms: number; readonly fire: () => void }>();

  hold(): void {
    const { setTimeout: begin, clearTimeout: end } = this.own;
    globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      if (ms < 1_000) return begin(callback, ms, ...args);
      const handle = begin(() => undefined, 2 ** 31 - 1).unref();
      this.held.set(handle, { ms, fire: () => callback(...args) });
      return handle;
    }) as typeof setTimeout;
    globalThis.clearTimeout = (handle) => {
      this.held.delete(handle);
      end(handle);
    };
  }

  release(): void {
    Object.assign(globalThis, this.own);
    for (const handle of this.held.keys()) this.own.clearTimeout(handle as NodeJS.Timeout);
    this.held.clear();
  }

  /** Fires one of so many milliseconds, as soon as there is one. */
  async fire(ms: number): Promise<void> {
    for (;;) {
      const found = [...this.held].find(([, timer]) => timer.ms === ms);
      if (found !== undefined) {
        globalThis.clearTimeout(found[0] as NodeJS.Timeout);
        found[1].fire();
        return;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A network between a client and SQL Server that can go dead: everything stays open, and nothing gets through. */
class Network {
  readonly server = net.createServer((client) => this.carry(client));
  /** Goes dead when so many answers have got through. */
  deadAfter = Infinity;
  private answers = 0;
  private readonly sockets: net.Socket[] = [];

  constructor(private readonly target: RunningServer) {}

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `127.0.0.1,${(this.server.address() as AddressInfo).port}`;
  }

  goDead(): void {
    this.deadAfter = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private carry(client: net.Socket): void {
    const server = net.connect(this.target.port, '127.0.0.1');
    this.sockets.push(client, server);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.on('data', (chunk) => {
      if (this.answers < this.deadAfter) server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (this.answers >= this.deadAfter) return;
      this.answers += 1;
      client.write(chunk);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }
}

/** Lets nobody in and turns nobody away. */
class UndecidedEngine extends FakeEngine {
  override login(): Promise<never> {
    return new Promise(() => undefined);
  }
}

describe('The time that SQL Server is given', () => {
  const timers = new HeldTimers();
  let server: RunningServer;
  let network: Network;
  let connection: SqlServerConnection;
  /** Resolves when a batch has arrived that is never answered. */
  let arrived: Promise<unknown>;

  async function start(engine?: FakeEngine): Promise<void> {
    let arrive: () => void = () => undefined;
    arrived = new Promise<void>((resolve) => (arrive = resolve));
    const silent = new FakeEngine(({ request, signal }) => {
      if (request.kind !== 'batch' || !request.sql.includes('silence')) return;
      arrive();
      return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    });
    server = await startServer({ engine: engine ?? silent, onError: () => undefined });
    network = new Network(server);
    connection = new SqlServerConnection(
      {
        server: await network.listen(),
        database: 'Shop',
        table: 'dbo.Products',
        authentication: 'password',
        username: 'sa',
        encrypt: true,
        trustServerCertificate: true,
      },
      'secret',
      'reader',
      noLog,
    );
    timers.hold();
  }

  afterEach(async () => {
    timers.release();
    await connection.close();
    await network.close();
    await server.close();
  });

  const batch = (sql: string, signal = never) => failingInSentences(connection, 'kasse').batch(sql, signal);

  async function assertUnreachable(failing: Promise<unknown>, message: RegExp): Promise<void> {
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof ShopError);
      assert.equal(error.code, 'sql-server-unreachable');
      assert.match(error.message, message);
      return true;
    });
  }

  for (const [what, answers] of [
    ['where it takes the connection and keeps silent', 0],
    ['where it keeps silent in the middle of the TLS handshake', 1],
    ['where it keeps silent after the TLS handshake', 3],
  ] as const)
    it(`to connect is 15 seconds ${what}`, async () => {
      await start();
      network.deadAfter = answers;
      const failing = assertUnreachable(batch('SELECT 1'), /did not answer within 15 seconds/);
      await timers.fire(15_000);
      await failing;
    });

  it('to connect is 15 seconds where it does not decide about the login', async () => {
    await start(new UndecidedEngine());
    const failing = assertUnreachable(batch('SELECT 1'), /did not answer within 15 seconds/);
    await timers.fire(15_000);
    await failing;
  });

  it('to answer a batch is 120 seconds; then the batch is cancelled, and the connection good for the next', async () => {
    await start();
    const failing = assertUnreachable(batch('silence'), /did not answer within 120 seconds/);
    await arrived;
    await timers.fire(120_000);
    await failing;
    await batch('SELECT 1');
    assert.equal(server.connections().length, 1);
  });

  it('to cancel a batch is 5 seconds; then the connection is given up, and the next batch makes a new one', async () => {
    await start();
    const failing = assert.rejects(batch('silence'), { code: 'sql-connection-lost' });
    await arrived;
    network.goDead();
    await timers.fire(120_000);
    await timers.fire(5_000);
    await failing;
    network.deadAfter = Infinity;
    await batch('SELECT 1');
  });

  it('to end an aborted batch is 5 seconds, even if the network is dead', async () => {
    await start();
    const stop = new AbortController();
    const reason = new Error('enough');
    const failing = assert.rejects(batch('silence', stop.signal), reason);
    await arrived;
    network.goDead();
    stop.abort(reason);
    await timers.fire(5_000);
    await failing;
  });
});
