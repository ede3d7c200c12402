import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { DEFAULT_PACKET_SIZE, frame, PacketReader, PacketType, type Packet } from './packets';
import { acceptTls, EncryptedSide } from './tls';

/** TLS content types start here and end below; a TDS packet that wraps a handshake starts with 0x12. */
const FIRST_TLS_CONTENT_TYPE = 0x14;
const LAST_TLS_CONTENT_TYPE = 0x17;

export interface TransportEvents {
  packet(packet: Packet): void;
  /** Both directions are over, whoever ended them. */
  closed(): void;
  /** The client sent something that is no TDS. */
  malformed(error: unknown): void;
}

/**
 * Packets over one client's socket: in the clear, or under TLS whose handshake lies in PRELOGIN packets and whose
 * records, from the first one after the handshake, lie bare on the socket.
 */
export class Transport {
  readonly #packets = new PacketReader();
  readonly #wrapped = new PacketReader();
  #state: 'clear' | 'handshake' | 'tls' = 'clear';
  #encryptedSide: EncryptedSide | undefined;
  #tls: TLSSocket | undefined;
  #draining: Promise<void> | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly events: TransportEvents,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    // The client's end is the connection's: a half-open one could never be answered with anything it asked for.
    socket.on('end', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#encryptedSide?.destroy();
      this.#tls?.destroy();
      events.closed();
    });
  }

  get encrypted(): boolean {
    return this.#tls !== undefined;
  }

  /** From the next byte on the client speaks TLS. */
  startTls(context: SecureContext): void {
    this.#state = 'handshake';
    this.#encryptedSide = new EncryptedSide((bytes, sent) => this.#sendEncrypted(bytes, sent));
    this.#encryptedSide.on('error', () => this.destroy());
    this.#tls = acceptTls(this.#encryptedSide, context);
    this.#tls.on('data', (chunk: Buffer) => this.#receiveClear(chunk));
    // A client that does not trust the certificate ends the handshake with an alert.
    this.#tls.on('error', () => this.destroy());
  }

  /** Back to the clear, after a login that alone was encrypted. */
  endTls(): void {
    this.#state = 'clear';
    const tls = this.#tls;
    const encryptedSide = this.#encryptedSide;
    this.#tls = undefined;
    this.#encryptedSide = undefined;
    encryptedSide?.destroy();
    tls?.destroy();
  }

  /** The promise resolves when the client has taken enough for more to be sent, or is gone. */
  write(bytes: Buffer): Promise<void> | undefined {
    const stream = this.#tls ?? this.socket;
    if (this.socket.destroyed || stream.write(bytes)) return undefined;
    return (this.#draining ??= this.#drained(stream));
  }

  /** Hangs up when everything written is on its way. */
  end(): void {
    if (this.#tls) this.#tls.end(() => this.socket.end());
    else this.socket.end();
  }

  /** Hangs up at once. */
  destroy(): void {
    this.socket.destroy();
  }

  #drained(stream: Socket): Promise<void> {
    return new Promise((resolve) => {
      const proceed = (): void => {
        stream.off('drain', proceed);
        this.socket.off('close', proceed);
        this.#draining = undefined;
        resolve();
      };
      stream.on('drain', proceed);
      this.socket.on('close', proceed);
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#state === 'clear') this.#receiveClear(chunk);
    else if (this.#state === 'tls') this.#encryptedSide?.push(chunk);
    else this.#receiveHandshake(chunk);
  }

  #receiveHandshake(chunk: Buffer): void {
    const first = chunk[0] ?? 0;
    if (first >= FIRST_TLS_CONTENT_TYPE && first <= LAST_TLS_CONTENT_TYPE && this.#wrapped.empty) {
      // The client has our last handshake message, so nothing more is wrapped on our side either.
      this.#state = 'tls';
      this.#encryptedSide?.push(chunk);
      return;
    }
    try {
      for (const packet of this.#wrapped.push(chunk)) this.#encryptedSide?.push(packet.payload);
    } catch (error) {
      this.events.malformed(error);
    }
  }

  #receiveClear(chunk: Buffer): void {
    try {
      for (const packet of this.#packets.push(chunk)) this.events.packet(packet);
    } catch (error) {
      this.events.malformed(error);
    }
  }

  #sendEncrypted(bytes: Buffer, sent: (error?: Error | null) => void): void {
    if (this.socket.destroyed) {
      sent();
      return;
    }
    // One flight of the handshake is one message: clients read exactly one for each that they send.
    const wrapped =
      this.#state === 'handshake'
        ? frame(bytes, {
            type: PacketType.prelogin,
            packetSize: DEFAULT_PACKET_SIZE,
            processId: 0,
            firstPacketNumber: 1,
            endOfMessage: true,
          })
        : bytes;
    this.socket.write(wrapped, sent);
  }
}
