/**
 * What of the capture is there already: triggers (and whose), ChangeLog (and whose), sequence, and what the login may
 * do.
 */
import { changeLogName, quotedChangeLog, sequenceName, stagingName, triggers } from './captureNames';
import {
  type ChangeLogKind,
  foundLogColumn,
  type FoundLogColumn,
  hasPendingSql,
  isStagingTable,
  logColumnsSql,
  recognizeChangeLog,
} from './changeLogTable';
import { seesDefinitionSql } from './definitionRights';
import type { ProductTableInfo } from './productTableInfo';
import { ownerIdSql } from './productTableQuery';
import { quoteName, quoteQualifiedName, quoteText } from './quoting';
import { flag, integer, integerOrNull, type Row, type SqlRunner, text, textOrNull } from './statements';
import { readMarker } from './triggerMarker';

/**
 * `ours`: with shopMaster's marker. `desktop`: the desktop program's, which inserts into ChangeLog. `unreadable`: no
 * right to tell.
 */
export type TriggerOwner = 'ours' | 'desktop' | 'foreign' | 'unreadable';

export interface FoundTrigger {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly parentId: number;
  /** `dbo.Products`, for people. */
  readonly parent: string;
  readonly disabled: boolean;
  readonly insteadOf: boolean;
  readonly definition: string | null;
  readonly owner: TriggerOwner;
}

export interface FoundChangeLog {
  readonly kind: ChangeLogKind;
  readonly ownerId: number;
  readonly columns: readonly FoundLogColumn[];
}

export interface CapturePermissions {
  readonly alterTable: boolean;
  /** To create ChangeLog and its sequence. */
  readonly createInSchema: boolean;
  readonly viewDefinitions: boolean;
}

export interface CaptureState {
  /** All triggers on the product table, and those of shopMaster's names on other tables of the database. */
  readonly triggers: readonly FoundTrigger[];
  readonly changeLog: FoundChangeLog | null;
  readonly sequence: 'absent' | 'usable' | 'foreign';
  /** Owners of ChangeLog and its sequence as they are, or as they will be once created, as far as the login may know them. */
  readonly captureOwnerIds: readonly number[];
  readonly staging: 'absent' | 'ours' | 'foreign';
  /** Objects that have a name of ours and are no trigger, table or sequence, e.g. `dbo.ChangeLog (VIEW)`. */
  readonly namesakes: readonly string[];
  readonly permissions: CapturePermissions;
}

/** The table to look at; its `objectId` is 0 where only its name is left. */
export type CaptureTarget = Pick<ProductTableInfo, 'schema' | 'qualifiedName' | 'objectId'>;

/** Reads all of it in one round trip. */
export async function readCaptureState(
  runner: SqlRunner,
  table: CaptureTarget,
  signal: AbortSignal,
): Promise<CaptureState> {
  const [rights, triggerRows, objects, logColumns, stagingColumns, sequences] = await runner.batch(
    stateSql(table),
    signal,
  );
  const right = rights?.[0];
  if (right === undefined) throw new TypeError('SQL Server answered nothing about permissions.');
  const changeLog = objectOf(objects, changeLogName);
  const staging = objectOf(objects, stagingName);
  const sequence = objectOf(objects, sequenceName);
  const schemaOwner = integerOrNull(right, 'schema_owner_id');
  return {
    triggers: (triggerRows ?? []).map(foundTrigger),
    changeLog:
      changeLog === undefined
        ? null
        : {
            kind: isTable(changeLog) ? recognizeChangeLog((logColumns ?? []).map(foundLogColumn)) : 'foreign',
            ownerId: integer(changeLog, 'owner_id'),
            columns: (logColumns ?? []).map(foundLogColumn),
          },
    sequence: sequence === undefined ? 'absent' : sequenceState(sequences?.[0]),
    captureOwnerIds: [changeLog, sequence]
      .map((row) => (row === undefined ? schemaOwner : integer(row, 'owner_id')))
      .filter((owner) => owner !== null),
    staging:
      staging === undefined
        ? 'absent'
        : isTable(staging) && isStagingTable((stagingColumns ?? []).map(foundLogColumn))
          ? 'ours'
          : 'foreign',
    namesakes: (objects ?? [])
      .filter(isNamesake)
      .map((row) => `${table.schema}.${text(row, 'name')} (${text(row, 'type_desc')})`),
    permissions: {
      alterTable: flag(right, 'alter_table'),
      createInSchema: ['create_table', 'create_sequence', 'alter_schema', 'references_schema'].every((may) =>
        flag(right, may),
      ),
      viewDefinitions: flag(right, 'view_definition'),
    },
  };
}

/**
 * Whether the ChangeLog of a schema holds pending changes; rows that the shop is just writing are not waited for. Null:
 * there is no ChangeLog.
 */
export async function pendingChanges(runner: SqlRunner, schema: string, signal: AbortSignal): Promise<boolean | null> {
  const [rows] = await runner.batch(
    `SET NOCOUNT ON;
SET LOCK_TIMEOUT 2000;
IF OBJECT_ID(${quoteText(quotedChangeLog(schema))}, N'U') IS NOT NULL
  SELECT CASE WHEN ${hasPendingSql(schema, '(READPAST, READCOMMITTEDLOCK, ROWLOCK)')} THEN 1 ELSE 0 END AS pending;`,
    signal,
  );
  const row = rows?.[0];
  return row === undefined ? null : flag(row, 'pending');
}

