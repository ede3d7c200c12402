/** A point-of-sale program at work: a connection of its own, one write after the other, and transactions that come to an end late. */
import mssql from 'mssql';
import { openShopConnection } from '../../../demo/scenario/shop';
import type { Counter } from '../counter';
import type { Journal } from '../journal';
import { pause } from '../pause';
import type { Random } from '../random';
import type { ShopConnection } from '../world';
import type { Stock } from './stock';
import { cureAll, nextWrite, type Write } from './writes';

/** A write of the shop that waits longer than this for a lock fails, with error 1222. */
const lockTimeoutMs = 2_000;

export interface TillOptions {
  readonly name: string;
  /** The share of its writes that stand in a transaction of several. */
  readonly transactions: number;
  /** How long such a transaction stays open, at most. */
  readonly openMs: number;
  readonly pauseMs: number;
  readonly mostProducts: number;
}

export interface Books {
  readonly committed: Counter;
  readonly rolledBack: Counter;
  /** Errors of the shop's writes by SQL Server's number. There must be none. */
  readonly errors: string[];
  slowestMs: number;
}

export interface TillParts {
  readonly random: Random;
  readonly books: Books;
  readonly journal: Journal;
  /** Products to write to rather than others, as of now. */
  readonly preferred: () => readonly string[];
}

export class Till {
  private constructor(
    private readonly pool: mssql.ConnectionPool,
    private stock: Stock,
    private readonly parts: TillParts,
    private readonly options: TillOptions,
  ) {}

  static async open(connection: ShopConnection, stock: Stock, parts: TillParts, options: TillOptions): Promise<Till> {
    const pool = await openShopConnection(connection, connection.database);
    // The connection that the till keeps: what becomes of new ones is the weather's business.
    await pool.request().batch('SELECT 1');
    return new Till(pool, stock, parts, options);
  }

  /** Of its keys: those that were once in the table, and those of them that are not now. */
  get keys(): { readonly used: readonly string[]; readonly gone: readonly string[] } {
    return { used: this.stock.usedKeys, gone: this.stock.goneKeys };
  }

  /** Writes until the signal is aborted; then completes what lacks something, and closes its connection. */
  async work(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        if (this.parts.random.chance(this.options.transactions)) await this.transaction(signal);
        else await this.writeAlone();
        await pause(this.parts.random.spread(3, this.options.pauseMs), signal);
      }
      const last = cureAll(this.stock, this.parts.random);
      if (last !== null) await this.commit([last], () => this.execute(this.pool.request(), last));
    } finally {
      await this.pool.close();
    }
  }

  private async writeAlone(): Promise<void> {
    const stock = this.stock.copy();
    stock.prefer(this.parts.preferred());
    const write = nextWrite(stock, this.parts.random, this.options.mostProducts);
    if (await this.commit([write], () => this.execute(this.pool.request(), write))) this.stock = stock;
  }

  private async transaction(signal: AbortSignal): Promise<void> {
    const stock = this.stock.copy();
    stock.prefer(this.parts.preferred());
    const writes = Array.from({ length: this.parts.random.whole(2, 6) }, () =>
      nextWrite(stock, this.parts.random, this.options.mostProducts),
    );
    const rollsBack = this.parts.random.chance(0.3);
    const openMs = this.parts.random.spread(1, this.options.openMs);
    const transaction = new mssql.Transaction(this.pool);
    const run = async (): Promise<void> => {
      await transaction.begin();
      for (const write of writes) await this.execute(transaction.request(), write);
      await pause(openMs, signal);
      if (rollsBack) await transaction.rollback();
      else await transaction.commit();
    };
    if (!rollsBack) {
      if (await this.commit(writes, run)) this.stock = stock;
      return;
    }
    if (!(await this.succeeds(writes, run))) return;
    for (const { kind } of writes) this.parts.books.rolledBack.add(kind);
    this.note('rolled back', writes);
  }

  private async commit(writes: readonly Write[], run: () => Promise<void>): Promise<boolean> {
    if (!(await this.succeeds(writes, run))) return false;
    for (const { kind } of writes) this.parts.books.committed.add(kind);
    this.note('committed', writes);
    return true;
  }

  private async succeeds(writes: readonly Write[], run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (caught) {
      const { message } = caught as Error;
      const number = caught instanceof mssql.RequestError ? (caught.number ?? caught.code) : 'no request';
      this.parts.books.errors.push(
        `${this.options.name}, error ${number}: ${message} (${writes
          .map(({ sql }) => sql)
          .join('; ')
          .slice(0, 500)})`,
      );
      this.note(`failed with ${number}`, writes);
      return false;
    }
  }

  private async execute(request: mssql.Request, { sql }: Write): Promise<void> {
    const started = performance.now();
    await request.batch(`SET LOCK_TIMEOUT ${lockTimeoutMs}; ${sql}`);
    this.parts.books.slowestMs = Math.max(this.parts.books.slowestMs, performance.now() - started);
  }

  private note(outcome: string, writes: readonly Write[]): void {
    const products = new Map<string, string>();
    for (const { kind, sql, products: ids } of writes)
      for (const id of ids)
        products.set(id, [products.get(id), ids.length > 3 ? kind : sql].filter(Boolean).join('; '));
    this.parts.journal.noteOf(`${this.options.name} ${outcome}`, products);
  }
}
