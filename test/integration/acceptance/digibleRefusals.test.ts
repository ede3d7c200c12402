import assert from 'node:assert/strict';
import { insertProducts, never, onShop, SyncedShop } from './syncedShop';

describe('nothing is lost or half-done at Configure', () => {
  let shop: SyncedShop;

  before(async () => {
    shop = await SyncedShop.start({});
  });

  afterEach(() => shop.digible.faults.clear());

  after(() => shop.close());

  for (const baseUrl of ['http://127.0.0.1:9', 'https://digible.invalid'])
    it(`where Digible can’t be reached at ${baseUrl}`, async () => {
      const away = shop.open({ digible: { baseUrl } });
      await shop.refusedWithNothingDone(() => away.configure({}, never), 'digible-unreachable', /can't be reached/);
    });

  it('where the address of Digible is of no use', () => {
    for (const baseUrl of ['http://api.digible.one', 'ftp://x', 'api.digible.one', ''])
      assert.throws(() => shop.open({ digible: { baseUrl } }), { code: 'digible-address-invalid' }, baseUrl);
  });

  it('where Digible refuses the password', async () => {
    const stranger = shop.open({ digiblePassword: 'not-the-passw0rd' });
    const configure = () => stranger.configure({}, never);
    await shop.refusedWithNothingDone(configure, 'digible-login-failed', /Invalid email or password/);
  });

  it('where a page comes instead of JSON', async () => {
    shop.digible.faults.add({ kind: 'not json', calls: ['login'] });
    const configure = () => shop.shop.configure({}, never);
    await shop.refusedWithNothingDone(configure, 'digible-answer-unexpected', /200.*Please sign in to the network/);
  });

  for (const token of ['opaque-session-id', 'eyJhbGciOiJIUzI1NiJ9.e30', 'a.b.c'])
    it(`where the token is not a JWT but ${token}`, async () => {
      shop.digible.faults.add({ kind: 'odd token', token });
      await shop.refusedWithNothingDone(() => shop.shop.configure({}, never), 'digible-token-invalid', /not a JWT/);
    });
});

describe('nothing is lost or half-done later on', () => {
  let shop: SyncedShop;
  let products = 0;

  before(async () => {
    shop = await SyncedShop.start({});
    await shop.configure();
  });

  beforeEach(async () => {
    products += 1;
    await shop.till.exec(insertProducts(products, products));
  });

  /** What was refused goes out as soon as nothing is in its way. */
  afterEach(async () => {
    shop.digible.faults.clear();
    assert.equal((await shop.sync()).inserted, 1);
    await shop.assertInStep();
  });

  after(() => shop.close());

  it('where Digible can’t be reached', async () => {
    const away = shop.open({ digible: { baseUrl: 'http://127.0.0.1:9' } });
    await shop.refusesEverything(away, 'digible-unreachable', /can't be reached/);
    assert.equal(away.master.state.phase, 'offline');
  });

  it('where Digible refuses the password', async () => {
    const stranger = shop.open({ digiblePassword: 'not-the-passw0rd' });
    await shop.refusesEverything(stranger, 'digible-login-failed', /Invalid email or password/);
  });

  it('where the token is not a JWT', async () => {
    shop.digible.faults.add({ kind: 'odd token', token: 'opaque-session-id' });
    await shop.refusesEverything(shop.open(), 'digible-token-invalid', /not a JWT/);
  });

  it('where a page comes instead of JSON from the sign-in', async () => {
    shop.digible.faults.add({ kind: 'not json', calls: ['login'] });
    await shop.refusesEverything(shop.open(), 'digible-answer-unexpected', /200.*Please sign in to the network/);
  });

  // What may be the answer of something on the way is asked for once more.
  for (const [fault, naming, requests] of [
    [{ kind: 'not json' }, /200.*Please sign in to the network/, 2],
    [{ kind: 'success false' }, /200.*closed for maintenance/, 2],
    [{ kind: 'error in answer' }, /200.*closed for maintenance/, 2],
    [{ kind: 'answer', status: 200, body: '' }, /200/, 2],
    [{ kind: 'answer', status: 204, body: '' }, /204/, 2],
    [{ kind: 'redirected' }, /302/, 2],
    [{ kind: 'answer', status: 403, body: { message: 'Not your store' } }, /403.*Not your store/, 1],
    [{ kind: 'answer', status: 404, body: '<h1>Cannot POST</h1>' }, /404/, 1],
  ] as const)
    it(`where products are answered with ${JSON.stringify(fault)}`, async () => {
      const placed = shop.digible.faults.add({ ...fault, calls: ['sync'] });
      await shop.refusedWithNothingDone(() => shop.sync(), 'digible-answer-unexpected', naming);
      assert.equal(placed.hits, requests);
      await shop.refusedWithNothingDone(() => shop.upload(), 'digible-answer-unexpected', naming);
    });
});

describe('a product table that nobody has written to', () => {
  it(
    'is synced without a word to Digible, which may be away',
    onShop({}, async (shop) => {
      await shop.configure();
      const away = shop.open({ digible: { baseUrl: 'http://127.0.0.1:9' } });
      const { requests, pending } = await away.master.syncNow();
      assert.deepEqual({ requests, pending }, { requests: 0, pending: 0 });
    }),
  );
});
