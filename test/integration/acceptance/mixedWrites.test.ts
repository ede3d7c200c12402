import assert from 'node:assert/strict';
import { insertProducts, onShop, productId } from './syncedShop';

describe('many updates beside many new products', () => {
  it(
    'fill every lane, and Node suspects no leak of listeners',
    onShop({}, async (shop) => {
      const warnings: string[] = [];
      const note = ({ name }: Error): void => void warnings.push(name);
      process.on('warning', note);
      try {
        await shop.till.exec(insertProducts(1, 30));
        await shop.configure();
        await shop.upload();
        await shop.till.exec(insertProducts(1001, 1900));
        await shop.till.exec(`UPDATE dbo.Products SET SellPrice = SellPrice + 1 WHERE ProductID <= '${productId(30)}'`);
        shop.digible.latency.ms = 200;
        const { inserted, updated, pending } = await shop.sync();
        assert.deepEqual({ inserted, updated, pending }, { inserted: 900, updated: 30, pending: 0 });
        assert.deepEqual([shop.digible.stats.maxInFlight, shop.digible.stats.inFlightViolations], [12, 0]);
        await shop.assertInStep();
        assert.deepEqual(warnings, []);
      } finally {
        process.off('warning', note);
      }
    }),
  );
});
