import assert from 'node:assert/strict';
import { settingSentence } from '../../src/settings/settingSentence';
import { parseSettings, settingProblem, settingRules } from '../../src/sync/parseSettings';
import { reasonOf } from '../../src/sync/settingProblem';
import { defaults } from '../../src/sync/settings';
import { plainL10n } from './views/plainL10n';

describe('A single setting', () => {
  for (const [section, key, value] of [
    ['sync', 'intervalSeconds', 5],
    ['sync', 'bulkUpdateThreshold', 0],
    ['sqlServer', 'authentication', 'windows'],
    ['sqlServer', 'username', ''],
    ['sqlServer', 'encrypt', false],
    ['digible', 'email', 'owner@shop.example'],
  ] as const)
    it(`${section}.${key} may be ${JSON.stringify(value)}`, () =>
      assert.equal(settingProblem(section, key, value), null));

  for (const [section, key, value, problem] of [
    ['sync', 'intervalSeconds', 4, /whole number from 5 to 86400/],
    ['sync', 'intervalSeconds', 7.5, /whole number/],
    ['sync', 'intervalSeconds', '120', /whole number/],
    ['upload', 'batchSize', 201, /from 1 to 200/],
    ['sqlServer', 'authentication', 'kerberos', /"password" or "windows"/],
    ['sqlServer', 'encrypt', 'yes', /true or false/],
    ['sqlServer', 'database', '  ', /empty/],
    ['digible', 'email', '', /empty/],
    ['digible', 'email', undefined, /missing/],
    ['digible', 'baseUrl', null, /text/],
    ['digible', 'password', 'x', /not a setting/],
    ['sync', 'toString', 1, /not a setting/],
    ['__proto__', 'toString', 1, /not a setting/],
    ['nothing', 'at all', 1, /not a setting/],
  ] as const)
    it(`${section}.${key} may not be ${JSON.stringify(value)}, and why is said`, () => {
      const found = settingProblem(section, key, value);
      assert.ok(found);
      assert.match(reasonOf(found), problem);
    });

  it('is judged as in the whole', () => {
    for (const [section, rules] of Object.entries(settingRules))
      for (const key of Object.keys(rules))
        for (const value of [undefined, null, '', 'x', 0, 1, -1, 1e9, true, [], {}]) {
          const whole: Record<string, Record<string, unknown>> = {
            digible: { email: 'e' },
            sqlServer: { database: 'd', table: 't', username: 'u' },
          };
          whole[section] = { ...whole[section], [key]: value };
          const parsed = parseSettings(whole);
          const told = parsed.ok || parsed.key !== `${section}.${key}` ? null : parsed.problem;
          const isEmptyUser = key === 'username' && value === '';
          assert.deepEqual(settingProblem(section, key, value), isEmptyUser ? null : told, `${section}.${key}`);
        }
  });

  it('has a default that fits', () => {
    for (const [section, keys] of Object.entries(defaults))
      for (const [key, value] of Object.entries(keys)) assert.equal(settingProblem(section, key, value), null);
  });

  for (const [section, key, value, sentence] of [
    ['sync', 'intervalSeconds', 4, 'The setting {0} must be a whole number from 5 to 86400.'],
    ['sqlServer', 'authentication', 'kerberos', 'The setting {0} must be one of these: password, windows.'],
    ['sqlServer', 'encrypt', 'yes', 'The setting {0} must be true or false.'],
    ['sqlServer', 'database', '  ', 'The setting {0} is empty.'],
    ['digible', 'email', undefined, 'The setting {0} is missing.'],
    ['digible', 'baseUrl', null, 'The setting {0} must be a text in quotes.'],
    ['digible', 'password', 'x', 'There is no setting {0}.'],
  ] as const)
    it(`${section}.${key} that is ${JSON.stringify(value)} is named in a whole sentence, which can be translated`, () => {
      const name = `shopmaster.${section}.${key}`;
      const problem = settingProblem(section, key, value);
      assert.ok(problem);
      assert.equal(settingSentence(name, problem, plainL10n), sentence.replace('{0}', name));
    });

  it('is needed as a username unless Windows Authentication is chosen', () => {
    const parsed = parseSettings({ digible: { email: 'e' }, sqlServer: { database: 'd', table: 't' } });
    assert.ok(!parsed.ok);
    const name = `shopmaster.${parsed.key}`;
    assert.equal(
      settingSentence(name, parsed.problem, plainL10n),
      'The setting shopmaster.sqlServer.username is needed unless Windows Authentication is chosen.',
    );
  });
});
