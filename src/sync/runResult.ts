/** What a run comes to. */
import { CatalogueFailure } from './catalogueFailure';
import { cancelled, ShopError } from './errors';
import type { SyncReport, UploadReport, VerifyReport } from './model';

/** `error` is null where the run went through. */
export type RunResult =
  | { readonly trigger: 'schedule' | 'manual'; readonly report: SyncReport; readonly error: ShopError | null }
  | { readonly trigger: 'upload'; readonly report: UploadReport; readonly error: ShopError | null }
  | { readonly trigger: 'verify'; readonly report: VerifyReport; readonly error: ShopError | null };

/** The report of a sync that failed before it began. */
export const nothingSynced: SyncReport = {
  inserted: 0,
  updated: 0,
  coalesced: 0,
  rejected: 0,
  deleted: 0,
  busy: 0,
  unsettled: 0,
  pending: 0,
  requests: 0,
  seconds: 0,
  rejections: [],
  captureProblems: [],
  anotherWriter: false,
};

/** The report of an upload that failed before it began. */
export const nothingUploaded: UploadReport = {
  products: 0,
  batches: 0,
  requests: 0,
  rejected: 0,
  seconds: 0,
  rejections: [],
  cancelled: false,
};

/** The report of a verify that failed before it began. */
export const nothingVerified: VerifyReport = {
  products: 0,
  missing: 0,
  different: 0,
  gone: 0,
  notSendable: 0,
  pending: 0,
  busy: 0,
  known: 0,
  queued: 0,
  seconds: 0,
  differences: [],
  captureProblems: [],
};

/** Products that a verify found to differ. */
export function differencesIn({
  missing,
  different,
  gone,
}: Pick<VerifyReport, 'missing' | 'different' | 'gone'>): number {
  return missing + different + gone;
}

/** @param signal what it was aborted for is no failure but the cancel itself, unless it was for one */
export function asShopError(failure: Error, signal: AbortSignal): ShopError {
  const reason = failureBehind(signal);
  if (reason !== null) return reason;
  if (failure instanceof ShopError) return failure;
  if (failure instanceof CatalogueFailure) return failure.error;
  const isReason = failure === signal.reason || failure.cause === signal.reason;
  if (signal.aborted && isReason) return cancelled(failure);
  const message = `Something unexpected went wrong: ${failure.message}`;
  return new ShopError('internal', message, 'See the log for more, and sync again.', { cause: failure });
}

/** Null where the signal was aborted for no failure: somebody has cancelled. */
export function failureBehind({ reason }: AbortSignal): ShopError | null {
  return reason instanceof ShopError && reason.code !== 'cancelled' ? reason : null;
}
