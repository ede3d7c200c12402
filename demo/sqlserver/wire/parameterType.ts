import { SqlServerError, type SqlType, type SqlValue } from '../contract';
import { ByteReader, ProtocolError } from './byteReader';
import { codePageOf, type CodePage } from './collations';
import { MAX_LENGTH, TypeToken } from './typeTokens';
import {
  binary,
  binaryText,
  chunked,
  decimalText,
  floatText,
  guidText,
  integerText,
  moneyText,
  nationalText,
  realText,
} from './valueDecoder';
import { dateText, dateTime2Text, dateTimeOffsetText, dateTimeText, smallDateTimeText, timeText } from './timeDecoder';

/** A parameter's type as TYPE_INFO describes it, and how to read its value. */
export interface ParameterType {
  readonly type: SqlType;
  read(reader: ByteReader): SqlValue;
}

type Decode = (data: Buffer) => string;

/** Reads TYPE_INFO. Throws SqlServerError for the types that the stand-in does not take. */
export function readParameterType(reader: ByteReader): ParameterType {
  const token = reader.uint8();
  return fixedLengthType(token) ?? nullableType(token, reader) ?? stringType(token, reader) ?? otherType(token, reader);
}

/** Types without a length: their values are never NULL and have no length either. */
function fixedLengthType(token: number): ParameterType | undefined {
  switch (token) {
    case TypeToken.null:
      return { type: { name: 'nvarchar', length: 1 }, read: () => null };
    case TypeToken.int1:
      return bare({ name: 'tinyint' }, 1, integerText);
    case TypeToken.bit:
      return bare({ name: 'bit' }, 1, integerText);
    case TypeToken.int2:
      return bare({ name: 'smallint' }, 2, integerText);
    case TypeToken.int4:
      return bare({ name: 'int' }, 4, integerText);
    case TypeToken.int8:
      return bare({ name: 'bigint' }, 8, integerText);
    case TypeToken.float4:
      return bare({ name: 'real' }, 4, realText);
    case TypeToken.float8:
      return bare({ name: 'float' }, 8, floatText);
    case TypeToken.money4:
      return bare({ name: 'smallmoney' }, 4, moneyText);
    case TypeToken.money:
      return bare({ name: 'money' }, 8, moneyText);
    case TypeToken.dateTime4:
      return bare({ name: 'smalldatetime' }, 4, smallDateTimeText);
    case TypeToken.dateTime:
      return bare({ name: 'datetime' }, 8, dateTimeText);
    default:
      return undefined;
  }
}

