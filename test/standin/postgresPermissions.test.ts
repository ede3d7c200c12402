import { strict as assert } from 'node:assert';
import { PostgresFixture } from './postgresFixture';

describe('logins, users and permissions', () => {
  let shop: PostgresFixture;
  before(async () => {
    shop = await PostgresFixture.start();
    await shop.run(`
      CREATE TABLE dbo."Products" (a integer PRIMARY KEY); CREATE TABLE dbo."Secret" (a integer);
      SELECT sys.declare_module('dbo', 'trg', 'TR', 'CREATE TRIGGER …', 'dbo', 'Products', ARRAY['INSERT']);
      SELECT sys.create_login('Anna', 'pw')`);
  });
  after(() => shop.stop());
  beforeEach(() => shop.run(`BEGIN; SELECT sys.create_user('Anna')`));
  afterEach(() => shop.run('ROLLBACK'));

  const as = (user: string): Promise<void> => shop.run(`SELECT set_config('sys.user', '${user}', true)`);
  const grant = (action: string, permission: string, ...on: readonly string[]): Promise<void> =>
    shop.run(
      `SELECT sys.change_permission('${action}', '${permission}', ${on.map((part) => `'${part}'`).join(', ')}${', NULL'.repeat(3 - on.length)}, 'Anna')`,
    );
  const may = async (permission: string, ...on: readonly string[]): Promise<boolean> => {
    const [allowed] = await shop.values(
      `sys.has_permission('${permission}', ${on.map((part) => `'${part}'`).join(', ')}${', NULL'.repeat(3 - on.length)})`,
    );
    return allowed === 't';
  };
  const products = ['OBJECT', 'dbo', 'Products'] as const;

  it('a login is known in any case, by its password only', async () => {
    assert.deepEqual(await shop.instance.verifyLogin('ANNA', 'pw'), {
      name: 'Anna',
      defaultDatabase: 'master',
      disabled: false,
    });
    assert.equal(await shop.instance.verifyLogin('anna', 'PW'), undefined);
    assert.equal(await shop.instance.verifyLogin('nobody', 'pw'), undefined);
  });

  it("a login's user is found; sa is dbo; a login without a user has none", async () => {
    await shop.run(`SELECT sys.create_login('Bert', 'pw')`);
    assert.deepEqual(
      await shop.values("sys.database_user('anna')", "sys.database_user('SA')", "sys.database_user('Bert')"),
      ['Anna', 'dbo', null],
    );
  });

  it('a user may do nothing until granted, and what is denied stays denied', async () => {
    await as('Anna');
    assert.equal(await may('SELECT', ...products), false);
    await grant('GRANT', 'SELECT', ...products);
    assert.equal(await may('SELECT', ...products), true);
    assert.equal(await may('INSERT', ...products), false);
    assert.equal(await may('SELECT', 'OBJECT', 'dbo', 'Secret'), false);
    await grant('DENY', 'SELECT', 'SCHEMA', 'dbo');
    assert.equal(await may('SELECT', ...products), false);
    await grant('REVOKE', 'SELECT', 'SCHEMA', 'dbo');
    assert.equal(await may('SELECT', ...products), true);
  });

  it('a right on the schema or the database reaches its tables, and CONTROL all rights', async () => {
    await as('Anna');
    await grant('GRANT', 'UPDATE', 'SCHEMA', 'dbo');
    assert.equal(await may('UPDATE', ...products), true);
    await grant('GRANT', 'CONTROL', ...products);
    assert.equal(await may('ALTER', ...products), true);
    assert.equal(await may('ALTER', 'OBJECT', 'dbo', 'Secret'), false);
    assert.equal(await may('CREATE TABLE', 'DATABASE'), false);
    await grant('GRANT', 'CREATE TABLE', 'DATABASE');
    assert.equal(await may('CREATE TABLE', 'DATABASE'), true);
  });

  for (const [role, allowed, refused] of [
    ['db_datareader', 'SELECT', 'INSERT'],
    ['db_datawriter', 'DELETE', 'SELECT'],
    ['db_ddladmin', 'ALTER', 'SELECT'],
    ['db_owner', 'CONTROL', undefined],
  ] as const)
    it(`a member of ${role} may ${allowed}${refused === undefined ? '' : ` and not ${refused}`}`, async () => {
      await shop.run(`SELECT sys.add_role_member('${role}', 'Anna')`);
      await as('Anna');
      assert.equal(await may(allowed, ...products), true);
      if (refused !== undefined) assert.equal(await may(refused, ...products), false);
      assert.deepEqual(await shop.values(`sys.is_member('${role}')`, "sys.is_member('nonsense')"), ['1', null]);
    });

  it('rights come through roles of the users, too', async () => {
    await shop.run(`SELECT sys.create_role('Cashiers'); SELECT sys.add_role_member('Cashiers', 'Anna');
      SELECT sys.change_permission('GRANT', 'SELECT', 'OBJECT', 'dbo', 'Products', 'Cashiers')`);
    await as('Anna');
    assert.equal(await may('SELECT', ...products), true);
  });

  it('sees tables it has any right on, and triggers only with ALTER or VIEW DEFINITION', async () => {
    await as('Anna');
    assert.deepEqual(await shop.list('SELECT name FROM sys.tables'), []);
    assert.deepEqual(await shop.values("sys.object_id('Products')"), [null]);
    await grant('GRANT', 'SELECT', ...products);
    assert.deepEqual(await shop.list('SELECT name FROM sys.tables'), ['Products']);
    assert.deepEqual(await shop.list('SELECT name FROM sys.triggers'), []);
    assert.deepEqual(await shop.values("sys.object_id('trg')"), [null]);
    assert.deepEqual(await shop.values("sys.has_perms_by_name('dbo.Products', 'OBJECT', 'VIEW DEFINITION')"), ['0']);
    await grant('GRANT', 'VIEW DEFINITION', ...products);
    assert.deepEqual(await shop.list('SELECT name FROM sys.triggers'), ['trg']);
    assert.deepEqual(await shop.values("sys.object_definition(sys.object_id('trg'))"), ['CREATE TRIGGER …']);
    assert.deepEqual(
      await shop.values(
        "sys.has_perms_by_name('dbo.Products', 'OBJECT', 'VIEW DEFINITION')",
        "sys.has_perms_by_name('dbo.Secret', 'OBJECT', 'SELECT')",
      ),
      ['1', null],
    );
  });

  it('sees no other logins', async () => {
    await shop.run("SELECT set_config('sys.login', 'Anna', true)");
    assert.deepEqual(await shop.list("SELECT name FROM sys.server_principals WHERE type = 'S'::bpchar ORDER BY name"), [
      'Anna',
      'sa',
    ]);
    assert.deepEqual(
      await shop.values(
        'sys.suser_sname()',
        "sys.is_srvrolemember('sysadmin')",
        "sys.is_srvrolemember('sysadmin', 'sa')",
      ),
      ['Anna', '0', '1'],
    );
  });

  for (const [statement, number] of [
    ["sys.create_login('ANNA', 'x')", 15025],
    ["sys.create_user('Anna')", 15023],
    ["sys.create_user('Nobody')", 15007],
    ["sys.drop_user('Nobody')", 15151],
    ["sys.drop_login('sa')", 15151],
    ["sys.add_role_member('nonsense', 'Anna')", 15151],
    ["sys.change_permission('GRANT', 'SELECT', 'OBJECT', 'dbo', 'Nope', 'Anna')", 15151],
    ["sys.change_permission('GRANT', 'SELECT', 'OBJECT', 'dbo', 'Products', 'dbo')", 4617],
  ] as const)
    it(`${statement} is error ${number}`, async () => {
      assert.equal(await shop.errorNumber(`SELECT ${statement}`), number);
    });
});
