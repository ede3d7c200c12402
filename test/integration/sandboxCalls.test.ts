import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { startDigible, type DigibleSandbox } from '../../demo/digible/sandbox';
import { batch, product, SandboxCaller } from './sandboxCaller';

describe('The Digible sandbox', () => {
  let sandbox: DigibleSandbox;
  let caller: SandboxCaller;
  beforeEach(async () => {
    sandbox = await startDigible({ email: 'a@b.example', password: 'corner "shop"' });
    caller = new SandboxCaller(sandbox);
  });
  afterEach(() => sandbox.close());

  describe('at a sign-in', () => {
    it('gives a signed JWT with the chosen lifetime', async () => {
      const { status, json } = await caller.signIn();
      assert.equal(status, 200);
      assert.equal(typeof json?.['message'], 'string');
      assert.equal(decodeProtectedHeader(caller.token!).alg, 'HS256');
      const { iat, exp } = decodeJwt(caller.token!);
      assert.equal(exp! - iat!, 3_600);
    });

    it('gives another token each time', async () => {
      await caller.signIn();
      const first = caller.token;
      await caller.signIn();
      assert.notEqual(caller.token, first);
    });

    it('gives a token without exp when told to', async () => {
      const endless = await startDigible({ tokenLifetimeSeconds: null });
      try {
        const other = new SandboxCaller(endless);
        await other.signIn();
        assert.equal(decodeJwt(other.token!).exp, undefined);
        assert.equal((await other.sync(batch(1))).status, 200);
      } finally {
        await endless.close();
      }
    });

    for (const [email, password] of [
      ['a@b.example', 'wrong'],
      ['other@b.example', 'corner "shop"'],
      ['a@b.example', ''],
    ] as const)
      it(`refuses ${email} with ${JSON.stringify(password)}`, async () => {
        const { status, json } = await caller.signIn(email, password);
        assert.equal(status, 401);
        assert.deepEqual(json, { message: 'Invalid email or password' });
      });

    it('takes the new password after a change, and no longer the old one; tokens stay valid', async () => {
      await caller.signIn();
      sandbox.changePassword('new one');
      assert.equal((await caller.sync(batch(1))).status, 200);
      assert.equal((await caller.signIn()).status, 401);
      assert.equal((await caller.signIn(sandbox.email, 'new one')).status, 200);
    });

    for (const body of [
      { email: 'a@b.example' },
      { email: 'a', password: 7 },
      { email: 'a', password: 'b', x: 'c' },
      [],
      'null',
    ])
      it(`refuses the body ${JSON.stringify(body)}`, async () => {
        const { status, json } = await caller.request('POST', '/v1/business/account/auth/login', body);
        assert.equal(status, 400);
        assert.equal(typeof json?.['message'], 'string');
        assert.equal(sandbox.stats.malformed, 1);
      });
  });

  describe('at a product sync call', () => {
    beforeEach(() => caller.signIn());

    it('inserts and replaces by productId', async () => {
      assert.equal((await caller.sync([product('1', '1.00'), product('2', '2.00')])).status, 200);
      assert.equal((await caller.sync([product('2', '-2.5000000000'), product('3', '0')])).status, 200);
      assert.deepEqual(
        [...sandbox.catalogue].map(([productId, { productPrice }]) => [productId, productPrice]),
        [
          ['1', '1.00'],
          ['2', '-2.5000000000'],
          ['3', '0'],
        ],
      );
    });

    it('takes 200 products and no more', async () => {
      assert.equal((await caller.sync(batch(200))).status, 200);
      assert.equal((await caller.sync(batch(201, 1_000))).status, 413);
      assert.equal(sandbox.catalogue.size, 200);
      assert.equal(sandbox.stats.largestBatch, 200);
    });

    it('takes names as they are', async () => {
      const productName = `Größe "4" 🍵 שלום ${'x'.repeat(4_000)}`;
      await caller.sync([{ ...product('1'), productName }]);
      assert.equal(sandbox.catalogue.get('1')?.productName, productName);
    });

    const refused: readonly (readonly [string, unknown])[] = [
      ['an empty array', []],
      ['one product outside an array', product('1')],
      ['a text', '"1"'],
      ['broken JSON', '[{'],
      ['a missing key', [{ productId: '1', productName: 'Tea' }]],
      ['an unknown key', [{ ...product('1'), qrCode: 'x' }]],
      ['a number as productId', [{ ...product('1'), productId: 1 }]],
      ['a number as productPrice', [{ ...product('1'), productPrice: 12.5 }]],
      ['null as productName', [{ ...product('1'), productName: null }]],
      ['an empty productId', [product('')]],
      ['one productId twice', [product('1'), product('2'), product('1')]],
      ...['12,50', '1e3', '$1', '', ' 1', '1.', '.5', '+1', 'NaN', '1 000'].map(
        (price) => [`the price ${JSON.stringify(price)}`, [product('1', price)]] as const,
      ),
    ];
    for (const [name, body] of refused)
      it(`refuses ${name} as a whole`, async () => {
        const { status, json } = await caller.sync(body);
        assert.equal(status, 400);
        assert.equal(typeof json?.['message'], 'string');
        assert.equal(sandbox.catalogue.size, 0);
        assert.equal(sandbox.stats.malformed, 1);
      });

    it('refuses another content type', async () => {
      for (const type of ['text/plain', 'application/jsonp', 'application/json; charset=latin1'])
        assert.equal((await caller.sync(batch(1), { 'content-type': type })).status, 415);
    });

    it('refuses a body that is far too long', async () => {
      const { status } = await caller.sync([{ ...product('1'), productName: 'x'.repeat(5 * 1024 * 1024) }]);
      assert.equal(status, 413);
    });

    it('refuses a request without a token, with a foreign one, and with a revoked one', async () => {
      const token = caller.token!;
      caller.token = null;
      assert.equal((await caller.sync(batch(1))).status, 401);
      caller.token = `${token.slice(0, token.lastIndexOf('.'))}.c2lnbmF0dXJl`;
      assert.equal((await caller.sync(batch(1))).status, 401);
      caller.token = token;
      sandbox.revokeTokens();
      assert.equal((await caller.sync(batch(1))).status, 401);
      await caller.signIn();
      assert.equal((await caller.sync(batch(1))).status, 200);
    });

    it('refuses a token that has run out', async () => {
      const brief = await startDigible({ tokenLifetimeSeconds: -1 });
      try {
        const other = new SandboxCaller(brief);
        await other.signIn();
        const { status, json } = await other.sync(batch(1));
        assert.equal(status, 401);
        assert.deepEqual(json, { message: 'Token expired' });
      } finally {
        await brief.close();
      }
    });
  });

  describe('at an update call', () => {
    beforeEach(() => caller.signIn());

    it('replaces a product', async () => {
      await caller.sync([product('1', '1.00')]);
      assert.equal((await caller.update(product('1', '9.99'))).status, 200);
      assert.equal(sandbox.catalogue.get('1')?.productPrice, '9.99');
    });

    it('answers 404 for a product that it does not know', async () => {
      const { status, json } = await caller.update(product('1'));
      assert.equal(status, 404);
      assert.deepEqual(json, { message: 'Product 1 not found' });
      assert.equal(sandbox.catalogue.size, 0);
    });

    it('refuses an array', async () => assert.equal((await caller.update([product('1')])).status, 400));
  });

  it('knows no other method or path', async () => {
    for (const [method, path, expected] of [
      ['PUT', '/v1/business/stores/product/sync', 405],
      ['POST', '/v1/business/stores/product/external/update', 405],
      ['GET', '/v1/business/account/auth/login', 405],
      ['POST', '/v1/business/stores/product/sync/', 404],
      ['POST', '/v1/business/stores/product/sync?x=1', 404],
      ['POST', '/v1/business/stores/product', 404],
    ] as const) {
      const { status, json } = await caller.request(method, path, method === 'GET' ? undefined : []);
      assert.equal(status, expected, `${method} ${path}`);
      assert.equal(typeof json?.['message'], 'string');
    }
  });

  it('begins with the products that it is given', async () => {
    const filled = await startDigible({ products: batch(3) });
    try {
      assert.deepEqual([...filled.catalogue.keys()], ['1', '2', '3']);
    } finally {
      await filled.close();
    }
  });

  it('counts what it saw', async () => {
    await caller.signIn();
    await caller.sync(batch(5));
    await caller.sync(batch(2));
    await caller.update(product('1'));
    const { requests, connections, inFlight, inFlightViolations, largestBatch, productsApplied } = sandbox.stats;
    assert.deepEqual(requests, { login: 1, sync: 2, update: 1 });
    assert.ok(connections >= 1);
    assert.equal(inFlight, 0);
    assert.equal(inFlightViolations, 0);
    assert.equal(largestBatch, 5);
    assert.equal(productsApplied, 8);
    sandbox.stats.reset();
    assert.deepEqual(sandbox.stats.requests, { login: 0, sync: 0, update: 0 });
  });

  it('notices two requests in flight for one product', async () => {
    await caller.signIn();
    const held = sandbox.faults.add({ kind: 'hanging', times: 1 });
    const struck = held.nextHit();
    const hanging = caller.sync([product('1'), product('2')]).catch(() => 'ended');
    await struck;
    await caller.sync([product('2'), product('3')]);
    assert.equal(sandbox.stats.inFlightViolations, 1);
    assert.equal(sandbox.stats.maxInFlight, 2);
    await sandbox.close();
    assert.equal(await hanging, 'ended');
  });
});
