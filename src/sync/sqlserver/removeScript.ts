/** remove.sql: what Remove does as T-SQL that needs no shopMaster, for the day when shopMaster is not at hand. */
import { changeLogName, sequenceName, stagingName, triggers } from './captureNames';
import { quoteQualifiedName, quoteText } from './quoting';
import type { RemoveOptions } from './remove';
import type { TableName } from './tableName';
import { markerPhrase } from './triggerMarker';

/** Where the table's name has none; a script can't ask for the default schema of a login that it isn't run by. */
const usualSchema = 'dbo';

/**
 * One batch for SSMS, sqlcmd or anything else, on SQL Server 2012 or newer; each part runs only where its thing is
 * there and shopMaster's.
 */
export function removeScript(table: TableName, { dropLog }: RemoveOptions): string {
  const schema = table.schema ?? usualSchema;
  return `-- Takes shopMaster's triggers out of this database, so that the shop's programs work without it.
-- Run it in the shop's database (not in master), with a login that may alter the product table. Running it again does no harm.
SET NOCOUNT ON;
SET XACT_ABORT ON;
SET LOCK_TIMEOUT 10000;
BEGIN TRANSACTION;
${triggers.map(({ name }) => dropTrigger(schema, name)).join('\n')}
${dropLog ? dropChangeLog(schema) : '-- ChangeLog stays; nothing writes to it any more.'}
COMMIT TRANSACTION;
PRINT N'Done.';
`;
}

function dropTrigger(schema: string, name: string): string {
  const trigger = quoteQualifiedName(schema, name);
  const definition = `OBJECT_DEFINITION(OBJECT_ID(${quoteText(trigger)}, N'TR'))`;
  const isOurs = `${definition} LIKE ${quoteText(`%${markerPhrase}%`)} OR ${definition} LIKE ${quoteText(`%INSERT%${changeLogName}[^A-Za-z0-9_]%`)}`;
  return `IF ${isOurs}
BEGIN
  DROP TRIGGER ${trigger};
  PRINT ${quoteText(`${name}: removed.`)};
END
ELSE PRINT ${quoteText(`${name}: not there, or not shopMaster's.`)};`;
}

function dropChangeLog(schema: string): string {
  return `${[changeLogName, stagingName].map((name) => dropTable(schema, name)).join('\n')}
IF OBJECT_ID(${quoteText(quoteQualifiedName(schema, sequenceName))}, N'SO') IS NOT NULL
BEGIN
  DROP SEQUENCE ${quoteQualifiedName(schema, sequenceName)};
  PRINT ${quoteText(`${sequenceName}: removed.`)};
END;`;
}

/** A table of that name is shopMaster's or the desktop program's if it has their columns. */
function dropTable(schema: string, name: string): string {
  const table = quoteQualifiedName(schema, name);
  return `IF OBJECT_ID(${quoteText(table)}, N'U') IS NOT NULL
  AND COL_LENGTH(${quoteText(table)}, N'LogID') IS NOT NULL AND COL_LENGTH(${quoteText(table)}, N'ChangeType') IS NOT NULL
BEGIN
  DROP TABLE ${table};
  PRINT ${quoteText(`${name}: removed.`)};
END;`;
}
