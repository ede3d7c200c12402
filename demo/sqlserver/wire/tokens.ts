import type { Column, SqlMessage } from '../contract';
import type { ByteWriter } from './byteWriter';
import { wireCollation } from './collations';
import type { ValueEncoder } from './encoding';
import { serverVersion } from './version';

/** Token types of a response (MS-TDS 2.2.7). */
const Token = {
  returnStatus: 0x79,
  columns: 0x81,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureExtAck: 0xae,
  row: 0xd1,
  compressedRow: 0xd2,
  environmentChange: 0xe3,
} as const;

export const DoneToken = { done: 0xfd, doneProcedure: 0xfe, doneInProcedure: 0xff } as const;

export const DoneStatus = {
  more: 0x0001,
  error: 0x0002,
  inTransaction: 0x0004,
  count: 0x0010,
  attention: 0x0020,
  serverError: 0x0100,
} as const;

/** DONE's CurCmd for a SELECT, the only one that clients look at. */
export const SELECT_COMMAND = 0x00c1;

/** ENVCHANGE types (MS-TDS 2.2.7.9). */
export const EnvironmentChange = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  transactionBegun: 8,
  transactionCommitted: 9,
  transactionRolledBack: 10,
  sessionReset: 18,
} as const;

const ColumnFlag = { nullable: 0x0001, caseSensitive: 0x0002, updateableUnknown: 0x0008, identity: 0x0010 } as const;

/** From this severity on a message is an error. */
const FIRST_ERROR_SEVERITY = 11;

export function isError(message: SqlMessage): boolean {
  return message.severity >= FIRST_ERROR_SEVERITY;
}

/** ERROR or INFO, by severity. */
export function writeMessage(bytes: ByteWriter, message: SqlMessage, serverName: string): void {
  bytes.uint8(isError(message) ? Token.error : Token.info);
  writeWithLength(bytes, () => {
    bytes.int32(message.number);
    bytes.uint8(message.state);
    bytes.uint8(message.severity);
    // The token's own length has 16 bits; SQL Server's messages end after 2,047 characters.
    bytes.text(message.message.slice(0, 2047));
    bytes.shortText(serverName);
    bytes.shortText(message.procedure ?? '');
    bytes.uint32(message.line);
  });
}

export function writeColumns(bytes: ByteWriter, columns: readonly Column[], encoders: readonly ValueEncoder[]): void {
  bytes.uint8(Token.columns);
  bytes.uint16(columns.length);
  for (const [index, column] of columns.entries()) {
    const encoder = encoders[index];
    if (!encoder) throw new RangeError(`No encoder for column ${index}.`);
    writeColumnType(bytes, encoder, columnFlags(column));
    bytes.shortText(column.name);
  }
}

function writeColumnType(bytes: ByteWriter, encoder: ValueEncoder, flags: number): void {
  bytes.uint32(encoder.userType ?? 0);
  bytes.uint16(flags);
  encoder.typeInfo(bytes);
}

function columnFlags({ nullable, identity, type }: Column): number {
  return (
    (nullable ? ColumnFlag.nullable : 0) |
    (/_(CS|BIN)/i.test(type.collation ?? '') ? ColumnFlag.caseSensitive : 0) |
    (identity ? ColumnFlag.identity : ColumnFlag.updateableUnknown)
  );
}

/** ROW; or NBCROW, where a bitmap of the NULLs is shorter than the NULLs themselves and the client knows it. */
export function writeRow(
  bytes: ByteWriter,
  values: readonly (string | null)[],
  encoders: readonly ValueEncoder[],
  mayCompress: boolean,
): void {
  if (values.length !== encoders.length) {
    throw new RangeError(`A row of ${values.length} values under ${encoders.length} columns.`);
  }
  const compressed = mayCompress && nullBytes(values, encoders) > Math.ceil(values.length / 8);
  bytes.uint8(compressed ? Token.compressedRow : Token.row);
  if (compressed) writeNullBitmap(bytes, values);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? null;
    const encoder = encoders[index];
    if (value !== null) encoder?.value(bytes, value);
    else if (!compressed) encoder?.null(bytes);
  }
}

