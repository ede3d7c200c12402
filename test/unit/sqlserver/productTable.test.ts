import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import type { ColumnType } from '../../../src/sync/sqlserver/columnTypes';
import { createProductTable } from '../../../src/sync/sqlserver/productTable';
import type { ProductColumn, ProductTableInfo } from '../../../src/sync/sqlserver/productTableInfo';
import type { Row, SqlRunner } from '../../../src/sync/sqlserver/statements';
import { never, ScriptedRunner } from './scriptedRunner';

function column(name: string, type: Partial<ColumnType>): ProductColumn {
  return {
    name,
    nullable: true,
    type: { name: 'varchar', maxLength: 25, precision: 0, scale: 0, collation: 'Greek_CI_AS', ...type },
  };
}

const info: ProductTableInfo = {
  database: 'Shop',
  schema: 'dbo',
  table: 'Products',
  qualifiedName: '[dbo].[Products]',
  displayName: 'dbo.Products',
  objectId: 1,
  ownerId: 1,
  columns: {
    ProductID: column('ProductID', {}),
    ProductName: column('ProductName', { maxLength: 75 }),
    SellPrice: column('SellPrice', { name: 'numeric', maxLength: 9, precision: 18, scale: 2, collation: null }),
    QrCode: column('QrCode', { maxLength: 100 }),
    Status: column('Status', { name: 'int', maxLength: 4, precision: 10, collation: null }),
  },
  keyIsUnique: true,
};

function tableOver(runner: SqlRunner) {
  return createProductTable(runner, () => Promise.resolve(info));
}

/** A shop whose rows are either readable or held by an open transaction; answers keyed reads as SQL Server would. */
function shop(readable: Readonly<Record<string, string>>, locked: ReadonlySet<string>) {
  const timeouts: number[] = [];
  const runner = new ScriptedRunner((sql) => {
    timeouts.push(Number(/SET LOCK_TIMEOUT (\d+)/.exec(sql)?.[1]));
    const asked = [...sql.matchAll(/\((\d+), N'([^']*)'\)/g)].map((match) => ({
      number: Number(match[1]),
      key: match[2] ?? '',
    }));
    if (!sql.includes('READPAST') && asked.some(({ key }) => locked.has(key)))
      throw new ShopError('sql-busy', 'The product table is locked by another program.', 'Wait.');
    return [
      asked.flatMap(({ number, key }): Row[] => {
        const name = locked.has(key) ? undefined : readable[key];
        if (name === undefined) return [];
        return [{ key_number: number, product_id: key, product_name: name, sell_price: '1.00' }];
      }),
    ];
  });
  return { runner, timeouts, table: tableOver(runner) };
}

const product = (productId: string, productName: string) =>
  ({ state: 'present', product: { productId, productName, sellPrice: '1.00' } }) as const;

