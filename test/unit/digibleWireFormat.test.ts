import assert from 'node:assert/strict';
import {
  isConfirmation,
  isFailureReport,
  ownWords,
  signInRequest,
  syncRequest,
  tokenIn,
  updateRequest,
  type WireAnswer,
} from '../../src/sync/digible/wireFormat';

const answer = (status: number, body: unknown, complete = true): WireAnswer => ({
  status,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  complete,
  retryAfter: null,
  date: null,
  location: null,
});
const tea = { productId: 'T-1', productName: 'Tea "green" 🍵', sellPrice: '12.50' };

describe('A request to Digible', () => {
  it('signs in with email and password', () => {
    const { method, path, headers, body } = signInRequest('owner@shop.example', 'corner "shop"');
    assert.deepEqual([method, path], ['POST', '/v1/business/account/auth/login']);
    assert.deepEqual(headers, { 'content-type': 'application/json', accept: 'application/json' });
    assert.deepEqual(JSON.parse(body), { email: 'owner@shop.example', password: 'corner "shop"' });
  });

  it('sends a batch as an array, with the price as the exact text', () => {
    const request = syncRequest([tea, { productId: '7', productName: 'Free', sellPrice: '0.0000000000' }], 'a.b.c');
    assert.deepEqual([request.method, request.path], ['POST', '/v1/business/stores/product/sync']);
    assert.equal(request.headers['x-access-token'], 'a.b.c');
    assert.equal(request.products, 2);
    assert.deepEqual(JSON.parse(request.body), [
      { productName: 'Tea "green" 🍵', productPrice: '12.50', productId: 'T-1' },
      { productName: 'Free', productPrice: '0.0000000000', productId: '7' },
    ]);
  });

  it('sends an update as one object', () => {
    const request = updateRequest(tea, 'a.b.c');
    assert.deepEqual([request.method, request.path], ['PUT', '/v1/business/stores/product/external/update']);
    assert.equal(request.headers['x-access-token'], 'a.b.c');
    assert.equal(request.products, 1);
    assert.deepEqual(JSON.parse(request.body), {
      productName: 'Tea "green" 🍵',
      productPrice: '12.50',
      productId: 'T-1',
    });
  });

  it('sends nothing of a product but what Digible takes', () => {
    const more = { ...tea, qrCode: 'secret', status: 1 };
    assert.deepEqual(Object.keys(JSON.parse(updateRequest(more, 'a.b.c').body) as object).sort(), [
      'productId',
      'productName',
      'productPrice',
    ]);
  });
});

describe('A confirmation', () => {
  for (const body of [
    { message: 'Products saved', data: { count: 2 } },
    {},
    [],
    [{ productId: '1' }],
    { success: true },
  ])
    it(`is a 200 with ${JSON.stringify(body)}`, () => assert.equal(isConfirmation(answer(200, body)), true));

  for (const body of [
    '',
    'OK',
    '<!doctype html><p>Welcome',
    '{"message":"Products sa',
    'null',
    'true',
    '"OK"',
    '7',
    { success: false },
    { success: false, message: 'Products saved' },
    { error: 'closed' },
    { error: null },
    { error: false },
    [{ productId: '1' }, { productId: '2', error: 'closed' }],
    [{ success: false }],
  ])
    it(`is not a 200 with ${JSON.stringify(body)}`, () => assert.equal(isConfirmation(answer(200, body)), false));

  for (const status of [201, 202, 204, 207, 302, 400, 500])
    it(`is not a ${status}`, () => assert.equal(isConfirmation(answer(status, { message: 'Products saved' })), false));

  it('is not an answer that was cut off', () => assert.equal(isConfirmation(answer(200, '{}', false)), false));
});

describe('A failure report', () => {
  it('is a body with an error or without success, whatever the status', () => {
    assert.equal(isFailureReport(answer(401, { error: 'x' })), true);
    assert.equal(isFailureReport(answer(200, { success: false })), true);
    assert.equal(isFailureReport(answer(500, { message: 'x' })), false);
    assert.equal(isFailureReport(answer(500, '<p>x')), false);
  });
});

describe('The token in the answer to a sign-in', () => {
  it('is data.token', () => assert.equal(tokenIn(answer(200, { message: 'm', data: { token: 'a.b.c' } })), 'a.b.c'));

  for (const body of [
    '<p>Welcome',
    '[]',
    'null',
    {},
    { data: null },
    { data: 'a.b.c' },
    { token: 'a.b.c' },
    { data: { token: 7 } },
    { data: { token: '' } },
  ])
    it(`is not in ${JSON.stringify(body)}`, () => assert.equal(tokenIn(answer(200, body)), null));
});

describe("Digible's own words", () => {
  const cases: readonly (readonly [unknown, string | null])[] = [
    [{ message: 'Name too long' }, 'Name too long'],
    [{ error: 'Name too long' }, 'Name too long'],
    [{ error: { message: 'Name too long', code: 7 } }, 'Name too long'],
    [{ errors: ['Name too long', 'Price missing'] }, 'Name too long; Price missing'],
    [{ errors: [{ msg: 'Name too long', param: 'x' }, { message: 'Price missing' }] }, 'Name too long; Price missing'],
    [
      { errors: { productName: ['too long'], productPrice: 'missing' } },
      'productName: too long; productPrice: missing',
    ],
    [{ message: ['Name too long', 'Price missing'] }, 'Name too long; Price missing'],
    [{ message: 'Invalid', errors: ['Name too long'] }, 'Invalid; Name too long'],
    [{ message: 'Invalid', error: 'Invalid' }, 'Invalid'],
    [{ message: '  ' }, null],
    [{ statusCode: 400 }, null],
    [['Name too long'], null],
    ['<p>Name too long', null],
    ['', null],
  ];
  for (const [body, words] of cases)
    it(`in ${JSON.stringify(body)} are ${words ?? 'none'}`, () => assert.equal(ownWords(answer(400, body)), words));
});
