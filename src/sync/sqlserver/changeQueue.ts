/** Changes that no trigger has logged, written to ChangeLog as a trigger would have. */
import type { ChangeType } from '../model';
import type { QueuedChange } from '../ports';
import { keyCollationOf, oneOf, reading, skippingLocked, writing } from './changeRows';
import { logWidths } from './changeLogTable';
import { loggedPrice } from './columnTypes';
import { quoteText } from './quoting';

/** Rows that one statement writes, and keys that one is asked for. */
export const queuedPerStatement = 500;

interface QueueTable {
  /** `[dbo].[ChangeLog]` */
  readonly qualifiedName: string;
  readonly keyCollation: string | null;
}

/** One statement, so that a lost deadlock has added none of them. LogIDs come from their default, as they do for the triggers. */
export function queueSql(log: QueueTable, changes: readonly QueuedChange[]): string {
  const rows = changes.map(({ changeType, product: { productId, productName, sellPrice } }) => {
    const name = productName === null ? 'NULL' : quoteText(cut(productName, logWidths.productName));
    const price = sellPrice === null ? 'NULL' : quoteText(sellPrice);
    return `(${quoteText(changeType)}, ${quoteText(productId)}, ${name}, ${loggedPrice(price)})`;
  });
  return `${writing}INSERT INTO ${log.qualifiedName} ([ChangeType], [ProductID], [ProductName], [SellPrice]) VALUES
${rows.join(',\n')};`;
}

/** The places in `keys` of those that have such changes, as key_number. */
export function changedSql(log: QueueTable, keys: readonly string[], types: readonly ChangeType[]): string {
  const collate = keyCollationOf(log);
  const values = keys.map((key, index) => `(${index}, ${quoteText(key)})`);
  return `${reading}SELECT DISTINCT k.key_number
FROM (VALUES ${values.join(',\n')}) AS k (key_number, product_key)
INNER JOIN ${log.qualifiedName} AS c ${skippingLocked} ON c.ProductID${collate} = k.product_key${collate}
WHERE ${oneOf('c.ChangeType', types.map(quoteText))};`;
}

/** To this many UTF-16 units, and not through the middle of a character. */
function cut(text: string, width: number): string {
  return text.length > width ? text.slice(0, /[\uD800-\uDBFF]/.test(text.charAt(width - 1)) ? width - 1 : width) : text;
}
