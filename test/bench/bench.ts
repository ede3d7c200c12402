/** One run of the bench: the world it measures in, how large it is, and what its scenarios share. */
import type { Measured } from './engine/measure';
import type { Usage } from './processes/sqlServer';
import { changePrices } from './products';
import { resultOf, costsOf, type Result } from './result';
import { fastApi, slowApi } from './scenarios/scenario';
import type { Api, BenchShop, World } from './world';

export interface BenchOptions {
  /** Small numbers, which show that the bench works and nothing else. */
  readonly quick: boolean;
  /** Where the .cpuprofile of each measured engine goes; null: none is made. */
  readonly profileOf: ((title: string) => string) | null;
  readonly report: (result: Result) => void;
}

/** A sync or an upload as it was measured, with what Digible saw of it. */
export interface SentRun extends Measured {
  readonly products: number;
  readonly requests: number;
  readonly connections: number;
  /** What was asked of SQL Server; null on a real one. */
  readonly sql: Usage | null;
}

/** Products or changes of the desktop's runs. */
const desktopChanges = 500;
const desktopProducts = 10_000;

export class Bench {
  readonly results: Result[] = [];
  private readonly memory = new Map<string, Promise<unknown>>();

  constructor(
    readonly world: World,
    private readonly options: BenchOptions,
  ) {}

  /** How many there are of something, or how many in a small run. */
  size(full: number, quick: number): number {
    return this.options.quick ? quick : full;
  }

  /** The latencies to measure with. */
  get apis(): readonly Api[] {
    return this.options.quick ? [fastApi] : this.options.profileOf === null ? [slowApi, fastApi] : [slowApi];
  }

  add(result: Result): void {
    const judged = this.options.quick
      ? { ...result, targets: result.targets.map(({ text }) => ({ text, reached: null })) }
      : result;
    this.results.push(judged);
    this.options.report(judged);
  }

  profile(title: string): string | null {
    return this.options.profileOf?.(title) ?? null;
  }

  /** A shop for as long as `work` takes. `known`: products that Digible has already. */
  async withShop<T>(api: Api, work: (shop: BenchShop) => Promise<T>, known = 0): Promise<T> {
    const shop = await this.world.openShop(api, known);
    try {
      return await work(shop);
    } finally {
      await shop.close();
    }
  }

  /** Has the servers work before anything is measured, as they do in a shop: what they compile as they go, they have compiled. */
  async warmUpServers(): Promise<void> {
    await this.withShop(fastApi, async (shop) => {
      await shop.configure();
      const engine = await shop.engine(null);
      for (const [first, count] of [
        [1, 5000],
        [5001, 5000],
      ] as const) {
        await shop.load(first, count);
        await engine.call('warmUp', undefined);
      }
    });
  }

  /** The upload of so many products; once a run. */
  upload(products: number, api: Api): Promise<SentRun> {
    return this.once(`upload ${products} ${api.latencyMs}`, () =>
      this.withShop(api, async (shop) => {
        await shop.load(1, products);
        await shop.configure();
        const engine = await shop.engine(this.profile(`upload-${products}`));
        await shop.exec(changePrices(1));
        await engine.call('warmUp', undefined);
        return this.watched(() => engine.call('upload', undefined));
      }),
    );
  }

  /** The sync of so many new products; once a run. */
  syncNew(products: number, api: Api): Promise<SentRun> {
    return this.once(`sync ${products} ${api.latencyMs}`, () =>
      this.withShop(api, async (shop) => {
        await shop.configure();
        const engine = await shop.engine(this.profile(`sync-new-${products}`));
        await shop.load(1, 1);
        await engine.call('warmUp', undefined);
        await shop.load(2, products);
        return this.watched(() => engine.call('sync', undefined));
      }),
    );
  }

  /** Changes a second of the desktop's sync; measured once a run, with a row of its own. Null where only a profile is asked for. */
  desktopSync(kind: 'new products' | 'price changes', api: Api): Promise<number | null> {
    const count = this.size(desktopChanges, 20);
    return this.desktop(`sync of ${count} ${kind}`, api, 'sync', async (shop) => {
      if (kind === 'new products') await shop.configure();
      await shop.load(1, count);
      if (kind === 'new products') return;
      await shop.configure();
      await shop.exec(changePrices(count));
    });
  }

  /** Products a second of the desktop's upload; as `desktopSync`. */
  desktopUpload(api: Api): Promise<number | null> {
    const count = this.size(desktopProducts, 400);
    return this.desktop(`upload of ${count.toLocaleString('en')}`, api, 'upload', (shop) => shop.load(1, count));
  }

  /** Measures while Digible counts; what the engine sent must be what it says. */
  async watched<M extends Measured>(work: () => Promise<M>): Promise<M & SentRun> {
    const { digible } = this.world;
    await digible.call('reset', undefined);
    const before = await this.world.sqlUsage();
    const measured = await work();
    const after = await this.world.sqlUsage();
    const { requests, connections, productsApplied, inFlightViolations } = await digible.call('counters', undefined);
    if (inFlightViolations > 0) throw new Error('A product was in flight twice.');
    const sql =
      before === null || after === null
        ? null
        : { requests: after.requests - before.requests, seconds: after.seconds - before.seconds };
    return { ...measured, products: productsApplied, requests: requests.sync + requests.update, connections, sql };
  }

  private desktop(
    title: string,
    api: Api,
    what: 'sync' | 'upload',
    prepare: (shop: BenchShop) => Promise<void>,
  ): Promise<number | null> {
    if (this.options.profileOf !== null) return Promise.resolve(null);
    return this.once(`desktop ${title} ${api.latencyMs}`, () =>
      this.withShop(
        api,
        async (shop) => {
          await prepare(shop);
          const engine = await shop.engine(null);
          await engine.call('signInDesktop', undefined);
          const run = await this.watched(() => engine.call('desktop', what));
          const perSecond = run.items / run.seconds;
          const { requests, connections, products } = run;
          this.add(
            resultOf({
              ...{ scenario: 'desktop', title: `desktop: ${title}`, api, products, requests, connections },
              ...costsOf(run),
              ...{ perSecond, ratio: 1 },
            }),
          );
          return perSecond;
        },
        what === 'sync' ? desktopChanges : 0,
      ),
    );
  }

  private once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.memory.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = work();
    this.memory.set(key, made);
    return made;
  }
}
