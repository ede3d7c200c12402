import { strict as assert } from 'node:assert';
import { PostgresFixture } from './postgresFixture';

describe("T-SQL's values in PostgreSQL", () => {
  let shop: PostgresFixture;
  before(async () => {
    shop = await PostgresFixture.start();
  });
  after(() => shop.stop());

  const gives = (expression: string, expected: string | null): void => {
    it(`${expression} is ${expected === null ? 'NULL' : `'${expected}'`}`, async () => {
      assert.deepEqual(await shop.values(expression), [expected]);
    });
  };
  const fails = (expression: string, number: number, message: string): void => {
    it(`${expression} is error ${number}`, async () => {
      const error = await shop.error(`SELECT ${expression}`);
      assert.deepEqual([error.number, error.message], [number, message]);
    });
  };
  const n = (text: string): string => `'${text}'::bpchar`;

  describe('to text', () => {
    gives('sys.convert_varchar(12.50::numeric(18, 2), 40)', '12.50');
    gives('sys.convert_varchar(-5, 40)', '-5');
    gives('sys.convert_varchar(true, 1)', '1');
    gives('sys.convert_varchar(1234567.8912::sys.money, 40)', '1234567.89');
    gives('sys.convert_varchar(1234567.8912::sys.money, 40, 1)', '1,234,567.89');
    gives('sys.convert_varchar(12.5::sys.money, 40, 2)', '12.5000');
    gives('sys.convert_varchar(1234567::double precision, 40)', '1.23457e+006');
    gives('sys.convert_varchar(123456.7::double precision, 40)', '123457');
    gives('sys.convert_varchar(0.0001::double precision, 40)', '0.0001');
    gives('sys.convert_varchar(0.1::real, 40)', '0.1');
    gives('sys.convert_varchar(1.5::double precision, 40, 1)', '1.5000000e+000');
    gives('sys.convert_varchar(1.5::double precision, 40, 2)', '1.500000000000000e+000');
    gives(
      "sys.convert_varchar('{6f9619ff-8b86-d011-b42d-00c04fc964ff}'::uuid, 36)",
      '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    );
    gives(String.raw`sys.convert_varchar('\x0aff'::bytea, 30, 1)`, '0x0AFF');
    gives(String.raw`sys.convert_varchar('\x0aff'::bytea, 30, 2)`, '0AFF');
    gives(`sys.convert_varchar(${n('abcdef')}, 3)`, 'abc');
    gives(`sys.raw(sys.convert_char(${n('a')}, 3)) || '|'`, 'a  |');
    gives('sys.convert_varchar(NULL, 3)', null);
    gives('sys.convert_varchar(12345, 3)', '*');
    fails(
      'sys.convert_nvarchar(12345, 3)',
      8115,
      'Arithmetic overflow error converting expression to data type nvarchar.',
    );
    fails('sys.convert_varchar(123.45, 3)', 8115, 'Arithmetic overflow error converting numeric to data type varchar.');
  });

  describe('dates to text', () => {
    const moment = "timestamp '2024-01-02 15:04:05.678'";
    const styles: readonly (readonly [number, string])[] = [
      [0, 'Jan  2 2024  3:04PM'],
      [1, '01/02/24'],
      [3, '02/01/24'],
      [4, '02.01.24'],
      [5, '02-01-24'],
      [8, '15:04:05'],
      [10, '01-02-24'],
      [12, '240102'],
      [14, '15:04:05:677'],
      [20, '2024-01-02 15:04:05'],
      [21, '2024-01-02 15:04:05.677'],
      [23, '2024-01-02'],
      [101, '01/02/2024'],
      [103, '02/01/2024'],
      [109, 'Jan  2 2024  3:04:05:677PM'],
      [112, '20240102'],
      [113, '02 Jan 2024 15:04:05:677'],
      [120, '2024-01-02 15:04:05'],
      [121, '2024-01-02 15:04:05.677'],
      [126, '2024-01-02T15:04:05.677'],
      [127, '2024-01-02T15:04:05.677Z'],
    ];
    for (const [style, expected] of styles) gives(`sys.convert_varchar(${moment}, 40, ${style})`, expected);
    gives("sys.convert_varchar(date '2024-01-02', 40)", '2024-01-02');
    gives("sys.convert_varchar(time '15:04:05.678', 40)", '15:04:05.6780000');
    gives(`sys.datetime2_text(${moment}, 3)`, '2024-01-02 15:04:05.678');
    fails(
      `sys.convert_varchar(${moment}, 40, 99)`,
      281,
      '99 is not a valid style number when converting from datetime to a character string.',
    );
  });

  describe('text to numbers', () => {
    gives(`sys.convert_int(${n(' 5 ')})`, '5');
    gives(`sys.convert_int(${n('')})`, '0');
    gives(`sys.convert_int(${n('-7')})`, '-7');
    gives(`sys.try_convert_int(${n('1.5')})`, null);
    fails(
      `sys.convert_int(${n('abc')})`,
      245,
      "Conversion failed when converting the varchar value 'abc' to data type int.",
    );
    fails(
      `sys.convert_int(${n('99999999999')})`,
      248,
      "The conversion of the varchar value '99999999999' overflowed an int column.",
    );
    fails(
      `sys.convert_tinyint(${n('300')})`,
      244,
      "The conversion of the varchar value '300' overflowed an INT1 column. Use a larger integer column.",
    );
    fails(`sys.convert_bigint(${n('x')})`, 8114, 'Error converting data type varchar to bigint.');
    gives(`sys.convert_numeric(${n('12.345')}, 18, 2)`, '12.35');
    fails(`sys.convert_numeric(${n('1e5')}, 18, 2)`, 8114, 'Error converting data type varchar to numeric.');
    fails(`sys.convert_numeric(${n('')}, 18, 2)`, 8114, 'Error converting data type varchar to numeric.');
    gives(`sys.convert_money(${n('$1,234.5')})`, '1234.5000');
    gives(`sys.convert_float(${n('1e5')})`, '100000');
    gives(`sys.convert_bit(${n('TRUE')})`, 't');
    fails(
      `sys.convert_uniqueidentifier(${n('zz')})`,
      8169,
      'Conversion failed when converting from a character string to uniqueidentifier.',
    );
  });

  describe('numbers to numbers', () => {
    gives('sys.convert_int(3.99)', '3');
    gives('sys.convert_int(-3.99)', '-3');
    gives('sys.convert_int(2.5::sys.money)', '3');
    gives('sys.convert_bit(5)', 't');
    gives('sys.convert_numeric(1.005::double precision, 10, 2)', '1.01');
    gives('sys.try_convert_numeric(12345.6, 5, 2)', null);
    fails('sys.convert_tinyint(300)', 220, 'Arithmetic overflow error for data type tinyint, value = 300.');
    fails('sys.convert_int(3000000000)', 8115, 'Arithmetic overflow error converting expression to data type int.');
    fails('sys.convert_int(3e9::double precision)', 232, 'Arithmetic overflow error for type int, value = 3000000000.');
    fails(
      'sys.convert_numeric(12345.6, 5, 2)',
      8115,
      'Arithmetic overflow error converting numeric to data type numeric.',
    );
  });

  describe('text to dates', () => {
    const midnight = '2024-01-02 00:00:00';
    for (const text of [
      '2024-01-02',
      '20240102',
      '01/02/2024',
      '1-2-24',
      'Jan 2 2024',
      '2 January 2024',
      '2024/1/2',
      'January 2, 2024',
    ])
      gives(`sys.convert_datetime(${n(text)})`, midnight);
    gives(`sys.convert_datetime(${n('2024-01-02T03:04:05.678')})`, '2024-01-02 03:04:05.677');
    gives(`sys.convert_datetime(${n('2024-01-02 03:04:05:678')})`, '2024-01-02 03:04:05.677');
    gives(`sys.convert_datetime(${n('Jan  2 2024  3:04PM')})`, '2024-01-02 15:04:00');
    gives(`sys.convert_datetime(${n('15:04')})`, '1900-01-01 15:04:00');
    gives(`sys.convert_datetime(${n('')})`, '1900-01-01 00:00:00');
    gives(`sys.convert_datetime(${n('1/2/49')})`, '2049-01-02 00:00:00');
    gives(`sys.convert_datetime(${n('1/2/50')})`, '1950-01-02 00:00:00');
    gives(`sys.convert_datetime(${n('30/12/2024')}, 103)`, '2024-12-30 00:00:00');
    gives(`sys.convert_date(${n('2024-05-06 10:11')})`, '2024-05-06');
    gives(`sys.convert_time(${n('10:11:12.3456')}, 3)`, '10:11:12.346');
    gives(`sys.convert_smalldatetime(${n('2024-05-06 10:11:31')})`, '2024-05-06 10:12:00');
    gives(`sys.try_convert_datetime(${n('2024-02-30')})`, null);
    fails(
      `sys.convert_datetime(${n('abc')})`,
      241,
      'Conversion failed when converting date and/or time from character string.',
    );
    fails(
      `sys.convert_datetime(${n('2024-02-30')})`,
      242,
      'The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.',
    );
    fails(
      `sys.convert_datetime(${n('1700-01-01')})`,
      242,
      'The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.',
    );
  });

  describe('binary', () => {
    gives(`sys.convert_varbinary(${n('abc')}, 30)`, String.raw`\x616263`);
    gives(`sys.convert_varbinary(${n('0x0aFF')}, 30, 1)`, String.raw`\x0aff`);
    gives('sys.convert_binary(1, 8)', String.raw`\x0000000000000001`);
    gives(String.raw`sys.convert_int('\x0102'::bytea)`, '258');
    gives(
      "sys.convert_varbinary('6F9619FF-8B86-D011-B42D-00C04FC964FF'::uuid, 16)",
      String.raw`\xff19966f868b11d0b42d00c04fc964ff`,
    );
    gives(
      String.raw`sys.convert_uniqueidentifier('\xFF19966F868B11D0B42D00C04FC964FF'::bytea)`,
      '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    );
    gives(`sys.utf16_bytes(${n('aé🍞')})`, String.raw`\x6100e9003cd85edf`);
  });

  describe('into columns', () => {
    gives(`sys.assign_varchar(${n('漢字é🍞ł')}, 10, 'dbo.T', 'c')`, '??é??l');
    gives(`sys.assign_nvarchar(${n('漢字é🍞')}, 5, 'dbo.T', 'c')`, '漢字é🍞');
    gives(`sys.raw(sys.assign_varchar(${n('abc   ')}, 4, 'dbo.T', 'c')) || '|'`, 'abc |');
    gives(`sys.raw(sys.assign_nchar(5, 3, 'dbo.T', 'c')) || '|'`, '5  |');
    gives(`sys.assign_varchar(${n('abcdef')}, 3)`, 'abc');
    gives(`sys.assign_varchar(12.50, 10, 'dbo.T', 'c')`, '12.50');
    gives(`sys.assign_int(${n('5')}, 'dbo.T', 'c')`, '5');
    gives(`sys.assign_varchar(${n('漢字')}, 6, 'dbo.T', 'c', 65001)`, '漢字');
    fails(
      `sys.assign_nvarchar(${n('abc🍞')}, 4, 'dbo.T', 'c')`,
      2628,
      "String or binary data would be truncated in table 'Shop.dbo.T', column 'c'. Truncated value: 'abc'.",
    );
    fails(
      `sys.assign_varchar(${n('abcdef')}, 3, 'dbo.T', 'c')`,
      2628,
      "String or binary data would be truncated in table 'Shop.dbo.T', column 'c'. Truncated value: 'abc'.",
    );
    gives(String.raw`sys.assign_binary('\x0a'::bytea, 2, 'dbo.T', 'c')`, String.raw`\x0a00`);
    fails(
      String.raw`sys.assign_varbinary('\x0a0b0c'::bytea, 2, 'dbo.T', 'c')`,
      2628,
      "String or binary data would be truncated in table 'Shop.dbo.T', column 'c'. Truncated value: ''.",
    );
    fails(
      "sys.assign_tinyint(300, 'dbo.T', 'c')",
      220,
      'Arithmetic overflow error for data type tinyint, value = 300.',
    );
  });

  describe('strings', () => {
    gives(`sys.len(${n('abc  ')})`, '3');
    gives(`sys.len(${n('🍞a')})`, '3');
    gives(`sys.datalength_n(${n('abc ')})`, '8');
    gives(`sys.datalength_c(${n('abc ')})`, '4');
    gives(`sys.left(${n('🍞ab')}, 3)`, '🍞a');
    gives(`sys.left(12345, 2)`, '12');
    gives(`sys.right(${n('abc')}, 2)`, 'bc');
    gives(`sys.substring(${n('abc')}, 0, 2)`, 'a');
    gives(`sys.substring(${n('a🍞b')}, 2, 3)`, '🍞b');
    gives(`sys.upper(${n('é')})`, 'É');
    gives(`sys.stuff(${n('abcdef')}, 2, 3, ${n('X')})`, 'aXef');
    gives(`sys.charindex(${n('b')}, ${n('abcb')}, 3)`, '4');
    gives(`sys.replicate(${n('ab')}, -1)`, null);
    gives(`sys.quotename(${n('a]b')})`, '[a]]b]');
    gives(`sys.concat('a', sys.to_string(1), NULL, 'b')`, 'a1b');
    gives(`sys.concat_ws(',', 'a', NULL, 'b')`, 'a,b');
    gives('sys.str(123.456, 7, 2)', ' 123.46');
    gives('sys.str(123456, 3)', '***');
    gives(`sys.formatmessage('no %s %05d|%-4s|%x %%', 'luck', '42', 'ab', '255')`, 'no luck 00042|ab  |ff %');
    gives(`sys.parsename(${n('a.[b.c].d')}, 2)`, 'b.c');
    gives(`sys.hashbytes('SHA1', ${n('abc')})`, String.raw`\xa9993e364706816aba3e25717850c26c9cd0d89d`);
    gives(
      "(SELECT sys.string_agg(x, ', ' ORDER BY x DESC) FROM (VALUES ('a'::bpchar), ('b'), (NULL)) AS v(x))",
      'b, a',
    );
    fails(`sys.left(${n('abc')}, -1)`, 537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.');
  });

  describe('numbers and dates', () => {
    gives('sys.round(123.456, 2)', '123.460');
    gives('sys.round(155, -1)', '160');
    gives('sys.ceiling(1.2)', '2');
    gives('sys.power(2, 10)', '1024');
    gives(`sys.isnumeric(${n('1e4')})`, '1');
    gives(`sys.isnumeric(${n('x')})`, '0');
    gives('sys.isnull(NULL, 5)', '5');
    gives('sys.isnull(NULL::numeric, 0)', '0');
    gives(`sys.isnull(NULL::integer, ${n('7')})`, '7');
    gives('sys.isnull(NULL::boolean, 0)', 'f');
    gives("sys.dateadd('mm', 1, date '2024-01-31')", '2024-02-29');
    gives(`sys.dateadd('hh', -1, ${n('2024-01-01')})`, '2023-12-31 23:00:00');
    gives("sys.datediff('year', timestamp '2023-12-31', timestamp '2024-01-01')", '1');
    gives(`sys.datediff('dd', timestamp '2024-01-01 23:59', ${n('2024-01-02')})`, '1');
    gives("sys.datediff('week', timestamp '2024-01-06', timestamp '2024-01-07')", '1');
    gives("sys.datepart('dw', timestamp '2024-01-07')", '1');
    gives("sys.datename('weekday', timestamp '2024-01-07')", 'Sunday');
    gives("sys.eomonth(date '2024-02-10')", '2024-02-29');
    fails(
      "sys.datediff('ns', timestamp '2024-01-01', timestamp '2024-01-02')",
      535,
      'The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.',
    );
    for (const [written, kept] of [
      ['.990', '.99'],
      ['.992', '.993'],
      ['.995', '.997'],
      ['.998', '.997'],
      ['.999', ''],
    ] as const)
      gives(
        `sys.convert_datetime(${n(`23:59:59${written}`)})`,
        kept === '' ? '1900-01-02 00:00:00' : `1900-01-01 23:59:59${kept}`,
      );
    it('GETDATE() counts three hundredths of a second', async () => {
      const [text] = await shop.values('sys.convert_varchar(sys.getdate(), 40, 121)');
      assert.match(text ?? '', /[037]$/);
    });
  });

  describe('operators', () => {
    gives(`${n('a')} + ${n('b ')} + ${n('c')}`, 'ab c');
    gives(`5 = ${n('5')}`, 't');
    gives(`${n('10')} > 9`, 't');
    gives(`1 + ${n('5')}`, '6');
    gives(`2.5 = ${n('2.50')}`, 't');
    gives('true = 1', 't');
    gives('~true', 'f');
    gives('5 / 2', '2');
    gives(`timestamp '2024-01-02' > ${n('2024-01-01')}`, 't');
    gives("timestamp '2024-01-02' + 1.5", '2024-01-03 12:00:00');
    gives(`'6f9619ff-8b86-d011-b42d-00c04fc964ff'::uuid = ${n('6F9619FF-8B86-D011-B42D-00C04FC964FF')}`, 't');
    gives(`${n('a ')} = ${n('a')}`, 't');
    fails(`5 = ${n('x')}`, 245, "Conversion failed when converting the varchar value 'x' to data type int.");
    fails('1 / 0', 8134, 'Divide by zero error encountered.');
    fails('2147483647 + 1', 8115, 'Arithmetic overflow error converting expression to data type int.');
  });
});
