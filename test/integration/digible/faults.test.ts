import assert from 'node:assert/strict';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import https from 'node:https';
import { generate } from 'selfsigned';
import type { Fault } from '../../../demo/digible/sandbox';
import type { FailureKind } from '../../../src/sync/catalogueFailure';
import { DigibleCatalogue } from '../../../src/sync/digible/client';
import type { ErrorCode } from '../../../src/sync/errors';
import { FakeClock } from '../../unit/fakeClock';
import { batch, connect, failureOf, product, RecordedLog, untilDone, type Connection } from './connection';

describe('A fault of Digible', () => {
  let connection: Connection;
  beforeEach(async () => {
    connection = await connect({ products: [{ productId: '1', productName: 'Tea', productPrice: '1.00' }] });
    await connection.catalogue.signIn(untilDone);
  });
  afterEach(() => connection.close());

  const faults: readonly (readonly [Fault, FailureKind, ErrorCode, RegExp])[] = [
    [{ kind: 'throttled' }, 'throttled', 'digible-busy', /status 429: Too many requests/],
    [{ kind: 'unavailable' }, 'server error', 'digible-busy', /status 503: Service unavailable/],
    [
      { kind: 'html error' },
      'server error',
      'digible-busy',
      /status 500: 500 Internal Server Error Internal Server Error The server encountered an unexpected condition & could/,
    ],
    [{ kind: 'dropped' }, 'outcome unknown', 'digible-unreachable', /ECONNRESET/],
    [{ kind: 'dropped', applied: true }, 'outcome unknown', 'digible-unreachable', /ECONNRESET/],
    [{ kind: 'applied late' }, 'outcome unknown', 'digible-unreachable', /ECONNRESET/],
    [{ kind: 'cut off', applied: true }, 'outcome unknown', 'digible-unreachable', /did not say/],
    [{ kind: 'not json' }, 'unexpected answer', 'digible-answer-unexpected', /status 200: Welcome Please sign in/],
    [
      { kind: 'success false' },
      'unexpected answer',
      'digible-answer-unexpected',
      /status 200: The catalogue is closed/,
    ],
    [
      { kind: 'error in answer' },
      'unexpected answer',
      'digible-answer-unexpected',
      /status 200: The catalogue is closed/,
    ],
    [
      { kind: 'redirected' },
      'unexpected answer',
      'digible-answer-unexpected',
      /status 302: it redirects to .*elsewhere/,
    ],
    [{ kind: 'refused', status: 400 }, 'refused', 'digible-refused', /^Product unknown is not accepted$/],
    [{ kind: 'refused', status: 422, message: 'Too dear' }, 'refused', 'digible-refused', /^Too dear$/],
    [{ kind: 'refused', status: 413, message: 'Too much' }, 'too large', 'digible-refused', /^Too much$/],
    [{ kind: 'answer', status: 408, body: '' }, 'request timeout', 'digible-busy', /status 408/],
    [
      { kind: 'answer', status: 502, body: 'Bad Gateway' },
      'outcome unknown',
      'digible-unreachable',
      /502: Bad Gateway/,
    ],
    [{ kind: 'answer', status: 504, body: '' }, 'outcome unknown', 'digible-unreachable', /status 504/],
    [{ kind: 'answer', status: 403, body: { message: 'No' } }, 'not available', 'digible-answer-unexpected', /403: No/],
    [{ kind: 'answer', status: 201, body: {} }, 'unexpected answer', 'digible-answer-unexpected', /status 201: {}/],
    [
      { kind: 'answer', status: 200, body: '"OK"' },
      'unexpected answer',
      'digible-answer-unexpected',
      /status 200: "OK"/,
    ],
  ];
  for (const [fault, kind, code, message] of faults)
    for (const call of ['sync', 'update'] as const)
      it(`${JSON.stringify(fault)} makes ${call} fail as '${kind}', after one request`, async () => {
        const { catalogue, sandbox } = connection;
        const placed = sandbox.faults.add(fault);
        const sent = product('1', '2.00');
        const failure = await failureOf(
          call === 'sync' ? catalogue.sync([sent], untilDone) : catalogue.update(sent, untilDone),
        );
        assert.equal(failure.kind, kind);
        assert.equal(failure.error.code, code);
        assert.match(failure.message, message);
        assert.equal(placed.hits, 1);
        assert.equal(sandbox.stats.requests[call], 1);
        const applied = 'applied' in fault && fault.applied;
        assert.equal(sandbox.catalogue.get('1')?.productPrice, applied ? '2.00' : '1.00');
        placed.remove();
        await catalogue.update(sent, untilDone);
      });

  it('404 of an update is an unknown product, of a batch an unknown address', async () => {
    const { catalogue, sandbox } = connection;
    assert.equal((await failureOf(catalogue.update(product('7'), untilDone))).kind, 'product unknown');
    sandbox.faults.add({ kind: 'answer', status: 404, body: 'Not Found' });
    assert.equal((await failureOf(catalogue.sync([product('7')], untilDone))).kind, 'not available');
  });

  it('with Retry-After tells how long to wait', async () => {
    const { catalogue, sandbox } = connection;
    const waits: unknown[] = [];
    for (const retryAfter of [7, new Date(Date.now() + 3_600_000).toUTCString()]) {
      sandbox.faults.add({ kind: 'throttled', retryAfter, times: 1 });
      waits.push((await failureOf(catalogue.sync(batch(1), untilDone))).retryAfterMs);
    }
    assert.equal(waits[0], 7_000);
    assert.ok(Math.abs((waits[1] as number) - 3_600_000) <= 60_000, String(waits[1]));
  });

  it('that is too long is read no further than needed', async () => {
    const { catalogue, sandbox } = connection;
    for (const status of [200, 500]) {
      sandbox.faults.add({ kind: 'answer', status, body: { message: 'x'.repeat(8 * 1024 * 1024) }, times: 1 });
      const { kind, message } = await failureOf(catalogue.sync(batch(1), untilDone));
      assert.equal(kind, status === 200 ? 'unexpected answer' : 'server error');
      assert.match(message, new RegExp(`status ${status}, cut off: {"message":"x{50,}`));
      assert.ok(message.length < 400);
    }
    await catalogue.sync(batch(1), untilDone);
  });

  it('never carries the token along a redirect', async () => {
    const { catalogue, sandbox } = connection;
    let visits = 0;
    const elsewhere = http.createServer((_, response) => {
      visits += 1;
      response.end('{}');
    });
    const port = await listen(elsewhere);
    for (const status of [301, 302, 307, 308] as const) {
      sandbox.faults.add({ kind: 'redirected', status, location: `http://127.0.0.1:${port}/`, times: 1 });
      await failureOf(catalogue.sync(batch(1), untilDone));
    }
    await close(elsewhere);
    assert.equal(visits, 0);
  });

  it('gives no answer: the time to wait grows with the batch', async () => {
    for (const afterHeaders of [false, true]) {
      const timing = { answerMs: 1_000, perProductMs: 10 };
      const patient = await connect({}, { timing });
      const { catalogue, sandbox, clock } = patient;
      await catalogue.signIn(untilDone);
      for (const [count, limitMs] of [
        [1, 1_010],
        [200, 3_000],
      ] as const) {
        const struck = sandbox.faults.add({ kind: 'hanging', times: 1, afterHeaders }).nextHit();
        const failed = failureOf(catalogue.sync(batch(count), untilDone));
        await struck;
        assert.equal(clock.nextIn, limitMs);
        await clock.advance(limitMs - 1);
        assert.equal(clock.waiting, 1);
        await clock.advance(1);
        const { kind, message } = await failed;
        assert.equal(kind, 'outcome unknown');
        assert.match(message, new RegExp(`no answer within ${limitMs / 1_000} seconds`));
      }
      await patient.close();
    }
  });
});

