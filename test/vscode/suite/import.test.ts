import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { readForm } from '../../../src/settings/shopSettings';
import { answering, type Answers, type Asked } from './answers';
import { whileUnwritable } from './settingsFile';
import { activated, setSettings, unconfigure } from './support';

const whole = `server_name='localhost\\SQLEXPRESS'
db_name='Shop'
local_table='dbo.Inventory'
security='Password'
username='pos'
password='s3cret of the shop'
access_token='eyJ.x.y'
`;

describe('the import of the desktop program’s settings', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desktop-'));
    file = path.join(folder, '.env');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await unconfigure();
  });

  async function importing(content: string | Uint8Array, answers: Answers): Promise<readonly Asked[]> {
    await writeFile(file, content);
    const asked = answering({ openDialog: file, ...answers });
    await vscode.commands.executeCommand('shopmaster.importDesktopSettings');
    return asked;
  }

  /** `confirm` to what was found, `after` to what to do with the file. */
  const answer =
    (confirm: string | undefined, after: string | undefined) =>
    ({ choices }: Asked): string | undefined =>
      choices.includes('Keep the File') ? after : confirm;

  it('shows what it found, stores it, and opens the settings for what is not in the file', async () => {
    const { secrets, settingsPanel } = await activated();
    const asked = await importing(whole, { information: answer('Import', 'Keep the File') });
    assert.deepEqual(
      asked.map(({ kind, modal }) => [kind, modal]),
      [
        ['openDialog', false],
        ['information', true],
        ['information', true],
      ],
    );
    assert.equal(
      asked[1]?.detail,
      [
        'Server Name: localhost\\SQLEXPRESS',
        'Database Name: Shop',
        'Local Table Name: dbo.Inventory',
        'Security: Password',
        'Username: pos',
        'Password: is set',
      ].join('\n'),
    );
    assert.match(asked[2]?.detail ?? '', /Digible email and password/);
    const { server, database, table, authentication, username } = readForm().sqlServer;
    assert.deepEqual(
      [server, database, table, authentication, username],
      ['localhost\\SQLEXPRESS', 'Shop', 'dbo.Inventory', 'password', 'pos'],
    );
    assert.deepEqual(await secrets.read(), { digiblePassword: '', sqlPassword: 's3cret of the shop' });
    assert.ok(!JSON.stringify(asked).includes('s3cret'));
    assert.deepEqual([existsSync(file), settingsPanel.isOpen], [true, true]);
  });

  it('stores nothing without a yes', async () => {
    const { secrets } = await activated();
    const asked = await importing(whole, {});
    assert.equal(asked.length, 2);
    assert.deepEqual([readForm().sqlServer.database, (await secrets.areSet()).sqlPassword], ['', false]);
  });

  it('stores all of it or nothing', async () => {
    const { secrets } = await activated();
    const asked = await whileUnwritable('sqlServer.username', () =>
      importing(whole, { information: answer('Import', 'Keep the File') }),
    );
    assert.match(asked.at(-1)?.text ?? '', /could not be saved/);
    assert.deepEqual([readForm().sqlServer.database, (await secrets.areSet()).sqlPassword], ['', false]);
  });

  it('does nothing where no file is chosen', async () => {
    const asked = await importing(whole, { openDialog: undefined });
    assert.equal(asked.length, 1);
  });

  it('says which present settings it would replace, and asks for that', async () => {
    const { secrets } = await activated();
    await setSettings({ 'sqlServer.database': 'Present', 'sqlServer.username': 'pos' });
    await secrets.store({ sqlPassword: 'present' });
    const asked = await importing(whole, { information: answer('Replace', 'Keep the File') });
    const lines = asked[1]?.detail.split('\n') ?? [];
    assert.ok(lines.includes('Database Name: Shop (until now: Present)'));
    assert.ok(lines.includes('Username: pos'));
    assert.ok(lines.includes('Password: is set (takes the place of the stored one)'));
    assert.equal((await secrets.read()).sqlPassword, 's3cret of the shop');
  });

  it('leaves alone what the file does not say', async () => {
    await setSettings({ 'sqlServer.database': 'Present', 'sync.intervalSeconds': 60 });
    await importing("server_name='pc'\n", { information: answer('Import', 'Keep the File') });
    const { sqlServer, sync } = readForm();
    assert.deepEqual([sqlServer.server, sqlServer.database, sync.intervalSeconds], ['pc', 'Present', 60]);
  });

  it('takes no password over where Windows Authentication needs none', async () => {
    const { secrets } = await activated();
    const content = whole.replace("'Password'", "'Windows Authentication'");
    const asked = await importing(content, {
      information: ({ choices }) => choices[0],
      warning: ({ choices }) => choices[0],
    });
    assert.ok(!(asked[1]?.detail ?? '').includes('Password:'));
    assert.deepEqual([readForm().sqlServer.authentication, (await secrets.areSet()).sqlPassword], ['windows', false]);
  });

  it('deletes the file if asked to, and only then', async () => {
    await importing(whole, {
      information: answer('Import', 'Move the File to the Trash'),
      // Where there is no trash.
      warning: 'Delete Permanently',
    });
    assert.equal(existsSync(file), false);
  });

  for (const [what, content, words] of [
    ['is empty', '', /\.env is empty\./],
    ['is of something else', 'PATH=/usr/bin', /has none of the desktop program’s settings/],
    ['is a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1), /is not a text file/],
    ['is huge', 'x'.repeat(1_000_000), /is too large/],
  ] as const)
    it(`refuses a file that ${what}, in words`, async () => {
      const asked = await importing(content, {});
      assert.equal(asked[1]?.kind, 'error');
      assert.match(asked[1].text, words);
      assert.equal(existsSync(file), true);
    });

  it('refuses what is no file, in words', async () => {
    const asked = await importing('', { openDialog: path.join(folder, 'nothing') });
    assert.match(asked[1]?.text ?? '', /can’t be read/);
  });

  it('asked for twice, asks once', async () => {
    await writeFile(file, whole);
    const asked = answering({ openDialog: file });
    const command = 'shopmaster.importDesktopSettings';
    await Promise.all([vscode.commands.executeCommand(command), vscode.commands.executeCommand(command)]);
    assert.equal(asked.filter(({ kind }) => kind === 'openDialog').length, 1);
  });
});
