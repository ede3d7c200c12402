import assert from 'node:assert/strict';
import { readToken } from '../../src/sync/digible/token';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown, header: unknown = { alg: 'HS256', typ: 'JWT' }): string =>
  `${encode(header)}.${encode(claims)}.c2lnbmF0dXJl`;

const now = Date.UTC(2024, 5, 1, 12);
const seconds = now / 1_000;
const hour = 3_600_000;

function expiry(claims: unknown, answeredAt: number | null = null): number | null {
  const token = readToken(jwt(claims), now, answeredAt);
  assert.ok(token.ok);
  return token.value.expiresAt;
}

describe('A token', () => {
  it('runs out at its exp', () => assert.equal(expiry({ exp: seconds + 3_600 }), now + hour));

  it('lasts from iat to exp, however wrong the clock of this PC is', () => {
    assert.equal(expiry({ iat: seconds - 86_400, exp: seconds - 86_400 + 3_600 }), now + hour);
    assert.equal(expiry({ iat: seconds + 86_400, exp: seconds + 86_400 + 3_600 }), now + hour);
  });

  it("lasts from the answer's date to exp where there is no iat", () => {
    assert.equal(expiry({ exp: seconds - 86_400 + 3_600 }, now - 24 * hour), now + hour);
  });

  it('without exp is good until a 401', () => {
    assert.equal(expiry({ iat: seconds }), null);
    assert.equal(expiry({}), null);
  });

  it('with an exp that is no number is good until a 401', () => assert.equal(expiry({ exp: 'tomorrow' }), null));

  it('that came after its own end is good until a 401, so that sign-ins do not go round in circles', () => {
    assert.equal(expiry({ exp: seconds - 10 }), null);
    assert.equal(expiry({ iat: seconds, exp: seconds }), null);
  });

  it('may have an empty signature', () => {
    assert.equal(readToken(`${encode({ alg: 'none' })}.${encode({})}.`, now, null).ok, true);
  });

  it('keeps its text as it is', () => {
    const text = jwt({ name: 'Größe 🍵', exp: seconds + 1 });
    const token = readToken(text, now, null);
    assert.ok(token.ok);
    assert.equal(token.value.value, text);
  });

  const odd: readonly (readonly [string, string])[] = [
    ['not-a-jwt', 'three parts'],
    ['', 'three parts'],
    ['a.b', 'three parts'],
    ['a.b.c.d', 'three parts'],
    [`${jwt({})}\r\nx-admin: 1`, 'three parts'],
    ['abc.def.ghi', 'header'],
    [`${encode('text')}.${encode({})}.x`, 'header'],
    [`${encode({})}.${Buffer.from('{').toString('base64url')}.x`, 'content'],
    [`${encode({})}.${encode([1])}.x`, 'content'],
    [`${encode({})}.${encode(null)}.x`, 'content'],
  ];
  for (const [text, word] of odd)
    it(`is none when it is ${JSON.stringify(text)}`, () => {
      const token = readToken(text, now, null);
      assert.ok(!token.ok);
      assert.match(token.reason, new RegExp(word));
    });
});
