/** The product table: products by key as they are now, and page by page for an upload. capture.md gives the reasons. */
import { ShopError } from '../errors';
import { inParts } from '../inParts';
import type { Product, ProductKey } from '../model';
import type { ProductReading, ProductTable } from '../ports';
import { keyFromText, keyText, nameText, priceText } from './columnTypes';
import type { ProductTableInfo } from './productTableInfo';
import { quoteName, quoteText } from './quoting';
import { integer, type Row, type SqlRunner, text, textOrNull } from './statements';

/** Keys that one statement reads. */
const keysPerStatement = 500;
/** Longest wait for a row that the shop holds, ms, when a product was not readable at once. */
const secondReadLockTimeoutMs = 2000;
/** Longest wait for a row, ms, where none may be left out. */
const pageLockTimeoutMs = 30_000;
/** Statements to find out which products of a chunk are locked; what they leave open counts as locked. */
const searchesForLocked = 40;

const skippingLocked = 'WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)';
const waitingForLocked = 'WITH (READCOMMITTEDLOCK)';

type Readings = Map<ProductKey, ProductReading>;

/** `table` knows the product table, or looks it up. */
export function createProductTable(
  runner: SqlRunner,
  table: (runner: SqlRunner, signal: AbortSignal) => Promise<ProductTableInfo>,
): ProductTable {
  return {
    async read(keys, signal) {
      const info = await table(runner, signal);
      const readings: Readings = new Map();
      for (const chunk of inParts([...new Set(keys)], keysPerStatement))
        await new KeyedRead(runner, info, signal, readings).read(chunk);
      return readings;
    },

    async readPage(after, limit, signal) {
      const info = await table(runner, signal);
      const results = await runner.batch(pageSql(info, after, limit), signal);
      const [cursor, rows = []] = after === null ? [undefined, results[0]] : results;
      if (cursor?.[0] !== undefined && integer(cursor[0], 'cursor_invalid') !== 0) throw cursorInvalid(after);
      const products = rows.map(productOf);
      const last = products.at(-1);
      return { products, next: last === undefined || products.length < limit ? null : last.productId };
    },

    async count(signal) {
      const info = await table(runner, signal);
      return countProducts(runner, info, signal).catch((failure: unknown) => {
        // The scan met pages that moved (601), or a lock on the table: what the figure is for is not worth the end of a run.
        if (failure instanceof ShopError && (failure.code === 'sql-failed' || failure.code === 'sql-busy')) return 0;
        throw failure;
      });
    },
  };
}

/** Uncommitted rows count too: it is for a progress bar, and must not wait. */
async function countProducts(runner: SqlRunner, info: ProductTableInfo, signal: AbortSignal): Promise<number> {
  const [rows] = await runner.batch(
    `SET LOCK_TIMEOUT ${pageLockTimeoutMs};
SELECT CONVERT(VARCHAR(20), COUNT_BIG(*)) AS products FROM ${info.qualifiedName} WITH (READUNCOMMITTED);`,
    signal,
  );
  const row = rows?.[0];
  return row === undefined ? 0 : Number(text(row, 'products'));
}

/** One call's reading of some products by key. */
class KeyedRead {
  #searches = searchesForLocked;

  constructor(
    private readonly runner: SqlRunner,
    private readonly info: ProductTableInfo,
    private readonly signal: AbortSignal,
    private readonly readings: Readings,
  ) {}

