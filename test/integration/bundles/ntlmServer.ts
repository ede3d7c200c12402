/**
 * As much of a SQL Server in a domain as it takes to sign in to it (MS-TDS 2.2.6, MS-NLMP): asks for NTLM, checks the answer, and has
 * nothing to say after that. It has one account, and does not encrypt.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export const account = { domain: 'SHOP', user: 'anna', password: 'password' } as const;
/** MD4 of the password in UTF-16, which Node's own OpenSSL does not have any more. */
const passwordHash = Buffer.from('8846f7eaee8fb117ad06bdd830b7586c', 'hex');

const packet = { batch: 0x01, response: 0x04, login7: 0x10, sspi: 0x11, prelogin: 0x12 } as const;
const headerLength = 8;
const doneToken = Buffer.from([0xfd, ...Array<number>(12).fill(0)]);

export interface NtlmServer {
  readonly port: number;
  /** Who has signed in, as `DOMAIN\user`. */
  readonly signedIn: readonly string[];
  close(): Promise<void>;
}

export async function startNtlmServer(): Promise<NtlmServer> {
  const signedIn: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket, (who) => signedIn.push(who));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    signedIn,
    async close() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

function serve(socket: Socket, signedIn: (who: string) => void): void {
  const nonce = randomBytes(8);
  let pending: Buffer = Buffer.alloc(0);
  let message: Buffer = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= headerLength && pending.length >= pending.readUInt16BE(2)) {
      const length = pending.readUInt16BE(2);
      const [type, isLast] = [pending.readUInt8(0), (pending.readUInt8(1) & 1) !== 0];
      message = Buffer.concat([message, pending.subarray(headerLength, length)]);
      pending = pending.subarray(length);
      if (!isLast) continue;
      socket.write(inPacket(answer(type, message, nonce, signedIn)));
      message = Buffer.alloc(0);
    }
  });
}

function answer(type: number, message: Buffer, nonce: Buffer, signedIn: (who: string) => void): Buffer {
  switch (type) {
    case packet.prelogin:
      return withoutEncryption();
    case packet.login7:
      return challenge(nonce);
    case packet.sspi: {
      const who = accountOf(message, nonce);
      if (who === null) return loginFailed();
      signedIn(who);
      return Buffer.concat([loginAck(), doneToken]);
    }
    default:
      return doneToken;
  }
}

function inPacket(payload: Buffer): Buffer {
  const header = Buffer.from([packet.response, 1, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(headerLength + payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** VERSION and ENCRYPTION: "not supported". */
function withoutEncryption(): Buffer {
  return Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]);
}

function challenge(nonce: Buffer): Buffer {
  const domain = Buffer.from(account.domain, 'utf16le');
  const targetInfo = Buffer.alloc(4);
  const message = Buffer.alloc(56);
  message.write('NTLMSSP\0', 'latin1');
  message.writeUInt32LE(2, 8);
  for (const offset of [12, 14]) message.writeUInt16LE(domain.length, offset);
  message.writeUInt32LE(56, 16);
  nonce.copy(message, 24);
  for (const offset of [40, 42]) message.writeUInt16LE(targetInfo.length, offset);
  message.writeUInt32LE(56 + domain.length, 44);
  const whole = Buffer.concat([message, domain, targetInfo]);
  const head = Buffer.from([0xed, 0, 0]);
  head.writeUInt16LE(whole.length, 1);
  return Buffer.concat([head, whole]);
}

/** Null where the LMv2 response is not that of somebody who knows the password. */
function accountOf(message: Buffer, nonce: Buffer): string | null {
  const field = (offset: number): Buffer => {
    const start = message.readUInt32LE(offset + 4);
    return message.subarray(start, start + message.readUInt16LE(offset));
  };
  const [response, domain, user] = [field(12), field(28).toString('utf16le'), field(36).toString('utf16le')];
  const identity = Buffer.from(`${user}${domain}`.toUpperCase(), 'utf16le');
  const key = createHmac('md5', passwordHash).update(identity).digest();
  const proof = createHmac('md5', key).update(nonce).update(response.subarray(16)).digest();
  return proof.equals(response.subarray(0, 16)) ? `${domain}\\${user}` : null;
}

function loginAck(): Buffer {
  const name = Buffer.from('Microsoft SQL Server', 'utf16le');
  const body = Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4, name.length / 2]), name, Buffer.from([16, 0, 0, 0])]);
  const head = Buffer.from([0xad, 0, 0]);
  head.writeUInt16LE(body.length, 1);
  return Buffer.concat([head, body]);
}

function loginFailed(): Buffer {
  const text = Buffer.from('Login failed.', 'utf16le');
  const body = Buffer.alloc(6 + 2 + text.length + 1 + 1 + 4);
  body.writeInt32LE(18456, 0);
  body.writeUInt8(1, 4);
  body.writeUInt8(14, 5);
  body.writeUInt16LE(text.length / 2, 6);
  text.copy(body, 8);
  const head = Buffer.from([0xaa, 0, 0]);
  head.writeUInt16LE(body.length, 1);
  const failed = Buffer.from(doneToken);
  failed.writeUInt16LE(2, 1);
  return Buffer.concat([head, body, failed]);
}
