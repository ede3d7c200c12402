import assert from 'node:assert/strict';
import { insertProducts, never, onShop, productId } from './syncedShop';

const settling = 30_000;

describe('an unreliable line to Digible', () => {
  it(
    'that breaks after a batch was applied: acknowledged only by a request that starts when it has settled',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      shop.digible.faults.add({ kind: 'dropped', applied: true, calls: ['sync'], times: 1 });
      const first = await shop.sync();
      assert.deepEqual([first.inserted, first.unsettled, first.pending], [0, 3, 3]);
      await shop.assertInStep();

      const second = await shop.sync();
      assert.deepEqual([second.requests, second.unsettled, second.pending], [0, 3, 3], 'too early');

      shop.clock.forward(settling);
      const third = await shop.sync();
      assert.deepEqual([third.inserted, third.unsettled, third.pending], [3, 0, 0]);
      await shop.assertInStep();
    }),
  );

  it(
    'on which an old request is applied after a newer one: the newest price wins in the end',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 2));
      await shop.configure();
      await shop.upload();
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 10 WHERE ProductID = 'P0001'`);
      shop.digible.faults.add({ kind: 'applied late', calls: ['update'], times: 1 });
      shop.digible.faults.add({ kind: 'answer', status: 408, body: {}, calls: ['update'] });
      await shop.refused(shop.sync(), 'digible-busy', /408/);
      shop.digible.faults.clear();

      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 20 WHERE ProductID = 'P0001'`);
      assert.deepEqual([(await shop.sync()).unsettled, await shop.pending()], [1, 2]);
      shop.digible.faults.applyAbandoned();
      assert.equal(shop.inCatalogue('P0001'), 'Product 1 10.00');

      shop.clock.forward(settling);
      assert.equal((await shop.sync()).pending, 0);
      assert.equal(shop.inCatalogue('P0001'), 'Product 1 20.00');
      await shop.assertInStep();
    }),
  );

  it(
    'is remembered over a restart',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 1));
      shop.digible.faults.add({ kind: 'dropped', calls: ['sync'], times: 1 });
      assert.equal((await shop.sync()).unsettled, 1);
      await shop.shop.close();

      const restarted = shop.open();
      assert.deepEqual([(await restarted.master.syncNow()).requests, shop.digible.stats.requests.sync], [0, 2]);
      shop.clock.forward(settling);
      assert.equal((await restarted.master.syncNow()).inserted, 1);
      assert.equal((await restarted.lookAtCapture(never)).counts.pending, 0);
    }),
  );

  it(
    'makes an upload wait at its end, until nothing of it can be applied late',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 250));
      await shop.configure();
      shop.digible.faults.add({ kind: 'applied late', calls: ['sync'], times: 1 });
      const upload = shop.upload();
      while (shop.digible.stats.requests.sync < 3) await shop.nextRequest();
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 1000`);
      shop.digible.faults.applyAbandoned();
      shop.clock.forward(settling);
      const report = await upload;
      assert.deepEqual([report.products, report.rejected, report.cancelled], [250, 0, false]);
      assert.equal(shop.inCatalogue('P0001'), 'Product 1 1000.00', 'what was in doubt is read and sent again');
      await shop.sync();
      await shop.assertInStep();
    }),
  );

  it(
    'and a busy Digible that says when to come back: nothing is sent before',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      shop.digible.faults.add({ kind: 'throttled', retryAfter: 77, calls: ['sync'], times: 1 });
      const run = shop.sync();
      await shop.clock.asleep(77_000);
      assert.equal(shop.digible.stats.requests.sync, 1);
      shop.clock.forward(77_000);
      const { inserted, pending } = await run;
      assert.deepEqual({ inserted, pending }, { inserted: 3, pending: 0 });
      assert.equal(shop.digible.stats.requests.sync, 2);
      await shop.assertInStep();
    }),
  );

  it(
    'and a Digible that asks for longer than anybody waits: a later sync goes on',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      const fault = shop.digible.faults.add({ kind: 'throttled', retryAfter: 3600, calls: ['sync'] });
      await shop.refused(shop.sync(), 'digible-busy', /429/);
      assert.deepEqual([fault.hits, shop.shop.master.state.phase], [1, 'offline']);
      fault.remove();
      assert.equal((await shop.sync()).inserted, 3);
      await shop.assertInStep();
    }),
  );

  it(
    'and 500 with a page for people: tried again, at most five times',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      const brief = shop.digible.faults.add({ kind: 'html error', calls: ['sync'], times: 4 });
      assert.equal((await shop.sync()).inserted, 3);
      assert.equal(brief.hits, 4);

      await shop.till.exec(insertProducts(4, 4));
      const lasting = shop.digible.faults.add({ kind: 'html error', calls: ['sync'] });
      await shop.refused(shop.sync(), 'digible-busy', /500.*Internal Server Error/);
      assert.deepEqual([lasting.hits, await shop.pending()], [5, 1]);
      lasting.remove();
      assert.equal((await shop.sync()).inserted, 1);
      await shop.assertInStep();
    }),
  );

  it(
    'every fault after the other ends in step',
    onShop({ digible: { tokenLifetimeSeconds: 3600 } }, async (shop) => {
      await shop.till.exec(insertProducts(1, 300));
      await shop.configure();
      await shop.upload();
      shop.digible.faults.seed(7);
      shop.digible.faults.add({ kind: 'dropped', probability: 0.1, calls: ['sync', 'update'] });
      shop.digible.faults.add({ kind: 'dropped', applied: true, probability: 0.1, calls: ['sync', 'update'] });
      shop.digible.faults.add({ kind: 'cut off', applied: true, probability: 0.1, calls: ['sync', 'update'] });
      shop.digible.faults.add({ kind: 'html error', probability: 0.1 });
      shop.digible.faults.add({ kind: 'unavailable', probability: 0.1 });
      shop.digible.faults.add({ kind: 'token revoked', probability: 0.1, calls: ['sync', 'update'] });
      for (let hour = 0; hour < 6; hour++) {
        await shop.till.exec(
          `UPDATE dbo.Products SET SellPrice = SellPrice + 0.25 WHERE ProductID LIKE '%${hour}'; ${insertProducts(301 + hour, 301 + hour)}`,
        );
        await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = '${productId(hour + 1)}'`);
        await shop.sync().catch(() => undefined);
        shop.clock.forward(settling);
      }
      shop.digible.faults.clear();
      // A product at which Digible failed five times in a row is rejected, and waits for up to an hour.
      shop.clock.forward(3_600_000);
      const { pending, unsettled } = await shop.sync();
      assert.deepEqual({ pending, unsettled }, { pending: 0, unsettled: 0 });
      await shop.assertInStep({ gone: [1, 2, 3, 4, 5, 6].map(productId) });
    }),
  );
});

describe('updates', () => {
  it(
    'of products that the catalogue doesn’t know are sent as inserts',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 5));
      await shop.configure();
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 9`);
      const { inserted, updated, pending } = await shop.sync();
      assert.deepEqual({ inserted, updated, pending }, { inserted: 5, updated: 0, pending: 0 });
      assert.deepEqual([shop.digible.stats.requests.update, shop.digible.stats.requests.sync], [5, 1]);
      await shop.assertInStep();
    }),
  );

  it(
    'go one by one below 200, and in batches from 200 on',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 250));
      await shop.configure();
      await shop.upload();
      shop.digible.stats.reset();
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 1000 WHERE ProductID < '${productId(200)}'`);
      assert.equal((await shop.sync()).updated, 199);
      assert.deepEqual([shop.digible.stats.requests.update, shop.digible.stats.requests.sync], [199, 0]);
      assert.ok(shop.digible.stats.maxInFlight <= 8);

      shop.digible.stats.reset();
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 2000 WHERE ProductID <= '${productId(200)}'`);
      assert.equal((await shop.sync()).updated, 200);
      assert.deepEqual([shop.digible.stats.requests.update, shop.digible.stats.requests.sync], [0, 1]);
      await shop.assertInStep();
    }),
  );
});
