import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Connection } from 'tedious';
import { ByteWriter } from '../../demo/sqlserver/wire/byteWriter';
import { frame, PacketReader, PacketType, type Packet } from '../../demo/sqlserver/wire/packets';
import { EncryptedSide } from '../../demo/sqlserver/wire/tls';
import { rejection, withWire, type Wire } from './wireClient';

const nothing = (): void => undefined;

/** A login by tedious itself, which tells every error of it; mssql tells one. */
async function failedLogin({ server }: Wire, options: Record<string, unknown>): Promise<number[]> {
  const connection = new Connection({
    server: 'localhost',
    authentication: { type: 'default', options: { userName: 'sa', password: 'secret' } },
    options: { port: server.port, encrypt: false, ...options },
  });
  const errors: number[] = [];
  connection.on('errorMessage', ({ number }) => errors.push(number));
  connection.on('error', nothing);
  const failed = once(connection, 'connect');
  connection.connect(nothing);
  const [error] = (await failed) as [Error | undefined];
  assert.ok(error);
  connection.close();
  return errors;
}

describe('A login', () => {
  it('hands the engine what the client says about itself', () =>
    withWire(nothing, async ({ connect, engine }) => {
      await connect({ options: { appName: 'the shop' } });
      const { hostName, ...login } = engine.logins[0]!;
      assert.deepEqual(login, { user: 'sa', password: 'secret', database: 'Shop', applicationName: 'the shop' });
      assert.notEqual(hostName, '');
    }));

  it('carries any password, unspoilt', () =>
    withWire(nothing, async ({ connect, engine }) => {
      const password = 'Pä$$ "\'; 🎁 \\ {x}';
      await rejection(connect({ password }));
      assert.equal(engine.logins[0]?.password, password);
    }));

  it('with a wrong password fails with 18456 and hangs up', () =>
    withWire(nothing, async (wire) => {
      const error = await rejection(wire.connect({ password: 'wrong' }));
      assert.equal(error['code'], 'ELOGIN');
      assert.equal(error.message, "Login failed for user 'sa'.");
      assert.deepEqual(wire.server.connections(), []);
    }));

  it('to an unknown database fails with 4060 and then 18456, as SQL Server tells it', () =>
    withWire(nothing, async (wire) => {
      assert.deepEqual(await failedLogin(wire, { database: 'Nowhere' }), [4060, 18456]);
    }));

  it('by a Windows account fails with 18452', () =>
    withWire(nothing, async (wire) => {
      const pool = wire.connect({
        authentication: { type: 'ntlm', options: { domain: 'SHOP', userName: 'u', password: 'p' } },
      } as never);
      assert.match((await rejection(pool)).message, /untrusted domain/);
      assert.deepEqual(wire.engine.logins, []);
    }));

  it('agrees on the packet size that the client asks for', () =>
    withWire(
      ({ sink }) => {
        sink.columns([{ name: 'x', type: { name: 'varchar', length: 8000 }, nullable: false }]);
        void sink.row(['x'.repeat(8000)]);
        sink.statementDone({ rowCount: 1, isSelect: true });
      },
      async ({ connect }) => {
        for (const packetSize of [512, 4096, 32767]) {
          const pool = await connect({ options: { packetSize } });
          // The request is longer than a packet, too.
          const { recordset } = await pool.request().batch<{ x: string }>(`select /* ${'-'.repeat(40_000)} */`);
          assert.equal(recordset[0]?.x.length, 8000);
        }
      },
    ));
});

