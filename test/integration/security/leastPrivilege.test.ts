import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { serverMessagesOf } from '../../../src/sync/sqlserver/driverErrors';
import { insertProducts, never, onShop, type SyncedShop } from '../acceptance/syncedShop';

const placeholder = '<a password of your own>';

interface Login {
  readonly username: string;
  readonly password: string;
}

/** Runs the file as it is, but for the login's name, which is one for the whole server, and its password. */
async function withLoginOf(file: string, shop: SyncedShop, work: (login: Login) => Promise<void>): Promise<void> {
  const script = await readFile(path.join(__dirname, '../../../docs', file), 'utf8');
  const name = /CREATE LOGIN (\w+)/.exec(script)?.[1] ?? '';
  const username = `${name}_${randomBytes(6).toString('hex')}`;
  const password = `Aa1-${randomBytes(12).toString('hex')}`;
  assert.ok(script.includes(placeholder) && name !== '');
  await shop.till.exec(script.replaceAll(name, username).replace(placeholder, password));
  try {
    await work({ username, password });
  } finally {
    await shop.till.exec(`DROP USER ${username}`);
    await shop.till.exec(`DROP LOGIN ${username}`);
  }
}

const open = (shop: SyncedShop, { username, password }: Login) =>
  shop.open({ sqlServer: { username }, sqlPassword: password });

/** SQL Server's number of the error; null where there is none. */
async function errorOf(work: Promise<unknown>): Promise<number | null> {
  try {
    await work;
    return null;
  } catch (caught) {
    return serverMessagesOf(caught)[0]?.number ?? NaN;
  }
}

describe('docs/least-privilege.sql', () => {
  it(
    'gives what every day takes: upload, sync, look, list, decisions, verify',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 5));
      await shop.configure();
      await withLoginOf('least-privilege.sql', shop, async (login) => {
        const own = open(shop, login);
        assert.match(await own.testSqlServer(never), /^\d+\./);
        assert.equal((await own.master.upload()).products, 5);
        await shop.till.exec(`INSERT INTO dbo.Products VALUES ('new', N'x', 1, NULL, 1)`);
        await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 'P0001'`);
        await shop.till.exec(`DELETE FROM dbo.Products WHERE ProductID = 'P0002'`);
        assert.equal((await own.preview(never)).requests.length, 2);
        const { inserted, updated, deleted, pending, captureProblems } = await own.master.syncNow();
        assert.deepEqual([inserted, updated, deleted, pending, captureProblems], [1, 1, 1, 0, []]);
        assert.deepEqual((await own.lookAtCapture(never)).problems, []);
        await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 8 WHERE ProductID = 'P0001'`);
        const [change] = await own.database.changeLog.list({ types: ['UPDATE'] }, null, 10, never);
        await own.master.discard([change!.logId]);
        await own.master.dismissDeleted();
        assert.equal((await own.master.verify({ queue: true })).queued > 0, true);
        await own.master.syncNow();
        assert.ok((await own.listTables(never)).some(({ name }) => name.includes('Products')));
        await own.close();
      });
      await shop.assertInStep({ gone: ['P0002'] });
    }),
  );

  it(
    'gives nothing else: no write to the shop’s tables, no look at others, nothing of the schema',
    onShop({}, async (shop) => {
      await shop.till.exec('CREATE TABLE dbo.Salaries (Name NVARCHAR(50), Salary INT)');
      await shop.till.exec(insertProducts(1, 2));
      await shop.configure();
      const before = await shop.contents();
      await withLoginOf('least-privilege.sql', shop, async (login) => {
        const till = await shop.till.connect(login);
        const errors: Record<string, number | null> = {};
        for (const sql of [
          `INSERT INTO dbo.Products (ProductID) VALUES ('x')`,
          'UPDATE dbo.Products SET SellPrice = 0',
          'DELETE FROM dbo.Products',
          'TRUNCATE TABLE dbo.Products',
          'SELECT * FROM dbo.Salaries',
          'DROP TRIGGER dbo.trgAfterInsert',
          'DISABLE TRIGGER dbo.trgAfterUpdate ON dbo.Products',
          'ALTER TABLE dbo.Products ADD Spy INT',
          'ALTER TABLE dbo.ChangeLog ADD Spy INT',
          'TRUNCATE TABLE dbo.ChangeLog',
          'DROP TABLE dbo.ChangeLog',
          'CREATE TABLE dbo.Loot (A INT)',
          'CREATE PROCEDURE dbo.Spy AS RETURN',
          `GRANT CONTROL ON dbo.Products TO ${login.username}`,
        ])
          errors[sql] = await errorOf(till.exec(sql));
        await till.close();
        for (const [sql, number] of Object.entries(errors))
          assert.ok([229, 262, 1088, 3701, 4613, 4701, 4902, 15151].includes(number ?? 0), `${sql}: ${number}`);
      });
      assert.deepEqual(await shop.contents(), before);
    }),
  );

  it(
    'gives not what Configure and Remove take',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec('DISABLE TRIGGER dbo.trgAfterUpdate ON dbo.Products');
      await withLoginOf('least-privilege.sql', shop, async (login) => {
        const own = open(shop, login);
        await shop.refusedWithNothingDone(() => own.configure({}, never), 'triggers-not-permitted', /may not create/);
        await assert.rejects(own.remove({ dropLog: true }, never));
        await own.close();
      });
    }),
  );
});

describe('docs/least-privilege-configure.sql', () => {
  it(
    'gives what Configure, Repair and Remove take, and no write to products',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 2));
      await withLoginOf('least-privilege-configure.sql', shop, async (login) => {
        const own = open(shop, login);
        await own.configure({}, never);
        assert.equal((await own.planConfigure({}, never)).upToDate, true);
        await shop.till.exec('DROP TRIGGER dbo.trgAfterUpdate');
        await own.repair({}, never);
        await shop.till.exec('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
        assert.equal(await shop.pending(), 2);
        const till = await shop.till.connect(login);
        assert.equal(await errorOf(till.exec('UPDATE dbo.Products SET SellPrice = 0')), 229);
        assert.equal(await errorOf(till.exec('DELETE FROM dbo.ChangeLog')), 229);
        await till.close();
        await own.close();
      });
      await shop.sync();
      await withLoginOf('least-privilege-configure.sql', shop, async (login) => {
        const own = open(shop, login);
        await own.remove({ dropLog: true }, never);
        await own.close();
      });
      assert.deepEqual(await shop.till.query("SELECT name FROM sys.objects WHERE name LIKE N'ChangeLog%'"), []);
    }),
  );
});