type SecurableKind = 'OBJECT' | 'SCHEMA' | 'DATABASE';
type Right = 'ALTER' | 'CREATE SEQUENCE' | 'REFERENCES' | 'CREATE TABLE';

function stateSql(table: CaptureTarget): string {
  const productTable = quoteText(table.qualifiedName);
  const schema = quoteText(quoteName(table.schema));
  const schemaName = quoteText(table.schema);
  const idOf = (name: string) => `OBJECT_ID(${quoteText(quoteQualifiedName(table.schema, name))})`;
  const triggerNames = triggers.map(({ name }) => quoteText(name)).join(', ');
  const may = (object: string, kind: SecurableKind, right: Right) =>
    `COALESCE(HAS_PERMS_BY_NAME(${object}, N'${kind}', N'${right}'), 0)`;
  return `
SET NOCOUNT ON;
SET LOCK_TIMEOUT 2000;
DECLARE @changeLog INT, @staging INT, @sequence INT;
SET @changeLog = ${idOf(changeLogName)};
SET @staging = ${idOf(stagingName)};
SET @sequence = ${idOf(sequenceName)};
SELECT ${may(productTable, 'OBJECT', 'ALTER')} AS alter_table,
  ${seesDefinitionSql(productTable)} AS view_definition,
  ${may(schema, 'SCHEMA', 'ALTER')} AS alter_schema,
  ${may(schema, 'SCHEMA', 'CREATE SEQUENCE')} AS create_sequence,
  ${may(schema, 'SCHEMA', 'REFERENCES')} AS references_schema,
  ${may('QUOTENAME(DB_NAME())', 'DATABASE', 'CREATE TABLE')} AS create_table,
  (SELECT s.principal_id FROM sys.schemas AS s WHERE s.name = ${schemaName}) AS schema_owner_id;
SELECT t.object_id, t.name, t.parent_id, t.is_disabled, t.is_instead_of_trigger,
  OBJECT_SCHEMA_NAME(t.parent_id) AS parent_schema, OBJECT_NAME(t.parent_id) AS parent_name,
  OBJECT_DEFINITION(t.object_id) AS definition,
  ${seesDefinitionSql("QUOTENAME(OBJECT_SCHEMA_NAME(t.parent_id)) + N'.' + QUOTENAME(OBJECT_NAME(t.parent_id))")} AS sees_definition
FROM sys.triggers AS t
WHERE t.parent_class = 1 AND (t.parent_id = ${table.objectId} OR t.name IN (${triggerNames}))
ORDER BY t.object_id;
SELECT o.name, RTRIM(o.type) AS object_type, o.type_desc, ${ownerIdSql} AS owner_id
FROM sys.objects AS o LEFT JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE SCHEMA_NAME(o.schema_id) = ${schemaName}
  AND o.name IN (${[changeLogName, stagingName, sequenceName].map(quoteText).join(', ')}, ${triggerNames});${logColumnsSql('@changeLog')}${logColumnsSql('@staging')}
SELECT b.name AS base_type, CONVERT(NVARCHAR(40), q.increment) AS increment, q.is_cycling
FROM sys.sequences AS q LEFT JOIN sys.types AS b ON b.user_type_id = q.system_type_id
WHERE q.object_id = @sequence;`;
}

function objectOf(objects: readonly Row[] | undefined, name: string): Row | undefined {
  return objects?.find((row) => text(row, 'name').toLowerCase() === name.toLowerCase());
}

function isTable(row: Row): boolean {
  return text(row, 'object_type') === 'U';
}

function isNamesake(row: Row): boolean {
  const name = text(row, 'name').toLowerCase();
  const expected =
    name === sequenceName.toLowerCase()
      ? 'SO'
      : triggers.some((trigger) => trigger.name.toLowerCase() === name)
        ? 'TR'
        : 'U';
  return text(row, 'object_type') !== expected;
}

function sequenceState(row: Row | undefined): CaptureState['sequence'] {
  const usable =
    row !== undefined &&
    textOrNull(row, 'base_type') === 'bigint' &&
    textOrNull(row, 'increment') === '1' &&
    !flag(row, 'is_cycling');
  return usable ? 'usable' : 'foreign';
}

function foundTrigger(row: Row): FoundTrigger {
  const schema = textOrNull(row, 'parent_schema') ?? '?';
  const definition = textOrNull(row, 'definition');
  return {
    objectId: integer(row, 'object_id'),
    schema,
    name: text(row, 'name'),
    parentId: integer(row, 'parent_id'),
    parent: `${schema}.${textOrNull(row, 'parent_name') ?? '?'}`,
    disabled: flag(row, 'is_disabled'),
    insteadOf: flag(row, 'is_instead_of_trigger'),
    definition,
    owner: ownerOf(definition, flag(row, 'sees_definition')),
  };
}

function ownerOf(definition: string | null, seesDefinition: boolean): TriggerOwner {
  // Encrypted, where the login may see definitions; neither shopMaster nor the desktop program encrypts.
  if (definition === null) return seesDefinition ? 'foreign' : 'unreadable';
  if (readMarker(definition) !== null) return 'ours';
  return /\bINSERT\s+(INTO\s+)?([[\w\]"]+\s*\.\s*)*["[]?ChangeLog\b/i.test(definition) ? 'desktop' : 'foreign';
}
