import assert from 'node:assert/strict';
import type { ConnectionPool } from 'mssql';
import { work } from '../../demo/scenario/work';

describe("the demo's shop at work", () => {
  async function statementsOf(products: number, writes: number): Promise<string[]> {
    const statements: string[] = [];
    const batch = (statement: string): Promise<void> => {
      statements.push(statement);
      return Promise.resolve();
    };
    const done = await work({ request: () => ({ batch }) } as unknown as ConnectionPool, products, writes);
    assert.equal(done.writes, writes);
    return statements;
  }

  for (const products of [0, 1, 2, 3, 10, 1000]) {
    it(`changes only what it has, beginning with ${products} products`, async () => {
      const stock = new Set(Array.from({ length: products }, (_, index) => `P${String(index + 1).padStart(6, '0')}`));
      for (const statement of await statementsOf(products, 500)) {
        const where = /WHERE ProductID = '(\w+)'/.exec(statement)?.[1];
        if (where === undefined) {
          for (const [, id] of statement.matchAll(/\('(P\d+)'/g)) stock.add(id!);
          continue;
        }
        assert(stock.has(where), statement);
        const renamed = /SET ProductID = '(\w+)'/.exec(statement)?.[1];
        if (renamed !== undefined || statement.startsWith('DELETE')) stock.delete(where);
        if (renamed !== undefined) stock.add(renamed);
      }
    });
  }

  it('never writes a name that its column has no room for', async () => {
    const names = (await statementsOf(10, 5000)).flatMap((statement) =>
      [...statement.matchAll(/N'([^']*)'/g)].map(([, name]) => name!),
    );
    assert(names.length > 0);
    assert.deepEqual(
      names.filter((name) => name.length > 75),
      [],
    );
  });
});
