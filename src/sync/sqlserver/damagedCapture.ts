/** What a look tells where the product table is no longer as it was, or ChangeLog is gone or lacks a column. */
import { ShopError } from '../errors';
import type { CaptureProblem } from '../model';
import { triggers } from './captureNames';
import type { CaptureCheck, ChangeLogTable } from './changeLog';
import { reading } from './changeRows';
import type { SqlRunner } from './statements';

type TableLookup = (runner: SqlRunner, signal: AbortSignal) => Promise<ChangeLogTable>;

/** How one read looks at the triggers as well. */
export interface Look<T> {
  readonly read: (log: ChangeLogTable) => Promise<T>;
  readonly problemsOf: (result: T) => readonly CaptureProblem[];
  /** The result where there is no ChangeLog that could be read from. No statement of `read` needs to have been carried out. */
  readonly empty: (problems: readonly CaptureProblem[]) => T | Promise<T>;
}

/**
 * Reads, and tells the damage at once. Rejects with readProductTable's ShopError where the columns have become such that
 * the table can't be synced; with not-configured where neither ChangeLog nor a trigger is there.
 */
export async function lookThroughDamage<T>(
  { read, problemsOf, empty }: Look<T>,
  table: TableLookup,
  runner: SqlRunner,
  signal: AbortSignal,
): Promise<T> {
  const log = await table(runner, signal);
  // It was forgotten, and is looked up anew.
  const lookUpChanged = async (problems: readonly CaptureProblem[]) => {
    if (problems.some(({ kind }) => kind === 'columns changed')) await table(runner, signal);
  };
  const readThrough = async () => {
    const result = await read(log);
    await lookUpChanged(problemsOf(result));
    return result;
  };
  try {
    return await readThrough();
  } catch (failure) {
    if (!(failure instanceof ShopError)) throw failure;
    const explains = explanations.get(failure.code);
    if (explains === undefined) throw failure;
    const problems = await problemsWithoutChangeLog(log.check, runner, signal);
    if (!explains(problems)) throw failure;
    // It is there by now: Configure has just come to its end.
    if (!problems.some(({ kind }) => kind === 'change log missing' || kind === 'change log altered'))
      return readThrough();
    await lookUpChanged(problems);
    return empty(problems);
  }
}

/**
 * Failures of a batch that the look tells better. A column that is missing (error 207) fails the whole batch while it is compiled,
 * before any look.
 */
const explanations: ReadonlyMap<ShopError['code'], (problems: readonly CaptureProblem[]) => boolean> = new Map([
  ['not-configured', haveTriggers],
  ['columns-missing', (problems) => problems.some(({ kind }) => kind === 'change log altered')],
]);

async function problemsWithoutChangeLog(
  check: CaptureCheck,
  runner: SqlRunner,
  signal: AbortSignal,
): Promise<readonly CaptureProblem[]> {
  return check.problems(await runner.batch(reading + check.sql, signal));
}

/** Each trigger that is not here is a problem of its own. */
function haveTriggers(problems: readonly CaptureProblem[]): boolean {
  const elsewhere = problems.filter(({ kind }) => kind === 'trigger missing' || kind === 'trigger on another table');
  return elsewhere.length < triggers.length && !problems.some(({ kind }) => kind === 'triggers not visible');
}
