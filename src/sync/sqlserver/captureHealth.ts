/**
 * The cheap look before every sync: are the triggers there, enabled, on this table, made for these columns? Nothing is
 * repaired here; Configure does that when the user asks for it.
 */
import type { CaptureProblem } from '../model';
import { changeLogName, quotedChangeLog, triggers } from './captureNames';
import { foundLogColumn, logColumnsSql, recognizeChangeLog } from './changeLogTable';
import { columnRoles, type ColumnRole } from './columnTypes';
import { seesDefinitionSql } from './definitionRights';
import type { ProductTableInfo } from './productTableInfo';
import { columnTypeOf } from './productTableQuery';
import { quoteName, quoteQualifiedName, quoteText } from './quoting';
import { flag, type Row, text, textOrNull } from './statements';
import { captureVersion, type CapturedColumn, columnsFingerprint, readMarker } from './triggerMarker';

type HealthTable = Pick<ProductTableInfo, 'schema' | 'table' | 'displayName'>;

/** How many recordsets `captureHealthSql` gives, in the order in which `captureProblems` takes them. */
export const captureHealthRecordsets = 4;

/**
 * SELECTs over the catalog, to be put into a batch once; they change nothing and need no rights but to connect. Names
 * are resolved anew each time, since a table may be dropped and created again.
 *
 * ChangeLog is looked up after the triggers: Configure, which may come to its end in between, makes both in one transaction, and
 * triggers without a ChangeLog would be an alarm.
 *
 * Without nested triggers, a server option that a contained database may override, no trigger fires for what another
 * one writes; that matters only where there are others.
 */
export function captureHealthSql(table: HealthTable): string {
  const productTable = quoteText(quoteQualifiedName(table.schema, table.table));
  const changeLog = quoteText(quotedChangeLog(table.schema));
  const ours = triggers.map(({ name }) => ({
    variable: `@${name}`,
    id: `OBJECT_ID(${quoteText(quoteQualifiedName(table.schema, name))}, N'TR')`,
  }));
  // NOT IN with a NULL among them would be true of nothing.
  const ids = ours.map(({ variable }) => `COALESCE(${variable}, 0)`).join(', ');
  const roles = columnRoles.map((role) => `WHEN c.name = ${quoteText(role)} THEN ${quoteText(role)}`).join(' ');
  return `
DECLARE @productTable INT, @changeLog INT, ${ours.map(({ variable }) => `${variable} INT`).join(', ')};
SET @productTable = OBJECT_ID(${productTable});
${ours.map(({ variable, id }) => `SET ${variable} = ${id};`).join('\n')}
SELECT t.name, t.is_disabled, CASE WHEN t.parent_id = @productTable THEN 1 ELSE 0 END AS is_here,
  OBJECT_SCHEMA_NAME(t.parent_id) AS parent_schema, OBJECT_NAME(t.parent_id) AS parent_name,
  OBJECT_DEFINITION(t.object_id) AS definition
FROM sys.triggers AS t WHERE t.object_id IN (${ours.map(({ variable }) => variable).join(', ')});
SELECT CASE ${roles} END AS column_role, b.name AS base_type, c.max_length, c.precision, c.scale, c.collation_name, c.is_nullable
FROM sys.columns AS c LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id
WHERE c.object_id = @productTable AND c.name IN (${columnRoles.map(quoteText).join(', ')});
SET @changeLog = OBJECT_ID(${changeLog}, N'U');
SELECT CASE WHEN @changeLog IS NULL THEN 0 ELSE 1 END AS has_change_log,
  ${seesDefinitionSql(productTable)} AS sees_definitions,
  CASE WHEN OBJECTPROPERTY(@productTable, N'OwnerId') <> OBJECTPROPERTY(@changeLog, N'OwnerId') THEN 1 ELSE 0 END AS owners_differ,
  CASE WHEN COALESCE((SELECT CONVERT(INT, d.is_nested_triggers_on) FROM sys.databases AS d WHERE d.database_id = DB_ID()),
      (SELECT CONVERT(INT, o.value_in_use) FROM sys.configurations AS o WHERE o.name = N'nested triggers'), 1) = 0
    AND EXISTS (SELECT 1 FROM sys.triggers AS t
      WHERE t.parent_class = 1 AND t.is_disabled = 0 AND t.object_id NOT IN (${ids})) THEN 1 ELSE 0 END AS misses_nested;${logColumnsSql('@changeLog')}`;
}

/** What the recordsets of `captureHealthSql` tell; empty when all is well. */
export function captureProblems(
  table: HealthTable,
  recordsets: readonly (readonly Row[])[],
): readonly CaptureProblem[] {
  const [found, columns, states, logColumns] = recordsets;
  const state = states?.[0];
  if (state === undefined || found === undefined || columns === undefined || logColumns === undefined)
    throw new TypeError('SQL Server did not answer the look at the triggers.');
  const seesDefinitions = flag(state, 'sees_definitions');
  const problems = triggers.flatMap(({ name }) => {
    const row = found.find((candidate) => sameName(text(candidate, 'name'), name));
    if (row !== undefined) return triggerProblems(table, name, row, seesDefinitions);
    return seesDefinitions ? [missing(table, name)] : [];
  });
  const unseen =
    !seesDefinitions && (found.length < triggers.length || found.some((row) => textOrNull(row, 'definition') === null));
  return [
    ...changeLogProblems(table, state, logColumns),
    ...(unseen ? [notVisible(table)] : []),
    ...problems,
    ...columnProblems(table, found, columns),
    ...(flag(state, 'misses_nested') ? [nestedTriggersOff(table)] : []),
  ];
}

