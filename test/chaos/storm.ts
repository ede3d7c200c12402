/** The whole story: a world, a storm in it, the calm afterwards. */
import { once } from 'node:events';
import type { ConnectionPool } from 'mssql';
import { openShopConnection } from '../../demo/scenario/shop';
import { Counter } from './counter';
import type { Journal } from './journal';
import { Killers } from './killers';
import type { ChaosOptions } from './options';
import { Pace } from './pace';
import { pause } from './pause';
import { Processes } from './processes';
import { Random } from './random';
import { Stock } from './shop/stock';
import { Till, type Books } from './shop/till';
import { hasConverged, judge, verify, type Keys, type Verdict, type Verification } from './verdict';
import type { WatchProcess } from './watchProcess';
import { Weather } from './weather';
import { startWorld, type World } from './world';

const productsAtFirst = 200;
/** A machine that is too slow for so many kills is not waited for longer than this a kill. */
const longestKillMs = 4_000;
/** Until the catalogue is equal at last. */
const deadlineMs = 90_000;
/** With nothing pending, what differs by now stays different: longer than two ticks. */
const hopelessMs = 12_000;

export interface Outcome {
  readonly verdict: Verdict;
  /** Once more, when Verify has had what it took for different sent again. */
  readonly afterwards: Verdict;
  readonly verification: Verification;
  readonly processes: Processes;
  readonly weather: Weather;
  readonly digible: World['digible'];
  readonly books: Books;
  readonly stormSeconds: number;
  readonly convergedSeconds: number | null;
  /** Of the last process, ended as a service manager does. */
  readonly lastExitCode: number | null;
  readonly leftovers: readonly string[];
  /** A process to its first sync, undisturbed before the storm and at the storm's end. */
  readonly firstSyncMs: number;
  readonly paceMs: number;
}

export class Storm {
  private readonly processes: Processes;
  private readonly weather: Weather;
  private readonly books: Books = { committed: new Counter(), rolledBack: new Counter(), errors: [], slowestMs: 0 };
  private readonly random: Random;

  private constructor(
    private readonly world: World,
    private readonly options: ChaosOptions,
    private readonly journal: Journal,
  ) {
    this.random = new Random(options.seed);
    this.processes = new Processes(world, journal);
    this.weather = new Weather(world, journal);
  }

  static async prepare(options: ChaosOptions, folder: string, journal: Journal): Promise<Storm> {
    return new Storm(await startWorld(folder, productsAtFirst, journal), options, journal);
  }

  async play(interrupted: AbortSignal): Promise<Outcome> {
    const { world, random, processes, weather, books } = this;
    const firstSyncMs = await this.measureFirstSync();
    const tills = await this.openTills();
    const started = performance.now();
    const over = new AbortController();
    const shut = new AbortController();
    const pace = new Pace(firstSyncMs);
    const killers = new Killers(world, processes, pace);
    const working = tills.map((till) => till.work(shut.signal));
    const storming = weather.storm(random.fork('weather'), pace, over.signal);
    const late = weather.lateness(random.fork('lateness'), pace, over.signal);
    const beside = killers.besides(random.fork('besides'), over.signal);
    const first = killers.oneAfterTheOther(random.fork('first'), over.signal);
    await this.untilEnough(started, interrupted);
    over.abort();
    const [last] = await Promise.all([first, beside, storming, late]);
    const stormSeconds = (performance.now() - started) / 1000;
    await weather.heal();
    shut.abort();
    await Promise.all(working);
    const keys = keysOf(tills);
    const pool = await openShopConnection(world.connection, world.connection.database);
    try {
      const healed = performance.now();
      const verdict = await this.converge(pool, keys, interrupted);
      const convergedSeconds = hasConverged(verdict) ? (performance.now() - healed) / 1000 : null;
      const lastExitCode = await this.end(last);
      const leftovers = await processes.leftovers();
      const verification = await verify(world.command);
      const afterwards = await judge(pool, world.digible.catalogue, keys);
      await world.digible.close();
      const { digible } = world;
      const figures = { stormSeconds, convergedSeconds, lastExitCode, leftovers, firstSyncMs, paceMs: pace.ms };
      return { verdict, afterwards, verification, processes, weather, digible, books, ...figures };
    } finally {
      await pool.close();
    }
  }

  close(): Promise<void> {
    return this.world.close();
  }

  /** What "soon" means on this machine: an undisturbed process, from its start to the end of its first sync, in milliseconds. */
  private async measureFirstSync(): Promise<number> {
    const started = performance.now();
    const process = this.processes.start();
    await new Promise<void>((resolve) => process.onRun(() => resolve()));
    const ms = performance.now() - started;
    await this.processes.kill(process);
    return ms;
  }

  private async openTills(): Promise<readonly Till[]> {
    const { world, random, books, journal } = this;
    const open = (name: string, stock: Stock, transactions: number, openMs: number): Promise<Till> =>
      Till.open(
        world.connection,
        stock,
        { random: random.fork(name), books, journal, preferred: () => world.digible.doubtful },
        { name, transactions, openMs, pauseMs: 300, mostProducts: 500 },
      );
    return [
      await open('counter', Stock.of('P', productsAtFirst), 0.1, 20),
      await open('back office', Stock.of('T', 0), 0.5, 1_000),
    ];
  }

  private async untilEnough(started: number, interrupted: AbortSignal): Promise<void> {
    const { kills, seconds } = this.options;
    const enough = (): boolean => {
      const ms = performance.now() - started;
      return ms >= seconds * 1000 && (this.processes.kills.total >= kills || ms >= kills * longestKillMs);
    };
    while (!enough() && !interrupted.aborted) await pause(100, interrupted);
  }

  private async converge(pool: ConnectionPool, keys: Keys, interrupted: AbortSignal): Promise<Verdict> {
    const deadline = performance.now() + deadlineMs;
    let hopelessAt = Infinity;
    for (;;) {
      const verdict = await judge(pool, this.world.digible.catalogue, keys);
      const now = performance.now();
      hopelessAt = verdict.pending === 0 ? Math.min(hopelessAt, now + hopelessMs) : Infinity;
      if (hasConverged(verdict) || interrupted.aborted || now > Math.min(deadline, hopelessAt)) return verdict;
      await pause(200, interrupted);
    }
  }

  private async end(process: WatchProcess): Promise<number | null> {
    process.terminate();
    const patience = AbortSignal.timeout(15_000);
    await Promise.race([process.gone, once(patience, 'abort')]);
    process.kill();
    await process.gone;
    return process.exitCode;
  }
}

function keysOf(tills: readonly Till[]): Keys {
  const all = tills.map(({ keys }) => keys);
  return { used: new Set(all.flatMap(({ used }) => used)), gone: all.flatMap(({ gone }) => gone) };
}
