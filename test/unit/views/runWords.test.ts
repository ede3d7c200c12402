import assert from 'node:assert/strict';
import { nothingSynced, nothingUploaded } from '../../../src/sync/runResult';
import type { L10n } from '../../../src/l10n';
import { syncedWords, uploadedWords } from '../../../src/views/runWords';
import { plainL10n } from './plainL10n';

describe('the words at the end of an upload', () => {
  for (const [products, rejected, text] of [
    [0, 0, '0 products were uploaded.'],
    [1, 0, '1 product was uploaded.'],
    [2, 0, '2 products were uploaded.'],
    [1, 1, '1 product was uploaded. 1 was rejected.'],
    [2, 1, '2 products were uploaded. 1 was rejected.'],
    [1, 2, '1 product was uploaded. 2 were rejected.'],
    [2, 3, '2 products were uploaded. 3 were rejected.'],
  ] as const)
    it(`are one sentence to translate: ${text}`, () => {
      const said: string[] = [];
      const l10n: L10n = { t: (message, ...values) => (said.push(message), plainL10n.t(message, ...values)) };
      assert.equal(uploadedWords({ ...nothingUploaded, products, rejected }, l10n).text, text);
      assert.equal(said.length, 1);
    });
});

describe('the figures of a sync', () => {
  const german: Readonly<Record<string, string>> = {
    '1 inserted': '1 Produkt neu',
    '{0} updated': '{0} Produkte geändert',
    '{0}, {1}': '{0} und {1}',
    'Manual sync completed successfully: {0}.': 'Der Abgleich ist fertig: {0}.',
  };
  const l10n: L10n = { t: (message, ...values) => plainL10n.t(german[message] ?? message, ...values) };

  it('tell one from many, and are a list as the language has it', () => {
    assert.equal(
      syncedWords({ ...nothingSynced, inserted: 1, updated: 2 }, l10n).text,
      'Der Abgleich ist fertig: 1 Produkt neu und 2 Produkte geändert.',
    );
  });
});
