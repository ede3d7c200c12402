import type { SqlType } from '../contract';
import type { ByteWriter } from './byteWriter';
import { wireCollation, type CodePage } from './collations';
import { MAX_LENGTH, NULL_LENGTH, PLP_NULL, TypeToken } from './typeTokens';
import type { ValueEncoder } from './encoding';

/** Most bytes of a value outside the MAX types. */
const MAX_SHORT_BYTES = 8000;

/** Most bytes of a sql_variant, its base type included. */
const MAX_VARIANT_BYTES = 8009;

/** A type's length in bytes; MAX_LENGTH for MAX, and for variable-length types without a length. */
function lengthInBytes(type: SqlType, bytesPerCharacter: number): number {
  const { name, length } = type;
  if (name === 'text' || name === 'ntext' || name === 'image' || length === -1) return MAX_LENGTH;
  if (length === undefined) return name.includes('var') ? MAX_LENGTH : MAX_SHORT_BYTES;
  const bytes = length * bytesPerCharacter;
  return bytes > MAX_SHORT_BYTES ? MAX_LENGTH : bytes;
}

/** char, varchar, nchar, nvarchar and their MAX and text forms; text and ntext go as varchar(max) and nvarchar(max). */
export function characterEncoder(type: SqlType): ValueEncoder {
  const national = type.name.startsWith('n');
  const length = lengthInBytes(type, national ? 2 : 1);
  const collation = wireCollation(type.collation);
  const token = characterToken(national, type.name === 'char' || type.name === 'nchar');
  const typeInfo = (bytes: ByteWriter): void => {
    bytes.uint8(token);
    bytes.uint16(length);
    bytes.bytes(collation.bytes);
  };
  if (length === MAX_LENGTH) {
    return chunked(typeInfo, (text) => (national ? Buffer.from(text, 'utf16le') : collation.codePage.encode(text)));
  }
  const value = national ? writeNational : codePageWriter(collation.codePage);
  return { typeInfo, value, null: writeShortNull, nullSize: 2 };
}

export function binaryEncoder(type: SqlType): ValueEncoder {
  const length = lengthInBytes(type, 1);
  const typeInfo = (bytes: ByteWriter): void => {
    bytes.uint8(type.name === 'binary' ? TypeToken.binary : TypeToken.varBinary);
    bytes.uint16(length);
  };
  if (length === MAX_LENGTH) return chunked(typeInfo, (text) => Buffer.from(text, 'hex'));
  const value = (bytes: ByteWriter, text: string): void => {
    bytes.uint16(shortLength(text.length / 2));
    bytes.hex(text);
  };
  return { typeInfo, value, null: writeShortNull, nullSize: 2 };
}

/** xml without a schema collection. */
export function xmlEncoder(): ValueEncoder {
  return chunked(
    (bytes) => bytes.bytes([TypeToken.xml, 0]),
    (text) => Buffer.from(text, 'utf16le'),
  );
}

/** sql_variant: its values are sent as nvarchar, the one base type whose text says it all. */
export function variantEncoder(): ValueEncoder {
  const collation = wireCollation();
  const propertyBytes = collation.bytes.length + 2;
  return {
    typeInfo: (bytes) => {
      bytes.uint8(TypeToken.variant);
      bytes.uint32(MAX_VARIANT_BYTES);
    },
    value: (bytes, text) => {
      const length = shortLength(text.length * 2);
      bytes.uint32(2 + propertyBytes + length);
      bytes.bytes([TypeToken.nvarChar, propertyBytes]);
      bytes.bytes(collation.bytes);
      bytes.uint16(MAX_SHORT_BYTES);
      bytes.utf16(text);
    },
    null: (bytes) => bytes.uint32(0),
    nullSize: 4,
  };
}

function characterToken(national: boolean, fixedLength: boolean): number {
  if (national) return fixedLength ? TypeToken.nchar : TypeToken.nvarChar;
  return fixedLength ? TypeToken.char : TypeToken.varChar;
}

function writeNational(bytes: ByteWriter, text: string): void {
  bytes.uint16(shortLength(text.length * 2));
  bytes.utf16(text);
}

function codePageWriter(codePage: CodePage): (bytes: ByteWriter, text: string) => void {
  return (bytes, text) => {
    const encoded = codePage.encode(text);
    bytes.uint16(shortLength(encoded.length));
    bytes.bytes(encoded);
  };
}

function writeShortNull(bytes: ByteWriter): void {
  bytes.uint16(NULL_LENGTH);
}

function shortLength(bytes: number): number {
  if (bytes >= NULL_LENGTH) throw new RangeError(`A value of ${bytes} bytes in a column that is not MAX.`);
  return bytes;
}

/** Values of the MAX types: the length, one chunk, and a chunk of no bytes as the end. */
function chunked(typeInfo: (bytes: ByteWriter) => void, encode: (text: string) => Buffer): ValueEncoder {
  return {
    typeInfo,
    value: (bytes, text) => {
      const encoded = encode(text);
      bytes.uint64(BigInt(encoded.length));
      if (encoded.length > 0) {
        bytes.uint32(encoded.length);
        bytes.bytes(encoded);
      }
      bytes.uint32(0);
    },
    null: (bytes) => bytes.uint64(PLP_NULL),
    nullSize: 8,
  };
}
