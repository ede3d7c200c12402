import assert from 'node:assert/strict';
import { whenFree } from '../../src/sync/whenFree';

const failure = (code: string) => Object.assign(new Error(`${code}: rename`), { code });

describe('what is tried when a file is free', () => {
  let attempts: number;
  let pauses: number[];

  beforeEach(() => {
    attempts = 0;
    pauses = [];
  });

  function failing(times: number, error: Error): Promise<string> {
    const attempt = () => {
      attempts += 1;
      return attempts <= times ? Promise.reject(error) : Promise.resolve('done');
    };
    return whenFree(attempt, (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    });
  }

  for (const code of ['EPERM', 'EACCES', 'EBUSY'])
    it(`is tried again where it fails with ${code}, each time after a longer pause`, async () => {
      assert.equal(await failing(3, failure(code)), 'done');
      assert.deepEqual([attempts, pauses], [4, [10, 20, 40]]);
    });

  it('is given up after a second or two', async () => {
    const error = failure('EBUSY');
    await assert.rejects(failing(100, error), error);
    const waited = pauses.reduce((sum, ms) => sum + ms, 0);
    assert.ok(waited > 500 && waited < 2000);
    assert.equal(attempts, pauses.length + 1);
  });

  it('is not tried again where it fails with anything else', async () => {
    const error = failure('ENOSPC');
    await assert.rejects(failing(1, error), error);
    assert.deepEqual([attempts, pauses], [1, []]);
  });
});
