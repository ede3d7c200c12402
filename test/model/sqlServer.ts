/** The server: what is committed, what open transactions hold, and which session has the writer lock. Time passes elsewhere. */
import type { ChangeCounts, ChangeType, Dismissal, LogId, Product, ProductKey } from '../../src/sync/model';
import type { ChangeFilter, ChangePage, QueuedChange } from '../../src/sync/ports';
import { collated, ProductVersions, type CollatedKey } from './productVersions';
import type { Timeline } from './timeline';
import { logged, type TriggerEvent } from './triggers';

export interface LogRow {
  readonly logId: number;
  changeType: ChangeType;
  readonly product: Product;
  heldBy: Transaction | null;
  /** Of its transaction; 0 as long as that is open. */
  commit: number;
}

/** A write of the shop that is not committed yet. */
export interface Transaction {
  readonly writes: Map<CollatedKey, Product | null>;
  readonly rows: LogRow[];
}

/** One connection as the server sees it. */
export interface Session {
  /** Name of the process at its other end. */
  readonly owner: string;
  alive: boolean;
  /** The client's side of the end: `true` where it was not asked for. */
  readonly onEnd: (unasked: boolean) => void;
}

/** What a statement changes. `writes` tells each product's state after it, by collated key. */
export interface Statement {
  readonly event: TriggerEvent;
  readonly deleted: readonly Product[];
  readonly inserted: readonly Product[];
}

export interface SqlServerWatch {
  /** A statement of that process deletes this change, other than by clearDeleted. */
  acknowledged(process: string, row: LogRow): void;
  /** Likewise: turns it into a DELETE. */
  markedDeleted(process: string, row: LogRow): void;
  dismissed(row: LogRow): void;
}

export class SqlServer {
  readonly versions = new ProductVersions();
  readonly products = new Map<CollatedKey, Product>();
  /** In LogID order. */
  readonly log = new Map<number, LogRow>();
  lockHolder: Session | null = null;
  /** No new session can be had. */
  down = false;
  /** Epoch milliseconds up to which a shop program has the whole table. */
  readonly tableLockedUntil = { products: 0, changeLog: 0 };
  /** Products on pages that a shop program has, up to that moment. */
  pageLock: { readonly keys: ReadonlySet<CollatedKey>; readonly until: number } = { keys: new Set(), until: 0 };
  private readonly locks = new Map<CollatedKey, Transaction>();
  private readonly sessions = new Set<Session>();

  constructor(
    private readonly timeline: Timeline,
    private nextLogId: number,
    private readonly watch: SqlServerWatch,
  ) {}

  // --- sessions

  connect(owner: string, onEnd: Session['onEnd']): Session {
    const session: Session = { owner, alive: true, onEnd };
    this.sessions.add(session);
    return session;
  }

  /** Ends it for its client at once; the server frees the writer lock up to `ghostMs` later, when it notices. */
  end(session: Session, ghostMs: number, unasked: boolean): void {
    if (!session.alive) return;
    session.alive = false;
    this.sessions.delete(session);
    const free = (): void => {
      if (this.lockHolder === session) this.lockHolder = null;
    };
    if (ghostMs === 0) free();
    else if (this.lockHolder === session) this.timeline.after(ghostMs, free);
    session.onEnd(unasked);
  }

  sessionsOf(owner: string): readonly Session[] {
    return [...this.sessions].filter((session) => session.owner === owner);
  }

  takeLock(session: Session): boolean {
    if (!session.alive) return false;
    this.lockHolder ??= session;
    return this.lockHolder === session;
  }

  releaseLock(session: Session): void {
    if (this.lockHolder === session) this.lockHolder = null;
  }

  // --- the shop

  /** The product as a statement of this transaction sees it; undefined: another one has it. */
  seenBy(transaction: Transaction, key: CollatedKey): Product | null | undefined {
    const holder = this.locks.get(key);
    if (holder !== undefined && holder !== transaction) return undefined;
    if (this.isPageLocked(key) || this.isLocked('products')) return undefined;
    return transaction.writes.get(key) ?? (transaction.writes.has(key) ? null : (this.products.get(key) ?? null));
  }

  begin(): Transaction {
    return { writes: new Map(), rows: [] };
  }

  /** Its products must have been seen by the transaction. */
  execute(transaction: Transaction, { event, deleted, inserted }: Statement): void {
    for (const { productId } of deleted) this.write(transaction, collated(productId), null);
    for (const product of inserted) this.write(transaction, collated(product.productId), product);
    for (const { changeType, product } of logged(event, deleted, inserted)) {
      const row: LogRow = { logId: this.nextLogId++, changeType, product, heldBy: transaction, commit: 0 };
      this.log.set(row.logId, row);
      transaction.rows.push(row);
    }
  }

