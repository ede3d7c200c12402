/**
 * Connections over which nothing leaves unencrypted but the negotiation of TLS. The driver is asked to encrypt, and signs in all the
 * same, the password readable, where the other side says that it can't (tedious 19.2). So the bytes themselves are watched here.
 */
import type { Socket } from 'node:net';
import { connectPromptly } from './serverSocket';

/** The code of the error with which a connection ends over which something would have left unencrypted. */
export const notEncryptedCode = 'ENOTENCRYPTED';

/** For the driver's option `connector`; rejects as `connectPromptly` does. */
export async function connectEncryptedOnly(...call: Parameters<typeof connectPromptly>): Promise<Socket> {
  return letOnlyEncryptedOut(await connectPromptly(...call));
}

/** From now on a write that is not encrypted destroys the socket, with an error of `notEncryptedCode`, and sends nothing. */
export function letOnlyEncryptedOut(socket: Socket): Socket {
  const leaving = new LeavingBytes();
  const write = socket._write.bind(socket);
  const writeAll = socket._writev?.bind(socket);
  const refusal = (): Error => Object.assign(new Error('unencrypted data was held back'), { code: notEncryptedCode });
  socket._write = (chunk: unknown, encoding, callback) => {
    if (leaving.mayLeave(asBytes(chunk, encoding))) write(chunk, encoding, callback);
    else callback(refusal());
  };
  if (writeAll !== undefined)
    socket._writev = (chunks, callback) => {
      if (chunks.every(({ chunk, encoding }) => leaving.mayLeave(asBytes(chunk, encoding)))) writeAll(chunks, callback);
      else callback(refusal());
    };
  return socket;
}

function asBytes(chunk: unknown, encoding: BufferEncoding): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  return Buffer.from(String(chunk), encoding);
}

/** The packet that negotiates, the TLS handshake within it (MS-TDS 2.2.3.1.1). */
const prelogin = 0x12;
/** Records of TLS: change of cipher, alert, handshake, data (RFC 5246, 6.2.1). No packet of TDS has one of these types. */
const firstTlsRecord = 0x14;
const lastTlsRecord = 0x17;

/** Follows what leaves from packet to packet and record to record, however it is cut into pieces. */
export class LeavingBytes {
  #header: number[] = [];
  /** Bytes still to come of the packet or record that has begun. */
  #left = 0;

  /** Whether these bytes, which follow those asked about before, may leave. After a no nothing may. */
  mayLeave(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length;) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at);
        this.#left -= step;
        at += step;
        continue;
      }
      this.#header.push(bytes[at] ?? 0);
      at += 1;
      if (!this.#headerIsAllowed()) return false;
    }
    return true;
  }

  #headerIsAllowed(): boolean {
    const [type = 0, , ...rest] = this.#header;
    const isRecord = type >= firstTlsRecord && type <= lastTlsRecord;
    if (!isRecord && type !== prelogin) return false;
    // A record's length stands in bytes 3 and 4 and leaves its header out; a packet's in 2 and 3 and counts them.
    const [high, low] = isRecord ? rest.slice(1) : rest;
    if (high === undefined || low === undefined) return true;
    const length = high * 256 + low - (isRecord ? 0 : this.#header.length);
    if (length < 0) return false;
    this.#header = [];
    this.#left = length;
    return true;
  }
}
