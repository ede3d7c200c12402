import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import {
  connectEncryptedOnly,
  LeavingBytes,
  letOnlyEncryptedOut,
  notEncryptedCode,
} from '../../../src/sync/sqlserver/encryptedOnly';

const login7 = 0x10;
const prelogin = 0x12;
const tlsHandshake = 0x16;
const tlsData = 0x17;

function packet(type: number, payload: Uint8Array): Buffer {
  const header = Buffer.from([type, 1, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(payload.length + header.length, 2);
  return Buffer.concat([header, payload]);
}

function record(type: number, payload: Uint8Array): Buffer {
  const header = Buffer.from([type, 3, 3, 0, 0]);
  header.writeUInt16BE(payload.length, 3);
  return Buffer.concat([header, payload]);
}

const payload = fc.uint8Array({ maxLength: 300 });
const encrypted = fc.oneof(
  payload.map((bytes) => packet(prelogin, bytes)),
  fc.tuple(fc.constantFrom(0x14, 0x15, tlsHandshake, tlsData), payload).map(([type, bytes]) => record(type, bytes)),
);
/** Where a stream is cut into writes. */
const cuts = fc.array(fc.nat(40), { minLength: 1, maxLength: 30 });

/** The number of bytes that may leave, written in pieces of these lengths, over and over. */
function leftUntilRefused(stream: Uint8Array, pieces: readonly number[]): number {
  const leaving = new LeavingBytes();
  let at = 0;
  for (let piece = 0; at < stream.length; piece += 1) {
    const next = stream.subarray(at, at + Math.max(1, pieces[piece % pieces.length] ?? 1));
    if (!leaving.mayLeave(next)) return at;
    at += next.length;
  }
  return at;
}

describe('what leaves for SQL Server', () => {
  it('may be negotiation and TLS, however it is cut', () =>
    fc.assert(
      fc.property(fc.array(encrypted), cuts, (parts, pieces) => {
        const stream = Buffer.concat(parts);
        assert.equal(leftUntilRefused(stream, pieces), stream.length);
      }),
    ));

  it('may be nothing else: a packet of any other type ends it before a byte of it has left', () =>
    fc.assert(
      fc.property(
        fc.array(encrypted),
        fc.nat(255).filter((type) => type !== prelogin && (type < 0x14 || type > tlsData)),
        payload,
        cuts,
        (parts, type, bytes, pieces) => {
          const before = Buffer.concat(parts);
          assert.ok(leftUntilRefused(Buffer.concat([before, packet(type, bytes)]), pieces) <= before.length);
        },
      ),
    ));

  it('may not pretend to be shorter than its own header', () => {
    assert.equal(new LeavingBytes().mayLeave(Buffer.from([prelogin, 1, 0, 3, login7])), false);
  });
});

describe('a connection for encrypted data', () => {
  let server: net.Server;
  let received: Buffer[];
  let target: { host: string; port: number };

  beforeEach(async () => {
    received = [];
    server = net.createServer((socket) => {
      socket.on('data', (chunk) => received.push(chunk));
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  });
  /** Resolves when every connection has ended and all that was sent is there. */
  async function stop(): Promise<void> {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  }
  afterEach(stop);

  for (const corked of [false, true])
    it(`breaks at unencrypted data${corked ? ' among several writes' : ''}, and sends nothing of it`, async () => {
      const socket = await connectEncryptedOnly(target);
      const broken = once(socket, 'error') as Promise<[Error & { code: string }]>;
      if (corked) socket.cork();
      socket.write(packet(login7, Buffer.from('password')));
      socket.write(packet(login7, Buffer.from('password')));
      if (corked) socket.uncork();
      const [error] = await broken;
      assert.equal(error.code, notEncryptedCode);
      await stop();
      assert.equal(Buffer.concat(received).length, 0);
    });

  it('carries what is encrypted as it is', async () => {
    const socket = await connectEncryptedOnly({ ...target, host: 'localhost' });
    const sent = [packet(prelogin, Buffer.from('hello')), record(tlsData, Buffer.alloc(20_000))];
    socket.write(sent[0]!.toString('latin1'), 'latin1');
    socket.end(sent[1]!);
    await stop();
    assert.deepEqual(Buffer.concat(received), Buffer.concat(sent));
  });

  it('watches a socket whoever made it', async () => {
    const socket = letOnlyEncryptedOut(net.connect(target));
    const broken = once(socket, 'error') as Promise<[Error & { code: string }]>;
    socket.write(packet(login7, Buffer.from('password')));
    assert.equal((await broken)[0].code, notEncryptedCode);
  });
});
