import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { DigibleCatalogue } from '../../../src/sync/digible/client';
import { FakeClock } from '../../unit/fakeClock';
import { batch, failureOf, product, RecordedLog, untilDone } from '../digible/connection';

const password = 'corner-shop-PASS-71';
const jwt = (payload: object): string =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig`;
const token = jwt({ sub: 'secret-session' });
const calls = ['sign in', 'sync', 'update'] as const;
type Call = (typeof calls)[number];

function callOf({ url = '' }: http.IncomingMessage): Call {
  return url.endsWith('/login') ? 'sign in' : url.endsWith('/sync') ? 'sync' : 'update';
}

/** A Digible that may be evil: it signs in, and answers one of its calls as told. */
class EvilDigible {
  readonly server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => this.answer(request, response));
  readonly clock = new FakeClock();
  readonly log = new RecordedLog();
  /** What it was sent: one line of headers and body for each request. */
  readonly received: string[] = [];
  private readonly opened: DigibleCatalogue[] = [];
  private evil: { readonly call: Call; readonly answer: http.RequestListener } | null = null;

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  answers(call: Call, answer: http.RequestListener): void {
    this.evil = { call, answer };
  }

  catalogue(): DigibleCatalogue {
    const { clock, log } = this;
    const catalogue = new DigibleCatalogue({
      baseUrl: this.origin,
      email: 'owner@shop.example',
      password: () => password,
      clock,
      log,
    });
    this.opened.push(catalogue);
    return catalogue;
  }

  /** The failure of the call that is answered in the evil way. */
  async failure(call: Call): Promise<Awaited<ReturnType<typeof failureOf>>> {
    const catalogue = this.catalogue();
    if (call === 'sign in') return failureOf(catalogue.signIn(untilDone));
    if (call === 'sync') return failureOf(catalogue.sync(batch(1), untilDone));
    return failureOf(catalogue.update(product('1'), untilDone));
  }

  async close(): Promise<void> {
    for (const catalogue of this.opened) catalogue.close();
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.received.push(`${JSON.stringify(request.headers)} ${Buffer.concat(chunks).toString()}`);
      if (this.evil?.call === callOf(request)) this.evil.answer(request, response);
      else response.end(JSON.stringify({ message: 'ok', data: { token } }));
    });
  }
}

describe('An evil Digible', () => {
  let digible: EvilDigible;
  let elsewhere: EvilDigible;

  beforeEach(async () => {
    digible = new EvilDigible();
    elsewhere = new EvilDigible();
    await digible.listen();
    await elsewhere.listen();
  });
  afterEach(async () => {
    await digible.close();
    await elsewhere.close();
  });

  for (const call of calls)
    for (const status of [300, 301, 302, 303, 304, 305, 307, 308])
      it(`is not followed where it redirects with ${status}: ${call}`, async () => {
        digible.answers(call, (_, response) => {
          response.writeHead(status, { location: `${elsewhere.origin}/v1/business/account/auth/login` }).end();
        });
        const { kind, error } = await digible.failure(call);
        assert.equal(kind, 'unexpected answer');
        assert.equal(error.code, 'digible-answer-unexpected');
        assert.deepEqual(elsewhere.received, []);
        assert.equal(digible.received.length, call === 'sign in' ? 1 : 2);
      });

  it('is not followed to another address of its own either', async () => {
    digible.answers('sync', (_, response) => {
      response.writeHead(307, { location: '/v1/business/account/auth/login' }).end();
    });
    assert.equal((await digible.failure('sync')).kind, 'unexpected answer');
    assert.equal(digible.received.length, 2);
  });

  it('is sent the password when signing in alone, and the token with products alone', async () => {
    const catalogue = digible.catalogue();
    await catalogue.sync(batch(2), untilDone);
    await catalogue.update(product('1'), untilDone);
    assert.deepEqual(
      digible.received.map((request) => [request.includes(password), request.includes(token)]),
      [
        [true, false],
        [false, true],
        [false, true],
      ],
    );
  });

  const megabytes = 16;
  const bomb = Buffer.concat([
    Buffer.from('{"message":"'),
    Buffer.alloc(megabytes * 1024 * 1024, 'x'),
    Buffer.from('"}'),
  ]);
  for (const [encoding, compress] of [
    ['identity', (bytes: Buffer) => bytes],
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes.subarray(0, 4 * 1024 * 1024))],
  ] as const)
    it(`is read for 1 MB, and no further, unpacked as well: ${encoding}`, async () => {
      const body = compress(bomb);
      for (const call of calls) {
        digible.answers(call, (_, response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(body);
        });
        const { kind, message, error } = await digible.failure(call);
        assert.equal(kind, 'unexpected answer');
        assert.match(message, /status 200, cut off/);
        assert.ok(message.length < 500 && error.message.length < 500);
      }
    });

  it('is read no further than 1 MB, and the connection given up, where its answer never ends', async () => {
    const ended = new Promise<void>((resolve) => {
      digible.answers('sync', (_, response) => {
        response.on('close', resolve);
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, ' ')));
        };
        response.on('drain', more);
        more();
      });
    });
    assert.match((await digible.failure('sync')).message, /cut off/);
    await ended;
  });

  for (const [what, headers] of [
    ['a header of 64 KB', { 'x-flood': 'x'.repeat(64 * 1024) }],
    [
      'a thousand headers',
      Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x-flood-${n}`, 'x'.repeat(40)])),
    ],
  ] as const)
    it(`is not listened to where it sends ${what}`, async () => {
      for (const call of calls) {
        digible.answers(call, (_, response) => response.writeHead(200, headers).end('{}'));
        const { kind, message } = await digible.failure(call);
        assert.equal(kind, call === 'sign in' ? 'unreachable' : 'outcome unknown');
        assert.match(message, /HPE_HEADER_OVERFLOW/);
      }
    });

  it('is given up in time where its answer comes drop by drop', async () => {
    const drops: (() => void)[] = [];
    digible.answers('sync', (_, response) => {
      response.writeHead(200);
      drops.push(() => response.write(' '));
      drops[0]!();
    });
    const failed = digible.failure('sync');
    while (drops.length === 0) await new Promise((resolve) => setImmediate(resolve));
    // One product: 30 seconds, and half a second more. Each drop comes after ten.
    for (let second = 0; second < 30; second += 10) {
      await digible.clock.advance(10_000);
      drops[0]!();
    }
    assert.equal(digible.clock.waiting, 1);
    await digible.clock.advance(500);
    const { kind, message } = await failed;
    assert.equal(kind, 'outcome unknown');
    assert.match(message, /no answer within 30\.5 seconds/);
  });

  it('is given up in time where it only ever asks to go on', async () => {
    const askings: (() => void)[] = [];
    digible.answers('sync', (_, response) => {
      askings.push(() => response.writeContinue());
      askings[0]!();
    });
    const failed = digible.failure('sync');
    while (askings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await digible.clock.advance(30_000);
    askings[0]!();
    await digible.clock.advance(500);
    assert.match((await failed).message, /no answer within 30\.5 seconds/);
  });

  it('learns nothing to repeat: what it was sent is hidden from errors and log', async () => {
    const echo: http.RequestListener = (request, response) => {
      const sent = `${JSON.stringify(request.headers)} ${digible.received.at(-1)!}`;
      const bytes = Buffer.from(password);
      response.writeHead(400).end(
        JSON.stringify({
          message: `${password} ${encodeURIComponent(password)} ${bytes.toString('base64')}`,
          error: sent,
        }),
      );
    };
    for (const call of calls) {
      digible.answers(call, echo);
      const { message, error } = await digible.failure(call);
      const told = [message, error.message, error.hint, ...digible.log.lines].join('\n');
      assert.ok(!told.includes(token), told);
      if (call === 'sign in')
        for (const form of [password, encodeURIComponent(password), Buffer.from(password).toString('base64')])
          assert.ok(!told.includes(form), told);
    }
  });
});

