/** What a person decides about changes and rejected products. */
import { looseSpelling } from './coalesce';
import type { EngineState } from './engineState';
import { anotherWriter, ShopError, toError } from './errors';
import { HashTable } from './hashTable';
import { inParts } from './inParts';
import { compareLogIds } from './model';
import type { Change, Dismissal, LogId, ProductKey, RejectedProduct } from './model';
import type { ChangeFilter, ChangeLog, ConfirmedStore, Log, ShopDatabase } from './ports';
import { keyHash } from './productHash';
import { keysOf, RejectedKeys } from './rejectedKeys';
import type { Rejections } from './rejections';
import type { ShopMemory } from './shopMemory';

export type Decision = (changeLog: ChangeLog, rejections: Rejections, signal: AbortSignal) => Promise<void>;

/** Products asked for at once, and rows listed at once. */
const productsAtOnce = 500;
const rowsAtOnce = 1000;

export interface DecisionParts {
  readonly database: Pick<ShopDatabase, 'changeLog' | 'lock'>;
  readonly memory: ShopMemory;
  readonly log: Log;
}

/** `counts`: as they are afterwards, null where nobody knows. */
export interface DecisionOutcome {
  readonly counts: EngineState['counts'];
  readonly failure: Error | null;
}

/** Takes the writer lock, because another writer would not hear of the decision; who calls this gives it up again. Never rejects. */
export async function carryOut(
  decision: Decision,
  { database, memory, log }: DecisionParts,
  signal: AbortSignal,
): Promise<DecisionOutcome> {
  const { changeLog, lock } = database;
  let rejections: Rejections;
  try {
    if (!(await lock.acquire(signal))) {
      // The state belongs to whoever writes.
      memory.yieldToWriter();
      throw anotherWriter();
    }
    ({ rejections } = await memory.load());
  } catch (caught) {
    return { counts: null, failure: toError(caught) };
  }
  const failure = await decision(changeLog, rejections, signal).then(() => null, toError);
  memory.save();
  await memory.saved();
  const counts = await changeLog.count(signal).catch((caught: unknown) => {
    log.debug('pending changes could not be counted', { error: toError(caught).message });
    return null;
  });
  return { counts: counts && { ...counts, rejected: rejections.all.length }, failure };
}

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

/** What was refused of these products is never to be sent again; changes that came in later are. */
export function discardingRejected(productIds: readonly string[]): Decision {
  const chosen = new Set(productIds);
  return async (changeLog, rejections, signal) => {
    const rejected = rejections.all.filter(({ productId }) => chosen.has(productId));
    for (const part of inParts(rejected, productsAtOnce)) {
      const refused = await refusedOf(changeLog, part, signal);
      await changeLog.acknowledge([...new Set(refused)], signal);
    }
    await forgetSettled(changeLog, rejections, signal);
  };
}

/** These DELETEs, or all that are there by now, were seen: a verify does not find these products gone once more. */
export function dismissing(confirmed: ConfirmedStore, dismissal?: Dismissal): Decision {
  return async (changeLog, _rejections, signal) => {
    const through = dismissal?.through ?? (await changeLog.newestDeleted(signal));
    if (through === null) return;
    const seen = { through, ...(dismissal?.keys !== undefined && { keys: dismissal.keys }) };
    await forgetDeleted(confirmed, changeLog, deletedKeys(changeLog, seen, signal), signal);
    await changeLog.clearDeleted(seen, signal);
  };
}

/**
 * What was confirmed is spelled as the product table spelled it, and ChangeLog may spell it in another way. Which of the spellings that
 * may be one of these keys are one is for SQL Server to say. Memory holds 17 bytes a slot of a hash table, and no keys.
 */
