/** Who kills the processes: the first is killed and started again all the time, and sometimes there is a second beside it. */
import { happens, randomMoment, type Moment } from './moments';
import type { Pace } from './pace';
import { pause } from './pause';
import type { Processes } from './processes';
import type { Random } from './random';
import type { WatchProcess } from './watchProcess';
import type { World } from './world';

/** A process that watches another takes over at its next tick, which comes within the interval of the settings. */
const takeoverMs = 6_500;

export class Killers {
  private second: WatchProcess | null = null;

  constructor(
    private readonly world: World,
    private readonly processes: Processes,
    private readonly pace: Pace,
  ) {}

  /** One process after the other, until the signal is aborted; the last one is left alive. */
  async oneAfterTheOther(random: Random, signal: AbortSignal): Promise<WatchProcess> {
    let process = this.start();
    for (;;) {
      const idleMs = random.spread(1, 200);
      const moment = randomMoment(random, this.world, this.processes, this.pace.ms);
      await this.during(process, signal, async (_, ended) => {
        // A process that only watches is at nothing that would be worth waiting for.
        const watching = new AbortController();
        const told = process.onRun(() => {
          if (process.isWatchingAnother) watching.abort();
        });
        await moment(process, AbortSignal.any([ended, watching.signal]));
        told.dispose();
        if (process.isWatchingAnother) await pause(idleMs, ended);
      });
      if (signal.aborted && process.isAlive) return process;
      await this.processes.kill(process);
      const { second } = this;
      if (second?.isAlive === true && second.isWatchingAnother && random.chance(0.4))
        await this.during(second, signal, async (_, ended) => {
          await takesOver(second, takeoverMs, ended);
        });
      else await pause(random.chance(0.3) ? 0 : random.spread(5, 300), signal);
      process = this.start();
    }
  }

  /** Now and then a second one beside the first, until it is the one that sends, or has waited for that long enough. */
  async besides(random: Random, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(random.spread(3, 15) * this.pace.ms, signal);
      if (signal.aborted) return;
      const second = this.start();
      this.second = second;
      await this.during(second, signal, async (_, ended) => {
        if (await takesOver(second, random.whole(2_000, 3 * takeoverMs), ended))
          await pause(random.spread(0.01, 1) * this.pace.ms, ended);
      });
      await this.processes.kill(second);
    }
  }

  private start(): WatchProcess {
    const process = this.processes.start();
    this.pace.follow(process);
    return process;
  }

  /** Until the moment has come, the process has ended, or the storm. */
  private async during(process: WatchProcess, signal: AbortSignal, moment: Moment): Promise<void> {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    void process.gone.then(end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    await moment(process, ended.signal);
    signal.removeEventListener('abort', end);
  }
}

/** The process is the one that sends, from its start or since another has died. */
function takesOver(process: WatchProcess, patienceMs: number, ended: AbortSignal): Promise<boolean> {
  const watch = (happened: () => void): { dispose(): void } => {
    const taking = process.onTakeover(happened);
    const running = process.onRun((line) => {
      if (line['anotherWriter'] === false) happened();
    });
    return {
      dispose: () => {
        taking.dispose();
        running.dispose();
      },
    };
  };
  return happens(watch, patienceMs, ended);
}
