import type { Change, ChangeType, LogId, LoggedValues, Product, ProductKey } from '../../src/sync/model';

export interface Values {
  readonly productName?: string | null;
  readonly sellPrice?: string | null;
}

export interface Row {
  readonly key: ProductKey;
  values: Required<Values>;
  heldBy: Transaction | null;
}

export interface LogRow {
  readonly logId: LogId;
  changeType: ChangeType;
  readonly key: ProductKey;
  readonly values: LoggedValues;
  heldBy: Transaction | null;
}

export type Call =
  | 'readPage'
  | 'peekPage'
  | 'acknowledge'
  | 'markDeleted'
  | 'newestDeleted'
  | 'clearDeleted'
  | 'count'
  | 'look'
  | 'list'
  | 'changed'
  | 'queue'
  | 'read'
  | 'readProducts'
  | 'acquire'
  | 'release';

/** A write of the shop that is not committed yet: its ChangeLog rows and products are held, as row locks do. */
export interface Transaction {
  insert(key: ProductKey, values?: Values): void;
  update(key: ProductKey, values: Values): void;
  delete(key: ProductKey): void;
  commit(): void;
  rollback(): void;
}

export function isPending({ changeType }: { readonly changeType: ChangeType }): boolean {
  return changeType !== 'DELETE';
}

export function toChange({ logId, changeType, key }: LogRow): Change {
  return { logId, changeType, key };
}

export function productOf({ key, values }: Row): Product {
  return { productId: (key ?? '').trimEnd(), ...values };
}

export function named(key: ProductKey, values: Values): Required<Values> {
  return { productName: `Product ${String(key)}`, sellPrice: '1.00', ...values };
}
