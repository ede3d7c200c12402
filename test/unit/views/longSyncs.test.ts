import assert from 'node:assert/strict';
import { stoppedEngine, type Condition } from '../../../src/condition';
import type { EngineState } from '../../../src/sync/engineState';
import type { Progress } from '../../../src/sync/model';
import { LongSyncs } from '../../../src/views/longSyncs';
import { FakeClock } from '../fakeClock';

describe('a sync that takes long', () => {
  let clock: FakeClock;
  let asked: boolean;
  let cancelled: number;
  /** What is shown now and was shown before: its progress, and its end. */
  let shown: { readonly progress: string[]; readonly cancel: AbortController; isOver: boolean }[];
  let syncs: LongSyncs;

  beforeEach(() => {
    clock = new FakeClock();
    asked = false;
    cancelled = 0;
    shown = [];
    syncs = new LongSyncs({
      clock,
      isAskedFor: () => asked,
      title: 'Syncing',
      show: async ({ work }) => {
        const notification = { progress: [] as string[], cancel: new AbortController(), isOver: false };
        shown.push(notification);
        await work(notification.cancel.signal, ({ done, total }) => notification.progress.push(`${done}/${total}`));
        notification.isOver = true;
      },
      cancelSync: () => (cancelled += 1),
    });
  });
  afterEach(() => syncs.dispose());

  function engine(state: Partial<EngineState>): void {
    const condition: Condition = {
      kind: 'ready',
      engine: { ...stoppedEngine, scheduled: true, ...state },
      intervalSeconds: 120,
    };
    syncs.follow(condition);
  }
  const syncing = (done: number): void => {
    const progress: Progress = { activity: 'sync', done, total: 100 };
    engine({ phase: 'syncing', progress });
  };

  it('is shown with its progress once it takes longer than ten seconds, until it is over', async () => {
    engine({ phase: 'syncing' });
    syncing(1);
    await clock.advance(9_000);
    assert.equal(shown.length, 0);
    syncing(2);
    await clock.advance(2_000);
    syncing(3);
    assert.deepEqual([shown.length, shown[0]?.progress, shown[0]?.isOver], [1, ['2/100', '3/100'], false]);
    engine({ phase: 'idle' });
    await clock.advance(0);
    assert.equal(shown[0]?.isOver, true);
  });

  it('is not shown where it is over before that, nor does one after the other count as one', async () => {
    for (let run = 0; run < 3; run++) {
      engine({ phase: 'syncing' });
      await clock.advance(9_000);
      engine({ phase: 'idle' });
    }
    await clock.advance(60_000);
    assert.deepEqual([shown.length, clock.waiting], [0, 0]);
  });

  it('can be cancelled', async () => {
    engine({ phase: 'syncing' });
    await clock.advance(10_000);
    assert.equal(cancelled, 0);
    shown[0]?.cancel.abort();
    assert.equal(cancelled, 1);
  });

  it('shows itself where the user has asked for it', async () => {
    asked = true;
    engine({ phase: 'syncing' });
    await clock.advance(60_000);
    assert.equal(shown.length, 0);
  });

  it('is shown although another one, which the user has asked for, waits for its end', async () => {
    engine({ phase: 'syncing' });
    asked = true;
    await clock.advance(10_000);
    assert.equal(shown.length, 1);
  });

  it('is shown where it follows on one that the user had asked for', async () => {
    asked = true;
    engine({ phase: 'syncing' });
    asked = false;
    await clock.advance(10_000);
    assert.equal(shown.length, 1);
  });

  it('is over where the shop is closed, and an upload shows itself', async () => {
    engine({ phase: 'syncing' });
    await clock.advance(10_000);
    syncs.follow({ kind: 'not configured' });
    await clock.advance(0);
    assert.equal(shown[0]?.isOver, true);
    engine({ phase: 'uploading' });
    await clock.advance(60_000);
    assert.equal(shown.length, 1);
  });
});
