/** What the runs that the user asks for say at their end. */
import { anotherWriter } from '../sync/errors';
import type { SyncReport, UploadReport } from '../sync/model';
import type { L10n } from './l10n';

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
  const text = l10n.t('Manual sync completed successfully: {0}.', figures.join(', '));
  return { kind: report.rejected > 0 ? 'rejected' : 'done', text };
}

export function uploadedWords(report: UploadReport, l10n: L10n): RunWords {
  const { products, rejected, cancelled } = report;
  const kind = rejected > 0 ? 'rejected' : 'done';
  if (cancelled) return { kind, text: cancelledWords(products, l10n) };
  const uploaded = products === 1 ? l10n.t('1 product was uploaded.') : l10n.t('{0} products were uploaded.', products);
  if (rejected === 0) return { kind, text: uploaded };
  const refused = rejected === 1 ? l10n.t('1 was rejected.') : l10n.t('{0} were rejected.', rejected);
  return { kind, text: `${uploaded} ${refused}` };
}

function cancelledWords(products: number, l10n: L10n): string {
  if (products === 0) return l10n.t('The upload was cancelled.');
  if (products === 1) return l10n.t('The upload was cancelled after 1 product. Upload Products can resume it.');
  return l10n.t('The upload was cancelled after {0} products. Upload Products can resume it.', products);
}

type SyncFigures = Pick<SyncReport, 'inserted' | 'updated' | 'rejected' | 'busy' | 'unsettled' | 'pending'>;

/** What a sync came to, without what is 0: `3 inserted`, `1 rejected`. */
export function syncFigures(report: SyncFigures, l10n: L10n): readonly string[] {
  const { inserted, updated, rejected, busy, unsettled, pending } = report;
  return [
    ...(inserted > 0 ? [l10n.t('{0} inserted', inserted)] : []),
    ...(updated > 0 ? [l10n.t('{0} updated', updated)] : []),
    ...(rejected > 0 ? [l10n.t('{0} rejected', rejected)] : []),
    ...(busy > 0 ? [l10n.t('{0} locked by the shop', busy)] : []),
    ...(unsettled > 0 ? [l10n.t('{0} not yet certain', unsettled)] : []),
    ...(pending > 0 ? [l10n.t('{0} still pending', pending)] : []),
  ];
}
