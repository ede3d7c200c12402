import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { readConfig, readSecrets, stateFileOf, takePasswords } from '../../../src/cli/config';
import { ShopError } from '../../../src/sync/errors';

const complete = {
  digible: { email: 'owner@shop.example' },
  sqlServer: { database: 'Shop', table: 'Products', username: 'sa' },
};

describe('the settings file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-config-'));
    file = path.join(folder, 'shopmaster.json');
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function refusal(text: string): Promise<ShopError> {
    await writeFile(file, text);
    try {
      await readConfig(file);
    } catch (caught) {
      assert(caught instanceof ShopError);
      assert.equal(caught.code, 'settings-invalid');
      return caught;
    }
    return assert.fail('the settings were taken');
  }

  it('may leave out what has a default', async () => {
    await writeFile(file, JSON.stringify(complete));
    const settings = await readConfig(file);
    assert.equal(settings.digible.baseUrl, 'https://api.digible.one');
    assert.equal(settings.sqlServer.encrypt, true);
    assert.equal(settings.sqlServer.trustServerCertificate, false);
    assert.equal(settings.sync.intervalSeconds, 120);
    assert.equal(settings.upload.batchSize, 200);
  });

  it('may begin with a byte order mark', async () => {
    await writeFile(file, `\uFEFF${JSON.stringify(complete)}`);
    assert.equal((await readConfig(file)).sqlServer.database, 'Shop');
  });

  it('that is not there is named', async () => {
    await assert.rejects(readConfig(file), { message: `There is no settings file ${file}.` });
  });

  it('that is not JSON is refused without quoting it', async () => {
    // The parser's own error quotes what is around the mistake.
    for (const text of ['{ "digible": { "password": "hunter2" ', '{"digible": {"password": "hunter2",}}']) {
      const error = await refusal(text);
      assert.match(error.message, /is not JSON/);
      assert.doesNotMatch(inspect(error, { depth: Infinity, showHidden: true }), /hunter2/);
    }
  });

  for (const [what, change, key] of [
    ['an unknown section', { ...complete, digibel: {} }, 'digibel'],
    ['an unknown key', { ...complete, sync: { interval: 5 } }, 'sync.interval'],
    ['a wrong type', { ...complete, sync: { intervalSeconds: '120' } }, 'sync.intervalSeconds'],
    ['a number out of range', { ...complete, upload: { batchSize: 201 } }, 'upload.batchSize'],
    ['a fraction', { ...complete, sync: { updateConcurrency: 1.5 } }, 'sync.updateConcurrency'],
    ['a missing key', { ...complete, sqlServer: { table: 'Products', username: 'sa' } }, 'sqlServer.database'],
    ['an empty text', { ...complete, digible: { email: ' ' } }, 'digible.email'],
    [
      'an unknown choice',
      { ...complete, sqlServer: { ...complete.sqlServer, authentication: 'ntlm' } },
      'sqlServer.authentication',
    ],
    [
      'a login without a name',
      { ...complete, sqlServer: { database: 'Shop', table: 'Products' } },
      'sqlServer.username',
    ],
    ['a section that is a list', { ...complete, sync: [] }, 'sync'],
    ['a section that is null', { ...complete, sqlServer: null }, 'sqlServer'],
    ['a null', { ...complete, sync: { intervalSeconds: null } }, 'sync.intervalSeconds'],
  ] as const) {
    it(`with ${what} is refused, and the key is named`, async () => {
      const error = await refusal(JSON.stringify(change));
      assert(error.message.startsWith(`${key} in `), error.message);
    });
  }

  it('is no place for a password', async () => {
    const error = await refusal(JSON.stringify({ ...complete, digible: { email: 'a@b.c', password: 'hunter2' } }));
    assert.match(error.message, /digible\.password .*environment/);
    assert(!error.message.includes('hunter2'));
  });

  it('has its state file beside it', () => {
    assert.equal(stateFileOf(file), path.join(folder, 'shopmaster.state.json'));
  });
});

describe('the passwords', () => {
  const settings = { sqlServer: { authentication: 'password' } } as Parameters<typeof readSecrets>[0];
  const windows = { sqlServer: { authentication: 'windows' } } as Parameters<typeof readSecrets>[0];
  const both = { digible: true, sqlServer: true };

  it('come from the environment', () => {
    const environment = { SHOPMASTER_DIGIBLE_PASSWORD: 'a', SHOPMASTER_SQL_PASSWORD: 'b' };
    assert.deepEqual(readSecrets(settings, environment, both), { digiblePassword: 'a', sqlPassword: 'b' });
  });

  it('that are needed and not set are named', () => {
    assert.throws(() => readSecrets(settings, { SHOPMASTER_SQL_PASSWORD: 'b' }, both), /SHOPMASTER_DIGIBLE_PASSWORD/);
    assert.throws(() => readSecrets(settings, { SHOPMASTER_DIGIBLE_PASSWORD: 'a' }, both), /SHOPMASTER_SQL_PASSWORD/);
  });

  it('are taken out of it, so that neither a report of a crash nor another program gets them', () => {
    const environment: NodeJS.ProcessEnv = {
      SHOPMASTER_DIGIBLE_PASSWORD: 'a',
      SHOPMASTER_SQL_PASSWORD: 'b',
      PATH: 'c',
    };
    assert.deepEqual(readSecrets(settings, takePasswords(environment), both), {
      digiblePassword: 'a',
      sqlPassword: 'b',
    });
    assert.deepEqual(environment, { PATH: 'c' });
  });

  it('for SQL Server are not needed with Windows authentication', () => {
    assert.equal(readSecrets(windows, { SHOPMASTER_DIGIBLE_PASSWORD: 'a' }, both).sqlPassword, '');
  });
});