async function forgetDeleted(
  confirmed: ConfirmedStore,
  changeLog: ChangeLog,
  keys: AsyncIterable<ProductKey>,
  signal: AbortSignal,
): Promise<void> {
  const deleted = new HashTable();
  for await (const key of keys) {
    const spelling = keyHash(looseSpelling(key));
    if (key !== null) deleted.set(spelling, spelling);
  }
  if (deleted.size === 0) return;
  const mayBeDeleted = new Set<string>();
  const forget = async (): Promise<void> => {
    for (const productId of await changeLog.changed([...mayBeDeleted], ['DELETE'], signal)) confirmed.forget(productId);
    mayBeDeleted.clear();
  };
  try {
    for await (const records of confirmed.records(signal))
      for (const { productId, value } of records) {
        if (value === null || deleted.compare(keyHash(looseSpelling(productId)), null) === 'absent') continue;
        mayBeDeleted.add(productId);
        if (mayBeDeleted.size === productsAtOnce) await forget();
      }
  } catch (failure) {
    // No verify can read it either, and says so.
    if (!(failure instanceof ShopError) || failure.code !== 'state-unreadable') throw failure;
  }
  if (mayBeDeleted.size > 0) await forget();
  await confirmed.saved();
}

/** The pending changes that were refused. */
async function refusedOf(
  changeLog: ChangeLog,
  rejected: readonly RejectedProduct[],
  signal: AbortSignal,
): Promise<readonly LogId[]> {
  const products = new RejectedKeys(rejected);
  const refused: LogId[] = [];
  for await (const { key, logId } of pendingChanges(changeLog, products.keys, signal)) {
    const product = products.find(key);
    if (product === undefined) return refusedOfEach(changeLog, rejected, signal);
    if (compareLogIds(logId, product.lastLogId) <= 0) refused.push(logId);
  }
  return refused;
}

/** Where a spelling leaves it open which product a change is of, each half of them is asked for on its own, down to a single one. */
async function refusedOfEach(
  changeLog: ChangeLog,
  rejected: readonly RejectedProduct[],
  signal: AbortSignal,
): Promise<readonly LogId[]> {
  const middle = Math.ceil(rejected.length / 2);
  const first = await refusedOf(changeLog, rejected.slice(0, middle), signal);
  return [...first, ...(await refusedOf(changeLog, rejected.slice(middle), signal))];
}

/** Forgets the rejections of products that have no pending change any more. */
async function forgetSettled(changeLog: ChangeLog, rejections: Rejections, signal: AbortSignal): Promise<void> {
  const rejected = rejections.all.map(({ productId }) => productId);
  for (const productIds of inParts(rejected, productsAtOnce)) {
    const pending = await pendingAmong(changeLog, productIds, signal);
    for (const productId of productIds) if (!pending.has(looseSpelling(productId))) rejections.forget(productId);
  }
}

/** Loose spellings. A rejection that stays because of a looseness is dropped by the next sync that sees all of ChangeLog. */
async function pendingAmong(
  changeLog: ChangeLog,
  productIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const pending = new Set<string>();
  for await (const { key } of pendingChanges(changeLog, productIds.flatMap(keysOf), signal))
    pending.add(looseSpelling(key ?? ''));
  return pending;
}

function pendingChanges(
  changeLog: ChangeLog,
  keys: readonly ProductKey[],
  signal: AbortSignal,
): AsyncGenerator<Change> {
  return changes(changeLog, { types: ['INSERT', 'UPDATE'], keys }, signal);
}

async function* deletedKeys(
  changeLog: ChangeLog,
  { through, keys }: Dismissal,
  signal: AbortSignal,
): AsyncGenerator<ProductKey> {
  const parts = keys === undefined ? [{}] : inParts(keys, productsAtOnce).map((part) => ({ keys: part }));
  for (const part of parts)
    for await (const { key, logId } of changes(changeLog, { types: ['DELETE'], ...part }, signal)) {
      if (compareLogIds(logId, through) > 0) break;
      yield key;
    }
}

async function* changes(changeLog: ChangeLog, filter: ChangeFilter, signal: AbortSignal): AsyncGenerator<Change> {
  for (let after: LogId | null = null; ;) {
    const page: readonly Change[] = await changeLog.list(filter, after, rowsAtOnce, signal);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < rowsAtOnce) return;
    after = last.logId;
  }
}
