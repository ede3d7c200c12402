import assert from 'node:assert/strict';
import { nullStore } from '../../src/sync/nullStore';
import { emptyState } from './fakeStore';

describe('A store that remembers nothing', () => {
  it('is empty, whatever was saved', async () => {
    await nullStore.save({ ...emptyState, lastSync: 17 });
    assert.deepEqual(await nullStore.load(), emptyState);
  });
});
