/** What the three triggers log of one statement: the rules of src/sync/sqlserver/triggers.ts. */
import type { ChangeType, Product } from '../../src/sync/model';

export interface Logged {
  readonly changeType: ChangeType;
  readonly product: Product;
}

export type TriggerEvent = 'INSERT' | 'UPDATE' | 'DELETE';

/** `deleted` and `inserted` as SQL Server fills them; the ChangeLog rows, in the order of their LogIDs. */
export function logged(
  event: TriggerEvent,
  deleted: readonly Product[],
  inserted: readonly Product[],
): readonly Logged[] {
  if (event === 'INSERT') return inserted.map((product) => ({ changeType: 'INSERT', product }));
  if (event === 'DELETE') return deleted.map((product) => ({ changeType: 'DELETE', product }));
  const before = new Map(deleted.map((product) => [product.productId, product]));
  const after = new Set(inserted.map(({ productId }) => productId));
  const gone = deleted.filter(({ productId }) => !after.has(productId));
  const changed = inserted.flatMap((product): readonly Logged[] => {
    const old = before.get(product.productId);
    if (old === undefined) return [{ changeType: 'INSERT', product }];
    const same = old.productName === product.productName && old.sellPrice === product.sellPrice;
    return same ? [] : [{ changeType: 'UPDATE', product }];
  });
  return [...gone.map((product): Logged => ({ changeType: 'DELETE', product })), ...changed];
}
