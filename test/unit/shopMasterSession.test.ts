import assert from 'node:assert/strict';
import { emptyState } from './fakeStore';
import { MasterWorld } from './masterWorld';
import { manyKeys, price } from './syncWorld';

describe('The engine of a shop', () => {
  let world: MasterWorld;
  let clock: MasterWorld['clock'];
  let shop: MasterWorld['shop'];
  let catalogue: MasterWorld['catalogue'];
  let master: MasterWorld['master'];
  beforeEach(() => {
    world = new MasterWorld();
    ({ clock, shop, catalogue, master } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  describe('whose session has expired', () => {
    beforeEach(async () => {
      shop.insert('a');
      catalogue.next.push('session expired');
      catalogue.signInAnswer = 'session expired';
      await world.start();
    });

    it('shows it', () => {
      assert.deepEqual([master.state.phase, master.state.error?.code], ['session expired', 'session-expired']);
    });

    it('starts no further request by itself', async () => {
      const { requests } = catalogue;
      for (let tick = 0; tick < 3; tick++) await world.nextTick();
      assert.equal(catalogue.requests, requests);
      assert.equal(master.state.phase, 'session expired');
    });

    it('stays so although nothing is left to send', async () => {
      shop.delete('a');
      await world.nextTick();
      assert.deepEqual([master.state.phase, master.state.counts?.pending], ['session expired', 0]);
    });

    it('stays so over another writer, a stop and a start', async () => {
      shop.delete('a');
      shop.lockedElsewhere = true;
      await world.nextTick();
      assert.equal(master.state.phase, 'another writer');
      shop.lockedElsewhere = false;
      await master.stop();
      assert.deepEqual([master.state.phase, master.state.error], ['stopped', null]);
      master.start();
      assert.equal(master.state.phase, 'session expired');
      await clock.advance(31_000);
      assert.deepEqual([master.state.phase, master.state.error?.code], ['session expired', 'session-expired']);
    });

    it('is cured by a manual sync that signs in', async () => {
      catalogue.signInAnswer = 'confirm';
      const report = await world.run(master.syncNow());
      assert.deepEqual([report.inserted, report.requests], [1, 2]);
      assert.deepEqual([master.state.phase, master.state.error], ['idle', null]);
    });

    it('is not cured by a manual sync that had nothing to send', async () => {
      shop.delete('a');
      await world.run(master.syncNow());
      assert.equal(master.state.phase, 'session expired');
    });

    it('is not cured by a sign-in that is refused again', async () => {
      await assert.rejects(world.run(master.syncNow()), { code: 'session-expired' });
      assert.equal(catalogue.countOf('sign in'), 1);
      assert.equal(master.state.phase, 'session expired');
    });

    it('is cured by an upload', async () => {
      catalogue.signInAnswer = 'confirm';
      await world.run(master.upload());
      assert.deepEqual([master.state.phase, master.state.error], ['idle', null]);
    });

    it('does not upload when the sign-in is refused, and tells so', async () => {
      await assert.rejects(world.run(master.upload()), { code: 'session-expired' });
      assert.deepEqual([world.results.at(-1)?.trigger, world.requests.at(-1)], ['upload', 1]);
    });
  });

  it('tries a sign-in again by itself that failed for another reason than the account', async () => {
    catalogue.sessionLost = true;
    shop.insert('a');
    await world.start();
    assert.deepEqual(
      catalogue.log.map(({ call }) => call),
      ['sign in', 'sync'],
    );
  });

  describe('remembers', () => {
    it('rejected products and the last sync over a restart', async () => {
      shop.insert('a');
      shop.insert('b');
      catalogue.refused.set('a', 'no');
      await world.run(master.syncNow());
      const { lastSync } = master.state;
      await master.dispose();

      shop.closed = false;
      catalogue.closed = false;
      const restarted = world.newMaster();
      const report = await world.run(restarted.syncNow());
      assert.deepEqual([report.requests, report.rejected], [0, 1]);
      assert.notEqual(lastSync, null);
      assert.deepEqual(
        world.store.saves.at(-1)?.rejected.map(({ productId, reason }) => [productId, reason]),
        [['a', 'no']],
      );
    });

    it('all of it before it gives the lock up', async () => {
      let open = (): void => undefined;
      world.store.gate = new Promise((resolve) => (open = resolve));
      const synced = master.syncNow();
      await clock.advance(1000);
      assert.deepEqual([shop.holdsLock, world.store.saves.length], [true, 0]);
      open();
      await world.run(synced);
      assert.deepEqual([shop.holdsLock, world.store.saves.length], [false, 1]);
    });

    it('the last sync as soon as a run begins', async () => {
      world.store.stored = { ...emptyState, lastSync: 17 };
      shop.insert('a');
      master.start();
      await clock.advance(5);
      assert.deepEqual([master.state.phase, master.state.lastSync], ['syncing', 17]);
      await clock.advance(100);
    });

    it('over a restart what may still be applied late', async () => {
      shop.insert('a');
      catalogue.next.push({ lost: 'applied' });
      await world.run(master.syncNow());
      await master.dispose();
      shop.closed = false;
      catalogue.closed = false;
      const report = await world.run(world.newMaster().syncNow());
      assert.deepEqual([report.requests, report.unsettled, report.pending], [0, 1, 1]);
    });

    it('what another process has stored while this one did not hold the lock', async () => {
      shop.insert('a');
      await world.run(master.syncNow());
      const nextTryAt = clock.now() + 60_000;
      const product = { productId: 'a', productName: 'Product a', sellPrice: '2.00', lastLogId: '2' };
      world.store.stored = {
        lastSync: 17,
        rejected: [{ ...product, reason: 'no', tries: 1, nextTryAt }],
        unsettled: [],
        uploadCheckpoint: null,
      };
      shop.update('a', price('2.00'));
      const report = await world.run(master.syncNow());
      assert.deepEqual([report.requests, report.rejected], [0, 1]);
    });
  });

  describe('uploading', () => {
    it('sends the whole table and shows it', async () => {
      shop.stock(500);
      const report = await world.run(master.upload());
      assert.deepEqual([report.products, catalogue.content.size], [500, 500]);
      assert.deepEqual(world.phases, ['uploading', 'stopped']);
      assert.deepEqual([world.results[0]?.trigger, shop.holdsLock], ['upload', false]);
      assert.equal(master.state.lastSync, null);
    });

    it('stores how far it came, goes on from there when asked to, and forgets it in the end', async () => {
      shop.stock(2000);
      catalogue.answer = ({ products }) => (products[0]!.productId === 'p000801' ? 'not available' : 'confirm');
      await assert.rejects(world.run(master.upload()));
      assert.deepEqual(world.store.saves.at(-1)?.uploadCheckpoint, { afterKey: 'p000800', products: 800 });
      catalogue.answer = () => 'confirm';
      const report = await world.run(master.upload({ resume: true }));
      assert.equal(report.products, 1200);
      assert.equal(world.store.saves.at(-1)?.uploadCheckpoint, null);
    });

    it('starts from the first product when not asked to go on', async () => {
      shop.stock(300);
      world.store.stored = {
        lastSync: null,
        rejected: [],
        unsettled: [],
        uploadCheckpoint: { afterKey: 'p000200', products: 200 },
      };
      assert.equal((await world.run(master.upload())).products, 300);
    });

    it('can be cancelled: the report says so, and it is no error', async () => {
      shop.stock(5000);
      const cancel = new AbortController();
      const work = master.upload({ signal: cancel.signal });
      await clock.advance(15);
      cancel.abort('enough');
      const report = await world.run(work);
      assert.deepEqual([report.cancelled, master.state.phase, master.state.error], [true, 'stopped', null]);
      assert.equal(world.store.saves.at(-1)?.uploadCheckpoint?.products, report.products);
    });

    it('never runs beside a sync, and a scheduled sync waits for it', async () => {
      shop.stock(3000);
      shop.insert('a');
      master.start();
      const upload = master.upload();
      await world.run(upload);
      await clock.advance(600_000);
      assert.ok(catalogue.mostInFlight.sync <= 4);
      assert.deepEqual(shop.pending, []);
    });
  });

  it('takes a ChangeLog that is missing for no sync: rejections and the time of the last one stay', async () => {
    shop.insert('a');
    catalogue.answer = () => 'refused';
    await world.start();
    const { lastSync } = master.state;
    const readPage = shop.changeLog.readPage.bind(shop.changeLog);
    shop.changeLog.readPage = async (...page) => ({
      ...(await readPage(...page)),
      captureProblems: [{ kind: 'change log missing', message: 'It is missing.' }],
      changes: [],
    });
    await world.nextTick();
    assert.deepEqual([master.state.lastSync, world.store.saves.at(-1)?.rejected.length], [lastSync, 1]);
  });

  describe('disposed of', () => {
    it('in the middle of a run ends it between two requests, acknowledges, and closes everything', async () => {
      for (const key of manyKeys(4000)) shop.insert(key);
      master.start();
      await clock.advance(15);
      await world.run(master.dispose());
      assert.ok(catalogue.content.size > 0 && catalogue.content.size < 4000);
      assert.equal(shop.pending.length, 4000 - catalogue.content.size);
      assert.deepEqual([shop.closed, catalogue.closed, clock.waiting], [true, true, 0]);
    });

    it('breaks a request off that takes longer than a few seconds', async () => {
      shop.insert('a');
      catalogue.latencyMs = 3_600_000;
      master.start();
      await clock.advance(15);
      const startedAt = clock.now();
      await world.run(master.dispose());
      assert.equal(clock.now() - startedAt, 4000);
      assert.deepEqual([shop.closed, clock.waiting], [true, 0]);
      assert.deepEqual(
        world.store.saves.at(-1)?.unsettled.map(({ productId }) => productId),
        ['a'],
      );
    });

    it('waits until the state is stored', async () => {
      shop.insert('a');
      catalogue.latencyMs = 3_600_000;
      let open = (): void => undefined;
      world.store.gate = new Promise((resolve) => (open = resolve));
      master.start();
      await clock.advance(15);
      const progress = { disposed: false };
      const disposed = master.dispose().then(() => (progress.disposed = true));
      await clock.advance(60_000);
      assert.equal(progress.disposed, false);
      open();
      await disposed;
      assert.deepEqual(
        world.store.saves[0]?.unsettled.map(({ productId }) => productId),
        ['a'],
      );
    });

    it('tells an exclusive task to end, and closes everything although it does not', async () => {
      let told = false;
      let end = (): void => undefined;
      const task = master.exclusively((signal) => {
        signal.addEventListener('abort', () => (told = true));
        return new Promise<void>((resolve) => (end = resolve));
      });
      await clock.advance(0);
      const disposed = master.dispose();
      await clock.advance(4000);
      assert.deepEqual([told, shop.closed, catalogue.closed], [true, true, true]);
      end();
      await Promise.all([task, disposed]);
    });

    it('while idle is done at once, and twice is as good as once', async () => {
      await world.start();
      await Promise.all([master.dispose(), master.dispose()]);
      await master.dispose();
      assert.deepEqual([shop.closed, clock.waiting, master.state.phase], [true, 0, 'stopped']);
    });

    it('starts nothing any more, neither what waited nor what comes later', async () => {
      shop.insert('a');
      const first = master.syncNow();
      const queued = [
        master.upload(),
        master.syncNow(),
        master.exclusively(() => Promise.resolve(catalogue.sync([], null!))),
      ];
      const outcomes = Promise.allSettled([first, ...queued]);
      await world.run(master.dispose());
      const { requests } = catalogue;
      const later = [master.upload(), master.syncNow(), master.exclusively(() => Promise.resolve())];
      const all = [...(await outcomes), ...(await Promise.allSettled(later))];
      master.start();
      await clock.advance(600_000);
      await master.stop();
      for (const outcome of all)
        assert.equal(outcome.status === 'rejected' && (outcome.reason as { code?: string }).code, 'cancelled');
      assert.equal(catalogue.requests, requests);
      assert.equal(shop.calls.includes('acquire'), false);
    });
  });
});
