import assert from 'node:assert/strict';
import {
  asText,
  type ColumnRole,
  type ColumnType,
  describeType,
  keyFromText,
  keyText,
  loggedPrice,
  nameText,
  priceText,
  refusalOfType,
} from '../../../src/sync/sqlserver/columnTypes';
import { typeOf } from './sampleTable';

describe('column types', () => {
  const refusals: readonly (readonly [ColumnRole, ColumnType, RegExp | null])[] = [
    ['ProductID', typeOf('varchar', { maxLength: 25 }), null],
    ['ProductID', typeOf('nvarchar', { maxLength: 900 }), null],
    ['ProductID', typeOf('nvarchar', { maxLength: 902 }), /wider than the 450/],
    ['ProductID', typeOf('varchar', { maxLength: 451 }), /wider than the 450/],
    ['ProductID', typeOf('varchar', { maxLength: -1 }), /wider than the 450/],
    ['ProductID', typeOf('int'), null],
    ['ProductID', typeOf('uniqueidentifier'), null],
    ['ProductID', typeOf('datetime2'), null],
    ['ProductID', typeOf('float'), /no exact text/],
    ['ProductID', typeOf('varbinary'), /can’t copy/],
    ['ProductID', typeOf('rowversion'), /can’t copy/],
    ['ProductName', typeOf('nvarchar', { maxLength: -1 }), null],
    ['ProductName', typeOf('text'), /can’t copy/],
    ['ProductName', typeOf('ntext'), /can’t copy/],
    ['ProductName', typeOf('xml'), /can’t copy/],
    ['ProductName', typeOf('sql_variant'), /can’t copy/],
    ['ProductName', typeOf('clr'), /can’t copy/],
    ['QrCode', typeOf('image'), /can’t copy/],
    ['SellPrice', typeOf('float'), null],
    ['SellPrice', typeOf('real'), null],
    ['SellPrice', typeOf('money'), null],
    ['SellPrice', typeOf('tinyint'), null],
    ['SellPrice', typeOf('varchar', { maxLength: 10 }), /no number/],
    ['SellPrice', typeOf('date'), /no number/],
    ['SellPrice', typeOf('bit'), /no number/],
    ['Status', typeOf('real'), /no exact text/],
    ['Status', typeOf('bit'), null],
  ];
  for (const [role, type, reason] of refusals)
    it(`${describeType(type)} is ${reason === null ? 'fine' : 'refused'} as ${role}`, () => {
      const refusal = refusalOfType(role, type);
      if (reason === null) assert.equal(refusal, null);
      else assert.match(refusal ?? '', reason);
    });

  it('are described as T-SQL writes them', () => {
    assert.equal(describeType(typeOf('nvarchar', { maxLength: 150 })), 'NVARCHAR(75)');
    assert.equal(describeType(typeOf('varchar', { maxLength: -1 })), 'VARCHAR(MAX)');
    assert.equal(describeType(typeOf('numeric', { precision: 38, scale: 10 })), 'NUMERIC(38,10)');
    assert.equal(describeType(typeOf('datetime2', { scale: 7 })), 'DATETIME2(7)');
    assert.equal(describeType(typeOf('int')), 'INT');
  });
});

describe('a key', () => {
  it('becomes text of the width of ChangeLog.ProductID', () => {
    assert.equal(keyText('i.[K]', typeOf('varchar', { maxLength: 25 })), 'CONVERT(NVARCHAR(450), i.[K])');
    assert.equal(keyText('i.[K]', typeOf('int')), 'CONVERT(NVARCHAR(450), i.[K])');
  });

  it('loses the padding of CHAR and NCHAR, and no other blanks', () => {
    assert.equal(keyText('[K]', typeOf('char', { maxLength: 10 })), 'RTRIM(CONVERT(NVARCHAR(450), [K]))');
    assert.equal(keyText('[K]', typeOf('nchar', { maxLength: 20 })), 'RTRIM(CONVERT(NVARCHAR(450), [K]))');
  });

  it('has a form for dates and times that no language setting reads otherwise', () => {
    assert.equal(keyText('[K]', typeOf('datetime')), 'CONVERT(NVARCHAR(450), [K], 126)');
    assert.equal(keyText('[K]', typeOf('smalldatetime')), 'CONVERT(NVARCHAR(450), [K], 126)');
    assert.equal(keyText('[K]', typeOf('datetimeoffset')), 'CONVERT(NVARCHAR(450), [K], 121)');
  });

  it('comes back from text in the column’s own type and collation', () => {
    assert.equal(
      keyFromText('k.[key]', typeOf('varchar', { maxLength: 25, collation: 'Greek_CI_AS' })),
      'CONVERT(VARCHAR(1800), k.[key] COLLATE Greek_CI_AS)',
    );
    assert.equal(
      keyFromText('k.[key]', typeOf('nchar', { maxLength: 20, collation: 'Latin1_General_BIN2' })),
      'CONVERT(NVARCHAR(450), k.[key] COLLATE Latin1_General_BIN2)',
    );
    assert.equal(keyFromText('k.[key]', typeOf('int')), 'TRY_CAST(k.[key] AS INT)');
    assert.equal(
      keyFromText('k.[key]', typeOf('numeric', { precision: 10, scale: 0 })),
      'TRY_CAST(k.[key] AS NUMERIC(10,0))',
    );
    assert.equal(keyFromText('k.[key]', typeOf('datetime2', { scale: 3 })), 'TRY_CAST(k.[key] AS DATETIME2(3))');
  });

  it('refuses a collation’s name that could be anything else', () =>
    assert.throws(
      () => keyFromText('k', typeOf('varchar', { maxLength: 5, collation: 'x); DROP TABLE y--' })),
      TypeError,
    ));
});

describe('a price', () => {
  it('becomes the digits that SQL Server holds', () => {
    assert.equal(priceText('[P]', typeOf('numeric')), 'CONVERT(VARCHAR(41), [P])');
    assert.equal(priceText('[P]', typeOf('smallmoney')), 'CONVERT(VARCHAR(41), [P], 2)');
    assert.equal(priceText('[P]', typeOf('float')), 'CONVERT(VARCHAR(41), TRY_CAST([P] AS DECIMAL(19,4)))');
  });

  it('that does not fit is NULL in ChangeLog', () =>
    assert.equal(loggedPrice('i.[P]'), 'TRY_CAST(i.[P] AS NUMERIC(18,2))'));
});

describe('a name', () => {
  it('goes out with up to 4,000 characters and is cut for ChangeLog', () => {
    const type = typeOf('nvarchar', { maxLength: -1 });
    assert.equal(nameText('[N]', type), 'CONVERT(NVARCHAR(4000), [N])');
    assert.equal(asText('[N]', type, 400), 'CONVERT(NVARCHAR(400), [N])');
  });

  it('may be a number or a date', () => {
    assert.equal(nameText('[N]', typeOf('money')), 'CONVERT(NVARCHAR(4000), [N], 2)');
    assert.equal(nameText('[N]', typeOf('date')), 'CONVERT(NVARCHAR(4000), [N], 121)');
  });
});
