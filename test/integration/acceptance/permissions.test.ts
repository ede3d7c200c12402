import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Shop } from '../../../src/sync/shop';
import { insertProducts, never, onShop, type SyncedShop } from './syncedShop';

/** shopMaster as a login of its own runs it, that has these rights in the shop's database. */
async function as(shop: SyncedShop, grants: readonly string[], work: (shop: Shop) => Promise<void>): Promise<void> {
  const username = `shopmaster_test_${randomBytes(6).toString('hex')}`;
  const sqlPassword = `Pw-${randomBytes(12).toString('hex')}`;
  await shop.till.exec(`CREATE LOGIN ${username} WITH PASSWORD = '${sqlPassword}', CHECK_POLICY = OFF`);
  try {
    await shop.till.exec(`CREATE USER ${username} FOR LOGIN ${username}`);
    for (const grant of grants) await shop.till.exec(`GRANT ${grant} TO ${username}`);
    const own = shop.open({ sqlServer: { username }, sqlPassword });
    try {
      await work(own);
    } finally {
      await own.close();
    }
  } finally {
    await shop.till.exec(`DROP LOGIN ${username}`);
  }
}

/** All that a sync needs. */
const syncing = ['SELECT ON dbo.Products', 'SELECT, UPDATE, DELETE ON dbo.ChangeLog'];

describe('a login', () => {
  it(
    'without the right to create triggers is told what it lacks, and nothing is changed',
    onShop({}, async (shop) => {
      for (const [grants, naming] of [
        [['SELECT, INSERT, UPDATE, DELETE ON dbo.Products'], /may not create triggers on dbo\.Products/],
        [['SELECT, ALTER ON dbo.Products'], /may not create the table dbo\.ChangeLog/],
        [['SELECT ON dbo.Products', 'CREATE TABLE'], /may not create triggers on dbo\.Products/],
      ] as const)
        await as(shop, grants, async (own) => {
          await shop.refusedWithNothingDone(() => own.configure({}, never), 'triggers-not-permitted', naming);
        });
    }),
  );

  it(
    'without the right to read the product table is told so as well',
    onShop({}, async (shop) => {
      await as(shop, [], async (own) => {
        await shop.refusedWithNothingDone(() => own.configure({}, never), 'table-missing', /dbo\.Products/);
      });
    }),
  );

  it(
    'without the right to add to ChangeLog verifies all the same, and is told what it lacks where differences are to be queued',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 3));
      await shop.configure();
      await as(shop, syncing, async (own) => {
        assert.equal((await own.master.verify()).missing, 3);
        const queue = () => own.master.verify({ queue: true });
        await shop.refusedWithNothingDone(queue, 'sql-permission-denied', /INSERT.*ChangeLog/s);
      });
      await as(shop, [...syncing, 'INSERT ON dbo.ChangeLog'], async (own) => {
        assert.equal((await own.master.verify({ queue: true })).queued, 3);
      });
    }),
  );

  it(
    'that may not see the triggers syncs all the same, and is told that nobody can tell whether changes are logged',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      await as(shop, syncing, async (own) => {
        const report = await own.master.syncNow();
        assert.deepEqual([report.inserted, report.pending], [3, 0]);
        assert.deepEqual(
          report.captureProblems.map(({ kind }) => kind),
          ['triggers not visible'],
        );
        assert.match(report.captureProblems[0]?.message ?? '', /triggers on dbo\.Products.*GRANT VIEW DEFINITION/);
        assert.deepEqual(own.master.state.captureProblems, report.captureProblems);
        const configure = () => own.configure({}, never);
        await shop.refusedWithNothingDone(configure, 'triggers-not-permitted', /triggers on dbo\.Products/);
        const remove = () => own.remove({ dropLog: true }, never);
        await shop.refusedWithNothingDone(remove, 'triggers-not-visible', /triggers on dbo\.Products/);
      });
      await shop.assertInStep();
    }),
  );

  it(
    'that may see them, and no more than a sync needs, is enough for every kind of change',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 5));
      await shop.configure();
      await as(shop, [...syncing, 'VIEW DEFINITION ON dbo.Products'], async (own) => {
        assert.equal((await own.master.upload()).products, 5);
        await shop.till.exec(`INSERT INTO dbo.Products VALUES ('new', N'x', 1, NULL, 1), ('brief', N'x', 1, NULL, 1)`);
        await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 'P0001'`);
        await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID IN ('P0002', 'brief')`);
        const { inserted, updated, deleted, pending, captureProblems } = await own.master.syncNow();
        assert.deepEqual(
          { inserted, updated, deleted, pending, captureProblems },
          { inserted: 1, updated: 1, deleted: 2, pending: 0, captureProblems: [] },
        );
      });
      await shop.assertInStep({ gone: ['P0002'] });
    }),
  );

  it(
    'that may not read ChangeLog is told so, and no change is lost',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 2));
      await as(shop, ['SELECT, VIEW DEFINITION ON dbo.Products'], async (own) => {
        await shop.refusedWithNothingDone(() => own.master.syncNow(), 'sql-permission-denied', /ChangeLog/);
      });
      assert.equal((await shop.sync()).inserted, 2);
    }),
  );
});
