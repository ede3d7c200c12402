/** What a person decides about changes and rejected products. */
import type { LogId, ProductKey } from './model';
import type { ChangeLog } from './ports';
import type { Rejections } from './rejections';

export type Decision = (changeLog: ChangeLog, rejections: Rejections, signal: AbortSignal) => Promise<void>;

/** Keys asked for at once, and rows listed at once. */
const pageSize = 1000;

/** These rejected products, or all, are due at once. */
export function retrying(productIds?: readonly string[]): Decision {
  return (_changeLog, rejections) => {
    rejections.retry(productIds);
    return Promise.resolve();
  };
}

/** These changes are never to be sent. */
export function discarding(logIds: readonly LogId[]): Decision {
  return async (changeLog, rejections, signal) => {
    await changeLog.acknowledge(logIds, signal);
    await forgetSettled(changeLog, rejections, signal);
  };
}

/** These DELETEs, or all, were seen. */
export function dismissing(logIds?: readonly LogId[]): Decision {
  return (changeLog, _rejections, signal) =>
    logIds === undefined ? changeLog.clearDeleted(signal) : changeLog.acknowledge(logIds, signal);
}

/** Forgets the rejections of products that have no pending change any more. */
async function forgetSettled(changeLog: ChangeLog, rejections: Rejections, signal: AbortSignal): Promise<void> {
  const rejected = rejections.all.map(({ productId }) => productId);
  for (let at = 0; at < rejected.length; at += pageSize) {
    const productIds = rejected.slice(at, at + pageSize);
    const pending = await pendingAmong(changeLog, productIds, signal);
    for (const productId of productIds) if (!pending.has(looseSpelling(productId))) rejections.forget(productId);
  }
}

/** Only the database knows which spellings are one product: a rejection that stays for that is dropped after the next full sync. */
async function pendingAmong(
  changeLog: ChangeLog,
  keys: readonly ProductKey[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const pending = new Set<string>();
  for (let after: LogId | null = null; ;) {
    const page = await changeLog.list({ types: ['INSERT', 'UPDATE'], keys }, after, pageSize, signal);
    for (const { key } of page) pending.add(looseSpelling(key));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return pending;
    after = last.logId;
  }
}

function looseSpelling(key: ProductKey): string {
  return (key ?? '').trimEnd().toLowerCase();
}
