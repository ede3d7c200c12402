import assert from 'node:assert/strict';
import type { FailureKind } from '../../src/sync/catalogueFailure';
import type { ErrorCode } from '../../src/sync/errors';
import { excerpt, withoutSecrets } from '../../src/sync/digible/excerpt';
import {
  failureOfAnswer,
  failureOfError,
  failureOfSignIn,
  retryAfterMs,
  sessionExpired,
  timedOut,
} from '../../src/sync/digible/failures';
import type { Call, WireAnswer } from '../../src/sync/digible/wireFormat';

const now = Date.UTC(2024, 5, 1, 12);
const answer = (status: number, body: unknown, more: Partial<WireAnswer> = {}): WireAnswer => ({
  status,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  complete: true,
  retryAfter: null,
  date: null,
  location: null,
  ...more,
});
const failed = (call: Call, given: WireAnswer, secrets: readonly string[] = []) => {
  const failure = failureOfAnswer(call, given, secrets, now);
  assert.ok(failure !== null);
  return failure;
};
const page =
  '<!doctype html><html><head><style>p{}</style><title>Oops</title></head><body><p>It &amp; we broke</body></html>';

describe('An answer that is no confirmation', () => {
  const kinds: readonly (readonly [Call, number, FailureKind, ErrorCode])[] = [
    ['sync', 200, 'unexpected answer', 'digible-answer-unexpected'],
    ['sync', 201, 'unexpected answer', 'digible-answer-unexpected'],
    ['sync', 204, 'unexpected answer', 'digible-answer-unexpected'],
    ['sync', 302, 'unexpected answer', 'digible-answer-unexpected'],
    ['sync', 400, 'refused', 'digible-refused'],
    ['sync', 403, 'not available', 'digible-answer-unexpected'],
    ['sync', 404, 'not available', 'digible-answer-unexpected'],
    ['sync', 405, 'not available', 'digible-answer-unexpected'],
    ['sync', 408, 'request timeout', 'digible-busy'],
    ['sync', 409, 'unexpected answer', 'digible-answer-unexpected'],
    ['sync', 413, 'too large', 'digible-refused'],
    ['sync', 422, 'refused', 'digible-refused'],
    ['sync', 429, 'throttled', 'digible-busy'],
    ['sync', 500, 'server error', 'digible-busy'],
    ['sync', 502, 'outcome unknown', 'digible-unreachable'],
    ['sync', 503, 'server error', 'digible-busy'],
    ['sync', 504, 'outcome unknown', 'digible-unreachable'],
    ['update', 400, 'refused', 'digible-refused'],
    ['update', 403, 'not available', 'digible-answer-unexpected'],
    ['update', 404, 'product unknown', 'digible-refused'],
    ['update', 405, 'not available', 'digible-answer-unexpected'],
    ['update', 422, 'refused', 'digible-refused'],
  ];
  for (const [call, status, kind, code] of kinds)
    it(`of ${call} with status ${status} is '${kind}'`, () => {
      const failure = failed(call, answer(status, page));
      assert.equal(failure.kind, kind);
      assert.equal(failure.error.code, code);
      assert.ok(failure.error.hint !== '');
      assert.ok(failure.message.includes(`status ${status}`), failure.message);
      assert.ok(failure.message.includes('Oops It & we broke'), failure.message);
    });

  it('is none where it confirms', () => assert.equal(failureOfAnswer('sync', answer(200, {}), [], now), null));

  it("of a refusal says exactly Digible's own words", () => {
    assert.equal(failed('sync', answer(422, { message: 'Name too long' })).error.message, 'Name too long');
  });

  it('without words names the status and the first 200 characters', () => {
    const { message } = failed('sync', answer(400, `{"code":"${'x'.repeat(500)}"}`)).error;
    assert.equal(message, `Digible answered with status 400: {"code":"${'x'.repeat(191)}…`);
  });

  it('without any text says so', () => assert.match(failed('sync', answer(500, '')).message, /status 500: no text/));

  it('that was cut off says so', () => {
    assert.match(failed('sync', answer(200, '{"mess', { complete: false })).message, /status 200, cut off: \{"mess/);
  });

  it('that redirects says where to', () => {
    const failure = failed('sync', answer(302, '', { location: 'https://login.example/' }));
    assert.match(failure.message, /redirects to https:\/\/login\.example\//);
  });

  it('never shows the token, not even a piece of it', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6Im8ifQ.c2lnbmF0dXJl';
    for (const body of [{ message: `bad ${token}` }, `<p>${'x'.repeat(180)} ${token}`, `${'x'.repeat(190)} ${token}`]) {
      const { message } = failed('sync', answer(400, body), [token]);
      assert.ok(!message.includes('eyJ'), message);
    }
  });

  it('carries the pause that Digible asks for', () => {
    assert.equal(failed('sync', answer(429, {}, { retryAfter: '7' })).retryAfterMs, 7_000);
    assert.equal(failed('sync', answer(503, {}, { retryAfter: '7' })).retryAfterMs, 7_000);
    assert.equal(failed('sync', answer(500, {})).retryAfterMs, undefined);
  });
});

describe('Retry-After', () => {
  const ms = (retryAfter: string | null, date: string | null = null) =>
    retryAfterMs(answer(429, {}, { retryAfter, date }), now);

  it('counts seconds', () => {
    assert.equal(ms('120'), 120_000);
    assert.equal(ms(' 0 '), 0);
    assert.equal(ms('1.5'), 1_500);
  });

  it('may be an HTTP date', () => assert.equal(ms('Sat, 01 Jun 2024 12:00:30 GMT'), 30_000));

  it("is measured by the server's clock where the answer tells it", () => {
    assert.equal(ms('Sat, 01 Jun 2024 18:00:30 GMT', 'Sat, 01 Jun 2024 18:00:00 GMT'), 30_000);
  });

  it('is no negative pause', () => assert.equal(ms('Sat, 01 Jun 2024 11:00:00 GMT'), 0));

  it('is ignored where it makes no sense', () => {
    for (const text of ['soon', '-5', '', '5 minutes']) assert.equal(ms(text), undefined, text);
    assert.equal(ms(null), undefined);
  });
});

describe('A failed sign-in', () => {
  for (const [status, body] of [
    [401, { message: 'Invalid email or password' }],
    [400, { message: 'Invalid email or password' }],
    [404, { message: 'Invalid email or password' }],
    [200, { success: false, message: 'Invalid email or password' }],
  ] as const)
    it(`with status ${status} and words is a refused account`, () => {
      const { kind, error } = failureOfSignIn(answer(status, body), [], now);
      assert.equal(kind, 'session expired');
      assert.equal(error.code, 'digible-login-failed');
      assert.equal(error.message, 'Digible refused the sign-in: Invalid email or password');
      assert.equal(error.remedy, 'configure');
    });

  const others: readonly (readonly [number, FailureKind])[] = [
    [200, 'unexpected answer'],
    [302, 'unexpected answer'],
    [403, 'not available'],
    [404, 'not available'],
    [429, 'throttled'],
    [500, 'server error'],
    [502, 'unreachable'],
    [504, 'unreachable'],
  ];
  for (const [status, kind] of others)
    it(`with status ${status} and a page is '${kind}'`, () => {
      assert.equal(failureOfSignIn(answer(status, page), [], now).kind, kind);
    });

  it('never shows the password or a token of any form', () => {
    const secret = 'p"ss';
    const token = 'Zm9vYmFyYmF6cXV4Zm9v';
    for (const body of [
      { message: `no ${secret} here` },
      { statusText: secret, data: { accessToken: token } },
      `<p>${secret} ${token}`,
    ])
      for (const status of [200, 400, 403, 500]) {
        const { message } = failureOfSignIn(answer(status, body), [secret], now);
        for (const hidden of [secret, 'p\\"ss', token]) assert.ok(!message.includes(hidden), message);
      }
  });
});

describe('A broken connection', () => {
  const broken = (code: string | undefined, more: object = {}): Error =>
    Object.assign(new Error('it broke'), code === undefined ? {} : { code }, more);

  for (const code of [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_HAS_EXPIRED',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])
    it(`with ${code} sent nothing`, () => {
      const { kind, error } = failureOfError('sync', broken(code));
      assert.equal(kind, 'unreachable');
      assert.equal(error.code, 'digible-unreachable');
      assert.ok(error.message.includes(code));
    });

  it('while connecting sent nothing', () => {
    assert.equal(failureOfError('sync', broken('ETIMEDOUT', { syscall: 'connect' })).kind, 'unreachable');
    assert.equal(failureOfError('sync', broken('ECONNRESET', { erroredSysCall: 'connect' })).kind, 'unreachable');
  });

  for (const code of [
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ERR_STREAM_PREMATURE_CLOSE',
    'HPE_INVALID_CONSTANT',
    undefined,
  ])
    it(`with ${code ?? 'no code'} leaves the outcome unknown`, () => {
      assert.equal(failureOfError('update', broken(code)).kind, 'outcome unknown');
    });

  it('during a sign-in sent no product', () => {
    assert.equal(failureOfError('sign in', broken('ECONNRESET')).kind, 'unreachable');
    assert.equal(timedOut('sign in', 1_000).kind, 'unreachable');
  });

  it('that was given up after a time leaves the outcome unknown', () => {
    const failure = timedOut('sync', 130_000);
    assert.equal(failure.kind, 'outcome unknown');
    assert.match(failure.message, /130 seconds/);
  });
});

describe('An expired session', () => {
  it("has the desktop's words", () => {
    const { kind, error } = sessionExpired(null);
    assert.equal(kind, 'session expired');
    assert.equal(error.code, 'session-expired');
    assert.equal(error.message, 'User session expired, please reconfigure');
  });
});

describe('An excerpt', () => {
  it('is plain text of HTML, without scripts and styles', () => {
    const html =
      '<html><!-- c --><script>var x = "<p>";</script><body><h1>Out</h1>\n<p>of &lt;order&gt;&nbsp;&amp;lt;</body>';
    assert.equal(excerpt(html, []), 'Out of <order> &lt;');
  });

  it('leaves text alone that is no HTML', () => assert.equal(excerpt('1 < 2 > 0', []), '1 < 2 > 0'));

  it('is one line without control characters', () => assert.equal(excerpt(' a\r\n\tb\u001b[31mc ', []), 'a b [31mc'));

  it('is cut to 200 characters, never within one', () => {
    assert.equal(excerpt('x'.repeat(200), []), 'x'.repeat(200));
    assert.equal(excerpt('x'.repeat(201), []), `${'x'.repeat(200)}…`);
    assert.equal(excerpt(`${'x'.repeat(199)}🍵tea`, []), `${'x'.repeat(199)}…`);
  });

  it('hides secrets before it is cut', () => {
    const text = excerpt(`${'x'.repeat(195)} corner-shop`, ['corner-shop']);
    assert.ok(!text.includes('corn'), text);
  });

  it('hides secrets in the forms in which an answer may repeat them', () => {
    const secret = 'Kürbis & "Öl"/1?';
    const base64 = Buffer.from(secret).toString('base64');
    for (const form of [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      base64,
      base64.replaceAll('=', ''),
      Buffer.from(secret).toString('base64url'),
    ])
      assert.doesNotMatch(excerpt(`it was ${form}.`, [secret]), /rbis|Öl|%C3|S8O8|w5ZsI/, form);
    assert.equal(withoutSecrets('a lone \ud800 is hidden', ['\ud800']), 'a lone *** is hidden');
  });

  it('hides nothing for an empty secret', () => assert.equal(withoutSecrets('tea', ['']), 'tea'));

  it('stays quick on hostile HTML', () => {
    assert.ok(excerpt(`<p>${'<!--'.repeat(50_000)}`, []).length <= 201);
    assert.ok(excerpt(`<p>${'<script'.repeat(50_000)}`, []).length <= 201);
    assert.ok(excerpt(`<p>${'<'.repeat(500_000)}`, []).length <= 201);
  });
});
