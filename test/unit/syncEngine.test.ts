import assert from 'node:assert/strict';
import type { Progress } from '../../src/sync/model';
import { manyKeys, price, SyncWorld } from './syncWorld';

describe('A sync', () => {
  let world: SyncWorld;
  let shop: SyncWorld['shop'];
  let catalogue: SyncWorld['catalogue'];
  beforeEach(() => {
    world = new SyncWorld();
    ({ shop, catalogue } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  describe('with nothing pending', () => {
    it('is one round trip and no request', async () => {
      shop.stock(5);
      const report = await world.synced();
      assert.deepEqual(shop.calls, ['readPage']);
      assert.equal(catalogue.requests, 0);
      assert.deepEqual(report, {
        inserted: 0,
        updated: 0,
        coalesced: 0,
        rejected: 0,
        deleted: 0,
        busy: 0,
        unsettled: 0,
        pending: 0,
        requests: 0,
        seconds: 0,
        rejections: [],
        captureProblems: [],
        anotherWriter: false,
      });
    });

    it('reports what is wrong with the triggers', async () => {
      shop.captureProblems = [{ kind: 'trigger disabled', message: 'trgAfterInsert is disabled.' }];
      assert.deepEqual((await world.synced()).captureProblems, shop.captureProblems);
    });

    it('looks at the triggers once, with its first page, however often it reads', async () => {
      for (const key of manyKeys(10)) shop.insert(key);
      await world.synced();
      assert.deepEqual([shop.countOf('readPage'), shop.pagesWithLook], [2, 1]);
      await world.synced();
      assert.equal(shop.pagesWithLook, 2);
    });

    it('does not sign in, not even when a person asks', async () => {
      catalogue.sessionLost = true;
      await world.synced({ asked: true });
      assert.equal(catalogue.requests, 0);
    });
  });

  describe('sends', () => {
    it('new products to the product sync call and changed ones to the update call', async () => {
      world.known('b');
      shop.insert('a', { productName: 'Cola', sellPrice: '12.50' });
      shop.update('b', price('2.00'));
      const report = await world.synced();
      assert.deepEqual(
        catalogue.log.map(({ call, products }) => [call, products]).sort(),
        [
          ['sync', [{ productId: 'a', productName: 'Cola', sellPrice: '12.50' }]],
          ['update', [{ productId: 'b', productName: 'Product b', sellPrice: '2.00' }]],
        ].sort(),
      );
      assert.deepEqual([report.inserted, report.updated, report.pending, report.requests], [1, 1, 0, 2]);
      assert.deepEqual(shop.logged, []);
    });

    it('a product once, as it is now, whatever its changes', async () => {
      world.known('a');
      for (const sellPrice of ['2.00', '3.00', '4.00']) shop.update('a', { sellPrice });
      const report = await world.synced();
      assert.equal(world.price('a'), '4.00');
      assert.deepEqual([report.updated, report.coalesced, report.requests], [1, 2, 1]);
    });

    it('batches of at most 200, four at a time, of a size with which the last four end together', async () => {
      for (const key of manyKeys(1700)) shop.insert(key);
      const report = await world.synced();
      assert.deepEqual(catalogue.batches, [...Array.from({ length: 11 }, () => 142), 138]);
      assert.equal(catalogue.mostInFlight.sync, 4);
      assert.deepEqual([report.inserted, report.pending, report.requests], [1700, 0, 12]);
    });

    it('as few batches as can be where all are on their way at once, whatever goes one by one beside them', async () => {
      world.settings = { ...world.settings, updateConcurrency: 3 };
      const keys = manyKeys(850);
      world.known(...keys.slice(700));
      for (const key of keys.slice(700)) shop.update(key, price('2.00'));
      for (const key of keys.slice(0, 700)) shop.insert(key);
      await world.synced();
      assert.deepEqual([catalogue.batches, catalogue.countOf('update')], [[200, 200, 200, 100], 150]);
    });

    it('updates one by one, eight at a time', async () => {
      const keys = manyKeys(100);
      world.known(...keys);
      for (const key of keys) shop.update(key, price('2.00'));
      await world.synced();
      assert.deepEqual([catalogue.countOf('update'), catalogue.countOf('sync')], [100, 0]);
      assert.equal(catalogue.mostInFlight.update, 8);
    });

    it('as many updates at a time as the settings say', async () => {
      world.settings = { ...world.settings, updateConcurrency: 3 };
      const keys = manyKeys(20);
      world.known(...keys);
      for (const key of keys) shop.update(key, price('2.00'));
      await world.synced();
      assert.equal(catalogue.mostInFlight.update, 3);
    });

    for (const [count, threshold, how] of [
      [199, 200, 'one by one'],
      [200, 200, 'in batches'],
      [4, 5, 'one by one'],
      [5, 5, 'in batches'],
      [450, 0, 'one by one'],
    ] as const)
      it(`${count} updates ${how} where the threshold is ${threshold}`, async () => {
        world.settings = { ...world.settings, bulkUpdateThreshold: threshold };
        const keys = manyKeys(count);
        world.known(...keys);
        for (const key of keys) shop.update(key, price('2.00'));
        const report = await world.synced();
        assert.equal(report.updated, count);
        assert.equal(report.inserted, 0);
        assert.equal(catalogue.countOf('update'), how === 'one by one' ? count : 0);
      });

    it('new and changed products in the same batches where updates are many', async () => {
      const keys = manyKeys(250);
      world.known(...keys);
      for (const key of keys) shop.update(key, price('2.00'));
      for (const key of manyKeys(130, 'new')) shop.insert(key);
      const report = await world.synced();
      assert.deepEqual(catalogue.batches, [200, 180]);
      assert.deepEqual([report.inserted, report.updated], [130, 250]);
    });

    it('an update that Digible does not know as an insert', async () => {
      shop.place('a');
      shop.update('a', price('2.00'));
      const report = await world.synced();
      assert.deepEqual(
        catalogue.log.map(({ call }) => call),
        ['update', 'sync'],
      );
      assert.deepEqual([report.inserted, report.updated, report.coalesced, report.pending], [1, 0, 0, 0]);
    });

    it('unknown updates in batches, after the last update', async () => {
      const keys = manyKeys(150);
      for (const key of keys) {
        shop.place(key);
        shop.update(key, price('2.00'));
      }
      await world.synced();
      assert.deepEqual(catalogue.batches, [150]);
    });

    it('products whose key SQL Server finds under two spellings once', async () => {
      world.known('abc');
      shop.update('abc', price('2.00'));
      shop.update('ABC ', price('3.00'));
      const report = await world.synced();
      assert.deepEqual(catalogue.sent, [['abc']]);
      assert.deepEqual([report.updated, report.coalesced, report.pending], [1, 1, 0]);
    });

    it('two products whose keys differ by case each for itself in a case-sensitive database', async () => {
      shop.caseSensitive = true;
      shop.insert('abc', price('1.00'));
      shop.insert('ABC', price('2.00'));
      await world.synced();
      assert.deepEqual([world.price('abc'), world.price('ABC')], ['1.00', '2.00']);
    });

    it('a product once at a time even if its spellings lie a page apart', async () => {
      shop.place('STRASSE');
      // In the batch that is on its way while the next page is read.
      for (const key of manyKeys(900)) shop.insert(key);
      shop.insert('straße');
      for (const key of manyKeys(600, 'q')) shop.insert(key);
      const collate = shop.products.read.bind(shop.products);
      shop.products.read = async (keys, signal) => {
        const readings = new Map(await collate(keys, signal));
        const product = { productId: 'straße', productName: 'Straße', sellPrice: '1.00' };
        for (const key of ['straße', 'STRASSE'])
          if (readings.has(key)) readings.set(key, { state: 'present', product });
        return readings;
      };
      shop.update('STRASSE', price('3.00'));
      catalogue.latencyMs = 60_000;
      await world.synced();
      assert.deepEqual(shop.logged, []);
    });
  });

  describe('leaves for later', () => {
    it('a product that the shop has locked, without waiting for it', async () => {
      world.known('a', 'b');
      shop.update('a', price('2.00'));
      shop.update('b', price('2.00'));
      const sale = shop.begin();
      sale.update('a', price('3.00'));
      const report = await world.synced();
      assert.deepEqual(catalogue.sent, [['b']]);
      assert.deepEqual([report.busy, report.updated, report.pending], [1, 1, 1]);
      sale.commit();
      assert.equal((await world.synced()).updated, 1);
      assert.equal(world.price('a'), '3.00');
      assert.deepEqual(shop.logged, []);
    });

    it('a product that is locked, counted once however often it changes', async () => {
      world.known('a', 'b');
      shop.update('a', price('2.00'));
      shop.update('b', price('2.00'));
      const sale = shop.begin();
      sale.update('a', price('3.00'));
      catalogue.onRequest = () => {
        catalogue.onRequest = () => undefined;
        sale.rollback();
        shop.update('a', price('4.00'));
        shop.begin().update('a', price('5.00'));
      };
      assert.equal((await world.synced()).busy, 1);
    });

    it('no product that was locked at first and could be sent in a later pass', async () => {
      world.known('a', 'b');
      shop.update('a', price('2.00'));
      shop.update('b', price('2.00'));
      const sale = shop.begin();
      sale.update('a', price('3.00'));
      catalogue.onRequest = () => {
        catalogue.onRequest = () => undefined;
        sale.commit();
      };
      const report = await world.synced();
      assert.deepEqual([report.busy, report.updated, report.coalesced, report.pending], [0, 2, 1, 0]);
    });

    it('changes of open transactions; what commits late below a number already read comes next', async () => {
      const late = shop.begin();
      late.insert('late');
      shop.insert('early');
      catalogue.onRequest = () => {
        catalogue.onRequest = () => undefined;
        late.commit();
      };
      await world.synced();
      assert.deepEqual(catalogue.sent, [['early'], ['late']]);
      assert.deepEqual(shop.acknowledged, [['2'], ['1']]);
    });

    it('what commits late after the last pass, to the next sync', async () => {
      const late = shop.begin();
      late.insert('late');
      shop.insert('early');
      await world.synced();
      late.commit();
      assert.deepEqual(shop.pending, ['1']);
      await world.synced();
      assert.deepEqual(shop.pending, []);
    });

    it('nothing of a transaction that is rolled back', async () => {
      const sale = shop.begin();
      sale.insert('a');
      await world.synced();
      sale.rollback();
      await world.synced();
      assert.equal(catalogue.requests, 0);
    });
  });

  describe('ends', () => {
    it('after a pass that sends nothing', async () => {
      shop.insert('a');
      await world.synced();
      assert.deepEqual(
        shop.calls.filter((call) => call === 'readPage' || call === 'read'),
        ['readPage', 'read', 'readPage'],
      );
    });

    it('after its first pass when that had nothing to send', async () => {
      world.known('a');
      shop.update('a', price('2.00'));
      shop.begin().update('a', price('3.00'));
      await world.synced();
      assert.deepEqual(shop.calls, ['readPage', 'read']);
    });

    it('although the shop never stops writing', async () => {
      world.known('a');
      let next = 2;
      shop.update('a', price('2.00'));
      catalogue.onRequest = () => shop.update('a', price(`${++next}.00`));
      const report = await world.synced();
      assert.equal(report.updated, 10);
      assert.equal(report.pending, 1);
    });

    it('after 100,000 pending changes and more, with every one of them sent', async () => {
      const changes = manyKeys(110_500).map((key, at) => ({ logId: `${at + 1}`, changeType: 'INSERT' as const, key }));
      const pending = new Map(changes.map((change) => [change.logId, change]));
      let readBeforeSending = 0;
      shop.changeLog.readPage = (after, limit) => {
        const page = [];
        for (let at = Number(after ?? 0); at < changes.length && page.length < limit; at++)
          if (pending.has(changes[at]!.logId)) page.push(changes[at]!);
        if (catalogue.requests === 0) readBeforeSending += page.length;
        const counts = { pending: pending.size, inserts: pending.size, updates: 0, deleted: 0 };
        return Promise.resolve({ writer: true, captureProblems: [], changes: page, deletes: [], counts });
      };
      shop.changeLog.acknowledge = (logIds) => {
        for (const logId of logIds) assert.ok(pending.delete(logId));
        return Promise.resolve();
      };
      shop.changeLog.count = () =>
        Promise.resolve({ pending: pending.size, inserts: pending.size, updates: 0, deleted: 0 });
      const present = (productId: string) => ({
        state: 'present' as const,
        product: { productId, productName: 'x', sellPrice: '1.00' },
      });
      shop.products.read = (keys) => Promise.resolve(new Map(keys.map((key) => [key, present(key ?? '')])));
      const report = await world.synced();
      assert.deepEqual([report.inserted, report.pending], [110_500, 0]);
      assert.equal(catalogue.content.size, 110_500);
      assert.ok(readBeforeSending < 110_500, 'memory must not grow with the backlog');
      assert.equal(catalogue.mostInFlight.sync, 4);
    });
  });

  describe('while another window or PC is the writer', () => {
    it('only watches', async () => {
      shop.insert('a');
      shop.lockedElsewhere = true;
      const report = await world.synced();
      assert.deepEqual([report.anotherWriter, report.pending, catalogue.requests], [true, 1, 0]);
      assert.deepEqual(shop.calls, ['readPage', 'count']);
    });

    it('sends no further page once the lock is lost', async () => {
      for (const key of manyKeys(2500)) shop.insert(key);
      catalogue.onRequest = () => (shop.lockedElsewhere = true);
      const report = await world.synced();
      assert.equal(report.anotherWriter, true);
      assert.ok(report.inserted <= 1000, `${report.inserted} products were sent`);
      assert.equal(shop.pending.length, 2500 - report.inserted);
    });
  });

  it('tells how far it is', async () => {
    for (const key of manyKeys(400)) shop.insert(key);
    shop.insert('gone');
    shop.delete('gone');
    const seen: Progress[] = [];
    await world.synced({ onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(seen[0], { activity: 'sync', done: 0, total: 401 });
    assert.deepEqual(seen.at(-1), { activity: 'sync', done: 401, total: 401 });
    assert.ok(seen.every(({ done }, at) => at === 0 || done >= seen[at - 1]!.done));
  });

  it('reports how long it took', async () => {
    shop.insert('a');
    catalogue.latencyMs = 1500;
    assert.equal((await world.synced()).seconds, 1.5);
  });
});
