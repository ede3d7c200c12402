import { strict as assert } from 'node:assert';
import { describeColumns, toScale } from '../../demo/sqlserver/engine/postgres/resultTypes';
import { PostgresFixture } from './postgresFixture';

describe('results', () => {
  let shop: PostgresFixture;
  before(async () => {
    shop = await PostgresFixture.start();
    await shop.run(`
      CREATE TABLE dbo."Products" ("ProductID" bpchar COLLATE sys."SQL_Latin1_General_CP1_CI_AS" PRIMARY KEY, "SellPrice" numeric(18, 2), "Paid" sys.money);
      SELECT sys.declare_column('dbo', 'Products', 'ProductID', 'varchar', 25);
      INSERT INTO dbo."Products" VALUES ('1', 1.5, 2)`);
  });
  after(() => shop.stop());

  it('a result has the types of the columns it comes from', async () => {
    const catalog = await shop.loadCatalog(shop.client);
    const { fields, rows } = await shop.client.query<string[]>({
      text: `SELECT "ProductID", "SellPrice", 2.5::numeric * 2, true, 'x'::bpchar, '\\x0a'::bytea, timestamptz '2024-01-02 03:04:05+00', gen_random_uuid() FROM dbo."Products"`,
      rowMode: 'array',
    });
    const columns = describeColumns(fields, [], catalog);
    assert.deepEqual(
      columns.map(({ column: { type, nullable } }) => [type.name, type.length ?? type.scale, nullable]),
      [
        ['varchar', 25, false],
        ['numeric', 2, true],
        ['numeric', 10, true],
        ['bit', undefined, true],
        ['nvarchar', -1, true],
        ['varbinary', -1, true],
        ['datetimeoffset', 7, true],
        ['uniqueidentifier', undefined, true],
      ],
    );
    const texts = columns.slice(0, 6).map(({ read }, index) => read(rows[0]?.[index] ?? ''));
    assert.deepEqual(texts, ['1', '1.50', '5.0000000000', '1', 'x', '0a']);
    assert.match(columns[6]?.read(rows[0]?.[6] ?? '') ?? '', /^2024-01-0\d \d\d:\d\d:05 [-+]\d\d:\d\d$/);
    assert.match(columns[7]?.read(rows[0]?.[7] ?? '') ?? '', /^[0-9A-F-]{36}$/);
  });
});

describe('numbers without a declared scale', () => {
  for (const [digits, scale, expected] of [
    ['1.5', 2, '1.50'],
    ['5', 2, '5.00'],
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['-0.004', 2, '0.00'],
    ['0.05', 1, '0.1'],
    ['99.999', 2, '100.00'],
    ['7.5', 0, '8'],
  ] as const)
    it(`${digits} with ${scale} digits after the point is ${expected}`, () => {
      assert.equal(toScale(digits, scale), expected);
    });
});
