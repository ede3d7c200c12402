import { strict as assert } from 'node:assert';
import { collations, findCollation } from '../../demo/sqlserver/engine/postgres/prelude/collations';
import { PostgresFixture } from './postgresFixture';

describe("SQL Server's collations in PostgreSQL", () => {
  let shop: PostgresFixture;
  before(async () => {
    shop = await PostgresFixture.start();
    await shop.run(`
      CREATE TABLE dbo."Ci" ("ID" bpchar COLLATE sys."SQL_Latin1_General_CP1_CI_AS" PRIMARY KEY, "Name" bpchar COLLATE sys."SQL_Latin1_General_CP1_CI_AS");
      INSERT INTO dbo."Ci" VALUES ('abc', 'x '), ('Def ', 'y'), ('é', 'z');
      CREATE TABLE dbo."Bin" ("ID" bpchar COLLATE sys."Latin1_General_BIN2");
      INSERT INTO dbo."Bin" VALUES ('abc'), ('ABC')`);
  });
  after(() => shop.stop());

  const compares = (a: string, b: string, collation: string, equal: boolean): void => {
    it(`${collation}: '${a}' ${equal ? 'equals' : 'differs from'} '${b}'`, async () => {
      assert.deepEqual(await shop.values(`'${a}'::bpchar = '${b}'::bpchar COLLATE sys."${collation}"`), [
        equal ? 't' : 'f',
      ]);
    });
  };
  compares('abc', 'ABC', 'SQL_Latin1_General_CP1_CI_AS', true);
  compares('abc', 'ABC', 'Latin1_General_CS_AS', false);
  compares('e', 'é', 'Latin1_General_CI_AS', false);
  compares('e', 'É', 'Latin1_General_CI_AI', true);
  compares('e', 'é', 'Latin1_General_CS_AI', true);
  compares('e', 'É', 'Latin1_General_CS_AI', false);
  compares('i', 'I', 'Turkish_CI_AS', false);
  compares('a', 'A', 'Latin1_General_BIN2', false);
  compares('a ', 'a', 'Latin1_General_BIN2', true);
  compares('a ', 'A', 'Latin1_General_100_CI_AS_SC_UTF8', true);

  it('a key is found in any case and with any number of trailing blanks, through its index', async () => {
    assert.deepEqual(
      await shop.list(`SELECT "ID" FROM dbo."Ci" WHERE "ID" IN ('ABC   '::bpchar, 'DEF'::bpchar) ORDER BY "ID"`),
      ['abc', 'Def '],
    );
    await shop.run('SET enable_seqscan = off');
    const plan = await shop.list(`EXPLAIN SELECT * FROM dbo."Ci" WHERE "ID" = 'ABC'::bpchar`);
    await shop.run('RESET enable_seqscan');
    assert.match(plan.join('\n'), /Index Scan/);
  });

  it('trailing blanks are kept', async () => {
    assert.deepEqual(await shop.list(`SELECT sys.raw("ID") || '|' FROM dbo."Ci" ORDER BY 1`), ['abc|', 'Def |', 'é|']);
  });

  it('a key that differs by case or blanks only is the same key', async () => {
    const error = await shop.error(`INSERT INTO dbo."Ci" VALUES ('ABC ')`);
    assert.deepEqual(
      [error.number, error.message],
      [
        2627,
        "Violation of PRIMARY KEY constraint 'Ci_pkey'. Cannot insert duplicate key in object 'dbo.Ci'. The duplicate key value is (ABC ).",
      ],
    );
  });

  it('DISTINCT, GROUP BY, UNION and joins go by the collation', async () => {
    const both = `(SELECT "ID" FROM dbo."Ci" UNION ALL SELECT 'ABC' UNION ALL SELECT 'def') AS x`;
    assert.deepEqual(await shop.values(`(SELECT count(*) FROM (SELECT DISTINCT "ID" FROM ${both}) AS y)`), ['3']);
    assert.deepEqual(await shop.list(`SELECT count(*) FROM ${both} GROUP BY "ID" ORDER BY 1`), ['1', '2', '2']);
    assert.deepEqual(await shop.values(`(SELECT count(*) FROM (SELECT "ID" FROM dbo."Ci" UNION SELECT 'ABC') AS y)`), [
      '3',
    ]);
    assert.deepEqual(
      await shop.list(`SELECT a."ID" FROM dbo."Ci" AS a JOIN ${both} ON x."ID" = a."ID" WHERE a."ID" = 'abc'`),
      ['abc', 'abc'],
    );
  });

  it('two columns of different collations do not compare', async () => {
    assert.equal(await shop.errorNumber(`SELECT 1 FROM dbo."Ci" AS a JOIN dbo."Bin" AS b ON a."ID" = b."ID"`), 468);
    const error = await shop.error(
      `SELECT 'a'::bpchar COLLATE sys."Latin1_General_BIN2" = 'a'::bpchar COLLATE sys."Latin1_General_CI_AS"`,
    );
    assert.equal(
      error.message,
      'Cannot resolve the collation conflict between "Latin1_General_BIN2" and "Latin1_General_CI_AS" in the equal to operation.',
    );
  });

  const likes = (
    value: string,
    pattern: string,
    expected: boolean,
    collation = 'SQL_Latin1_General_CP1_CI_AS',
  ): void => {
    it(`'${value}' ${expected ? 'is' : 'is not'} LIKE '${pattern}' in ${collation}`, async () => {
      const [like] = await shop.values(`sys.like('${value}'::bpchar COLLATE sys."${collation}", '${pattern}'::bpchar)`);
      assert.equal(like, expected ? 't' : 'f');
    });
  };
  likes('Cola', 'c%', true);
  likes('Cola', 'c%', false, 'Latin1_General_CS_AS');
  likes('Cola', '_OLA', true);
  likes('Cola', '[a-c]%', true);
  likes('Cola', '[^c]%', false);
  likes('Cola', '[a-c]%', false, 'Latin1_General_BIN2');
  likes('café', '%CAFE', true, 'Latin1_General_CI_AI');
  likes('50%', '50[%]', true);
  likes('abc   ', 'abc', true);
  likes('abc', 'abc ', false);
  likes(String.raw`a\b`, String.raw`a\_`, true);
  likes('a.c', 'abc', false);

  it('LIKE takes an escape character', async () => {
    assert.deepEqual(
      await shop.values("sys.like('50%'::bpchar, '50!%', '!')", "sys.like('50x'::bpchar, '50!%', '!')"),
      ['t', 'f'],
    );
  });
  it('PATINDEX says where a pattern begins', async () => {
    assert.deepEqual(
      await shop.values("sys.patindex('%[0-9]%', 'ab3'::bpchar)", "sys.patindex('%x%', 'ab3'::bpchar)"),
      ['3', '0'],
    );
  });
  it('CHARINDEX and REPLACE go by the collation', async () => {
    const value = `'aXbx'::bpchar COLLATE sys."SQL_Latin1_General_CP1_CI_AS"`;
    assert.deepEqual(await shop.values(`sys.charindex('x', ${value})`, `sys.replace(${value}, 'x', '-')`), [
      '2',
      'a-b-',
    ]);
  });

  it('what reads a string takes one of any collation, or of two at odds', async () => {
    await shop.run(`CREATE TABLE dbo."Text" (a bpchar COLLATE sys."SQL_Latin1_General_CP1_CI_AS", b bpchar COLLATE sys."Latin1_General_CS_AS");
      INSERT INTO dbo."Text" VALUES ('2024-01-02 03:04 PM', '5')`);
    const calls = [
      'sys.convert_datetime(a)',
      'sys.convert_date(a)',
      'sys.isdate(a)',
      "sys.dateadd('dd', 1, a)",
      'sys.convert_int(b)',
      'sys.convert_numeric(b, 18, 2)',
      'sys.convert_money(b)',
      'sys.convert_float(b)',
      'sys.convert_bit(b)',
      'sys.isnumeric(b)',
      'sys.try_convert_uniqueidentifier(a)',
      'sys.convert_varbinary(a, 30)',
      "sys.formatmessage('%5d|%s', b, a)",
      "sys.assign_varchar(a + b, 30, 'dbo.T', 'c')",
      "sys.assign_nchar(a + b, 30, 'dbo.T', 'c')",
      'sys.convert_nvarchar(a + b, 4)',
      'sys.left(a + b, 4)',
      'sys.quotename(a)',
      'sys.parsename(b, 1)',
      'sys.object_id(a)',
    ];
    const [row = []] = await shop.rows(`SELECT ${calls.join(', ')} FROM dbo."Text"`);
    assert.deepEqual(row.slice(0, 8), [
      '2024-01-02 15:04:00',
      '2024-01-02',
      '1',
      '2024-01-03 15:04:00',
      '5',
      '5.00',
      '5.0000',
      '5',
    ]);
  });

  it('names of collations are found in any case', () => {
    assert.equal(findCollation('sql_latin1_general_cp1_ci_as'), 'SQL_Latin1_General_CP1_CI_AS');
    assert.equal(findCollation('Klingon_CI_AS'), undefined);
    assert.equal(collations.get('Latin1_General_100_CI_AS_SC_UTF8')?.codePage, 65001);
  });
});
