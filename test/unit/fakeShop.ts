import { ShopError } from '../../src/sync/errors';
import type {
  CaptureProblem,
  Change,
  ChangeCounts,
  ChangeType,
  LogId,
  LoggedChange,
  Product,
  ProductKey,
} from '../../src/sync/model';
import type {
  ChangeLog,
  ChangePage,
  ProductReading,
  ProductTable,
  ShopDatabase,
  WriterLock,
} from '../../src/sync/ports';
import {
  isPending,
  named,
  productOf,
  toChange,
  type Call,
  type LogRow,
  type Row,
  type Transaction,
  type Values,
} from './fakeShopRows';

export type { Transaction, Values } from './fakeShopRows';

/**
 * A shop's database in memory: writes are logged as the triggers would, rows that open transactions hold are skipped, and
 * what the engine asks is recorded. Keys compare as under a case-insensitive collation unless `caseSensitive` is set.
 */
export class FakeShop implements ShopDatabase {
  /** Every call of the engine, in order. */
  readonly calls: Call[] = [];
  /** The LogIDs of each acknowledging statement. */
  readonly acknowledged: (readonly LogId[])[] = [];
  captureProblems: readonly CaptureProblem[] = [];
  /** Pages of ChangeLog that were read with a look at the triggers. */
  pagesWithLook = 0;
  /** Another window or PC is the writer. */
  lockedElsewhere = false;
  holdsLock = false;
  closed = false;
  caseSensitive = false;
  accentSensitive = true;
  /** Called when a call comes in, before it is answered: what the shop does at just that moment. */
  before: (call: Call) => void = () => undefined;
  /** By collated key, those that share one in the order of their making. */
  private readonly rows = new Map<string, Row[]>();
  private readonly log = new Map<LogId, LogRow>();
  private readonly failures = new Map<Call, Error[]>();
  private readonly lockListeners = new Set<() => void>();
  private lastLogId: bigint;

  /** `firstLogId`: of the first change. */
  constructor(firstLogId = 1n) {
    this.lastLogId = firstLogId - 1n;
  }

  insert(key: ProductKey, values?: Values): void {
    const transaction = this.begin();
    transaction.insert(key, values);
    transaction.commit();
  }

  update(key: ProductKey, values: Values): void {
    const transaction = this.begin();
    transaction.update(key, values);
    transaction.commit();
  }

  delete(key: ProductKey): void {
    const transaction = this.begin();
    transaction.delete(key);
    transaction.commit();
  }

  /** The key of a change as the shop wrote it then; the product table spells it in another way now. */
  respell(logId: LogId, key: ProductKey): void {
    const row = this.log.get(logId);
    if (row !== undefined) this.log.set(logId, { ...row, key });
  }

  /** Products that were there before the triggers were. */
  stock(count: number, prefix = 'p'): void {
    for (let n = 1; n <= count; n++) this.place(`${prefix}${String(n).padStart(6, '0')}`);
  }

  /** A row that no trigger saw. */
  place(key: ProductKey, values: Values = {}): void {
    this.add({ key, values: named(key, values), heldBy: null });
  }

  /** A write that no trigger sees; `null` takes the row away. */
  writeUnlogged(key: ProductKey, values: Values | null): void {
    const row = this.row(key);
    if (values === null) this.takeAway(row);
    else row.values = { ...row.values, ...values };
  }

  begin(): Transaction {
    const effects: (() => void)[] = [];
    const undo: (() => void)[] = [];
    const held: (Row | LogRow)[] = [];
    const release = (): void => {
      for (const one of held) one.heldBy = null;
    };
    const note = (changeType: ChangeType, row: Row, values: Values = {}): void => {
      row.heldBy = transaction;
      const logged = this.append(changeType, row.key, { ...row.values, ...values }, transaction);
      held.push(row, logged);
      undo.push(() => this.log.delete(logged.logId));
    };
    const transaction: Transaction = {
      insert: (key, values = {}) => {
        const row: Row = { key, values: named(key, values), heldBy: transaction };
        this.add(row);
        undo.push(() => this.takeAway(row));
        note('INSERT', row);
      },
      update: (key, values) => {
        const row = this.row(key);
        effects.push(() => void (row.values = { ...row.values, ...values }));
        note('UPDATE', row, values);
      },
      delete: (key) => {
        const row = this.row(key);
        effects.push(() => this.takeAway(row));
        note('DELETE', row);
      },
      commit: () => {
        for (const effect of effects) effect();
        release();
      },
      rollback: () => {
        for (const step of undo) step();
        release();
      },
    };
    return transaction;
  }

