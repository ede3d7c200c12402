import { ByteWriter } from './byteWriter';
import { DEFAULT_PACKET_SIZE, frame, HEADER_LENGTH, PacketType } from './packets';

/** Packets go out in groups of about this many bytes: fewer, larger writes. */
const GROUP_BYTES = 32 * 1024;

/** Where finished packets go; the promise, if any, resolves when more can be taken. */
export interface PacketSink {
  write(packets: Buffer): Promise<void> | undefined;
}

/**
 * One response at a time, sent as it is written: only what does not fill a group of packets stays in memory.
 */
export class Response {
  readonly bytes = new ByteWriter();
  packetSize = DEFAULT_PACKET_SIZE;
  processId = 0;
  #packetNumber = 1;
  #opened = false;

  /** @param beforeAnswer awaited before the first packet of a message goes out. */
  constructor(
    private readonly sink: PacketSink,
    private readonly beforeAnswer: () => Promise<void> | undefined,
  ) {}

  /** Sends the packets that are full, if they make a group. */
  flushFull(): Promise<void> | undefined {
    return this.bytes.length < GROUP_BYTES + this.packetSize ? undefined : this.#open(() => this.#sendFull());
  }

  /** Sends everything there is, though it may not fill a packet; the message goes on. */
  flush(): Promise<void> | undefined {
    return this.bytes.length === 0 ? undefined : this.#open(() => this.#send(this.bytes.length, false));
  }

  /** Sends the rest and ends the message. */
  finish(): Promise<void> | undefined {
    return this.#open(() => this.#send(this.bytes.length, true));
  }

  #open(send: () => Promise<void> | undefined): Promise<void> | undefined {
    if (this.#opened) return send();
    this.#opened = true;
    return this.beforeAnswer()?.then(send) ?? send();
  }

  #sendFull(): Promise<void> | undefined {
    const room = this.packetSize - HEADER_LENGTH;
    // The last packet carries the end of the message, so something must remain for it.
    const full = Math.floor((this.bytes.length - 1) / room);
    return full < 1 ? undefined : this.#send(full * room, false);
  }

  #send(length: number, endOfMessage: boolean): Promise<void> | undefined {
    const packets = frame(this.bytes.view().subarray(0, length), {
      type: PacketType.response,
      packetSize: this.packetSize,
      processId: this.processId,
      firstPacketNumber: this.#packetNumber,
      endOfMessage,
    });
    this.bytes.consume(length);
    this.#packetNumber += Math.ceil(length / (this.packetSize - HEADER_LENGTH));
    if (endOfMessage) {
      this.#packetNumber = 1;
      this.#opened = false;
    }
    return this.sink.write(packets);
  }
}
