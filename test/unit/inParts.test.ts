import assert from 'node:assert/strict';
import { inParts } from '../../src/sync/inParts';

describe('a list in parts', () => {
  it('keeps its order, and its last part is what is left', () => {
    assert.deepEqual(inParts([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(inParts([1, 2, 3, 4], 2), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(inParts([1], 500), [[1]]);
  });

  it('has none where it is empty', () => {
    assert.deepEqual(inParts([], 2), []);
  });
});
