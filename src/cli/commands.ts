import { ShopError } from '../sync/errors';
import type { StateStore } from '../sync/ports';
import type { ConfigurePlan, ConfigureStep } from '../sync/sqlserver/configurePlan';
import type { Command } from './arguments';
import type { CommandRunner } from './commandContext';
import { exitCodeOf, exitCodes, type ExitCode } from './exitCodes';
import { pendingResult, products, syncResult, uploadResult, type Result } from './reports';
import { verify } from './verify';
import { status } from './status';
import type { Terminal } from './terminal';

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

/** A line a run until Ctrl+C. A lost session, a refused login and wrong settings end it: no further run could succeed. */
const watch: CommandRunner = async ({ shop, settings, terminal, interrupted }) => {
  const { master } = shop;
  const lost = new Promise<ExitCode>((resolve) => {
    master.onDidFinishRun((result) => {
      if (result.trigger === 'upload' || result.trigger === 'verify') return;
      if (result.error === null) {
        const { object, lines } = syncResult(result.report);
        const another = result.report.anotherWriter ? ['Another window or PC syncs this shop; watching.'] : [];
        terminal.result({ ...object, anotherWriter: result.report.anotherWriter }, [...another, ...lines]);
      } else if (result.error.code !== 'cancelled') {
        terminal.failure(result.error);
        const exitCode = exitCodeOf(result.error.code);
        if (exitCode !== exitCodes.failed || result.error.code === 'sql-login-failed') resolve(exitCode);
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
  const found = await changeLog.list({}, null, listedChanges, interrupted);
  return tell(terminal, pendingResult(found, counts, state.rejected));
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
  verify,
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
