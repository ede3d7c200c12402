import assert from 'node:assert/strict';
import { insertProducts, onShop } from '../acceptance/syncedShop';

describe('A sync and the shop’s writes do not wait for each other:', () => {
  it(
    'what a sync has read, and is sending, can be written at once',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 9));
      shop.digible.faults.add({ kind: 'throttled', retryAfter: 60, calls: ['sync'], times: 1 });
      const run = shop.sync();
      await shop.clock.asleep(60_000);
      const till = await shop.till.connect();
      // Whatever has to wait fails with error 1222.
      await till.exec(`SET LOCK_TIMEOUT 0; BEGIN TRANSACTION;
        UPDATE dbo.Products SET SellPrice = SellPrice + 1;
        DELETE FROM dbo.Products WHERE ProductID = 'P0003';
        ${insertProducts(10, 12)};
        COMMIT TRANSACTION;`);
      shop.clock.forward(60_000);
      await run;
      assert.equal((await shop.sync()).pending, 0);
      await shop.assertInStep({ gone: ['P0003'] });
    }),
  );

  it(
    'a transaction that the shop leaves open holds up neither the reading nor the acknowledging of what others wrote',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 9));
      const slow = await shop.till.connect();
      await slow.exec(
        `BEGIN TRANSACTION; ${insertProducts(20, 29)}; UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 'P0001';`,
      );
      const during = await shop.sync();
      assert.deepEqual([during.inserted, during.busy, during.pending], [8, 1, 1]);
      await slow.exec('COMMIT TRANSACTION');
      assert.equal((await shop.sync()).pending, 0);
      await shop.assertInStep();
    }),
  );
});
