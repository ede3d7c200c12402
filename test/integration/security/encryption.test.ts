import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { ShopError } from '../../../src/sync/errors';
import type { SqlServerSettings } from '../../../src/sync/settings';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { LeavingBytes } from '../../../src/sync/sqlserver/encryptedOnly';
import { startServer } from '../../../demo/sqlserver/server';
import { FakeEngine } from '../../standin/fakeEngine';
import { never, noLog } from '../sqlserver/configuredShop';

const password = 'Never-In-The-Clear-1';
const settings: SqlServerSettings = {
  server: '',
  database: 'Shop',
  table: 'dbo.Products',
  authentication: 'password',
  username: 'till',
  encrypt: true,
  trustServerCertificate: true,
};

/** A PRELOGIN answer (MS-TDS 2.2.6.5) with the version, and the encryption option unless it is left out. */
function preloginAnswer(encryption: number | null): Buffer {
  const options: readonly (readonly [token: number, data: Buffer])[] = [
    [0x00, Buffer.from([16, 0, 0, 0, 0, 0])],
    ...(encryption === null ? [] : [[0x01, Buffer.from([encryption])] as const]),
  ];
  let offset = options.length * 5 + 1;
  const heads = options.map(([token, data]) => {
    const head = Buffer.alloc(5);
    head.writeUInt8(token, 0);
    head.writeUInt16BE(offset, 1);
    head.writeUInt16BE(data.length, 3);
    offset += data.length;
    return head;
  });
  const payload = Buffer.concat([...heads, Buffer.from([0xff]), ...options.map(([, data]) => data)]);
  const header = Buffer.from([0x04, 0x01, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(payload.length + header.length, 2);
  return Buffer.concat([header, payload]);
}

/** Types of the packets in what a client sent; a last one that is cut off counts. */
function packetTypes(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(8, bytes.length >= at + 4 ? bytes.readUInt16BE(at + 2) : 8))
    types.push(bytes.readUInt8(at));
  return types;
}

/** The password as LOGIN7 has it: UTF-16, nibbles swapped, XOR 0xA5 (MS-TDS 2.2.6.4). No secret to anybody. */
function disguised(text: string): Buffer {
  return Buffer.from([...Buffer.from(text, 'utf16le')].map((byte) => (((byte & 0x0f) << 4) | (byte >> 4)) ^ 0xa5));
}

describe('Signing in to SQL Server', () => {
  let server: net.Server;
  let received: Buffer[];
  let answer: Buffer[];

  beforeEach(async () => {
    received = [];
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        for (const piece of answer) socket.write(piece);
      });
      socket.on('data', (chunk) => received.push(chunk));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  function connect(changes: Partial<SqlServerSettings> = {}): SqlServerConnection {
    const { port } = server.address() as AddressInfo;
    return new SqlServerConnection({ ...settings, server: `127.0.0.1,${port}`, ...changes }, password, 'writer', noLog);
  }

  for (const [what, encryption] of [
    ['that it has no encryption', 0x02],
    ['that encryption is off', 0x00],
    ['nothing about encryption', null],
    ['something unknown about encryption', 0x7f],
  ] as const)
    it(`sends no password where the server says ${what}`, async () => {
      answer = [preloginAnswer(encryption)];
      const connection = connect();
      await assert.rejects(connection.batch('SELECT 1', never), (error) => {
        assert.ok(error instanceof ShopError);
        assert.equal(error.code, 'sql-not-encrypted');
        assert.match(error.message, /offers no encrypted connection/);
        assert.equal(error.remedy, 'configure');
        return true;
      });
      await connection.close();
      const bytes = Buffer.concat(received);
      assert.deepEqual(packetTypes(bytes), [0x12]);
      assert.ok(!bytes.includes(disguised(password)));
    });

  it('sends no password where the answer comes byte by byte', async () => {
    answer = [...preloginAnswer(0x02)].map((byte) => Buffer.from([byte]));
    const connection = connect();
    await assert.rejects(connection.batch('SELECT 1', never), { code: 'sql-not-encrypted' });
    await connection.close();
    assert.deepEqual(packetTypes(Buffer.concat(received)), [0x12]);
  });

  it('sends the password readable only where the user has turned encryption off', async () => {
    answer = [preloginAnswer(0x02)];
    const arrived = new Promise<void>((resolve) =>
      server.on('connection', (socket) =>
        socket.on('data', () => {
          if (Buffer.concat(received).includes(disguised(password))) resolve();
        }),
      ),
    );
    const connection = connect({ encrypt: false });
    const refused = assert.rejects(connection.batch('SELECT 1', never));
    await arrived;
    await connection.close();
    await refused;
  });
});

describe('A server that encrypts', () => {
  for (const policy of ['on', 'required'] as const)
    it(`(${policy}) is signed in to, and everything after that is encrypted as well`, async () => {
      const engine = new FakeEngine();
      const running = await startServer({ engine, encrypt: policy, onError: (error) => assert.fail(String(error)) });
      const sent: Buffer[] = [];
      const relay = net.createServer((client) => {
        const onward = net.connect(running.port, '127.0.0.1');
        client.on('data', (chunk) => sent.push(chunk));
        client.on('error', () => undefined);
        onward.on('error', () => undefined);
        client.pipe(onward).pipe(client);
      });
      relay.listen(0, '127.0.0.1');
      await once(relay, 'listening');
      const server = `127.0.0.1,${(relay.address() as AddressInfo).port}`;
      const connection = new SqlServerConnection({ ...settings, server, username: 'sa' }, 'secret', 'reader', noLog);
      await connection.batch(`SELECT N'${'x'.repeat(20_000)}'`, never);
      await connection.close();
      relay.close();
      await once(relay, 'close');
      await running.close();
      assert.equal(engine.logins[0]?.password, 'secret');
      assert.equal(engine.executed.length, 1);
      assert.ok(new LeavingBytes().mayLeave(Buffer.concat(sent)));
    });
});
