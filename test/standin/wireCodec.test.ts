import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SqlType } from '../../demo/sqlserver/contract';
import { ByteReader, ProtocolError } from '../../demo/sqlserver/wire/byteReader';
import { ByteWriter } from '../../demo/sqlserver/wire/byteWriter';
import { daysOf, formatDays, parseDays } from '../../demo/sqlserver/wire/calendar';
import { codePageOf, wireCollation } from '../../demo/sqlserver/wire/collations';
import { scaled, unscaled } from '../../demo/sqlserver/wire/decimals';
import { frame, MessageAssembler, PacketReader } from '../../demo/sqlserver/wire/packets';
import { readParameterType } from '../../demo/sqlserver/wire/parameterType';
import { valueEncoder } from '../../demo/sqlserver/wire/valueEncoder';

/** A value sent as a column and read as a parameter, which have the same form. */
function throughTheWire(type: SqlType, value: string | null): { type: SqlType; value: string | null } {
  const bytes = new ByteWriter();
  const encoder = valueEncoder(type);
  encoder.typeInfo(bytes);
  if (value === null) encoder.null(bytes);
  else encoder.value(bytes, value);
  const reader = new ByteReader(bytes.view());
  const parameterType = readParameterType(reader);
  const read = { type: parameterType.type, value: parameterType.read(reader) };
  assert.equal(reader.remaining, 0);
  return read;
}

const samples: [SqlType, string[]][] = [
  [{ name: 'bit' }, ['0', '1']],
  [{ name: 'tinyint' }, ['0', '255']],
  [{ name: 'smallint' }, ['-32768', '32767']],
  [{ name: 'int' }, ['-2147483648', '0', '2147483647']],
  [{ name: 'bigint' }, ['-9223372036854775808', '9223372036854775807']],
  [{ name: 'decimal', precision: 9, scale: 2 }, ['-9999999.99', '0.00', '0.05', '12.50']],
  [{ name: 'decimal', precision: 18, scale: 2 }, ['-9999999999999999.99', '12.50']],
  [{ name: 'numeric', precision: 28, scale: 0 }, ['-9999999999999999999999999999', '7']],
  [{ name: 'numeric', precision: 38, scale: 10 }, ['9999999999999999999999999999.9999999999', '-0.0000000001']],
  [{ name: 'numeric', precision: 38, scale: 38 }, ['0.99999999999999999999999999999999999999']],
  [{ name: 'money' }, ['-922337203685477.5808', '922337203685477.5807', '-0.0001', '12.5000']],
  [{ name: 'smallmoney' }, ['-214748.3648', '214748.3647']],
  [{ name: 'real' }, ['1.5', '-3.4e+38', '0.1', '16777216']],
  [{ name: 'float' }, ['3.141592653589793', '1e+300', '-0.1']],
  [{ name: 'uniqueidentifier' }, ['01234567-89AB-CDEF-0123-456789ABCDEF']],
  [{ name: 'date' }, ['0001-01-01', '1900-02-28', '2000-02-29', '9999-12-31']],
  [{ name: 'time', scale: 7 }, ['00:00:00.0000000', '23:59:59.9999999']],
  [{ name: 'time', scale: 0 }, ['23:59:59']],
  [{ name: 'time', scale: 3 }, ['13:14:15.167']],
  [{ name: 'datetime' }, ['1753-01-01 00:00:00.000', '2024-02-29 13:14:15.997', '9999-12-31 23:59:59.997']],
  [{ name: 'smalldatetime' }, ['1900-01-01 00:00:00', '2079-06-06 23:59:00']],
  [{ name: 'datetime2', scale: 7 }, ['0001-01-01 00:00:00.0000000', '9999-12-31 23:59:59.9999999']],
  [{ name: 'datetime2', scale: 2 }, ['2024-02-29 13:14:15.16']],
  [{ name: 'datetimeoffset', scale: 7 }, ['2024-03-01 01:14:15.1234567 +05:30', '2024-02-29 23:00:00.0000000 -08:00']],
  [{ name: 'datetimeoffset', scale: 0 }, ['2024-02-29 13:14:15 +00:00']],
  [{ name: 'char', length: 5 }, ['ab   ']],
  [{ name: 'varchar', length: 25 }, ['', 'café €', "it's"]],
  [{ name: 'varchar', length: -1 }, ['', 'x'.repeat(100_000)]],
  [{ name: 'nchar', length: 3 }, ['ab ']],
  [{ name: 'nvarchar', length: 75 }, ['', '🎁 Ünïcode שלום']],
  [{ name: 'nvarchar', length: 4000 }, ['ü'.repeat(4000)]],
  [{ name: 'nvarchar', length: -1 }, ['', '🎁'.repeat(50_000)]],
  [{ name: 'binary', length: 2 }, ['00ff']],
  [{ name: 'varbinary', length: 20 }, ['', 'deadbeef']],
  [{ name: 'varbinary', length: -1 }, ['', 'deadbeef'.repeat(5000)]],
  [{ name: 'xml' }, ['<a>ü</a>']],
  [{ name: 'sql_variant' }, ['', 'any text']],
];

