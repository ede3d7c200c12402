/** What the shop's owner sees and waits for, and what an idle shopMaster costs. */
import { changePrices } from '../products';
import { below, costsOf, resultOf } from '../result';
import { count, fastApi, slowApi, type Scenario } from './scenario';

export const tree: Scenario = {
  id: 'tree',
  apis: slowApi,
  async run(bench, api) {
    const half = bench.size(50_000, 500);
    const pages = bench.size(50, 3);
    const { run, rows } = await bench.withShop(api, async (shop) => {
      await shop.load(1, half);
      await shop.configure();
      const engine = await shop.engine(bench.profile('tree'));
      await engine.call('tree', 0);
      await shop.exec(changePrices(half));
      await shop.load(half + 1, half);
      const { rows, ...run } = await engine.call('tree', pages);
      return { run, rows };
    });
    const pending = count(2 * half);
    bench.add(
      resultOf({
        ...{ scenario: 'tree', title: `${pending} pending: first rows of the tree`, products: 100 },
        seconds: run.firstRowsMs / 1000,
        targets: [below(run.firstRowsMs, 200, 'ms')],
      }),
    );
    bench.add(
      resultOf({
        ...{ scenario: 'tree', title: `${pending} pending: opened and scrolled ${pages} pages`, products: rows },
        ...costsOf(run),
        targets: [below(run.loopDelayP99Ms, 50, 'ms loop delay p99')],
        note: `slowest page ${run.slowestPageMs.toFixed(0)} ms, longest loop delay ${run.loopDelayMaxMs.toFixed(0)} ms`,
      }),
    );
  },
};

export const idle: Scenario = {
  id: 'idle',
  apis: slowApi,
  async run(bench, api) {
    const ticks = bench.size(10, 2);
    const products = bench.size(10_000, 100);
    await bench.withShop(api, async (shop) => {
      await shop.load(1, products);
      await shop.configure();
      const engine = await shop.engine(bench.profile('idle'), 1);
      await engine.call('start', undefined);
      const run = await bench.watched(() => engine.call('ticks', ticks));
      const roundTrips = run.sql === null ? null : run.sql.requests / ticks;
      const { requests, connections } = run;
      bench.add(
        resultOf({
          ...{ scenario: 'idle', title: `${ticks} idle ticks`, api, requests, connections },
          ...{ ...costsOf(run), seconds: null },
          targets: [
            { text: 'one round trip a tick', reached: roundTrips === null ? null : roundTrips === 1 },
            { text: 'no request', reached: requests === 0 },
          ],
          note: `${roundTrips ?? 'uncounted'} round trips and ${((run.cpuSeconds / ticks) * 1000).toFixed(1)} ms of CPU a tick`,
        }),
      );
    });
  },
};

/** A change every time, so many times. */
const tries = 20;

export const oneChange: Scenario = {
  id: 'one-change',
  apis: fastApi,
  async run(bench, api) {
    const products = bench.size(10_000, 100);
    const times = await bench.withShop(
      api,
      async (shop) => {
        await shop.load(1, products);
        await shop.configure();
        const engine = await shop.engine(bench.profile('one-change'));
        await engine.call('start', undefined);
        await shop.exec(changePrices(1));
        await engine.call('warmUp', undefined);
        const times: number[] = [];
        for (let attempt = 0; attempt < bench.size(tries, 3); attempt++) {
          await shop.exec(changePrices(1));
          const { ms, report } = await engine.call('syncNowMs', undefined);
          if (report.updated !== 1 || report.pending !== 0) throw new Error('The change was not synced.');
          times.push(ms);
        }
        return times.sort((a, b) => a - b);
      },
      1,
    );
    const median = times[Math.floor(times.length / 2)] ?? null;
    const slowest = times.at(-1) ?? null;
    bench.add(
      resultOf({
        ...{ scenario: 'one-change', title: 'one change, from Sync Now to acknowledged', api, products: 1 },
        ...{ requests: 1, seconds: median === null ? null : median / 1000 },
        targets: [below(median, 100, 'ms')],
        note: `median of ${times.length}, the slowest ${slowest?.toFixed(0) ?? '?'} ms`,
      }),
    );
  },
};
