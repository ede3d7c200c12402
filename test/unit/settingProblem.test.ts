import assert from 'node:assert/strict';
import { parseSettings, settingProblem, settingRules } from '../../src/sync/parseSettings';
import { defaults } from '../../src/sync/settings';

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
      assert.equal(settingProblem(section, key, value), ''));

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
    it(`${section}.${key} may not be ${JSON.stringify(value)}, and why is said`, () =>
      assert.match(settingProblem(section, key, value), problem));

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
          const told = parsed.ok || parsed.key !== `${section}.${key}` ? '' : parsed.reason;
          const isEmptyUser = key === 'username' && value === '';
          assert.equal(settingProblem(section, key, value), isEmptyUser ? '' : told, `${section}.${key}`);
        }
  });

  it('has a default that fits', () => {
    for (const [section, keys] of Object.entries(defaults))
      for (const [key, value] of Object.entries(keys)) assert.equal(settingProblem(section, key, value), '');
  });
});
