/**
 * The three triggers. They run inside the shop's transaction, where an error aborts the sale, so each line of them is
 * there for a reason:
 *
 * - SET ROWCOUNT 0 comes first: a client's SET ROWCOUNT (ADO's MaxRecords, JDBC's setMaxRows) would stop the INSERT
 *   after n rows and makes NEXT VALUE FOR in a default an error (11740). The server restores it at the trigger's end.
 * - The early exit asks `inserted` or `deleted`, never @@ROWCOUNT, which in a MERGE counts all actions.
 * - SET NOCOUNT ON keeps the trigger's row counts away from the client, which may read the first count it gets as its
 *   own.
 * - Nothing is read but `inserted` and `deleted`, and nothing written but new rows of ChangeLog: no waiting, no
 *   deadlock.
 * - No expression can fail (columnTypes.ts), and none needs a SET option that an old client has off (error 1934).
 * - Every comparison of text is binary: under a case-insensitive collation 'cola' → 'Cola' would be no change. It is on
 *   NVARCHAR, because COLLATE on VARCHAR goes through a code page and turns different letters into the same `?`.
 */
import { quotedChangeLog, type TriggerEvent, triggers } from './captureNames';
import { logWidths } from './changeLogTable';
import { asText, type ColumnRole, isCharacter, keyText, loggedPrice } from './columnTypes';
import type { ProductColumn, ProductTableInfo } from './productTableInfo';
import { quoteName, quoteQualifiedName } from './quoting';
import { columnsFingerprint, mark, markerLine } from './triggerMarker';

export interface TriggerText {
  readonly event: TriggerEvent;
  readonly name: string;
  /** The whole CREATE TRIGGER statement; it must be a batch of its own. */
  readonly text: string;
}

type CapturedTable = Pick<ProductTableInfo, 'schema' | 'qualifiedName' | 'columns' | 'keyIsUnique'>;

const bodies: Readonly<Record<TriggerEvent, (table: CapturedTable) => string>> = {
  INSERT: insertBody,
  UPDATE: updateBody,
  DELETE: deleteBody,
};

/** The triggers for this table, as shopMaster installs them; the same table gives the same text. */
export function triggerTexts(table: CapturedTable): readonly TriggerText[] {
  const columns = columnsFingerprint(table.columns);
  return triggers.map(({ event, name }) => ({
    event,
    name,
    text: mark(
      `CREATE TRIGGER ${quoteQualifiedName(table.schema, name)} ON ${table.qualifiedName} AFTER ${event} AS
${markerLine}
-- Logs changes of products for shopMaster. If it must go: shopMaster's Remove, or remove.sql.
BEGIN
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM ${event === 'DELETE' ? 'deleted' : 'inserted'}) RETURN;
SET NOCOUNT ON;
${bodies[event](table)}
END
`,
      columns,
    ),
  }));
}

function insertBody(table: CapturedTable): string {
  return `${insertInto(table)}
SELECT N'INSERT', ${copies(table, 'i')}
FROM inserted AS i;`;
}

function deleteBody(table: CapturedTable): string {
  return `${insertInto(table)}
SELECT N'DELETE', ${copies(table, 'd')}
FROM deleted AS d;`;
}

/**
 * Rows are matched by key, since nothing else tells which row became which: a key that is gone is a DELETE, a new one
 * an INSERT, any other row an UPDATE if its like was not there before. The DELETEs have a statement of their own,
 * first, so that they get the lower LogIDs. Keys meet in plain equalities, which a large update can hash.
 */
