/** What the client sent is no TDS. The connection can't go on: where the next message starts is unknown. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Reads a message from front to back. Every read past its end is a ProtocolError. */
export class ByteReader {
  #position = 0;

  constructor(private readonly buffer: Buffer) {}

  get remaining(): number {
    return this.buffer.length - this.#position;
  }

  uint8(): number {
    return this.buffer.readUInt8(this.#advance(1));
  }

  /** The next byte, left in place. */
  peek(): number {
    const position = this.#advance(1);
    this.#position = position;
    return this.buffer.readUInt8(position);
  }

  uint16(): number {
    return this.buffer.readUInt16LE(this.#advance(2));
  }

  int16(): number {
    return this.buffer.readInt16LE(this.#advance(2));
  }

  /** An unsigned integer of up to 6 bytes. */
  uint(bytes: number): number {
    return this.buffer.readUIntLE(this.#advance(bytes), bytes);
  }

  int32(): number {
    return this.buffer.readInt32LE(this.#advance(4));
  }

  uint32(): number {
    return this.buffer.readUInt32LE(this.#advance(4));
  }

  int64(): bigint {
    return this.buffer.readBigInt64LE(this.#advance(8));
  }

  uint64(): bigint {
    return this.buffer.readBigUInt64LE(this.#advance(8));
  }

  float(): number {
    return this.buffer.readFloatLE(this.#advance(4));
  }

  double(): number {
    return this.buffer.readDoubleLE(this.#advance(8));
  }

  bytes(count: number): Buffer {
    const start = this.#advance(count);
    return this.buffer.subarray(start, start + count);
  }

  utf16(characters: number): string {
    return this.bytes(characters * 2).toString('utf16le');
  }

  /** Text behind its length in characters, one byte (B_VARCHAR). */
  shortText(): string {
    return this.utf16(this.uint8());
  }

  /** Text behind its length in characters, two bytes (US_VARCHAR). */
  text(): string {
    return this.utf16(this.uint16());
  }

  /** The part of the message from `offset` on, as LOGIN7 and PRELOGIN point into themselves. */
  slice(offset: number, bytes: number): Buffer {
    if (offset + bytes > this.buffer.length) throw new ProtocolError('A field points outside the message.');
    return this.buffer.subarray(offset, offset + bytes);
  }

  #advance(bytes: number): number {
    const start = this.#position;
    if (start + bytes > this.buffer.length) throw new ProtocolError('The message ends in the middle of a field.');
    this.#position = start + bytes;
    return start;
  }
}