describe('A Digible that is not there', () => {
  const clock = new FakeClock();
  const opened: DigibleCatalogue[] = [];
  const catalogueAt = (baseUrl: string, connectMs = 10_000): DigibleCatalogue => {
    const log = new RecordedLog();
    const options = { baseUrl, email: 'a', password: () => 'b', clock, log, timing: { connectMs } };
    const catalogue = new DigibleCatalogue(options);
    opened.push(catalogue);
    return catalogue;
  };
  afterEach(() => {
    for (const catalogue of opened.splice(0)) catalogue.close();
  });

  it('refuses connections', async () => {
    const server = net.createServer();
    const port = await listen(server);
    await close(server);
    const { kind, error } = await failureOf(catalogueAt(`http://127.0.0.1:${port}`).signIn(untilDone));
    assert.equal(kind, 'unreachable');
    assert.equal(error.code, 'digible-unreachable');
    assert.match(error.message, /ECONNREFUSED/);
    assert.equal(error.remedy, 'retry');
  });

  it('has a name that nobody knows', async () => {
    const { kind, error } = await failureOf(catalogueAt('https://digible.invalid').signIn(untilDone));
    assert.equal(kind, 'unreachable');
    assert.equal(error.code, 'digible-unreachable');
  });

  it('shows a certificate that nobody vouches for', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    let requests = 0;
    const server = https.createServer({ key, cert }, (_, response) => {
      requests += 1;
      response.end('{}');
    });
    const port = await listen(server);
    const { kind, message } = await failureOf(catalogueAt(`https://127.0.0.1:${port}`).signIn(untilDone));
    await close(server);
    assert.equal(kind, 'unreachable');
    assert.match(message, /certificate is not trusted, DEPTH_ZERO_SELF_SIGNED_CERT/);
    assert.equal(requests, 0);
  });

  it('accepts the connection and never says hello', async () => {
    const sockets: net.Socket[] = [];
    const server = net.createServer((socket) => sockets.push(socket));
    const port = await listen(server);
    const failed = failureOf(catalogueAt(`https://127.0.0.1:${port}`, 1_000).signIn(untilDone));
    while (sockets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1_000);
    const { kind, message } = await failed;
    for (const socket of sockets) socket.destroy();
    await close(server);
    assert.equal(kind, 'unreachable');
    assert.match(message, /ETIMEDOUT/);
  });
});