function changeLogProblems(table: HealthTable, state: Row, columns: readonly Row[]): readonly CaptureProblem[] {
  if (!flag(state, 'has_change_log')) return [changeLogMissing(table)];
  return [
    ...(recognizeChangeLog(columns.map(foundLogColumn)) === 'ours' ? [] : [changeLogAltered(table)]),
    ...(flag(state, 'owners_differ') ? [ownersDiffer(table)] : []),
  ];
}

function triggerProblems(
  table: HealthTable,
  name: string,
  row: Row,
  seesDefinitions: boolean,
): readonly CaptureProblem[] {
  if (!flag(row, 'is_here')) {
    const parent = `${textOrNull(row, 'parent_schema') ?? '?'}.${textOrNull(row, 'parent_name') ?? '?'}`;
    return [
      {
        kind: 'trigger on another table',
        message: `The trigger ${name} watches ${parent}, not ${table.displayName}. Repair makes it anew.`,
      },
    ];
  }
  const disabled: readonly CaptureProblem[] = flag(row, 'is_disabled')
    ? [
        {
          kind: 'trigger disabled',
          message: `The trigger ${name} on ${table.displayName} is disabled, so changes are not logged. Enable it, or repair.`,
        },
      ]
    : [];
  const definition = textOrNull(row, 'definition');
  // Encrypted, where the login may see definitions.
  if (definition === null) return seesDefinitions ? [...disabled, altered(table, name)] : disabled;
  const marker = readMarker(definition);
  if (marker?.intact !== true) return [...disabled, altered(table, name)];
  if (marker.version === captureVersion) return disabled;
  return [
    ...disabled,
    {
      kind: 'trigger altered',
      message: `The trigger ${name} on ${table.displayName} was made by another version of shopMaster. Repair makes it anew.`,
    },
  ];
}

function columnProblems(table: HealthTable, found: readonly Row[], columns: readonly Row[]): readonly CaptureProblem[] {
  const gone = columnRoles.filter((role) => !columns.some((row) => textOrNull(row, 'column_role') === role));
  if (gone.length > 0)
    return [
      {
        kind: 'columns changed',
        message: `${table.displayName} has no column ${gone.join(', ')} any more. Give the columns their names back, or configure another table.`,
      },
    ];
  const now = columnsFingerprint(capturedColumns(columns));
  const stale = found.some((row) => {
    const marker = readMarker(textOrNull(row, 'definition') ?? '');
    return flag(row, 'is_here') && marker?.intact === true && marker.columns !== now;
  });
  if (!stale) return [];
  return [
    {
      kind: 'columns changed',
      message: `The columns of ${table.displayName} have other types than when the triggers were made. Repair makes them anew.`,
    },
  ];
}

function capturedColumns(rows: readonly Row[]): Readonly<Partial<Record<ColumnRole, CapturedColumn>>> {
  const columns: Partial<Record<ColumnRole, CapturedColumn>> = {};
  for (const role of columnRoles) {
    const row = rows.find((candidate) => textOrNull(candidate, 'column_role') === role);
    if (row !== undefined) columns[role] = { type: columnTypeOf(row), nullable: flag(row, 'is_nullable') };
  }
  return columns;
}

function missing(table: HealthTable, name: string): CaptureProblem {
  return {
    kind: 'trigger missing',
    message: `The trigger ${name} on ${table.displayName} is missing, so changes are not logged. Repair makes it anew.`,
  };
}

function altered(table: HealthTable, name: string): CaptureProblem {
  return {
    kind: 'trigger altered',
    message: `The trigger ${name} on ${table.displayName} was changed by hand. Repair makes it anew.`,
  };
}

function changeLogMissing(table: HealthTable): CaptureProblem {
  const changeLog = `${table.schema}.${changeLogName}`;
  return {
    kind: 'change log missing',
    message: `${changeLog} is missing, or this login may not read it. While the triggers are there the shop can’t write to ${table.displayName}: repair, or run remove.sql.`,
  };
}

/** A default or a column less, and the trigger's INSERT fails, and the sale with it. */
function changeLogAltered(table: HealthTable): CaptureProblem {
  return {
    kind: 'change log altered',
    message: `${table.schema}.${changeLogName} was changed by hand, or another program made it; it may be that the shop can’t write to ${table.displayName}. Repair makes it anew, with every change in it.`,
  };
}

/** Ownership chaining ends there. */
function ownersDiffer(table: HealthTable): CaptureProblem {
  return {
    kind: 'owners differ',
    message: `${table.displayName} and ${table.schema}.${changeLogName} have different owners, so a login without rights on ${changeLogName} can’t write to ${table.displayName}. Have the owner made the same: ALTER AUTHORIZATION.`,
  };
}

function nestedTriggersOff(table: HealthTable): CaptureProblem {
  return {
    kind: 'nested triggers off',
    message: `The server option "nested triggers" is off, so products of ${table.displayName} that another trigger writes are not logged. Have it turned on, if no program counts on it, or upload now and then.`,
  };
}

function notVisible(table: HealthTable): CaptureProblem {
  return {
    kind: 'triggers not visible',
    message: `This login may not look at the triggers on ${table.displayName}, so nobody can tell whether changes are logged. Have GRANT VIEW DEFINITION ON ${quoteName(table.schema)}.${quoteName(table.table)} given to it.`,
  };
}

/** In a case-insensitive database a trigger may be written in another case. */
function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
