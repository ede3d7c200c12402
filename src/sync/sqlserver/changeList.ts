/** The list of changes for people: a page of ChangeLog, each row beside the one before it of the same product. */
import type { LogId, LoggedChange, LoggedValues } from '../model';
import type { ChangeFilter } from '../ports';
import {
  changeOf,
  isChangeSql,
  keyCollationOf,
  logIdLiteral,
  ofProductsSql,
  oneOf,
  reading,
  skippingLocked,
} from './changeRows';
import { logWidths } from './changeLogTable';
import { quoteText } from './quoting';
import { type Row, textOrNull } from './statements';

interface ListedTable {
  /** `[dbo].[ChangeLog]` */
  readonly qualifiedName: string;
  readonly keyCollation: string | null;
}

/** LogIDs before a page among which the change before each of its rows is looked for: far down in a large ChangeLog, all would take long. */
const lookedBack = 10_000;

const values = ['ProductName', 'SellPrice', 'QrCode', 'Status'] as const;

/** Only an UPDATE is shown beside the change before it, and only where there are some is that looked for. */
export function listSql(log: ListedTable, filter: ChangeFilter, after: LogId | null, limit: number): string {
  const page = pageSql(log, filter, after, limit);
  const hasUpdates = filter.types?.includes('UPDATE') ?? true;
  return reading + (hasUpdates ? withPreviousSql(log, page) : `${selectSql}\nFROM (${page}) AS p\nORDER BY p.LogID;`);
}

const selectSql = `SELECT CONVERT(VARCHAR(20), p.LogID) AS log_id, p.ChangeType AS change_type, p.ProductID AS product_key,
  ${valuesSql('p', '')}, DATEDIFF(SECOND, p.ChangeDateTime, GETDATE()) AS age_seconds`;

function pageSql(log: ListedTable, filter: ChangeFilter, after: LogId | null, limit: number): string {
  return `SELECT TOP (${limit}) c.LogID, c.ChangeType, c.ProductID, c.ProductName, c.SellPrice, c.QrCode, c.Status, c.ChangeDateTime
FROM ${log.qualifiedName} AS c ${skippingLocked}
${whereSql(filter, after, keyCollationOf(log))}ORDER BY c.LogID`;
}

/**
 * The page is kept in a table variable, so that the change before each of its rows is found in one pass: there is no index on ProductID,
 * and a search for each row would be a pass for each. RECOMPILE tells SQL Server how many rows the page has.
 */
function withPreviousSql(log: ListedTable, page: string): string {
  const collate = keyCollationOf(log);
  const before = (column: string) =>
    `LAG(c.${column}) OVER (PARTITION BY c.ProductID${collate} ORDER BY c.LogID) AS ${column}`;
  return `DECLARE @page TABLE (LogID BIGINT NOT NULL PRIMARY KEY, ChangeType NVARCHAR(10) NULL,
  ProductID NVARCHAR(450)${collate} NULL, ProductName NVARCHAR(${logWidths.productName}) NULL, SellPrice NUMERIC(18,2) NULL,
  QrCode NVARCHAR(${logWidths.qrCode}) NULL, Status NVARCHAR(${logWidths.status}) NULL, ChangeDateTime DATETIME NULL);
INSERT INTO @page (LogID, ChangeType, ProductID, ${values.join(', ')}, ChangeDateTime)
${page};
${selectSql},
  CONVERT(VARCHAR(20), b.previous_log_id) AS previous_log_id, ${valuesSql('b', 'previous_')}
FROM @page AS p
LEFT JOIN (
  SELECT c.LogID, ${values.map(before).join(',\n    ')},
    LAG(c.LogID) OVER (PARTITION BY c.ProductID${collate} ORDER BY c.LogID) AS previous_log_id
  FROM ${log.qualifiedName} AS c ${skippingLocked}
  WHERE c.LogID > (SELECT MIN(p.LogID) FROM @page AS p) - ${lookedBack} AND c.LogID <= (SELECT MAX(p.LogID) FROM @page AS p)
    AND ${isChangeSql('c')}
    AND c.ProductID${collate} IN (SELECT p.ProductID FROM @page AS p)
) AS b ON b.LogID = p.LogID AND p.ChangeType = N'UPDATE'
ORDER BY p.LogID
OPTION (RECOMPILE);`;
}

/** Reads a row of the list. */
export function loggedChangeOf(row: Row): LoggedChange {
  const age = row['age_seconds'];
  return {
    ...changeOf(row),
    ...valuesOf(row, ''),
    // The hour that the end of summer time repeats would make it negative.
    ageSeconds: typeof age === 'number' ? Math.max(0, age) : 0,
    previous: textOrNull(row, 'previous_log_id') === null ? null : valuesOf(row, 'previous_'),
  };
}

function whereSql({ types, keys }: ChangeFilter, after: LogId | null, collate: string): string {
  const conditions: string[] = [];
  if (after !== null) conditions.push(`c.LogID > ${logIdLiteral(after)}`);
  conditions.push(types === undefined ? isChangeSql('c') : oneOf('c.ChangeType', types.map(quoteText)));
  if (keys !== undefined) conditions.push(ofProductsSql('c.ProductID', collate, keys));
  return `WHERE ${conditions.join('\n  AND ')}\n`;
}

function valuesSql(alias: string, prefix: string): string {
  return [
    `${alias}.ProductName AS ${prefix}product_name`,
    `CONVERT(VARCHAR(41), ${alias}.SellPrice) AS ${prefix}sell_price`,
    `${alias}.QrCode AS ${prefix}qr_code`,
    `${alias}.Status AS ${prefix}product_status`,
  ].join(', ');
}

function valuesOf(row: Row, prefix: string): LoggedValues {
  return {
    productName: textOrNull(row, `${prefix}product_name`),
    sellPrice: textOrNull(row, `${prefix}sell_price`),
    qrCode: textOrNull(row, `${prefix}qr_code`),
    status: textOrNull(row, `${prefix}product_status`),
  };
}
