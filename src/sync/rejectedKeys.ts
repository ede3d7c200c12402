import type { ProductKey, RejectedProduct } from './model';

/** Rejected products by the key that ChangeLog has; it may spell it in another way than the product table does. */
export class RejectedKeys {
  /** What ChangeLog is to be asked for. */
  readonly keys: readonly ProductKey[];
  private readonly exact = new Map<string, RejectedProduct>();
  private readonly loose = new Map<string, RejectedProduct>();

  constructor(private readonly products: readonly RejectedProduct[]) {
    this.keys = products.flatMap(({ productId }) => keysOf(productId));
    for (const product of products) {
      this.exact.set(product.productId, product);
      this.loose.set(product.productId.toLowerCase(), product);
    }
  }

  /** For a key that SQL Server said is one of theirs. Undefined: its collation goes further than what can be told here. */
  find(key: ProductKey): RejectedProduct | undefined {
    const [only, second] = this.products;
    if (second === undefined) return only;
    const id = (key ?? '').trimEnd();
    return this.exact.get(id) ?? this.loose.get(id.toLowerCase());
  }
}

/** A product without a ProductID is rejected as '', and may be logged with no key or with an empty one. */
export function keysOf(productId: string): readonly ProductKey[] {
  return productId === '' ? ['', null] : [productId];
}
