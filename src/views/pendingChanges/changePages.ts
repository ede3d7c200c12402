/** Reading the rows of a group, a page at a time. */
import type { LoggedChange, LogId, RejectedProduct } from '../../sync/model';
import { compareLogIds } from '../../sync/model';
import type { ChangeLog } from '../../sync/ports';
import { RejectedKeys } from '../../sync/rejectedKeys';
import { idOf, typeOf, type ChangeRow, type DeletedRow, type LoggedKind } from './changeGroups';

/** Rows that a group begins with, and that Show More adds. */
export const pageSize = 100;
/** Rows, or keys, that SQL Server is asked for at once. */
const mostAtOnce = 1000;
/** Reads in which nothing but hidden rows came back, after which a page ends as it is. */
const mostReads = 10;

export type ListedLog = Pick<ChangeLog, 'list'>;

/** The first rows of a group, in LogID order. */
export interface Pages {
  readonly rows: readonly (ChangeRow | DeletedRow)[];
  /** The last change read. */
  readonly after: LogId | null;
  readonly more: boolean;
}

export const noPages: Pages = { rows: [], after: null, more: true };

export interface PageRequest {
  readonly kind: LoggedKind;
  /** Rows in all that are wanted. */
  readonly wanted: number;
  /** Changes that stand elsewhere. */
  readonly hidden: ReadonlyMap<LogId, unknown>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Goes on after what is read already, until as many rows are there as are wanted, or there are no more. */
export async function readOn(
  changeLog: ListedLog,
  soFar: Pages,
  { kind, wanted, hidden, now }: PageRequest,
  signal: AbortSignal,
): Promise<Pages> {
  const rows = new Map(soFar.rows.map((row) => [idOf(row), row]));
  let { after } = soFar;
  const pages = (more: boolean): Pages => ({ rows: [...rows.values()], after, more });
  if (!soFar.more) return soFar;
  for (let reads = 0; reads < mostReads + wanted / mostAtOnce; reads++) {
    // One more than wanted tells whether there are more.
    const limit = Math.min(wanted - rows.size + 1, mostAtOnce);
    const changes = await changeLog.list({ types: [typeOf[kind]] }, after, limit, signal);
    for (const change of changes) {
      if (!hidden.has(change.logId)) {
        const row = { kind, change, readAt: now };
        const id = idOf(row);
        if (!rows.has(id) && rows.size >= wanted) return pages(true);
        rows.set(id, row);
      }
      after = change.logId;
    }
    if (changes.length < limit) return pages(false);
  }
  return pages(true);
}

/** The changes of rejected products that were refused, by LogID, each with its product; those of many products only in part. */
export async function readRefused(
  changeLog: ListedLog,
  rejected: readonly RejectedProduct[],
  signal: AbortSignal,
): Promise<ReadonlyMap<LogId, RefusedChange>> {
  const refused = new Map<LogId, RefusedChange>();
  const products = new RejectedKeys(rejected.slice(0, mostAtOnce));
  if (products.keys.length === 0) return refused;
  let after: LogId | null = null;
  for (let reads = 0; reads < mostReads; reads++) {
    const filter = { types: ['INSERT', 'UPDATE'], keys: products.keys.slice(0, mostAtOnce) } as const;
    const changes: readonly LoggedChange[] = await changeLog.list(filter, after, mostAtOnce, signal);
    for (const change of changes) {
      const product = products.find(change.key);
      if (product !== undefined && compareLogIds(change.logId, product.lastLogId) <= 0)
        refused.set(change.logId, { product, change });
    }
    after = changes.at(-1)?.logId ?? after;
    if (changes.length < mostAtOnce) break;
  }
  return refused;
}

export interface RefusedChange {
  readonly product: RejectedProduct;
  readonly change: LoggedChange;
}
