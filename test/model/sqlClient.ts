/** The ports to SQL Server: each call takes time, waits its turn on its connection, and may meet locks, deadlocks and a dying session. */
import { ShopError } from '../../src/sync/errors';
import type { LoggedChange, Product, ProductKey } from '../../src/sync/model';
import type { ChangeLog, ProductReading, ProductTable, ShopDatabase, WriterLock } from '../../src/sync/ports';
import { never, type EngineProcess } from './engineProcess';
import { collated } from './productVersions';
import { changeOf, isPending, type LogRow, type Session } from './sqlServer';
import type { World } from './world';

const lockTimeoutMs = { read: 2000, write: 10_000, upload: 30_000 } as const;
/** How often a waiting statement looks again. */
const lookAgainMs = 500;
const blocked = Symbol('blocked');

interface Batch<T> {
  readonly signal: AbortSignal;
  readonly lockTimeoutMs: number;
  /** Runs in one moment on the server; `blocked` waits for a lock. */
  readonly effect: (session: Session) => T | typeof blocked;
}

export class SqlClient implements ShopDatabase {
  readonly changeLog: ChangeLog;
  readonly products: ProductTable;
  readonly lock: WriterLock;
  private readonly writer: Connection;
  private readonly reader: Connection;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly world: World,
    private readonly process: EngineProcess,
  ) {
    this.writer = new Connection(world, process, 'writer', () => {
      for (const listener of [...this.listeners]) listener();
    });
    this.reader = new Connection(world, process, 'reader', () => undefined);
    this.changeLog = this.makeChangeLog();
    this.products = this.makeProducts();
    this.lock = this.makeLock();
  }

  close(): Promise<void> {
    return this.process.port(() => {
      this.writer.close();
      this.reader.close();
      return Promise.resolve();
    });
  }

  /** The process was killed. */
  end(ghostMs: number): void {
    this.writer.end(ghostMs, false);
    this.reader.end(0, false);
  }

  /** The session ends, and nobody asked for it. */
  drop(role: 'writer' | 'reader', ghostMs: number): void {
    this[role].end(ghostMs, true);
  }

  private makeChangeLog(): ChangeLog {
    const { server } = this.world;
    const { name } = this.process;
    const onChangeLog = <T>(effect: (session: Session) => T) => {
      return (session: Session): T | typeof blocked => (server.isLocked('changeLog') ? blocked : effect(session));
    };
    const read = <T>(connection: Connection, signal: AbortSignal, effect: (session: Session) => T): Promise<T> =>
      connection.batch({ signal, lockTimeoutMs: lockTimeoutMs.read, effect: onChangeLog(effect) });
    const write = (signal: AbortSignal, effect: () => void): Promise<void> =>
      this.writer.batch({ signal, lockTimeoutMs: lockTimeoutMs.write, effect: onChangeLog(effect) });
    return {
      readPage: (after, limit, signal) =>
        this.writer.batch({
          signal,
          lockTimeoutMs: lockTimeoutMs.read,
          effect: (session) => {
            if (!server.takeLock(session)) return { writer: false, changes: [], deletes: [] };
            return server.isLocked('changeLog') ? blocked : server.page(after, limit);
          },
        }),
      peekPage: (after, limit, signal) => read(this.reader, signal, () => server.page(after, limit)),
      acknowledge: (logIds, signal) => write(signal, () => server.acknowledge(name, logIds)),
      markDeleted: (logIds, signal) => write(signal, () => server.markDeleted(name, logIds)),
      newestDeleted: (signal) =>
        read(this.reader, signal, () => {
          const newest = server.visible.filter((row) => !isPending(row)).at(-1);
          return newest === undefined ? null : String(newest.logId);
        }),
      clearDeleted: (dismissal, signal) => write(signal, () => server.clearDeleted(dismissal)),
      count: (signal) => read(this.reader, signal, () => server.counts()),
      look: (signal) => read(this.reader, signal, () => ({ problems: [], counts: server.counts() })),
      changed: (keys, types, signal) =>
        read(this.reader, signal, () => {
          const rows = server.list({ types, keys }, null, Infinity);
          const found = new Set(rows.map(({ product }) => collated(product.productId)));
          return new Set(keys.filter((key) => found.has(collated(key))));
        }),
      queue: (changes, signal) => write(signal, () => server.queue(changes)),
      list: (filter, after, limit, signal) =>
        read(this.reader, signal, () => server.list(filter, after, limit).map(loggedChangeOf)),
    };
  }

  private makeProducts(): ProductTable {
    const { server, luck } = this.world;
    return {
      read: async (keys, signal) => {
        const readings = new Map<ProductKey, ProductReading>();
        // One statement is no snapshot: its rows are read one after the other.
        const cut = luck.between(0, keys.length);
        const parts = [keys.slice(0, cut), keys.slice(cut)].filter((part) => part.length > 0);
        for (const part of parts) await this.readPast(part, readings, signal);
        const missing = keys.filter((key) => !readings.has(key));
        if (missing.length > 0) await this.readAgain(missing, readings, signal);
        return readings;
      },
      readPage: (after, limit, signal) =>
        this.reader.batch({
          signal,
          lockTimeoutMs: lockTimeoutMs.upload,
          effect: () => {
            const from = after === null ? null : collated(after);
            const rest = [...server.products]
              .filter(([key]) => from === null || key > from)
              .sort(([a], [b]) => (a < b ? -1 : 1));
            const page = rest.slice(0, limit);
            if (server.isLocked('products') || page.some(([key]) => this.isHeld(key))) return blocked;
            const last = page.at(-1)?.[1].productId;
            const next = last === undefined || page.length < limit ? null : last;
            return { products: page.map(([, product]) => product), next };
          },
        }),
      count: (signal) =>
        this.reader.batch({ signal, lockTimeoutMs: lockTimeoutMs.upload, effect: () => server.products.size }),
    };
  }

  private makeLock(): WriterLock {
    const { server } = this.world;
    return {
      acquire: (signal) =>
        this.writer.batch({ signal, lockTimeoutMs: 0, effect: (session) => server.takeLock(session) }),
      release: () => this.process.port(() => this.writer.release()),
      onDidLose: (listener) => {
        this.listeners.add(listener);
        return { dispose: () => void this.listeners.delete(listener) };
      },
    };
  }

  /** READPAST: rows that are locked are not there; a locked page or table is waited for. */
  private async readPast(keys: readonly ProductKey[], into: Map<ProductKey, ProductReading>, signal: AbortSignal) {
    const { server } = this.world;
    await this.reader.batch({
      signal,
      lockTimeoutMs: lockTimeoutMs.read,
      effect: () => {
        if (server.isLocked('products') || keys.some((key) => server.isPageLocked(collated(key ?? '')))) return blocked;
        for (const key of keys) {
          const product = this.productOf(key);
          if (product !== undefined && !server.isRowLocked(collated(key ?? '')))
            into.set(key, { state: 'present', product });
        }
        return undefined;
      },
    });
  }

  /** Without READPAST, key by key: absent, or locked by an open transaction of the shop. */
  private async readAgain(keys: readonly ProductKey[], into: Map<ProductKey, ProductReading>, signal: AbortSignal) {
    const ask = (key: ProductKey): typeof blocked | undefined => {
      if (this.world.server.isLocked('products') || this.isHeld(collated(key ?? ''))) return blocked;
      const product = this.productOf(key);
      into.set(key, product === undefined ? { state: 'absent' } : { state: 'present', product });
      return undefined;
    };
    let patienceMs: number = lockTimeoutMs.read;
    for (const key of keys) {
      try {
        await this.reader.batch({ signal, lockTimeoutMs: patienceMs, effect: () => ask(key) });
      } catch (caught) {
        if (!(caught instanceof ShopError && caught.code === 'sql-busy')) throw caught;
        into.set(key, { state: 'locked' });
        patienceMs = 0;
      }
    }
  }

  private isHeld(key: string): boolean {
    return this.world.server.isRowLocked(key) || this.world.server.isPageLocked(key);
  }

  private productOf(key: ProductKey): Product | undefined {
    return this.world.server.products.get(collated(key ?? ''));
  }
}

