/** Pending changes -> one action per product. Pure: what the database said goes in, what is to be done comes out. */
import type { Change, LogId, Product, ProductKey, SendableProduct } from './model';
import type { ProductReading } from './ports';

/** The changes of one key, as ChangeLog spells it. */
export interface KeyedChanges {
  readonly key: ProductKey;
  /** INSERTs and UPDATEs, in LogID order. */
  readonly pending: readonly LogId[];
  /** DELETEs. */
  readonly deletes: readonly LogId[];
  readonly hasInsert: boolean;
}

export type Action =
  | {
      readonly kind: 'send';
      readonly as: 'INSERT' | 'UPDATE';
      readonly product: SendableProduct;
      /** Every change read for it, acknowledged once it is confirmed. */
      readonly logIds: readonly LogId[];
      /** Those of them that count as pending. */
      readonly pending: readonly LogId[];
    }
  | {
      /** The product lacks something that Digible needs. */
      readonly kind: 'reject';
      readonly product: Product;
      readonly reason: string;
      readonly pending: readonly LogId[];
    }
  | {
      /** The product is gone: its changes are acknowledged, and it is shown as deleted. */
      readonly kind: 'deleted';
      readonly pending: readonly LogId[];
      /** False: one of them must become the DELETE that nobody logged. */
      readonly deleteLogged: boolean;
    }
  | {
      /** The shop holds a lock on the product: nothing is known, so nothing is done. */
      readonly kind: 'leave';
      readonly key: ProductKey;
      readonly pending: readonly LogId[];
    };

/** Changes by key, in the order in which the keys first appear; spellings that may be one product stand side by side. */
export function groupByKey(changes: readonly Change[], deletes: readonly Change[]): KeyedChanges[] {
  const groups = new Map<ProductKey, { pending: LogId[]; deletes: LogId[]; hasInsert: boolean }>();
  const spellings = new Map<string, ProductKey[]>();
  for (const change of changes) {
    let group = groups.get(change.key);
    if (group === undefined) {
      group = { pending: [], deletes: [], hasInsert: false };
      groups.set(change.key, group);
      const loose = looseSpelling(change.key);
      const together = spellings.get(loose);
      if (together === undefined) spellings.set(loose, [change.key]);
      else together.push(change.key);
    }
    group.pending.push(change.logId);
    group.hasInsert ||= change.changeType === 'INSERT';
  }
  for (const change of deletes) groups.get(change.key)?.deletes.push(change.logId);
  return [...spellings.values()].flat().flatMap((key) => {
    const group = groups.get(key);
    return group === undefined ? [] : [{ key, ...group }];
  });
}

/** Only a hint; which keys are one product is for SQL Server to say. */
export function looseSpelling(key: ProductKey): string {
  return key === null ? '' : `=${key.trimEnd().toLowerCase()}`;
}

/** One action for each product found behind the keys (two keys may find the same one), capture.md's table. */
export function coalesce(
  groups: readonly KeyedChanges[],
  readings: ReadonlyMap<ProductKey, ProductReading>,
): readonly Action[] {
  const actions: Action[] = [];
  const present = new Map<string, { product: Product; pending: LogId[]; deletes: LogId[]; hasInsert: boolean }>();
  for (const group of groups) {
    const reading = readings.get(group.key);
    if (reading === undefined || reading.state === 'locked') {
      actions.push({ kind: 'leave', key: group.key, pending: group.pending });
    } else if (reading.state === 'absent') {
      actions.push({ kind: 'deleted', pending: group.pending, deleteLogged: group.deletes.length > 0 });
    } else {
      const { product } = reading;
      const merged = present.get(product.productId);
      if (merged === undefined) {
        present.set(product.productId, {
          product,
          pending: [...group.pending],
          deletes: [...group.deletes],
          hasInsert: group.hasInsert,
        });
      } else {
        merged.pending.push(...group.pending);
        merged.deletes.push(...group.deletes);
        merged.hasInsert ||= group.hasInsert;
      }
    }
  }
  for (const { product, pending, deletes, hasInsert } of present.values()) {
    const reason = whyNotSendable(product);
    actions.push(
      isSendable(product)
        ? { kind: 'send', as: hasInsert ? 'INSERT' : 'UPDATE', product, logIds: [...pending, ...deletes], pending }
        : { kind: 'reject', product, reason, pending },
    );
  }
  return actions;
}

export function isSendable(product: Product): product is SendableProduct {
  return whyNotSendable(product) === '';
}

/** Empty where nothing is wrong. */
export function whyNotSendable(product: Product): string {
  if (product.productId === '') return 'This product has no ProductID.';
  if (product.productName === null || product.productName.trim() === '') return 'This product has no ProductName.';
  if (product.sellPrice === null) return 'This product has no SellPrice.';
  return '';
}
