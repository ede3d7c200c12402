import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import { RunHistory } from '../../../src/sync/runHistory';
import { nothingUploaded } from '../../../src/sync/runResult';
import { answering } from './answers';
import { activated, configuredShop, unconfigure, until, world } from './support';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the history', () => {
  let parts: ShopMasterExtension;
  const run = (command: string): Thenable<unknown> => vscode.commands.executeCommand(`shopmaster.${command}`);

  async function lines(): Promise<readonly string[]> {
    const { history } = parts;
    const items = (await history.getChildren()).map((node) => history.getTreeItem(node));
    return items.map(({ label, description }) => `${textOf(label).replace(/^[\d:]+ /, '')}: ${String(description)}`);
  }

  async function newest(line: RegExp): Promise<void> {
    await until(async () => line.test((await lines())[0] ?? ''), `the newest run is ${String(line)}`);
  }

  before(async () => {
    parts = await activated();
  });
  beforeEach(() => void answering());
  afterEach(async () => {
    await world.heal();
    await unconfigure();
  });

  it('has the newest run first, by what asked for it and what it came to', async () => {
    const shop = await configuredShop();
    await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
    await run('syncNow');
    await newest(/^Manual: 1 (inserted|updated) · /);
    await run('uploadProducts');
    await newest(/^Upload: 3 uploaded · /);
    await run('startSync');
    await newest(/^Scheduled: nothing was pending · /);
  });

  it('keeps what a run failed with, and what to do', async () => {
    await configuredShop();
    await world.stopSqlServer();
    await run('syncNow');
    await newest(/^Manual: SQL Server|^Manual: .*127\.0\.0\.1/);
    const { history } = parts;
    const [failed] = await history.getChildren();
    assert.ok(failed);
    const item = history.getTreeItem(failed);
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'error');
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
    const [error] = (await history.getChildren(failed)).map((node) => history.getTreeItem(node));
    assert.equal((error?.iconPath as vscode.ThemeIcon).id, 'error');
    assert.match(String(error?.description), /\.$/);
  });

  it('unfolds into what was rejected and why', async () => {
    const shop = await configuredShop();
    await shop.query("UPDATE dbo.Products SET ProductName = '' WHERE ProductID = 'P000001'");
    await run('syncNow');
    await newest(/^Manual: 1 rejected/);
    const { history } = parts;
    const [node] = await history.getChildren();
    const details = (await history.getChildren(node)).map((detail) => history.getTreeItem(detail));
    assert.ok(details.some(({ label, description }) => textOf(label) === 'P000001' && String(description) !== ''));
  });

  it('is there after a restart, and shows what another window writes while somebody looks', async () => {
    await configuredShop();
    await run('syncNow');
    const { history } = parts;
    const another = new RunHistory(history.directory, silent);
    await until(async () => (await another.list()).length === (await lines()).length, 'another window finds the same');
    await vscode.commands.executeCommand('shopmaster.history.focus');
    await until(() => history.view.visible, 'the history is shown');
    const changed = new Promise<void>((resolve) => {
      const listener = history.onDidChangeTreeData(() => {
        listener.dispose();
        resolve();
      });
    });
    await another.record(
      { trigger: 'upload', report: { ...nothingUploaded, products: 4711 }, error: null },
      Date.now(),
    );
    await changed;
    await newest(/^Upload: 4711 uploaded/);
  });
});

function textOf(label: vscode.TreeItem['label']): string {
  return typeof label === 'object' ? label.label : (label ?? '');
}
