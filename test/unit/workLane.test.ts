import assert from 'node:assert/strict';
import { WorkLane } from '../../src/sync/workLane';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Tasks that end when a test says so. */
class Tasks {
  readonly started: number[] = [];
  private readonly ends = new Map<number, (failure?: Error) => void>();

  make(id: number): () => Promise<void> {
    return () =>
      new Promise((resolve, reject) => {
        this.started.push(id);
        this.ends.set(id, (failure) => {
          if (failure === undefined) resolve();
          else reject(failure);
        });
      });
  }

  async end(id: number, failure?: Error): Promise<void> {
    this.ends.get(id)?.(failure);
    await turn();
  }
}

describe('A work lane', () => {
  let tasks: Tasks;
  let cancel: AbortController;
  let lane: WorkLane;
  beforeEach(() => {
    tasks = new Tasks();
    cancel = new AbortController();
    lane = new WorkLane(2, cancel.signal);
  });

  it('runs as many tasks at once as it is wide, and lets the next one in when one ends', async () => {
    await lane.push(tasks.make(1));
    await lane.push(tasks.make(2));
    const third = lane.push(tasks.make(3));
    await turn();
    assert.deepEqual(tasks.started, [1, 2]);
    await tasks.end(2);
    await third;
    assert.deepEqual(tasks.started, [1, 2, 3]);
  });

  it('is drained when everything that was pushed is done', async () => {
    const state = { drained: false };
    await lane.push(tasks.make(1));
    const drained = lane.drain().then(() => (state.drained = true));
    await turn();
    assert.equal(state.drained, false);
    await tasks.end(1);
    await drained;
  });

  it('is drained at once when it is empty', () => lane.drain());

  it('starts nothing after a failure, finishes what runs, and passes the first failure on', async () => {
    await lane.push(tasks.make(1));
    await lane.push(tasks.make(2));
    const third = assert.rejects(lane.push(tasks.make(3)), /first/);
    await tasks.end(1, new Error('first'));
    await third;
    await assert.rejects(lane.push(tasks.make(4)), /first/);
    const state = { drained: false };
    const drained = assert.rejects(lane.drain(), /first/).then(() => (state.drained = true));
    await turn();
    assert.equal(state.drained, false);
    await tasks.end(2, new Error('second'));
    await drained;
    assert.deepEqual(tasks.started, [1, 2]);
  });

  it('starts nothing once it is cancelled', async () => {
    await lane.push(tasks.make(1));
    cancel.abort(new Error('cancelled'));
    await assert.rejects(lane.push(tasks.make(2)), /cancelled/);
    const drained = assert.rejects(lane.drain(), /cancelled/);
    await tasks.end(1);
    await drained;
    assert.deepEqual(tasks.started, [1]);
  });

  it('is idle when nothing runs, whatever became of it', async () => {
    await lane.push(tasks.make(1));
    const idle = lane.idle();
    await tasks.end(1, new Error('failed'));
    await idle;
  });

  it('leaves no rejected promise behind that nobody looks at', async () => {
    const stray: unknown[] = [];
    const listen = (reason: unknown): void => void stray.push(reason);
    process.on('unhandledRejection', listen);
    try {
      await lane.push(tasks.make(1));
      await tasks.end(1, new Error('failed'));
      await turn();
      assert.deepEqual(stray, []);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('works through many tasks no more than its width at a time', async () => {
    const wide = new WorkLane(3, never);
    let running = 0;
    let most = 0;
    let done = 0;
    for (let n = 0; n < 100; n++)
      await wide.push(async () => {
        most = Math.max(most, ++running);
        await turn();
        running -= 1;
        done += 1;
      });
    await wide.drain();
    assert.deepEqual([done, most], [100, 3]);
  });
});
