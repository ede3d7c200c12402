import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { readForm, readSettings, writeSettings } from '../../../src/settings/shopSettings';
import { settingRules } from '../../../src/sync/parseSettings';
import type { Settings } from '../../../src/sync/settings';
import { activated, configureExtension, freshShop, setSettings, unconfigure, until } from './support';

const names = Object.entries(settingRules).flatMap(([section, rules]) =>
  Object.keys(rules).map((key) => `${section}.${key}`),
);
const complete = {
  'digible.email': 'owner@shop.example',
  'sqlServer.database': 'Shop',
  'sqlServer.table': 'Products',
  'sqlServer.username': 'sa',
};
const globally = (name: string): unknown => vscode.workspace.getConfiguration('shopmaster').inspect(name)?.globalValue;

describe('settings', () => {
  afterEach(() => unconfigure());

  it('are not configured at first, and the form is filled with defaults', () => {
    assert.deepEqual(readSettings(), { kind: 'not configured' });
    const { sqlServer, sync } = readForm();
    assert.deepEqual([sqlServer.server, sqlServer.table, sync.intervalSeconds], ['localhost', '', 120]);
  });

  it('are complete once everything without a default is there', async () => {
    await setSettings(complete);
    const found = readSettings();
    assert.ok(found.kind === 'complete');
    assert.deepEqual(found.settings, readForm());
    assert.equal(found.settings.digible.email, 'owner@shop.example');
  });

  it('need no user name with Windows Authentication', async () => {
    await setSettings({ ...complete, 'sqlServer.username': undefined });
    assert.equal(readSettings().kind, 'not configured');
    await setSettings({ 'sqlServer.authentication': 'windows' });
    assert.equal(readSettings().kind, 'complete');
  });

  it('that are nonsense are named as the Settings editor shows them, and crash nothing', async () => {
    await setSettings(complete);
    for (const name of names)
      for (const nonsense of [null, {}]) {
        await setSettings({ [name]: nonsense });
        const found = readSettings();
        assert.ok(found.kind === 'invalid', `${name}: ${JSON.stringify(nonsense)}`);
        assert.ok(found.error.message.startsWith(`The setting shopmaster.${name} must be`), found.error.message);
        const [section = '', key = ''] = name.split('.');
        const form = readForm() as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
        assert.ok(['string', 'boolean', 'number'].includes(typeof form[section]?.[key]), name);
        await setSettings({ [name]: (complete as Readonly<Record<string, unknown>>)[name] });
      }
    assert.equal(readSettings().kind, 'complete');
  });

  it('that no shop can be reached by are named as well', async () => {
    for (const [name, value] of [
      ['digible.baseUrl', 'ftp://digible.example'],
      ['digible.baseUrl', 'http://digible.example'],
      ['sqlServer.server', 'a,b,c'],
      ['sqlServer.table', 'a.b.c.d.e'],
    ] as const) {
      await setSettings({ ...complete, [name]: value });
      const found = readSettings();
      assert.ok(found.kind === 'invalid', value);
      assert.ok(found.error.message.startsWith(`The setting shopmaster.${name} can’t be used. `), found.error.message);
      await setSettings({ [name]: undefined });
    }
  });

  it('that are nonsense show in the condition, until they are corrected', async () => {
    const { currentShop } = await configureExtension(await freshShop());
    await setSettings({ 'sync.intervalSeconds': '2 minutes' });
    const condition = await until(
      () => currentShop.condition.kind === 'settings invalid' && currentShop.condition,
      'nonsense is noticed',
    );
    assert.equal(
      condition.error.message,
      'The setting shopmaster.sync.intervalSeconds must be a whole number from 5 to 86400.',
    );
    await setSettings({ 'sync.intervalSeconds': 60 });
    await until(
      () => currentShop.condition.kind === 'ready' && currentShop.condition.intervalSeconds === 60,
      'it is corrected',
    );
  });

  it('of a workspace do not count', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder);
    const editor = vscode.workspace.getConfiguration('editor');
    const tabSize = editor.get<number>('tabSize', 4) + 1;
    const file = path.join(folder, '.vscode', 'settings.json');
    await mkdir(path.dirname(file), { recursive: true });
    try {
      await writeFile(
        file,
        JSON.stringify({
          'editor.tabSize': tabSize,
          'shopmaster.digible.baseUrl': 'https://elsewhere.example',
          'shopmaster.sqlServer.server': 'elsewhere',
          'shopmaster.sqlServer.trustServerCertificate': true,
        }),
      );
      await until(() => vscode.workspace.getConfiguration('editor').get('tabSize') === tabSize, 'the file is read');
      const { digible, sqlServer } = readForm();
      assert.deepEqual(
        [digible.baseUrl, sqlServer.server, sqlServer.trustServerCertificate],
        ['https://api.digible.one', 'localhost', false],
      );
    } finally {
      await rm(path.dirname(file), { recursive: true });
      await until(() => vscode.workspace.getConfiguration('editor').get('tabSize') !== tabSize, 'the file is gone');
    }
  });

  it('are written for this machine, only where they differ from the default', async () => {
    const before = readForm();
    const after: Settings = {
      ...before,
      digible: { ...before.digible, email: 'owner@shop.example' },
      sync: { ...before.sync, intervalSeconds: 60 },
    };
    await writeSettings(after);
    assert.deepEqual(readForm(), after);
    assert.deepEqual(
      names.filter((name) => globally(name) !== undefined),
      ['digible.email', 'sync.intervalSeconds'],
    );
    await writeSettings(before);
    assert.deepEqual(
      names.filter((name) => globally(name) !== undefined),
      [],
    );
  });

  it('that can’t all be written are not written at all', async () => {
    await setSettings({ 'digible.email': 'old@shop.example' });
    const form = readForm();
    const sync = { ...form.sync, intervalSeconds: 60, notRegistered: 1 };
    await assert.rejects(
      writeSettings({ ...form, digible: { ...form.digible, email: 'new@shop.example' }, sync }),
      (error: Error & { code?: unknown }) => {
        assert.equal(error.code, 'settings-not-saved');
        assert.match(error.message, /could not be saved: .*notRegistered/);
        return true;
      },
    );
    assert.deepEqual([globally('digible.email'), globally('sync.intervalSeconds')], ['old@shop.example', undefined]);
  });
});

