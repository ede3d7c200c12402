import assert from 'node:assert/strict';
import { startDigible, type DigibleSandbox } from '../../demo/digible/sandbox';
import { batch, product, SandboxCaller } from './sandboxCaller';

describe('The switches of the Digible sandbox over HTTP', () => {
  let sandbox: DigibleSandbox;
  let caller: SandboxCaller;
  beforeEach(async () => {
    sandbox = await startDigible();
    caller = new SandboxCaller(sandbox);
    await caller.signIn();
  });
  afterEach(() => sandbox.close());

  it('add, list and take away faults', async () => {
    const fault = { kind: 'throttled', retryAfter: 3, times: 1, calls: ['sync'] };
    const { status, json } = await caller.request('POST', '/__sandbox/faults', fault);
    assert.equal(status, 201);
    assert.equal((await caller.sync(batch(1))).status, 429);
    const listed = await caller.request('GET', '/__sandbox/faults');
    assert.deepEqual(listed.json, { faults: [{ id: json!['id'], fault, hits: 1 }] });
    assert.equal((await caller.request('DELETE', `/__sandbox/faults/${String(json!['id'])}`)).status, 200);
    assert.equal((await caller.request('DELETE', `/__sandbox/faults/${String(json!['id'])}`)).status, 404);
    await caller.request('POST', '/__sandbox/faults', { kind: 'unavailable' });
    await caller.request('DELETE', '/__sandbox/faults');
    assert.equal((await caller.sync(batch(1))).status, 200);
  });

  for (const fault of [
    {},
    { kind: 'earthquake' },
    { kind: 'throttled', retryafter: 3 },
    { kind: 'throttled', times: -1 },
    { kind: 'throttled', calls: ['delete'] },
    { kind: 'throttled', probability: 2 },
    { kind: 'refused', status: 500 },
    { kind: 'odd token' },
    { kind: 'answer', status: 99, body: '' },
    [],
    '"throttled"',
  ])
    it(`refuse the fault ${JSON.stringify(fault)}`, async () => {
      const { status, json } = await caller.request('POST', '/__sandbox/faults', fault);
      assert.equal(status, 400);
      assert.equal(typeof json?.['message'], 'string');
      assert.deepEqual(sandbox.faults.list, []);
    });

  it('take JSON alone, which no foreign web page can send', async () => {
    const headers = { 'content-type': 'text/plain' };
    assert.equal((await caller.request('POST', '/__sandbox/faults', { kind: 'dropped' }, headers)).status, 415);
  });

  it('revoke tokens', async () => {
    await caller.request('POST', '/__sandbox/revoke-tokens');
    assert.equal((await caller.sync(batch(1))).status, 401);
  });

  it('apply what was abandoned', async () => {
    sandbox.faults.add({ kind: 'applied late', times: 1 });
    await assert.rejects(caller.sync(batch(3)));
    assert.deepEqual((await caller.request('POST', '/__sandbox/apply-abandoned')).json, { applied: 1 });
    assert.equal(sandbox.catalogue.size, 3);
  });

  it('show the counters and set them back', async () => {
    await caller.sync(batch(3));
    const { json } = await caller.request('GET', '/__sandbox/stats');
    assert.deepEqual(json!['requests'], { login: 1, sync: 1, update: 0 });
    assert.equal(json!['largestBatch'], 3);
    const reset = await caller.request('DELETE', '/__sandbox/stats');
    assert.deepEqual(reset.json!['requests'], { login: 0, sync: 0, update: 0 });
  });

  it('set seed and latency', async () => {
    assert.equal((await caller.request('POST', '/__sandbox/seed', { seed: 5 })).status, 200);
    assert.equal((await caller.request('POST', '/__sandbox/seed', { seed: 'five' })).status, 400);
    assert.equal((await caller.request('POST', '/__sandbox/latency', { ms: 1, perProductMs: 0 })).status, 200);
    assert.deepEqual(sandbox.latency, { ms: 1, perProductMs: 0 });
    assert.equal((await caller.request('POST', '/__sandbox/latency', { ms: -1, perProductMs: 0 })).status, 400);
    assert.equal((await caller.request('POST', '/__sandbox/latency', { ms: 1 })).status, 400);
  });

  it('are no others', async () => assert.equal((await caller.request('GET', '/__sandbox/else')).status, 404));
});

describe('The catalogue page of the Digible sandbox', () => {
  let sandbox: DigibleSandbox;
  let caller: SandboxCaller;
  beforeEach(async () => {
    sandbox = await startDigible({ products: batch(2_500) });
    caller = new SandboxCaller(sandbox);
  });
  afterEach(() => sandbox.close());

  const ids = (json: unknown): string[] =>
    (json as { products: readonly { productId: string }[] }).products.map(({ productId }) => productId);

  it('gives the whole catalogue as JSON', async () => {
    const { json } = await caller.request('GET', '/catalogue');
    assert.equal(json!['count'], 2_500);
    assert.deepEqual(ids(json), [...sandbox.catalogue.keys()]);
    assert.deepEqual((json!['products'] as unknown[])[0], product('1'));
  });

  it('gives an empty catalogue', async () => {
    const empty = await startDigible();
    try {
      const { json } = await new SandboxCaller(empty).request('GET', '/catalogue');
      assert.deepEqual(json, { count: 0, matching: 0, products: [] });
    } finally {
      await empty.close();
    }
  });

  it('gives a page of it', async () => {
    const { json } = await caller.request('GET', '/catalogue?offset=2498&limit=100');
    assert.deepEqual(json, { count: 2_500, matching: 2_500, products: [product('2499'), product('2500')] });
    assert.deepEqual(ids((await caller.request('GET', '/catalogue?limit=2')).json), ['1', '2']);
  });

  it('searches ids and names, whatever the case', async () => {
    const { json } = await caller.request('GET', '/catalogue?search=pRODUCT%20249&offset=1&limit=2');
    assert.equal(json!['matching'], 11);
    assert.deepEqual(ids(json), ['2490', '2491']);
  });

  it('refuses odd pages', async () => {
    for (const query of ['offset=-1', 'offset=x', 'limit=x', 'limit=-1'])
      assert.equal((await caller.request('GET', `/catalogue?${query}`)).status, 400, query);
  });

  it('is one static page that runs its own script alone', async () => {
    const { status, headers, text } = await caller.request('GET', '/');
    assert.equal(status, 200);
    assert.match(headers.get('content-type')!, /^text\/html/);
    assert.match(headers.get('content-security-policy')!, /default-src 'none'; script-src 'self'/);
    for (const [, file] of text.matchAll(/(?:src|href)="(page\.\w+)"/g))
      assert.equal((await caller.request('GET', `/${file}`)).status, 200);
    assert.ok(!text.includes('Product 1'));
  });

  it('is told what changes', async () => {
    await caller.signIn();
    const response = await fetch(`${sandbox.baseUrl}/events`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) {
        const { value, done } = await reader.read();
        assert.ok(!done);
        text += value;
      }
    };
    await read('"count":2500');
    await caller.sync([product('new', '3.20')]);
    await read('"count":2501');
    assert.match(text, /"latest":\[\{"productId":"new","productName":"Product new","productPrice":"3.20"\}\]/);
    await reader.cancel();
  });
});