  async read(keys: readonly ProductKey[]): Promise<void> {
    const found = await this.#find(keys, skippingLocked, secondReadLockTimeoutMs);
    for (const [key, product] of found) this.readings.set(key, { state: 'present', product });
    await this.#readAgain(
      keys.filter((key) => !found.has(key)),
      secondReadLockTimeoutMs,
    );
  }

  /**
   * What was not readable is absent, or locked by an open transaction of the shop: tell these apart without READPAST. One locked
   * row fails the statement for all its keys, so these are halved, without waiting again, until it stands alone.
   */
  async #readAgain(keys: readonly ProductKey[], lockTimeoutMs: number): Promise<void> {
    if (keys.length === 0) return;
    const found = this.#searches > 0 ? await this.#findUnlessLocked(keys, lockTimeoutMs) : 'locked';
    if (found !== 'locked') {
      for (const key of keys) {
        const product = found.get(key);
        this.readings.set(key, product === undefined ? { state: 'absent' } : { state: 'present', product });
      }
    } else if (keys.length === 1 || this.#searches <= 0) {
      for (const key of keys) this.readings.set(key, { state: 'locked' });
    } else {
      const half = Math.ceil(keys.length / 2);
      await this.#readAgain(keys.slice(0, half), 0);
      await this.#readAgain(keys.slice(half), 0);
    }
  }

  async #findUnlessLocked(
    keys: readonly ProductKey[],
    lockTimeoutMs: number,
  ): Promise<ReadonlyMap<ProductKey, Product> | 'locked'> {
    this.#searches -= 1;
    try {
      return await this.#find(keys, waitingForLocked, lockTimeoutMs);
    } catch (error) {
      if (error instanceof ShopError && error.code === 'sql-busy') return 'locked';
      throw error;
    }
  }

  async #find(
    keys: readonly ProductKey[],
    hint: string,
    lockTimeoutMs: number,
  ): Promise<ReadonlyMap<ProductKey, Product>> {
    const found = new Map<ProductKey, Product>();
    const noKey = keys.indexOf(null);
    const statements = keysSql(this.info, keys, hint) + (noKey === -1 ? '' : noKeySql(this.info, noKey, hint));
    const results = await this.runner.batch(
      `SET NOCOUNT ON;\nSET XACT_ABORT ON;\nSET LOCK_TIMEOUT ${lockTimeoutMs};\n${statements}`,
      this.signal,
    );
    for (const row of results.flat()) {
      const key = keys[integer(row, 'key_number')];
      if (key === undefined) continue;
      const product = productOf(row);
      const other = found.get(key);
      if (other === undefined || isAfter(product, other)) found.set(key, product);
    }
    return found;
  }
}

/**
 * The keys become the key column's own type and collation, so that an index on it is used: once for all of them, because a list of
 * expressions takes SQL Server longer to compile than to carry out. key_number is the key's place in `keys`.
 */
function keysSql(info: ProductTableInfo, keys: readonly ProductKey[], hint: string): string {
  const { name, type } = info.columns.ProductID;
  const values = keys.flatMap((key, index) => (key === null ? [] : [`(${index}, ${quoteText(key)})`]));
  if (values.length === 0) return '';
  return `SELECT k.key_number, ${productColumns(info)}
FROM (VALUES ${values.join(',\n')}) AS k (key_number, product_key)
INNER JOIN ${info.qualifiedName} AS p ${hint} ON p.${quoteName(name)} = ${keyFromText('k.product_key', type)};\n`;
}

/** A product without a ProductID, of which there may be many: one is enough to know that there is one. */
function noKeySql(info: ProductTableInfo, keyNumber: number, hint: string): string {
  const key = quoteName(info.columns.ProductID.name);
  return `SELECT TOP (1) ${keyNumber} AS key_number, ${productColumns(info)}
FROM ${info.qualifiedName} AS p ${hint} WHERE p.${key} IS NULL;\n`;
}

/** TIES, because the next page starts after the last key: products that share one must not be torn apart. */
function pageSql(info: ProductTableInfo, after: string | null, limit: number): string {
  const { name, type } = info.columns.ProductID;
  const key = `p.${quoteName(name)}`;
  const cursor = after === null ? null : keyFromText(quoteText(after), type);
  return `SET NOCOUNT ON;
SET LOCK_TIMEOUT ${pageLockTimeoutMs};
${cursor === null ? '' : `SELECT CASE WHEN ${cursor} IS NULL THEN 1 ELSE 0 END AS cursor_invalid;`}
SELECT TOP (${limit}) WITH TIES ${productColumns(info)}
FROM ${info.qualifiedName} AS p ${waitingForLocked}
WHERE ${cursor === null ? `${key} IS NOT NULL` : `${key} > ${cursor}`}
ORDER BY ${key};`;
}

function productColumns({ columns: { ProductID, ProductName, SellPrice } }: ProductTableInfo): string {
  return [
    `${keyText(`p.${quoteName(ProductID.name)}`, ProductID.type)} AS product_id`,
    `${nameText(`p.${quoteName(ProductName.name)}`, ProductName.type)} AS product_name`,
    `${priceText(`p.${quoteName(SellPrice.name)}`, SellPrice.type)} AS sell_price`,
  ].join(', ');
}

function productOf(row: Row): Product {
  return {
    productId: textOrNull(row, 'product_id') ?? '',
    productName: textOrNull(row, 'product_name'),
    sellPrice: textOrNull(row, 'sell_price'),
  };
}

/** An order of the products that share a key, always the same, so that always the same one is sent. */
function isAfter(one: Product, other: Product): boolean {
  const rank = (product: Product) => [product.productName ?? '', product.sellPrice ?? '', product.productId].join('\0');
  return rank(one) > rank(other);
}

function cursorInvalid(after: string | null): ShopError {
  return new ShopError(
    'state-unreadable',
    `The upload can’t go on after product ${JSON.stringify(after)}: the type of ProductID has changed since.`,
    'Start the upload from the beginning.',
  );
}
