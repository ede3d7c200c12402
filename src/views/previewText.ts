import type { SyncPreview } from '../sync/preview';
import type { L10n } from '../l10n';

/** The JSON document of a preview: first in words, then exactly the requests. */
export function previewText(preview: SyncPreview, l10n: L10n): string {
  const { requests, rejections, captureProblems, counts, more } = preview;
  return JSON.stringify(
    {
      summary: summaryOf(preview, l10n),
      counts,
      requests,
      ...(more && { more: l10n.t('After these requests the sync goes on with what else is pending.') }),
      ...(rejections.length > 0 && {
        heldBack: rejections.map(({ productId, productName, reason }) => ({ productId, productName, reason })),
      }),
      ...(captureProblems.length > 0 && { captureProblems: captureProblems.map(({ message }) => message) }),
    },
    null,
    2,
  );
}

function summaryOf({ requests, rejections, counts }: SyncPreview, l10n: L10n): string {
  if (requests.length === 1) return l10n.t('The next sync would send 1 request.');
  if (requests.length > 1) return l10n.t('The next sync would send {0} requests.', requests.length);
  if (counts.pending === 0) return l10n.t('The next sync would send nothing: nothing is pending.');
  return rejections.length > 0
    ? l10n.t('The next sync would send nothing: what is pending is held back.')
    : l10n.t('The next sync would send nothing of what is pending now.');
}