describe('Somebody who pretends to be Digible', () => {
  const variable = 'NODE_TLS_REJECT_UNAUTHORIZED';
  const before = process.env[variable];
  afterEach(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, variable);
    else process.env[variable] = before;
  });

  it('is found out whatever the environment says', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    let requests = 0;
    const server = https.createServer({ key, cert }, (_, response) => {
      requests += 1;
      response.end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env[variable] = '0';
    const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const catalogue = new DigibleCatalogue({
      baseUrl,
      email: 'a',
      password: () => password,
      clock: new FakeClock(),
      log: new RecordedLog(),
    });
    const { kind, message } = await failureOf(catalogue.signIn(untilDone));
    assert.equal(kind, 'unreachable');
    assert.match(message, /certificate is not trusted/);
    assert.equal(requests, 0);
    catalogue.close();
    server.close();
    await once(server, 'close');
  });
});

describe('The time that Digible is given', () => {
  it('ends for a handshake of TLS that never comes to its end', async () => {
    const sockets: net.Socket[] = [];
    // The beginning of a server's handshake, and nothing more.
    const server = net.createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.write(Buffer.from([0x16, 3, 3, 0x40, 0]));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const clock = new FakeClock();
    const catalogue = new DigibleCatalogue({
      baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      email: 'a',
      password: () => password,
      clock,
      log: new RecordedLog(),
    });
    const failed = failureOf(catalogue.signIn(untilDone));
    while (sockets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(clock.nextIn, 10_000);
    await clock.advance(10_000);
    assert.match((await failed).message, /ETIMEDOUT/);
    catalogue.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
});