describe('Encryption', () => {
  it('is as the client asks', () =>
    withWire(nothing, async ({ connect, server }) => {
      for (const encrypt of [true, false]) {
        const pool = await connect({ options: { encrypt } });
        await pool.request().batch('use the connection');
        assert.equal(server.connections().at(-1)?.encrypted, encrypt);
      }
    }));

  it('fails on a self-signed certificate that the client was not told to trust', () =>
    withWire(nothing, async ({ connect, engine }) => {
      const error = await rejection(connect({ options: { encrypt: true, trustServerCertificate: false } }));
      assert.match(error.message, /self.signed certificate/i);
      assert.deepEqual(engine.logins, []);
    }));

  it('works with the certificate checked by a client that knows it', () =>
    withWire(nothing, async ({ connect, server, engine }) => {
      const cryptoCredentialsDetails = { ca: server.certificate };
      await connect({ options: { encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails } });
      assert.equal(engine.logins[0]?.user, 'sa');
    }));

  it('carries a large result both ways', () =>
    withWire(
      async ({ request, sink }) => {
        sink.columns([{ name: 'x', type: { name: 'nvarchar', length: -1 }, nullable: false }]);
        await sink.row([request.kind === 'batch' ? request.sql : '']);
        sink.statementDone({ rowCount: 1, isSelect: true });
      },
      async ({ connect }) => {
        const pool = await connect({ options: { encrypt: true } });
        const batch = `select ${'🎁'.repeat(300_000)}`;
        const { recordset } = await pool.request().batch<{ x: string }>(batch);
        assert.equal(recordset[0]?.x === batch, true);
      },
    ));

  it('that the server requires turns away clients without', () =>
    withWire(
      nothing,
      async ({ connect, server }) => {
        const error = await rejection(connect({ options: { encrypt: false } }));
        assert.match(error.message, /requires encryption/);
        const pool = await connect({ options: { encrypt: true } });
        await pool.request().batch('use the connection');
        assert.equal(server.connections().at(-1)?.encrypted, true);
      },
      { encrypt: 'required' },
    ));

  it('that the server does not support leaves the connection in the clear', () =>
    withWire(
      nothing,
      async ({ connect, server }) => {
        const pool = await connect({ options: { encrypt: false } });
        await pool.request().batch('use the connection');
        assert.equal(server.certificate, undefined);
        assert.equal(server.connections().at(-1)?.encrypted, false);
        assert.match((await rejection(connect({ options: { encrypt: true } }))).message, /.+/);
      },
      { encrypt: 'off' },
    ));

  it('of the login alone ends with the login', () =>
    withWire(nothing, async ({ server, engine }) => {
      const answer = await loginEncryptedAlone(server.port);
      assert.equal(engine.logins[0]?.password, 'secret');
      // Sent in the clear: a response that starts with ENVCHANGE.
      assert.deepEqual([answer.type, answer.payload[0]], [PacketType.response, 0xe3]);
      assert.equal(server.connections()[0]?.encrypted, false);
    }));
});

describe('A client that speaks no TDS', () => {
  for (const [what, bytes] of [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: shop\r\n\r\n')],
    ['a PRELOGIN without an end', Buffer.from([PacketType.prelogin, 1, 0, 10, 0, 0, 0, 0, 1, 1])],
    ['a request before the login', Buffer.from([PacketType.batch, 1, 0, 8, 0, 0, 0, 0])],
  ] as const) {
    it(`is hung up on: ${what}`, () =>
      withWire(nothing, async ({ server, failures }) => {
        const socket = connectSocket(server.port, '127.0.0.1');
        socket.on('error', nothing);
        socket.write(bytes);
        await once(socket, 'close');
        assert.deepEqual(failures, []);
      }));
  }
});

/** Logs in as FreeTDS does by default: TLS for LOGIN7 only. The first packet of the answer. */
async function loginEncryptedAlone(port: number): Promise<Packet> {
  const socket = connectSocket(port, '127.0.0.1');
  const send = (type: number, payload: Uint8Array): Buffer =>
    frame(payload, { type, packetSize: 4096, processId: 0, firstPacketNumber: 1, endOfMessage: true });
  const packets = new PacketReader();
  const received: Packet[] = [];
  let deliver: (packet: Packet) => void = (packet) => received.push(packet);
  socket.on('data', (chunk) => packets.push(chunk).forEach((packet) => deliver(packet)));
  const nextPacket = (): Promise<Packet> => new Promise((resolve) => (deliver = resolve));

  // PRELOGIN with one option: encryption off.
  const preloginAnswer = nextPacket();
  socket.write(send(PacketType.prelogin, Uint8Array.from([0x01, 0, 6, 0, 1, 0xff, 0x00])));
  const answer = await preloginAnswer;
  assert.equal(answer.payload[answer.payload.indexOf(0xff) + 1 + 6], 0x00, 'the server agrees to encrypt the login');

  let handshaking = true;
  const encrypted = new EncryptedSide((bytes, sent) => {
    socket.write(handshaking ? send(PacketType.prelogin, bytes) : bytes, sent);
  });
  deliver = ({ payload }) => encrypted.push(payload);
  const tls = connectTls({ socket: encrypted, rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  await once(tls, 'secureConnect');
  handshaking = false;

  const loginAnswer = nextPacket();
  tls.write(send(PacketType.login7, login7('sa', 'secret')));
  const packet = await loginAnswer;
  socket.destroy();
  return packet;
}

function login7(user: string, password: string): Buffer {
  const fixed = Buffer.alloc(94);
  const data = new ByteWriter();
  const refer = (field: number, text: string): void => {
    fixed.writeUInt16LE(fixed.length + data.length, field);
    fixed.writeUInt16LE(text.length, field + 2);
    data.utf16(text);
  };
  fixed.writeUInt32LE(0x74000004, 4);
  refer(40, user);
  const start = data.length;
  refer(44, password);
  const bytes = data.view();
  for (let at = start; at < bytes.length; at += 1) bytes[at] = ((bytes[at]! >> 4) | ((bytes[at]! << 4) & 0xf0)) ^ 0xa5;
  const login = Buffer.concat([fixed, bytes]);
  login.writeUInt32LE(login.length, 0);
  return login;
}