describe('secrets', () => {
  afterEach(() => unconfigure());

  it('are stored where they are given, and an empty one leaves what is stored', async () => {
    const { secrets } = await activated();
    assert.deepEqual(await secrets.areSet(), { digiblePassword: false, sqlPassword: false });
    await secrets.store({ digiblePassword: 'one' });
    await secrets.store({ digiblePassword: '', sqlPassword: 'two' });
    assert.deepEqual(await secrets.read(), { digiblePassword: 'one', sqlPassword: 'two' });
    assert.deepEqual(await secrets.areSet(), { digiblePassword: true, sqlPassword: true });
  });

  it('that are missing mean sign in again, and no view learns the other one', async () => {
    const { currentShop, secrets } = await configureExtension(await freshShop());
    const { digiblePassword, sqlPassword } = await secrets.read();
    await secrets.forget();
    await secrets.store({ sqlPassword });
    await until(() => currentShop.condition.kind === 'sign in again', 'the password is missed');
    assert.deepEqual(currentShop.condition, { kind: 'sign in again', missing: ['digiblePassword'] });
    await currentShop.shop();
    await secrets.store({ digiblePassword });
    await until(() => currentShop.condition.kind === 'ready', 'the password is there again');
  });

  it('are replaced by exactly those that are given', async () => {
    const { secrets } = await activated();
    await secrets.store({ digiblePassword: 'one', sqlPassword: 'two' });
    await secrets.replace({ digiblePassword: '', sqlPassword: 'three' });
    assert.deepEqual(await secrets.read(), { digiblePassword: '', sqlPassword: 'three' });
  });

  it('are not asked for with Windows Authentication', async () => {
    await setSettings({ ...complete, 'sqlServer.authentication': 'windows' });
    const { currentShop, secrets } = await activated();
    await secrets.store({ digiblePassword: 'one' });
    await until(() => currentShop.condition.kind === 'ready', 'one password is enough');
  });
});
