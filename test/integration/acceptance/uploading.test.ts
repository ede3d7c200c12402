import assert from 'node:assert/strict';
import { insertProducts, onShop, productId } from './syncedShop';

const thousand = [insertProducts(1, 500), insertProducts(501, 1000)].join(';\n');

describe('an upload', () => {
  it(
    'that is cancelled is resumed after the last product up to which all is confirmed, by another process too',
    onShop({ upload: { batchSize: 20 } }, async (shop) => {
      await shop.till.exec(thousand);
      await shop.configure();
      const stop = new AbortController();
      const first = await shop.shop.master.upload({
        signal: stop.signal,
        onProgress: ({ done, total }) => {
          assert.equal(total, 1000);
          if (done >= 300) stop.abort();
        },
      });
      assert.equal(first.cancelled, true);
      assert.ok(first.products >= 300 && first.products < 1000, String(first.products));
      await shop.shop.close();

      const { uploadCheckpoint } = shop.store.saves.at(-1) ?? {};
      assert.ok(uploadCheckpoint);
      shop.digible.stats.reset();
      const second = await shop.open().master.upload({ resume: true });
      assert.deepEqual([second.cancelled, second.products], [false, 1000 - uploadCheckpoint.products]);
      assert.equal(shop.digible.stats.productsApplied, second.products);
      await shop.assertInStep();
    }),
  );

  it(
    'that fails is resumed, and starts anew when that is asked for',
    onShop({ upload: { batchSize: 50 } }, async (shop) => {
      await shop.till.exec(thousand);
      await shop.configure();
      const fault = shop.digible.faults.add({
        kind: 'answer',
        status: 403,
        body: { message: 'Not your store' },
        productIds: [productId(501)],
      });
      await shop.refused(shop.upload(), 'digible-answer-unexpected', /403/);
      fault.remove();
      const resumed = await shop.shop.master.upload({ resume: true });
      assert.equal(resumed.products, 500);
      await shop.assertInStep();
      assert.equal((await shop.upload()).products, 1000);
      assert.equal((await shop.shop.master.upload({ resume: true })).products, 1000, 'there is nothing to resume');
    }),
  );

  it(
    'leaves pending changes to the sync, and what changes meanwhile is pending',
    onShop({ upload: { batchSize: 10 } }, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 100));
      const upload = shop.upload();
      await shop.nextRequest();
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 1000; ${insertProducts(101, 102)}`);
      await upload;
      assert.equal(await shop.pending(), 202);
      await shop.sync();
      assert.equal(await shop.pending(), 0);
      await shop.assertInStep();
    }),
  );

  it(
    'tells what was rejected, product by product',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 210));
      await shop.till.exec(`UPDATE dbo.Products SET ProductName = NULL WHERE ProductID = 'P0005'`);
      await shop.configure();
      shop.digible.faults.add({ kind: 'refused', productIds: ['P0207'], message: 'P0207 is not for sale' });
      const { products, rejected, rejections } = await shop.upload();
      assert.deepEqual([products, rejected], [208, 2]);
      const reasons = new Map(rejections.map(({ productId: id, reason }) => [id, reason]));
      assert.match(reasons.get('P0005') ?? '', /no ProductName/);
      assert.match(reasons.get('P0207') ?? '', /not for sale/);
    }),
  );
});
