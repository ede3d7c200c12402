/** SQL Server's own locks, deadlocks and limits: what only it can show for certain, and what the stand-in shows as well. */
import assert from 'node:assert/strict';
import { insertProducts, onShop, productId, type SyncedShop } from '../acceptance/syncedShop';
import { productsTable, type ShopConnection } from '../shop';

/** The number of the SQL Server error that a statement ends with; undefined where it goes through. */
async function errorNumber(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (caught: unknown) => (caught as { readonly number?: unknown }).number,
  );
}

async function deadlocks(shop: SyncedShop): Promise<bigint> {
  const [row] = await shop.till.query<{ n: string }>(
    `SELECT CONVERT(VARCHAR(20), cntr_value) AS n FROM sys.dm_os_performance_counters
     WHERE RTRIM(counter_name) = 'Number of Deadlocks/sec' AND RTRIM(instance_name) = '_Total'`,
  );
  return BigInt(row?.n ?? 0);
}

/** Returns on the server once another session waits for this one. */
const untilSomebodyWaits = `WHILE NOT EXISTS (SELECT * FROM sys.dm_exec_requests WHERE blocking_session_id = @@SPID)
  WAITFOR DELAY '00:00:00.020';`;

const rounds = 20;

/** The first product of a till's round; no two tills touch one product. */
const firstProduct = (till: number, round: number) => 1000 * till + 10 * round;

async function sell(connection: ShopConnection, till: number): Promise<void> {
  // Whatever waits for half a second fails.
  await connection.exec('SET LOCK_TIMEOUT 500');
  for (let round = 0; round < rounds; round++) {
    const first = firstProduct(till, round);
    await connection.exec(insertProducts(first, first + 9));
    await connection.exec(`BEGIN TRANSACTION;
      UPDATE dbo.Products SET SellPrice = SellPrice + 1 WHERE ProductID = '${productId(first)}';
      UPDATE dbo.Products SET ProductName = ProductName + N'!' WHERE ProductID LIKE 'P${till}%${round % 10}';
      DELETE FROM dbo.Products WHERE ProductID = '${productId(first + 1)}';
      COMMIT TRANSACTION;`);
  }
}

type Tests = Readonly<Record<string, () => Promise<void>>>;

/** These need the real one. */
export const realServerOnly: Tests = {
  'error 1205: a statement of shopMaster’s that loses a deadlock runs again, and nothing is lost': onShop(
    {},
    async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 2));
      const before = await deadlocks(shop);
      const [first, second] = await shop.till.query<{ id: string }>(
        'SELECT CONVERT(VARCHAR(20), LogID) AS id FROM dbo.ChangeLog ORDER BY LogID',
      );
      shop.digible.faults.add({ kind: 'throttled', retryAfter: 60, calls: ['sync'], times: 1 });
      const run = shop.sync();
      await shop.clock.asleep(60_000);
      const rival = await shop.till.connect();
      const hold = (id: string | undefined) => `UPDATE dbo.ChangeLog SET QrCode = N'held' WHERE LogID = ${id ?? 0};`;
      await rival.exec(`SET DEADLOCK_PRIORITY HIGH; BEGIN TRANSACTION; ${hold(second?.id)}`);
      shop.clock.forward(60_000);
      await rival.exec(`${untilSomebodyWaits} ${hold(first?.id)} COMMIT TRANSACTION;`);
      const { inserted, pending } = await run;
      assert.deepEqual({ inserted, pending }, { inserted: 2, pending: 0 });
      assert.ok((await deadlocks(shop)) > before, 'there was no deadlock');
      await shop.assertInStep();
    },
  ),

  'error 311: triggers may not read TEXT, NTEXT and IMAGE, and those of shopMaster don’t': onShop(
    { table: productsTable.replace('Status INT NULL', 'Status INT NULL, Notes NTEXT NULL, Photo IMAGE NULL') },
    async (shop) => {
      const naive = 'CREATE TRIGGER dbo.trgNaive ON dbo.Products AFTER UPDATE AS SELECT Notes FROM inserted';
      assert.equal(await errorNumber(shop.till.exec(naive)), 311);
      await shop.configure();
      await shop.till.exec(
        `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, Notes, Photo) VALUES ('1', N'Cola', 1, N'x', 0xFF)`,
      );
      await shop.till.exec(`UPDATE dbo.Products SET Notes = N'y', SellPrice = 2`);
      await shop.sync();
      await shop.assertInStep();
    },
  ),

  'lock escalation: a statement with thousands of products locks rows of ChangeLog, never the table': onShop(
    {},
    async (shop) => {
      // Of the shop's own table SQL Server may lock as much as it likes; here only ChangeLog is looked at.
      await shop.till.exec('ALTER TABLE dbo.Products SET (LOCK_ESCALATION = DISABLE)');
      await shop.configure();
      await shop.till.exec(insertProducts(1, 1));
      const delivery = await shop.till.connect();
      await delivery.exec(`BEGIN TRANSACTION;
        INSERT INTO dbo.Products (ProductID, ProductName, SellPrice)
        SELECT TOP (20000) CONCAT('D', ROW_NUMBER() OVER (ORDER BY (SELECT NULL))), N'x', 1
        FROM sys.all_columns AS a CROSS JOIN sys.all_columns AS b;`);
      const [locks] = await delivery.query<{ n: number }>(
        `SELECT COUNT(*) AS n FROM sys.dm_tran_locks WHERE request_session_id = @@SPID AND resource_type = N'OBJECT'
           AND request_mode = N'X' AND resource_associated_entity_id = OBJECT_ID(N'dbo.ChangeLog')`,
      );
      assert.equal(locks?.n, 0);
      const during = await shop.sync();
      assert.deepEqual([during.inserted, during.pending], [1, 0]);
      await delivery.exec('COMMIT TRANSACTION');
      assert.equal((await shop.sync()).inserted, 20_000);
      await shop.assertInStep();
    },
  ),
};

