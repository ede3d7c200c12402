/** Configure: gets the shop's database ready to log changes. Running it again changes nothing. */
import type { ShopError } from '../errors';
import { toError } from '../errors';
import type { Clock } from '../ports';
import {
  otherTablePending,
  type ConfigurePlan,
  type ConfigureStep,
  type ConfigureWork,
  decide,
  type OtherTable,
  triggersElsewhere,
} from './configurePlan';
import { pendingChanges, readCaptureState } from './captureState';
import { copyToStaging, createStaging, dropStaging } from './changeLogTakeover';
import { configureSql } from './configureSql';
import { warningsOfKeys } from './keyCheck';
import { readProductTable } from './productTableInfo';
import { schemaFailure, tryWhileBusy } from './schemaFailure';
import { type SqlRunner, textOrNull } from './statements';
import type { TableName } from './tableName';

export interface ConfigureOptions {
  /** Throw away changes of a table configured before that are still pending; without it Configure refuses. */
  readonly discardPending?: boolean;
  /** Called as each step begins, once. */
  readonly onStep?: (step: ConfigureStep) => void;
}

/** Longest that the tidying up after a failed takeover may take, ms. */
const tidyingTimeout = 10_000;

/**
 * What `configure` would do now, and what the user should know before. Changes nothing; rejects as `configure` does.
 */
export async function planConfigure(
  runner: SqlRunner,
  name: TableName,
  options: ConfigureOptions,
  signal: AbortSignal,
): Promise<ConfigurePlan> {
  return (await prepare(runner, name, options, signal)).plan;
}

/**
 * Does what the plan says, and answers the plan as it was done. What touches the shop's table happens in one
 * transaction that waits 2 s for a lock at most; while another program holds the table it is tried again a few times.
 * Rejects with a ShopError and leaves nothing half-done: those of readProductTable and decide, and sql-busy.
 */
export async function configure(
  runner: SqlRunner,
  clock: Clock,
  name: TableName,
  options: ConfigureOptions,
  signal: AbortSignal,
): Promise<ConfigurePlan> {
  const reported = new Set<string>();
  const report = (step: ConfigureStep): void => {
    if (reported.has(step.description)) return;
    reported.add(step.description);
    options.onStep?.(step);
  };
  return tryWhileBusy(clock, signal, async () => {
    const work = await prepare(runner, name, options, signal);
    if (!work.plan.upToDate)
      await perform(runner, work, report, signal).catch((caught: unknown) => {
        throw schemaFailure(toError(caught), work.table.displayName);
      });
    return work.plan;
  });
}

async function prepare(
  runner: SqlRunner,
  name: TableName,
  options: ConfigureOptions,
  signal: AbortSignal,
): Promise<ConfigureWork> {
  const table = await readProductTable(runner, name, signal);
  const state = await readCaptureState(runner, table, signal);
  const others = new Map(triggersElsewhere(table, state).map(({ schema, parent }) => [schema, parent]));
  const otherTables: OtherTable[] = [];
  for (const [schema, displayName] of others) {
    const pending = await pendingChanges(runner, schema, signal);
    if (pending !== null) otherTables.push({ displayName, schema, pending });
  }
  const keyWarnings = await warningsOfKeys(runner, table, signal);
  return decide(table, state, otherTables, keyWarnings, options.discardPending ?? false);
}

async function perform(
  runner: SqlRunner,
  work: ConfigureWork,
  report: (step: ConfigureStep) => void,
  signal: AbortSignal,
): Promise<void> {
  const { table } = work;
  const { steps } = work.plan;
  const takeover = work.changeLog === 'take over';
  for (const step of steps) if (step.kind === 'take over ChangeLog') report(step);
  let done = false;
  try {
    if (takeover) await copyAhead(runner, work, signal);
    steps.forEach(report);
    const recordsets = await runner.batch(configureSql(work), signal);
    const outcome = recordsets.at(-1)?.[0];
    if (outcome === undefined || textOrNull(outcome, 'outcome') !== 'done') throw pendingSince(work);
    done = true;
  } finally {
    if (takeover && !done) await tidyUp(runner, table.schema);
  }
}

async function copyAhead(runner: SqlRunner, work: ConfigureWork, signal: AbortSignal): Promise<void> {
  const { table, state } = work;
  await createStaging(runner, table.schema, signal);
  const discards = work.discardPending && work.otherTables.some(({ schema }) => schema === table.schema);
  if (state.changeLog !== null && !discards) await copyToStaging(runner, table, state.changeLog, signal);
}

/** The copy is of no use to anybody; where even this fails, the next Configure begins with it. */
async function tidyUp(runner: SqlRunner, schema: string): Promise<void> {
  await dropStaging(runner, schema, AbortSignal.timeout(tidyingTimeout)).catch(() => undefined);
}

function pendingSince({ table, otherTables }: ConfigureWork): ShopError {
  return otherTablePending(table, otherTables.map(({ displayName }) => displayName).join(', '));
}
