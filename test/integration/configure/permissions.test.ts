import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { configure } from '../../../src/sync/sqlserver/configure';
import { remove } from '../../../src/sync/sqlserver/remove';
import { requireTableName } from '../../../src/sync/sqlserver/tableName';
import { systemClock } from '../../../src/sync/systemClock';
import { errorNumber, never, onShop, refusal, type SchemaShop } from './schemaShop';

/** A login of its own, with these rights in the shop's database, for the time of `work`. */
async function withLogin(
  shop: SchemaShop,
  grants: readonly string[],
  work: (username: string, password: string) => Promise<void>,
): Promise<void> {
  const username = `shopmaster_test_${randomBytes(6).toString('hex')}`;
  const password = `Pw-${randomBytes(12).toString('hex')}`;
  await shop.exec(`CREATE LOGIN ${username} WITH PASSWORD = '${password}', CHECK_POLICY = OFF`);
  try {
    await shop.exec(`CREATE USER ${username} FOR LOGIN ${username}`);
    for (const grant of grants) await shop.exec(`GRANT ${grant} TO ${username}`);
    await work(username, password);
  } finally {
    // The database goes anyway, and its user with it.
    await shop.exec(`DROP LOGIN ${username}`);
  }
}

const products = requireTableName('dbo.Products');

describe('a login with few rights', () => {
  it(
    'of a cashier writes to the product table and is logged, without rights on ChangeLog',
    onShop({}, async (shop) => {
      await shop.configure();
      await withLogin(shop, ['SELECT, INSERT, UPDATE, DELETE ON dbo.Products'], async (username, password) => {
        const till = await shop.connect({ username, password });
        await till.exec(`INSERT INTO dbo.Products (ProductID) VALUES ('1')`);
        await till.exec(`UPDATE dbo.Products SET ProductID = '2'`);
        await till.exec('DELETE FROM dbo.Products');
        assert.deepEqual(await shop.logged(), ['INSERT 1', 'DELETE 1', 'INSERT 2', 'DELETE 2']);
        assert.equal(await errorNumber(till.exec('SELECT LogID FROM dbo.ChangeLog')), 229);
        await till.close();
      });
    }),
  );

  it(
    'may not configure, and is told what it lacks; nothing is half-done',
    onShop({}, async (shop) => {
      const lacking = async (grants: readonly string[], message: RegExp) =>
        withLogin(shop, grants, (username, password) =>
          shop.as(username, password, async (runner) => {
            const error = await refusal(configure(runner, systemClock, products, {}, never));
            assert.equal(error.code, 'triggers-not-permitted');
            assert.match(error.message, message);
          }),
        );
      await lacking(['SELECT ON dbo.Products'], /triggers on dbo\.Products/);
      await lacking(['SELECT, ALTER ON dbo.Products'], /dbo\.ChangeLog/);
      // NEXT VALUE FOR in a default wants REFERENCES on the sequence.
      await lacking(['SELECT ON dbo.Products', 'CREATE TABLE', 'ALTER ON SCHEMA::dbo'], /dbo\.ChangeLog/);
      assert.deepEqual(await shop.query(`SELECT name FROM sys.tables WHERE name = 'ChangeLog'`), []);
    }),
  );

  it(
    'may not see the triggers, which is told apart from missing ones',
    onShop({}, async (shop) => {
      await shop.configure();
      await withLogin(shop, ['SELECT ON dbo.Products', 'SELECT ON dbo.ChangeLog'], (username, password) =>
        shop.as(username, password, async (runner) => {
          assert.deepEqual(
            (await shop.health(runner)).map(({ kind }) => kind),
            ['triggers not visible'],
          );
          const error = await refusal(remove(runner, systemClock, products, { dropLog: false }, never));
          assert.equal(error.code, 'triggers-not-visible');
        }),
      );
    }),
  );

  it(
    'that may look at the table’s definition finds all in order',
    onShop({}, async (shop) => {
      await shop.configure();
      const grants = ['SELECT, VIEW DEFINITION ON dbo.Products', 'SELECT ON dbo.ChangeLog'];
      await withLogin(shop, grants, (username, password) =>
        shop.as(username, password, async (runner) => assert.deepEqual(await shop.health(runner), [])),
      );
    }),
  );
});
