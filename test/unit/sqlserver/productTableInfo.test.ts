import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import { readProductTable } from '../../../src/sync/sqlserver/productTableInfo';
import type { Row } from '../../../src/sync/sqlserver/statements';
import { columnRow, columnRows, products, typeOf } from './sampleTable';
import { never, ScriptedRunner } from './scriptedRunner';

interface Catalog {
  readonly version?: string;
  readonly object?: Row | null;
  readonly table?: Row;
  readonly columns?: readonly Row[];
  readonly keys?: readonly Row[];
  readonly tables?: readonly Row[];
}

const found: Row = { object_id: 100, object_type: 'U', schema_name: 'dbo', object_name: 'Products', owner_id: 1 };

function read({
  version = '16.0.1000.6',
  object = found,
  table = {},
  columns = numbered(columnRows),
  keys = [],
  tables = [],
}: Catalog) {
  const runner = new ScriptedRunner(() => [
    [{ server_version: version, database_name: 'Shop', default_schema: 'dbo' }],
    object === null ? [] : [object],
    object === null ? [] : [table],
    object === null ? [] : columns,
    keys,
    tables,
  ]);
  return readProductTable(runner, { schema: 'dbo', table: 'Produkte' }, never);
}

function numbered(rows: readonly Row[]): readonly Row[] {
  return rows.map((row, index) => ({ ...row, column_id: index + 1 }));
}

function changed(name: string, change: Row): readonly Row[] {
  return numbered(columnRows.map((row) => (row['name'] === name ? { ...row, ...change } : row)));
}

async function failure(catalog: Catalog): Promise<ShopError> {
  try {
    await read(catalog);
  } catch (caught) {
    if (caught instanceof ShopError) return caught;
    throw caught;
  }
  throw new assert.AssertionError({ message: 'The table was accepted.' });
}

describe('the product table', () => {
  it('is found with its columns under their own names', async () => {
    const lower = changed('SellPrice', { name: 'sellprice' });
    const info = await read({ columns: lower, keys: [{ index_id: 1, column_id: 1 }] });
    assert.deepEqual(info, {
      ...products,
      columns: { ...products.columns, SellPrice: { ...products.columns.SellPrice, name: 'sellprice' } },
    });
  });

  it('has a unique key only where an index is on ProductID alone', async () => {
    assert.equal((await read({ keys: [] })).keyIsUnique, false);
    const pair = [
      { index_id: 1, column_id: 1 },
      { index_id: 1, column_id: 2 },
    ];
    assert.equal((await read({ keys: pair })).keyIsUnique, false);
    assert.equal((await read({ keys: [...pair, { index_id: 2, column_id: 1 }] })).keyIsUnique, true);
  });

  it('is told to be missing, the most similar tables first', async () => {
    const tables = ['Customers', 'Products'].map((table_name) => ({ schema_name: 'dbo', table_name }));
    const error = await failure({ object: null, tables });
    assert.equal(error.code, 'table-missing');
    assert.equal(error.message, 'The database Shop has no table dbo.Produkte. It has: dbo.Products, dbo.Customers.');
    assert.match((await failure({ object: null })).message, /no other table that this login may see/);
  });

  it('lacks columns, and those that it has are named', async () => {
    const error = await failure({ columns: numbered(columnRows.filter((row) => row['name'] !== 'SellPrice')) });
    assert.equal(error.code, 'columns-missing');
    assert.equal(
      error.message,
      'The table dbo.Products has no column SellPrice. It has: ProductID, ProductName, QrCode, Status.',
    );
    const two = await failure({ columns: numbered(columnRows.slice(0, 3)) });
    assert.match(two.message, /has no columns QrCode, Status\./);
  });

  it('can be no view, synonym, memory-optimized, external or history table', async () => {
    const cases: readonly (readonly [Catalog, string, RegExp])[] = [
      [{ object: { ...found, object_type: 'V' } }, 'table-is-view', /is a view/],
      [{ object: { ...found, object_type: 'SN' } }, 'table-unsupported', /synonym/],
      [{ object: { ...found, object_type: 'P' } }, 'table-unsupported', /not a table/],
      [{ table: { is_memory_optimized: true } }, 'table-unsupported', /memory-optimized/],
      [{ table: { is_external: true } }, 'table-unsupported', /external/],
      [{ table: { temporal_type: 1 } }, 'table-unsupported', /history/],
    ];
    for (const [catalog, code, message] of cases) {
      const error = await failure(catalog);
      assert.equal(error.code, code);
      assert.match(error.message, message);
    }
  });

  it('may be a temporal table’s current one', async () =>
    assert.equal((await read({ table: { temporal_type: 2 } })).table, 'Products'));

  it('can have no column that a trigger could fail on or not compare', async () => {
    const cases: readonly (readonly [string, Row, RegExp])[] = [
      [
        'ProductName',
        columnRow({ name: 'ProductName', type: typeOf('text'), nullable: true }),
        /is TEXT, which a trigger can’t copy/,
      ],
      [
        'ProductID',
        columnRow({ name: 'ProductID', type: typeOf('float', { precision: 53 }), nullable: true }),
        /is FLOAT\(53\)/,
      ],
      ['SellPrice', { is_computed: true }, /computed at each read/],
      ['SellPrice', { encryption_type: 1 }, /encrypted/],
      ['QrCode', { is_masked: true }, /masked/],
      ['ProductID', { base_type: null }, /is a CLR type/],
    ];
    for (const [name, change, message] of cases) {
      const error = await failure({ columns: changed(name, change) });
      assert.equal(error.code, 'column-type-unsupported');
      assert.match(error.message, message);
    }
  });

  it('may have computed columns that are kept', async () =>
    assert.equal(
      (await read({ columns: changed('SellPrice', { is_computed: true, is_persisted: true }) })).table,
      'Products',
    ));

  it('needs SQL Server 2012', async () => {
    assert.equal((await failure({ version: '10.50.6000.34' })).code, 'server-too-old');
    assert.equal((await read({ version: '11.0.2100.60' })).table, 'Products');
  });
});
