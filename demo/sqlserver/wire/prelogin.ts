import { ByteReader, ProtocolError } from './byteReader';
import type { ByteWriter } from './byteWriter';
import { serverVersion } from './version';

/** PRELOGIN options (MS-TDS 2.2.6.5). */
const Option = { version: 0x00, encryption: 0x01, instance: 0x02, threadId: 0x03, mars: 0x04, end: 0xff } as const;

/** Values of the encryption option. */
const Encryption = { off: 0x00, on: 0x01, notSupported: 0x02, required: 0x03 } as const;

/** What the server does about encryption: has none, encrypts for clients that ask, or turns away those that don't. */
export type EncryptionPolicy = 'off' | 'on' | 'required';

/** How a connection goes on after prelogin. `mismatch`: one side insists and the other can't; the client hangs up. */
export type EncryptionOutcome = 'none' | 'login only' | 'full' | 'mismatch';

/** The client's encryption option; without one it wants as little as possible. */
export function parsePrelogin(payload: Buffer): number {
  const reader = new ByteReader(payload);
  let encryption: number = Encryption.off;
  for (let token = reader.uint8(); token !== Option.end; token = reader.uint8()) {
    const offset = reader.bytes(2).readUInt16BE();
    const length = reader.bytes(2).readUInt16BE();
    const data = reader.slice(offset, length);
    if (token !== Option.encryption) continue;
    if (length !== 1) throw new ProtocolError('The encryption option has the wrong length.');
    // The high bit announces a client certificate, which is for the TLS handshake to ask for.
    encryption = data.readUInt8() & 0x03;
  }
  return encryption;
}

/** The server's answer and what it means, as the table in MS-TDS 2.2.6.5 combines the two sides. */
export function negotiateEncryption(client: number, policy: EncryptionPolicy): [answer: number, EncryptionOutcome] {
  const clientInsists = client === Encryption.on || client === Encryption.required;
  if (policy === 'off') return [Encryption.notSupported, clientInsists ? 'mismatch' : 'none'];
  if (clientInsists) return [Encryption.on, 'full'];
  if (policy === 'required') return [Encryption.required, client === Encryption.notSupported ? 'mismatch' : 'full'];
  return client === Encryption.notSupported ? [Encryption.notSupported, 'none'] : [Encryption.off, 'login only'];
}

/** The server's PRELOGIN answer: no MARS, the default instance, no federated authentication. */
export function writePrelogin(bytes: ByteWriter, encryption: number): void {
  const { major, minor, build } = serverVersion;
  const options: [token: number, data: readonly number[]][] = [
    [Option.version, [major, minor, build >> 8, build & 0xff, 0, 0]],
    [Option.encryption, [encryption]],
    [Option.instance, [0]],
    [Option.threadId, []],
    [Option.mars, [0]],
  ];
  let offset = options.length * 5 + 1;
  for (const [token, data] of options) {
    bytes.uint8(token);
    bytes.bytes([offset >> 8, offset & 0xff, data.length >> 8, data.length & 0xff]);
    offset += data.length;
  }
  bytes.uint8(Option.end);
  for (const [, data] of options) bytes.bytes(data);
}
