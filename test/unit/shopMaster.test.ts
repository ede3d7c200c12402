import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import type { Progress } from '../../src/sync/model';
import { MasterWorld } from './masterWorld';
import { manyKeys, price } from './syncWorld';

const nothing = { pending: 0, inserts: 0, updates: 0, deleted: 0, rejected: 0 };

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

  describe('started', () => {
    it('syncs at once, then in its interval', async () => {
      shop.insert('a');
      await world.start();
      assert.equal(catalogue.content.size, 1);
      shop.insert('b');
      await clock.advance(59_000);
      assert.equal(catalogue.content.size, 1);
      await clock.advance(2000);
      assert.equal(catalogue.content.size, 2);
    });

    it('shows a run as it goes', async () => {
      for (const key of manyKeys(300)) shop.insert(key);
      const startedAt = clock.now();
      await world.start();
      const seen = world.states.map(({ phase, scheduled, progress }) => [phase, scheduled, progress?.done ?? null]);
      assert.deepEqual(seen[0], ['idle', true, null]);
      assert.deepEqual(seen[1], ['syncing', true, null]);
      assert.deepEqual(seen[2], ['syncing', true, 0]);
      assert.deepEqual(seen.at(-2), ['syncing', true, 300]);
      assert.deepEqual(seen.at(-1), ['idle', true, null]);
      assert.deepEqual(world.phases, ['idle', 'syncing', 'idle']);
      assert.deepEqual(master.state, {
        phase: 'idle',
        scheduled: true,
        progress: null,
        error: null,
        lastSync: startedAt + 10,
        counts: { pending: 0, inserts: 0, updates: 0, deleted: 0, rejected: 0 },
        captureProblems: [],
      });
    });

    it('tells the result of each run, after the state', async () => {
      const phases: string[] = [];
      master.onDidFinishRun(() => phases.push(master.state.phase));
      shop.insert('a');
      await world.start();
      await world.nextTick();
      assert.deepEqual(
        world.results.map(({ trigger, error }, at) => [trigger, error, world.requests[at]]),
        [
          ['schedule', null, 1],
          ['schedule', null, 0],
        ],
      );
      assert.deepEqual(phases, ['idle', 'idle']);
    });

    it('keeps the lock from run to run', async () => {
      await world.start();
      assert.equal(shop.holdsLock, true);
      assert.equal(shop.countOf('release'), 0);
    });

    it('shows what is wrong with the triggers, and deleted products', async () => {
      shop.captureProblems = [{ kind: 'trigger missing', message: 'trgAfterInsert is not there.' }];
      shop.insert('a');
      shop.delete('a');
      await world.start();
      assert.deepEqual(master.state.captureProblems, shop.captureProblems);
      assert.deepEqual(master.state.counts, { ...nothing, deleted: 1 });
    });
  });

  describe('asked to sync now', () => {
    it('syncs without being started, and gives the lock up afterwards', async () => {
      shop.insert('a');
      const report = await world.run(master.syncNow());
      assert.equal(report.inserted, 1);
      assert.deepEqual([shop.holdsLock, master.state.phase, clock.waiting], [false, 'stopped', 0]);
      assert.deepEqual(world.phases, ['syncing', 'stopped']);
      assert.equal(world.results[0]?.trigger, 'manual');
    });

    it('during a run waits for that and starts exactly one more, however often it is asked', async () => {
      for (const key of manyKeys(400)) shop.insert(key);
      master.start();
      await clock.advance(5);
      const asked = [master.syncNow(), master.syncNow(), master.syncNow()];
      assert.equal(world.results.length, 0);
      await world.run(Promise.all(asked));
      assert.deepEqual(
        world.results.map(({ trigger }) => trigger),
        ['schedule', 'manual'],
      );
      assert.deepEqual([catalogue.batches, catalogue.mostInFlight.sync], [[200, 200], 2]);
    });

    it('again once that one has begun, starts another one', async () => {
      shop.insert('a');
      const first = master.syncNow();
      await clock.advance(5);
      const second = master.syncNow();
      await world.run(Promise.all([first, second]));
      assert.equal(world.results.length, 2);
    });

    it('can be cancelled, for whatever reason', async () => {
      for (const reason of [new Error('enough'), 'enough', undefined]) {
        for (const key of manyKeys(2000, String(reason))) shop.insert(key);
        const cancel = new AbortController();
        const work = master.syncNow({ signal: cancel.signal });
        await clock.advance(15);
        cancel.abort(reason);
        await assert.rejects(world.run(work), { name: 'ShopError', code: 'cancelled' });
        assert.deepEqual([master.state.phase, master.state.error], ['stopped', null]);
        assert.equal(world.results.at(-1)?.error?.code, 'cancelled');
        const sent = world.results.at(-1)!.report;
        assert.ok('inserted' in sent && sent.inserted > 0);
        await world.run(master.syncNow());
      }
      assert.equal(shop.pending.length, 0);
    });

    it('tells its progress to who asked', async () => {
      shop.insert('a');
      const seen: Progress[] = [];
      await world.run(master.syncNow({ onProgress: (progress) => seen.push(progress) }));
      assert.deepEqual(seen.at(-1), { activity: 'sync', done: 1, total: 1 });
    });
  });

  describe('told to wait', () => {
    it('runs nothing beside an exclusive task', async () => {
      shop.insert('a');
      let requests = -1;
      const configured = master.exclusively(async () => {
        await clock.sleep(1000, new AbortController().signal);
        ({ requests } = catalogue);
      });
      await world.run(Promise.all([configured, master.syncNow(), master.upload()]));
      assert.equal(requests, 0);
      assert.equal(catalogue.mostInFlight.sync, 1);
    });

    it('passes on what became of the task, and goes on afterwards', async () => {
      assert.equal(await master.exclusively(() => Promise.resolve(42)), 42);
      await assert.rejects(
        master.exclusively(() => Promise.reject(new Error('no'))),
        /no/,
      );
      await world.run(master.syncNow());
    });
  });

  describe('listened to', () => {
    it('goes on when a listener throws, and tells the others', async () => {
      const heard: string[] = [];
      master.onDidChangeState(() => {
        throw new Error('a listener');
      });
      master.onDidFinishRun(() => {
        throw new Error('another one');
      });
      master.onDidFinishRun(() => heard.push('finished'));
      shop.insert('a');
      await world.run(master.syncNow());
      assert.deepEqual(heard, ['finished']);
      assert.deepEqual(shop.pending, []);
      assert.ok(world.log.lines.includes('error a listener failed'));
    });

    it('goes on when the one who asked for a run throws over its progress', async () => {
      for (const key of manyKeys(300)) shop.insert(key);
      const onProgress = (): void => {
        throw new Error('a progress bar');
      };
      assert.equal((await world.run(master.syncNow({ onProgress }))).inserted, 300);
      assert.equal((await world.run(master.upload({ onProgress }))).products, 300);
      assert.ok(world.log.lines.includes('error a listener failed'));
    });

    it('tells nothing to who does not listen any more', async () => {
      let heard = 0;
      const states = master.onDidChangeState(() => (heard += 1));
      const runs = master.onDidFinishRun(() => (heard += 1));
      states.dispose();
      runs.dispose();
      await world.run(master.syncNow());
      assert.equal(heard, 0);
    });
  });

  describe('in trouble', () => {
    it('is offline while Digible is unreachable, keeps the counts, and recovers by itself', async () => {
      shop.insert('a');
      catalogue.answer = () => 'unreachable';
      await world.start();
      assert.deepEqual([master.state.phase, master.state.error?.code], ['offline', 'digible-unreachable']);
      assert.deepEqual(master.state.counts, { ...nothing, pending: 1, inserts: 1 });
      assert.equal(master.state.lastSync, null);
      catalogue.answer = () => 'confirm';
      await world.nextTick();
      assert.deepEqual([master.state.phase, master.state.error], ['idle', null]);
      assert.deepEqual(master.state.counts, nothing);
    });

    it('tries a login that SQL Server has refused again only when a person asks', async () => {
      const refused = new ShopError('sql-login-failed', 'The login was refused.', 'Check the password.');
      shop.failNext('readPage', refused, 3);
      await world.start();
      assert.deepEqual([master.state.phase, master.state.error], ['error', refused]);
      const runs = world.results.length;
      await world.nextTick();
      await world.nextTick();
      assert.equal(world.results.length, runs, 'no further try by itself');
      await assert.rejects(world.run(master.syncNow()), refused);
      await world.start();
      assert.equal(world.results.length, runs + 2, 'Sync Now and Start Sync each try once');
      await world.run(master.syncNow());
      assert.deepEqual([master.state.phase, master.state.error], ['idle', null]);
    });

    it('is offline while SQL Server is, and still shows what it knew', async () => {
      shop.captureProblems = [{ kind: 'trigger missing', message: 'trgAfterInsert is not there.' }];
      shop.insert('a', price('1.00'));
      catalogue.refused.set('a', 'no');
      await world.start();
      const { counts, captureProblems } = master.state;
      const lost = new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.');
      shop.failNext('readPage', lost);
      shop.failNext('count', lost);
      await world.nextTick();
      assert.deepEqual([master.state.phase, master.state.error], ['offline', lost]);
      assert.deepEqual(master.state.counts, counts);
      assert.deepEqual(master.state.counts, { ...nothing, pending: 1, inserts: 1, rejected: 1 });
      assert.deepEqual(master.state.captureProblems, captureProblems);
    });

    it('shows any other failure as an error, and tells who asked', async () => {
      shop.insert('a');
      catalogue.answer = () => 'unexpected answer';
      await assert.rejects(world.run(master.syncNow()), { code: 'digible-answer-unexpected' });
      assert.equal(master.state.phase, 'error');
      assert.equal(world.results[0]?.error?.code, 'digible-answer-unexpected');
      assert.ok(world.log.lines.includes('error manual run failed'));
    });

    it('turns a mistake in the program into a sentence', async () => {
      shop.insert('a');
      catalogue.answer = () => ({ throws: new TypeError('undefined is not a function') });
      await assert.rejects(world.run(master.syncNow()), { name: 'ShopError', code: 'internal' });
    });

    it('starts a run after three batches refused whole from the other end', async () => {
      for (const key of manyKeys(1600)) {
        shop.insert(key);
        catalogue.refused.set(key, 'no');
      }
      for (const key of manyKeys(200, 'good')) shop.insert(key);
      await world.start();
      assert.deepEqual([master.state.error?.code, master.state.counts?.rejected], ['digible-refuses-all', 0]);
      await world.nextTick();
      assert.deepEqual(
        [master.state.phase, master.state.counts],
        ['idle', { ...nothing, pending: 1600, inserts: 1600, rejected: 1600 }],
      );
    });

    it('sends nothing while its state can not be read, and tells so', async () => {
      world.store.stored = new ShopError('state-unreadable', 'The state cannot be read.', 'Delete it.');
      shop.insert('a');
      await world.start();
      assert.deepEqual([master.state.error?.code, catalogue.requests], ['state-unreadable', 0]);
      assert.deepEqual([world.results[0]?.error?.code, world.requests[0]], ['state-unreadable', 0]);
      await assert.rejects(world.run(master.upload()), { code: 'state-unreadable' });
      assert.equal(world.results.at(-1)?.trigger, 'upload');
      assert.deepEqual(world.store.saves, []);
    });
  });
});