/** These are run on the stand-in, too. */
export const anyServer: Tests = {
  'error 11740: SET ROWCOUNT stops sequences, but not the triggers': onShop({}, async (shop) => {
    await shop.till.exec(`CREATE SEQUENCE dbo.Numbers AS BIGINT START WITH 1;
      CREATE TABLE dbo.Naive (ID BIGINT NOT NULL DEFAULT NEXT VALUE FOR dbo.Numbers, n INT);`);
    assert.equal(await errorNumber(shop.till.exec('SET ROWCOUNT 2; INSERT INTO dbo.Naive (n) VALUES (1);')), 11740);
    await shop.till.exec('SET ROWCOUNT 0');
    await shop.configure();
    await shop.till.exec(
      `${insertProducts(1, 9)}; SET ROWCOUNT 4; UPDATE dbo.Products SET SellPrice = 9; SET ROWCOUNT 0;`,
    );
    assert.equal(await shop.pending(), 13);
    await shop.sync();
    await shop.assertInStep();
  }),

  'error 468: a database, a key and the server may each have a collation of their own': onShop(
    {
      collation: 'Latin1_General_BIN2',
      table: productsTable.replace('VARCHAR(25)', 'VARCHAR(25) COLLATE French_CI_AI'),
      upload: { batchSize: 1 },
    },
    async (shop) => {
      await shop.till.exec(insertProducts(1, 7));
      await shop.configure();
      const naive = 'SELECT p.Status FROM dbo.Products AS p INNER JOIN dbo.ChangeLog AS c ON c.ProductID = p.ProductID';
      assert.equal(await errorNumber(shop.till.exec(naive)), 468);
      await shop.upload();
      await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 'p0003'`);
      await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = 'P0004'; ${insertProducts(8, 9)};`);
      const { inserted, updated, deleted } = await shop.sync();
      assert.deepEqual({ inserted, updated, deleted }, { inserted: 2, updated: 1, deleted: 1 });
      await shop.assertInStep({ gone: ['P0004'] });
    },
  ),

  ...Object.fromEntries(
    ['OFF', 'ON'].map((setting) => [
      `READ_COMMITTED_SNAPSHOT ${setting}: no sale fails or waits for shopMaster, at three points of sale, and all arrives`,
      onShop({}, async (shop) => {
        await shop.till.exec(
          `ALTER DATABASE [${shop.till.settings.database}] SET READ_COMMITTED_SNAPSHOT ${setting} WITH ROLLBACK IMMEDIATE`,
        );
        await shop.configure();
        const state = { open: true };
        const tills = [1, 2, 3].map(async (till) => sell(await shop.till.connect(), till));
        const selling = Promise.all(tills).finally(() => (state.open = false));
        while (state.open) await shop.sync();
        await selling;
        assert.equal((await shop.sync()).pending, 0);
        const deleted = [1, 2, 3].flatMap((till) =>
          Array.from({ length: rounds }, (_, round) => productId(firstProduct(till, round) + 1)),
        );
        await shop.assertInStep({ gone: deleted.filter((id) => shop.digible.catalogue.has(id)) });
      }),
    ]),
  ),
};
