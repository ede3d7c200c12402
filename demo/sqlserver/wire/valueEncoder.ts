import type { SqlType } from '../contract';
import type { ByteWriter } from './byteWriter';
import { fixed, type ValueEncoder } from './encoding';
import { binaryEncoder, characterEncoder, variantEncoder, xmlEncoder } from './stringEncoder';
import {
  dateEncoder,
  dateTime2Encoder,
  dateTimeEncoder,
  dateTimeOffsetEncoder,
  smallDateTimeEncoder,
  timeEncoder,
} from './timeEncoder';
import { decimalSize, unscaled } from './decimals';
import { TypeToken } from './typeTokens';

/** sys.types' number for rowversion, which is binary(8) on the wire. */
const USER_TYPE_TIMESTAMP = 80;

/** T-SQL's `decimal` without a precision. */
const DEFAULT_PRECISION = 18;

/** The encoder of a column. Throws for a collation without a code page. */
export function valueEncoder(type: SqlType): ValueEncoder {
  switch (type.name) {
    case 'bit':
      return fixed([TypeToken.bitN], 1, (bytes, text) => bytes.uint8(text === '0' ? 0 : 1));
    case 'tinyint':
      return fixed([TypeToken.intN], 1, (bytes, text) => bytes.uint8(integer(text, 0, 255)));
    case 'smallint':
      return fixed([TypeToken.intN], 2, (bytes, text) => bytes.int16(integer(text, -32_768, 32_767)));
    case 'int':
      return fixed([TypeToken.intN], 4, (bytes, text) => bytes.int32(integer(text, -2_147_483_648, 2_147_483_647)));
    case 'bigint':
      return fixed([TypeToken.intN], 8, (bytes, text) => bytes.int64(BigInt(text)));
    case 'decimal':
    case 'numeric':
      return decimal(type);
    case 'money':
      return fixed([TypeToken.moneyN], 8, writeMoney);
    case 'smallmoney':
      return fixed([TypeToken.moneyN], 4, (bytes, text) => bytes.int32(Number(unscaled(text, 4))));
    case 'real':
      return fixed([TypeToken.floatN], 4, (bytes, text) => bytes.float(Number(text)));
    case 'float':
      // float(1) to float(24) are real's.
      return (type.precision ?? 53) <= 24
        ? valueEncoder({ name: 'real' })
        : fixed([TypeToken.floatN], 8, (bytes, text) => bytes.double(Number(text)));
    case 'uniqueidentifier':
      return fixed([TypeToken.guid], 16, writeGuid);
    case 'date':
      return dateEncoder();
    case 'time':
      return timeEncoder(type.scale ?? 7);
    case 'datetime':
      return dateTimeEncoder();
    case 'smalldatetime':
      return smallDateTimeEncoder();
    case 'datetime2':
      return dateTime2Encoder(type.scale ?? 7);
    case 'datetimeoffset':
      return dateTimeOffsetEncoder(type.scale ?? 7);
    case 'char':
    case 'varchar':
    case 'text':
    case 'nchar':
    case 'nvarchar':
    case 'ntext':
      return characterEncoder(type);
    case 'binary':
    case 'varbinary':
    case 'image':
      return binaryEncoder(type);
    case 'rowversion':
      return { ...binaryEncoder({ name: 'binary', length: 8 }), userType: USER_TYPE_TIMESTAMP };
    case 'xml':
      return xmlEncoder();
    case 'sql_variant':
      return variantEncoder();
  }
}

function decimal({ name, precision = DEFAULT_PRECISION, scale = 0 }: SqlType): ValueEncoder {
  const size = decimalSize(precision);
  const token = name === 'decimal' ? TypeToken.decimal : TypeToken.numeric;
  return {
    ...fixed([], size, (bytes, text) => writeDecimal(bytes, text, scale, size - 1)),
    typeInfo: (bytes) => bytes.bytes([token, size, precision, scale]),
  };
}

function integer(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`Not an integer from ${least} to ${most}: ${text}`);
  }
  return value;
}

/** A sign, 1 for positive, and the digits as an integer of `size` bytes. */
function writeDecimal(bytes: ByteWriter, text: string, scale: number, size: number): void {
  const value = unscaled(text, scale);
  const negative = value < 0;
  bytes.uint8(negative ? 0 : 1);
  if (typeof value === 'number') {
    const magnitude = Math.abs(value);
    bytes.uint32(magnitude % 0x1_0000_0000);
    if (size > 4) bytes.uint32(Math.floor(magnitude / 0x1_0000_0000));
    else if (magnitude > 0xffff_ffff) throw new RangeError(`Too long for its precision: ${text}`);
    for (let written = 8; written < size; written += 4) bytes.uint32(0);
    return;
  }
  let rest = negative ? -value : value;
  for (let written = 0; written < size; written += 4) {
    bytes.uint32(Number(rest & 0xffff_ffffn));
    rest >>= 32n;
  }
  if (rest !== 0n) throw new RangeError(`Too long for its precision: ${text}`);
}

/** Ten-thousandths in 8 bytes, the upper half first. */
function writeMoney(bytes: ByteWriter, text: string): void {
  const value = BigInt(unscaled(text, 4));
  bytes.int32(Number(value >> 32n));
  bytes.uint32(Number(value & 0xffff_ffffn));
}

/** The first three groups of a GUID are numbers, little-endian like all others. */
function writeGuid(bytes: ByteWriter, text: string): void {
  const digits = text.replaceAll('-', '');
  if (digits.length !== 32) throw new TypeError(`Not a uniqueidentifier: ${text}`);
  bytes.uint32(Number.parseInt(digits.slice(0, 8), 16));
  bytes.uint16(Number.parseInt(digits.slice(8, 12), 16));
  bytes.uint16(Number.parseInt(digits.slice(12, 16), 16));
  bytes.hex(digits.slice(16));
}