function updateBody(table: CapturedTable): string {
  const sameKey = (one: string, other: string) => `${keyIdentity(table, one)} = ${keyIdentity(table, other)}`;
  const same = (one: string, other: string) => [sameKey(one, other), ...sameValues(table, one, other)].join('\n  AND ');
  const gone = `${insertInto(table)}
SELECT N'DELETE', ${copies(table, 'd')}
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE ${sameKey('i', 'd')});`;
  const changed = `${insertInto(table)}
SELECT CASE WHEN EXISTS (SELECT 1 FROM deleted AS k WHERE ${sameKey('k', 'i')}) THEN N'UPDATE' ELSE N'INSERT' END,
  ${copies(table, 'i')}
FROM inserted AS i
WHERE NOT EXISTS (SELECT 1 FROM deleted AS d
  WHERE ${same('d', 'i')});`;
  if (table.keyIsUnique) return `${gone}\n${changed}`;
  // Several products with one key: each may be as one of them was before, while another one's values are gone.
  const otherOfTheKey = `${insertInto(table)}
SELECT N'UPDATE', ${copies(table, 'i')}
FROM inserted AS i
WHERE EXISTS (SELECT 1 FROM deleted AS d
  WHERE ${same('d', 'i')})
  AND EXISTS (SELECT 1 FROM deleted AS g WHERE ${sameKey('g', 'i')}
  AND NOT EXISTS (SELECT 1 FROM inserted AS j
  WHERE ${same('j', 'g')}));`;
  return `${gone}\n${changed}\n${otherOfTheKey}`;
}

function insertInto(table: CapturedTable): string {
  return `INSERT INTO ${quotedChangeLog(table.schema)} ([ChangeType], [ProductID], [ProductName], [SellPrice], [QrCode], [Status])`;
}

/** What people see of a product in ChangeLog, in ChangeLog's own types. */
function copies({ columns }: CapturedTable, alias: string): string {
  return [
    keyText(reference(alias, columns.ProductID), columns.ProductID.type),
    asText(reference(alias, columns.ProductName), columns.ProductName.type, logWidths.productName),
    loggedPrice(reference(alias, columns.SellPrice)),
    asText(reference(alias, columns.QrCode), columns.QrCode.type, logWidths.qrCode),
    asText(reference(alias, columns.Status), columns.Status.type, logWidths.status),
  ].join(', ');
}

/**
 * A key as text that is equal where the keys are the same to the letter. The stop at its end makes blanks before it
 * count, and tells an empty key from NULL; CASE and not ISNULL, because under CONCAT_NULL_YIELDS_NULL OFF NULL and a
 * stop are a stop.
 */
function keyIdentity({ columns }: CapturedTable, alias: string): string {
  const key = reference(alias, columns.ProductID);
  const identity = `${keyText(key, columns.ProductID.type)} COLLATE Latin1_General_BIN2 + N'.'`;
  return columns.ProductID.nullable ? `CASE WHEN ${key} IS NULL THEN N'' ELSE ${identity} END` : identity;
}

const comparedRoles = ['ProductName', 'SellPrice', 'QrCode', 'Status'] as const satisfies readonly ColumnRole[];

function sameValues({ columns }: CapturedTable, one: string, other: string): readonly string[] {
  return comparedRoles.map((role) => {
    const column = columns[role];
    const left = reference(one, column);
    const right = reference(other, column);
    const equal = equality(column, left, right);
    return column.nullable ? `(${equal} OR (${left} IS NULL AND ${right} IS NULL))` : equal;
  });
}

/** DATALENGTH, because `=` ignores blanks at the end under every collation. */
function equality({ type }: ProductColumn, left: string, right: string): string {
  // Two times of day in different zones are equal where they are the same moment; as text they differ.
  if (type.name === 'datetimeoffset') return `${asText(left, type, 50)} = ${asText(right, type, 50)}`;
  if (!isCharacter(type)) return `${left} = ${right}`;
  const text = (expression: string) => `CONVERT(NVARCHAR(4000), ${expression}) COLLATE Latin1_General_BIN2`;
  const equal = `${text(left)} = ${text(right)} AND DATALENGTH(${left}) = DATALENGTH(${right})`;
  return `(${equal})`;
}

function reference(alias: string, column: ProductColumn): string {
  return `${alias}.${quoteName(column.name)}`;
}
