import assert from 'node:assert/strict';
import { stoppedEngine, type Condition } from '../../../src/condition';
import type { EngineState } from '../../../src/sync/engineState';
import { ShopError } from '../../../src/sync/errors';
import { defaults, type Settings } from '../../../src/sync/settings';
import { SlowLook } from '../../../src/views/slowLook';
import { FakeClock } from '../fakeClock';
import { FakeLog } from '../fakeLog';

const settings = (): Settings => ({
  digible: { ...defaults.digible, email: 'owner@shop.example' },
  sqlServer: { ...defaults.sqlServer, database: 'Shop', table: 'Products', username: 'sa' },
  sync: defaults.sync,
  upload: defaults.upload,
});
const unreachable = new ShopError('sql-server-unreachable', 'SQL Server is away.', 'Start it.');
const refused = new ShopError('sql-login-failed', 'The login was refused.', 'Correct it.');
const minute = 60_000;

describe('the look while no sync runs by itself', () => {
  let clock: FakeClock;
  let looks: number[];
  let failure: Error | null;
  let slowLook: SlowLook;
  const own = settings();

  const ready = (engine: Partial<EngineState> = {}): Condition => ({
    kind: 'ready',
    engine: { ...stoppedEngine, ...engine },
    intervalSeconds: 120,
  });
  /** Minutes at which it looked, since it was last asked. */
  const minutes = (): number[] => looks.splice(0).map((at) => Math.floor((at - Date.UTC(2024, 0, 1)) / minute));

  beforeEach(() => {
    clock = new FakeClock();
    looks = [];
    failure = null;
    const look = (): Promise<void> => {
      looks.push(clock.now());
      return failure === null ? Promise.resolve() : Promise.reject(failure);
    };
    slowLook = new SlowLook({ clock, log: new FakeLog(), look });
  });
  afterEach(() => slowLook.dispose());

  it('comes some seconds after the start, then in the interval of the syncs', async () => {
    slowLook.follow(ready(), own);
    await clock.advance(5_000);
    assert.deepEqual(looks, []);
    await clock.advance(7 * minute);
    assert.deepEqual(minutes(), [0, 2, 4, 6]);
  });

  it('is not changed by what it finds', async () => {
    slowLook.follow(ready(), own);
    await clock.advance(minute);
    slowLook.follow(ready({ counts: { pending: 1, inserts: 1, updates: 0, deleted: 0, rejected: 0 } }), own);
    await clock.advance(2 * minute);
    assert.deepEqual(minutes(), [0, 2]);
  });

  it('is not needed while syncs run by themselves, and begins when they are stopped', async () => {
    slowLook.follow(ready({ phase: 'idle', scheduled: true }), own);
    await clock.advance(10 * minute);
    assert.deepEqual([minutes(), clock.waiting], [[], 0]);
    slowLook.follow(ready(), own);
    await clock.advance(3 * minute);
    assert.deepEqual(minutes(), [10, 12]);
    slowLook.follow(ready({ phase: 'idle', scheduled: true }), own);
    assert.equal(clock.waiting, 0);
  });

  for (const condition of [
    { kind: 'loading' },
    { kind: 'not configured' },
    { kind: 'sign in again', missing: ['digiblePassword'] },
    { kind: 'settings invalid', error: refused },
  ] as const satisfies readonly Condition[])
    it(`waits for nothing while the condition is “${condition.kind}”`, () => {
      slowLook.follow(ready(), own);
      slowLook.follow(condition, null);
      assert.equal(clock.waiting, 0);
    });

  it('comes ever later while it fails, and as usual when it goes through again', async () => {
    failure = unreachable;
    slowLook.follow(ready(), own);
    await clock.advance(70 * minute);
    assert.deepEqual(minutes(), [0, 2, 6, 14, 30, 60]);
    failure = null;
    await clock.advance(24 * minute);
    assert.deepEqual(minutes(), [90, 92]);
  });

  it('leaves a run alone', async () => {
    slowLook.follow(ready({ phase: 'uploading' }), own);
    await clock.advance(5 * minute);
    assert.deepEqual(minutes(), []);
    slowLook.follow(ready(), own);
    await clock.advance(2 * minute);
    assert.equal(minutes().length, 1);
  });

  it('does not try a password again that was refused, before there are other settings', async () => {
    failure = refused;
    slowLook.follow(ready(), own);
    await clock.advance(200 * minute);
    assert.deepEqual(minutes(), [0]);
    failure = null;
    slowLook.follow(ready(), settings());
    await clock.advance(minute);
    assert.deepEqual(minutes(), [200]);
  });

  it('tries it again after a sync that was asked for went through', async () => {
    failure = refused;
    slowLook.follow(ready(), own);
    await clock.advance(minute);
    failure = null;
    slowLook.follow(ready({ phase: 'syncing' }), own);
    slowLook.follow(ready(), own);
    await clock.advance(3 * minute);
    assert.deepEqual(minutes(), [0, 2]);
  });
});
