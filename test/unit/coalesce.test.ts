import assert from 'node:assert/strict';
import { coalesce, groupByKey, isSendable, whyNotSendable, type Action } from '../../src/sync/coalesce';
import type { Change, ChangeType, Product, ProductKey } from '../../src/sync/model';
import type { ProductReading } from '../../src/sync/ports';

const change = (logId: number, changeType: ChangeType, key: ProductKey): Change => ({
  logId: String(logId),
  changeType,
  key,
});
const product = (productId: string, values: Partial<Product> = {}): Product => ({
  productId,
  productName: 'Cola',
  sellPrice: '12.50',
  ...values,
});
const present = (productId: string, values: Partial<Product> = {}): ProductReading => ({
  state: 'present',
  product: product(productId, values),
});

function actions(
  pending: readonly Change[],
  deletes: readonly Change[],
  readings: readonly (readonly [ProductKey, ProductReading])[],
): readonly Action[] {
  return coalesce(groupByKey(pending, deletes), new Map(readings));
}

describe('Changes grouped by key', () => {
  it('keep the order in which the keys first appear, and of the changes within a key', () => {
    const groups = groupByKey([change(1, 'UPDATE', 'b'), change(2, 'UPDATE', 'a'), change(3, 'UPDATE', 'b')], []);
    assert.deepEqual(
      groups.map(({ key, pending }) => [key, pending]),
      [
        ['b', ['1', '3']],
        ['a', ['2']],
      ],
    );
  });

  it('stand beside other spellings of their key, so that both are read together', () => {
    const pending = [change(1, 'UPDATE', 'abc'), change(2, 'UPDATE', 'x'), change(3, 'UPDATE', 'ABC ')];
    assert.deepEqual(
      groupByKey(pending, []).map(({ key }) => key),
      ['abc', 'ABC ', 'x'],
    );
  });

  it('tell the missing key from the empty one', () => {
    const groups = groupByKey([change(1, 'INSERT', null), change(2, 'INSERT', '')], []);
    assert.deepEqual(
      groups.map(({ key, pending }) => [key, pending]),
      [
        [null, ['1']],
        ['', ['2']],
      ],
    );
  });

  it('know whether there is an INSERT among them', () => {
    const groups = groupByKey([change(1, 'UPDATE', 'a'), change(2, 'INSERT', 'a'), change(3, 'UPDATE', 'b')], []);
    assert.deepEqual(
      groups.map(({ hasInsert }) => hasInsert),
      [true, false],
    );
  });
});

describe('Coalescing', () => {
  it('sends a product once, whatever its changes, and acknowledges all of them', () => {
    const pending = [change(1, 'UPDATE', 'a'), change(2, 'UPDATE', 'a'), change(3, 'UPDATE', 'a')];
    assert.deepEqual(actions(pending, [], [['a', present('a')]]), [
      { kind: 'send', as: 'UPDATE', product: product('a'), logIds: ['1', '2', '3'], pending: ['1', '2', '3'] },
    ]);
  });

  it('sends an INSERT where there is one among the changes', () => {
    const pending = [change(1, 'INSERT', 'a'), change(2, 'UPDATE', 'a')];
    const [action] = actions(pending, [], [['a', present('a')]]);
    assert.equal(action?.kind === 'send' && action.as, 'INSERT');
  });

  it('acknowledges the DELETE of a product that was inserted again', () => {
    const [action] = actions([change(2, 'INSERT', 'a')], [change(1, 'DELETE', 'a')], [['a', present('a')]]);
    assert.deepEqual(action?.kind === 'send' && [action.as, action.logIds, action.pending], [
      'INSERT',
      ['2', '1'],
      ['2'],
    ]);
  });

  it('makes one action of two spellings that find the same product', () => {
    const pending = [change(1, 'UPDATE', 'abc'), change(2, 'INSERT', 'ABC ')];
    const readings = [['abc', present('ABC')] as const, ['ABC ', present('ABC')] as const];
    assert.deepEqual(actions(pending, [], readings), [
      { kind: 'send', as: 'INSERT', product: product('ABC'), logIds: ['1', '2'], pending: ['1', '2'] },
    ]);
  });

  it('keeps two spellings apart that find two products', () => {
    const pending = [change(1, 'UPDATE', 'abc'), change(2, 'UPDATE', 'ABC')];
    const readings = [['abc', present('abc')] as const, ['ABC', present('ABC')] as const];
    assert.equal(actions(pending, [], readings).length, 2);
  });

  it('acknowledges the changes of a product that is gone, with its DELETE logged', () => {
    const pending = [change(1, 'INSERT', 'a'), change(2, 'UPDATE', 'a')];
    assert.deepEqual(actions(pending, [change(3, 'DELETE', 'a')], [['a', { state: 'absent' }]]), [
      { kind: 'deleted', pending: ['1', '2'], deleteLogged: true },
    ]);
  });

  it('tells when nobody logged that the product is gone', () => {
    assert.deepEqual(actions([change(1, 'UPDATE', 'a')], [], [['a', { state: 'absent' }]]), [
      { kind: 'deleted', pending: ['1'], deleteLogged: false },
    ]);
  });

  it('leaves a locked product and all its changes', () => {
    const all = actions([change(1, 'UPDATE', 'a')], [change(2, 'DELETE', 'a')], [['a', { state: 'locked' }]]);
    assert.deepEqual(
      all.map(({ kind, pending }) => [kind, pending]),
      [['leave', ['1']]],
    );
  });

  it('leaves a product of which no reading came', () => {
    assert.deepEqual(
      actions([change(1, 'UPDATE', 'a')], [], []).map(({ kind }) => kind),
      ['leave'],
    );
  });

  it('rejects a product without a name or price, and only that one', () => {
    const pending = ['a', 'b', 'c'].map((key, at) => change(at + 1, 'INSERT', key));
    const readings = [
      ['a', present('a', { productName: null })] as const,
      ['b', present('b')] as const,
      ['c', present('c', { sellPrice: null })] as const,
    ];
    assert.deepEqual(
      actions(pending, [], readings).map((action) => [action.kind, action.kind === 'reject' && action.reason]),
      [
        ['reject', 'This product has no ProductName.'],
        ['send', false],
        ['reject', 'This product has no SellPrice.'],
      ],
    );
  });

  it('rejects the product without a key', () => {
    const [action] = actions([change(1, 'INSERT', null)], [], [[null, present('')]]);
    assert.equal(action?.kind === 'reject' && action.reason, 'This product has no ProductID.');
  });
});

describe('A product can be sent', () => {
  for (const sellPrice of ['0', '0.00', '-1.50', '0.0000000001'])
    it(`with the price ${sellPrice}`, () => assert.ok(isSendable(product('a', { sellPrice }))));

  for (const productName of ['😀', '"quoted"', 'שלום', 'x'.repeat(4000)])
    it(`with the name ${productName.slice(0, 10)}`, () => assert.ok(isSendable(product('a', { productName }))));

  for (const productName of ['', '   ', null])
    it(`not with the name ${JSON.stringify(productName)}`, () =>
      assert.equal(whyNotSendable(product('a', { productName })), 'This product has no ProductName.'));
});
