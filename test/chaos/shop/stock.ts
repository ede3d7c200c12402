/** What one till of the shop knows of its own products; the keys of two tills never meet. */
import type { Random } from '../random';
import { productId } from './table';

export class Stock {
  private constructor(
    private readonly prefix: string,
    private newest: number,
    private live: string[],
    /** Keys that were once in the table and are not now. */
    private readonly gone: Set<string>,
    /** Products that lack something. */
    private readonly incomplete: Set<string>,
    /** Every key that was ever in the table, to the letter. */
    private readonly used: Set<string>,
  ) {}

  /** With the products 1 to `products`. */
  static of(prefix: string, products: number): Stock {
    const live = Array.from({ length: products }, (_, index) => productId(prefix, index + 1));
    return new Stock(prefix, products, live, new Set(), new Set(), new Set(live));
  }

  /** For a transaction that may be rolled back. */
  copy(): Stock {
    const { prefix, newest, live, gone, incomplete, used } = this;
    return new Stock(prefix, newest, [...live], new Set(gone), new Set(incomplete), new Set(used));
  }

  get size(): number {
    return this.live.length;
  }

  get goneKeys(): readonly string[] {
    return [...this.gone];
  }

  get usedKeys(): readonly string[] {
    return [...this.used];
  }

  get incompleteProducts(): readonly string[] {
    return [...this.incomplete];
  }

  /** As many as there are, at most so many, each once. */
  some(random: Random, count: number): readonly string[] {
    const from = [...this.live];
    return Array.from({ length: Math.min(count, from.length) }, () => {
      const [taken] = from.splice(random.whole(0, from.length - 1), 1);
      return taken ?? '';
    });
  }

  /** A key that was never used. */
  newKey(): string {
    this.newest += 1;
    return productId(this.prefix, this.newest);
  }

  add(id: string): void {
    this.live.push(id);
    this.used.add(id);
    for (const key of this.gone) if (sameKey(key, id)) this.gone.delete(key);
  }

  remove(id: string): void {
    this.live = this.live.filter((other) => other !== id);
    this.gone.add(id);
    this.incomplete.delete(id);
  }

  rename(from: string, to: string): void {
    const lacks = this.incomplete.has(from);
    this.remove(from);
    this.add(to);
    if (lacks) this.incomplete.add(to);
  }

  spoil(id: string): void {
    this.incomplete.add(id);
  }

  cure(id: string): void {
    this.incomplete.delete(id);
  }
}

/** As SQL Server compares keys here. */
export function sameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
