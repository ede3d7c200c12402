/** What the history says of a run. */
import type { HistoryEntry } from '../../sync/historyEntry';
import type { Rejection } from '../../sync/model';
import { differencesIn } from '../../sync/runResult';
import type { L10n } from '../../l10n';
import { listed, syncFigures } from '../runWords';
import { verifyFigures } from '../verify/verifyWords';
import { duration, localTime, timeOfRun } from '../times';

export type Outcome = 'failed' | 'cancelled' | 'rejected' | 'differs' | 'sent' | 'quiet';

export interface RunText {
  readonly label: string;
  readonly description: string;
  readonly outcome: Outcome;
}

/** A line below a run. */
export interface DetailText {
  readonly kind: 'figure' | 'error' | 'rejection';
  readonly label: string;
  readonly description: string;
}

/** `now`: epoch milliseconds; runs of today need no date. */
export function runText(entry: HistoryEntry, now: number, l10n: L10n): RunText {
  const outcome = outcomeOf(entry);
  const time = timeOfRun(entry.at, now);
  const took = duration(entry.seconds, l10n);
  const what = whatHappened(entry, outcome, l10n);
  const description =
    entry.times > 1
      ? l10n.t('{0} · {1} times since {2}', what, entry.times, timeOfRun(entry.firstAt, now))
      : l10n.t('{0} · {1}', what, took);
  return { label: labelOf(entry, time, l10n), description, outcome };
}

export function detailTexts(entry: HistoryEntry, l10n: L10n): readonly DetailText[] {
  const { error, rejections, counts } = entry;
  const unlisted = counts.rejected - rejections.length;
  return [
    ...(error === null ? [] : [{ kind: 'error', label: error.message, description: error.hint } as const]),
    ...figures(entry, l10n).map(([label, description]) => ({ kind: 'figure', label, description }) as const),
    ...rejections.map(rejectionText),
    ...(unlisted > 0 && rejections.length > 0
      ? [{ kind: 'rejection', label: l10n.t('and {0} more', unlisted), description: '' } as const]
      : []),
  ];
}

function labelOf({ trigger }: HistoryEntry, time: string, l10n: L10n): string {
  switch (trigger) {
    case 'schedule':
      return l10n.t('{0} Scheduled', time);
    case 'manual':
      return l10n.t('{0} Manual', time);
    case 'upload':
      return l10n.t('{0} Upload', time);
    case 'verify':
      return l10n.t('{0} Verify', time);
  }
}

function outcomeOf({ error, counts }: HistoryEntry): Outcome {
  if (error !== null) return error.code === 'cancelled' ? 'cancelled' : 'failed';
  if (counts.rejected > 0) return 'rejected';
  if (differencesIn(counts) > 0) return 'differs';
  return counts.inserted + counts.updated + counts.uploaded > 0 ? 'sent' : 'quiet';
}

function whatHappened({ trigger, counts, error }: HistoryEntry, outcome: Outcome, l10n: L10n): string {
  if (outcome === 'failed') return error?.message ?? '';
  const figuresOfRun = [
    ...(outcome === 'cancelled' ? [l10n.t('cancelled')] : []),
    ...(trigger === 'upload'
      ? [counts.uploaded === 1 ? l10n.t('1 uploaded') : l10n.t('{0} uploaded', counts.uploaded)]
      : []),
    ...syncFigures(counts, l10n),
    ...verifyFigures(counts, l10n),
  ];
  if (figuresOfRun.length > 0) return listed(figuresOfRun, l10n);
  return trigger === 'verify' ? l10n.t('no difference') : l10n.t('nothing was pending');
}

/** Name and value, without what is 0 and goes without saying. */
function figures(entry: HistoryEntry, l10n: L10n): readonly (readonly [name: string, value: string])[] {
  const { counts, times, firstAt, seconds } = entry;
  const counted: readonly (readonly [name: string, value: number])[] = [
    [l10n.t('Uploaded'), counts.uploaded],
    [l10n.t('Inserted'), counts.inserted],
    [l10n.t('Updated'), counts.updated],
    [l10n.t('Coalesced'), counts.coalesced],
    [l10n.t('Rejected'), counts.rejected],
    [l10n.t('Deleted (not sent)'), counts.deleted],
    [l10n.t('Locked by the shop'), counts.busy],
    [l10n.t('Not yet certain'), counts.unsettled],
    [l10n.t('Still pending'), counts.pending],
    [l10n.t('Requests'), counts.requests],
    [l10n.t('Missing in the catalogue'), counts.missing],
    [l10n.t('Different in the catalogue'), counts.different],
    [l10n.t('Gone from the table'), counts.gone],
    [l10n.t('Written to ChangeLog'), counts.queued],
  ];
  return [
    ...counted.filter(([, value]) => value > 0).map(([name, value]) => [name, String(value)] as const),
    [l10n.t('Duration'), duration(seconds, l10n)] as const,
    [l10n.t('Ended'), localTime(entry.at)] as const,
    ...(times > 1 ? [[l10n.t('Times'), l10n.t('{0} since {1}', times, localTime(firstAt))] as const] : []),
  ];
}

function rejectionText({ productId, productName, reason }: Rejection): DetailText {
  const hasName = productName !== null && productName.trim() !== '';
  return { kind: 'rejection', label: hasName ? `${productId} ${productName}` : productId, description: reason };
}
