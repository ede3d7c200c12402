import assert from 'node:assert/strict';
import { SqlServerError, type ExecuteRequest } from '../../demo/sqlserver/contract';
import { ProtocolError } from '../../demo/sqlserver/wire/byteReader';
import { ByteWriter } from '../../demo/sqlserver/wire/byteWriter';
import { PacketType } from '../../demo/sqlserver/wire/packets';
import { readRequests } from '../../demo/sqlserver/wire/requests';
import { connectTedious, batch, rejection, settled, withWire } from './wireClient';
import { Request } from 'tedious';

/** What the server reads from a message that starts with the usual headers. */
function read(type: number, write: (bytes: ByteWriter) => void): ExecuteRequest[] {
  const bytes = new ByteWriter();
  bytes.uint32(22); // ALL_HEADERS: one, the transaction descriptor.
  bytes.uint32(18);
  bytes.uint16(2);
  bytes.uint64(0n);
  bytes.uint32(1);
  write(bytes);
  return readRequests({ type, payload: Buffer.from(bytes.view()), reset: 'no', ignored: false });
}

function callByNumber(bytes: ByteWriter, number: number): void {
  bytes.uint16(0xffff);
  bytes.uint16(number);
  bytes.uint16(0);
}

/** An int parameter, or one that is left to its default. */
function intParameter(bytes: ByteWriter, name: string, value: number, status = 0): void {
  bytes.shortText(name);
  bytes.uint8(status);
  bytes.bytes([0x26, 4, 4]);
  bytes.int32(value);
}

describe('A message of a client', () => {
  it('may hold several calls', () => {
    const requests = read(PacketType.rpc, (bytes) => {
      callByNumber(bytes, 12);
      intParameter(bytes, '', 7);
      bytes.uint8(0xff);
      callByNumber(bytes, 15);
      intParameter(bytes, '@handle', 7);
    });
    assert.deepEqual(
      requests.map((request) => request.kind === 'procedure' && [request.name, request.parameters[0]?.value]),
      [
        ['sp_execute', '7'],
        ['sp_unprepare', '7'],
      ],
    );
  });

  it('leaves out parameters that ask for their default', () => {
    const [request] = read(PacketType.rpc, (bytes) => {
      bytes.text('dbo.usp_Price');
      bytes.uint16(0);
      intParameter(bytes, '@a', 1);
      intParameter(bytes, '@b', 2, 0x02);
    });
    assert.deepEqual(request?.kind === 'procedure' && request.parameters.map(({ name }) => name), ['@a']);
  });

  it('is refused when it wants a cursor, by its name', () => {
    assert.throws(
      () => read(PacketType.rpc, (bytes) => callByNumber(bytes, 2)),
      (error) => error instanceof SqlServerError && error.number === 2812 && error.message.includes('sp_cursoropen'),
    );
  });

  it('may commit and begin the next transaction', () => {
    const requests = read(PacketType.transactionManager, (bytes) => {
      bytes.uint16(7);
      bytes.uint8(0);
      bytes.bytes([1, 4, 2]);
      bytes.utf16('t');
    });
    assert.deepEqual(requests, [
      { kind: 'transaction', operation: 'commit', name: '' },
      { kind: 'transaction', operation: 'begin', name: 't', isolation: 'serializable' },
    ]);
  });

  it('is refused when it wants a distributed transaction', () => {
    assert.throws(
      () => read(PacketType.transactionManager, (bytes) => bytes.uint16(1)),
      (error) => error instanceof SqlServerError && error.message.includes('Distributed transactions'),
    );
  });

  it('that ends in the middle of a field is no TDS', () => {
    assert.throws(
      () =>
        read(PacketType.rpc, (bytes) => {
          callByNumber(bytes, 10);
          bytes.bytes([0, 0, 0xe7, 8, 0]);
        }),
      ProtocolError,
    );
  });

  it('that the client gave up while sending is not executed', () =>
    withWire(
      () => undefined,
      async ({ server, engine }) => {
        const connection = await connectTedious(server);
        const failed = rejection(
          settled((done) => {
            connection.execSqlBatch(new Request(`insert ${'x'.repeat(1_000_000)}`, done));
            connection.cancel();
          }),
        );
        assert.equal((await failed)['code'], 'ECANCEL');
        await batch(connection, 'fine');
        assert.deepEqual(engine.executed, [{ kind: 'batch', sql: 'fine' }]);
        connection.close();
      },
    ));
});
