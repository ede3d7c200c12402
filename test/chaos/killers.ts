/** Who kills the processes, and when: at a random moment, or just when something is under way. */
import type { Journal } from './journal';
import { pause } from './pause';
import { acknowledgement } from './phase';
import type { Processes } from './processes';
import type { Random } from './random';
import type { WatchProcess } from './watchProcess';
import type { World } from './world';

/** What has not come after this time is not waited for any longer. */
const patienceMs = 3_000;
/** Until the next tick after that of the start. */
const secondSyncMs = 5_500;

type Moment = (process: WatchProcess, ended: AbortSignal) => Promise<void>;

export class Killers {
  constructor(
    private readonly world: World,
    private readonly processes: Processes,
    private readonly journal: Journal,
    /** From the start of an undisturbed process to the end of its first sync. */
    private readonly firstSyncMs: number,
  ) {}

  /** One process after the other, until the signal is aborted; the last one is left alive. */
  async oneAfterTheOther(random: Random, signal: AbortSignal): Promise<WatchProcess> {
    let process = this.processes.start();
    for (;;) {
      await this.during(process, signal, this.moment(random));
      if (signal.aborted && process.isAlive) return process;
      await this.end(process);
      await pause(random.chance(0.3) ? 0 : random.spread(5, 300), signal);
      process = this.processes.start();
    }
  }

  /** Now and then a second one beside the first, until it has taken over, or grows old. */
  async besides(random: Random, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(random.spread(300, 4_000), signal);
      if (signal.aborted) return;
      const process = this.processes.start();
      await this.during(process, signal, async (_, ended) => {
        if (await firstOf(takeover(process), random.whole(1_000, 12_000), ended))
          await pause(random.spread(10, 1_500), ended);
      });
      await this.end(process);
    }
  }

  private moment(random: Random): Moment {
    const { sqlServer, digible } = this.world;
    const after = random.spread(0.5, 30);
    const soon = random.chance(0.5) ? 0 : after;
    const arrival =
      (calls: readonly string[], count: number): Moment =>
      async (_, ended) => {
        await firstOf(
          (happened) => {
            let left = count;
            return digible.onArrival((call) => {
              if (!calls.includes(call)) return;
              left -= 1;
              if (left === 0) happened();
            });
          },
          patienceMs,
          ended,
        );
        await pause(soon, ended);
      };
    const statement =
      (pattern: RegExp, count: number): Moment =>
      async (process, ended) => {
        await firstOf(
          (happened) => {
            let left = count;
            return sqlServer.faults.onStatement((text, session) => {
              if (!pattern.test(text)) return;
              const connection = sqlServer.connections().find(({ processId }) => processId === session);
              if (connection?.clientProcessId !== process.pid) return;
              left -= 1;
              if (left === 0) happened();
            });
          },
          patienceMs,
          ended,
        );
        await pause(soon, ended);
      };
    return random.weighted<Moment>([
      [40, (_, ended) => pause(random.spread(10, 3 * this.firstSyncMs), ended)],
      [12, arrival(['login'], 1)],
      [20, arrival(['sync', 'update'], random.whole(1, 12))],
      [15, statement(acknowledgement, random.whole(1, 4))],
      [8, statement(/@page|FROM \[dbo\]\.\[Products\]/, random.whole(1, 4))],
      [3, (_, ended) => pause(secondSyncMs + random.whole(0, 1_500), ended)],
    ]);
  }

  private async during(process: WatchProcess, signal: AbortSignal, moment: Moment): Promise<void> {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    void process.gone.then(end);
    signal.addEventListener('abort', end, { once: true });
    await moment(process, ended.signal);
    signal.removeEventListener('abort', end);
  }

  private async end(process: WatchProcess): Promise<void> {
    if (!(await this.processes.kill(process))) {
      await process.gone;
      this.journal.note(`process ${process.pid} needed no kill`);
    }
  }
}

function takeover(process: WatchProcess): (happened: () => void) => { dispose(): void } {
  return (happened) =>
    process.onRun((line) => {
      if (line['anotherWriter'] === false) happened();
    });
}

/** True when it happened, false when it did not within the time or the signal was aborted. */
async function firstOf(
  watch: (happened: () => void) => { dispose(): void },
  patience: number,
  ended: AbortSignal,
): Promise<boolean> {
  const done = new AbortController();
  let came = false;
  const watching = watch(() => {
    came = true;
    done.abort();
  });
  await pause(patience, AbortSignal.any([done.signal, ended]));
  watching.dispose();
  return came;
}
