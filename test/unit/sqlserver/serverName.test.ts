import assert from 'node:assert/strict';
import { describeServer, parseServerName } from '../../../src/sync/sqlserver/serverName';

const understood: readonly [string, object][] = [
  ['localhost', { host: 'localhost' }],
  ['.', { host: 'localhost' }],
  ['(local)', { host: 'localhost' }],
  ['(LOCAL)', { host: 'localhost' }],
  ['  localhost  ', { host: 'localhost' }],
  ['localhost\\SQLEXPRESS', { host: 'localhost', instance: 'SQLEXPRESS' }],
  ['.\\SQLEXPRESS', { host: 'localhost', instance: 'SQLEXPRESS' }],
  ['(local)\\SHOP$1', { host: 'localhost', instance: 'SHOP$1' }],
  ['192.168.1.100', { host: '192.168.1.100' }],
  ['192.168.1.100\\SHOP', { host: '192.168.1.100', instance: 'SHOP' }],
  ['host,1433', { host: 'host', port: 1433 }],
  ['host , 14330', { host: 'host', port: 14330 }],
  ['host\\INSTANCE', { host: 'host', instance: 'INSTANCE' }],
  ['host\\INSTANCE,1450', { host: 'host', port: 1450 }],
  ['host\\MSSQLSERVER', { host: 'host' }],
  ['tcp:host,1433', { host: 'host', port: 1433 }],
  ['TCP:shop-pc.example.local', { host: 'shop-pc.example.local' }],
  ['::1', { host: '::1' }],
  ['[::1],1433', { host: '::1', port: 1433 }],
  ['fe80::1\\SHOP', { host: 'fe80::1', instance: 'SHOP' }],
  ['KASSE_1', { host: 'KASSE_1' }],
  ['bäckerei-pc', { host: 'bäckerei-pc' }],
];

const refused: readonly [string, RegExp][] = [
  ['', /Type the name of the SQL Server/],
  ['   ', /Type the name/],
  ['(localdb)\\MSSQLLocalDB', /LocalDB/],
  ['np:host', /Named pipes/],
  ['\\\\.\\pipe\\sql\\query', /Named pipes/],
  ['lpc:host', /Shared memory/],
  ['admin:host', /administrator connection/],
  ['host:1433', /comma before the port: "host,1433"/],
  ['host,', /no port/],
  ['host,0', /no port/],
  ['host,65536', /no port/],
  ['host,abc', /no port/],
  ['host,1,2', /more than one comma/],
  ['host\\a\\b', /more than one backslash/],
  ['host\\', /no name of a SQL Server instance/],
  ['host\\a b', /no name of a SQL Server instance/],
  ['\\SQLEXPRESS', /write localhost/],
  ['192.168.1', /no complete IP address/],
  ['ho st', /no name of a computer/],
  ['host;Password=x', /no name of a computer/],
  ['-host', /no name of a computer/],
];

describe('a server name', () => {
  for (const [text, value] of understood)
    it(`may be written as ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseServerName(text), { ok: true, value });
    });

  for (const [text, reason] of refused)
    it(`is refused with a sentence when it is ${JSON.stringify(text)}`, () => {
      const parsed = parseServerName(text);
      assert(!parsed.ok);
      assert.match(parsed.reason, reason);
    });

  it('reads in messages as it is written in settings', () => {
    for (const name of ['localhost', 'host,1433', 'host\\INSTANCE']) {
      const parsed = parseServerName(name);
      assert(parsed.ok);
      assert.equal(describeServer(parsed.value), name);
    }
  });
});
