/** What the tree shows of ChangeLog: four groups, and the rows in them. */
import type { ChangeCounts, ChangeType, LoggedChange, RejectedProduct } from '../../sync/model';

/** In the order in which they are shown. */
export const groupKinds = ['new', 'changed', 'rejected', 'deleted'] as const;
export type GroupKind = (typeof groupKinds)[number];
/** Groups whose rows are read from ChangeLog; the engine knows the rejected products by heart. */
export type LoggedKind = Exclude<GroupKind, 'rejected'>;

export interface ChangeRow {
  readonly kind: 'new' | 'changed';
  readonly change: LoggedChange;
  /** Epoch milliseconds: when the change was `ageSeconds` old. */
  readonly readAt: number;
}

export interface RejectedRow {
  readonly kind: 'rejected';
  readonly product: RejectedProduct;
  /** The newest of its changes that were refused; null where it is not known any more. */
  readonly change: LoggedChange | null;
  readonly readAt: number;
}

/** A product that is gone, whether it was deleted once or more often. */
export interface DeletedRow {
  readonly kind: 'deleted';
  /** The newest DELETE that is read. */
  readonly change: LoggedChange;
  readonly readAt: number;
}

export type Row = ChangeRow | RejectedRow | DeletedRow;

export const typeOf: Readonly<Record<LoggedKind, ChangeType>> = { new: 'INSERT', changed: 'UPDATE', deleted: 'DELETE' };
/** Rows of any other type are somebody else's. */
export const shownTypes: readonly ChangeType[] = Object.values(typeOf);

/** The same row before and after a refresh has the same id; no two rows share one. */
export function idOf(row: Row): string {
  if (row.kind === 'rejected') return `rejected:${row.product.productId}`;
  if (row.kind === 'deleted' && row.change.key !== null) return `deleted:${row.change.key}`;
  return `${row.kind}#${row.change.logId}`;
}

/** Null where the product has none. */
export function productIdOf(row: Row): string | null {
  const id = row.kind === 'rejected' ? row.product.productId : (row.change.key ?? '').trimEnd();
  return id === '' ? null : id;
}

/** How many rows ChangeLog holds for a group, less the changes that stand under Rejected. */
export function countedOf(kind: LoggedKind, counts: ChangeCounts, refused: Iterable<LoggedChange>): number {
  if (kind === 'deleted') return counts.deleted;
  let hidden = 0;
  for (const { changeType } of refused) if (changeType === typeOf[kind]) hidden += 1;
  return Math.max(0, (kind === 'new' ? counts.inserts : counts.updates) - hidden);
}

export function isSameCount(one: ChangeCounts, other: ChangeCounts): boolean {
  return one.inserts === other.inserts && one.updates === other.updates && one.deleted === other.deleted;
}
