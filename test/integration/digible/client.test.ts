import assert from 'node:assert/strict';
import { DigibleCatalogue } from '../../../src/sync/digible/client';
import { batch, connect, failureOf, product, untilDone, type Connection } from './connection';

describe('The Digible catalogue', () => {
  let connection: Connection;
  beforeEach(async () => {
    connection = await connect();
  });
  afterEach(() => connection.close());

  it('sends a batch, and an update', async () => {
    const { catalogue, sandbox } = connection;
    await catalogue.sync([product('1', '0.10'), product('2', '-3.00')], untilDone);
    await catalogue.update(product('2', '4.0000000000'), untilDone);
    assert.deepEqual(
      [...sandbox.catalogue],
      [
        ['1', { productName: 'Product 1', productPrice: '0.10' }],
        ['2', { productName: 'Product 2', productPrice: '4.0000000000' }],
      ],
    );
    assert.equal(sandbox.stats.malformed, 0);
  });

  it('sends names as they are', async () => {
    const { catalogue, sandbox } = connection;
    const productName = `Größe "4" \\ \u2028 \u0000 🍵 שלום ${'x'.repeat(4_000)}`;
    await catalogue.sync([{ ...product('1'), productName }], untilDone);
    assert.equal(sandbox.catalogue.get('1')?.productName, productName);
  });

  it('counts its requests, sign-ins included', async () => {
    const { catalogue } = connection;
    assert.equal(catalogue.requests, 0);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(catalogue.requests, 2);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(catalogue.requests, 3);
  });

  it('keeps its connections', async () => {
    const { catalogue, sandbox } = connection;
    const opened = (): number => sandbox.stats.connections;
    for (let request = 0; request < 20; request++) await catalogue.sync(batch(200), untilDone);
    assert.equal(opened(), 1);
    await Promise.all(batch(8).map((one) => catalogue.update(one, untilDone)));
    await Promise.all(batch(8).map((one) => catalogue.update(one, untilDone)));
    assert.ok(opened() <= 8, `${opened()} connections`);
  });

  it('keeps an address with a path', async () => {
    const { sandbox, clock, log } = connection;
    for (const path of ['/shops', '/shops/']) {
      const below = new DigibleCatalogue({
        ...sandbox,
        baseUrl: sandbox.baseUrl + path,
        password: () => 'x',
        clock,
        log,
      });
      await failureOf(below.signIn(untilDone));
      below.close();
      assert.match(log.lines.at(-1)!, /status=404/);
    }
  });

  it('leaves no timer behind', async () => {
    const { catalogue, clock, sandbox } = connection;
    await catalogue.sync(batch(1), untilDone);
    sandbox.faults.add({ kind: 'dropped', times: 1 });
    await failureOf(catalogue.sync(batch(1), untilDone));
    assert.equal(clock.waiting, 0);
  });

  it('logs every request in a line without bodies and secrets', async () => {
    const { catalogue, sandbox, log } = connection;
    await catalogue.sync(batch(3), untilDone);
    sandbox.faults.add({ kind: 'throttled', times: 1 });
    await failureOf(catalogue.update(product('1'), untilDone));
    sandbox.faults.add({ kind: 'dropped', times: 1 });
    await failureOf(catalogue.update(product('1'), untilDone));
    assert.deepEqual(
      log.lines.map((line) => line.replace(/ ms=\d+/, '')),
      [
        'debug POST /v1/business/account/auth/login status=200 products=0',
        'debug POST /v1/business/stores/product/sync status=200 products=3',
        'warn PUT /v1/business/stores/product/external/update status=429 products=1',
        'warn PUT /v1/business/stores/product/external/update failure=Digible did not say whether it took the products (ECONNRESET). products=1',
      ],
    );
  });

  it('is not made for an address that is not encrypted', () => {
    const { clock, log } = connection;
    const options = { email: 'a', password: () => 'b', clock, log };
    assert.throws(() => new DigibleCatalogue({ ...options, baseUrl: 'http://api.digible.one' }), {
      code: 'digible-address-invalid',
    });
  });

  it('is cancelled in the middle of a request with the reason of the signal', async () => {
    const { catalogue, sandbox, clock } = connection;
    await catalogue.signIn(untilDone);
    for (const afterHeaders of [false, true]) {
      const struck = sandbox.faults.add({ kind: 'hanging', times: 1, afterHeaders }).nextHit();
      const controller = new AbortController();
      const ended = assert.rejects(catalogue.sync(batch(1), controller.signal), /^Error: enough$/);
      await struck;
      controller.abort(new Error('enough'));
      await ended;
    }
    assert.equal(clock.waiting, 0);
    await catalogue.sync(batch(1), untilDone);
  });

  it('sends nothing for a signal that is aborted already', async () => {
    const { catalogue } = connection;
    await assert.rejects(catalogue.sync(batch(1), AbortSignal.abort(new Error('enough'))), /enough/);
    assert.equal(catalogue.requests, 0);
  });

  it('ends its connections when it is closed', async () => {
    const { catalogue, sandbox } = connection;
    await catalogue.signIn(untilDone);
    const struck = sandbox.faults.add({ kind: 'hanging', times: 1 }).nextHit();
    const failed = failureOf(catalogue.sync(batch(1), untilDone));
    await struck;
    catalogue.close();
    assert.equal((await failed).kind, 'outcome unknown');
  });
});