describe('products read by key', () => {
  it('are found in one statement that skips what the shop holds', async () => {
    const { runner, table } = shop({ a: 'Apple', b: 'Bread' }, new Set());
    assert.deepEqual(
      await table.read(['a', 'b', 'a'], never),
      new Map([
        ['a', product('a', 'Apple')],
        ['b', product('b', 'Bread')],
      ]),
    );
    assert.equal(runner.batches.length, 1);
    assert.match(runner.batches[0] ?? '', /WITH \(READPAST, READCOMMITTEDLOCK, ROWLOCK\)/);
  });

  it('are absent only where a second look, which waits, does not find them', async () => {
    const { runner, table } = shop({ a: 'Apple' }, new Set());
    const readings = await table.read(['a', 'gone'], never);
    assert.deepEqual(readings.get('gone'), { state: 'absent' });
    assert.equal(runner.batches.length, 2);
    assert.match(runner.batches[1] ?? '', /WITH \(READCOMMITTEDLOCK\)/);
  });

  it('are locked where the second look ends in a lock timeout, and only those', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const { timeouts, table } = shop({ k1: 'One', k2: 'Two' }, new Set(['k2', 'k11']));
    const readings = await table.read(keys, never);
    assert.deepEqual([...readings.keys()].sort(), [...keys].sort());
    const inState = (wanted: string) => keys.filter((key) => readings.get(key)?.state === wanted);
    assert.deepEqual(inState('present'), ['k1']);
    assert.deepEqual(inState('locked'), ['k2', 'k11']);
    assert.equal(inState('absent').length, 17);
    assert.equal(timeouts.filter((timeout) => timeout > 0).length, 2, 'waits twice at most');
  });

  it('are left alone where finding out would take too many statements', async () => {
    const keys = Array.from({ length: 400 }, (_, index) => `k${index}`);
    const { runner, table } = shop({}, new Set(keys));
    const readings = await table.read(keys, never);
    assert([...readings.values()].every(({ state }) => state === 'locked'));
    assert.equal(readings.size, 400);
    assert(runner.batches.length <= 41);
  });

  it('come in chunks of 500', async () => {
    const keys = Array.from({ length: 1200 }, (_, index) => `k${index}`);
    const { runner, table } = shop(Object.fromEntries(keys.map((key) => [key, key])), new Set());
    assert.equal((await table.read(keys, never)).size, 1200);
    assert.equal(runner.batches.length, 3);
  });

  it('pass on what is not a lock', async () => {
    const failure = new ShopError('sql-connection-lost', 'Lost.', 'Wait.');
    const runner: SqlRunner = { batch: () => Promise.reject(failure) };
    await assert.rejects(tableOver(runner).read(['a'], never), failure);
  });

  it('may lack a key', async () => {
    const runner = new ScriptedRunner((sql) => {
      assert.match(sql, /SELECT TOP \(1\) 0 AS key_number/);
      assert.doesNotMatch(sql, /VALUES/);
      return [[{ key_number: 0, product_id: null, product_name: 'No key', sell_price: null }]];
    });
    assert.deepEqual(
      await tableOver(runner).read([null], never),
      new Map([[null, { state: 'present', product: { productId: '', productName: 'No key', sellPrice: null } }]]),
    );
  });

  it('are the same one of two rows that share a key, in whatever order these come', async () => {
    const rows: readonly Row[] = [
      { key_number: 0, product_id: 'a', product_name: 'New', sell_price: '2.00' },
      { key_number: 0, product_id: 'a', product_name: 'Old', sell_price: '9.00' },
    ];
    for (const order of [rows, rows.toReversed()])
      assert.deepEqual((await tableOver(new ScriptedRunner(() => [order])).read(['a'], never)).get('a'), {
        state: 'present',
        product: { productId: 'a', productName: 'Old', sellPrice: '9.00' },
      });
  });
});

describe('a page of products', () => {
  const rows = ['a', 'b'].map((key): Row => ({ product_id: key, product_name: key, sell_price: '1.00' }));

  it('goes on after the last key, whose rows are all on it', async () => {
    const runner = new ScriptedRunner(() => [[{ cursor_invalid: 0 }], rows]);
    const page = await tableOver(runner).readPage("o'clock", 2, never);
    assert.equal(page.products.length, 2);
    assert.equal(page.next, 'b');
    const [sql = ''] = runner.batches;
    assert.match(sql, /SELECT TOP \(2\) WITH TIES/);
    assert.match(sql, /WHERE p\.\[ProductID\] > CONVERT\(VARCHAR\(1800\), N'o''clock' COLLATE Greek_CI_AS\)/);
    assert.doesNotMatch(sql, /READPAST/);
  });

  it('is the last one where it is not full', async () => {
    const page = await tableOver(new ScriptedRunner(() => [rows])).readPage(null, 3, never);
    assert.deepEqual([page.products.length, page.next], [2, null]);
  });

  it('is refused after a key that the table can no longer have', async () => {
    const runner = new ScriptedRunner(() => [[{ cursor_invalid: 1 }], []]);
    await assert.rejects(tableOver(runner).readPage('abc', 2, never), { code: 'state-unreadable' });
  });
});

describe('the number of products', () => {
  const failing = (failure: Error): SqlRunner => ({ batch: () => Promise.reject(failure) });

  it('is what SQL Server counts', async () => {
    assert.equal(await tableOver(new ScriptedRunner(() => [[{ products: '1200' }]])).count(never), 1200);
  });

  for (const code of ['sql-failed', 'sql-busy'] as const)
    it(`is unknown where counting ends in ${code}: it is for a progress bar, and ends no run`, async () => {
      const runner = failing(new ShopError(code, 'Could not continue scan with NOLOCK due to data movement.', 'Wait.'));
      assert.equal(await tableOver(runner).count(never), 0);
    });

  it('ends the run where that has to end', async () => {
    const failure = new ShopError('sql-connection-lost', 'Lost.', 'Wait.');
    await assert.rejects(tableOver(failing(failure)).count(never), failure);
    const noTable = new ShopError('sql-failed', 'The table can’t be looked up.', 'Wait.');
    const unknown = createProductTable(failing(failure), () => Promise.reject(noTable));
    await assert.rejects(unknown.count(never), noTable);
  });
});
