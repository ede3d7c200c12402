import assert from 'node:assert/strict';
import { retryingDeadlocks } from '../../../src/sync/sqlserver/deadlockRetry';
import type { SqlRunner } from '../../../src/sync/sqlserver/statements';
import { FakeClock } from '../fakeClock';

const deadlock = () => Object.assign(new Error('deadlock victim'), { number: 1205 });

/** Fails as often as there are errors, then answers. */
function failing(errors: readonly Error[]): SqlRunner & { readonly runs: number } {
  let runs = 0;
  return {
    get runs() {
      return runs;
    },
    batch() {
      const error = errors[runs];
      runs += 1;
      return error === undefined ? Promise.resolve([[{ answer: runs }]]) : Promise.reject(error);
    },
  };
}

describe('a batch that lost a deadlock', () => {
  const never = new AbortController().signal;

  it('runs again after a pause, up to three times in all', async () => {
    const clock = new FakeClock();
    const runner = failing([deadlock(), deadlock()]);
    const answer = retryingDeadlocks(runner, clock).batch('DELETE …', never);
    await clock.advance(1000);
    assert.deepEqual(await answer, [[{ answer: 3 }]]);
  });

  it('fails at last', async () => {
    const clock = new FakeClock();
    const runner = failing([deadlock(), deadlock(), deadlock()]);
    const answer = assert.rejects(retryingDeadlocks(runner, clock).batch('DELETE …', never), { number: 1205 });
    await clock.advance(1000);
    await answer;
    assert.equal(runner.runs, 3);
  });

  it('is the only one that runs again', async () => {
    const runner = failing([Object.assign(new Error('locked'), { number: 1222 })]);
    await assert.rejects(retryingDeadlocks(runner, new FakeClock()).batch('SELECT …', never), { number: 1222 });
    assert.equal(runner.runs, 1);
  });

  it('does not outlive an abort', async () => {
    const stop = new AbortController();
    const runner = failing([deadlock(), deadlock()]);
    const answer = assert.rejects(retryingDeadlocks(runner, new FakeClock()).batch('DELETE …', stop.signal), /enough/);
    stop.abort(new Error('enough'));
    await answer;
    assert.equal(runner.runs, 1);
  });
});
