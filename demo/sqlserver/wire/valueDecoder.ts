import { ProtocolError, type ByteReader } from './byteReader';
import { scaled } from './decimals';
import { PLP_NULL } from './typeTokens';

/** The canonical text of parameter values, from the bytes that follow their length. */

/** Bytes behind a length of `lengthBytes` bytes. */
export function binary(reader: ByteReader, lengthBytes: number): Buffer {
  return reader.bytes(reader.uint(lengthBytes));
}

/** A value of a MAX type: chunks up to an empty one. The length before them may be unknown and says nothing more. */
export function chunked(reader: ByteReader): Buffer | null {
  if (reader.uint64() === PLP_NULL) return null;
  const chunks: Buffer[] = [];
  for (let length = reader.uint32(); length > 0; length = reader.uint32()) chunks.push(reader.bytes(length));
  return Buffer.concat(chunks);
}

/** tinyint and bit are unsigned, the longer ones signed. */
export function integerText(data: Buffer): string {
  switch (data.length) {
    case 1:
      return String(data.readUInt8());
    case 2:
      return String(data.readInt16LE());
    case 4:
      return String(data.readInt32LE());
    case 8:
      return String(data.readBigInt64LE());
    default:
      throw new ProtocolError(`An integer of ${data.length} bytes.`);
  }
}

export function floatText(data: Buffer): string {
  return String(data.readDoubleLE());
}

/** The shortest digits that are this number as a real. */
export function realText(data: Buffer): string {
  const value = data.readFloatLE();
  for (let precision = 6; precision <= 9; precision += 1) {
    const shorter = Number(value.toPrecision(precision));
    if (Math.fround(shorter) === value) return String(shorter);
  }
  return String(value);
}

export function moneyText(data: Buffer): string {
  if (data.length === 4) return scaled(BigInt(data.readInt32LE()), 4);
  return scaled((BigInt(data.readInt32LE(0)) << 32n) | BigInt(data.readUInt32LE(4)), 4);
}

export function decimalText(data: Buffer, scale: number): string {
  let value = 0n;
  for (let index = data.length - 1; index >= 1; index -= 1) value = (value << 8n) | BigInt(data[index] ?? 0);
  return scaled(data[0] === 0 ? -value : value, scale);
}

export function guidText(data: Buffer): string {
  const number = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const groups = [
    number(data.readUInt32LE(0), 8),
    number(data.readUInt16LE(4), 4),
    number(data.readUInt16LE(6), 4),
    data.toString('hex', 8, 10),
    data.toString('hex', 10, 16),
  ];
  return groups.join('-').toUpperCase();
}

export function nationalText(data: Buffer): string {
  return data.toString('utf16le');
}

export function binaryText(data: Buffer): string {
  return data.toString('hex');
}
