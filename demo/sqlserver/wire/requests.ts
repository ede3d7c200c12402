import { SqlServerError, type ExecuteRequest, type IsolationLevel } from '../contract';
import { ByteReader, ProtocolError } from './byteReader';
import { PacketType, type Message } from './packets';
import { readRpc } from './rpc';

/** Transaction manager requests (MS-TDS 2.2.6.9). */
const TransactionRequest = { begin: 5, commit: 7, rollback: 8, save: 9 } as const;

/** Flag of COMMIT and ROLLBACK: a new transaction starts at once. */
const BEGIN_ANOTHER = 0x01;

const isolationLevels: readonly (IsolationLevel | undefined)[] = [
  undefined,
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
];

/**
 * The requests of a message, in order; mostly one. Throws SqlServerError for what the stand-in does not take, and
 * ProtocolError for what is no TDS.
 */
export function readRequests(message: Message): ExecuteRequest[] {
  const reader = new ByteReader(message.payload);
  switch (message.type) {
    case PacketType.batch:
      skipHeaders(reader);
      return [{ kind: 'batch', sql: reader.bytes(reader.remaining).toString('utf16le') }];
    case PacketType.rpc:
      skipHeaders(reader);
      return readRpc(reader);
    case PacketType.transactionManager:
      skipHeaders(reader);
      return readTransactionRequest(reader);
    case PacketType.bulkLoad:
      throw new SqlServerError(4002, 'Bulk load (INSERT BULK) is not supported by the stand-in.');
    default:
      throw new ProtocolError(`A message of type ${message.type} after the login.`);
  }
}

/** ALL_HEADERS: query notifications, the transaction descriptor, activity ids. One session has one transaction. */
function skipHeaders(reader: ByteReader): void {
  const total = reader.uint32();
  if (total < 4) throw new ProtocolError('ALL_HEADERS has the wrong length.');
  reader.bytes(total - 4);
}

function readTransactionRequest(reader: ByteReader): ExecuteRequest[] {
  const type = reader.uint16();
  switch (type) {
    case TransactionRequest.begin:
      return [readBegin(reader)];
    case TransactionRequest.commit:
    case TransactionRequest.rollback: {
      const operation = type === TransactionRequest.commit ? 'commit' : 'rollback';
      const request: ExecuteRequest = { kind: 'transaction', operation, name: readName(reader) };
      const another = reader.remaining > 0 && (reader.uint8() & BEGIN_ANOTHER) !== 0;
      return another ? [request, readBegin(reader)] : [request];
    }
    case TransactionRequest.save:
      return [{ kind: 'transaction', operation: 'save', name: readName(reader) }];
    default:
      throw new SqlServerError(3930, `Distributed transactions (request ${type}) are not supported by the stand-in.`);
  }
}

function readBegin(reader: ByteReader): ExecuteRequest {
  const level = reader.uint8();
  const isolation = isolationLevels[level];
  if (level >= isolationLevels.length) throw new ProtocolError(`Isolation level ${level}.`);
  const name = readName(reader);
  return { kind: 'transaction', operation: 'begin', name, ...(isolation && { isolation }) };
}

/** A transaction's name behind its length in bytes. */
function readName(reader: ByteReader): string {
  return reader.bytes(reader.uint8()).toString('utf16le');
}
