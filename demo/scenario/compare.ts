/** Product by product: is the catalogue what the product table is? */
import type { ConnectionPool } from 'mssql';

export interface Comparison {
  readonly products: number;
  /** In the table and not in the catalogue. */
  readonly missing: readonly string[];
  /** In both, with another name or price. */
  readonly different: readonly string[];
  /** Only in the catalogue: products that the shop has deleted or given another key since. */
  readonly gone: number;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly price: string;
}

type CatalogueProducts = ReadonlyMap<string, { readonly productName: string; readonly productPrice: string }>;

export async function compare(pool: ConnectionPool, catalogue: CatalogueProducts): Promise<Comparison> {
  const { recordset } = await pool
    .request()
    .query<Row>(
      'SELECT ProductID AS id, ProductName AS name, CONVERT(VARCHAR(40), SellPrice) AS price FROM dbo.Products',
    );
  const missing: string[] = [];
  const different: string[] = [];
  for (const { id, name, price } of recordset) {
    const entry = catalogue.get(id);
    if (entry === undefined) missing.push(id);
    else if (entry.productName !== name || entry.productPrice !== price) different.push(id);
  }
  return {
    products: recordset.length,
    missing,
    different,
    gone: catalogue.size - (recordset.length - missing.length),
  };
}
