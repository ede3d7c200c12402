import { ProtocolError } from './byteReader';

/** Packet types (MS-TDS 2.2.3.1.1). */
export const PacketType = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  transactionManager: 0x0e,
  login7: 0x10,
  prelogin: 0x12,
} as const;

const packetTypes: ReadonlySet<number> = new Set(Object.values(PacketType));

const Status = { endOfMessage: 0x01, ignore: 0x02, reset: 0x08, resetKeepingTransaction: 0x10 } as const;

export const HEADER_LENGTH = 8;
export const DEFAULT_PACKET_SIZE = 4096;
export const MAX_PACKET_SIZE = 32767;

export interface Packet {
  readonly type: number;
  readonly status: number;
  readonly payload: Buffer;
}

/** What a client sends in one go: a request, made of one or more packets. */
export interface Message {
  readonly type: number;
  readonly payload: Buffer;
  /** The client asks for a fresh session before this request, as connection pools do. */
  readonly reset: 'no' | 'yes' | 'keep transaction';
  /** The client gave up while sending: the message must not be executed. */
  readonly ignored: boolean;
}

/** Cuts a stream of bytes into packets. */
export class PacketReader {
  #pending: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Packet[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const packets: Packet[] = [];
    while (this.#pending.length >= HEADER_LENGTH) {
      const type = this.#pending.readUInt8(0);
      const length = this.#pending.readUInt16BE(2);
      if (!packetTypes.has(type)) throw new ProtocolError(`A packet of type ${type}.`);
      if (length < HEADER_LENGTH || length > MAX_PACKET_SIZE) throw new ProtocolError(`A packet of ${length} bytes.`);
      if (this.#pending.length < length) break;
      packets.push({
        type,
        status: this.#pending.readUInt8(1),
        payload: this.#pending.subarray(HEADER_LENGTH, length),
      });
      this.#pending = this.#pending.subarray(length);
    }
    return packets;
  }

  /** Whether the bytes so far are whole packets. */
  get empty(): boolean {
    return this.#pending.length === 0;
  }
}

/** Puts packets together to messages. */
export class MessageAssembler {
  #packets: Packet[] = [];

  /** The message that this packet completes, if it does. */
  add(packet: Packet): Message | undefined {
    const first = this.#packets[0] ?? packet;
    if (first.type !== packet.type) throw new ProtocolError('A message changes its type.');
    this.#packets.push(packet);
    if ((packet.status & Status.endOfMessage) === 0) return undefined;
    const payload = this.#packets.length === 1 ? packet.payload : Buffer.concat(this.#packets.map((p) => p.payload));
    this.#packets = [];
    return {
      type: packet.type,
      payload,
      reset: resetAsked(first.status),
      ignored: (packet.status & Status.ignore) !== 0,
    };
  }
}

function resetAsked(status: number): Message['reset'] {
  if ((status & Status.resetKeepingTransaction) !== 0) return 'keep transaction';
  return (status & Status.reset) === 0 ? 'no' : 'yes';
}

export interface Framing {
  readonly type: number;
  /** Of a whole packet, header included. */
  readonly packetSize: number;
  readonly processId: number;
  /** The number of the first packet within its message, from 1. */
  readonly firstPacketNumber: number;
  /** Whether the last packet ends the message. */
  readonly endOfMessage: boolean;
}

/** The payload in packets of the size given, as one buffer; a message without payload is one empty packet. */
export function frame(payload: Uint8Array, framing: Framing): Buffer {
  const room = framing.packetSize - HEADER_LENGTH;
  const count = Math.max(1, Math.ceil(payload.length / room));
  const framed = Buffer.allocUnsafe(payload.length + count * HEADER_LENGTH);
  let position = 0;
  for (let index = 0; index < count; index += 1) {
    const part = payload.subarray(index * room, (index + 1) * room);
    const last = framing.endOfMessage && index === count - 1;
    framed[position] = framing.type;
    framed[position + 1] = last ? Status.endOfMessage : 0;
    framed.writeUInt16BE(part.length + HEADER_LENGTH, position + 2);
    framed.writeUInt16BE(framing.processId & 0xffff, position + 4);
    framed[position + 6] = (framing.firstPacketNumber + index) & 0xff;
    framed[position + 7] = 0;
    framed.set(part, position + HEADER_LENGTH);
    position += HEADER_LENGTH + part.length;
  }
  return framed;
}
