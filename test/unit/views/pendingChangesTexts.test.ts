import assert from 'node:assert/strict';
import type { LoggedChange, RejectedProduct } from '../../../src/sync/model';
import type { ChangeRow, DeletedRow, RejectedRow } from '../../../src/views/pendingChanges/changeGroups';
import { groupText, moreText, productTitle, rowText } from '../../../src/views/pendingChanges/changeTexts';
import { escapeMarkdown } from '../../../src/views/markdown';
import { shortTime } from '../../../src/views/times';
import { plainL10n } from './plainL10n';

const now = new Date(2024, 4, 17, 12, 0).getTime();
const change: LoggedChange = {
  logId: '42',
  changeType: 'UPDATE',
  key: 'A-17',
  productName: 'Espresso',
  sellPrice: '13.00',
  qrCode: 'https://q/1',
  status: '1',
  ageSeconds: 125,
  previous: null,
};
const before = { productName: 'Espresso', sellPrice: '13.00', qrCode: 'https://q/1', status: '1' };
const product: RejectedProduct = {
  productId: 'A-17',
  productName: 'Espresso',
  sellPrice: '13.00',
  reason: 'The price is too high.',
  lastLogId: '42',
  tries: 1,
  nextTryAt: now + 120_000,
};

const changed = (values: Partial<LoggedChange> = {}): ChangeRow => ({
  kind: 'changed',
  change: { ...change, ...values },
  readAt: now,
});
const deleted: DeletedRow = {
  kind: 'deleted',
  change: { ...change, changeType: 'DELETE' },
  readAt: now,
};
const rejected = (values: Partial<RejectedProduct> = {}): RejectedRow => ({
  kind: 'rejected',
  product: { ...product, ...values },
  change,
  readAt: now,
});
const textOf = (row: ChangeRow | RejectedRow | DeletedRow, at = now) => rowText(row, at, plainL10n);

describe('a row of Pending Changes', () => {
  it('shows name and price, and when the change was', () => {
    const { label, description } = textOf(changed());
    assert.equal(label, 'Espresso  13.00');
    assert.equal(description, '2 min ago · A-17');
  });

  it('shows the price before and now', () => {
    assert.equal(textOf(changed({ previous: { ...before, sellPrice: '12.50' } })).label, 'Espresso  12.50 → 13.00');
  });

  it('shows the name before and now', () => {
    assert.equal(textOf(changed({ previous: { ...before, productName: 'Mocha' } })).label, 'Mocha → Espresso  13.00');
  });

  it('says what else has changed', () => {
    const { description } = textOf(changed({ previous: { ...before, qrCode: null, status: '0' } }));
    assert.equal(description, '2 min ago · QR code changed · status 0 → 1 · A-17');
  });

  it('compares a new or deleted product with nothing', () => {
    const previous = { ...before, sellPrice: '12.50' };
    assert.equal(textOf({ ...changed({ previous }), kind: 'new' }).label, 'Espresso  13.00');
    assert.equal(textOf({ ...deleted, change: { ...deleted.change, previous } }).label, 'Espresso  13.00');
  });

  it('grows older', () => {
    const ages = [0, 59_000, 60_000, 119_000, 3_600_000].map((ms) => {
      return textOf(changed({ ageSeconds: 0 }), now + ms).description.replace(' · A-17', '');
    });
    assert.deepEqual(ages, ['just now', 'just now', '1 min ago', '1 min ago', '60 min ago']);
  });

  it('grows no younger when the clock is set back', () => {
    assert.equal(textOf(changed(), now - 3_600_000).description, '2 min ago · A-17');
  });

  it('is there for a product without name, price or ID', () => {
    const { label, description } = textOf(changed({ productName: null, sellPrice: null, key: null }));
    assert.equal(label, '(no name)  (no price)');
    assert.equal(description, '2 min ago · no ProductID');
  });

  it('keeps to one line and one direction, whatever the name holds', () => {
    assert.equal(textOf(changed({ productName: ' a\r\nb\u0000\u202ec\t ' })).label, 'a b c  13.00');
  });

  it('is spoken as a sentence', () => {
    assert.equal(
      textOf(changed({ previous: { ...before, sellPrice: '12.50' } })).spoken,
      'Changed product, Espresso, 12.50, now 13.00, A-17, 2 min ago',
    );
  });

  it('is named in a question with its ID', () => {
    assert.equal(productTitle(changed(), plainL10n), 'Espresso (A-17)');
    assert.equal(productTitle(rejected({ productName: null, productId: '' }), plainL10n), '(no name) (no ProductID)');
  });
});

