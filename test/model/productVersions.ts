import type { Product } from '../../src/sync/model';

/** What a commit left of a product; null: it is gone. */
interface Version {
  readonly commit: number;
  readonly product: Product | null;
}

/** Keys are compared as under a case-insensitive collation. */
export type CollatedKey = string;

export function collated(key: string): CollatedKey {
  return key.toLowerCase();
}

/** Every state that a product has ever been committed in, so that what was sent can be told to be older or newer than a change. */
export class ProductVersions {
  private readonly byKey = new Map<CollatedKey, Version[]>();
  private commits = 0;

  /** Returns the number of this commit; the first is 1. */
  commit(products: ReadonlyMap<CollatedKey, Product | null>): number {
    this.commits += 1;
    for (const [key, product] of products) {
      const versions = this.byKey.get(key);
      const version = { commit: this.commits, product };
      if (versions === undefined) this.byKey.set(key, [version]);
      else versions.push(version);
    }
    return this.commits;
  }

  /** The newest commit that left the product just so; 0 where none did. */
  versionOf({ productId, productName, sellPrice }: Product): number {
    const versions = this.byKey.get(collated(productId)) ?? [];
    for (let at = versions.length - 1; at >= 0; at--) {
      const { commit, product } = versions[at]!;
      if (product?.productId === productId && product.productName === productName && product.sellPrice === sellPrice)
        return commit;
    }
    return 0;
  }

  /** Whether the product was gone right after this commit, or at any time since. */
  wasGoneSince(key: CollatedKey, commit: number): boolean {
    return (this.byKey.get(key) ?? []).some((version) => version.product === null && version.commit >= commit);
  }

  /** Products that are gone now. */
  gone(): readonly CollatedKey[] {
    return [...this.byKey].flatMap(([key, versions]) => (versions.at(-1)?.product === null ? [key] : []));
  }

  /** Every way in which the key was ever written. */
  spellings(key: CollatedKey): ReadonlySet<string> {
    return new Set((this.byKey.get(key) ?? []).flatMap(({ product }) => (product === null ? [] : [product.productId])));
  }

  /** The newest commit that touched the product; 0: none. */
  newest(key: CollatedKey): number {
    return this.byKey.get(key)?.at(-1)?.commit ?? 0;
  }
}
