import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import type { Progress, UploadCheckpoint } from '../../src/sync/model';
import { defaults, type UploadSettings } from '../../src/sync/settings';
import { Unsettled } from '../../src/sync/unsettled';
import { runUpload, type UploadOptions, type UploadOutcome } from '../../src/sync/uploader';
import { FakeCatalogue } from './fakeCatalogue';
import { FakeClock } from './fakeClock';
import { FakeConfirmed } from './fakeConfirmed';
import { FakeLog } from './fakeLog';
import { FakeShop } from './fakeShop';

const never = new AbortController().signal;

describe('An upload', () => {
  let clock: FakeClock;
  let shop: FakeShop;
  let catalogue: FakeCatalogue;
  let unsettled: Unsettled;
  let confirmed: FakeConfirmed;
  let settings: UploadSettings;
  let checkpoints: UploadCheckpoint[];
  beforeEach(() => {
    clock = new FakeClock();
    shop = new FakeShop();
    catalogue = new FakeCatalogue(clock);
    unsettled = new Unsettled(clock, 30_000);
    confirmed = new FakeConfirmed();
    settings = defaults.upload;
    checkpoints = [];
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  function start(options: Partial<UploadOptions> = {}): Promise<UploadOutcome> {
    const { products, lock } = shop;
    return runUpload(
      { products, lock, catalogue, clock, log: new FakeLog(), unsettled, confirmed, settings },
      {
        signal: never,
        hardSignal: never,
        resumeFrom: null,
        onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
        ...options,
      },
    );
  }

  const upload = (options: Partial<UploadOptions> = {}) => clock.runUntilSettled(start(options));

  async function uploaded(options: Partial<UploadOptions> = {}) {
    const { report, failure } = await upload(options);
    if (failure !== null) throw failure;
    return report;
  }

  const matches = () => assert.deepEqual(new Map([...catalogue.content].sort()), shop.table);

  it('sends every product, in batches of 200, four at a time', async () => {
    shop.stock(2350);
    const report = await uploaded();
    matches();
    assert.deepEqual(catalogue.batches, [...Array.from({ length: 11 }, () => 200), 150]);
    assert.equal(catalogue.mostInFlight.sync, 4);
    assert.deepEqual([report.products, report.batches, report.requests], [2350, 12, 12]);
    assert.deepEqual([report.rejected, report.cancelled], [0, false]);
  });

  it('keeps to the batch size and the concurrency of the settings', async () => {
    settings = { batchSize: 30, concurrency: 2 };
    shop.stock(100);
    await uploaded();
    assert.deepEqual(catalogue.batches, [30, 30, 30, 10]);
    assert.equal(catalogue.mostInFlight.sync, 2);
  });

  it('of an empty table is done at once', async () => {
    const report = await uploaded();
    assert.deepEqual([report.products, report.batches, report.requests], [0, 0, 0]);
  });

  it('signs in first, as often as the policy allows, and counts those requests', async () => {
    catalogue.sessionLost = true;
    shop.stock(10);
    assert.equal((await uploaded()).requests, 2);
    catalogue.sessionLost = true;
    catalogue.signInAnswer = 'unreachable';
    const { report, failure } = await upload();
    assert.match(failure!.message, /unreachable/);
    assert.deepEqual([report.requests, report.products], [5, 0]);
  });

  it('takes each product once, the last row where a key repeats', async () => {
    shop.place('a', { sellPrice: '1.00' });
    shop.place('a', { sellPrice: '2.00' });
    shop.place('b');
    await uploaded();
    assert.deepEqual(catalogue.sent, [['a', 'b']]);
    assert.equal(catalogue.content.get('a')?.sellPrice, '2.00');
  });

  it('reads no more than it can send: memory does not grow with the table', async () => {
    shop.stock(10_000);
    const work = start();
    await clock.advance(1);
    assert.equal(catalogue.log.length, 4);
    assert.equal(shop.countOf('readProducts'), 2);
    await clock.runUntilSettled(work);
    assert.equal(shop.countOf('readProducts'), 10);
  });

  it('tells how far it is', async () => {
    shop.stock(600);
    const seen: Progress[] = [];
    await uploaded({ onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(
      seen.map(({ activity, done, total }) => [activity, done, total]),
      [
        ['upload', 0, 600],
        ['upload', 200, 600],
        ['upload', 400, 600],
        ['upload', 600, 600],
      ],
    );
  });

  it('rejects what Digible refuses and what lacks a name or price, and sends the rest', async () => {
    shop.stock(250);
    shop.writeUnlogged('p000003', { productName: null });
    catalogue.refused.set('p000210', 'no');
    const report = await uploaded();
    assert.deepEqual([report.products, report.rejected], [248, 2]);
    assert.deepEqual(report.rejections, [
      { productId: 'p000003', productName: null, reason: 'This product has no ProductName.' },
      { productId: 'p000210', productName: 'Product p000210', reason: 'no' },
    ]);
  });

  it('rejects a product at which Digible fails, and confirms it where Digible has got over it', async () => {
    shop.stock(3);
    let left = Infinity;
    catalogue.answer = ({ products }) => {
      if (!products.some(({ productId }) => productId === 'p000002')) return 'confirm';
      left -= 1;
      return left < 0 ? 'confirm' : { fails: 'server error', reason: 'boom' };
    };
    const report = await uploaded();
    assert.deepEqual([report.products, report.rejected, report.rejections[0]?.reason], [2, 1, 'boom']);
    assert.deepEqual(checkpoints.at(-1), { afterKey: 'p000003', products: 3 });
    left = 11;
    assert.deepEqual([(await uploaded()).products, left], [3, -1]);
  });

  it('makes no further request when the table can not be read on', async () => {
    shop.stock(3000);
    settings = { ...settings, concurrency: 5 };
    catalogue.answer = () => ({ fails: 'throttled', retryAfterMs: 60_000 });
    const startedAt = clock.now();
    shop.before = (call) => {
      if (call !== 'readProducts' || shop.countOf('readProducts') < 2) return;
      shop.failNext('readProducts', new ShopError('sql-busy', 'The table is busy.', 'Wait.'));
    };
    assert.equal(((await upload()).failure as ShopError).code, 'sql-busy');
    assert.equal(catalogue.countOf('sync'), 5);
    assert.ok(clock.now() - startedAt < 60_000);
  });

  it('can not be resumed between two spellings of what may be one key', async () => {
    shop.caseSensitive = true;
    for (const key of ['A', 'a', 'b']) shop.place(key);
    settings = { ...settings, batchSize: 1, concurrency: 1 };
    await uploaded();
    assert.deepEqual(
      checkpoints.map(({ afterKey }) => afterKey),
      ['a', 'b'],
    );
  });

  it('lists the first hundred rejections and counts all', async () => {
    shop.stock(150);
    for (const key of shop.table.keys()) shop.writeUnlogged(key, { sellPrice: null });
    const report = await uploaded();
    assert.deepEqual([report.rejected, report.rejections.length, report.requests], [150, 100, 0]);
  });

  it('ends after three batches that are refused whole, and rejects nothing', async () => {
    shop.stock(2000);
    catalogue.answer = () => 'refused';
    const { report, failure } = await upload();
    assert.equal((failure as ShopError).code, 'digible-refuses-all');
    assert.equal(report.rejected, 0);
    assert.deepEqual(checkpoints, []);
  });

  it('rejects one or two batches that are refused whole when there is no more', async () => {
    shop.stock(400);
    catalogue.answer = () => 'refused';
    assert.equal((await uploaded()).rejected, 400);
    assert.deepEqual(checkpoints.at(-1), { afterKey: 'p000400', products: 400 });
  });

  it('ends when another writer has taken over', async () => {
    shop.stock(5000);
    catalogue.onRequest = () => (shop.lockedElsewhere = true);
    const { report, failure } = await upload();
    assert.equal((failure as ShopError).code, 'another-writer');
    assert.ok(report.products <= 2000);
  });

  describe('can be resumed', () => {
    it('after the last product up to which everything was confirmed', async () => {
      shop.stock(2000);
      catalogue.answer = ({ products }) => (products[0]!.productId === 'p000801' ? 'not available' : 'confirm');
      const first = await upload();
      assert.match(first.failure!.message, /not available/);
      assert.deepEqual(checkpoints.at(-1), { afterKey: 'p000800', products: 800 });

      catalogue.answer = () => 'confirm';
      const { length } = catalogue.log;
      const seen: Progress[] = [];
      const report = await uploaded({
        resumeFrom: checkpoints.at(-1)!,
        onProgress: (progress) => seen.push(progress),
      });
      assert.equal(catalogue.log[length]!.products[0]!.productId, 'p000801');
      assert.deepEqual([report.products, report.batches], [1200, 6]);
      assert.deepEqual([seen[0]!.done, seen.at(-1)!.done, seen.at(-1)!.total], [800, 2000, 2000]);
      matches();
    });

    it('not before a batch that is still open, although later ones are confirmed', async () => {
      shop.stock(1000);
      catalogue.next.push({ fails: 'throttled', retryAfterMs: 1000 });
      const work = start();
      await clock.advance(100);
      assert.equal(catalogue.content.size, 800);
      assert.deepEqual(checkpoints, []);
      await clock.runUntilSettled(work);
      assert.deepEqual(checkpoints, [{ afterKey: 'p001000', products: 1000 }]);
    });

    it('after rejected products, too', async () => {
      shop.stock(400);
      catalogue.refused.set('p000200', 'no');
      shop.writeUnlogged('p000399', { sellPrice: null });
      await uploaded();
      assert.deepEqual(checkpoints.at(-1), { afterKey: 'p000400', products: 400 });
    });

    it('when it was cancelled, and a cancel is no failure', async () => {
      shop.stock(5000);
      const cancel = new AbortController();
      catalogue.onRequest = () => {
        if (catalogue.requests === 6) cancel.abort(new Error('enough'));
      };
      const { report, failure } = await upload({ signal: cancel.signal });
      assert.deepEqual([report.cancelled, failure], [true, null]);
      assert.ok(catalogue.requests <= 9);
      const done = catalogue.content.size;
      assert.equal(report.products, done);
      assert.equal(checkpoints.at(-1)!.products, done);
      catalogue.onRequest = () => undefined;
      assert.equal((await uploaded({ resumeFrom: checkpoints.at(-1)! })).products, 5000 - done);
      matches();
    });

    it('when the table could not be read on', async () => {
      shop.stock(2000);
      const busy = new ShopError('sql-busy', 'The table is busy.', 'Wait.');
      shop.before = (call) => {
        if (call === 'readProducts' && shop.countOf(call) === 2) shop.failNext(call, busy);
      };
      const { report, failure } = await upload();
      assert.equal(failure, busy);
      assert.deepEqual([report.products, checkpoints.at(-1)!.products], [1000, 1000]);
    });
  });

  describe('with an unknown outcome', () => {
    it('ends only after the settle time, with a second send', async () => {
      shop.stock(600);
      catalogue.next.push({ lost: 'applied' });
      const startedAt = clock.now();
      const report = await uploaded();
      assert.ok(clock.now() - startedAt >= 30_000);
      assert.equal(report.products, 600);
      const [lost] = catalogue.log;
      const again = catalogue.log.filter(({ startedAt: at }) => at - lost!.endedAt! >= 30_000);
      assert.deepEqual(
        again.flatMap(({ products }) => products),
        lost!.products,
      );
    });

    it('has the right price in the end although the lost request is applied after the newer one', async () => {
      shop.stock(1);
      catalogue.next.push({ lost: 25_000 });
      catalogue.onRequest = () => shop.writeUnlogged('p000001', { sellPrice: `${catalogue.requests}.50` });
      await uploaded();
      await clock.advance(60_000);
      assert.equal(catalogue.content.get('p000001')!.sellPrice, '2.50');
    });

    it('sends products as they are then; what is gone by then is not sent, what has no price any more is rejected', async () => {
      shop.stock(3);
      catalogue.next.push({ lost: 'applied' });
      const work = start();
      await clock.advance(20_000);
      shop.writeUnlogged('p000001', { sellPrice: '9.99' });
      shop.writeUnlogged('p000002', null);
      shop.writeUnlogged('p000003', { sellPrice: null });
      const { report } = await clock.runUntilSettled(work);
      assert.deepEqual(catalogue.sent.at(-1), ['p000001']);
      assert.equal(catalogue.content.get('p000001')!.sellPrice, '9.99');
      assert.deepEqual([report.products, report.rejected], [1, 1]);
      assert.equal(checkpoints.at(-1)!.afterKey, 'p000003');
    });

    it('can be cancelled while it waits, and resumed before the products in doubt', async () => {
      shop.stock(600);
      catalogue.next.push('confirm', { lost: 'applied' });
      const cancel = new AbortController();
      const work = start({ signal: cancel.signal });
      await clock.advance(20_000);
      cancel.abort(new Error('enough'));
      const { report } = await clock.runUntilSettled(work);
      assert.deepEqual([report.cancelled, report.products], [true, 400]);
      assert.deepEqual(checkpoints.at(-1), { afterKey: 'p000200', products: 200 });
    });

    it('does not gather all the table in memory when the line is bad', async () => {
      shop.stock(6000);
      catalogue.answer = ({ products }) => {
        const before = catalogue.sent.filter(([first]) => first === products[0]!.productId).length;
        return before === 1 ? { lost: 'applied' } : 'confirm';
      };
      const startedAt = clock.now();
      const report = await uploaded();
      assert.equal(report.products, 6000);
      matches();
      const beforeWait = catalogue.log.filter(({ startedAt: at }) => at - startedAt < 30_000);
      const inMemory = new Set(beforeWait.flatMap(({ products }) => products.map(({ productId }) => productId))).size;
      assert.ok(inMemory > 0 && inMemory <= 4000, `${inMemory} products before the first wait`);
    });

    it('gives up, to be resumed, when every answer is lost at first again and again', async () => {
      shop.stock(1);
      catalogue.answer = () => (catalogue.requests % 2 === 1 ? { lost: 'applied' } : 'confirm');
      const { report, failure } = await upload();
      assert.equal((failure as ShopError).code, 'digible-unreachable');
      assert.equal(report.products, 0);
      assert.deepEqual(checkpoints, []);
    });

    it('waits for a product that is refused after it, too', async () => {
      shop.stock(1);
      catalogue.next.push({ lost: 25_000 }, 'refused');
      const report = await uploaded();
      assert.equal(report.rejected, 1);
      assert.ok(clock.now() - catalogue.log[0]!.endedAt! >= 30_000);
    });

    it('of an earlier sync waits for that, too', async () => {
      shop.stock(1);
      unsettled.add(['p000001']);
      await uploaded();
      assert.equal(catalogue.log.length, 2);
      assert.ok(catalogue.log[1]!.startedAt - catalogue.log[0]!.startedAt >= 30_000);
    });

    it('does not wait for other products of an earlier sync', async () => {
      shop.stock(1);
      unsettled.add(['another']);
      const startedAt = clock.now();
      await uploaded();
      assert.ok(clock.now() - startedAt < 1000);
    });
  });
});