describe('the tooltip of a row', () => {
  it('has every value', () => {
    const { tooltip } = textOf(changed());
    for (const value of ['A-17', 'Espresso', '13.00', 'https://q/1'])
      assert.ok(tooltip.includes(escapeMarkdown(value)), value);
    assert.match(tooltip, /UPDATE.*2 min ago.*LogID 42/);
  });

  it('sets what has changed beside what was before', () => {
    const { tooltip } = textOf(changed({ previous: { ...before, sellPrice: '12.50' } }));
    assert.ok(tooltip.includes(`| SellPrice | ${escapeMarkdown('12.50')} | **${escapeMarkdown('13.00')}** |`));
    assert.ok(tooltip.includes('| ProductName | Espresso | Espresso |'));
  });

  it('takes nothing from outside for Markdown', () => {
    const nasty = '](command:x) $(zap) <img src=x> | **b** `c` &amp; www.x.com\n# h';
    const { tooltip } = textOf({
      ...rejected({ productName: nasty, reason: nasty, productId: nasty }),
      change: { ...change, qrCode: nasty, status: nasty, key: nasty },
    });
    for (const syntax of ['](', '$(', '<img', '`c', 'www.x', '# h', '&amp;'])
      assert.ok(!tooltip.includes(syntax), syntax);
    const rows = tooltip.split('\n').filter((line) => line.startsWith('|'));
    assert.deepEqual([...new Set(rows.map((line) => line.split('|').length))], [4]);
  });

  it('cuts a very long value', () => {
    assert.ok(textOf(changed({ qrCode: 'x'.repeat(5_000) })).tooltip.length < 1_500);
  });

  it('has a dash where there is no value', () => {
    assert.ok(textOf(changed({ qrCode: null })).tooltip.includes('| QrCode | – |'));
  });
});

describe('a rejected product', () => {
  it('is shown with Digible’s words', () => {
    const { label, description, tooltip } = textOf(rejected());
    assert.equal(label, 'Espresso  13.00');
    assert.equal(description, 'The price is too high. · A-17');
    assert.ok(tooltip.includes('> The price is too high&#46;'));
  });

  it('says when it is tried again', () => {
    const at = escapeMarkdown(shortTime(product.nextTryAt, now));
    assert.ok(textOf(rejected()).tooltip.includes(`Refused once&#46; Tried again at ${at}`));
    assert.ok(textOf(rejected({ tries: 3 })).tooltip.includes(`Refused 3 times&#46; Tried again at ${at}`));
    assert.ok(textOf(rejected({ nextTryAt: now })).tooltip.includes('Tried again at the next sync'));
  });

  it('that lacks something is sent once that is put right', () => {
    const { tooltip } = textOf(rejected({ tries: 0, sellPrice: null, reason: 'This product has no SellPrice.' }));
    assert.ok(tooltip.includes('as soon as that is put right'));
  });

  it('is shown without a change that is known', () => {
    const { tooltip } = textOf({ ...rejected(), change: null });
    assert.ok(tooltip.includes('| SellPrice |'));
    assert.ok(!tooltip.includes('LogID'));
  });
});

describe('groups', () => {
  it('have their counts', () => {
    const texts = (['new', 'changed', 'rejected', 'deleted'] as const).map((kind) => groupText(kind, 7, plainL10n));
    assert.deepEqual(
      texts.map(({ label, description }) => `${label} ${description}`),
      ['New 7', 'Changed 7', 'Rejected 7', 'Deleted (not sent) 7'],
    );
  });

  it('say how many rows are left', () => {
    assert.equal(moreText(150, plainL10n).label, 'Show more (150 left)');
  });
});
