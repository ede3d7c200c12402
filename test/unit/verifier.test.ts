import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import type { Progress } from '../../src/sync/model';
import { runVerify, type VerifyOptions, type VerifyOutcome } from '../../src/sync/verifier';
import { FakeClock } from './fakeClock';
import { FakeConfirmed } from './fakeConfirmed';
import { FakeLog } from './fakeLog';
import { FakeShop, type Values } from './fakeShop';

describe('a verify', () => {
  let clock: FakeClock;
  let shop: FakeShop;
  let confirmed: FakeConfirmed;
  let log: FakeLog;
  const never = new AbortController().signal;

  beforeEach(() => {
    clock = new FakeClock();
    shop = new FakeShop();
    confirmed = new FakeConfirmed();
    log = new FakeLog();
  });

  /** In the table and in the catalogue, as far as is known. */
  function inStep(...keys: readonly string[]): void {
    for (const key of keys) {
      shop.place(key);
      confirm(key);
    }
  }

  function confirm(productId: string, values: Values = {}): void {
    const { productName, sellPrice } = values;
    confirmed.confirm({
      productId,
      productName: productName ?? `Product ${productId}`,
      sellPrice: sellPrice ?? '1.00',
    });
  }

  const verify = (options: Partial<VerifyOptions> = {}): Promise<VerifyOutcome> => {
    const { changeLog, products, lock } = shop;
    return runVerify(
      { changeLog, products, lock, confirmed, clock, log },
      { signal: never, hardSignal: never, queue: false, ...options },
    );
  };

  async function verified(options: Partial<VerifyOptions> = {}): Promise<VerifyOutcome['report']> {
    const { report, failure } = await verify(options);
    if (failure !== null) throw failure;
    return report;
  }

  /** As `missing a`, in the order of the report. */
  async function found(options: Partial<VerifyOptions> = {}): Promise<readonly string[]> {
    const { differences, missing, different, gone } = await verified(options);
    assert.equal(differences.length, missing + different + gone);
    return differences.map(({ kind, productId }) => `${kind} ${productId}`);
  }

  it('finds nothing where table and catalogue are in step', async () => {
    inStep('a', 'b', 'c');
    const report = await verified();
    assert.deepEqual(report, {
      ...{ products: 3, known: 3, missing: 0, different: 0, gone: 0, notSendable: 0, pending: 0, busy: 0, queued: 0 },
      ...{ seconds: 0, differences: [], captureProblems: [] },
    });
  });

  it('finds what no trigger has seen', async () => {
    inStep('a', 'b', 'c', 'd');
    shop.writeUnlogged('a', { sellPrice: '2.00' });
    shop.writeUnlogged('b', { productName: 'Another' });
    shop.writeUnlogged('c', null);
    shop.place('e', { productName: 'New one' });
    const report = await verified();
    assert.deepEqual(report.differences, [
      { kind: 'different', productId: 'a', productName: 'Product a' },
      { kind: 'different', productId: 'b', productName: 'Another' },
      { kind: 'missing', productId: 'e', productName: 'New one' },
      { kind: 'gone', productId: 'c', productName: null },
    ]);
    assert.deepEqual([report.missing, report.different, report.gone, report.queued], [1, 2, 1, 0]);
    assert.deepEqual(shop.logged, []);
  });

  it('takes what was confirmed last for what is there', async () => {
    shop.place('a', { sellPrice: '3.00' });
    for (const sellPrice of ['1.00', '3.00', '2.00']) confirm('a', { sellPrice });
    assert.deepEqual(await found(), ['different a']);
    confirm('a', { sellPrice: '3.00' });
    assert.deepEqual(await found(), []);
  });

  it('leaves out what is pending: it is sent anyway', async () => {
    inStep('a', 'b');
    shop.update('a', { sellPrice: '2.00' });
    shop.insert('c');
    shop.writeUnlogged('b', { sellPrice: '2.00' });
    const report = await verified();
    assert.deepEqual(
      report.differences.map(({ productId }) => productId),
      ['b'],
    );
    assert.equal(report.pending, 2);
  });

  it('leaves out products that ChangeLog has as deleted, until they are back', async () => {
    inStep('a', 'b');
    shop.delete('a');
    shop.delete('b');
    assert.deepEqual(await found(), []);
    shop.place('b', { sellPrice: '2.00' });
    assert.deepEqual(await found(), ['different b']);
  });

  it('counts products apart that can’t be sent', async () => {
    inStep('a', 'b', 'c');
    shop.writeUnlogged('a', { productName: ' ' });
    shop.writeUnlogged('b', { sellPrice: null });
    shop.place('d', { productName: null });
    const report = await verified();
    assert.deepEqual([report.notSendable, report.products, report.differences], [3, 4, []]);
  });

  it('counts products that may be gone, but are locked, apart', async () => {
    inStep('a', 'b');
    shop.before = (call) => {
      if (call !== 'changed' && call !== 'read') return;
      shop.before = () => undefined;
      shop.begin().insert('c');
    };
    confirm('c');
    const report = await verified();
    assert.deepEqual([report.busy, report.gone], [1, 0]);
  });

  it('does not take a product for gone that came back behind its back', async () => {
    inStep('b');
    confirm('a');
    shop.before = (call) => {
      if (call !== 'read') return;
      shop.before = () => undefined;
      shop.insert('a');
    };
    assert.deepEqual(await found(), []);
  });

  it('takes any of several rows that share a key for the one that was sent', async () => {
    for (const sellPrice of ['1.00', '2.00']) shop.place('a', { sellPrice });
    for (const sellPrice of ['1.00', '2.00']) {
      confirm('a', { sellPrice });
      assert.deepEqual(await found(), []);
    }
    confirm('a', { sellPrice: '3.00' });
    assert.deepEqual(await found(), ['different a']);
    assert.equal((await verified()).products, 1);
  });

  it('takes another spelling of a key for one product: missing under the new one, and not gone under the old one', async () => {
    inStep('abc', 'x');
    shop.writeUnlogged('abc', null);
    shop.place('ABC');
    assert.deepEqual(await found(), ['missing ABC']);
    assert.deepEqual(confirmed.known, ['x']);
  });

  it('takes two spellings for two products where the table does', async () => {
    shop.caseSensitive = true;
    confirm('abc');
    shop.place('ABC');
    assert.deepEqual(await found(), ['missing ABC', 'gone abc']);
  });

  it('compares products without regard to the blanks of a padded key', async () => {
    shop.place('a    ', { productName: 'Product a' });
    confirm('a');
    assert.deepEqual(await found(), []);
  });

  it('says that nothing is known where nothing was ever confirmed here', async () => {
    shop.stock(3);
    const report = await verified();
    assert.deepEqual([report.known, report.missing], [0, 3]);
  });

  it('tells what is wrong with the triggers, and the counts', async () => {
    shop.captureProblems = [{ kind: 'trigger disabled', message: 'The trigger is disabled.' }];
    inStep('a');
    shop.insert('b');
    const { report, captureProblems, counts } = await verify();
    assert.deepEqual(report.captureProblems, shop.captureProblems);
    assert.deepEqual(captureProblems, shop.captureProblems);
    assert.equal(counts?.pending, 1);
  });

  it('writes the differences to ChangeLog where it is told to, once', async () => {
    inStep('a', 'b', 'c');
    shop.writeUnlogged('a', { sellPrice: '2.00' });
    shop.writeUnlogged('b', null);
    shop.place('d');
    const { report, counts } = await verify({ queue: true });
    assert.deepEqual(shop.logged, ['UPDATE a', 'INSERT d', 'DELETE b']);
    assert.equal(report.queued, 3);
    assert.deepEqual([counts?.pending, counts?.deleted], [2, 1]);
    assert.deepEqual(confirmed.known, ['a', 'c']);
    assert.equal((await verified({ queue: true })).queued, 0);
    assert.equal(shop.logged.length, 3);
  });

  it('does not find products gone again once somebody has seen that they are', async () => {
    inStep('a', 'b');
    shop.writeUnlogged('b', null);
    await verified({ queue: true });
    await shop.changeLog.clearDeleted({ through: '1000' }, never);
    assert.deepEqual(await found(), []);
  });

  it('lists the first hundred of each kind, and counts all', async () => {
    for (let n = 0; n < 700; n++) {
      inStep(`same ${n}`, `other ${n}`, `gone ${n}`);
      shop.place(`new ${n}`);
      shop.writeUnlogged(`other ${n}`, { sellPrice: '9.00' });
      shop.writeUnlogged(`gone ${n}`, null);
    }
    const { differences, missing, different, gone, products } = await verified();
    assert.deepEqual([missing, different, gone, products], [700, 700, 700, 2100]);
    for (const kind of ['missing', 'different', 'gone'])
      assert.equal(differences.filter((difference) => difference.kind === kind).length, 100);
    assert.equal((await verified({ queue: true })).queued, 2100);
    assert.deepEqual(await found(), []);
  });

  it('shows how far it is', async () => {
    for (let n = 0; n < 2500; n++) inStep(`p${String(n).padStart(4, '0')}`);
    const shown: Progress[] = [];
    await verified({ onProgress: (progress) => shown.push(progress) });
    assert.deepEqual(
      shown.map(({ activity, done, total }) => [activity, done, total]),
      [0, 1000, 2000, 2500].map((done) => ['verify', done, 2500]),
    );
  });

  it('ends between two pages when it is cancelled', async () => {
    for (let n = 0; n < 2500; n++) inStep(`p${String(n).padStart(4, '0')}`);
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const { failure, report } = await verify({
      signal: cancel.signal,
      onProgress: ({ done }) => {
        if (done > 0) cancel.abort(reason);
      },
    });
    assert.equal(failure, reason);
    assert.equal(report.products, 1000);
  });

  it('looks at nothing while another window or PC is the writer', async () => {
    inStep('a');
    shop.lockedElsewhere = true;
    const { failure } = await verify({ queue: true });
    assert.equal(failure instanceof ShopError && failure.code, 'another-writer');
    assert.equal(shop.countOf('readProducts') + shop.countOf('queue'), 0);
  });

  it('queues nothing any more once another one is the writer', async () => {
    shop.stock(3);
    shop.before = (call) => {
      if (call === 'changed') shop.lockedElsewhere = true;
    };
    const { failure, report } = await verify({ queue: true });
    assert.equal(failure instanceof ShopError && failure.code, 'another-writer');
    assert.deepEqual([report.queued, shop.logged], [0, []]);
  });

  it('fails with what the table, ChangeLog or the file fails with', async () => {
    shop.stock(1);
    for (const call of ['look', 'readProducts', 'changed', 'queue'] as const) {
      const failure = new ShopError('sql-failed', `${call} fails.`, 'Look at the log.');
      shop.failNext(call, failure);
      assert.equal((await verify({ queue: true })).failure, failure);
    }
    confirmed.failure = new ShopError('state-unreadable', 'The file is broken.', 'Delete it.');
    confirm('a');
    assert.equal((await verify()).failure, confirmed.failure);
  });

  it('counts what it has queued, also where the pending changes can’t be counted', async () => {
    shop.stock(1);
    shop.before = (call) => {
      if (call === 'queue') shop.failNext('count', new Error('no'));
    };
    const { report, counts } = await verify({ queue: true });
    assert.deepEqual([report.queued, counts], [1, null]);
  });
});
