/** What happened, in order; of a product that went wrong it tells the whole story. */
interface Entry {
  readonly ms: number;
  readonly what: string;
  /** Products that it is about; null: it may matter to any. */
  readonly products: ReadonlyMap<string, string> | null;
}

export class Journal {
  private readonly entries: Entry[] = [];
  private readonly started = performance.now();

  /** About no product in particular. */
  note(what: string): void {
    this.entries.push({ ms: this.now, what, products: null });
  }

  /** About these products, each with what is to be told of it. */
  noteOf(what: string, products: Iterable<readonly [productId: string, told: string]>): void {
    this.entries.push({ ms: this.now, what, products: new Map(products) });
  }

  /** Everything, or what matters to one product. */
  lines(productId?: string): string[] {
    return this.entries.flatMap(({ ms, what, products }) => {
      const time = `+${(ms / 1000).toFixed(3)}`.padStart(9);
      if (products === null) return [`${time}  ${what}`];
      if (productId === undefined) {
        const some = [...products].slice(0, 5).map(([id, told]) => `${id} ${told}`);
        const more = products.size > some.length ? `, … ${products.size} in all` : '';
        return [`${time}  ${what}: ${some.join(', ')}${more}`];
      }
      const told = products.get(productId);
      return told === undefined ? [] : [`${time}  ${what}: ${productId} ${told}`];
    });
  }

  private get now(): number {
    return performance.now() - this.started;
  }
}
