import assert from 'node:assert/strict';
import { insertProducts, onShop, productId } from './syncedShop';

const nullableTable = `CREATE TABLE dbo.Products (ProductID VARCHAR(25) NULL, ProductName NVARCHAR(75) NULL,
  SellPrice FLOAT NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`;
const price = 'CONVERT(VARCHAR(41), CAST(SellPrice AS DECIMAL(19,4)))';

describe('a rejected product', () => {
  it(
    'without a name, a price or a key has a reason and never blocks the others, in a sync and in an upload',
    onShop({ table: nullableTable }, async (shop) => {
      await shop.configure();
      await shop.till
        .exec(`INSERT INTO dbo.Products VALUES ('no name', NULL, 1, NULL, 1), ('empty name', N'', 1, NULL, 1),
        ('blank name', N'  ', 1, NULL, 1), ('no price', N'x', NULL, NULL, 1), ('endless price', N'x', 1e300, NULL, 1),
        (NULL, N'no key', 1, NULL, 1), ('', N'no key', 1, NULL, 1)`);
      await shop.till.exec(insertProducts(1, 300));
      const report = await shop.sync();
      assert.equal(report.inserted, 300);
      assert.equal(report.pending, 7);
      const reasons = new Map(report.rejections.map(({ productId, reason }) => [productId, reason]));
      assert.match(reasons.get('no name') ?? '', /no ProductName/);
      assert.match(reasons.get('empty name') ?? '', /no ProductName/);
      assert.match(reasons.get('blank name') ?? '', /no ProductName/);
      assert.match(reasons.get('no price') ?? '', /no SellPrice/);
      assert.match(reasons.get('endless price') ?? '', /no SellPrice/);
      assert.match(reasons.get('') ?? '', /no ProductID/);
      assert.equal((await shop.sync()).requests, 0, 'what can’t be sent costs no request');

      const upload = await shop.upload();
      assert.equal(upload.products, 300);
      assert.ok(upload.rejected >= 5);

      await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID IS NULL OR ProductID = ''`);
      await shop.till.exec(`UPDATE dbo.Products SET ProductName = N'found', SellPrice = 1 WHERE ProductID LIKE '% %'`);
      const cured = await shop.sync();
      assert.deepEqual([cured.inserted, cured.rejected, cured.pending], [5, 0, 0]);
      await shop.assertInStep({ price });
    }),
  );

  it(
    'that Digible refuses stands alone, with Digible’s words; the other 199 of its batch go through',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 400));
      const fault = shop.digible.faults.add({
        kind: 'refused',
        productIds: [productId(77)],
        message: 'Product P0077 is too sour',
      });
      const report = await shop.sync();
      assert.deepEqual([report.inserted, report.rejected, report.pending], [399, 1, 1]);
      assert.match(report.rejections[0]?.reason ?? '', /too sour/);
      assert.equal(shop.digible.catalogue.size, 399);

      const waiting = await shop.sync();
      assert.deepEqual([waiting.requests, waiting.rejected], [0, 1], 'its pause is not over');
      fault.remove();
      shop.clock.forward(2 * 60_000);
      const later = await shop.sync();
      assert.deepEqual([later.inserted, later.rejected, later.pending], [1, 0, 0]);
      await shop.assertInStep();
    }),
  );

  it(
    'that is changed is tried again at once',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 5));
      const fault = shop.digible.faults.add({ kind: 'refused', productIds: [productId(2)] });
      assert.equal((await shop.sync()).rejected, 1);
      fault.remove();
      await shop.till.exec(`UPDATE dbo.Products SET ProductName = N'sweeter' WHERE ProductID = '${productId(2)}'`);
      const { inserted, rejected, coalesced } = await shop.sync();
      assert.deepEqual({ inserted, rejected, coalesced }, { inserted: 1, rejected: 0, coalesced: 1 });
      await shop.assertInStep();
    }),
  );

  it(
    'is not every product of a catalogue at a wrong address: three batches refused whole end the run',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 20));
      for (let batch = 1; batch < 4; batch++) await shop.till.exec(insertProducts(batch * 200 + 1, batch * 200 + 200));
      shop.digible.faults.add({ kind: 'answer', calls: ['sync'], status: 400, body: { message: 'No such store' } });
      await shop.refusedWithNothingDone(() => shop.sync(), 'digible-refuses-all', /No such store/);
      assert.deepEqual(shop.store.saves.at(-1)?.rejected, []);
      shop.digible.faults.clear();
      assert.equal((await shop.sync()).inserted, 620);
      await shop.assertInStep();
    }),
  );
});
