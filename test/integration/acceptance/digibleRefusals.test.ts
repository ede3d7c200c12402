import assert from 'node:assert/strict';
import { insertProducts, never, onShop, type SyncedShop } from './syncedShop';

/** Configured, with three products in step and a fourth pending. */
async function withPending(shop: SyncedShop): Promise<void> {
  await shop.configure();
  await shop.till.exec(insertProducts(1, 3));
  await shop.sync();
  await shop.till.exec(insertProducts(4, 4));
}

async function goesOn(shop: SyncedShop): Promise<void> {
  shop.digible.faults.clear();
  const { inserted, pending } = await shop.sync();
  assert.deepEqual({ inserted, pending }, { inserted: 1, pending: 0 });
  await shop.assertInStep();
}

describe('nothing is lost or half-done', () => {
  it(
    'where Digible can’t be reached, at Configure or later',
    onShop({}, async (shop) => {
      const away = shop.open({ digible: { baseUrl: 'http://127.0.0.1:9' } });
      await shop.refusedWithNothingDone(() => away.configure({}, never), 'digible-unreachable', /can't be reached/);
      await withPending(shop);
      await shop.refusesEverything(away, 'digible-unreachable', /can't be reached/);
      assert.equal(away.master.state.phase, 'offline');
      await goesOn(shop);
    }),
  );

  it(
    'where the name of Digible is unknown',
    onShop({}, async (shop) => {
      const away = shop.open({ digible: { baseUrl: 'https://digible.invalid' } });
      await shop.refusesEverything(away, 'digible-unreachable', /can't be reached/);
    }),
  );

  it(
    'where the address of Digible is of no use',
    onShop({}, (shop) => {
      for (const baseUrl of ['http://api.digible.one', 'ftp://x', 'api.digible.one', ''])
        assert.throws(() => shop.open({ digible: { baseUrl } }), { code: 'digible-address-invalid' }, baseUrl);
      return Promise.resolve();
    }),
  );

  it(
    'where a page comes instead of JSON from the sign-in',
    onShop({}, async (shop) => {
      shop.digible.faults.add({ kind: 'not json', calls: ['login'] });
      await shop.refusesEverything(shop.shop, 'digible-answer-unexpected', /200.*Please sign in to the network/);
      shop.digible.faults.clear();
      await withPending(shop);
      await goesOn(shop);
    }),
  );

  for (const [fault, naming] of [
    [{ kind: 'not json' }, /200.*Please sign in to the network/],
    [{ kind: 'success false' }, /200.*closed for maintenance/],
    [{ kind: 'error in answer' }, /200.*closed for maintenance/],
    [{ kind: 'answer', status: 200, body: ['odd'] }, /200/],
    [{ kind: 'answer', status: 204, body: '' }, /204/],
    [{ kind: 'redirected' }, /302/],
    [{ kind: 'answer', status: 403, body: { message: 'Not your store' } }, /403.*Not your store/],
    [{ kind: 'answer', status: 404, body: '<h1>Cannot POST</h1>' }, /404/],
  ] as const)
    it(
      `where products are answered with ${JSON.stringify(fault)}`,
      onShop({}, async (shop) => {
        await withPending(shop);
        const placed = shop.digible.faults.add({ ...fault, calls: ['sync'] });
        await shop.refusedWithNothingDone(() => shop.sync(), 'digible-answer-unexpected', naming);
        assert.equal(placed.hits, 1, 'nothing that a retry could cure');
        await shop.refusedWithNothingDone(() => shop.upload(), 'digible-answer-unexpected', naming);
        await goesOn(shop);
      }),
    );

  it(
    'where Digible refuses the password, until it is right',
    onShop({}, async (shop) => {
      const stranger = shop.open({ digiblePassword: 'not-the-passw0rd' });
      await shop.refusesEverything(stranger, 'digible-login-failed', /Invalid email or password/);
      await withPending(shop);
      await shop.refusesEverything(stranger, 'digible-login-failed', /Invalid email or password/);
      await goesOn(shop);
    }),
  );

  for (const token of ['opaque-session-id', 'eyJhbGciOiJIUzI1NiJ9.e30', '', 'a.b.c'])
    it(
      `where the token is not a JWT but ${JSON.stringify(token)}`,
      onShop({}, async (shop) => {
        shop.digible.faults.add({ kind: 'odd token', token });
        const code = token === '' ? 'digible-answer-unexpected' : 'digible-token-invalid';
        await shop.refusesEverything(shop.shop, code, /token/);
        shop.digible.faults.clear();
        await withPending(shop);
        await goesOn(shop);
      }),
    );
});
