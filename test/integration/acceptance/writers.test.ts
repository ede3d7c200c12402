import assert from 'node:assert/strict';
import type { Shop } from '../../../src/sync/shop';
import { insertProducts, onShop } from './syncedShop';

function nextRun(shop: Shop): Promise<void> {
  return new Promise((resolve) => {
    const listener = shop.master.onDidFinishRun(() => {
      listener.dispose();
      resolve();
    });
  });
}

describe('two windows on one shop', () => {
  it(
    'have one writer: the other one watches, and takes over when the first is closed',
    onShop({ sync: { settleSeconds: 1 } }, async (shop) => {
      await shop.configure();
      let run = nextRun(shop.shop);
      shop.shop.master.start();
      await run;

      const second = shop.open();
      run = nextRun(second);
      second.master.start();
      await run;
      assert.equal(second.master.state.phase, 'another writer');
      await shop.till.exec(insertProducts(1, 3));
      const report = await second.master.syncNow();
      assert.deepEqual([report.anotherWriter, report.requests], [true, 0]);
      await shop.refused(second.master.upload(), 'another-writer', /Another window or PC/);
      assert.equal(shop.digible.catalogue.size, 0);

      await shop.shop.close();
      run = nextRun(second);
      shop.clock.forward(120_000);
      await run;
      assert.equal(second.master.state.phase, 'idle');
      await shop.assertInStep();
      assert.equal(shop.digible.catalogue.size, 3);
    }),
  );

  it(
    'may take turns when neither is started',
    onShop({}, async (shop) => {
      await shop.configure();
      const second = shop.open();
      for (const [number, window] of [shop.shop, second, shop.shop, second].entries()) {
        await shop.till.exec(insertProducts(number, number));
        const { inserted, anotherWriter } = await window.master.syncNow();
        assert.deepEqual({ inserted, anotherWriter }, { inserted: 1, anotherWriter: false });
      }
      await shop.assertInStep();
    }),
  );

  it(
    'pressing Sync Now at once send nothing twice',
    onShop({}, async (shop) => {
      await shop.configure();
      const second = shop.open();
      await shop.till.exec(insertProducts(1, 300));
      const reports = await Promise.all([shop.sync(), second.master.syncNow()]);
      const sent = reports.reduce((sum, { inserted }) => sum + inserted, 0);
      assert.equal(sent, 300);
      await shop.assertInStep();
    }),
  );
});

describe('a change', () => {
  it(
    'that is committed late, below what was read already, is not lost',
    onShop({}, async (shop) => {
      await shop.configure();
      const slow = await shop.till.connect();
      await slow.exec(`BEGIN TRANSACTION; ${insertProducts(1, 1)};`);
      await shop.till.exec(insertProducts(2, 3));
      const early = await shop.sync();
      assert.deepEqual([early.inserted, early.pending], [2, 0]);
      await slow.exec('COMMIT TRANSACTION');
      const late = await shop.sync();
      assert.deepEqual([late.inserted, late.pending], [1, 0]);
      await shop.assertInStep();
    }),
  );

  it(
    'of a product that is being sent stays pending, and goes out after it',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 2));
      shop.digible.faults.add({ kind: 'throttled', retryAfter: 60, calls: ['sync'], times: 1 });
      const stop = new AbortController();
      const run = shop.shop.master.syncNow({
        signal: stop.signal,
        onProgress: ({ done }) => {
          if (done === 2) stop.abort();
        },
      });
      await shop.clock.asleep(60_000);
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 'P0001'`);
      shop.clock.forward(60_000);
      await shop.refused(run, 'cancelled', /cancelled/);
      assert.equal(shop.inCatalogue('P0001'), 'Product 1 1.00');
      assert.equal(await shop.pending(), 1, 'the two INSERTs are acknowledged, and nothing else');

      const { updated, inserted } = await shop.sync();
      assert.deepEqual({ updated, inserted }, { updated: 1, inserted: 0 });
      await shop.assertInStep();
    }),
  );

  it(
    'of a product that is deleted while it is being sent leaves it shown as deleted',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 2));
      shop.digible.faults.add({ kind: 'throttled', retryAfter: 60, calls: ['sync'], times: 1 });
      const run = shop.sync();
      await shop.clock.asleep(60_000);
      await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = 'P0001'`);
      shop.clock.forward(60_000);
      await run;
      assert.deepEqual([(await shop.sync()).deleted, await shop.pending()], [1, 0]);
      await shop.assertInStep({ gone: ['P0001'] });
    }),
  );

  it(
    'of every kind, made while syncs run, arrives in the end',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 200));
      await shop.configure();
      await shop.upload();
      const till = await shop.till.connect();
      const sales = async () => {
        for (let round = 0; round < 15; round++) {
          const first = 201 + round * 10;
          await till.exec(insertProducts(first, first + 9));
          await till.exec(`UPDATE dbo.Products SET SellPrice = SellPrice + 1 WHERE ProductID LIKE '%${round % 10}'`);
          await till.exec(
            `UPDATE dbo.Products SET ProductID = 'N' + ProductID WHERE ProductID = 'P${String(round + 1).padStart(4, '0')}'`,
          );
        }
      };
      const state = { open: true };
      const selling = sales().finally(() => (state.open = false));
      while (state.open) await shop.sync();
      await selling;
      assert.equal((await shop.sync()).pending, 0);
      const gone = Array.from({ length: 15 }, (_, round) => `P${String(round + 1).padStart(4, '0')}`);
      await shop.assertInStep({ gone });
    }),
  );
});
