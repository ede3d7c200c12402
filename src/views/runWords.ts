/** What the runs that the user asks for say at their end. */
import { anotherWriter } from '../sync/errors';
import type { SyncReport, UploadReport } from '../sync/model';
import type { L10n } from '../l10n';

export interface RunWords {
  /** `quiet`: nothing to look at, the status bar says it for a moment. `rejected`: something is there to be shown. */
  readonly kind: 'quiet' | 'done' | 'rejected';
  readonly text: string;
}

export function syncedWords(report: SyncReport, l10n: L10n): RunWords {
  if (report.anotherWriter) {
    const { message, hint } = anotherWriter();
    return { kind: 'done', text: `${message} ${hint}` };
  }
  const figures = syncFigures(report, l10n);
  if (figures.length === 0)
    return { kind: 'quiet', text: l10n.t('Manual sync completed successfully, nothing was pending') };
  const text = l10n.t('Manual sync completed successfully: {0}.', listed(figures, l10n));
  return { kind: report.rejected > 0 ? 'rejected' : 'done', text };
}

export function uploadedWords(report: UploadReport, l10n: L10n): RunWords {
  const { products, rejected, cancelled } = report;
  const kind = rejected > 0 ? 'rejected' : 'done';
  if (cancelled) return { kind, text: cancelledWords(products, l10n) };
  return { kind, text: doneWords(products, rejected, l10n) };
}

function doneWords(products: number, rejected: number, l10n: L10n): string {
  if (rejected === 0)
    return products === 1 ? l10n.t('1 product was uploaded.') : l10n.t('{0} products were uploaded.', products);
  if (rejected === 1)
    return products === 1
      ? l10n.t('1 product was uploaded. 1 was rejected.')
      : l10n.t('{0} products were uploaded. 1 was rejected.', products);
  return products === 1
    ? l10n.t('1 product was uploaded. {0} were rejected.', rejected)
    : l10n.t('{0} products were uploaded. {1} were rejected.', products, rejected);
}

function cancelledWords(products: number, l10n: L10n): string {
  if (products === 0) return l10n.t('The upload was cancelled.');
  if (products === 1) return l10n.t('The upload was cancelled after 1 product. Upload Products can resume it.');
  return l10n.t('The upload was cancelled after {0} products. Upload Products can resume it.', products);
}

/** Of a sync that nobody cancelled. */
export function syncCutShortWords(l10n: L10n): RunWords {
  const text = l10n.t('The sync ended because settings or database were changed. What is pending is sent next time.');
  return { kind: 'done', text };
}

/** Of an upload that nobody cancelled. */
export function uploadCutShortWords({ products, rejected }: UploadReport, l10n: L10n): RunWords {
  const kind = rejected > 0 ? 'rejected' : 'done';
  if (products === 0) return { kind, text: l10n.t('The upload ended because settings or database were changed.') };
  const text =
    products === 1
      ? l10n.t('The upload ended after 1 product because settings or database were changed.')
      : l10n.t('The upload ended after {0} products because settings or database were changed.', products);
  return { kind, text };
}

type SyncFigures = Pick<SyncReport, 'inserted' | 'updated' | 'rejected' | 'busy' | 'unsettled' | 'pending'>;

/** What a sync came to, without what is 0: `3 inserted`, `1 rejected`. */
export function syncFigures(report: SyncFigures, l10n: L10n): readonly string[] {
  const { inserted, updated, rejected, busy, unsettled, pending } = report;
  return counted([
    [inserted, l10n.t('1 inserted'), l10n.t('{0} inserted', inserted)],
    [updated, l10n.t('1 updated'), l10n.t('{0} updated', updated)],
    [rejected, l10n.t('1 rejected'), l10n.t('{0} rejected', rejected)],
    [busy, l10n.t('1 locked by the shop'), l10n.t('{0} locked by the shop', busy)],
    [unsettled, l10n.t('1 not yet certain'), l10n.t('{0} not yet certain', unsettled)],
    [pending, l10n.t('1 still pending'), l10n.t('{0} still pending', pending)],
  ]);
}

/** The figures that are not 0, each in the words for one or for more. */
export function counted(figures: readonly (readonly [count: number, one: string, more: string])[]): readonly string[] {
  return figures.filter(([count]) => count > 0).map(([count, one, more]) => (count === 1 ? one : more));
}

/** As a list; how two of it stand side by side is up to the translation. At least one figure. */
export function listed(figures: readonly string[], l10n: L10n): string {
  return figures.reduce((list, figure) => l10n.t('{0}, {1}', list, figure));
}
