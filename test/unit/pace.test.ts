import assert from 'node:assert/strict';
import { evenBatchSize, Pace, type Pressure } from '../../src/sync/pace';

const never = new AbortController().signal;

describe('The pace', () => {
  let pace: Pace;
  let ends: ((pressure: Pressure) => void)[];
  let most: number;
  let running: number;
  beforeEach(() => {
    pace = new Pace({ concurrency: 4, batchSize: 200 });
    [ends, most, running] = [[], 0, 0];
  });

  const start = (signal = never): Promise<Pressure> =>
    pace.run(
      signal,
      () => {
        running += 1;
        most = Math.max(most, running);
        return new Promise<Pressure>((resolve) => ends.push(resolve)).finally(() => (running -= 1));
      },
      (pressure) => pressure,
    );
  const end = async (pressure: Pressure, count = 1): Promise<void> => {
    for (const finish of ends.splice(0, count)) finish(pressure);
    await new Promise(setImmediate);
  };
  const settled = async (pressure: Pressure, count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const one = start();
      await new Promise(setImmediate);
      await end(pressure);
      await one;
    }
  };

  it('lets no more requests out at once than it may', async () => {
    const all = Promise.all(Array.from({ length: 10 }, () => start()));
    await new Promise(setImmediate);
    assert.equal(running, 4);
    for (let left = 10; left > 0; left--) await end('none');
    await all;
    assert.equal(most, 4);
  });

  it('halves when Digible is pressed, once for requests that were under way together', async () => {
    const all = Promise.all(Array.from({ length: 4 }, () => start()));
    await new Promise(setImmediate);
    await end('fewer at once', 4);
    await all;
    assert.deepEqual([pace.concurrency, pace.batchSize], [2, 200]);
  });

  it('halves again when the next ones are too many as well, and never stops altogether', async () => {
    await settled('fewer at once', 5);
    assert.equal(pace.concurrency, 1);
  });

  it('recovers step by step, one more after each round of successes', async () => {
    await settled('fewer at once', 2);
    await settled('none', 1);
    assert.equal(pace.concurrency, 2);
    await settled('none', 2);
    assert.equal(pace.concurrency, 3);
    await settled('none', 100);
    assert.equal(pace.concurrency, 4);
  });

  it('makes batches smaller after timeouts, and larger again', async () => {
    await settled('smaller', 1);
    assert.deepEqual([pace.concurrency, pace.batchSize], [4, 100]);
    await settled('none', 4);
    assert.equal(pace.batchSize, 125);
    await settled('none', 100);
    assert.equal(pace.batchSize, 200);
  });

  it('makes no request once it is cancelled, and leaves nobody waiting', async () => {
    const cancel = new AbortController();
    const first = Array.from({ length: 4 }, () => start());
    const waiting = Array.from({ length: 3 }, () => start(cancel.signal));
    const refused = Promise.all(waiting.map((one) => assert.rejects(one, /enough/)));
    cancel.abort(new Error('enough'));
    await new Promise(setImmediate);
    await end('none', 4);
    await Promise.all(first);
    await refused;
    assert.equal(most, 4);
  });

  it('gives the place of a request that rejects to the next', async () => {
    const narrow = new Pace({ concurrency: 1, batchSize: 1 });
    const mistake = new Error('a mistake');
    await assert.rejects(
      narrow.run(
        never,
        () => Promise.reject(mistake),
        () => 'none',
      ),
      mistake,
    );
    await narrow.run(
      never,
      () => Promise.resolve(),
      () => 'none',
    );
  });
});

describe('Even batches', () => {
  const limits = { concurrency: 4, batchSize: 200 };

  it('are full ones where one round holds all', () => {
    assert.deepEqual(
      [0, 1, 500, 800].map((products) => evenBatchSize(products, limits)),
      [200, 200, 200, 200],
    );
  });

  it('fill every round where there are several, and never hold more than may be', () => {
    for (let products = 801; products <= 10_000; products++) {
      const size = evenBatchSize(products, limits);
      const [requests, fewest] = [Math.ceil(products / size), Math.ceil(products / 200)];
      assert.ok(size <= 200 && requests - fewest <= 3, `${products}: ${requests} of ${size}`);
      assert.equal(Math.ceil(requests / 4), Math.ceil(fewest / 4), `${products}: rounds`);
    }
    assert.equal(evenBatchSize(10_000, limits), 193);
  });
});
