import assert from 'node:assert/strict';
import { insertProducts, onShop, type SyncedShop } from './syncedShop';

async function inStep(shop: SyncedShop): Promise<void> {
  await shop.till.exec(insertProducts(1, 30));
  await shop.configure();
  await shop.upload();
}

const change = 'UPDATE dbo.Products SET SellPrice = SellPrice + 0.5';

describe('the session with Digible', () => {
  it(
    'that has expired is renewed without a word',
    onShop({ digible: { tokenLifetimeSeconds: 60 } }, async (shop) => {
      await inStep(shop);
      const { login } = shop.digible.stats.requests;
      await shop.till.exec(change);
      await shop.sync();
      assert.equal(shop.digible.stats.requests.login, login, 'it is good for a minute');
      shop.clock.forward(60_000);
      await shop.till.exec(change);
      const { updated, pending } = await shop.sync();
      assert.deepEqual({ updated, pending }, { updated: 30, pending: 0 });
      assert.equal(shop.digible.stats.requests.login, login + 1);
      assert.equal(shop.shop.master.state.error, null);
      await shop.assertInStep();
    }),
  );

  it(
    'that was revoked is renewed once for all requests that meet a 401',
    onShop({}, async (shop) => {
      await inStep(shop);
      const { login } = shop.digible.stats.requests;
      shop.digible.revokeTokens();
      await shop.till.exec(change);
      assert.equal((await shop.sync()).updated, 30);
      assert.equal(shop.digible.stats.requests.login, login + 1);
      await shop.assertInStep();
    }),
  );

  it(
    'that is lost ends all requests until somebody asks, and nothing is lost with it',
    onShop({}, async (shop) => {
      await inStep(shop);
      await shop.till.exec(change);
      shop.digible.revokeTokens();
      shop.digible.faults.add({ kind: 'wrong password', calls: ['login'] });
      shop.digible.stats.reset();
      const { master } = shop.shop;
      const finished = () =>
        new Promise<void>((resolve) => {
          const listener = master.onDidFinishRun(() => {
            listener.dispose();
            resolve();
          });
        });

      let run = finished();
      master.start();
      await run;
      assert.equal(master.state.error?.message, 'User session expired, please reconfigure');
      assert.equal(shop.digible.stats.requests.login, 1);
      assert.ok(shop.digible.stats.requests.update <= 8, 'only what was in flight');
      assert.equal(await shop.pending(), 30);

      shop.digible.stats.reset();
      run = finished();
      shop.clock.forward(120_000);
      await run;
      assert.deepEqual(shop.digible.stats.requests, { login: 0, sync: 0, update: 0 }, 'nobody has asked');

      await shop.refused(shop.sync(), 'session-expired', /^User session expired, please reconfigure$/);
      assert.deepEqual(shop.digible.stats.requests, { login: 1, sync: 0, update: 0 }, 'one try');
      await master.stop();

      shop.digible.faults.clear();
      assert.equal((await shop.sync()).updated, 30);
      await shop.assertInStep();
    }),
  );
});
