/** The glossary of PRODUCT.md as types. */

/** A ChangeLog row's number, as decimal digits: BIGINT does not fit a JavaScript number. */
export type LogId = string;

export type ChangeType = 'INSERT' | 'UPDATE' | 'DELETE';

/** A product's key as text, in the form ChangeLog holds it; `null` where the shop's row has none. */
export type ProductKey = string | null;

/** What a sync needs of a ChangeLog row. */
export interface Change {
  readonly logId: LogId;
  readonly changeType: ChangeType;
  readonly key: ProductKey;
}

/** The values that a trigger copied when a change happened. */
export interface LoggedValues {
  readonly productName: string | null;
  /** Decimal digits, or null where the price did not fit. */
  readonly sellPrice: string | null;
  readonly qrCode: string | null;
  readonly status: string | null;
}

/** A ChangeLog row as people see it. */
export interface LoggedChange extends Change, LoggedValues {
  /** Seconds since the change, by the server's clock. */
  readonly ageSeconds: number;
  /** Of an UPDATE, the same product's change just before; null where ChangeLog has none any more, or only one far before. */
  readonly previous: LoggedValues | null;
}

/** A row of the product table as it is now. */
export interface Product {
  /** The key as text; blanks at the end of a CHAR key are not part of it. */
  readonly productId: string;
  readonly productName: string | null;
  /** The exact decimal digits that SQL Server holds, e.g. `12.50`. */
  readonly sellPrice: string | null;
}

/** A product that has all that Digible wants. */
export interface SendableProduct extends Product {
  readonly productName: string;
  readonly sellPrice: string;
}

/** Why a product can't be sent, or why Digible refused it. */
export interface Rejection {
  readonly productId: string;
  readonly productName: string | null;
  /** A sentence: Digible's own words, or ours for a product without a name or price. */
  readonly reason: string;
}

/** A rejection that outlives its run. */
export interface RejectedProduct extends Rejection {
  /** The newest change that was refused; a newer one is tried at once. */
  readonly lastLogId: LogId;
  /** The values that were refused; other ones are tried at once. */
  readonly sellPrice: string | null;
  readonly tries: number;
  /** Epoch milliseconds. */
  readonly nextTryAt: number;
}

/** A product that a request with an unknown outcome may still change. */
export interface UnsettledProduct {
  readonly productId: string;
  /** Epoch milliseconds; from then on it may not. */
  readonly until: number;
}

/** What is wrong with the capture of changes; the empty list is healthy. */
export interface CaptureProblem {
  readonly kind:
    | 'trigger missing'
    | 'trigger disabled'
    | 'trigger altered'
    | 'trigger on another table'
    | 'columns changed'
    | 'triggers not visible'
    | 'change log missing'
    | 'change log altered'
    | 'owners differ'
    | 'nested triggers off';
  /** A sentence that names the trigger and what to do. */
  readonly message: string;
}

/** A login's rights and the server's options are for somebody else to put right. */
export const beyondRepair: ReadonlySet<CaptureProblem['kind']> = new Set([
  'triggers not visible',
  'nested triggers off',
]);

export interface ChangeCounts {
  /** INSERTs and UPDATEs not yet acknowledged: the sum of the next two. */
  readonly pending: number;
  readonly inserts: number;
  readonly updates: number;
  /** Products that are gone, shown and never sent. */
  readonly deleted: number;
}

export interface SyncReport {
  /** Products confirmed as INSERT. */
  readonly inserted: number;
  /** Products confirmed as UPDATE. */
  readonly updated: number;
  /** Acknowledged changes that needed no request of their own, because a product is sent once whatever its changes. */
  readonly coalesced: number;
  /** Products now rejected. */
  readonly rejected: number;
  /** Products that are gone from the table: shown until dismissed, never sent. */
  readonly deleted: number;
  /** Products left for the next sync because the shop holds a lock on them. */
  readonly busy: number;
  /** Products left for a later sync because an earlier request with an unknown outcome might still be applied. */
  readonly unsettled: number;
  /** Changes still pending at the end. */
  readonly pending: number;
  readonly requests: number;
  readonly seconds: number;
  readonly rejections: readonly Rejection[];
  readonly captureProblems: readonly CaptureProblem[];
  /** Another window or PC syncs this shop; this run only looked. */
  readonly anotherWriter: boolean;
}

export interface UploadReport {
  /** Products confirmed by Digible. */
  readonly products: number;
  readonly batches: number;
  readonly requests: number;
  readonly rejected: number;
  readonly seconds: number;
  /** The first hundred of the rejected. */
  readonly rejections: readonly Rejection[];
  /** True when a cancel ended it early; it can be resumed. */
  readonly cancelled: boolean;
}

/** A product that is not as it was confirmed. */
export interface Difference {
  /**
   * `missing`: in the table, and never confirmed on this computer. `different`: another name or price was confirmed. `gone`: confirmed,
   * and no longer in the table.
   */
  readonly kind: 'missing' | 'different' | 'gone';
  readonly productId: string;
  /** As the table has it; null where it is gone. */
  readonly productName: string | null;
}

export interface VerifyReport {
  /** Products in the table. */
  readonly products: number;
  readonly missing: number;
  readonly different: number;
  readonly gone: number;
  /** Products without a name or price, or without a key: nothing could be sent for them. */
  readonly notSendable: number;
  /** Products that are not as they were confirmed, with a change pending for them: the next sync sends them anyway. */
  readonly pending: number;
  /** Products that may be gone, left out because the shop held a lock on their key. */
  readonly busy: number;
  /** Products that were confirmed on this computer; 0: nothing is known here, and every product is missing. */
  readonly known: number;
  /** Differences that went to ChangeLog. */
  readonly queued: number;
  readonly seconds: number;
  /** The first hundred of each kind. */
  readonly differences: readonly Difference[];
  readonly captureProblems: readonly CaptureProblem[];
}

export interface Progress {
  readonly activity: 'sync' | 'upload' | 'verify';
  /** Products confirmed so far, or compared. */
  readonly done: number;
  /** Products in all, as far as it is known. */
  readonly total: number;
}

/** Where an upload can go on: everything up to and including this key is confirmed. */
export interface UploadCheckpoint {
  readonly afterKey: string;
  readonly products: number;
}

/** Which DELETEs were seen. */
export interface Dismissal {
  /** The newest of them; later ones stay. */
  readonly through: LogId;
  /** Of these products, however often each was deleted; without it, of all. */
  readonly keys?: readonly ProductKey[];
}

/** As numbers compare; both are decimal digits without leading zeros, perhaps with a minus sign. */
export function compareLogIds(a: LogId, b: LogId): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
