import type { ByteWriter } from './byteWriter';

/** How the values of one column go onto the wire. */
export interface ValueEncoder {
  /** TYPE_INFO: the type's token and what is fixed for the whole column. */
  typeInfo(bytes: ByteWriter): void;
  /** A value from its canonical text. */
  value(bytes: ByteWriter, text: string): void;
  null(bytes: ByteWriter): void;
  /** Bytes that a NULL takes in a ROW token. */
  readonly nullSize: number;
  /** The type's number in sys.types where a TDS type alone does not tell; otherwise absent. */
  readonly userType?: number;
}

/** An encoder of values that all have `size` bytes behind a one-byte length, 0 for NULL. */
export function fixed(
  typeInfo: readonly number[],
  size: number,
  write: (bytes: ByteWriter, text: string) => void,
  sizeInTypeInfo = true,
): ValueEncoder {
  return {
    typeInfo: (bytes) => {
      bytes.bytes(typeInfo);
      if (sizeInTypeInfo) bytes.uint8(size);
    },
    value: (bytes, text) => {
      bytes.uint8(size);
      write(bytes, text);
    },
    null: (bytes) => bytes.uint8(0),
    nullSize: 1,
  };
}
