import assert from 'node:assert/strict';
import type { Condition } from '../../../src/condition';
import { stoppedEngine } from '../../../src/condition';
import type { CurrentShop } from '../../../src/currentShop';
import type { EngineState } from '../../../src/sync/engineState';
import { cancelled, ShopError } from '../../../src/sync/errors';
import { nothingSynced, type RunResult } from '../../../src/sync/runResult';
import { FakeWorld, gate, planFor, ready } from './fakeShops';

describe('the shop in use', () => {
  const open: CurrentShop[] = [];
  const shopIn = (world: FakeWorld): CurrentShop => {
    const currentShop = world.currentShop();
    open.push(currentShop);
    return currentShop;
  };
  afterEach(async () => {
    for (const currentShop of open.splice(0)) await currentShop.shutDown();
  });

  describe('says how things stand:', () => {
    for (const [wanted, condition, key] of [
      [{ kind: 'not configured' }, { kind: 'not configured' }, 'notConfigured'],
      [
        { kind: 'sign in again', missing: ['digiblePassword'], plan: planFor('A') },
        { kind: 'sign in again', missing: ['digiblePassword'] },
        'signInAgain',
      ],
      [ready('A'), { kind: 'ready', engine: { ...stoppedEngine, lastSync: 4711 }, intervalSeconds: 120 }, 'ready'],
    ] as const)
      it(`${condition.kind}, and opens nothing, and tells no secret`, async () => {
        const world = new FakeWorld(wanted);
        world.lastSync = 4711;
        const currentShop = shopIn(world);
        const shown: Condition[] = [];
        currentShop.onDidChange((now) => shown.push(now));
        assert.equal(currentShop.condition.kind, 'loading');
        await currentShop.settled();
        assert.deepEqual([shown, currentShop.condition], [[condition], condition]);
        assert.deepEqual([world.keys.get('shopmaster.condition'), world.diary], [key, []]);
      });

    it('settings invalid, with the error, which every command meets as well', async () => {
      const error = new ShopError('settings-invalid', 'One setting is nonsense.', 'Correct it.');
      const currentShop = shopIn(new FakeWorld({ kind: 'settings invalid', error }));
      await assert.rejects(currentShop.shop(), error);
      await assert.rejects(currentShop.start(), error);
      await assert.rejects(currentShop.completeSettings(), error);
      assert.deepEqual(currentShop.condition, { kind: 'settings invalid', error });
    });
  });

  it('is not there while nothing is configured', async () => {
    const currentShop = shopIn(new FakeWorld({ kind: 'not configured' }));
    for (const ask of [() => currentShop.shop(), () => currentShop.shopThatCanSend(), () => currentShop.start()])
      await assert.rejects(ask(), { code: 'not-configured', remedy: 'configure' });
    assert.equal(currentShop.settings, null);
  });

  it('can be looked at without the password of Digible, but not without the one of SQL Server', async () => {
    const world = new FakeWorld({ kind: 'sign in again', missing: ['digiblePassword'], plan: planFor('A') });
    const currentShop = shopIn(world);
    await currentShop.shop();
    await assert.rejects(currentShop.shopThatCanSend(), { code: 'session-expired', remedy: 'sign in' });
    world.want({ kind: 'sign in again', missing: ['digiblePassword', 'sqlPassword'], plan: planFor('A') });
    await world.clock.runUntilSettled(currentShop.settled());
    await assert.rejects(currentShop.shop(), { code: 'session-expired' });
    assert.equal(currentShop.settings?.sqlServer.table, 'A');
    assert.deepEqual(world.diary, ['open A', 'close A']);
  });

  it('is opened once, however many ask', async () => {
    const world = new FakeWorld(ready('A'));
    const currentShop = shopIn(world);
    const shops = await Promise.all([currentShop.shop(), currentShop.shopThatCanSend(), currentShop.shop()]);
    assert.equal(new Set(shops).size, 1);
    assert.deepEqual(world.diary, ['open A']);
  });

  it('is tried anew after it could not be opened', async () => {
    const world = new FakeWorld(ready('A'));
    const currentShop = shopIn(world);
    world.opening = Promise.reject(new Error('The disk is full.'));
    await assert.rejects(currentShop.shop(), /disk is full/);
    world.opening = Promise.resolve();
    await currentShop.shop();
    assert.deepEqual(world.diary, ['open A', 'open A']);
  });

  it('says so where syncs were to run by themselves and it could not be opened, until it can', async () => {
    const world = new FakeWorld(ready('A'));
    world.autoStart = true;
    world.opening = Promise.reject(new ShopError('digible-address-invalid', 'No address.', 'Use another one.'));
    const currentShop = shopIn(world);
    await currentShop.settled();
    const { condition } = currentShop;
    assert.equal(condition.kind === 'settings invalid' && condition.error.code, 'digible-address-invalid');
    world.opening = Promise.resolve();
    await currentShop.start();
    assert.equal(currentShop.condition.kind, 'ready');
    assert.deepEqual(world.diary, ['open A', 'open A', 'start A']);
  });

  describe('when settings change', () => {
    it('is closed, and opened with the new ones when it is next needed', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.shop();
      world.want(ready('B'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual([world.diary, currentShop.settings?.sqlServer.table], [['open A', 'close A'], 'B']);
      await currentShop.shop();
      assert.deepEqual(world.diary, ['open A', 'close A', 'open B']);
    });

    it('waits until they have come to rest', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      for (const table of ['L', 'Lo', 'Loc']) {
        world.want(ready(table));
        await world.clock.advance(400);
      }
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary, ['open A', 'start A', 'close A', 'open Loc', 'start Loc']);
    });

    it('stays as it is where they are back before that', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      world.want(ready('B'));
      await world.clock.advance(100);
      world.want(ready('A'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary, ['open A', 'start A']);
    });

    it('stays as it is where something else has changed', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      const shown: Condition[] = [];
      currentShop.onDidChange((condition) => shown.push(condition));
      world.want(ready('A'));
      await currentShop.settled();
      assert.deepEqual([world.diary, shown, world.clock.waiting], [['open A', 'start A'], [], 0]);
    });

    it('ends what runs first, and nobody sees it stop meanwhile', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      const [first] = world.shops;
      const ending = gate();
      assert.ok(first);
      first.ending = ending.passed;
      first.tellState({ ...stoppedEngine, phase: 'syncing', scheduled: true });
      const scheduled: boolean[] = [];
      const runs: string[] = [];
      currentShop.onDidChange((now) => scheduled.push(now.kind === 'ready' && now.engine.scheduled));
      currentShop.onDidFinishRun(({ trigger }) => runs.push(trigger));

      world.want(ready('B', 60));
      await world.clock.advance(1000);
      first.tellState(stoppedEngine);
      first.tellRun({ trigger: 'schedule', report: nothingSynced, error: null });
      assert.deepEqual(
        [world.diary, currentShop.condition.kind === 'ready' && currentShop.condition.engine.phase],
        [['open A', 'start A', 'close A'], 'syncing'],
      );
      ending.open();
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary.slice(3), ['open B', 'start B']);
      assert.deepEqual([[...new Set(scheduled)], runs], [[true], ['schedule']]);
      const { condition } = currentShop;
      assert.equal(condition.kind === 'ready' && condition.intervalSeconds, 60);
    });

    it('goes on syncing once a nonsense one is corrected', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await currentShop.start();
      world.want({ kind: 'settings invalid', error: new ShopError('settings-invalid', 'Nonsense.', 'Correct it.') });
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual([world.newest.closed, world.keys.get('shopmaster.scheduled')], [true, false]);
      world.want(ready('A'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary, ['open A', 'start A', 'close A', 'open A', 'start A']);
    });
  });

  it('keeps the last sync that is stored until the engine knows better', async () => {
    const world = new FakeWorld(ready('A'));
    world.lastSync = 1000;
    const currentShop = shopIn(world);
    await currentShop.start();
    const lastSync = (): number | null | false => {
      const { condition } = currentShop;
      return condition.kind === 'ready' && condition.engine.lastSync;
    };
    world.newest.tellState({ ...stoppedEngine, phase: 'idle' });
    assert.equal(lastSync(), 1000);
    world.newest.tellState({ ...stoppedEngine, lastSync: 2000 });
    assert.equal(lastSync(), 2000);
  });

  describe('syncs by itself', () => {
    it('from the start where that is wanted and something is configured', async () => {
      const world = new FakeWorld(ready('A'));
      world.autoStart = true;
      await shopIn(world).settled();
      assert.deepEqual([world.diary, world.keys.get('shopmaster.scheduled')], [['open A', 'start A'], true]);
    });

    it('not before the passwords are there again, but then', async () => {
      const world = new FakeWorld({ kind: 'sign in again', missing: ['digiblePassword'], plan: planFor('A') });
      world.autoStart = true;
      const currentShop = shopIn(world);
      await currentShop.settled();
      assert.deepEqual(world.diary, []);
      world.want(ready('A'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary, ['open A', 'start A']);
    });

    it('not because it was configured for the first time', async () => {
      const world = new FakeWorld({ kind: 'not configured' });
      world.autoStart = true;
      const currentShop = shopIn(world);
      await currentShop.settled();
      world.want(ready('A'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual([world.diary, world.keys.get('shopmaster.scheduled')], [[], false]);
    });

    it('once it is configured where Start Sync came before that', async () => {
      const world = new FakeWorld({ kind: 'not configured' });
      const currentShop = shopIn(world);
      await assert.rejects(currentShop.start(), { code: 'not-configured' });
      world.want(ready('A'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary, ['open A', 'start A']);
    });

    it('not where Stop Sync came while it was being opened', async () => {
      const world = new FakeWorld(ready('A'));
      const opening = gate();
      world.opening = opening.passed;
      const currentShop = shopIn(world);
      const starting = currentShop.start();
      await world.clock.advance(0);
      const stopping = currentShop.stop();
      opening.open();
      await Promise.all([starting, stopping]);
      assert.deepEqual(world.diary, ['open A', 'stop A']);
      world.want(ready('B'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary.slice(2), ['close A']);
    });

    it('as the last of many clicks has it', async () => {
      const world = new FakeWorld(ready('A'));
      const currentShop = shopIn(world);
      await Promise.all([currentShop.start(), currentShop.stop(), currentShop.start(), currentShop.start()]);
      assert.equal(world.diary.at(-1), 'start A');
      await Promise.all([currentShop.start(), currentShop.stop(), currentShop.stop()]);
      assert.equal(world.diary.at(-1), 'stop A');
    });

    it('no more after Stop Sync, whatever changes', async () => {
      const world = new FakeWorld(ready('A'));
      world.autoStart = true;
      const currentShop = shopIn(world);
      await currentShop.settled();
      await currentShop.stop();
      world.want(ready('B'));
      await world.clock.runUntilSettled(currentShop.settled());
      assert.deepEqual(world.diary, ['open A', 'start A', 'stop A', 'close A']);
    });

    it('not at all where Stop Sync came first', async () => {
      const world = new FakeWorld(ready('A'));
      world.autoStart = true;
      await shopIn(world).stop();
      assert.deepEqual(world.diary, []);
    });

    it('can be stopped while there is nothing to stop', async () => {
      const world = new FakeWorld({ kind: 'not configured' });
      await shopIn(world).stop();
      assert.deepEqual(world.diary, []);
    });
  });
  it('tells of the run that its closing has ended before it has shut down', async () => {
    const world = new FakeWorld(ready('A'));
    const ending = gate();
    const currentShop = shopIn(world);
    await currentShop.start();
    world.newest.ending = ending.passed;
    const told: RunResult[] = [];
    currentShop.onDidFinishRun((result) => told.push(result));
    const result: RunResult = { trigger: 'schedule', report: nothingSynced, error: cancelled() };
    const shuttingDown = currentShop.shutDown();
    await world.clock.advance(0);
    world.newest.tellRun(result);
    ending.open();
    await shuttingDown;
    assert.deepEqual(told, [result]);
  });

  describe('only watches', () => {
    const watches = (world: FakeWorld, engine: Partial<EngineState>): unknown => {
      world.newest.tellState({ ...stoppedEngine, scheduled: true, ...engine });
      return world.keys.get('shopmaster.watching');
    };

    it('from when another writer is met until it has something to send itself', async () => {
      const world = new FakeWorld(ready('A'));
      await shopIn(world).start();
      assert.deepEqual(
        [
          watches(world, { phase: 'idle' }),
          watches(world, { phase: 'another writer' }),
          watches(world, { phase: 'syncing' }),
          watches(world, { phase: 'another writer' }),
          watches(world, { phase: 'syncing', progress: { activity: 'sync', done: 0, total: 3 } }),
        ],
        [false, true, true, true, false],
      );
    });

    it('as long as it looks by itself whether the other writer is still there', async () => {
      const world = new FakeWorld(ready('A'));
      await shopIn(world).shop();
      assert.equal(watches(world, { phase: 'another writer', scheduled: false }), false);
    });
  });
});
