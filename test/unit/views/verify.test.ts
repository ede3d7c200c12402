import assert from 'node:assert/strict';
import type { VerifyReport } from '../../../src/sync/model';
import { nothingVerified } from '../../../src/sync/runResult';
import { verifyText } from '../../../src/views/verify/verifyText';
import { hasDetails, verifyNotice } from '../../../src/views/verify/verifyWords';
import { plainL10n } from './plainL10n';

const at = new Date(2024, 0, 31, 14, 32, 5).getTime();
const inStep: VerifyReport = { ...nothingVerified, products: 1200, known: 1200 };

describe('what a verify says at its end', () => {
  function said(report: Partial<VerifyReport>): readonly unknown[] {
    const { severity, text, cure } = verifyNotice({ ...inStep, ...report }, plainL10n);
    return [severity, text, cure?.title ?? null];
  }

  it('is how many products there are, where none differs', () => {
    assert.deepEqual(said({}), ['information', 'Verify found no difference in 1200 products.', null]);
    assert.deepEqual(said({ products: 1 }), ['information', 'Verify found no difference in 1 product.', null]);
    assert.deepEqual(said({ products: 0, known: 0 })[2], null);
    assert.equal(hasDetails(inStep), false);
  });

  it('is what differs, and how it is put right', () => {
    const found = { missing: 1, different: 20, gone: 3 };
    const words = 'Verify found differences: 1 missing, 20 different, 3 gone.';
    assert.deepEqual(said(found), ['warning', words, 'Queue Differences']);
    assert.equal(hasDetails({ ...inStep, ...found }), true);
  });

  it('is what is written to ChangeLog, and what sends it', () => {
    const words = 'Written to ChangeLog for the next sync: 2 missing, 1 gone.';
    assert.deepEqual(said({ missing: 2, gone: 1, queued: 3 }), ['information', words, 'Sync Now']);
  });

  it('is that an upload makes known what is not, where nothing is known', () => {
    const [severity, text, button] = said({ known: 0, missing: 1200 });
    assert.deepEqual([severity, button], ['warning', 'Upload Products']);
    assert.match(String(text), /^Nothing is known on this computer/);
    assert.equal(hasDetails({ ...inStep, known: 0, missing: 1200 }), false);
  });
});

describe('the document of a verify', () => {
  const report: VerifyReport = {
    ...inStep,
    missing: 101,
    gone: 1,
    pending: 2,
    differences: [
      { kind: 'missing', productId: 'P0301', productName: 'Käse 🧀\r\nder Woche' },
      { kind: 'gone', productId: 'P0001', productName: null },
    ],
    captureProblems: [{ kind: 'trigger disabled', message: 'The trigger trgAfterUpdate is disabled.' }],
  };

  it('lists what differs, and what is left out', () => {
    assert.equal(
      verifyText(report, at, plainL10n),
      `Verify Catalogue, 2024-01-31 14:32:05

Products in the table: 1200
Known as confirmed: 1200
With pending changes, left out: 2
The trigger trgAfterUpdate is disabled.

In the table, and never confirmed: 101
  P0301  Käse 🧀 der Woche
  and 100 more

Confirmed, and no longer in the table: 1
  P0001

Queue Differences writes it to ChangeLog: the next sync sends it, and shows as deleted what is gone.

`,
    );
  });

  it('says that it is written to ChangeLog, where it is', () => {
    const text = verifyText({ ...report, queued: 102 }, at, plainL10n);
    assert.match(text, /\nAll of it is written to ChangeLog: /);
    assert.doesNotMatch(text, /Queue Differences/);
  });
});