function nullBytes(values: readonly (string | null)[], encoders: readonly ValueEncoder[]): number {
  let size = 0;
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] === null) size += encoders[index]?.nullSize ?? 0;
  }
  return size;
}

function writeNullBitmap(bytes: ByteWriter, values: readonly (string | null)[]): void {
  for (let start = 0; start < values.length; start += 8) {
    let bits = 0;
    for (let bit = 0; bit < 8; bit += 1) if (values[start + bit] === null) bits |= 1 << bit;
    bytes.uint8(bits);
  }
}

export interface Done {
  readonly token: (typeof DoneToken)[keyof typeof DoneToken];
  readonly status: number;
  readonly command: number;
  readonly rowCount: number;
}

export function writeDone(bytes: ByteWriter, { token, status, command, rowCount }: Done): void {
  bytes.uint8(token);
  bytes.uint16(status);
  bytes.uint16(command);
  bytes.uint64(BigInt(rowCount));
}

export function writeReturnStatus(bytes: ByteWriter, status: number): void {
  bytes.uint8(Token.returnStatus);
  bytes.int32(status);
}

/** An output parameter's value. `ordinal` is its place among the call's parameters, from 0. */
export function writeReturnValue(
  bytes: ByteWriter,
  output: { readonly ordinal: number; readonly name: string; readonly value: string | null },
  encoder: ValueEncoder,
): void {
  bytes.uint8(Token.returnValue);
  bytes.uint16(output.ordinal);
  bytes.shortText(output.name);
  bytes.uint8(1); // An output parameter, not a function's result.
  writeColumnType(bytes, encoder, ColumnFlag.nullable);
  if (output.value === null) encoder.null(bytes);
  else encoder.value(bytes, output.value);
}

/** ENVCHANGE with texts. */
export function writeTextChange(bytes: ByteWriter, type: number, now: string, before: string): void {
  bytes.uint8(Token.environmentChange);
  writeWithLength(bytes, () => {
    bytes.uint8(type);
    bytes.shortText(now);
    bytes.shortText(before);
  });
}

/** ENVCHANGE with bytes: a collation, a transaction descriptor, or nothing. */
export function writeBinaryChange(bytes: ByteWriter, type: number, now: Uint8Array, before: Uint8Array): void {
  bytes.uint8(Token.environmentChange);
  writeWithLength(bytes, () => {
    bytes.uint8(type);
    for (const value of [now, before]) {
      bytes.uint8(value.length);
      bytes.bytes(value);
    }
  });
}

export function writeCollationChange(bytes: ByteWriter): void {
  writeBinaryChange(bytes, EnvironmentChange.collation, wireCollation().bytes, new Uint8Array());
}

export function writeLoginAck(bytes: ByteWriter, tdsVersion: number): void {
  bytes.uint8(Token.loginAck);
  writeWithLength(bytes, () => {
    bytes.uint8(1); // The interface is T-SQL.
    bytes.uint32BigEndian(tdsVersion);
    bytes.shortText(serverVersion.product);
    bytes.bytes([serverVersion.major, serverVersion.minor, serverVersion.build >> 8, serverVersion.build & 0xff]);
  });
}

/** FEATUREEXTACK of the one extension that the stand-in has: UTF-8 collations. */
export function writeUtf8Ack(bytes: ByteWriter): void {
  bytes.bytes([Token.featureExtAck, 0x0a, 1, 0, 0, 0, 1, 0xff]);
}

function writeWithLength(bytes: ByteWriter, write: () => void): void {
  const start = bytes.length;
  bytes.uint16(0);
  write();
  bytes.setUint16(start, bytes.length - start - 2);
}
