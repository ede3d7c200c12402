/** What the engine needs from outside. Everything it touches comes in through its constructor as one of these. */
import type {
  CaptureProblem,
  Change,
  ChangeCounts,
  ChangeType,
  Dismissal,
  LogId,
  LoggedChange,
  Product,
  ProductKey,
  RejectedProduct,
  SendableProduct,
  UnsettledProduct,
  UploadCheckpoint,
} from './model';
import type { Hash } from './productHash';

/** Every port call that waits takes a signal; an aborted call rejects with the signal's reason and leaves nothing half-done. */
export interface ChangeLog {
  /**
   * One round trip: takes or checks the writer lock, looks at the triggers unless `look` is false, and reads up to `limit` pending
   * changes (INSERT and UPDATE) after `after` in LogID order. Rows that open transactions hold are skipped, not waited for.
   */
  readPage(after: LogId | null, limit: number, signal: AbortSignal, look?: boolean): Promise<ChangePage>;
  /** Deletes exactly these changes. */
  acknowledge(logIds: readonly LogId[], signal: AbortSignal): Promise<void>;
  /** Turns these changes, of products that are gone and have no logged DELETE, into DELETEs: shown, no longer pending. */
  markDeleted(logIds: readonly LogId[], signal: AbortSignal): Promise<void>;
  /** The newest DELETE that is not locked; null where there is none. */
  newestDeleted(signal: AbortSignal): Promise<LogId | null>;
  /** Deletes these DELETEs, except those that are locked; when aborted, what is deleted by then stays so. */
  clearDeleted(dismissal: Dismissal, signal: AbortSignal): Promise<void>;
  count(signal: AbortSignal): Promise<ChangeCounts>;
  /** As `readPage`, but without taking or checking the writer lock: `writer` is always true. */
  peekPage(after: LogId | null, limit: number, signal: AbortSignal, look?: boolean): Promise<ChangePage>;
  /** The look at the triggers and the counts, without the writer lock. */
  look(signal: AbortSignal): Promise<CaptureLook>;
  /** Which of these keys have changes of these types, locked ones aside. Compared as the product table compares its keys. */
  changed(keys: readonly string[], types: readonly ChangeType[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Adds changes that no trigger has logged. When aborted, those that are added by then stay. */
  queue(changes: readonly QueuedChange[], signal: AbortSignal): Promise<void>;
  /** For people: changes after `after`, in LogID order, never waiting for locks. */
  list(filter: ChangeFilter, after: LogId | null, limit: number, signal: AbortSignal): Promise<readonly LoggedChange[]>;
}

/** Changes that are of one of these types (default: all three), and of one of these products (default: whatever product). */
export interface ChangeFilter {
  readonly types?: readonly ChangeType[];
  /** At most 1000, compared as the product table compares its keys. */
  readonly keys?: readonly ProductKey[];
}

/** A change found by Verify; a DELETE has neither name nor price. */
export interface QueuedChange {
  readonly changeType: ChangeType;
  readonly product: Product;
}

export interface CaptureLook {
  readonly problems: readonly CaptureProblem[];
  readonly counts: ChangeCounts;
}

export interface ChangePage {
  /** False: another window or PC holds the lock, `changes` is empty, and nothing may be sent. */
  readonly writer: boolean;
  /** Present where the triggers were looked at, or where damage kept ChangeLog from being read. */
  readonly captureProblems?: readonly CaptureProblem[];
  readonly changes: readonly Change[];
  /** DELETEs of the keys on this page, each with its key as the page spells it; read before any product is. */
  readonly deletes: readonly Change[];
  /** Present on a first page (`after` null), unless ChangeLog is there and can't be read: `captureProblems` say why. */
  readonly counts?: ChangeCounts;
}

/** One product as a read by key found it. `locked`: the shop holds it, ask again next time. */
export type ProductReading =
  | { readonly state: 'present'; readonly product: Product }
  | { readonly state: 'absent' }
  | { readonly state: 'locked' };

export interface ProductTable {
  /**
   * Products as they are now, by key; every key asked for is in the answer. The null key asks whether there is a product
   * without a ProductID. Two keys may find the same product ('abc' and 'ABC ' under a case-insensitive collation).
   */
  read(keys: readonly ProductKey[], signal: AbortSignal): Promise<ReadonlyMap<ProductKey, ProductReading>>;
  /** The next products in key order, about `limit` of them (more where keys repeat); empty at the end. Waits for locked rows. */
  readPage(after: string | null, limit: number, signal: AbortSignal): Promise<ProductPage>;
  /** Products in the table, about; 0 where they can't be counted now. */
  count(signal: AbortSignal): Promise<number>;
}

export interface ProductPage {
  readonly products: readonly Product[];
  /** The key to go on after; null: this was the last page. */
  readonly next: string | null;
}

/** The right to send for this shop: one holder in all windows and PCs. */
export interface WriterLock {
  /** True when this process holds the lock afterwards. Does not wait. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Gives it up; never rejects. */
  release(): Promise<void>;
  /** Tells that the session which may have held the lock has ended without `release`: somebody else may have it by now. */
  onDidLose(listener: () => void): { dispose(): void };
}

/** The shop's side: SQL Server. */
export interface ShopDatabase {
  readonly changeLog: ChangeLog;
  readonly products: ProductTable;
  readonly lock: WriterLock;
  /** Closes every connection (and so gives the lock up). Never rejects. */
  close(): Promise<void>;
}

/**
 * The catalogue in the Digible cloud. A call resolves once Digible has confirmed it and rejects with a CatalogueFailure
 * otherwise; it is one request, except that a 401 is cured by one new sign-in. Retrying is the engine's business.
 */
export interface Catalogue {
  /** Signs in where there is no usable token; what failed earlier is forgotten and tried once more. */
  signIn(signal: AbortSignal): Promise<void>;
  /** The product sync call: inserts or replaces 1 to 200 products, no two with the same productId. */
  sync(products: readonly SendableProduct[], signal: AbortSignal): Promise<void>;
  /** The update call. */
  update(product: SendableProduct, signal: AbortSignal): Promise<void>;
  /** Requests sent since the catalogue was made, sign-ins included. */
  readonly requests: number;
  /** Breaks off what is under way and closes idle connections. */
  close(): void;
}

/** What must outlive a run. Secrets are never part of it. */
export interface StoredState {
  /** Epoch milliseconds of the last sync that ended without an error. */
  readonly lastSync: number | null;
  readonly rejected: readonly RejectedProduct[];
  readonly unsettled: readonly UnsettledProduct[];
  readonly uploadCheckpoint: UploadCheckpoint | null;
}

export interface StateStore {
  load(): Promise<StoredState>;
  /** Atomic: a crash leaves the old state or the new one. */
  save(state: StoredState): Promise<void>;
}

/** What Digible was last confirmed to have, a hash a product: nothing that a sync depends on, and Verify compares the table with. */
export interface ConfirmedStore {
  /** Digible has confirmed this product, and nothing that is under way can undo it. Is written beside the work; never throws. */
  confirm(product: SendableProduct): void;
  /** The product is not known any more. As `confirm`. */
  forget(productId: string): void;
  /** Resolves when everything is written, or can't be; that is logged. */
  saved(): Promise<void>;
  /** Everything, also what is superseded: of each product the last record holds. Rejects with a ShopError where it can't be read. */
  records(signal: AbortSignal): AsyncIterable<readonly ConfirmedRecord[]>;
}

/** `value`: of the product as it was sent; null: it is not known any more. */
export interface ConfirmedRecord {
  readonly productId: string;
  readonly value: Hash | null;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `tick` every `ms` until disposed. */
  every(ms: number, tick: () => void): { dispose(): void };
  /** A number in [0, 1), for jitter. */
  random(): number;
}

/** One-line entries; `details` are written as key=value and never hold a secret. */
export interface Log {
  debug(message: string, details?: LogDetails): void;
  info(message: string, details?: LogDetails): void;
  warn(message: string, details?: LogDetails): void;
  error(message: string, details?: LogDetails): void;
}

export type LogDetails = Readonly<Record<string, string | number | boolean | null | undefined>>;
