import { defaults } from '../../../src/sync/settings';
import type { SentRun } from '../bench';
import { changePrices } from '../products';
import { atLeast, boundSeconds, costsOf, resultOf, sqlNote, type Result } from '../result';
import type { Api } from '../world';
import { count, slowApi, type Scenario } from './scenario';

/** Product sync calls that a sync has in flight at once, and products in each. */
const batchConcurrency = 4;
const batchSize = 200;
const { updateConcurrency } = defaults.sync;

/** @param times how much of the baseline must be reached; it is set for the slow API, since the fast one leaves less to gain */
function figures(run: SentRun, api: Api, baseline: number | null, bound: number, times: number): Partial<Result> {
  const perSecond = run.products / run.seconds;
  const ratio = baseline === null ? null : perSecond / baseline;
  const boundPercent = (bound / run.seconds) * 100;
  const { products, requests, connections } = run;
  const targets = [...(api === slowApi ? [atLeast(ratio, times, '× baseline')] : [])];
  return {
    api,
    products,
    requests,
    connections,
    ...costsOf(run),
    perSecond,
    ratio,
    boundPercent,
    targets,
    note: sqlNote(run.sql),
  };
}

export const syncNew: Scenario = {
  id: 'sync-new',
  apis: 'both',
  async run(bench, api) {
    const products = bench.size(10_000, 400);
    const baseline = await bench.desktopSync('new products', api);
    const run = await bench.syncNew(products, api);
    const row = figures(run, api, baseline, boundSeconds(api, products, batchSize, batchConcurrency), 100);
    const targets = [...(row.targets ?? []), atLeast(row.boundPercent ?? null, 85, '% of the bound')];
    bench.add(resultOf({ scenario: 'sync-new', title: `sync of ${count(products)} new products`, ...row, targets }));
  },
};

export const syncPrices: Scenario = {
  id: 'sync-prices',
  apis: 'both',
  async run(bench, api) {
    const products = bench.size(10_000, 400);
    const baseline = await bench.desktopSync('price changes', api);
    const run = await bench.withShop(api, async (shop) => {
      await shop.load(1, products);
      await shop.configure();
      const engine = await shop.engine(bench.profile('sync-prices'));
      await shop.exec(changePrices(1));
      await engine.call('warmUp', undefined);
      await shop.exec(changePrices(products));
      return bench.watched(() => engine.call('sync', undefined));
    });
    const row = figures(run, api, baseline, boundSeconds(api, products, batchSize, batchConcurrency), 100);
    const targets = [...(row.targets ?? []), atLeast(row.boundPercent ?? null, 85, '% of the bound')];
    bench.add(
      resultOf({ scenario: 'sync-prices', title: `sync of ${count(products)} price changes`, ...row, targets }),
    );
  },
};

export const syncSingle: Scenario = {
  id: 'sync-single',
  apis: 'both',
  async run(bench, api) {
    const products = bench.size(150, 30);
    const baseline = await bench.desktopSync('price changes', api);
    const run = await bench.withShop(
      api,
      async (shop) => {
        await shop.load(1, products);
        await shop.configure();
        const engine = await shop.engine(bench.profile('sync-single'));
        await shop.exec(changePrices(1));
        await engine.call('warmUp', undefined);
        await shop.exec(changePrices(products));
        return bench.watched(() => engine.call('sync', undefined));
      },
      products,
    );
    const row = figures(run, api, baseline, boundSeconds(api, products, 1, updateConcurrency), 7);
    const title = `sync of ${count(products)} price changes, one by one`;
    bench.add(resultOf({ scenario: 'sync-single', title, ...row }));
  },
};

export const syncCoalesced: Scenario = {
  id: 'sync-coalesced',
  apis: 'both',
  async run(bench, api) {
    const products = bench.size(500, 250);
    const rounds = bench.size(100, 4);
    const baseline = await bench.desktopSync('price changes', api);
    const run = await bench.withShop(api, async (shop) => {
      await shop.load(1, products);
      await shop.configure();
      const engine = await shop.engine(bench.profile('sync-coalesced'));
      await shop.exec(changePrices(1));
      await engine.call('warmUp', undefined);
      for (let round = 0; round < rounds; round++) await shop.exec(changePrices(products));
      return bench.watched(() => engine.call('sync', undefined));
    });
    const row = figures(run, api, baseline, boundSeconds(api, products, batchSize, batchConcurrency), 0);
    const perSecond = (products * rounds) / run.seconds;
    const fewest = Math.ceil(products / batchSize);
    bench.add(
      resultOf({
        scenario: 'sync-coalesced',
        title: `sync of ${count(products * rounds)} changes to ${count(products)} products`,
        ...row,
        ...{ perSecond, ratio: baseline === null ? null : perSecond / baseline },
        targets: [
          { text: `${products} products sent`, reached: run.products === products },
          { text: `in ${fewest} requests`, reached: run.requests === fewest },
        ],
      }),
    );
  },
};
