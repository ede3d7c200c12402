import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import type { Draft, FormValues } from '../../../src/views/settingsPanel/protocol';
import type { TestShop } from '../world';
import { answering } from './answers';
import { openPanel, type OpenedPanel } from './openedPanel';
import { activated, configureExtension, freshShop, setSettings, unconfigure, until, world } from './support';

describe('the settings panel', () => {
  let parts: ShopMasterExtension;
  const opened: OpenedPanel[] = [];

  before(async () => {
    parts = await activated();
  });

  afterEach(async () => {
    for (const { panel } of opened.splice(0)) panel?.dispose();
    await until(() => !parts.settingsPanel.isOpen, 'the panel is closed');
    await world.heal();
    await unconfigure();
  });

  async function open(): Promise<OpenedPanel> {
    const panel = await openPanel();
    opened.push(panel);
    return panel;
  }

  /** The form filled in for a shop, as a user would. */
  function draftFor({ digible, sqlServer }: TestShop, changes: Partial<FormValues> = {}): Draft {
    return {
      values: {
        email: digible.email,
        server: sqlServer.server,
        database: sqlServer.database,
        table: sqlServer.table,
        authentication: 'password',
        username: sqlServer.username,
        encrypt: true,
        trustServerCertificate: true,
        intervalSeconds: '120',
        autoStart: false,
        ...changes,
      },
      typed: { digiblePassword: digible.password, sqlPassword: sqlServer.password },
    };
  }

  const panelTabs = (): readonly vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('shopmaster.settings'));

  it('opens with a page that asks what to show, and only once', async () => {
    const { fromPage } = await open();
    await vscode.commands.executeCommand('shopmaster.configure');
    await until(() => panelTabs().length === 1, 'there is one tab');
    assert.deepEqual([...new Set(fromPage.map(({ method }) => method))], ['open', 'edit']);
  });

  it('is closed with its tab, and opens anew', async () => {
    const { panel } = await open();
    panel?.dispose();
    await until(() => !parts.settingsPanel.isOpen, 'the panel is closed');
    await open();
    assert.ok(parts.settingsPanel.isOpen);
  });

  it('lets its page load nothing but its own script and style', async () => {
    const { panel } = await open();
    const html = panel?.webview.html ?? '';
    assert.match(
      html,
      /default-src 'none'; base-uri 'none'; form-action 'none'; style-src [^;]* 'nonce-([\w+/=]{20,})'; script-src 'nonce-\1'"/,
    );
    assert.doesNotMatch(html, /unsafe|%\w+%/);
    const roots = panel?.webview.options.localResourceRoots?.map(({ path }) => path);
    assert.equal(roots?.length, 1);
    assert.match(roots[0] ?? '', /\/dist\/webview$/);
  });

  it('takes a shop from nothing to synced', async () => {
    const shop = await freshShop({ products: 3 });
    await setSettings({ 'digible.baseUrl': shop.digible.baseUrl, 'sync.settleSeconds': 1 });
    answering();
    const panel = await open();
    const draft = draftFor(shop);

    assert.deepEqual(await panel.ask('edit', draft), {});
    assert.deepEqual(await panel.ask('listTables', draft), [{ name: 'dbo.Products', lacks: '' }]);

    await panel.ask('testConnection', draft);
    const test = await panel.shows(({ test: shown }) => shown?.sqlServer && shown.digible && shown, 'both are tested');
    assert.deepEqual([test.sqlServer?.ok, test.digible?.ok], [true, true]);

    await panel.ask('plan', { ...draft, discardPending: false });
    const plan = await panel.shows(
      ({ configure }) => configure?.phase === 'planned' && configure.plan,
      'a plan is made',
    );
    assert.equal(plan.steps.length, 4);
    assert.deepEqual(await shop.query("SELECT name FROM sys.tables WHERE name = 'ChangeLog'"), []);

    await panel.ask('configure', draft);
    await panel.shows(({ configure }) => configure?.phase === 'done', 'it is configured');
    assert.equal((await shop.query("SELECT name FROM sys.tables WHERE name = 'ChangeLog'")).length, 1);
    await panel.shows(({ ready, secrets }) => ready && secrets.sqlPassword === 'stored', 'it is ready');
    assert.equal(parts.currentShop.settings?.sqlServer.table, 'dbo.Products');

    await panel.ask('upload', null);
    const uploaded = await panel.shows(({ upload }) => upload?.phase === 'done' && upload, 'it is uploaded');
    assert.equal(uploaded.message, '3 products were uploaded.');
    assert.equal((await shop.catalogue()).length, 3);

    await panel.ask('startSync', null);
    await panel.shows(({ scheduled }) => scheduled, 'syncs run by themselves');

    const told = JSON.stringify(panel.toPage);
    assert.ok(!told.includes(shop.digible.password) && !told.includes(shop.sqlServer.password));
  });

  it('tells the two sides of a test apart, and trusts a certificate where it is told to', async () => {
    const shop = await freshShop();
    await setSettings({ 'digible.baseUrl': shop.digible.baseUrl });
    const panel = await open();
    const wrong = draftFor(shop, { trustServerCertificate: false });
    await panel.ask('testConnection', { ...wrong, typed: { ...wrong.typed, digiblePassword: 'wrong' } });
    const { sqlServer, digible } = await panel.shows(
      ({ test }) => test?.sqlServer && test.digible && { sqlServer: test.sqlServer, digible: test.digible },
      'both are tested',
    );
    assert.equal(!sqlServer.ok && sqlServer.error.remedy, 'trust certificate');
    assert.equal(!digible.ok && digible.error.code, 'digible-login-failed');

    await panel.ask('testConnection', draftFor(shop));
    await panel.shows(({ test }) => test?.sqlServer?.ok === true && test.digible?.ok === true, 'both are reached');
  });

  it('goes on with Configure when it is closed in the middle, and tells of the end', async () => {
    // Configure signs in first, and that takes its time.
    const shop = await freshShop({ latencyMs: 1000 });
    await setSettings({ 'digible.baseUrl': shop.digible.baseUrl });
    const asked = answering();
    const panel = await open();
    const draft = draftFor(shop);
    await panel.ask('plan', { ...draft, discardPending: false });
    await panel.shows(({ configure }) => configure?.phase === 'planned', 'a plan is made');
    await panel.ask('configure', draft);
    await panel.shows(({ configure }) => configure?.phase === 'running', 'it has begun');
    panel.panel?.dispose();
    await until(() => asked.length > 0, 'the end is told');
    assert.deepEqual(
      asked.map(({ kind, text }) => [kind, text]),
      [['information', 'shopMaster is configured: every change of dbo.Products is logged from now on.']],
    );
    assert.equal((await shop.query("SELECT name FROM sys.triggers WHERE name LIKE 'trgAfter%'")).length, 3);
    assert.equal(parts.currentShop.settings?.sqlServer.database, shop.sqlServer.database);
  });

  it('saves the interval without a look at the database', async () => {
    const shop = await freshShop();
    await configureExtension(shop);
    const panel = await open();
    const { values } = draftFor(shop);
    await world.stopSqlServer();
    await panel.ask('save', { values: { ...values, intervalSeconds: '60' }, typed: {} });
    await until(() => parts.currentShop.settings?.sync.intervalSeconds === 60, 'the interval is in use');
    await panel.shows(({ saved }) => saved.intervalSeconds === '60', 'the page is told');
  });

  it('saves nothing that takes Configure', async () => {
    const shop = await freshShop();
    await configureExtension(shop);
    const panel = await open();
    const { values } = draftFor(shop, { table: 'dbo.Other' });
    await assert.rejects(panel.ask('save', { values, typed: {} }), { code: 'settings-invalid' });
    assert.equal(parts.currentShop.settings?.sqlServer.table, 'dbo.Products');
  });

  it('follows what is changed elsewhere', async () => {
    await configureExtension(await freshShop());
    const panel = await open();
    await setSettings({ 'sync.intervalSeconds': 300 });
    await panel.shows(({ saved }) => saved.intervalSeconds === '300', 'the interval is shown');
    await parts.secrets.forget();
    await panel.shows(({ secrets }) => secrets.digiblePassword === 'missing', 'the password is missed');
  });

  it('names what was edited by hand to nonsense', async () => {
    await configureExtension(await freshShop());
    await setSettings({ 'sync.intervalSeconds': 'often', 'upload.batchSize': 900 });
    const panel = await open();
    const problems = await panel.shows(
      ({ storedProblems }) => storedProblems.length === 2 && storedProblems,
      'both are named',
    );
    assert.deepEqual(
      problems.map(({ key, field }) => [key, field]),
      [
        ['shopmaster.sync.intervalSeconds', 'intervalSeconds'],
        ['shopmaster.upload.batchSize', null],
      ],
    );
    assert.equal(panel.state?.saved.intervalSeconds, 'often');
  });

  it('does nothing on messages that are none', async () => {
    const panel = await open();
    await panel.ask('dismissPlan', null);
    const before = panel.toPage.length;
    for (const message of [null, 'upload', { kind: 'request', id: 5, method: 'upload', params: { now: true } }])
      panel.send(message);
    await panel.ask('dismissPlan', null);
    assert.deepEqual(
      panel.toPage.slice(before).filter((message) => (message as { kind: string }).kind === 'answer').length,
      1,
    );
  });
});
