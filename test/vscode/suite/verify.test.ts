import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import type { RunResult } from '../../../src/sync/runResult';
import { answering } from './answers';
import { activated, configuredShop, setSettings, unconfigure, until, world } from './support';

describe('Verify Catalogue', () => {
  let parts: ShopMasterExtension;
  const run = (command: string): Thenable<unknown> => vscode.commands.executeCommand(`shopmaster.${command}`);
  const document = (): string =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'shopmaster-verify')?.getText() ?? '';

  /** A shop whose products Digible has, as this computer knows. */
  async function uploadedShop(...options: Parameters<typeof configuredShop>): ReturnType<typeof configuredShop> {
    const shop = await configuredShop(...options);
    await (await parts.currentShop.shopThatCanSend()).master.upload();
    return shop;
  }

  before(async () => {
    parts = await activated();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await world.heal();
    await unconfigure();
  });

  it('says that it found nothing, and shows no document', async () => {
    await uploadedShop();
    const asked = answering();
    await run('verifyCatalogue');
    assert.deepEqual(
      asked.map(({ kind, text, choices }) => [kind, text, choices]),
      [['information', 'Verify found no difference in 3 products.', []]],
    );
    assert.equal(vscode.window.activeTextEditor, undefined);
  });

  it('lists what no trigger has seen, queues it at the press of its button, and a sync sends it', async () => {
    const shop = await uploadedShop();
    await shop.query('DISABLE TRIGGER ALL ON dbo.Products');
    await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
    await shop.query("DELETE FROM dbo.Products WHERE ProductID = 'P000002'");
    await shop.query('ENABLE TRIGGER ALL ON dbo.Products');
    const presses = ['Queue Differences', undefined];
    const asked = answering({ warning: () => presses.shift() });
    const results: RunResult[] = [];
    const listener = parts.currentShop.onDidFinishRun((result) => results.push(result));
    await run('verifyCatalogue');
    await until(() => document().includes('P000001  '), 'the differences are listed');
    await until(() => asked.length === 2, 'they are queued');
    listener.dispose();
    assert.deepEqual(
      asked.map(({ kind, text, choices }) => [kind, text, choices]),
      [
        ['warning', 'Verify found differences: 1 different, 1 gone.', ['Queue Differences']],
        ['information', 'Written to ChangeLog for the next sync: 1 different, 1 gone.', ['Sync Now']],
      ],
    );
    assert.deepEqual(
      results.map(({ trigger, error }) => [trigger, error]),
      [
        ['verify', null],
        ['verify', null],
      ],
    );
    await until(() => document().includes('All of it is written to ChangeLog'), 'the document says so');
    const { condition } = parts.currentShop;
    assert.deepEqual(condition.kind === 'ready' && condition.engine.counts?.pending, 1);
    await run('syncNow');
    const sent = (await shop.catalogue()).find(({ productId }) => productId === 'P000001');
    assert.equal(sent?.productPrice, '7.77');
    await run('verifyCatalogue');
    assert.equal(asked.at(-1)?.text, 'Verify found no difference in 2 products.');
  });

  it('offers an upload where nothing is known yet', async () => {
    await configuredShop();
    const asked = answering();
    await run('verifyCatalogue');
    assert.deepEqual(
      asked.map(({ kind, choices }) => [kind, choices]),
      [['warning', ['Upload Products']]],
    );
    assert.equal(vscode.window.activeTextEditor, undefined);
  });

  it('is one verify, however often it is chosen, and is written into the history', async () => {
    await uploadedShop({ products: 2500 });
    const asked = answering();
    await Promise.all([run('verifyCatalogue'), run('verifyCatalogue')]);
    assert.equal(asked.length, 1);
    await parts.history.recorded();
    const [newest] = await parts.history.getChildren();
    const item = newest && parts.history.getTreeItem(newest);
    assert.ok(typeof item?.label === 'string' && typeof item.description === 'string');
    assert.match(item.label, / Verify$/);
    assert.match(item.description, /^no difference · /);
  });

  it('queues what it finds where both are chosen at once', async () => {
    const shop = await uploadedShop();
    await shop.query('DISABLE TRIGGER ALL ON dbo.Products');
    await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
    await shop.query('ENABLE TRIGGER ALL ON dbo.Products');
    const asked = answering();
    await Promise.all([run('queueDifferences'), run('verifyCatalogue'), run('queueDifferences')]);
    assert.equal(asked.filter(({ text }) => text === 'Written to ChangeLog for the next sync: 1 different.').length, 1);
  });

  it('still knows what was confirmed by a shop that was opened before', async () => {
    const shop = await uploadedShop();
    await setSettings({ 'upload.batchSize': 100 });
    await until(() => parts.currentShop.settings?.upload.batchSize === 100, 'the setting is in use');
    await shop.query('DISABLE TRIGGER ALL ON dbo.Products');
    await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
    const asked = answering();
    await run('verifyCatalogue');
    assert.equal(asked[0]?.text, 'Verify found differences: 1 different.');
  });

  it('shows what it fails with, and tries again at the press of its button', async () => {
    await uploadedShop();
    await world.stopSqlServer();
    const asked = answering();
    await run('verifyCatalogue');
    assert.deepEqual(
      asked.map(({ kind, choices }) => [kind, choices]),
      [['error', ['Verify Catalogue']]],
    );
  });

  it('says that it ended because the settings changed', async () => {
    await uploadedShop({ products: 100 });
    await world.delayAnswers(300);
    const asked = answering();
    const verifying = run('verifyCatalogue');
    await until(() => {
      const { condition } = parts.currentShop;
      return condition.kind === 'ready' && condition.engine.phase === 'verifying';
    }, 'it runs');
    await setSettings({ 'digible.email': 'another@shop.example' });
    await verifying;
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['The verify ended because settings or database were changed.'],
    );
  });
});
