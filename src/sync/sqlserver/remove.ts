/** Remove: takes shopMaster's triggers away again and, if asked, ChangeLog with its sequence. */
import { ShopError, toError } from '../errors';
import type { Clock } from '../ports';
import { changeLogName, hasNameOfOurs, sequenceName, stagingName, triggers } from './captureNames';
import { type CaptureState, type CaptureTarget, type FoundTrigger, readCaptureState } from './captureState';
import { renamedTriggers } from './configurePlan';
import { dropTriggerSql, transactionOptions } from './configureSql';
import { queryTableFacts } from './productTableQuery';
import { quoteQualifiedName } from './quoting';
import { schemaFailure, tryWhileBusy } from './schemaFailure';
import type { SqlRunner } from './statements';
import type { TableName } from './tableName';

export interface RemoveOptions {
  /** ChangeLog and its sequence too, with every change in it. */
  readonly dropLog: boolean;
}

export interface RemoveReport {
  /** `dbo.Products`, for people. */
  readonly table: string;
  /** What was removed, e.g. `trigger trgAfterInsert on dbo.Products`; empty: there was nothing of shopMaster's. */
  readonly removed: readonly string[];
  /** What stays because it is not shopMaster's, a sentence each. */
  readonly kept: readonly string[];
}

interface RemoveWork {
  readonly report: RemoveReport;
  readonly statements: readonly string[];
}

/**
 * Removes shopMaster's and the desktop program's triggers from the product table's schema, in one transaction, triggers
 * first. It needs no product table: where that is gone or was renamed, the rest goes all the same. Rejects with a
 * ShopError (triggers-not-permitted, triggers-not-visible, sql-busy) and leaves nothing half-done.
 */
export async function remove(
  runner: SqlRunner,
  clock: Clock,
  name: TableName,
  options: RemoveOptions,
  signal: AbortSignal,
): Promise<RemoveReport> {
  return tryWhileBusy(clock, signal, async () => {
    const { report, statements } = await prepare(runner, name, options, signal);
    if (statements.length > 0)
      await runner
        .batch(`${transactionOptions}\nBEGIN TRANSACTION;\n${statements.join('\n')}\nCOMMIT TRANSACTION;`, signal)
        .catch((caught: unknown) => {
          signal.throwIfAborted();
          throw schemaFailure(toError(caught), report.table);
        });
    return report;
  });
}

async function prepare(
  runner: SqlRunner,
  name: TableName,
  { dropLog }: RemoveOptions,
  signal: AbortSignal,
): Promise<RemoveWork> {
  const { object, defaultSchema } = await queryTableFacts(runner, name, signal);
  const schema = object?.schema ?? name.schema ?? defaultSchema;
  const table = object?.name ?? name.table;
  const displayName = `${schema}.${table}`;
  const target: CaptureTarget = {
    schema,
    qualifiedName: quoteQualifiedName(schema, table),
    objectId: object?.objectId ?? 0,
  };
  const state = await readCaptureState(runner, target, signal);
  const named = state.triggers.filter((trigger) => trigger.schema === schema && hasNameOfOurs(trigger.name));
  if (object !== null && unseen(state, named)) throw notVisible(displayName);

  // One that is left would fail without ChangeLog, and with it every sale.
  const removed = [
    ...named.filter(({ owner }) => owner === 'ours' || owner === 'desktop'),
    ...renamedTriggers(target, state),
  ];
  const log: LogWork = dropLog ? logWork(schema, state) : { removed: [], statements: [], kept: [] };
  const kept = named
    .filter(({ owner }) => owner === 'foreign')
    .map((trigger) => `The trigger ${trigger.name} on ${trigger.parent} is not shopMaster’s and stays.`);
  return {
    report: {
      table: displayName,
      removed: [...removed.map((trigger) => `trigger ${trigger.name} on ${trigger.parent}`), ...log.removed],
      kept: [...kept, ...log.kept],
    },
    statements: [...removed.map(dropTriggerSql), ...log.statements],
  };
}

interface LogWork extends Omit<RemoveReport, 'table'> {
  readonly statements: readonly string[];
}

function logWork(schema: string, state: CaptureState): LogWork {
  if (state.changeLog?.kind === 'foreign')
    return { removed: [], statements: [], kept: [`${schema}.${changeLogName} is not shopMaster’s and stays.`] };
  const things = [
    { there: state.changeLog !== null, kind: 'table', name: changeLogName },
    { there: state.staging === 'ours', kind: 'table', name: stagingName },
    // Its default is what ChangeLog's rows are numbered by, so it goes last.
    { there: state.sequence === 'usable', kind: 'sequence', name: sequenceName },
  ].filter(({ there }) => there);
  return {
    removed: things.map(({ kind, name }) => `${kind} ${schema}.${name}`),
    statements: things.map(({ kind, name }) => `DROP ${kind.toUpperCase()} ${quoteQualifiedName(schema, name)};`),
    kept: state.sequence === 'foreign' ? [`The sequence ${schema}.${sequenceName} is not shopMaster’s and stays.`] : [],
  };
}

function unseen(state: CaptureState, named: readonly FoundTrigger[]): boolean {
  return (
    named.some(({ owner }) => owner === 'unreadable') ||
    (!state.permissions.viewDefinitions && named.length < triggers.length)
  );
}

function notVisible(table: string): ShopError {
  return new ShopError(
    'triggers-not-visible',
    `This login may not look at the triggers on ${table}.`,
    'Use a login that may, or have remove.sql run by whoever looks after the server.',
    { remedy: 'configure' },
  );
}
