import assert from 'node:assert/strict';
import { Sender, type Outgoing } from '../../src/sync/sender';
import { item, items, limits, SenderWorld } from './senderWorld';

const never = new AbortController().signal;

describe('The sender', () => {
  let world: SenderWorld;
  let clock: SenderWorld['clock'];
  let catalogue: SenderWorld['catalogue'];
  let sender: SenderWorld['sender'];
  let confirmed: readonly string[];
  let refused: readonly string[];
  let doubtful: readonly string[];
  let unsettled: SenderWorld['unsettled'];
  let cancel: AbortController;
  beforeEach(() => {
    world = new SenderWorld();
    ({ clock, catalogue, sender, confirmed, refused, doubtful, unsettled, cancel } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  const send = (batch: readonly Outgoing[]) => world.send(batch);
  const settle = () => world.settle();
  const refuseAll = () => (catalogue.answer = () => ({ fails: 'refused', reason: 'not like this' }));

  it('confirms every product of a batch once, with one request', async () => {
    await send(items(200));
    assert.deepEqual(
      confirmed,
      items(200).map(({ product }) => product.productId),
    );
    assert.deepEqual(catalogue.batches, [200]);
  });

  it('takes a refused batch apart until the refused product stands alone; the other 199 go through', async () => {
    catalogue.refused.set('p77', 'the price is odd');
    await send(items(200));
    assert.equal(confirmed.length, 199);
    assert.deepEqual(refused, ['p77: the price is odd']);
    assert.ok(catalogue.requests <= 17, `${catalogue.requests} requests`);
  });

  it('finds every refused product of a batch', async () => {
    for (const productId of ['p0', 'p1', 'p99', 'p199']) catalogue.refused.set(productId, 'no');
    await send(items(200));
    assert.equal(confirmed.length, 196);
    assert.deepEqual(refused, ['p0: no', 'p1: no', 'p99: no', 'p199: no']);
  });

  it('halves a batch that is too large', async () => {
    catalogue.answer = ({ products }) => (products.length > 60 ? 'too large' : 'confirm');
    await send(items(200));
    assert.deepEqual(catalogue.batches, [200, 100, 50, 50, 100, 50, 50]);
    assert.equal(confirmed.length, 200);
  });

  it('believes a batch that is refused whole only when the work has come through', async () => {
    refuseAll();
    await send(items(3));
    assert.deepEqual(refused, []);
    await settle();
    assert.deepEqual(refused, ['p0: not like this', 'p1: not like this', 'p2: not like this']);
  });

  it('believes a batch that is refused whole as soon as Digible has confirmed something', async () => {
    refuseAll();
    await send(items(2));
    catalogue.answer = () => 'confirm';
    await send([item('good')]);
    assert.deepEqual(refused, ['p0: not like this', 'p1: not like this']);
    refuseAll();
    await send(items(2, 'q'));
    assert.equal(refused.length, 4);
  });

  it('takes an update that Digible confirms for a proof as well', async () => {
    catalogue.know({ productId: 'good' });
    assert.equal(await clock.runUntilSettled(sender.sendUpdate(item('good'))), true);
    refuseAll();
    for (let batch = 0; batch < 4; batch++) await send(items(2, `b${batch}-`));
    assert.equal(refused.length, 8);
  });

  it('ends the run when three batches are refused product by product, whole, and rejects nothing', async () => {
    refuseAll();
    await send(items(2, 'a'));
    await send(items(2, 'b'));
    await assert.rejects(send(items(2, 'c')), { code: 'digible-refuses-all', message: /not like this/ });
    await settle();
    assert.deepEqual(refused, []);
  });

  it('counts batches of one product like any other', async () => {
    refuseAll();
    await send([item('a')]);
    await send([item('b')]);
    await assert.rejects(send([item('c')]), { code: 'digible-refuses-all' });
  });

  it('starts to count anew once the refused ones are believed', async () => {
    refuseAll();
    for (const prefix of ['a', 'b', 'c', 'd', 'e']) {
      await send(items(2, prefix));
      await settle();
    }
    assert.equal(refused.length, 10);
  });

  it('rejects nothing in batches that are under way when the third one is refused whole', async () => {
    // The fourth batch is slower, and the only one that Digible likes.
    catalogue.answer = ({ products }) => (products[0]!.productId.startsWith('d') ? 'throttled' : 'refused');
    const batches = ['a', 'b', 'c', 'd'].map((prefix) => sender.sendBatch(items(2, prefix)));
    const outcomes = clock.runUntilSettled(Promise.allSettled(batches));
    await clock.advance(30);
    catalogue.answer = () => 'confirm';
    const [, , , last] = await outcomes;
    assert.equal(last?.status, 'rejected');
    assert.deepEqual([confirmed, refused], [[], []]);
  });

  it('starts no further request when another one has ended the run', async () => {
    catalogue.refused.set('p0', 'no');
    catalogue.next.push('refused', 'not available');
    const split = assert.rejects(sender.sendBatch(items(200)), { kind: 'not available' });
    await clock.advance(5);
    const other = assert.rejects(sender.sendBatch(items(200, 'q')), { kind: 'not available' });
    await clock.runUntilSettled(Promise.all([split, other]));
    assert.deepEqual(catalogue.batches, [200, 200, 100]);
  });

  for (const kind of ['not available', 'session expired'] as const)
    it(`ends the run on ${kind}, after one request`, async () => {
      catalogue.answer = () => kind;
      await assert.rejects(send(items(200)), { kind });
      assert.equal(catalogue.requests, 1);
      assert.deepEqual([confirmed, refused], [[], []]);
    });

  it('sends a batch in smaller parts after it took too long', async () => {
    catalogue.answer = ({ products }) => (products.length > 60 ? 'request timeout' : 'confirm');
    await send(items(200));
    assert.deepEqual(catalogue.batches, [200, 100, 50, 50, 50, 50]);
    assert.equal(confirmed.length, 200);
  });

  it('tries five times, then ends the run', async () => {
    catalogue.answer = () => 'unreachable';
    await assert.rejects(send(items(5)), { kind: 'unreachable' });
    assert.equal(catalogue.requests, 5);
  });

  it('keeps the pause that Digible asks for', async () => {
    catalogue.next.push({ fails: 'throttled', retryAfterMs: 17_000 });
    await send(items(5));
    assert.ok(catalogue.log[1]!.startedAt - catalogue.log[0]!.endedAt! >= 17_000);
    assert.equal(confirmed.length, 5);
  });

  it('makes no request once it is cancelled', async () => {
    cancel.abort(new Error('cancelled'));
    await assert.rejects(send(items(5)), /cancelled/);
    assert.equal(catalogue.requests, 0);
  });

  it('stops taking a batch apart when it is cancelled, and confirms what was', async () => {
    for (let at = 100; at < 200; at++) catalogue.refused.set(`p${at}`, 'no');
    catalogue.onRequest = () => {
      if (catalogue.requests === 3) cancel.abort(new Error('cancelled'));
    };
    await assert.rejects(send(items(200)), /cancelled/);
    assert.equal(confirmed.length, 100);
    assert.equal(catalogue.requests, 3);
  });

  describe('after an unknown outcome', () => {
    it('does not trust the confirmation of the next attempt', async () => {
      catalogue.next.push({ lost: 'applied' });
      await send(items(2));
      assert.deepEqual([confirmed, doubtful], [[], ['p0', 'p1']]);
    });

    it('trusts a request that starts 30 s after the unknown one was given up', async () => {
      catalogue.next.push({ lost: 'applied' });
      await send([item('a')]);
      await clock.advance(30_000);
      await send([item('a')]);
      assert.deepEqual(confirmed, ['a']);
    });

    it('counts from when the request was given up, not from when it started', async () => {
      catalogue.latencyMs = 60_000;
      catalogue.next.push({ lost: 'applied' });
      await send([item('a')]);
      assert.deepEqual([confirmed, doubtful], [[], ['a']]);
    });

    it('doubts only the products of that request', async () => {
      catalogue.next.push({ lost: 'never applied' });
      await send([item('a')]);
      await send([item('b')]);
      assert.deepEqual([confirmed, doubtful], [['b'], ['a']]);
    });

    it('doubts the parts of a batch that is refused afterwards, too', async () => {
      catalogue.refused.set('p3', 'no');
      catalogue.next.push({ lost: 'never applied' });
      await send(items(4));
      assert.deepEqual([confirmed, doubtful], [[], ['p0', 'p1', 'p2']]);
      assert.deepEqual(refused, ['p3: no']);
    });

    it('doubts what was broken off on the way', async () => {
      const hard = new AbortController();
      const parts = { catalogue, clock, unsettled, ...limits, signal: never, hardSignal: hard.signal };
      const ignore = () => undefined;
      sender = new Sender(parts, { confirmed: ignore, unsettled: ignore, refused: ignore });
      const work = assert.rejects(sender.sendBatch([item('a')]), /disposed/);
      await clock.advance(5);
      hard.abort(new Error('disposed'));
      await work;
      assert.equal(unsettled.isSettled('a', clock.now()), false);
    });

    for (const kind of ['unreachable', 'throttled', 'server error', 'request timeout'] as const)
      it(`is not to be expected from ${kind}`, async () => {
        catalogue.next.push(kind);
        await send([item('a')]);
        assert.deepEqual(confirmed, ['a']);
      });
  });

  describe('for an update', () => {
    it('confirms it', async () => {
      catalogue.know({ productId: 'a' });
      assert.equal(await clock.runUntilSettled(sender.sendUpdate(item('a'))), true);
      assert.deepEqual(confirmed, ['a']);
      assert.equal(catalogue.countOf('update'), 1);
    });

    it('says that Digible does not know the product, and decides nothing', async () => {
      assert.equal(await clock.runUntilSettled(sender.sendUpdate(item('a'))), false);
      assert.deepEqual([confirmed, doubtful, refused], [[], [], []]);
    });

    it("rejects the product with Digible's words", async () => {
      catalogue.refused.set('a', 'too cheap');
      assert.equal(await clock.runUntilSettled(sender.sendUpdate(item('a'))), true);
      assert.deepEqual(refused, ['a: too cheap']);
    });

    it('ends the run on anything else', async () => {
      catalogue.answer = () => 'session expired';
      await assert.rejects(clock.runUntilSettled(sender.sendUpdate(item('a'))), { kind: 'session expired' });
    });
  });
});
