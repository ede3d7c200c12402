/** When a process is killed: at a random moment, or just when something is under way. */
import { pause } from './pause';
import { acknowledgement, productsRead } from './phase';
import type { Processes } from './processes';
import type { Random } from './random';
import type { WatchProcess } from './watchProcess';
import type { World } from './world';

/** Until the next tick after that of the start. */
const secondSyncMs = 5_500;

/** Resolves when it has come, or as soon as the signal is aborted. */
export type Moment = (process: WatchProcess, ended: AbortSignal) => Promise<void>;

type Watch = (happened: () => void) => { dispose(): void };

/** @param paceMs from the start of a process to the end of its first sync */
export function randomMoment(random: Random, world: World, processes: Processes, paceMs: number): Moment {
  const afterwards = random.chance(0.5) ? 0 : random.spread(0.5, 30);
  const on =
    (watch: (process: WatchProcess, happened: () => void) => { dispose(): void }, afterMs = afterwards): Moment =>
    async (process, ended) => {
      // What has not come by then is not waited for any longer.
      await happens((happened) => watch(process, happened), 2 * paceMs, ended);
      await pause(afterMs, ended);
    };
  const arrival = (calls: readonly string[], count: number): Moment =>
    on((_, happened) => {
      const next = countdown(count, happened);
      return world.digible.onArrival((call) => {
        if (calls.includes(call)) next();
      });
    });
  const statement = (pattern: RegExp, count: number): Moment =>
    on((process, happened) => {
      const next = countdown(count, happened);
      return world.sqlServer.faults.onStatement((text, session) => {
        if (pattern.test(text) && processes.clientOf(session) === process) next();
      });
    });
  return random.weighted<Moment>([
    [15, (_, ended) => pause(random.spread(10, paceMs), ended)],
    [25, (_, ended) => pause((0.3 + random.next()) * paceMs, ended)],
    [12, arrival(['login'], 1)],
    [20, arrival(['sync', 'update'], random.whole(1, 12))],
    [15, statement(acknowledgement, random.whole(1, 4))],
    [4, statement(/@page/, 1)],
    [4, statement(productsRead, random.whole(1, 4))],
    [6, on((_, happened) => world.digible.onAbandoned(happened), random.whole(550, 1_000))],
    [3, (_, ended) => pause(secondSyncMs + random.whole(0, 1_500), ended)],
  ]);
}

/** True when it happened, false when it did not within so many milliseconds, or the signal was aborted. */
export async function happens(watch: Watch, patienceMs: number, ended: AbortSignal): Promise<boolean> {
  const done = new AbortController();
  let came = false;
  const watching = watch(() => {
    came = true;
    done.abort();
  });
  await pause(patienceMs, AbortSignal.any([done.signal, ended]));
  watching.dispose();
  return came;
}

function countdown(count: number, happened: () => void): () => void {
  let left = count;
  return () => {
    left -= 1;
    if (left === 0) happened();
  };
}
