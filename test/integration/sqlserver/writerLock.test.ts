import assert from 'node:assert/strict';
import { never, startConfiguredShop, type ConfiguredShop } from './configuredShop';

describe('the writer lock', () => {
  let shop: ConfiguredShop;

  beforeEach(async () => {
    shop = await startConfiguredShop();
  });

  afterEach(() => shop.close());

  it('has one holder, who may ask again', async () => {
    const another = shop.openAnother();
    assert.equal(await shop.database.lock.acquire(never), true);
    assert.equal(await shop.database.lock.acquire(never), true);
    assert.equal(await another.lock.acquire(never), false);
  });

  it('is free once it is given up, however often it was taken', async () => {
    const another = shop.openAnother();
    await shop.database.lock.acquire(never);
    await shop.database.changeLog.readPage(null, 10, never);
    await shop.database.lock.acquire(never);
    await shop.database.lock.release();
    assert.equal(await another.lock.acquire(never), true);
    assert.equal((await shop.database.changeLog.readPage(null, 10, never)).writer, false);
  });

  it('is given up without a word where it was never taken', async () => {
    await shop.database.lock.release();
    await shop.database.lock.release();
  });

  it('goes with its connection, and is taken again by the next page', async () => {
    await shop.database.lock.acquire(never);
    const [holder] = await shop.query<{ spid: number }>(
      "SELECT request_session_id AS spid FROM sys.dm_tran_locks WHERE resource_type = N'APPLICATION' AND resource_database_id = DB_ID()",
    );
    await shop.cut(holder!.spid);
    // Waits until the server has noticed; gives it up with its connection.
    const another = await shop.connect();
    await another.exec("EXEC sp_getapplock N'shopMaster', N'Exclusive', N'Session', 20000;");
    await another.close();
    const page = await shop.database.changeLog
      .readPage(null, 10, never)
      .catch(() => shop.database.changeLog.readPage(null, 10, never));
    assert.equal(page.writer, true);
  });

  it('belongs to one database', async () => {
    const elsewhere = await startConfiguredShop();
    try {
      assert.equal(await shop.database.lock.acquire(never), true);
      assert.equal(await elsewhere.database.lock.acquire(never), true);
    } finally {
      await elsewhere.close();
    }
  });

  it('is given up by closing', async () => {
    await shop.database.lock.acquire(never);
    await shop.database.close();
    assert.equal(await shop.openAnother().lock.acquire(never), true);
  });
});
