import assert from 'node:assert/strict';
import { problemsOf, settingsOf } from '../../../src/views/settingsPanel/formRules';
import type { FormValues, SecretField, SecretState } from '../../../src/views/settingsPanel/protocol';
import { formOf } from '../../../src/views/settingsPanel/storedForm';
import { hostSentences } from '../../../src/views/settingsPanel/words';
import { completeSettings, english, FakeShop, filledIn } from './fakePanel';

const stored: Readonly<Record<SecretField, SecretState>> = { digiblePassword: 'stored', sqlPassword: 'stored' };

function problems(changes: Partial<FormValues>, secrets = stored, configured = true): object {
  return problemsOf({ ...filledIn, ...changes }, secrets, configured, hostSentences(english));
}

describe('validation in the settings panel', () => {
  it('has nothing to say about a form that is right', () => {
    assert.deepEqual(problems({}), {});
  });

  for (const [field, label] of [
    ['email', 'Digible Email'],
    ['database', 'Database Name'],
    ['username', 'Username'],
    ['server', 'Server Name'],
    ['table', 'Local Table Name'],
  ] as const)
    it(`names ${label} where it is empty`, () => {
      assert.deepEqual(problems({ [field]: '  ' }), { [field]: `${label} is empty.` });
    });

  it('needs neither username nor password with Windows Authentication', () => {
    const secrets = { ...stored, sqlPassword: 'missing' } as const;
    assert.deepEqual(problems({ authentication: 'windows', username: '' }, secrets), {});
  });

  it('says of a lost password that it is not stored here, and of a new one that it is empty', () => {
    const missing = { digiblePassword: 'missing', sqlPassword: 'typed' } as const;
    assert.deepEqual(problems({}, missing), {
      digiblePassword: 'The password is not stored on this computer; type it again.',
    });
    assert.deepEqual(problems({}, missing, false), { digiblePassword: 'Digible Password is empty.' });
  });

  it('knows server and table names that can’t be', () => {
    assert.deepEqual(problems({ server: 'host:1433', table: 'My Items' }), {
      server: 'SQL Server wants a comma before the port: "host,1433".',
      table: 'It can’t be read from “ Items” on. Put a name with blanks or signs in brackets, as in [My Items].',
    });
  });

  for (const interval of ['', '4', '86401', '1.5', '2 minutes', '-5'])
    it(`refuses an interval of ${JSON.stringify(interval)}`, () => {
      assert.deepEqual(problems({ intervalSeconds: interval }), {
        intervalSeconds: 'Interval in seconds must be a whole number from 5 to 86400.',
      });
    });
});

describe('the form and the settings', () => {
  it('are the same there and back', () => {
    const { ports } = new FakeShop();
    assert.deepEqual(settingsOf(ports.readForm().values, completeSettings), completeSettings);
  });

  it('keep what the form has no field for', () => {
    const others = { ...completeSettings, upload: { batchSize: 50, concurrency: 1 } };
    assert.deepEqual(settingsOf(filledIn, others).upload, others.upload);
  });

  const { storedProblem } = hostSentences(english);
  const read = (changes: Readonly<Record<string, unknown>>): ReturnType<typeof formOf> => {
    const raw = { ...new FakeShop().settings, ...changes };
    return formOf((setting) => raw[setting], completeSettings, storedProblem);
  };

  it('name what was edited by hand to nonsense, and show it in its field', () => {
    const { values, problems: found } = read({
      'sync.intervalSeconds': 'often',
      'sqlServer.table': 42,
      'sqlServer.encrypt': 'yes',
      'sync.autoStart': 1,
      'upload.batchSize': 900,
    });
    assert.deepEqual([values.intervalSeconds, values.table, values.encrypt], ['often', '42', true]);
    assert.deepEqual(
      found.map(({ key, field }) => [key, field]),
      [
        ['shopmaster.sqlServer.table', 'table'],
        ['shopmaster.sqlServer.encrypt', 'encrypt'],
        ['shopmaster.sync.intervalSeconds', 'intervalSeconds'],
        ['shopmaster.upload.batchSize', null],
        ['shopmaster.sync.autoStart', 'autoStart'],
      ],
    );
    assert.equal(
      found[2]?.message,
      'The setting shopmaster.sync.intervalSeconds must be a whole number from 5 to 86400.',
    );
  });

  it('are not nonsense where they are not filled in yet', () => {
    const { values, problems: found } = read({ 'digible.email': '', 'sqlServer.table': undefined });
    assert.deepEqual([values.email, values.table, found], ['', '', []]);
  });

  it('survive even a list or an object in a text’s place', () => {
    assert.equal(read({ 'sqlServer.table': ['a'] }).values.table, '["a"]');
    assert.equal(read({ 'sqlServer.authentication': null }).values.authentication, 'password');
  });
});
