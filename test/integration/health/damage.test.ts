import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import type { SyncReport } from '../../../src/sync/model';
import { nothingSynced } from '../../../src/sync/runResult';
import { type Tidings, TroubleWatch } from '../../../src/views/troubleWatch';
import { never, SyncedShop } from '../acceptance/syncedShop';
import { type Damage, damages } from './damages';

/** What one sync tells, and what the user of a window is told of it. */
interface Told {
  readonly report: SyncReport;
  readonly error: ShopError | null;
  readonly tidings: Tidings | null;
}

class WatchedShop {
  private readonly watch = new TroubleWatch();

  private constructor(readonly shop: SyncedShop) {}

  static async start(): Promise<WatchedShop> {
    const shop = await SyncedShop.start({});
    await shop.till.exec(
      'CREATE TABLE dbo.Other (ProductID VARCHAR(25), ProductName NVARCHAR(75), SellPrice MONEY, QrCode VARCHAR(9), Status INT)',
    );
    await shop.configure();
    await shop.till.exec(nameless);
    return new WatchedShop(shop);
  }

  async sync(): Promise<Told> {
    const { report, error } = await this.shop.sync().then(
      (done) => ({ report: done, error: null }),
      (caught: unknown) => {
        if (caught instanceof ShopError) return { report: nothingSynced, error: caught };
        throw caught;
      },
    );
    const tidings = this.watch.runFinished({ trigger: 'schedule', report, error }, this.shop.shop.master.state);
    return { report, error, tidings };
  }

  async exec(batches: readonly string[]): Promise<void> {
    for (const batch of batches) await this.shop.till.exec(batch);
  }

  /** The error number that a sale meets, and takes back where it meets none. */
  async sell(): Promise<unknown> {
    return this.shop.till.exec(`${sale}; DELETE FROM dbo.Products WHERE ProductID = 'sold'`).then(
      () => undefined,
      (caught: unknown) => (caught as { readonly number?: unknown }).number,
    );
  }

  async logged(productId: string): Promise<readonly string[]> {
    const rows = await this.shop.till.query<{ entry: string }>(
      `SELECT ChangeType + N' ' + CONVERT(NVARCHAR(20), LogID) AS entry FROM dbo.ChangeLog WHERE ProductID = N'${productId}' ORDER BY LogID`,
    );
    return rows.map(({ entry }) => entry);
  }

  async repair({ refused, undone }: Damage): Promise<void> {
    if (refused !== undefined)
      await this.shop.refused(this.shop.shop.repair({}, never), refused, /dbo\.(Products|ChangeLog)/);
    await this.exec(undone ?? []);
    await this.shop.shop.repair({}, never);
  }

  /** Each trigger logs, once. */
  async assertLogs(): Promise<void> {
    await this.exec([
      `DELETE FROM dbo.ChangeLog WHERE ProductID = N'sold'`,
      sale,
      `UPDATE dbo.Products SET SellPrice = 2 WHERE ProductID = 'sold'`,
      `DELETE FROM dbo.Products WHERE ProductID = 'sold'`,
    ]);
    const types = (await this.logged('sold')).map((entry) => entry.split(' ')[0]);
    assert.deepEqual(types, ['INSERT', 'UPDATE', 'DELETE']);
    await this.exec([`DELETE FROM dbo.ChangeLog WHERE ProductID = N'sold'`]);
  }
}

const sale = `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ('sold', N'Sold', 1)`;
/** A product without a name can't be sent, and so stays pending. */
const nameless = `INSERT INTO dbo.Products (ProductID, SellPrice) VALUES ('nameless', 1)`;

describe('The look at the triggers that starts each sync', () => {
  let started: WatchedShop | undefined;

  const close = async () => {
    await started?.shop.close();
    started = undefined;
  };

  after(close);

  afterEach(async function () {
    // What a failed test leaves behind is not what the next one begins with.
    if (this.currentTest?.state === 'failed') await close();
  });

  for (const damage of damages)
    it(`sees that ${damage.what}: it is told once, and one repair puts it right`, async () => {
      const shop = (started ??= await WatchedShop.start());
      const [before] = await shop.logged('nameless');
      assert.match(before ?? '', /^INSERT /);

      await shop.exec(damage.done);
      assert.equal(await shop.sell(), damage.blocks);
      const { error, report, tidings } = await shop.sync();
      const problems = report.captureProblems;
      assert.match(error?.message ?? problems.map(({ message }) => message).join(' '), damage.saying);
      assert.deepEqual(error?.code ?? problems.map(({ kind }) => kind), damage.told);
      assert.equal(tidings?.kind, error === null ? 'capture damaged' : 'failed');
      assert.equal((await shop.sync()).tidings, null, 'told twice');

      await shop.repair(damage);
      if (damage.losesPending)
        await shop.exec([
          `DELETE FROM dbo.Products WHERE ProductID = 'nameless'`,
          'DELETE FROM dbo.ChangeLog',
          nameless,
        ]);
      else assert.equal((await shop.logged('nameless'))[0], before);
      const healthy = await shop.sync();
      assert.deepEqual([healthy.error, healthy.report.captureProblems], [null, []]);
      assert.deepEqual(healthy.tidings, { kind: 'recovered' });
      await shop.assertLogs();
    });
});
