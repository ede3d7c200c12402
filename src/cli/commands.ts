import { ShopError } from '../sync/errors';
import type { StateStore } from '../sync/ports';
import type { Settings } from '../sync/settings';
import type { Shop } from '../sync/shop';
import type { ConfigurePlan, ConfigureStep } from '../sync/sqlserver/configurePlan';
import type { Arguments, Command } from './arguments';
import { exitCodeOf, exitCodes, type ExitCode } from './exitCodes';
import { changes, pendingResult, problemLines, products, syncResult, uploadResult, type Result } from './reports';
import type { Terminal } from './terminal';

export interface CommandContext {
  readonly shop: Shop;
  readonly store: StateStore;
  readonly settings: Settings;
  readonly args: Arguments;
  readonly terminal: Terminal;
  readonly interrupted: AbortSignal;
}

type CommandRunner = (context: CommandContext) => Promise<ExitCode>;

/** Changes that `pending` lists. */
const listedChanges = 100;

const wayOn = 'Go on with: shopmaster upload --resume';

const configure: CommandRunner = async ({ shop, args, terminal, interrupted }) => {
  const { discardPending } = args;
  if (args.plan) {
    const plan = await shop.planConfigure({ discardPending }, interrupted);
    const table = nameOf(plan);
    const lines = plan.upToDate
      ? [`${table} is configured; there is nothing to do.`]
      : [`Configure would, for ${table}:`, ...plan.steps.map(({ description }) => `  - ${description}`)];
    terminal.result({ ...plan, table }, [...lines, ...plan.warnings.map((warning) => `! ${warning}`)]);
    return exitCodes.done;
  }
  const onStep = ({ description }: ConfigureStep): void => terminal.note(description);
  const done = await shop.configure({ discardPending, onStep }, interrupted);
  const table = nameOf(done);
  terminal.result({ ...done, table }, [
    done.upToDate ? `${table} was configured already.` : `${table} is configured.`,
    ...done.warnings.map((warning) => `! ${warning}`),
  ]);
  return exitCodes.done;
};

const upload: CommandRunner = async ({ shop, store, args, terminal, interrupted }) => {
  const report = await shop.master
    .upload({
      resume: args.resume,
      signal: interrupted,
      onProgress: (progress) => terminal.progress(progress),
    })
    .catch(async (caught: unknown) => {
      throw await withWayOn(caught, store);
    });
  if (report.cancelled) {
    const sent = `The upload was cancelled after ${products(report.products)}.`;
    throw new ShopError('cancelled', sent, wayOn);
  }
  return tell(terminal, uploadResult(report));
};

const sync: CommandRunner = async ({ shop, terminal, interrupted }) => {
  const report = await shop.master.syncNow({
    signal: interrupted,
    onProgress: (progress) => terminal.progress(progress),
  });
  if (report.anotherWriter && shop.master.state.error !== null) throw shop.master.state.error;
  return tell(terminal, syncResult(report));
};

/** A line a run until Ctrl+C. A lost session and wrong settings end it: no further run could succeed. */
const watch: CommandRunner = async ({ shop, settings, terminal, interrupted }) => {
  const { master } = shop;
  const lost = new Promise<ExitCode>((resolve) => {
    master.onDidFinishRun((result) => {
      if (result.trigger === 'upload') return;
      if (result.error === null) {
        const { object, lines } = syncResult(result.report);
        const another = result.report.anotherWriter ? ['Another window or PC syncs this shop; watching.'] : [];
        terminal.result({ ...object, anotherWriter: result.report.anotherWriter }, [...another, ...lines]);
      } else if (result.error.code !== 'cancelled') {
        terminal.failure(result.error);
        const exitCode = exitCodeOf(result.error.code);
        if (exitCode !== exitCodes.failed) resolve(exitCode);
      }
    });
  });
  const stopped = new Promise<ExitCode>((resolve) => {
    if (interrupted.aborted) resolve(exitCodes.done);
    interrupted.addEventListener('abort', () => resolve(exitCodes.done), { once: true });
  });
  terminal.note(`Sync task scheduled to run every ${settings.sync.intervalSeconds} seconds`);
  master.start();
  const exitCode = await Promise.race([lost, stopped]);
  terminal.note('Sync task has been stopped');
  return exitCode;
};