/** A pool of one connection: made at its first use and again after its death, one batch after the other. */
class Connection {
  private session: Session | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly world: World,
    private readonly process: EngineProcess,
    private readonly role: 'writer' | 'reader',
    private readonly onDidDie: () => void,
  ) {}

  batch<T>({ signal, lockTimeoutMs: patienceMs, effect }: Batch<T>): Promise<T> {
    return this.process.port(() => {
      signal.throwIfAborted();
      return this.inTurn(() => this.run(signal, patienceMs, effect));
    });
  }

  release(): Promise<void> {
    if (this.session === null) return Promise.resolve();
    return this.inTurn(async () => {
      await this.world.timeline.sleep(this.world.sqlLatencyMs());
      if (this.session !== null) this.world.server.releaseLock(this.session);
      await this.world.timeline.sleep(this.world.sqlLatencyMs());
    });
  }

  close(): void {
    this.closed = true;
    this.end(0, false);
  }

  end(ghostMs: number, unasked: boolean): void {
    if (this.session !== null) this.world.server.end(this.session, ghostMs, unasked);
  }

  private async run<T>(signal: AbortSignal, patienceMs: number, effect: Batch<T>['effect']): Promise<T> {
    const { timeline, weather, luck } = this.world;
    signal.throwIfAborted();
    const session = await this.open(signal);
    await timeline.sleep(this.world.sqlLatencyMs());
    if (luck.chance(weather.sql.dies)) this.end(this.world.ghostMs(), true);
    let result: T | typeof blocked;
    for (let waitedMs = 0; ; waitedMs += lookAgainMs) {
      if (!session.alive) {
        // The statement of a process that was killed just now may have reached the server.
        if (!this.process.alive && luck.chance(0.5)) effect(session);
        throw connectionLost();
      }
      signal.throwIfAborted();
      if (luck.chance(weather.sql.busy)) throw busy();
      result = effect(session);
      if (result !== blocked) break;
      if (waitedMs >= patienceMs) throw busy();
      await timeline.sleep(lookAgainMs);
    }
    if (luck.chance(weather.sql.diesAfter)) this.end(this.world.ghostMs(), true);
    await timeline.sleep(this.world.sqlLatencyMs());
    if (this.session !== session) throw connectionLost();
    signal.throwIfAborted();
    return result;
  }

  private async open(signal: AbortSignal): Promise<Session> {
    if (this.session !== null) return this.session;
    const { timeline, server } = this.world;
    if (this.closed) throw new ShopError('cancelled', 'The connection to SQL Server was closed.', 'Start again.');
    await timeline.sleep(2 * this.world.sqlLatencyMs());
    if (!this.process.alive) return never();
    signal.throwIfAborted();
    if (server.down)
      throw new ShopError('sql-server-unreachable', 'The server can not be reached.', 'Wait.', { remedy: 'retry' });
    const session = server.connect(this.process.name, (unasked) => {
      this.session = null;
      if (this.role === 'writer') this.world.network.sessionEnded(this.process.name);
      if (unasked) this.onDidDie();
    });
    this.session = session;
    if (this.role === 'writer') this.world.network.settleOrphans();
    return session;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}

function loggedChangeOf(row: LogRow): LoggedChange {
  const { productName, sellPrice } = row.product;
  return { ...changeOf(row), productName, sellPrice, qrCode: null, status: null, ageSeconds: 0, previous: null };
}

function busy(): ShopError {
  return new ShopError('sql-busy', 'The product table is locked by another program.', 'Wait.', { remedy: 'retry' });
}

function connectionLost(): ShopError {
  return new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.', { remedy: 'retry' });
}