describe('The data types of the wire', () => {
  for (const [type, values] of samples) {
    const { name, ...facets } = type;
    it(`carries ${name}${Object.keys(facets).length === 0 ? '' : ` ${JSON.stringify(facets)}`} unchanged, and NULL`, () => {
      for (const value of values) assert.deepEqual(throughTheWire(type, value), { type, value });
      assert.deepEqual(throughTheWire(type, null), { type, value: null });
    });
  }

  it('sends what has a type of its own only in the catalog as the type it is stored in', () => {
    assert.deepEqual(throughTheWire({ name: 'text' }, 'long').type, { name: 'varchar', length: -1 });
    assert.deepEqual(throughTheWire({ name: 'ntext' }, 'long').type, { name: 'nvarchar', length: -1 });
    assert.deepEqual(throughTheWire({ name: 'image' }, 'ff').type, { name: 'varbinary', length: -1 });
    assert.deepEqual(throughTheWire({ name: 'rowversion' }, '00000000000007d1').type, { name: 'binary', length: 8 });
    assert.deepEqual(throughTheWire({ name: 'float', precision: 24 }, '1.5').type, { name: 'real' });
  });

  it('rounds to what the type holds, up to the next day if need be', () => {
    const rounded = (type: SqlType, value: string): string | null => throughTheWire(type, value).value;
    assert.equal(rounded({ name: 'datetime' }, '2024-02-29 13:14:15.999'), '2024-02-29 13:14:16.000');
    assert.equal(rounded({ name: 'datetime' }, '2024-02-29 13:14:15.994'), '2024-02-29 13:14:15.993');
    assert.equal(rounded({ name: 'datetime' }, '2024-12-31 23:59:59.999'), '2025-01-01 00:00:00.000');
    assert.equal(rounded({ name: 'smalldatetime' }, '2024-12-31 23:59:29.998'), '2024-12-31 23:59:00');
    assert.equal(rounded({ name: 'smalldatetime' }, '2024-12-31 23:59:29.999'), '2025-01-01 00:00:00');
    assert.equal(rounded({ name: 'datetime2', scale: 0 }, '2024-12-31 23:59:59.5'), '2025-01-01 00:00:00');
    assert.equal(rounded({ name: 'decimal', precision: 9, scale: 2 }, '-1.005'), '-1.01');
  });

  it('refuses text that is no value of its type', () => {
    for (const [type, value] of [
      [{ name: 'int' }, 'x'],
      [{ name: 'int' }, '2147483648'],
      [{ name: 'decimal', precision: 9, scale: 0 }, '99999999999'],
      [{ name: 'decimal', precision: 38, scale: 0 }, '1e10'],
      [{ name: 'date' }, 'yesterday'],
      [{ name: 'uniqueidentifier' }, '1'],
      [{ name: 'varbinary', length: 3 }, 'xyz'],
    ] satisfies [SqlType, string][]) {
      assert.throws(() => throughTheWire(type, value), Error, `${type.name} ${value}`);
    }
  });

  it('keeps every day from year 1 to 9999 and every decimal of any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: daysOf(9999, 12, 31) }), (days) => {
        assert.equal(parseDays(formatDays(days)), days);
      }),
    );
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
        fc.integer({ min: 0, max: 38 }),
        (value, scale) => {
          assert.equal(BigInt(unscaled(scaled(value, scale), scale)), value);
        },
      ),
    );
  });
});

