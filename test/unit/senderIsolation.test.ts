import assert from 'node:assert/strict';
import type { Outgoing } from '../../src/sync/sender';
import { item, items, SenderWorld } from './senderWorld';

describe('The sender, where Digible fails,', () => {
  let world: SenderWorld;
  let clock: SenderWorld['clock'];
  let catalogue: SenderWorld['catalogue'];
  let sender: SenderWorld['sender'];
  let confirmed: readonly string[];
  let refused: readonly string[];
  beforeEach(() => {
    world = new SenderWorld();
    ({ clock, catalogue, sender, confirmed, refused } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  const send = (batch: readonly Outgoing[]) => world.send(batch);
  const settle = () => world.settle();

  describe('at a product that makes Digible fail', () => {
    const poison = (kind: 'server error' | 'unexpected answer' | 'request timeout', ...productIds: string[]) => {
      catalogue.answer = ({ products }) =>
        products.some(({ productId }) => productIds.includes(productId)) ? { fails: kind, reason: 'boom' } : 'confirm';
    };

    for (const kind of ['server error', 'unexpected answer', 'request timeout'] as const)
      it(`rejects it alone: ${kind}`, async () => {
        poison(kind, 'p77');
        await send(items(200));
        await settle();
        assert.deepEqual([confirmed.length, refused], [199, ['p77: boom']]);
      });

    it('rejects fifteen of them in one batch, with nothing else to show that Digible works', async () => {
      const bad = items(200).flatMap(({ product }, at) => (at % 14 === 0 ? [product.productId] : []));
      poison('server error', ...bad);
      await send(items(200));
      await settle();
      assert.deepEqual([bad.length, confirmed.length, refused.length], [15, 185, 15]);
    });

    it('rejects the product of an update, where another update goes through', async () => {
      catalogue.know({ productId: 'a' }, { productId: 'b' });
      poison('server error', 'a');
      const both = Promise.all([sender.sendUpdate(item('a')), sender.sendUpdate(item('b'))]);
      assert.deepEqual(await clock.runUntilSettled(both), [true, true]);
      await settle();
      assert.deepEqual([confirmed, refused], [['b'], ['a: boom']]);
    });

    it('asks once more for what was confirmed, where the product at fault comes last', async () => {
      catalogue.know({ productId: 'a' }, { productId: 'b' });
      poison('server error', 'a');
      await clock.runUntilSettled(sender.sendUpdate(item('b')));
      await clock.runUntilSettled(sender.sendUpdate(item('a')));
      assert.deepEqual(refused, []);
      await settle();
      assert.deepEqual([confirmed, refused, catalogue.sent.at(-1)], [['b'], ['a: boom'], ['b']]);
    });

    it('is not so sure where that fails as well', async () => {
      catalogue.know({ productId: 'a' }, { productId: 'b' });
      await clock.runUntilSettled(sender.sendUpdate(item('b')));
      catalogue.answer = () => 'server error';
      await clock.runUntilSettled(sender.sendUpdate(item('a')));
      await assert.rejects(clock.runUntilSettled(sender.settleSuspects()), { kind: 'server error' });
      assert.deepEqual([confirmed, refused], [['b'], []]);
    });

    it('ends the run with what Digible said where nothing shows that Digible works', async () => {
      catalogue.know({ productId: 'a' });
      poison('server error', 'a');
      await clock.runUntilSettled(sender.sendUpdate(item('a')));
      await assert.rejects(sender.settleSuspects(), { kind: 'server error' });
      assert.deepEqual(refused, []);
    });

    it('confirms it when Digible has got over it', async () => {
      catalogue.know({ productId: 'a' }, { productId: 'b' });
      await clock.runUntilSettled(sender.sendUpdate(item('b')));
      poison('server error', 'a');
      await clock.runUntilSettled(sender.sendUpdate(item('a')));
      catalogue.answer = () => 'confirm';
      await settle();
      assert.deepEqual([confirmed, refused], [['b', 'a'], []]);
    });

    it('rejects it at once, whatever else is confirmed, when it was rejected before and is sent alone', async () => {
      poison('server error', 'a');
      await clock.runUntilSettled(sender.sendAlone(item('a')));
      assert.deepEqual(refused, ['a: boom']);
    });

    it('takes a batch apart although other requests of it are throttled or do not get through', async () => {
      let requests = 0;
      catalogue.answer = ({ products }) => {
        requests += 1;
        if (requests === 7) return 'unreachable';
        if (requests === 9) return 'throttled';
        return products.some(({ productId }) => productId === 'p7')
          ? { fails: 'server error', reason: 'boom' }
          : 'confirm';
      };
      await send(items(20));
      await settle();
      assert.deepEqual([confirmed.length, refused], [19, ['p7: boom']]);
    });
  });

  it('takes Digible for down after so many failures in a row, and rejects nothing', async () => {
    catalogue.answer = () => 'server error';
    await assert.rejects(send(items(200)), { kind: 'server error' });
    assert.deepEqual([confirmed, refused], [[], []]);
    assert.ok(catalogue.requests <= 36, `${catalogue.requests} requests`);
  });

  it('takes Digible for down when it goes down in the middle, and rejects nothing', async () => {
    await send(items(200));
    catalogue.answer = () => 'server error';
    await assert.rejects(send(items(200, 'q')), { kind: 'server error' });
    assert.deepEqual([confirmed.length, refused], [200, []]);
  });

  it('keeps on trying where many products are not known to the catalogue', async () => {
    const unknown = items(40).map((one) => sender.sendUpdate(one));
    assert.deepEqual(new Set(await clock.runUntilSettled(Promise.all(unknown))), new Set([false]));
    catalogue.next.push('server error', 'server error');
    await send(items(200));
    assert.equal(confirmed.length, 200);
  });

  it('sends next to nothing more to what does not answer as Digible does', async () => {
    catalogue.answer = () => 'unexpected answer';
    await assert.rejects(send(items(200)), { kind: 'unexpected answer' });
    assert.deepEqual(catalogue.batches, [200, 200, 100, 100, 50]);
  });
});