  /** Changes in the log that are not committed away, as `INSERT a`. */
  get logged(): readonly string[] {
    return [...this.log.values()].map(({ changeType, key }) => `${changeType} ${String(key)}`);
  }

  get pending(): readonly LogId[] {
    return [...this.log.values()].filter(isPending).map(({ logId }) => logId);
  }

  /** The table as productId -> name and price. */
  get table(): ReadonlyMap<string, Product> {
    return new Map([...this.rows.values()].flat().map((row) => [row.key ?? '', productOf(row)]));
  }

  has(key: ProductKey): boolean {
    return this.find(key) !== undefined;
  }

  failNext(call: Call, error: Error, times = 1): void {
    const queue = this.failures.get(call) ?? [];
    for (let n = 0; n < times; n++) queue.push(error);
    this.failures.set(call, queue);
  }

  failNoMore(): void {
    this.failures.clear();
  }

  countOf(call: Call): number {
    return this.calls.filter((name) => name === call).length;
  }

  readonly changeLog: ChangeLog = {
    readPage: async (after, limit, signal, look) => {
      await this.called('readPage', signal);
      this.holdsLock = !this.lockedElsewhere;
      return this.lockedElsewhere ? { writer: false, changes: [], deletes: [] } : this.page(after, limit, look);
    },
    peekPage: async (after, limit, signal, look) => {
      await this.called('peekPage', signal);
      return this.page(after, limit, look);
    },
    acknowledge: async (logIds, signal) => {
      await this.called('acknowledge', signal);
      this.acknowledged.push([...logIds]);
      for (const logId of logIds) this.drop(logId);
    },
    markDeleted: async (logIds, signal) => {
      await this.called('markDeleted', signal);
      for (const logId of logIds) {
        const row = this.log.get(logId);
        if (row !== undefined) row.changeType = 'DELETE';
      }
    },
    newestDeleted: async (signal) => {
      await this.called('newestDeleted', signal);
      return this.visible.filter((row) => !isPending(row)).at(-1)?.logId ?? null;
    },
    clearDeleted: async ({ through, keys }, signal) => {
      await this.called('clearDeleted', signal);
      const dismissed = keys === undefined ? null : new Set(keys.map((key) => this.collated(key)));
      for (const row of this.visible)
        if (!isPending(row) && BigInt(row.logId) <= BigInt(through) && dismissed?.has(this.collated(row.key)) !== false)
          this.log.delete(row.logId);
    },
    count: async (signal) => {
      await this.called('count', signal);
      return this.counts();
    },
    look: async (signal) => {
      await this.called('look', signal);
      return { problems: this.captureProblems, counts: this.counts() };
    },
    changed: async (keys, types, signal) => {
      await this.called('changed', signal);
      const logged = this.visible.filter(({ changeType }) => types.includes(changeType));
      const found = new Set(logged.map(({ key }) => this.collated(key)));
      return new Set(keys.filter((key) => found.has(this.collated(key))));
    },
    queue: async (changes, signal) => {
      await this.called('queue', signal);
      for (const { changeType, product } of changes) {
        const { productId, productName, sellPrice } = product;
        this.append(changeType, productId, { productName, sellPrice }, null);
      }
    },
    list: async ({ types, keys }, after, limit, signal) => {
      await this.called('list', signal);
      const wanted = keys === undefined ? null : new Set(keys.map((key) => this.collated(key)));
      return this.after(after)
        .filter(({ changeType }) => types?.includes(changeType) ?? true)
        .filter(({ key }) => wanted?.has(this.collated(key)) ?? true)
        .slice(0, limit)
        .map((row) => this.toLogged(row));
    },
  };

  readonly products: ProductTable = {
    read: async (keys, signal) => {
      await this.called('read', signal);
      return new Map(keys.map((key) => [key, this.reading(key)]));
    },
    readPage: async (after, limit, signal) => {
      await this.called('readProducts', signal);
      const from = after === null ? null : this.collated(after);
      const rows = [...this.rows].filter(([key]) => from === null || key > from).sort(([a], [b]) => (a < b ? -1 : 1));
      const page: Row[] = [];
      while (rows.length > 0 && page.length < limit) page.push(...(rows.shift()?.[1] ?? []));
      if (page.some(({ heldBy }) => heldBy !== null)) throw new ShopError('sql-busy', 'The table is busy.', 'Wait.');
      return { products: page.map(productOf), next: rows.length > 0 ? (page.at(-1)?.key ?? '') : null };
    },
    count: async (signal) => {
      await this.called('count', signal);
      return this.table.size;
    },
  };

