import assert from 'node:assert/strict';
import type { SqlServerSettings } from '../../../src/sync/settings';
import { parseSettings } from '../../../src/sync/parseSettings';
import { odbcConnectionString, tediousConfig } from '../../../src/sync/sqlserver/connectionConfig';

const settings: SqlServerSettings = {
  server: 'kasse',
  database: 'Shop',
  table: 'Products',
  authentication: 'password',
  username: 'sa',
  encrypt: true,
  trustServerCertificate: false,
};

describe('a connection', () => {
  it('is encrypted and verified, and goes to the default port', () => {
    const config = tediousConfig(settings, 'secret', { host: 'kasse' }, 'reader');
    assert.equal(config.server, 'kasse');
    assert.equal(config.port, undefined);
    assert.equal(config.database, 'Shop');
    assert.equal(config.user, 'sa');
    assert.equal(config.password, 'secret');
    assert.equal(config.domain, undefined);
    assert.equal(config.options?.encrypt, true);
    assert.equal(config.options.trustServerCertificate, false);
    assert.equal(config.options.appName, 'shopMaster');
  });

  it('is the only one of its pool', () => {
    for (const role of ['reader', 'writer'] as const)
      assert.equal(tediousConfig(settings, '', { host: 'kasse' }, role).pool?.max, 1);
  });

  it('stays in the pool for ever where it holds the writer lock', () => {
    assert.equal(tediousConfig(settings, '', { host: 'kasse' }, 'writer').pool?.min, 1);
    assert.equal(tediousConfig(settings, '', { host: 'kasse' }, 'reader').pool?.min, 0);
  });

  it('signs in with NTLM for an account of a domain', () => {
    const config = tediousConfig({ ...settings, username: 'SHOP\\anna' }, 'secret', { host: 'kasse' }, 'reader');
    assert.equal(config.domain, 'SHOP');
    assert.equal(config.user, 'anna');
  });

  it('has no other way to sign in, whatever the settings say: those to Azure do not ship', () => {
    for (const authentication of ['azure-active-directory-default', 'token-credential']) {
      const parsed = parseSettings({
        digible: { email: 'owner@shop.example' },
        sqlServer: { ...settings, authentication },
      });
      assert.equal(parsed.ok, false);
      assert.deepEqual(parsed.problem, { kind: 'not among', choices: ['password', 'windows'] });
    }
    for (const username of ['sa', 'SHOP\\anna', 'anna@shop.example'])
      assert.ok(!('authentication' in tediousConfig({ ...settings, username }, '', { host: 'kasse' }, 'reader')));
  });

  it('names the instance, or the port', () => {
    const named = tediousConfig(settings, '', { host: 'kasse', instance: 'SQLEXPRESS' }, 'reader');
    assert.equal(named.options?.instanceName, 'SQLEXPRESS');
    const numbered = tediousConfig(settings, '', { host: 'kasse', port: 1450 }, 'reader');
    assert.equal(numbered.port, 1450);
  });

  it('sends no address as a TLS server name where the certificate is trusted anyway', () => {
    const trusting = { ...settings, trustServerCertificate: true };
    assert.equal(tediousConfig(trusting, '', { host: '10.0.0.9' }, 'reader').options?.serverName, 'localhost');
    assert.equal(tediousConfig(settings, '', { host: '10.0.0.9' }, 'reader').options?.serverName, undefined);
  });
});

describe('an ODBC connection string', () => {
  it('signs in as the user of Windows', () => {
    assert.equal(
      odbcConnectionString(settings, { host: 'kasse', port: 1433 }, 'ODBC Driver 18 for SQL Server'),
      'Driver={ODBC Driver 18 for SQL Server};Server=kasse,1433;Database=Shop;Trusted_Connection=Yes;Encrypt=Yes;' +
        'TrustServerCertificate=No;APP=shopMaster;Language=us_english;',
    );
  });

  it('names the instance, and quotes whatever could end a value', () => {
    const text = odbcConnectionString(
      { ...settings, database: 'a;b}c', encrypt: false, trustServerCertificate: true },
      { host: 'kasse', instance: 'SQLEXPRESS' },
      'SQL Server',
    );
    assert.equal(
      text,
      'Driver={SQL Server};Server=kasse\\SQLEXPRESS;Database={a;b}}c};Trusted_Connection=Yes;Encrypt=No;' +
        'TrustServerCertificate=Yes;APP=shopMaster;Language=us_english;',
    );
  });
});