describe('The collations of the wire', () => {
  const bytes = (name: string): string => wireCollation(name).bytes.toString('hex');

  it('describes a collation by the bytes SQL Server has for it', () => {
    assert.equal(bytes('SQL_Latin1_General_CP1_CI_AS'), '0904d00034');
    assert.equal(bytes('SQL_Latin1_General_CP1_CS_AS'), '0904c00033');
    assert.equal(bytes('Latin1_General_CI_AS'), '0904d00000');
    assert.equal(bytes('Latin1_General_100_CI_AS_SC'), '0904d02000');
    assert.equal(bytes('Latin1_General_BIN2'), '0904000200');
    assert.equal(bytes('Latin1_General_100_BIN2_UTF8'), '0904002600');
  });

  it('encodes varchar in the code page of its collation, and what that lacks as a question mark', () => {
    const sent = (name: string, text: string): string => {
      const { codePage } = wireCollation(name);
      return codePage.decode(codePage.encode(text));
    };
    assert.equal(sent('SQL_Latin1_General_CP1_CI_AS', 'café €™ Привет 🎁'), 'café €™ ?????? ??');
    assert.equal(sent('Cyrillic_General_CI_AS', 'Привет €'), 'Привет €');
    assert.equal(sent('Hebrew_CS_AS', 'שלום'), 'שלום');
    assert.equal(sent('Latin1_General_100_CI_AS_SC_UTF8', 'Привет 🎁'), 'Привет 🎁');
    assert.equal(codePageOf(wireCollation('Greek_CI_AS').bytes).name, 'windows-1253');
  });

  it('refuses a collation whose code page it does not have', () => {
    assert.throws(() => wireCollation('Japanese_CI_AS'), /Japanese_CI_AS/);
  });
});

describe('The packets of the wire', () => {
  const payload = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 251));
  const framing = { type: 1, packetSize: 512, processId: 51, firstPacketNumber: 1, endOfMessage: true };

  it('puts a message together from packets, however the bytes arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1 }), (sizes) => {
        const reader = new PacketReader();
        const assembler = new MessageAssembler();
        const framed = frame(payload, framing);
        const messages: Buffer[] = [];
        for (let start = 0, turn = 0; start < framed.length; turn += 1) {
          const size = sizes[turn % sizes.length]!;
          for (const packet of reader.push(framed.subarray(start, start + size))) {
            const message = assembler.add(packet);
            if (message) messages.push(message.payload);
          }
          start += size;
        }
        assert.deepEqual(messages, [payload]);
      }),
    );
  });

  it('refuses a packet that can not be one', () => {
    assert.throws(() => new PacketReader().push(Buffer.from('GET / HTTP/1.1')), ProtocolError);
    assert.throws(() => new PacketReader().push(Buffer.from([1, 1, 0, 4, 0, 0, 0, 0])), ProtocolError);
  });

  it('numbers packets from 1 and closes even an empty message', () => {
    const framed = frame(payload, framing);
    assert.deepEqual([framed[6], framed[512 + 6]], [1, 2]);
    assert.deepEqual([...frame(new Uint8Array(), framing)], [1, 1, 0, 8, 0, 51, 1, 0]);
  });
});
