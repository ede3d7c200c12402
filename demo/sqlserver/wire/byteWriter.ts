const INITIAL_CAPACITY = 16 * 1024;

/** A buffer that grows as it is written to. TDS is little-endian and its text UTF-16LE. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = INITIAL_CAPACITY) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written and not yet consumed; valid until the next write. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Forgets the first `count` bytes. */
  consume(count: number): void {
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  /** Takes back what was written from `length` on. */
  truncate(length: number): void {
    this.#length = length;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#length = this.#buffer.writeUInt16LE(value, this.#length);
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#length = this.#buffer.writeInt16LE(value, this.#length);
  }

  /** An unsigned integer of 3 or 5 bytes, as times and dates use. */
  uint(value: number, bytes: number): void {
    this.#reserve(bytes);
    this.#length = this.#buffer.writeUIntLE(value, this.#length, bytes);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32LE(value, this.#length);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  uint32BigEndian(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigInt64LE(value, this.#length);
  }

  uint64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigUInt64LE(value, this.#length);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeFloatLE(value, this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  bytes(value: ArrayLike<number>): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  hex(value: string): void {
    const bytes = value.length / 2;
    this.#reserve(bytes);
    if (this.#buffer.write(value, this.#length, bytes, 'hex') !== bytes) {
      throw new TypeError(`Not hexadecimal: ${value}`);
    }
    this.#length += bytes;
  }

  utf16(value: string): void {
    const bytes = value.length * 2;
    this.#reserve(bytes);
    this.#buffer.write(value, this.#length, bytes, 'utf16le');
    this.#length += bytes;
  }

  /** Text behind its length in characters, one byte (B_VARCHAR): at most 255 characters. */
  shortText(value: string): void {
    const text = value.length > 255 ? value.slice(0, 255) : value;
    this.uint8(text.length);
    this.utf16(text);
  }

  /** Text behind its length in characters, two bytes (US_VARCHAR). */
  text(value: string): void {
    const text = value.length > 0xffff ? value.slice(0, 0xffff) : value;
    this.uint16(text.length);
    this.utf16(text);
  }

  /** Puts a 16-bit number at a place already written. */
  setUint16(position: number, value: number): void {
    this.#buffer.writeUInt16LE(value, position);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
