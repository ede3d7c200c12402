/** What Digible holds for one shop. */

export interface CatalogueEntry {
  readonly productName: string;
  /** Decimal digits, as they came. */
  readonly productPrice: string;
}

/** A product as it travels, in a request and in the pages of the catalogue. */
export interface CatalogueProduct extends CatalogueEntry {
  readonly productId: string;
}

export interface CataloguePage {
  /** Products in the catalogue. */
  readonly count: number;
  /** Products that match the search. */
  readonly matching: number;
  readonly products: readonly CatalogueProduct[];
}

/** So many of the products that changed last are kept apart, for a page to show. */
const latestKept = 100;

export class Catalogue {
  private readonly products = new Map<string, CatalogueEntry>();
  private readonly latest = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(products: Iterable<CatalogueProduct> = []) {
    for (const { productId, productName, productPrice } of products)
      this.products.set(productId, { productName, productPrice });
  }

  get entries(): ReadonlyMap<string, CatalogueEntry> {
    return this.products;
  }

  has(productId: string): boolean {
    return this.products.has(productId);
  }

  /** Inserts or replaces. */
  put(products: readonly CatalogueProduct[]): void {
    for (const { productId, productName, productPrice } of products) {
      this.products.set(productId, { productName, productPrice });
      this.latest.delete(productId);
      this.latest.add(productId);
    }
    for (const productId of this.latest) {
      if (this.latest.size <= latestKept) break;
      this.latest.delete(productId);
    }
    for (const listener of this.listeners) listener();
  }

  /** The products that changed last, the newest first. */
  latestFirst(): CatalogueProduct[] {
    const changed: CatalogueProduct[] = [];
    for (const productId of this.latest) {
      const entry = this.products.get(productId);
      if (entry !== undefined) changed.push({ productId, ...entry });
    }
    return changed.reverse();
  }

  /** Products in the order of their first arrival; `search` is looked for in ids and names, whatever the case. */
  page(search: string, offset: number, limit: number): CataloguePage {
    const wanted = search.toLowerCase();
    const products: CatalogueProduct[] = [];
    let matching = 0;
    for (const [productId, entry] of this.products) {
      if (
        wanted !== '' &&
        !productId.toLowerCase().includes(wanted) &&
        !entry.productName.toLowerCase().includes(wanted)
      )
        continue;
      if (matching >= offset && products.length < limit) products.push({ productId, ...entry });
      matching += 1;
      if (wanted === '' && products.length === limit)
        return { count: this.products.size, matching: this.products.size, products };
    }
    return { count: this.products.size, matching, products };
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }
}
