import assert from 'node:assert/strict';
import type { Product } from '../../src/sync/model';
import { Rejections } from '../../src/sync/rejections';
import { FakeClock } from './fakeClock';

const cola: Product = { productId: 'cola', productName: 'Cola', sellPrice: '12.50' };
const water: Product = { productId: 'water', productName: 'Water', sellPrice: '1.00' };
const minutes = 60_000;

describe('A rejected product', () => {
  let clock: FakeClock;
  let rejections: Rejections;
  beforeEach(() => {
    clock = new FakeClock();
    rejections = new Rejections([], clock);
  });

  it('waits 2 minutes', async () => {
    rejections.refuse(cola, 'too sweet', '7');
    await clock.advance(2 * minutes - 1);
    assert.equal(rejections.isWaiting(cola, '7'), true);
    await clock.advance(1);
    assert.equal(rejections.isWaiting(cola, '7'), false);
  });

  it('waits twice as long each time, up to an hour', async () => {
    const pauses: number[] = [];
    for (let tries = 1; tries <= 8; tries++) {
      rejections.refuse(cola, 'too sweet', '7');
      const pause = rejections.all[0]!.nextTryAt - clock.now();
      pauses.push(pause / minutes);
      await clock.advance(pause);
    }
    assert.deepEqual(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('goes at once when there is a newer change of it', () => {
    rejections.refuse(cola, 'too sweet', '9');
    assert.equal(rejections.isWaiting(cola, '9'), true);
    assert.equal(rejections.isWaiting(cola, '10'), false);
  });

  it('goes at once when its name or price is another', () => {
    rejections.refuse(cola, 'too sweet', '7');
    assert.equal(rejections.isWaiting({ ...cola, productName: 'cola' }, '7'), false);
    assert.equal(rejections.isWaiting({ ...cola, sellPrice: '12.51' }, '7'), false);
  });

  it('compares change numbers beyond the precision of a JavaScript number', () => {
    rejections.refuse(cola, 'too sweet', '9007199254740992');
    assert.equal(rejections.isWaiting(cola, '9007199254740993'), false);
  });

  it('makes no other product wait', () => {
    rejections.refuse(cola, 'too sweet', '7');
    assert.equal(rejections.isWaiting(water, '7'), false);
  });

  it("keeps Digible's words until it is forgotten", () => {
    rejections.refuse(cola, 'too sweet', '7');
    assert.equal(rejections.reason('cola'), 'too sweet');
    rejections.forget('cola');
    assert.equal(rejections.reason('cola'), '');
    assert.equal(rejections.isWaiting(cola, '7'), false);
  });

  it('starts with the short pause again once it has been confirmed', async () => {
    for (let tries = 0; tries < 3; tries++) rejections.refuse(cola, 'too sweet', '7');
    rejections.forget('cola');
    rejections.refuse(cola, 'too sweet', '8');
    await clock.advance(2 * minutes);
    assert.equal(rejections.isWaiting(cola, '8'), false);
  });

  it('is looked at in every run where it merely lacks a name or price', () => {
    rejections.hold({ ...cola, sellPrice: null }, 'no price', '7');
    assert.equal(rejections.isWaiting(cola, '7'), false);
    assert.equal(rejections.reason('cola'), 'no price');
  });

  it('goes at once when a person asks for it, and waits longer after the next refusal', () => {
    rejections.refuse(cola, 'too sweet', '7');
    rejections.refuse(water, 'too wet', '8');
    rejections.retry(['cola', 'unheard of']);
    assert.deepEqual([rejections.isWaiting(cola, '7'), rejections.isWaiting(water, '8')], [false, true]);
    rejections.refuse(cola, 'too sweet', '7');
    assert.equal(rejections.all[0]!.nextTryAt - clock.now(), 4 * minutes);
    rejections.retry();
    assert.deepEqual([rejections.isWaiting(cola, '7'), rejections.isWaiting(water, '8')], [false, false]);
    assert.equal(rejections.all.length, 2);
  });

  it('is dropped when nothing of it is pending any more', () => {
    rejections.refuse(cola, 'too sweet', '7');
    rejections.refuse(water, 'too wet', '8');
    rejections.retain(new Set(['water']));
    assert.deepEqual(
      rejections.all.map(({ productId }) => productId),
      ['water'],
    );
  });

  it('outlives its run', async () => {
    for (let tries = 0; tries < 2; tries++) rejections.refuse(cola, 'too sweet', '7');
    const later = new Rejections(rejections.all, clock);
    assert.deepEqual(later.all, rejections.all);
    await clock.advance(4 * minutes - 1);
    assert.equal(later.isWaiting(cola, '7'), true);
    await clock.advance(1);
    assert.equal(later.isWaiting(cola, '7'), false);
    later.refuse(cola, 'too sweet', '7');
    assert.equal(later.all[0]!.tries, 3);
  });

  it('does not wait for years when the computer’s clock was wrong for a while', () => {
    const ahead = new Rejections([], { now: () => clock.now() + 365 * 24 * 60 * minutes });
    ahead.refuse(cola, 'no', '1');
    assert.equal(new Rejections(ahead.all, clock).isWaiting(cola, '1'), false);
  });
});
