import assert from 'node:assert/strict';
import { startDigible, type DigibleSandbox, type Fault } from '../../demo/digible/sandbox';
import { batch, product, SandboxCaller, type Heard } from './sandboxCaller';

describe('A fault of the Digible sandbox', () => {
  let sandbox: DigibleSandbox;
  let caller: SandboxCaller;
  beforeEach(async () => {
    sandbox = await startDigible({ products: [product('1')] });
    caller = new SandboxCaller(sandbox);
    await caller.signIn();
  });
  afterEach(() => sandbox.close());

  const struckBy = async (fault: Fault, products = batch(2)): Promise<Heard> => {
    sandbox.faults.add({ ...fault, times: 1 });
    return caller.sync(products);
  };

  it('throttles with seconds or with a date', async () => {
    const seconds = await struckBy({ kind: 'throttled', retryAfter: 7 });
    assert.deepEqual([seconds.status, seconds.headers.get('retry-after')], [429, '7']);
    const date = 'Sat, 01 Jun 2024 12:00:00 GMT';
    assert.equal((await struckBy({ kind: 'throttled', retryAfter: date })).headers.get('retry-after'), date);
    assert.equal((await struckBy({ kind: 'throttled' })).headers.get('retry-after'), null);
    assert.equal(sandbox.catalogue.size, 1);
  });

  it('answers 500 with HTML, and 503', async () => {
    const { status, text, json } = await struckBy({ kind: 'html error' });
    assert.equal(status, 500);
    assert.equal(json, undefined);
    assert.match(text, /^<!doctype html>/);
    assert.equal((await struckBy({ kind: 'unavailable', retryAfter: 1 })).status, 503);
  });

  it('drops the connection before or after applying', async () => {
    await assert.rejects(struckBy({ kind: 'dropped' }));
    assert.equal(sandbox.catalogue.size, 1);
    await assert.rejects(struckBy({ kind: 'dropped', applied: true }));
    assert.equal(sandbox.catalogue.size, 2);
  });

  it('cuts an answer off', async () => {
    await assert.rejects(struckBy({ kind: 'cut off', applied: true }));
    assert.equal(sandbox.catalogue.size, 2);
  });

  it('answers 200 without confirming', async () => {
    assert.equal((await struckBy({ kind: 'not json' })).json, undefined);
    assert.equal((await struckBy({ kind: 'success false' })).json?.['success'], false);
    assert.ok('error' in (await struckBy({ kind: 'error in answer' })).json!);
    assert.equal(sandbox.catalogue.size, 1);
  });

  it('refuses a batch as a whole for a chosen product, for as long as it is there', async () => {
    const fault = sandbox.faults.add({ kind: 'refused', status: 400, productIds: ['3'] });
    for (const products of [batch(5), [product('3')]]) {
      const { status, json } = await caller.sync(products);
      assert.equal(status, 400);
      assert.deepEqual(json, { message: 'Product 3 is not accepted' });
    }
    assert.equal((await caller.sync(batch(2))).status, 200);
    fault.remove();
    assert.equal((await caller.sync(batch(5))).status, 200);
    assert.equal(sandbox.catalogue.size, 5);
  });

  it('revokes the token in use', async () => {
    assert.equal((await struckBy({ kind: 'token revoked' })).status, 401);
    assert.equal((await caller.sync(batch(1))).status, 401);
    await caller.signIn();
    assert.equal((await caller.sync(batch(1))).status, 200);
  });

  it('refuses a right password, and gives an odd token', async () => {
    sandbox.faults.add({ kind: 'wrong password', calls: ['login'], times: 1 });
    assert.equal((await caller.signIn()).status, 401);
    sandbox.faults.add({ kind: 'odd token', token: 'not-a-jwt', calls: ['login'], times: 1 });
    await caller.signIn();
    assert.equal(caller.token, 'not-a-jwt');
  });

  it('redirects', async () => {
    const { status, headers } = await struckBy({ kind: 'redirected', status: 307, location: 'https://x.example/' });
    assert.deepEqual([status, headers.get('location')], [307, 'https://x.example/']);
  });

  it('gives any other answer', async () => {
    const { status, json } = await struckBy({
      kind: 'answer',
      status: 409,
      body: { message: 'Conflict' },
      applied: true,
    });
    assert.equal(status, 409);
    assert.deepEqual(json, { message: 'Conflict' });
    assert.equal(sandbox.catalogue.size, 2);
  });

  it('applies an abandoned request when told to, after newer ones', async () => {
    await assert.rejects(struckBy({ kind: 'applied late' }, [product('1', '1.00')]));
    await caller.sync([product('1', '2.00')]);
    assert.equal(sandbox.catalogue.get('1')?.productPrice, '2.00');
    assert.equal(sandbox.faults.applyAbandoned(), 1);
    assert.equal(sandbox.catalogue.get('1')?.productPrice, '1.00');
    assert.equal(sandbox.faults.applyAbandoned(), 0);
  });

  it('applies an abandoned request by itself after a time', async () => {
    await assert.rejects(struckBy({ kind: 'applied late', afterMs: 1 }, [product('9')]));
    while (!sandbox.catalogue.has('9')) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(sandbox.faults.applyAbandoned(), 0);
  });

  it('never answers, until the caller gives up', async () => {
    for (const afterHeaders of [false, true]) {
      const fault = sandbox.faults.add({ kind: 'hanging', times: 1, afterHeaders, applied: true });
      const struck = fault.nextHit();
      const answer = caller.sync(batch(2));
      const ended = assert.rejects(answer);
      await struck;
      await sandbox.close();
      await ended;
      assert.equal(sandbox.catalogue.size, 2);
      sandbox = await startDigible();
      caller = new SandboxCaller(sandbox);
      await caller.signIn();
    }
  });

  it('strikes only the calls and products that it is for, only so many times', async () => {
    const fault = sandbox.faults.add({ kind: 'unavailable', calls: ['update'], productIds: ['1'], times: 2 });
    await caller.sync(batch(2));
    const statuses: number[] = [];
    for (const productId of ['2', '1', '1', '1']) statuses.push((await caller.update(product(productId))).status);
    assert.deepEqual(statuses, [200, 503, 503, 200]);
    assert.equal(fault.hits, 2);
  });

  it('strikes by chance, the same requests for the same seed', async () => {
    sandbox.faults.add({ kind: 'unavailable', probability: 0.5 });
    const series: string[] = [];
    for (const seed of [7, 7, 8]) {
      sandbox.faults.seed(seed);
      let statuses = '';
      for (let request = 0; request < 20; request++) statuses += `${(await caller.sync(batch(1))).status} `;
      series.push(statuses);
    }
    assert.equal(series[0], series[1]);
    assert.notEqual(series[0], series[2]);
    assert.match(series[0]!, /200/);
    assert.match(series[0]!, /503/);
  });
});