  commit(transaction: Transaction): void {
    const loggedKeys = new Set(transaction.rows.map(({ product }) => collated(product.productId)));
    const changed = [...transaction.writes].filter(
      ([key, product]) => loggedKeys.has(key) || !isSame(product, this.products.get(key)),
    );
    const commit = this.versions.commit(new Map(changed));
    for (const [key, product] of transaction.writes) {
      if (product === null) this.products.delete(key);
      else this.products.set(key, product);
      this.locks.delete(key);
    }
    for (const row of transaction.rows) {
      row.heldBy = null;
      row.commit = commit;
    }
  }

  rollback(transaction: Transaction): void {
    for (const key of transaction.writes.keys()) this.locks.delete(key);
    for (const row of transaction.rows) this.log.delete(row.logId);
  }

  // --- what the engine's statements see

  isLocked(table: 'products' | 'changeLog'): boolean {
    return this.timeline.now < this.tableLockedUntil[table];
  }

  isPageLocked(key: CollatedKey): boolean {
    return this.timeline.now < this.pageLock.until && this.pageLock.keys.has(key);
  }

  isRowLocked(key: CollatedKey): boolean {
    return this.locks.has(key);
  }

  /** Rows that no open transaction holds. */
  get visible(): readonly LogRow[] {
    return [...this.log.values()].filter(({ heldBy }) => heldBy === null);
  }

  page(after: LogId | null, limit: number): ChangePage {
    const rows = this.visible;
    const changes = rows
      .filter((row) => isPending(row) && (after === null || row.logId > Number(after)))
      .slice(0, limit)
      .map(changeOf);
    const onPage = new Map(changes.map(({ key }) => [collated(key), key]));
    const deletes = rows.flatMap((row) => {
      const key = onPage.get(collated(row.product.productId));
      return isPending(row) || key === undefined ? [] : [{ ...changeOf(row), key }];
    });
    const counts = after === null ? { counts: this.counts() } : {};
    return { writer: true, captureProblems: [], changes, deletes, ...counts };
  }

  list({ types, keys }: ChangeFilter, after: LogId | null, limit: number): readonly LogRow[] {
    const wanted = keys === undefined ? null : new Set(keys.map((key: ProductKey) => collated(key ?? '')));
    return this.visible
      .filter(({ logId }) => after === null || logId > Number(after))
      .filter(({ changeType }) => types?.includes(changeType) ?? true)
      .filter(({ product }) => wanted?.has(collated(product.productId)) ?? true)
      .slice(0, limit);
  }

  counts(): ChangeCounts {
    const rows = this.visible;
    const countOf = (type: ChangeType): number => rows.filter(({ changeType }) => changeType === type).length;
    const [inserts, updates] = [countOf('INSERT'), countOf('UPDATE')];
    const deleted = new Set(rows.filter((row) => !isPending(row)).map(({ product }) => collated(product.productId)));
    return { pending: inserts + updates, inserts, updates, deleted: deleted.size };
  }

  acknowledge(process: string, logIds: readonly LogId[]): void {
    for (const logId of logIds) {
      const row = this.log.get(Number(logId));
      if (row === undefined) continue;
      this.watch.acknowledged(process, row);
      this.log.delete(row.logId);
    }
  }

  markDeleted(process: string, logIds: readonly LogId[]): void {
    for (const logId of logIds) {
      const row = this.log.get(Number(logId));
      if (row === undefined || !isPending(row)) continue;
      this.watch.markedDeleted(process, row);
      row.changeType = 'DELETE';
    }
  }

  /** Changes that no trigger has logged. */
  queue(changes: readonly QueuedChange[]): void {
    for (const { changeType, product } of changes) {
      const commit = this.versions.newest(collated(product.productId));
      const row: LogRow = { logId: this.nextLogId++, changeType, product, heldBy: null, commit };
      this.log.set(row.logId, row);
    }
  }

  clearDeleted({ through, keys }: Dismissal): void {
    const dismissed = keys === undefined ? null : new Set(keys.map((key: ProductKey) => collated(key ?? '')));
    for (const row of this.visible)
      if (
        !isPending(row) &&
        row.logId <= Number(through) &&
        dismissed?.has(collated(row.product.productId)) !== false
      ) {
        this.watch.dismissed(row);
        this.log.delete(row.logId);
      }
  }

  private write(transaction: Transaction, key: CollatedKey, product: Product | null): void {
    transaction.writes.set(key, product);
    this.locks.set(key, transaction);
  }
}

export function isPending({ changeType }: LogRow): boolean {
  return changeType !== 'DELETE';
}

function isSame(one: Product | null, other: Product | undefined): boolean {
  if (one === null || other === undefined) return one === (other ?? null);
  return (
    one.productId === other.productId && one.productName === other.productName && one.sellPrice === other.sellPrice
  );
}

export function changeOf({ logId, changeType, product }: LogRow) {
  return { logId: String(logId), changeType, key: product.productId };
}
