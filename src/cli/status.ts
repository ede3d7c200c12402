/** `status`: both sides reached, each on its own, and how things stand between them. */
import { ShopError } from '../sync/errors';
import type { CaptureLook } from '../sync/ports';
import type { CommandRunner } from './commandContext';
import { exitCodeOf, exitCodes } from './exitCodes';
import { changes, problemLines, products } from './reports';

export const status: CommandRunner = async ({ shop, store, terminal, interrupted }) => {
  const { lastSync: lastSyncAt, rejected, uploadCheckpoint } = await store.load();
  const sqlServer = await attempt(() => shop.testSqlServer(interrupted));
  const digible = await attempt(() => shop.testDigible(interrupted));
  const capture = sqlServer.ok ? await attempt(() => shop.lookAtCapture(interrupted)) : sqlServer;
  const lastSync = lastSyncAt === null ? null : localTime(lastSyncAt);
  const look: CaptureLook | null = capture.ok ? capture.value : null;
  const problems = look?.problems ?? [];
  const error = [sqlServer, digible, capture].find(isFailed)?.error ?? (problems.length > 0 ? captureDamaged() : null);
  terminal.outcome(
    {
      sqlServer: sqlServer.ok ? { ok: true, version: sqlServer.value } : told(sqlServer),
      digible: digible.ok ? { ok: true } : told(digible),
      capture: capture.ok ? { ok: problems.length === 0, problems } : told(capture),
      ...look?.counts,
      rejected: rejected.length,
      lastSync,
      uploadCheckpoint,
    },
    [
      ...(sqlServer.ok ? ['SQL Server: connected'] : sentences('SQL Server', sqlServer)),
      ...(digible.ok ? ['Digible: signed in'] : sentences('Digible', digible)),
      ...(sqlServer.ok && isFailed(capture) ? sentences('Product table', capture) : []),
      `Last Sync: ${lastSync ?? 'never'}`,
      ...(look === null
        ? []
        : [
            `${changes(look.counts.pending)} pending, ${products(rejected.length)} rejected, ` +
              `${products(look.counts.deleted)} deleted in the shop (not sent)`,
          ]),
      ...(uploadCheckpoint === null ? [] : ['An upload was not finished: shopmaster upload --resume']),
      ...problemLines(problems),
    ],
    error,
  );
  return error === null ? exitCodes.done : exitCodeOf(error.code);
};

interface Failed {
  readonly ok: false;
  readonly error: ShopError;
}

type Attempt<T> = { readonly ok: true; readonly value: T } | Failed;

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (caught) {
    if (caught instanceof ShopError) return { ok: false, error: caught };
    throw caught;
  }
}

function isFailed(outcome: Attempt<unknown>): outcome is Failed {
  return !outcome.ok;
}

function told({ error: { code, message, hint } }: Failed): object {
  return { ok: false, error: { code, message, hint } };
}

function sentences(what: string, { error }: Failed): readonly string[] {
  return [`${what}: ${error.message}`, `  ${error.hint}`];
}

/** Changes may be getting lost: whoever watches over the exit code must hear of it. */
function captureDamaged(): ShopError {
  return new ShopError(
    'capture-damaged',
    'Changes of the product table may not be logged.',
    'Have the triggers repaired: shopmaster configure',
    { remedy: 'repair' },
  );
}

/** `YYYY-MM-DD HH:MM:SS`, as the desktop program wrote it. */
function localTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(':')}`;
}
