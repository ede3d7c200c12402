import type { Rejection } from '../sync/model';
import type { L10n } from '../l10n';

/** The words for what a run rejected that was not rejected `before` (ProductIDs); null where there is nothing new. */
export function rejectedNotice(
  rejections: readonly Rejection[],
  before: ReadonlySet<string>,
  l10n: L10n,
): string | null {
  const fresh = rejections.filter(({ productId }) => !before.has(productId));
  const [first] = fresh;
  if (first === undefined) return null;
  if (fresh.length > 1) return l10n.t('{0} products were rejected.', fresh.length);
  return l10n.t('The product {0} was rejected: {1}', nameOf(first), first.reason);
}

function nameOf({ productId, productName }: Rejection): string {
  return productName === null || productName.trim() === '' ? productId : productName;
}
