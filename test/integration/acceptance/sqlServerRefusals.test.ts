import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { onRealServer } from '../shop';
import { never, onShop } from './syncedShop';

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const aProduct = `INSERT INTO dbo.Products VALUES ('1', N'Cola', 1, NULL, 1)`;

describe('nothing is done, and a sentence says why,', () => {
  it(
    'when there is no such server',
    onShop({}, async (shop) => {
      const lost = shop.open({ sqlServer: { server: 'no-such-computer.invalid' } });
      await shop.refusesEverything(lost, 'sql-server-not-found', /no-such-computer\.invalid/);
      assert.equal(lost.master.state.phase, 'offline');
    }),
  );

  it(
    'when nothing listens at the port',
    onShop({}, async (shop) => {
      const port = await freePort();
      const lost = shop.open({ sqlServer: { server: `127.0.0.1,${port}` } });
      await shop.refusesEverything(lost, 'sql-server-unreachable', new RegExp(`127\\.0\\.0\\.1, port ${port}`));
      assert.equal(lost.master.state.phase, 'offline');
    }),
  );

  it(
    'when something else than SQL Server listens at the port',
    onShop({}, async (shop) => {
      const { port } = new URL(shop.digible.baseUrl);
      const lost = shop.open({ sqlServer: { server: `127.0.0.1,${port}` } });
      await shop.refusesEverything(lost, 'sql-server-unreachable', new RegExp(port));
    }),
  );

  it(
    'when SQL Server refuses the password',
    onShop({}, async (shop) => {
      const { username } = shop.till.settings;
      const lost = shop.open({ sqlPassword: `${shop.till.password}-not` });
      await shop.refusesEverything(lost, 'sql-login-failed', new RegExp(`"${username}"`));
      await shop.refused(lost.testSqlServer(never), 'sql-login-failed', /refused/);
    }),
  );

  it(
    'when there is no such database',
    onShop({}, async (shop) => {
      const lost = shop.open({ sqlServer: { database: 'NoSuchShop' } });
      await shop.refusesEverything(lost, 'sql-database-unknown', /"NoSuchShop"/);
    }),
  );

  if (!onRealServer)
    it(
      'when the certificate is self-signed, until it is trusted',
      onShop({}, async (shop) => {
        const wary = shop.open({ sqlServer: { trustServerCertificate: false } });
        await shop.refusesEverything(wary, 'sql-certificate-untrusted', /certificate/);
        assert.equal(wary.master.state.error?.remedy, 'trust certificate');
        await shop.configure();
      }),
    );

  it(
    'when a server name can’t be one',
    onShop({}, async (shop) => {
      const lost = shop.open({ sqlServer: { server: 'host:1433' } });
      await shop.refusesEverything(lost, 'server-name-invalid', /host,1433/);
    }),
  );

  it(
    'when the database goes away between two syncs, and all goes on when it is back',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(aProduct);
      const lost = shop.open({ sqlServer: { server: `127.0.0.1,${await freePort()}` } });
      await shop.refused(lost.master.syncNow(), 'sql-server-unreachable', /Nothing answers/);
      assert.equal(await shop.pending(), 1);
      assert.equal((await shop.sync()).inserted, 1);
      await shop.assertInStep();
    }),
  );

  if (!onRealServer)
    it(
      'when the connection breaks after products were sent: they are sent again, and the catalogue is right',
      onShop({}, async (shop) => {
        await shop.configure();
        await shop.till.exec(aProduct);
        shop.till.faults?.dropOnStatement(/DELETE FROM \[dbo\]\.\[ChangeLog\]/, 'before');
        await shop.refused(shop.sync(), 'sql-connection-lost', /lost/);
        assert.equal(shop.inCatalogue('1'), 'Cola 1.00');
        assert.equal(await shop.pending(), 1, 'not acknowledged');
        assert.equal((await shop.sync()).inserted, 1);
        await shop.assertInStep();
      }),
    );

  if (!onRealServer)
    it(
      'to a deadlock: what lost it runs again',
      onShop({}, async (shop) => {
        await shop.configure();
        await shop.till.exec(aProduct);
        shop.till.faults?.failStatement(/DELETE FROM \[dbo\]\.\[ChangeLog\]/, { number: 1205 }, 2);
        const { inserted, pending } = await shop.sync();
        assert.deepEqual({ inserted, pending }, { inserted: 1, pending: 0 });
        shop.till.faults?.failStatement(/DELETE FROM \[dbo\]\.\[ChangeLog\]/, { number: 1205 }, 3);
        await shop.till.exec(`UPDATE dbo.Products SET SellPrice = 2`);
        await shop.refused(shop.sync(), 'sql-busy', /locked by another program/);
        assert.equal(await shop.pending(), 1);
        assert.equal((await shop.sync()).updated, 1);
        await shop.assertInStep();
      }),
    );
});
