import { strict as assert } from 'node:assert';
import type { Client } from 'pg';
import { PostgresFixture } from './postgresFixture';

describe('application locks', () => {
  let shop: PostgresFixture;
  let other: Client;
  before(async () => {
    shop = await PostgresFixture.start();
    other = await shop.another();
  });
  after(() => shop.stop());
  afterEach(async () => {
    for (const client of [shop.client, other]) await client.query('ROLLBACK; SELECT pg_advisory_unlock_all()');
  });

  const ask = async (client: Client, expression: string): Promise<string | null> => {
    const { rows } = await client.query<(string | null)[]>({ text: `SELECT ${expression}`, rowMode: 'array' });
    return rows[0]?.[0] ?? null;
  };
  const take = (client: Client, mode: string, timeout: number | null = 0, owner = 'Session'): Promise<string | null> =>
    ask(client, `sys.getapplock('shop', '${mode}', '${owner}', ${timeout ?? 'NULL'})`);
  const held = (client: Client, owner = 'Session'): Promise<string | null> =>
    ask(client, `sys.applock_mode('public', 'shop', '${owner}')`);

  for (const [first, second, result] of [
    ['Exclusive', 'Exclusive', '-1'],
    ['Exclusive', 'Shared', '-1'],
    ['Shared', 'Shared', '0'],
    ['Shared', 'Exclusive', '-1'],
    ['Shared', 'Update', '0'],
    ['Update', 'Shared', '0'],
    ['Update', 'Update', '-1'],
    ['Update', 'Exclusive', '-1'],
  ] as const)
    it(`${second} beside ${first} gives ${result}`, async () => {
      assert.equal(await take(shop.client, first), '0');
      assert.equal(await take(other, second), result);
      assert.equal(await held(shop.client), first);
      assert.equal(await held(other), result === '0' ? second : 'NoLock');
    });

  it('a released lock is free; one that is not held is error 1223', async () => {
    await take(shop.client, 'Update');
    assert.equal(await ask(shop.client, "sys.releaseapplock('shop', 'Session')"), '0');
    assert.equal(await held(shop.client), 'NoLock');
    assert.equal(await take(other, 'Exclusive'), '0');
    assert.equal(await shop.errorNumber("SELECT sys.releaseapplock('shop', 'Session')"), 1223);
  });

  it("names differ by case, and resources don't stand in each other's way", async () => {
    await take(shop.client, 'Exclusive');
    assert.equal(await ask(other, "sys.getapplock('SHOP', 'Exclusive', 'Session', 0)"), '0');
  });

  it('a timeout is -1 and leaves nothing taken; the session goes on', async () => {
    await take(shop.client, 'Exclusive');
    assert.equal(await take(other, 'Update', 10), '-1');
    assert.equal(await held(other), 'NoLock');
    assert.equal(await ask(other, "current_setting('lock_timeout')"), '0');
  });

  it("without a timeout of its own it takes the session's", async () => {
    await take(shop.client, 'Exclusive');
    await other.query("SET lock_timeout = '10ms'");
    assert.equal(await take(other, 'Exclusive', null), '-1');
    await other.query('RESET lock_timeout');
  });

  it('a lock that had to be waited for gives 1', async () => {
    await take(shop.client, 'Exclusive');
    const waiting = take(other, 'Exclusive', -1);
    for (;;) {
      const waiters = await ask(
        shop.client,
        "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)",
      );
      if (waiters === '1') break;
    }
    await ask(shop.client, "sys.releaseapplock('shop', 'Session')");
    assert.equal(await waiting, '1');
    assert.equal(await held(other), 'Exclusive');
  });

  it('two that wait for each other: one gives -3', async () => {
    const lock = (client: Client, resource: string): Promise<string | null> =>
      ask(client, `sys.getapplock('${resource}', 'Exclusive', 'Session', -1)`);
    await lock(shop.client, 'a');
    await lock(other, 'b');
    const first = lock(shop.client, 'b');
    const second = lock(other, 'a').then(async (result) => {
      if (result === '-3') await ask(other, "sys.releaseapplock('b', 'Session')");
      return result;
    });
    const settled = first.then(async (result) => {
      if (result === '-3') await ask(shop.client, "sys.releaseapplock('a', 'Session')");
      return result;
    });
    assert.deepEqual([await settled, await second].sort(), ['-3', '1']);
  });

  it("a transaction's lock ends with it, a session's doesn't", async () => {
    await shop.run('BEGIN');
    await take(shop.client, 'Exclusive', 0, 'Transaction');
    assert.deepEqual([await held(shop.client, 'Transaction'), await held(shop.client)], ['Exclusive', 'NoLock']);
    await shop.run('COMMIT');
    assert.equal(await held(shop.client, 'Transaction'), 'NoLock');
    await shop.run('BEGIN');
    await take(shop.client, 'Exclusive');
    await shop.run('ROLLBACK');
    assert.equal(await held(shop.client), 'Exclusive');
    assert.equal(await take(other, 'Shared'), '-1');
  });

  it('APPLOCK_TEST says whether a lock would be granted, and takes none', async () => {
    await take(shop.client, 'Shared');
    assert.equal(await ask(other, "sys.applock_test('public', 'shop', 'Update', 'Session')"), '1');
    assert.equal(await ask(other, "sys.applock_test('public', 'shop', 'Exclusive', 'Session')"), '0');
    assert.equal(await held(other), 'NoLock');
  });

  it('a session that dies gives its locks back', async () => {
    const dying = await shop.instance.connect('Shop');
    await take(dying, 'Exclusive');
    const backend = await ask(dying, 'pg_backend_pid()');
    dying.removeAllListeners('error').on('error', () => undefined);
    await shop.run(`SELECT pg_terminate_backend(${String(backend)}, 10000)`);
    assert.equal(await take(other, 'Exclusive'), '0');
  });

  it('other sessions see who holds a lock', async () => {
    await shop.run("SELECT sys.register_session(51, 'sa', 'dbo', 'till-1', 'the other shop')");
    await take(shop.client, 'Exclusive');
    const { rows } = await other.query({
      text: `SELECT l.request_mode, l.request_status, s.host_name, s.program_name FROM sys.dm_tran_locks AS l JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id
        WHERE l.resource_type = 'APPLICATION'::bpchar AND sys.like(l.resource_description, '%:![shop!]:%', '!')`,
      rowMode: 'array',
    });
    assert.deepEqual(rows, [['X', 'GRANT', 'till-1', 'the other shop']]);
  });

  for (const [owner, mode] of [
    ['Session', 'Nonsense'],
    ['Nonsense', 'Shared'],
  ] as const)
    it(`mode ${mode} for owner ${owner} is error 15600`, async () => {
      assert.equal(await shop.errorNumber(`SELECT sys.getapplock('shop', '${mode}', '${owner}', 0)`), 15600);
    });
});
