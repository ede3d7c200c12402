import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import { constants } from 'node:crypto';
import { generate } from 'selfsigned';

/** A server certificate and its key, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for loopback, as a SQL Server without one makes for itself when it starts. */
export async function selfSignedCertificate(): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'SSL_Self_Signed_Fallback' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** TDS 7 wraps the handshake in packets, which works up to TLS 1.2: 1.3 goes on with it after the login. */
export function secureContext({ key, cert }: Certificate): SecureContext {
  return createSecureContext({
    key,
    cert,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
}

/**
 * The encrypted side of a connection: what the TLS layer writes goes to `send`, a whole flight at a time; what the
 * client sent is put in with `push`.
 */
export class EncryptedSide extends Duplex {
  constructor(private readonly send: (bytes: Buffer, sent: (error?: Error | null) => void) => void) {
    super({ decodeStrings: true });
  }

  override _read(): void {
    // Bytes are pushed when they arrive.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }
}

/** The server's end of a TLS session over `encrypted`. */
export function acceptTls(encrypted: EncryptedSide, context: SecureContext): TLSSocket {
  return new TLSSocket(encrypted, { isServer: true, secureContext: context });
}
