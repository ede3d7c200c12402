/** The shop's own programs: they write to the product table, and know nothing of shopMaster. */
import type { Product } from '../../src/sync/model';
import type { Action, Statement } from './commands';
import type { CollatedKey } from './productVersions';
import type { Statement as SqlStatement, Transaction } from './sqlServer';
import type { World } from './world';

export class ShopProgram {
  private prices = 0;
  private readonly open = new Set<Transaction>();

  constructor(private readonly world: World) {}

  /** Products that were there before the triggers were. */
  stock(count: number, knownToDigible: boolean): void {
    const { server, digible } = this.world;
    const rows = new Map<CollatedKey, Product>();
    for (let key = 0; key < count; key++) rows.set(nameOf(key), this.product(nameOf(key)));
    server.versions.commit(rows);
    for (const [key, product] of rows) {
      server.products.set(key, product);
      const { productId, productName, sellPrice } = product;
      if (knownToDigible && productName !== null && sellPrice !== null)
        digible.content.set(productId, { productId, productName, sellPrice });
    }
  }

  async write({ statements, gapMs, holdMs, rollback }: Extract<Action, { who: 'shop' }>): Promise<void> {
    const { server, timeline } = this.world;
    const transaction = server.begin();
    this.open.add(transaction);
    for (const [at, statement] of statements.entries()) {
      if (at > 0 && gapMs > 0) await timeline.sleep(gapMs);
      if (!this.open.has(transaction)) return;
      const effect = this.statement(transaction, statement);
      if (effect !== null) server.execute(transaction, effect);
    }
    if (holdMs > 0) await timeline.sleep(holdMs);
    this.end(transaction, rollback);
  }

  /** The shop closes: what is open is committed. */
  endAll(): void {
    for (const transaction of [...this.open]) this.end(transaction, false);
  }

  private end(transaction: Transaction, rollback: boolean): void {
    if (!this.open.delete(transaction)) return;
    if (rollback) this.world.server.rollback(transaction);
    else this.world.server.commit(transaction);
  }

  /** Null where it has nothing to do, or would have to wait for another program. */
  private statement(transaction: Transaction, { does, key, other }: Statement): SqlStatement | null {
    if (does === 'write many') return this.writeMany(transaction, key);
    const see = (name: string) => this.world.server.seenBy(transaction, name);
    const row = see(nameOf(key));
    if (row === undefined) return null;
    if (row === null) {
      if (does === 'delete' || does === 'touch nothing') return null;
      const spelled = does === 'respell' ? nameOf(key).toUpperCase() : nameOf(key);
      return { event: 'INSERT', deleted: [], inserted: [this.product(spelled)] };
    }
    const becomes = (...inserted: readonly Product[]): SqlStatement => ({ event: 'UPDATE', deleted: [row], inserted });
    switch (does) {
      case 'insert':
      case 'update':
        return becomes({ ...row, sellPrice: this.price() });
      case 'update to an old price':
        return becomes({ ...row, sellPrice: `${1 + (other % 2)}.00` });
      case 'delete':
        return { event: 'DELETE', deleted: [row], inserted: [] };
      case 'rename':
        return becomes({ ...row, productName: `Product ${++this.prices}` });
      case 'respell':
        return becomes({ ...row, productId: respelled(row.productId) });
      case 'take name away':
        return becomes({ ...row, productName: null });
      case 'touch nothing':
        return becomes(row);
      case 'change key':
      case 'swap keys': {
        const second = see(nameOf(other));
        if (second === undefined || key === other) return null;
        if (second === null) return becomes({ ...row, productId: nameOf(other) });
        if (does === 'change key') return null;
        const inserted = [
          { ...row, productId: second.productId },
          { ...second, productId: row.productId },
        ];
        return { event: 'UPDATE', deleted: [row, second], inserted };
      }
    }
  }

  /** One statement, of products that nothing else touches: a MERGE would do as well. */
  private writeMany(transaction: Transaction, count: number): SqlStatement | null {
    const { server } = this.world;
    const names = Array.from({ length: count }, (_, at) => `many${at}`);
    if (names.some((name) => server.seenBy(transaction, name) === undefined)) return null;
    const there = names.flatMap((name) => server.seenBy(transaction, name) ?? []);
    if (there.length === 0) return { event: 'INSERT', deleted: [], inserted: names.map((name) => this.product(name)) };
    return {
      event: 'UPDATE',
      deleted: there,
      inserted: there.map((product) => ({ ...product, sellPrice: this.price() })),
    };
  }

  private product(productId: string): Product {
    return { productId, productName: `Product ${productId}`, sellPrice: this.price() };
  }

  /** None is ever given twice, so that what was sent tells when it was read. */
  private price(): string {
    return `${100 + ++this.prices}.00`;
  }
}

export function nameOf(key: number): string {
  return `p${key}`;
}

function respelled(productId: string): string {
  return productId === productId.toUpperCase() ? productId.toLowerCase() : productId.toUpperCase();
}