  readonly lock: WriterLock = {
    acquire: async (signal) => {
      await this.called('acquire', signal);
      this.holdsLock = !this.lockedElsewhere;
      return this.holdsLock;
    },
    release: () => {
      this.calls.push('release');
      this.holdsLock = false;
      return Promise.resolve();
    },
    onDidLose: (listener) => {
      this.lockListeners.add(listener);
      return { dispose: () => void this.lockListeners.delete(listener) };
    },
  };

  /** The connection that held the lock is gone. */
  endSession(): void {
    this.holdsLock = false;
    for (const listener of this.lockListeners) listener();
  }

  close(): Promise<void> {
    this.closed = true;
    this.holdsLock = false;
    return Promise.resolve();
  }

  private async called(call: Call, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.closed) throw new Error(`${call} after the database was closed`);
    this.calls.push(call);
    this.before(call);
    await Promise.resolve();
    const failure = this.failures.get(call)?.shift();
    if (failure !== undefined) throw failure;
  }

  private reading(key: ProductKey): ProductReading {
    const row = this.find(key);
    if (row === undefined) return { state: 'absent' };
    return row.heldBy === null ? { state: 'present', product: productOf(row) } : { state: 'locked' };
  }

  private find(key: ProductKey): Row | undefined {
    return this.rows.get(this.collated(key))?.[0];
  }

  private row(key: ProductKey): Row {
    const row = this.find(key);
    if (row === undefined) throw new Error(`there is no product ${String(key)}`);
    if (row.heldBy !== null) throw new Error(`product ${String(key)} is locked`);
    return row;
  }

  private add(row: Row): void {
    const key = this.collated(row.key);
    this.rows.set(key, [...(this.rows.get(key) ?? []), row]);
  }

  private takeAway(row: Row): void {
    const key = this.collated(row.key);
    const rest = (this.rows.get(key) ?? []).filter((other) => other !== row);
    if (rest.length > 0) this.rows.set(key, rest);
    else this.rows.delete(key);
  }

  /** Rows that no open transaction holds. */
  private get visible(): LogRow[] {
    return [...this.log.values()].filter(({ heldBy }) => heldBy === null);
  }

  private after(logId: LogId | null): LogRow[] {
    return this.visible.filter((row) => logId === null || BigInt(row.logId) > BigInt(logId));
  }

  private page(after: LogId | null, limit: number, look = true): ChangePage {
    const changes = this.after(after).filter(isPending).slice(0, limit).map(toChange);
    const keys = new Map(changes.map(({ key }) => [this.collated(key), key]));
    const deletes = this.visible.flatMap(({ logId, changeType, key }): Change[] => {
      const onPage = keys.get(this.collated(key));
      return changeType === 'DELETE' && onPage !== undefined ? [{ logId, changeType, key: onPage }] : [];
    });
    const counts = after === null ? { counts: this.counts() } : {};
    if (look) this.pagesWithLook += 1;
    const problems = look ? { captureProblems: this.captureProblems } : {};
    return { writer: true, ...problems, changes, deletes, ...counts };
  }

  private toLogged(row: LogRow): LoggedChange {
    const earlier = this.visible.filter(
      ({ logId, key }) =>
        key !== null && this.collated(key) === this.collated(row.key) && BigInt(logId) < BigInt(row.logId),
    );
    const previous = row.changeType === 'UPDATE' ? (earlier.at(-1)?.values ?? null) : null;
    return { ...toChange(row), ...row.values, ageSeconds: 0, previous };
  }

  private append(
    changeType: ChangeType,
    key: ProductKey,
    values: Required<Values>,
    heldBy: Transaction | null,
  ): LogRow {
    this.lastLogId += 1n;
    const logged = { ...values, qrCode: null, status: null };
    const row = { logId: String(this.lastLogId), changeType, key, values: logged, heldBy };
    this.log.set(row.logId, row);
    return row;
  }

  private drop(logId: LogId): void {
    if (!this.log.delete(logId)) throw new Error(`change ${logId} was acknowledged twice`);
  }

  private counts(): ChangeCounts {
    const countOf = (type: ChangeType) => this.visible.filter(({ changeType }) => changeType === type).length;
    const [inserts, updates] = [countOf('INSERT'), countOf('UPDATE')];
    const gone = this.visible.filter((row) => !isPending(row)).map(({ key }) => this.collated(key));
    return { pending: inserts + updates, inserts, updates, deleted: new Set(gone).size };
  }

  private collated(key: ProductKey): string {
    if (key === null) return '';
    const letters = this.accentSensitive ? key.trimEnd() : key.trimEnd().normalize('NFD').replace(/\p{M}/gu, '');
    return this.caseSensitive ? `=${letters}` : `=${letters.toLowerCase()}`;
  }
}
