import assert from 'node:assert/strict';
import { testSignIn } from '../../../src/sync/digible/client';
import { batch, connect, failureOf, product, RecordedLog, untilDone, type Connection } from './connection';

const expired = 'User session expired, please reconfigure';

describe('The session with Digible', () => {
  let connection: Connection;
  afterEach(() => connection.close());
  const logins = (): number => connection.sandbox.stats.requests.login;
  const syncs = (): number => connection.sandbox.stats.requests.sync;

  it('begins with the first request that needs it', async () => {
    connection = await connect();
    await connection.catalogue.sync(batch(1), untilDone);
    await connection.catalogue.sync(batch(1), untilDone);
    assert.equal(logins(), 1);
  });

  it('begins once for all requests that need it at the same time', async () => {
    connection = await connect();
    await Promise.all(batch(8).map((one) => connection.catalogue.sync([one], untilDone)));
    assert.equal(logins(), 1);
    assert.equal(connection.sandbox.catalogue.size, 8);
  });

  it('is not begun anew while it lasts', async () => {
    connection = await connect();
    await connection.catalogue.signIn(untilDone);
    await connection.catalogue.signIn(untilDone);
    assert.equal(logins(), 1);
  });

  it('is renewed shortly before it runs out', async () => {
    connection = await connect({ tokenLifetimeSeconds: 3_600 });
    const { catalogue, clock } = connection;
    await catalogue.signIn(untilDone);
    assert.equal(catalogue.sessionExpiresAt, clock.now() + 3_600_000);
    await clock.advance(3_560_000);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(logins(), 1);
    await clock.advance(10_000);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(logins(), 2);
  });

  it('lasts as long as its token, whatever the clock of this PC shows', async () => {
    connection = await connect({ tokenLifetimeSeconds: 3_600 });
    const { catalogue, clock } = connection;
    await clock.advance(10 * 365 * 86_400_000);
    await catalogue.sync(batch(1), untilDone);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(logins(), 1);
  });

  it('without an end is good until a 401', async () => {
    connection = await connect({ tokenLifetimeSeconds: null });
    const { catalogue, clock, sandbox } = connection;
    await catalogue.sync(batch(1), untilDone);
    assert.equal(catalogue.sessionExpiresAt, null);
    await clock.advance(365 * 86_400_000);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(logins(), 1);
    sandbox.revokeTokens();
    await catalogue.sync(batch(1), untilDone);
    assert.equal(logins(), 2);
  });

  it('is renewed once for all requests that meet a 401', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    await catalogue.sync(batch(8), untilDone);
    sandbox.revokeTokens();
    await Promise.all(batch(8).map((one) => catalogue.update(one, untilDone)));
    assert.equal(logins(), 2);
    assert.equal(sandbox.stats.requests.update, 16);
  });

  it('is not renewed for a 401 to a token that has been replaced', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    await catalogue.signIn(untilDone);
    // The slow request carries the old token, and is answered with 401 only when the new one is there.
    sandbox.latency.perProductMs = 1;
    const slow = catalogue.sync(batch(200), untilDone);
    while (sandbox.stats.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    sandbox.revokeTokens();
    await catalogue.sync([product('900')], untilDone);
    assert.equal(logins(), 2);
    await slow;
    assert.equal(logins(), 2);
    assert.equal(sandbox.catalogue.size, 201);
  });

  it('is lost when signing in anew is refused, and no further request starts', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    await catalogue.sync(batch(1), untilDone);
    sandbox.revokeTokens();
    sandbox.faults.add({ kind: 'wrong password', calls: ['login'], times: 1 });
    const failures = await Promise.all(batch(8).map((one) => failureOf(catalogue.update(one, untilDone))));
    for (const { kind, error } of failures) {
      assert.equal(kind, 'session expired');
      assert.equal(error.code, 'session-expired');
      assert.equal(error.message, expired);
    }
    assert.equal(logins(), 2);
    const { requests } = catalogue;
    assert.equal((await failureOf(catalogue.sync(batch(1), untilDone))).message, expired);
    assert.equal(catalogue.requests, requests);
  });

  it('that was lost begins again when asked to', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    await catalogue.signIn(untilDone);
    sandbox.revokeTokens();
    sandbox.faults.add({ kind: 'wrong password', calls: ['login'], times: 2 });
    await failureOf(catalogue.sync(batch(1), untilDone));
    const again = await failureOf(catalogue.signIn(untilDone));
    assert.equal(again.kind, 'session expired');
    assert.equal(again.message, expired);
    await catalogue.signIn(untilDone);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(sandbox.catalogue.size, 1);
  });

  it('is lost when a new token is refused like the old one', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    const fault = sandbox.faults.add({ kind: 'token revoked', calls: ['sync'] });
    const { kind, message } = await failureOf(catalogue.sync(batch(1), untilDone));
    assert.equal(kind, 'session expired');
    assert.equal(message, expired);
    assert.equal(logins(), 2);
    assert.equal(syncs(), 2);
    await failureOf(catalogue.sync(batch(1), untilDone));
    assert.equal(syncs(), 2);
    fault.remove();
    await catalogue.signIn(untilDone);
    await catalogue.sync(batch(1), untilDone);
  });

  it('never begins with a wrong password, and says so', async () => {
    connection = await connect({}, { password: () => 'wrong "shop"' });
    const { catalogue, sandbox } = connection;
    for (const call of [catalogue.signIn(untilDone), catalogue.sync(batch(1), untilDone)]) {
      const { kind, error } = await failureOf(call);
      assert.equal(kind, 'session expired');
      assert.equal(error.code, 'digible-login-failed');
      assert.equal(error.message, 'Digible refused the sign-in: Invalid email or password');
    }
    assert.equal(logins(), 1);
    assert.equal(sandbox.stats.requests.sync, 0);
  });

  it('asks for the password each time, and takes a promise of it', async () => {
    let asked = 0;
    connection = await connect(
      { password: 'corner-shop' },
      {
        password: () => {
          asked += 1;
          return Promise.resolve('corner-shop');
        },
      },
    );
    await connection.catalogue.signIn(untilDone);
    connection.sandbox.revokeTokens();
    await connection.catalogue.sync(batch(1), untilDone);
    assert.equal(asked, 2);
  });

  it('does not begin with a token that is not a JWT', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    sandbox.faults.add({ kind: 'odd token', token: 'not-a-jwt', calls: ['login'] });
    const { error } = await failureOf(catalogue.signIn(untilDone));
    assert.equal(error.code, 'digible-token-invalid');
    assert.ok(!error.message.includes('not-a-jwt'));
    assert.equal((await failureOf(catalogue.sync(batch(1), untilDone))).error.code, 'digible-token-invalid');
    assert.equal(catalogue.requests, 1);
  });

  it('does not begin with a page instead of a token', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    sandbox.faults.add({ kind: 'not json', calls: ['login'], times: 1 });
    const page = await failureOf(catalogue.signIn(untilDone));
    assert.equal(page.kind, 'unexpected answer');
    assert.match(page.message, /no token in status 200: Welcome Please sign in to the network/);
    sandbox.faults.add({ kind: 'answer', status: 200, body: { message: 'ok', data: {} }, calls: ['login'], times: 1 });
    assert.match((await failureOf(catalogue.signIn(untilDone))).message, /no token in status 200: ok/);
  });

  it('is not lost when the sign-in meets a broken network or a busy server', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    await catalogue.signIn(untilDone);
    sandbox.revokeTokens();
    for (const [fault, kind] of [
      [{ kind: 'dropped' }, 'unreachable'],
      [{ kind: 'cut off' }, 'unreachable'],
      [{ kind: 'throttled', retryAfter: 3 }, 'throttled'],
      [{ kind: 'html error' }, 'server error'],
      [{ kind: 'answer', status: 504, body: '' }, 'unreachable'],
    ] as const) {
      sandbox.faults.add({ ...fault, calls: ['login'], times: 1 });
      assert.equal((await failureOf(catalogue.sync(batch(1), untilDone))).kind, kind);
    }
    await catalogue.sync(batch(1), untilDone);
  });

  it('whose sign-in never ends is unreachable', async () => {
    connection = await connect({}, { timing: { answerMs: 1_000 } });
    const { catalogue, sandbox, clock } = connection;
    const struck = sandbox.faults.add({ kind: 'hanging', calls: ['login'], times: 1 }).nextHit();
    const failed = failureOf(catalogue.sync(batch(1), untilDone));
    await struck;
    await clock.advance(1_000);
    assert.equal((await failed).kind, 'unreachable');
    await catalogue.sync(batch(1), untilDone);
  });

  it('goes on beginning for others when one of them is cancelled', async () => {
    connection = await connect();
    const { catalogue, sandbox } = connection;
    sandbox.latency.ms = 5;
    const controller = new AbortController();
    const cancelled = assert.rejects(catalogue.sync([product('1')], controller.signal), /enough/);
    const other = catalogue.sync([product('2')], untilDone);
    while (sandbox.stats.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    await cancelled;
    await other;
    assert.deepEqual([...sandbox.catalogue.keys()], ['2']);
    assert.equal(logins(), 1);
  });

  it('stops beginning when all who wait for it are cancelled, and can begin again', async () => {
    connection = await connect();
    const { catalogue, sandbox, clock } = connection;
    const struck = sandbox.faults.add({ kind: 'hanging', calls: ['login'], times: 1 }).nextHit();
    const controller = new AbortController();
    const cancelled = batch(3).map((one) => assert.rejects(catalogue.sync([one], controller.signal), /enough/));
    await struck;
    controller.abort(new Error('enough'));
    await Promise.all(cancelled);
    await catalogue.sync(batch(1), untilDone);
    assert.equal(logins(), 2);
    assert.equal(clock.waiting, 0);
  });

  it('never shows password or token in errors and logs', async () => {
    const password = 'pa"ss wörd';
    connection = await connect({ password });
    const { catalogue, sandbox, log } = connection;
    const echo = { message: `wrong: ${password}`, token: 'eyJhbGciOiJIUzI1NiJ9.eyJ4IjoxfQ.c2ln' };
    const shown: string[] = [];
    for (const status of [200, 400, 403, 409, 500]) {
      sandbox.faults.add({ kind: 'answer', status, body: echo, calls: ['login'], times: 1 });
      const { error } = await failureOf(catalogue.signIn(untilDone));
      shown.push(error.message, error.hint, String(error.cause), String(error.stack));
    }
    for (const text of [...shown, ...log.lines])
      for (const secret of [password, 'pa\\"ss', 'eyJ', 'wörd']) assert.ok(!text.includes(secret), text);
  });
});

describe('Testing the sign-in', () => {
  let connection: Connection;
  beforeEach(async () => {
    connection = await connect();
  });
  afterEach(() => connection.close());
  const test = (password: string, email = connection.sandbox.email): Promise<number | null> => {
    const { sandbox, clock } = connection;
    const log = new RecordedLog();
    return testSignIn({ baseUrl: sandbox.baseUrl, email, password: () => password, clock, log }, untilDone);
  };

  it('tells when the session would run out', async () => {
    const { sandbox, clock } = connection;
    assert.equal(await test(sandbox.password), clock.now() + 3_600_000);
  });

  it('fails with a sentence', async () => {
    await assert.rejects(test('wrong'), { name: 'ShopError', code: 'digible-login-failed' });
    await connection.sandbox.close();
    await assert.rejects(test('wrong'), { name: 'ShopError', code: 'digible-unreachable' });
  });
});