/** Types whose values lie behind a one-byte length, 0 for NULL. */
function nullableType(token: number, reader: ByteReader): ParameterType | undefined {
  switch (token) {
    case TypeToken.guid:
      reader.uint8();
      return nullable({ name: 'uniqueidentifier' }, guidText);
    case TypeToken.bitN:
      reader.uint8();
      return nullable({ name: 'bit' }, integerText);
    case TypeToken.intN:
      return nullable(
        { name: bySize(reader.uint8(), { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' }) },
        integerText,
      );
    case TypeToken.floatN: {
      const name = bySize(reader.uint8(), { 4: 'real', 8: 'float' });
      return nullable({ name }, name === 'real' ? realText : floatText);
    }
    case TypeToken.moneyN:
      return nullable({ name: bySize(reader.uint8(), { 4: 'smallmoney', 8: 'money' }) }, moneyText);
    case TypeToken.dateTimeN: {
      const name = bySize(reader.uint8(), { 4: 'smalldatetime', 8: 'datetime' });
      return nullable({ name }, name === 'datetime' ? dateTimeText : smallDateTimeText);
    }
    case TypeToken.decimal:
    case TypeToken.oldDecimal:
      return decimal('decimal', reader);
    case TypeToken.numeric:
    case TypeToken.oldNumeric:
      return decimal('numeric', reader);
    case TypeToken.date:
      return nullable({ name: 'date' }, dateText);
    case TypeToken.time: {
      const scale = reader.uint8();
      return nullable({ name: 'time', scale }, (data) => timeText(data, scale));
    }
    case TypeToken.dateTime2: {
      const scale = reader.uint8();
      return nullable({ name: 'datetime2', scale }, (data) => dateTime2Text(data, scale));
    }
    case TypeToken.dateTimeOffset: {
      const scale = reader.uint8();
      return nullable({ name: 'datetimeoffset', scale }, (data) => dateTimeOffsetText(data, scale));
    }
    default:
      return undefined;
  }
}

/** Character and binary types. */
function stringType(token: number, reader: ByteReader): ParameterType | undefined {
  switch (token) {
    case TypeToken.varBinary:
    case TypeToken.binary: {
      const length = reader.uint16();
      return sized(token === TypeToken.binary ? 'binary' : 'varbinary', length, 1, binaryText);
    }
    case TypeToken.varChar:
    case TypeToken.char: {
      const length = reader.uint16();
      return sized(token === TypeToken.char ? 'char' : 'varchar', length, 1, decoding(codePageOf(reader.bytes(5))));
    }
    case TypeToken.nvarChar:
    case TypeToken.nchar: {
      const length = reader.uint16();
      reader.bytes(5);
      return sized(token === TypeToken.nchar ? 'nchar' : 'nvarchar', length, 2, nationalText);
    }
    case TypeToken.oldBinary:
    case TypeToken.oldVarBinary:
      return { type: { name: 'varbinary', length: reader.uint8() }, read: (from) => binaryText(binary(from, 1)) };
    case TypeToken.text: {
      reader.uint32();
      return long('text', decoding(codePageOf(reader.bytes(5))));
    }
    case TypeToken.ntext:
      reader.uint32();
      reader.bytes(5);
      return long('ntext', nationalText);
    case TypeToken.image:
      reader.uint32();
      return long('image', binaryText);
    default:
      return undefined;
  }
}

function otherType(token: number, reader: ByteReader): ParameterType {
  switch (token) {
    case TypeToken.xml:
      if (reader.uint8() !== 0) throw unsupported(token, 'xml with a schema collection');
      return { type: { name: 'xml' }, read: (from) => textOrNull(chunked(from), nationalText) };
    case TypeToken.variant:
      reader.uint32();
      return { type: { name: 'sql_variant' }, read: readVariant };
    case TypeToken.table:
      throw unsupported(token, 'a table-valued parameter');
    case TypeToken.udt:
      throw unsupported(token, 'a CLR type');
    default:
      throw unsupported(token, 'unknown');
  }
}

/** A value of a base type, in its text: base type, its properties (which continue TYPE_INFO), data. */
function readVariant(reader: ByteReader): SqlValue {
  const length = reader.uint32();
  if (length === 0) return null;
  const token = reader.uint8();
  const propertyBytes = reader.uint8();
  const properties = reader.bytes(propertyBytes);
  const data = reader.bytes(length - 2 - propertyBytes);
  const scale = properties[0] ?? 0;
  switch (token) {
    case TypeToken.guid:
      return guidText(data);
    case TypeToken.date:
      return dateText(data);
    case TypeToken.time:
      return timeText(data, scale);
    case TypeToken.dateTime2:
      return dateTime2Text(data, scale);
    case TypeToken.dateTimeOffset:
      return dateTimeOffsetText(data, scale);
    case TypeToken.decimal:
    case TypeToken.numeric:
      return decimalText(data, properties[1] ?? 0);
    case TypeToken.nvarChar:
    case TypeToken.nchar:
      return nationalText(data);
    case TypeToken.varChar:
    case TypeToken.char:
      return decoding(codePageOf(properties))(data);
    case TypeToken.varBinary:
    case TypeToken.binary:
      return binaryText(data);
    default: {
      const base = fixedLengthType(token);
      if (!base) throw unsupported(token, 'in a sql_variant');
      return base.read(new ByteReader(data));
    }
  }
}

function bare(type: SqlType, size: number, decode: Decode): ParameterType {
  return { type, read: (reader) => decode(reader.bytes(size)) };
}

function nullable(type: SqlType, decode: Decode): ParameterType {
  return {
    type,
    read: (reader) => {
      const data = binary(reader, 1);
      return data.length === 0 ? null : decode(data);
    },
  };
}

function decimal(name: 'decimal' | 'numeric', reader: ByteReader): ParameterType {
  reader.uint8();
  const precision = reader.uint8();
  const scale = reader.uint8();
  return nullable({ name, precision, scale }, (data) => decimalText(data, scale));
}

function sized(name: SqlType['name'], length: number, bytesPerCharacter: number, decode: Decode): ParameterType {
  if (length === MAX_LENGTH) {
    return { type: { name, length: -1 }, read: (reader) => textOrNull(chunked(reader), decode) };
  }
  return {
    type: { name, length: Math.max(1, length / bytesPerCharacter) },
    read: (reader) => {
      const bytes = reader.uint16();
      return bytes === MAX_LENGTH ? null : decode(reader.bytes(bytes));
    },
  };
}

function long(name: 'text' | 'ntext' | 'image', decode: Decode): ParameterType {
  return {
    type: { name },
    read: (reader) => {
      const bytes = reader.int32();
      return bytes === -1 ? null : decode(reader.bytes(bytes));
    },
  };
}

function textOrNull(data: Buffer | null, decode: Decode): SqlValue {
  return data === null ? null : decode(data);
}

function decoding(codePage: CodePage): Decode {
  return (data) => codePage.decode(data);
}

function bySize(size: number, names: Readonly<Record<number, SqlType['name']>>): SqlType['name'] {
  const name = names[size];
  if (name === undefined) throw new ProtocolError(`No type of its kind has ${size} bytes.`);
  return name;
}

function unsupported(token: number, what: string): SqlServerError {
  const type = token.toString(16).padStart(2, '0').toUpperCase();
  return new SqlServerError(
    8009,
    `The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. ` +
      `Data type 0x${type} (${what}) is not supported by the stand-in.`,
  );
}
