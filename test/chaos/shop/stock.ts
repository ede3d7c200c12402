/** What one till of the shop knows of its own products; the keys of two tills never meet. */
import type { Random } from '../random';
import { productId } from './table';

/** How often it is those to be preferred. */
const preference = 0.4;

export class Stock {
  private preferred: readonly string[] = [];
  /** Not written to any more: the next write would hide what went wrong with the last. */
  private left = new Set<string>();

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
    const copy = new Stock(prefix, newest, [...live], new Set(gone), new Set(incomplete), new Set(used));
    copy.left = this.left;
    return copy;
  }

  /** Products that are written to. */
  get size(): number {
    return this.live.length - this.left.size;
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

  /** Products to write to rather than others. */
  prefer(ids: readonly string[]): void {
    this.preferred = ids;
  }

  /** As many as there are, at most so many, each once. */
  some(random: Random, count: number): readonly string[] {
    const writable = this.live.filter((id) => !this.left.has(id));
    const preferred = writable.filter((id) => this.preferred.includes(id));
    const prefers = count <= preferred.length && random.chance(preference);
    const from = prefers ? preferred : writable;
    const taken = Array.from({ length: Math.min(count, from.length) }, () => {
      const [id] = from.splice(random.whole(0, from.length - 1), 1);
      return id ?? '';
    });
    if (prefers && random.chance(preference)) for (const id of taken) this.left.add(id);
    return taken;
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
    this.left.delete(id);
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
