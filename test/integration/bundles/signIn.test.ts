import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as mssql from 'mssql';
import type { SqlServerSettings } from '../../../src/sync/settings';
import { odbcConfig, tediousConfig } from '../../../src/sync/sqlserver/connectionConfig';
import { parseServerName } from '../../../src/sync/sqlserver/serverName';
import { BuiltBundles } from '../../builtBundles';
import { startShop } from '../shop';
import { account, startNtlmServer } from './ntlmServer';

type Driver = Pick<typeof mssql, 'ConnectionPool'>;

describe('the driver as it ships', () => {
  let built: BuiltBundles;
  before(async () => {
    built = await BuiltBundles.build();
  });
  after(() => built.close());

  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the file is there only now
  const driver = (name: string): Driver => require(built.file(`packages/${name}.js`)) as Driver;

  function config(settings: SqlServerSettings, password: string): mssql.config {
    const address = parseServerName(settings.server);
    assert.ok(address.ok);
    return tediousConfig(settings, password, address.value, 'reader');
  }

  it('signs in with a SQL login', async () => {
    const shop = await startShop();
    try {
      const pool = new (driver('mssql').ConnectionPool)(config(shop.settings, shop.password));
      await pool.connect();
      const { recordset } = await pool.request().query<{ name: string }>('SELECT DB_NAME() AS name');
      await pool.close();
      assert.deepEqual([...recordset], [{ name: shop.settings.database }]);
    } finally {
      await shop.close();
    }
  });

  describe('with an account of a domain', () => {
    async function signIn(password: string): Promise<readonly string[]> {
      const server = await startNtlmServer();
      const settings: SqlServerSettings = {
        server: `127.0.0.1,${server.port}`,
        database: 'Shop',
        table: 'dbo.Products',
        authentication: 'password',
        username: `${account.domain}\\${account.user}`,
        encrypt: false,
        trustServerCertificate: false,
      };
      const pool = new (driver('mssql').ConnectionPool)(config(settings, password));
      try {
        await pool.connect();
        return server.signedIn;
      } finally {
        await pool.close();
        await server.close();
      }
    }

    it('answers what NTLM asks for', async () => {
      assert.deepEqual(await signIn(account.password), [`${account.domain}\\${account.user}`]);
    });

    it('is refused with the wrong password', async () => {
      await assert.rejects(signIn('wrong'), { code: 'ELOGIN' });
    });
  });

  it('hands the user’s own Windows account over to the ODBC driver that is packed beside it', async () => {
    const place = built.file(path.join('packages', 'node_modules', 'msnodesqlv8'));
    await mkdir(place, { recursive: true });
    await writeFile(
      path.join(place, 'index.js'),
      `exports.open = ({ conn_str }, opened) => opened(Object.assign(new Error(conn_str), { code: 'ODBC' }));`,
    );
    const settings: SqlServerSettings = {
      server: 'kasse',
      database: 'Shop',
      table: 'dbo.Products',
      authentication: 'windows',
      username: '',
      encrypt: true,
      trustServerCertificate: false,
    };
    const odbc = odbcConfig(settings, { host: 'kasse' }, 'reader', 'ODBC Driver 18 for SQL Server');
    const pool = new (driver('mssql-windows').ConnectionPool)(odbc);
    await assert.rejects(pool.connect(), { message: odbc.connectionString, code: 'ODBC' });
  });
});