describe('A connection that is kept', () => {
  let server: http.Server;
  let port: number;
  const answers: ((request: http.IncomingMessage, response: http.ServerResponse) => void)[] = [];
  const sockets = new Set<net.Socket>();
  const login = (response: http.ServerResponse): void => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ message: 'ok', data: { token: `${part({ alg: 'none' })}.${part({})}.x` } }));
  };
  beforeEach(async () => {
    server = http.createServer((request, response) => {
      request.resume();
      request.once('end', () => {
        if (request.url?.endsWith('login') === true) login(response);
        else answers.shift()?.(request, response);
      });
    });
    server.on('connection', (socket) => sockets.add(socket));
    port = await listen(server);
  });
  afterEach(async () => {
    sockets.clear();
    answers.length = 0;
    await close(server);
  });
  const catalogueWith = (idleMs: number): DigibleCatalogue =>
    new DigibleCatalogue({
      baseUrl: `http://localhost:${port}`,
      email: 'a',
      password: () => 'b',
      clock: new FakeClock(),
      log: new RecordedLog(),
      timing: { idleMs },
    });

  it('and ends while the next request is on its way leaves the outcome unknown', async () => {
    const catalogue = catalogueWith(60_000);
    answers.push((request) => request.socket.resetAndDestroy());
    await catalogue.signIn(untilDone);
    assert.equal((await failureOf(catalogue.sync(batch(1), untilDone))).kind, 'outcome unknown');
    assert.equal(sockets.size, 1);
    catalogue.close();
  });

  it('ends by itself before the server would end it', async () => {
    const catalogue = catalogueWith(20);
    await catalogue.signIn(untilDone);
    const [socket] = sockets;
    if (!socket!.closed) await new Promise((resolve) => socket!.once('close', resolve));
    answers.push((_, response) => response.end('{}'));
    await catalogue.sync(batch(1), untilDone);
    assert.equal(sockets.size, 2);
    catalogue.close();
  });

  it('carries a batch in one piece, with its length', async () => {
    const catalogue = catalogueWith(60_000);
    await catalogue.signIn(untilDone);
    const read: string[] = [];
    answers.push((request, response) => {
      read.push(String(request.headers['content-length']), String(request.headers['transfer-encoding']));
      response.end('{}');
    });
    const products = batch(200);
    await catalogue.sync(products, untilDone);
    assert.ok(Number(read[0]) > 10_000);
    assert.equal(read[1], 'undefined');
    catalogue.close();
  });
});

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: net.Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
  await closed;
}