const pending: CommandRunner = async ({ shop, store, terminal, interrupted }) => {
  const { changeLog } = shop.database;
  const [state, counts] = [await store.load(), await changeLog.count(interrupted)];
  const found = await changeLog.list(null, listedChanges, interrupted);
  return tell(terminal, pendingResult(found, counts, state.rejected));
};

const status: CommandRunner = async ({ shop, store, terminal, interrupted }) => {
  const state = await store.load();
  const sqlServer = await attempt(() => shop.testSqlServer(interrupted));
  const digible = await attempt(() => shop.testDigible(interrupted));
  const capture = sqlServer.ok ? await attempt(() => shop.lookAtCapture(interrupted)) : sqlServer;
  const failed = [sqlServer, digible, capture].find((outcome) => !outcome.ok);
  const lastSync = state.lastSync === null ? null : localTime(state.lastSync);
  const object = {
    sqlServer: sqlServer.ok ? { ok: true, version: sqlServer.value } : failure(sqlServer.error),
    digible: digible.ok ? { ok: true } : failure(digible.error),
    capture: capture.ok
      ? { ok: capture.value.problems.length === 0, problems: capture.value.problems }
      : failure(capture.error),
    ...(capture.ok && capture.value.counts),
    rejected: state.rejected.length,
    lastSync,
    uploadCheckpoint: state.uploadCheckpoint,
  };
  if (failed?.ok === false) {
    terminal.note(sqlServer.ok ? 'SQL Server: connected' : `SQL Server: ${sqlServer.error.message}`);
    terminal.note(digible.ok ? 'Digible: signed in' : `Digible: ${digible.error.message}`);
    terminal.failure(failed.error, object);
    return exitCodeOf(failed.error.code);
  }
  const counts = capture.ok ? capture.value.counts : { pending: 0, deleted: 0 };
  terminal.result(object, [
    'SQL Server: connected',
    'Digible: signed in',
    `Last Sync: ${lastSync ?? 'never'}`,
    `${changes(counts.pending)} pending, ${products(state.rejected.length)} rejected, ${products(counts.deleted)} deleted in the shop (not sent)`,
    ...(state.uploadCheckpoint === null ? [] : ['An upload was not finished: shopmaster upload --resume']),
    ...(capture.ok ? problemLines(capture.value.problems) : []),
  ]);
  return exitCodes.done;
};

const remove: CommandRunner = async ({ shop, args, terminal, interrupted }) => {
  const { dropLog } = args;
  if (args.sql) {
    const sql = shop.removeScript({ dropLog });
    terminal.result({ sql }, [sql]);
    return exitCodes.done;
  }
  const { table, removed, kept } = await shop.remove({ dropLog }, interrupted);
  const lines = removed.map((thing) => `Removed: ${thing}`);
  if (removed.length === 0) lines.push(`${dropLog ? 'Nothing' : 'No trigger'} of shopMaster is there for ${table}.`);
  if (!dropLog) lines.push('ChangeLog stays; what takes it away too: shopmaster remove --drop-log');
  terminal.result({ table, removed, kept }, [...lines, ...kept]);
  return exitCodes.done;
};

export const commandRunners: Readonly<Record<Command, CommandRunner>> = {
  configure,
  upload,
  sync,
  watch,
  pending,
  status,
  remove,
};

/** A failed upload that has come some way can be resumed. Another writer's upload is not ours to resume. */
async function withWayOn(caught: unknown, store: StateStore): Promise<unknown> {
  if (!(caught instanceof ShopError) || caught.code === 'another-writer') return caught;
  const { uploadCheckpoint } = await store.load();
  const hint = uploadCheckpoint === null ? caught.hint : `${caught.hint} ${wayOn}`;
  return new ShopError(caught.code, caught.message, hint, { cause: caught });
}

function nameOf({ table }: ConfigurePlan): string {
  return `${table.schema}.${table.name}`;
}

function tell(terminal: Terminal, { object, lines, rejected }: Result): ExitCode {
  terminal.result(object, lines);
  return rejected ? exitCodes.rejected : exitCodes.done;
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ShopError };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (caught) {
    if (caught instanceof ShopError) return { ok: false, error: caught };
    throw caught;
  }
}

function failure({ code, message, hint }: ShopError): { ok: false; error: Record<string, string> } {
  return { ok: false, error: { code, message, hint } };
}

/** `YYYY-MM-DD HH:MM:SS`, as the desktop program wrote it. */
function localTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(':')}`;
}
