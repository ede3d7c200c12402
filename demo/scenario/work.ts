/** A shop at work: the writes of a point-of-sale program, the same ones for the same numbers. */
import type { ConnectionPool } from 'mssql';
import { insertProducts, productId, productName, productRow } from './shop';

export interface WorkDone {
  readonly writes: number;
  readonly inserted: number;
  readonly changed: number;
  readonly renamed: number;
  readonly deleted: number;
  readonly rekeyed: number;
}

/** Products that one multi-row insert brings. */
const delivery = 20;
/** Products whose prices and names change. */
const popular = 60;

/** One statement after the other, without end, with what is done once it has run; the shop had the products 1 to `products`. */
export function* statements(products: number): Generator<readonly [statement: string, done: WorkDone], never> {
  const done = { writes: 0, inserted: 0, changed: 0, renamed: 0, deleted: 0, rekeyed: 0 };
  let newest = products;
  for (;;) {
    const write = done.writes;
    // Some products sell well and change often; the deleted and rekeyed ones are taken from the other end of the stock.
    const chosen = 1 + ((write * 37) % Math.min(popular, Math.max(1, Math.floor(products / 2))));
    const last = productId(products - done.deleted - done.rekeyed);
    const stockLeft = products - done.deleted - done.rekeyed > Math.max(1, products / 2);
    const kind = write % 25;
    let statement: string;
    if (kind === 0) {
      const rows = Array.from({ length: delivery }, (_, index) => productRow(newest + 1 + index));
      newest += delivery;
      done.inserted += delivery;
      statement = insertProducts(rows);
    } else if (kind === 1 && stockLeft) {
      done.rekeyed += 1;
      statement = `UPDATE dbo.Products SET ProductID = 'N${last.slice(1)}' WHERE ProductID = '${last}'`;
    } else if (kind <= 3 && stockLeft) {
      done.deleted += 1;
      statement = `DELETE FROM dbo.Products WHERE ProductID = '${last}'`;
    } else if (kind <= 8) {
      newest += 1;
      done.inserted += 1;
      statement = insertProducts([productRow(newest)]);
    } else if (kind <= 12) {
      done.renamed += 1;
      statement = `UPDATE dbo.Products SET ProductName = N'${productName(chosen)}, edition ${done.renamed}' WHERE ProductID = '${productId(chosen)}'`;
    } else {
      done.changed += 1;
      statement = `UPDATE dbo.Products SET SellPrice = SellPrice + 0.05 WHERE ProductID = '${productId(chosen)}'`;
    }
    done.writes += 1;
    yield [statement, { ...done }];
  }
}

/** Does `writes` statements. */
export async function work(pool: ConnectionPool, products: number, writes: number): Promise<WorkDone> {
  const pointOfSale = statements(products);
  let done: WorkDone = { writes: 0, inserted: 0, changed: 0, renamed: 0, deleted: 0, rekeyed: 0 };
  while (done.writes < writes) {
    const [statement, afterwards] = pointOfSale.next().value;
    await pool.request().batch(statement);
    done = afterwards;
  }
  return done;
}
