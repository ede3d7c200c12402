import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import { manyKeys, price, SyncWorld } from './syncWorld';

describe('A sync in trouble', () => {
  let world: SyncWorld;
  let shop: SyncWorld['shop'];
  let catalogue: SyncWorld['catalogue'];
  beforeEach(() => {
    world = new SyncWorld();
    ({ shop, catalogue } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  const failure = async (options = {}) => (await world.sync(options)).failure;

  describe('with everything', () => {
    it('ends after three batches refused whole, and rejects nothing', async () => {
      for (const key of manyKeys(1000)) shop.insert(key);
      catalogue.answer = () => ({ fails: 'refused', reason: 'who are you?' });
      const { report, failure } = await world.sync();
      assert.equal((failure as ShopError).code, 'digible-refuses-all');
      assert.deepEqual([report.rejected, report.pending, report.inserted], [0, 1000, 0]);
      assert.deepEqual(world.rejections.all, []);
    });

    it('starts from the other end after that, so that good products behind the bad ones get through', async () => {
      for (const key of manyKeys(1600)) {
        shop.insert(key);
        catalogue.refused.set(key, 'no');
      }
      for (const key of manyKeys(200, 'good')) shop.insert(key);
      assert.equal(((await failure()) as ShopError).code, 'digible-refuses-all');
      const report = await world.synced({ newestFirst: true });
      assert.deepEqual([report.inserted, report.rejected, report.pending], [200, 1600, 1600]);
    });

    it('rejects one or two batches that are refused whole when there is no more', async () => {
      for (const key of manyKeys(400)) shop.insert(key);
      catalogue.answer = () => 'refused';
      const report = await world.synced();
      assert.deepEqual([report.rejected, report.pending], [400, 400]);
    });

    for (const [kind, requests] of [
      ['not available', 4],
      ['unexpected answer', 8],
    ] as const)
      it(`ends at once on ${kind}, with nothing lost`, async () => {
        for (const key of manyKeys(3000)) shop.insert(key);
        catalogue.answer = () => kind;
        const { report, failure } = await world.sync();
        assert.match(failure!.message, new RegExp(kind));
        assert.equal(report.pending, 3000);
        assert.ok(report.requests <= requests, `${report.requests} requests`);
      });

    it('gives up after five tries of each request when Digible is unreachable', async () => {
      for (const key of manyKeys(5)) shop.insert(key);
      catalogue.answer = () => 'unreachable';
      const { report, failure } = await world.sync();
      assert.match(failure!.message, /unreachable/);
      assert.deepEqual([report.requests, report.pending], [5, 5]);
    });

    it('goes through when Digible is back in time', async () => {
      for (const key of manyKeys(5)) shop.insert(key);
      catalogue.next.push('unreachable', 'throttled', 'server error', 'request timeout');
      const report = await world.synced();
      assert.deepEqual([report.inserted, report.requests, report.pending], [5, 5, 0]);
    });
  });

  describe('with an unknown outcome', () => {
    it('leaves the changes pending, sends them again after 30 s and only then acknowledges', async () => {
      shop.insert('a');
      shop.insert('b');
      catalogue.next.push({ lost: 'never applied' });
      const first = await world.synced();
      assert.deepEqual([first.unsettled, first.inserted, first.pending, first.requests], [2, 0, 2, 2]);
      await world.clock.advance(20_000);
      const second = await world.synced();
      assert.deepEqual([second.unsettled, second.requests, second.pending], [2, 0, 2]);
      await world.clock.advance(10_000);
      const third = await world.synced();
      assert.deepEqual([third.unsettled, third.inserted, third.pending, third.requests], [0, 2, 0, 1]);
    });

    it('has the right price in the end although the lost request is applied after the newer one', async () => {
      world.known('a');
      shop.update('a', price('2.00'));
      catalogue.next.push({ lost: 25_000 });
      catalogue.onRequest = () => {
        catalogue.onRequest = () => undefined;
        shop.update('a', price('3.00'));
      };
      await world.synced();
      await world.clock.advance(30_000);
      assert.equal(world.price('a'), '2.00');
      await world.synced();
      assert.equal(world.price('a'), '3.00');
      assert.deepEqual(shop.logged, []);
    });

    it('counts a product once however often it changes meanwhile', async () => {
      world.known('a', 'b');
      shop.update('a', price('2.00'));
      shop.update('b', price('2.00'));
      catalogue.next.push({ lost: 'applied' });
      catalogue.onRequest = ({ products }) => {
        if (products[0]?.productId === 'b') shop.update('a', price('3.00'));
      };
      const report = await world.synced();
      assert.deepEqual([report.unsettled, report.updated, report.pending], [1, 1, 2]);
    });

    it('does not hold up other products', async () => {
      const keys = manyKeys(20);
      world.known(...keys);
      for (const key of keys) shop.update(key, price('2.00'));
      catalogue.next.push({ lost: 'applied' });
      const report = await world.synced();
      assert.deepEqual([report.updated, report.unsettled, report.pending], [19, 1, 1]);
    });

    it('is about a product that a person has Digible sent by an upload, too', async () => {
      world.known('a');
      world.unsettled.add(['a']);
      shop.update('a', price('2.00'));
      assert.deepEqual((await world.synced()).requests, 0);
      await world.clock.advance(30_000);
      assert.equal((await world.synced()).updated, 1);
    });
  });

  describe('that is cancelled', () => {
    it('makes no further request, and acknowledges what was confirmed', async () => {
      for (const key of manyKeys(1900)) shop.insert(key);
      const cancel = new AbortController();
      catalogue.onRequest = () => {
        if (catalogue.requests === 5) cancel.abort(new Error('enough'));
      };
      const { report, failure } = await world.sync({ signal: cancel.signal });
      assert.match(failure!.message, /enough/);
      assert.ok(catalogue.requests <= 8);
      assert.equal(report.inserted, catalogue.content.size);
      assert.equal(shop.pending.length, 1900 - report.inserted);
      assert.equal(report.pending, shop.pending.length);
    });

    it('does not even read when it is cancelled beforehand', async () => {
      shop.insert('a');
      assert.match((await failure({ signal: AbortSignal.abort(new Error('enough')) }))!.message, /enough/);
      assert.equal(catalogue.requests, 0);
      assert.deepEqual(shop.pending, ['1']);
    });

    it('does not wait out a pause', async () => {
      shop.insert('a');
      catalogue.next.push({ fails: 'throttled', retryAfterMs: 60_000 });
      const cancel = new AbortController();
      const work = world.start({ signal: cancel.signal });
      await world.clock.advance(1000);
      cancel.abort(new Error('enough'));
      const startedAt = world.clock.now();
      await world.clock.runUntilSettled(work);
      assert.equal(world.clock.now(), startedAt);
    });
  });

  describe('with SQL Server', () => {
    const busy = new ShopError('sql-busy', 'The table is busy.', 'Wait.');

    it('reports that it could not acknowledge, and the changes stay pending', async () => {
      for (const key of manyKeys(10)) shop.insert(key);
      shop.failNext('acknowledge', busy);
      const { report, failure } = await world.sync();
      assert.equal(failure, busy);
      assert.equal(report.pending, 10);
      const again = await world.synced();
      assert.deepEqual([again.inserted, again.pending], [10, 0]);
    });

    it('does not go on sending what it can not acknowledge', async () => {
      for (const key of manyKeys(5000)) shop.insert(key);
      shop.failNext('acknowledge', busy);
      const { failure } = await world.sync();
      assert.equal(failure, busy);
      assert.ok(catalogue.content.size <= 2000, `${catalogue.content.size} products were sent`);
    });

    for (const call of ['readPage', 'read', 'markDeleted'] as const)
      it(`ends when ${call} fails, with what was confirmed acknowledged`, async () => {
        for (const key of manyKeys(1200)) shop.insert(key);
        shop.delete('p001100');
        shop.insert('p001100x');
        shop.writeUnlogged('p001100x', null);
        const failing = call === 'markDeleted' ? 1 : 2;
        shop.before = (name) => {
          if (name === call && shop.countOf(call) === failing) shop.failNext(call, busy);
        };
        const { report, failure } = await world.sync();
        assert.equal(failure, busy);
        assert.equal(report.inserted, catalogue.content.size);
        assert.equal(report.pending, shop.pending.length);
      });

    for (const trouble of ['fails', 'has another writer'] as const)
      it(`takes no batch apart any more once it ${trouble}`, async () => {
        for (const key of manyKeys(1200)) shop.insert(key);
        for (const key of manyKeys(100)) catalogue.refused.set(key, 'no');
        shop.before = (call) => {
          if (call !== 'acquire') return;
          if (trouble === 'fails') shop.failNext('acquire', busy);
          else shop.lockedElsewhere = true;
        };
        const { report, failure } = await world.sync();
        assert.deepEqual([failure, report.anotherWriter], trouble === 'fails' ? [busy, false] : [null, true]);
        assert.ok(report.requests < 12, `${report.requests} requests`);
        assert.equal(report.pending, 1200 - catalogue.content.size);
      });

    it('still has a report when the changes can not be counted', async () => {
      for (const key of manyKeys(10)) shop.insert(key);
      shop.failNext('count', busy);
      const report = await world.synced();
      assert.deepEqual([report.inserted, report.pending], [10, 0]);
    });

    it('says that it never saw ChangeLog when the first page failed', async () => {
      shop.failNext('readPage', busy);
      shop.failNext('count', busy);
      const before = await world.sync();
      assert.deepEqual([before.failure, before.counts, before.captureProblems], [busy, null, null]);
      const after = await world.sync();
      assert.deepEqual(
        [after.failure, after.counts, after.captureProblems],
        [null, { pending: 0, inserts: 0, updates: 0, deleted: 0 }, []],
      );
    });
  });

  describe('with the session', () => {
    it('ends at once, and starts no further request', async () => {
      for (const key of manyKeys(2000)) shop.insert(key);
      catalogue.next.push('session expired');
      const { report, failure } = await world.sync();
      assert.match(failure!.message, /session expired/);
      assert.ok(report.requests <= 4, `${report.requests} requests`);
      const { requests } = catalogue;
      await world.sync();
      assert.equal(catalogue.requests, requests);
    });

    it('signs in first when a person asks, as often as the policy allows', async () => {
      catalogue.sessionLost = true;
      shop.insert('a');
      const report = await world.synced({ asked: true });
      assert.deepEqual(
        catalogue.log.map(({ call }) => call),
        ['sign in', 'sync'],
      );
      assert.deepEqual([report.inserted, report.requests], [1, 2]);
      catalogue.sessionLost = true;
      catalogue.signInAnswer = 'unreachable';
      shop.insert('b');
      assert.match((await failure({ asked: true }))!.message, /unreachable/);
      assert.equal(catalogue.countOf('sign in'), 1 + 5);
    });

    it('does not send when that sign-in is refused', async () => {
      catalogue.sessionLost = true;
      catalogue.signInAnswer = 'session expired';
      shop.insert('a');
      assert.match((await failure({ asked: true }))!.message, /session expired/);
      assert.deepEqual(
        catalogue.log.map(({ call }) => call),
        ['sign in'],
      );
    });
  });

  it('ends on a mistake in the program like on any failure, with what was confirmed acknowledged', async () => {
    for (const key of manyKeys(2000)) shop.insert(key);
    catalogue.answer = () => (catalogue.requests === 3 ? { throws: new TypeError('a mistake') } : 'confirm');
    const { report, failure } = await world.sync();
    assert.match(failure!.message, /a mistake/);
    assert.equal(report.pending, 2000 - catalogue.content.size);
  });
});
