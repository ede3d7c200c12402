import assert from 'node:assert/strict';
import type { SyncPreview } from '../../../src/sync/preview';
import { previewText } from '../../../src/views/previewText';
import { plainL10n } from './plainL10n';

const counts = { pending: 2, inserts: 1, updates: 1, deleted: 0 };
const request = {
  method: 'PUT',
  url: 'https://api.digible.one/v1/business/stores/product/external/update',
  headers: { 'x-access-token': '<token>' },
  body: { productId: 'P1', productName: 'Cup', productPrice: '12.50' },
};
const rejection = { productId: 'P2', productName: null, reason: 'it has no name' };
const nothing: SyncPreview = { requests: [], captureProblems: [], counts, more: false, rejections: [] };
const shown = (preview: Partial<SyncPreview>): Record<string, unknown> =>
  JSON.parse(previewText({ ...nothing, ...preview }, plainL10n)) as Record<string, unknown>;

describe('the preview of the next sync', () => {
  it('is JSON with exactly the requests', () => {
    assert.deepEqual(shown({ requests: [request] }), {
      summary: 'The next sync would send 1 request.',
      counts,
      requests: [request],
    });
  });

  it('says what is held back, why, and that more remains', () => {
    const { summary, heldBack, more } = shown({ requests: [request, request], rejections: [rejection], more: true });
    assert.equal(summary, 'The next sync would send 2 requests.');
    assert.deepEqual(heldBack, [rejection]);
    assert.equal(more, 'After these requests the sync goes on with what else is pending.');
  });

  it('says plainly that nothing would be sent, and why', () => {
    const none = { ...counts, pending: 0 };
    assert.equal(shown({ counts: none })['summary'], 'The next sync would send nothing: nothing is pending.');
    assert.equal(
      shown({ rejections: [rejection] })['summary'],
      'The next sync would send nothing: what is pending is held back.',
    );
    assert.equal(shown({})['summary'], 'The next sync would send nothing of what is pending now.');
  });

  it('says what is wrong with the capture', () => {
    const { captureProblems } = shown({ captureProblems: [{ kind: 'trigger missing', message: 'It is missing.' }] });
    assert.deepEqual(captureProblems, ['It is missing.']);
  });
});
