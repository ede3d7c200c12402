/** Without a unique index on ProductID only the data can tell whether a ProductID means one product. */
import { keyText } from './columnTypes';
import type { ProductTableInfo } from './productTableInfo';
import { quoteName } from './quoting';
import { integer, type SqlRunner, text } from './statements';

/**
 * Sentences about repeated and missing ProductIDs; rows that the shop is just writing are passed over, not waited for.
 */
export async function warningsOfKeys(
  runner: SqlRunner,
  table: ProductTableInfo,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { name, type } = table.columns.ProductID;
  const key = quoteName(name);
  const from = `FROM ${table.qualifiedName} WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)`;
  // A unique index lets one NULL in.
  const [withoutKey, repeated] = await runner.batch(
    `SET NOCOUNT ON;
SET LOCK_TIMEOUT 2000;
SELECT COUNT(*) AS products ${from} WHERE ${key} IS NULL;
${
  table.keyIsUnique
    ? ''
    : `SELECT TOP (1) ${keyText(key, type)} AS product_id, COUNT(*) AS products
${from} WHERE ${key} IS NOT NULL GROUP BY ${key} HAVING COUNT(*) > 1 ORDER BY ${key};`
}`,
    signal,
  );
  const missing = withoutKey?.[0] === undefined ? 0 : integer(withoutKey[0], 'products');
  const first = repeated?.[0];
  return [
    ...(missing === 0
      ? []
      : [`Products in ${table.displayName} without a ${name}: ${missing}. They can’t be sent until they have one.`]),
    ...(first === undefined
      ? []
      : [
          `${integer(first, 'products')} products in ${table.displayName} have the ${name} ${text(first, 'product_id')}. Where several have the same, only one of them can be in the catalogue.`,
        ]),
    ...(table.keyIsUnique || first !== undefined
      ? []
      : [
          `${table.displayName} has no unique index on ${name} alone. Today no two products have the same ${name}; an index would keep it so, and make syncs fast.`,
        ]),
  ];
}
