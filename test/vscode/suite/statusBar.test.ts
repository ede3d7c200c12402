import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import { answering } from './answers';
import { activated, configuredShop, setSettings, unconfigure, until, world } from './support';

describe('the status bar', () => {
  let parts: ShopMasterExtension;
  const item = (): vscode.StatusBarItem => parts.statusBar.item;
  const background = (): string | undefined => (item().backgroundColor as { readonly id?: string } | undefined)?.id;
  const tooltip = (): string => (item().tooltip as vscode.MarkdownString).value;

  async function shows(text: RegExp): Promise<void> {
    await until(() => text.test(item().text), `the status bar shows ${String(text)}`).catch((failure: unknown) => {
      throw new Error(`It shows ${item().text}.`, { cause: failure });
    });
  }

  before(async () => {
    parts = await activated();
  });
  // Nobody is there to dismiss what pops up.
  beforeEach(() => void answering());
  afterEach(async () => {
    await world.heal();
    await unconfigure();
  });

  it('is one item on the left, with an id and a name', () => {
    assert.equal(item().id, 'shopmaster.status');
    assert.equal(item().name, 'shopMaster');
    assert.equal(item().alignment, vscode.StatusBarAlignment.Left);
  });

  it('leads to Configure while nothing is configured', async () => {
    await shows(/^\$\(gear\) shopMaster: not configured$/);
    assert.equal(item().command, 'shopmaster.configure');
    assert.equal(background(), undefined);
  });

  it('is stopped until Start Sync, then shows the last sync and what is pending', async () => {
    await configuredShop();
    await shows(/^\$\(debug-pause\) shopMaster: stopped$/);
    assert.equal(item().command, 'shopmaster.startSync');
    await vscode.commands.executeCommand('shopmaster.startSync');
    await shows(/^\$\(sync\) shopMaster: \d\d:\d\d, 0 pending$/);
    assert.equal(background(), undefined);
    assert.equal(item().command, 'shopmaster.syncNow');
    assert.match(
      item().accessibilityInformation?.label ?? '',
      /Sync task scheduled to run every 2 minutes; Last Sync: /,
    );
    await vscode.commands.executeCommand('shopmaster.stopSync');
    await shows(/^\$\(debug-pause\) shopMaster: stopped$/);
  });

  it('has a tooltip that may run its own commands and nothing else', async () => {
    await configuredShop();
    await vscode.commands.executeCommand('shopmaster.syncNow');
    await until(() => tooltip().includes('| Pending | 0 |'), 'the tooltip has its figures');
    const { isTrusted, supportThemeIcons, supportHtml } = item().tooltip as vscode.MarkdownString;
    assert.equal(supportThemeIcons, true);
    assert.notEqual(supportHtml, true);
    const enabled = (isTrusted as { readonly enabledCommands: readonly string[] }).enabledCommands;
    const existing = await vscode.commands.getCommands(true);
    for (const command of enabled) assert.ok(existing.includes(command), command);
    assert.ok(!enabled.includes('shopmaster.removeFromDatabase'));
  });

  it('counts while it uploads', async () => {
    await configuredShop({ products: 1000, latencyMs: 300 });
    const uploading = parts.runs.upload();
    await shows(/^\$\(sync~spin\) Uploading \d+ of 1000$/);
    assert.equal(item().command, 'shopmaster.pendingChanges.focus');
    // One that is set anew closes where it is open.
    const shown = item().tooltip;
    const text = item().text;
    await until(() => item().text !== text && item().text.startsWith('$(sync~spin)'), 'it counts on');
    assert.equal(item().tooltip, shown);
    await uploading;
    await shows(/^\$\(debug-pause\)/);
  });

  it('is offline in yellow while SQL Server is away, and heals by itself', async () => {
    await configuredShop({}, { 'sync.intervalSeconds': 5 });
    await world.stopSqlServer();
    await vscode.commands.executeCommand('shopmaster.startSync');
    await shows(/^\$\(debug-disconnect\) shopMaster: offline/);
    assert.equal(background(), 'statusBarItem.warningBackground');
    assert.equal(item().command, 'shopmaster.syncNow');
    await world.startSqlServer();
    await shows(/^\$\(sync\) shopMaster: \d\d:\d\d/);
    assert.equal(background(), undefined);
  });

  it('is offline while Digible drops every call', async () => {
    const shop = await configuredShop();
    await shop.admin('POST', 'faults', { kind: 'dropped' });
    await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
    await vscode.commands.executeCommand('shopmaster.syncNow');
    await shows(/^\$\(debug-disconnect\) shopMaster: offline, 1 pending$/);
    await shop.admin('DELETE', 'faults');
    await vscode.commands.executeCommand('shopmaster.syncNow');
    await shows(/^\$\(debug-pause\) shopMaster: stopped$/);
  });

  it('says that the session has expired, and leads to Configure', async () => {
    const shop = await configuredShop();
    await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
    await vscode.commands.executeCommand('shopmaster.syncNow');
    await shop.admin('POST', 'revoke-tokens');
    await shop.admin('POST', 'faults', { kind: 'wrong password' });
    await shop.query("UPDATE dbo.Products SET SellPrice = 8.88 WHERE ProductID = 'P000001'");
    await vscode.commands.executeCommand('shopmaster.syncNow');
    await shows(/^\$\(key\) shopMaster: session expired$/);
    assert.equal(item().command, 'shopmaster.configure');
    assert.match(item().accessibilityInformation?.label ?? '', /User session expired, please reconfigure/);
  });

  it('leads to Repair Capture when a trigger is gone', async () => {
    const shop = await configuredShop();
    await shop.query('DROP TRIGGER dbo.trgAfterInsert');
    await vscode.commands.executeCommand('shopmaster.syncNow');
    await shows(/^\$\(tools\) shopMaster: changes are not logged$/);
    assert.equal(background(), 'statusBarItem.errorBackground');
    assert.equal(item().command, 'shopmaster.repairCapture');
  });

  it('counts rejected products, and leads to them', async () => {
    const shop = await configuredShop();
    await shop.query("UPDATE dbo.Products SET ProductName = '' WHERE ProductID = 'P000001'");
    await vscode.commands.executeCommand('shopmaster.startSync');
    await shows(/^\$\(warning\) shopMaster: \d\d:\d\d, 1 pending, 1 rejected$/);
    assert.equal(item().command, 'shopmaster.pendingChanges.focus');
  });

  it('is red while a setting can’t be used, and asks for a password that is missing', async () => {
    await configuredShop();
    await setSettings({ 'sync.intervalSeconds': 'often' });
    await shows(/^\$\(error\) shopMaster: setting invalid$/);
    assert.equal(background(), 'statusBarItem.errorBackground');
    await setSettings({ 'sync.intervalSeconds': undefined });
    await shows(/^\$\(debug-pause\) shopMaster: stopped$/);
    await parts.secrets.forget();
    await shows(/^\$\(key\) shopMaster: sign in again$/);
    assert.equal(item().command, 'shopmaster.configure');
  });
});
