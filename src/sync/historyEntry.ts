/** A line of the history: what is kept of a run, and which runs are one line together. */
import { cancelled } from './errors';
import type { Rejection } from './model';
import type { RunResult } from './runResult';

/** What people want to know of a run; a figure that its kind of run doesn't have is 0. */
export interface HistoryCounts {
  /** Products confirmed as INSERT. */
  readonly inserted: number;
  /** Products confirmed as UPDATE. */
  readonly updated: number;
  /** Acknowledged changes that needed no request of their own. */
  readonly coalesced: number;
  /** Products confirmed by an upload. */
  readonly uploaded: number;
  readonly rejected: number;
  /** Products that were gone from the table at the end: shown, never sent. */
  readonly deleted: number;
  /** Products left because the shop held a lock on them. */
  readonly busy: number;
  /** Products left because an earlier request might still be applied. */
  readonly unsettled: number;
  /** Changes still pending at the end. */
  readonly pending: number;
  readonly requests: number;
  /** What a verify found. */
  readonly missing: number;
  readonly different: number;
  readonly gone: number;
  /** Differences that a verify wrote to ChangeLog. */
  readonly queued: number;
}

export interface HistoryEntry {
  /** Epoch milliseconds of the end; of the last one's where several runs are one entry. */
  readonly at: number;
  readonly trigger: RunResult['trigger'];
  readonly seconds: number;
  readonly counts: HistoryCounts;
  /** The first twenty. */
  readonly rejections: readonly Rejection[];
  /** What ended the run early; a cancelled upload as well. */
  readonly error: HistoryError | null;
  /** Runs in this entry. */
  readonly times: number;
  /** Epoch milliseconds of the end of the first of them. */
  readonly firstAt: number;
}

export interface HistoryError {
  /** An ErrorCode, perhaps of another version of shopMaster. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const keptRejections = 20;

const nothingCounted: HistoryCounts = {
  inserted: 0,
  updated: 0,
  coalesced: 0,
  uploaded: 0,
  rejected: 0,
  deleted: 0,
  busy: 0,
  unsettled: 0,
  pending: 0,
  requests: 0,
  missing: 0,
  different: 0,
  gone: 0,
  queued: 0,
};
const triggers: readonly unknown[] = [
  'schedule',
  'manual',
  'upload',
  'verify',
] satisfies readonly RunResult['trigger'][];
const countNames = Object.keys(nothingCounted) as (keyof HistoryCounts)[];

/** Null for a run that only watched while another window or PC wrote. */
export function entryOf(result: RunResult, at: number): HistoryEntry | null {
  const { trigger, report } = result;
  if (hasOnlyWatched(result)) return null;
  const wasCancelled = result.trigger === 'upload' && result.report.cancelled;
  const error = result.error ?? (wasCancelled ? cancelled() : null);
  return {
    at,
    trigger,
    seconds: report.seconds,
    counts: countsOf(result),
    rejections: 'rejections' in report ? report.rejections.slice(0, keptRejections) : [],
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
    times: 1,
    firstAt: at,
  };
}

/** Scheduled runs that came to the same and confirmed nothing are one line: a quiet night, or one without a connection. */
export function belongTogether(one: HistoryEntry, next: HistoryEntry): boolean {
  return (
    one.trigger === 'schedule' &&
    next.trigger === 'schedule' &&
    one.error?.code === next.error?.code &&
    one.counts.rejected === next.counts.rejected &&
    isQuiet(one) &&
    isQuiet(next)
  );
}

/** The newer one, that stands for both. */
export function together(one: HistoryEntry, next: HistoryEntry): HistoryEntry {
  return { ...next, times: one.times + next.times, firstAt: one.firstAt };
}

/** Null where the text is no entry. Figures that an older version of shopMaster did not know are 0. */
export function readEntry(text: string): HistoryEntry | null {
  let entry: (Partial<Omit<HistoryEntry, 'counts'>> & { counts?: HistoryCounts | null }) | null;
  try {
    entry = JSON.parse(text) as typeof entry;
  } catch {
    return null;
  }
  if (typeof entry?.counts !== 'object' || entry.counts === null) return null;
  const { at, trigger, seconds, rejections, error, times, firstAt } = entry;
  const counts: HistoryCounts = { ...nothingCounted, ...entry.counts };
  const numbers = [at, seconds, times, firstAt, ...countNames.map((name) => counts[name])];
  const isEntry =
    numbers.every((number) => typeof number === 'number') &&
    triggers.includes(trigger) &&
    Array.isArray(rejections) &&
    rejections.every(({ productId, reason }) => typeof productId === 'string' && typeof reason === 'string') &&
    (error === null || (typeof error?.code === 'string' && typeof error.message === 'string'));
  return isEntry ? ({ ...entry, counts } as HistoryEntry) : null;
}

function hasOnlyWatched({ report, error }: RunResult): boolean {
  const isAnother = error?.code === 'another-writer' || ('anotherWriter' in report && report.anotherWriter);
  return isAnother && !('requests' in report && report.requests > 0);
}

function countsOf({ trigger, report }: RunResult): HistoryCounts {
  if (trigger === 'upload') {
    const { products, rejected, requests } = report;
    return { ...nothingCounted, uploaded: products, rejected, requests };
  }
  if (trigger === 'verify') {
    const { missing, different, gone, queued } = report;
    return { ...nothingCounted, missing, different, gone, queued };
  }
  const { inserted, updated, coalesced, rejected, deleted, busy, unsettled, pending, requests } = report;
  return { ...nothingCounted, inserted, updated, coalesced, rejected, deleted, busy, unsettled, pending, requests };
}

function isQuiet({ counts, error }: HistoryEntry): boolean {
  return counts.inserted + counts.updated === 0 && (error !== null || counts.requests === 0);
}
