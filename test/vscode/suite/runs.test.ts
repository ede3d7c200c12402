import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import type { RunResult } from '../../../src/sync/runResult';
import { answering, type Asked } from './answers';
import { activated, configuredShop, setSettings, unconfigure, until, world } from './support';

describe('runs and what pops up', () => {
  let parts: ShopMasterExtension;
  const run = (command: string): Thenable<unknown> => vscode.commands.executeCommand(`shopmaster.${command}`);
  const texts = (asked: readonly Asked[]): readonly string[] => asked.map(({ kind, text }) => `${kind}: ${text}`);

  /** Products that the run under way has confirmed. */
  function progress(): number {
    const { condition } = parts.currentShop;
    return condition.kind === 'ready' ? (condition.engine.progress?.done ?? 0) : 0;
  }

  function nextRun(): Promise<RunResult> {
    return new Promise((resolve) => {
      const listener = parts.currentShop.onDidFinishRun((result) => {
        listener.dispose();
        resolve(result);
      });
    });
  }

  /** Start Sync, which syncs at once also where it is started already; resolves when that is over. */
  async function scheduledRun(): Promise<RunResult> {
    const finished = nextRun();
    await run('startSync');
    const result = await finished;
    // The schedule learns of its end after the listeners.
    await new Promise((resolve) => setImmediate(resolve));
    return result;
  }

  async function scheduledRuns(count: number): Promise<readonly RunResult[]> {
    const results: RunResult[] = [];
    while (results.length < count) results.push(await scheduledRun());
    return results;
  }

  /** A sync of it takes many requests, one after the other: 40 products that Digible knows have changed. */
  async function slowShop(): ReturnType<typeof configuredShop> {
    const shop = await configuredShop({ products: 40, latencyMs: 300 }, { 'sync.updateConcurrency': 1 });
    await (await parts.currentShop.shopThatCanSend()).master.upload();
    await shop.query('UPDATE dbo.Products SET SellPrice = 7.77');
    return shop;
  }

  before(async () => {
    parts = await activated();
  });
  afterEach(async () => {
    await world.heal();
    await unconfigure();
  });

  describe('Sync Now', () => {
    it('offers to configure while nothing is', async () => {
      const asked = answering();
      await run('syncNow');
      assert.deepEqual(
        asked.map(({ text, choices }) => [text, choices]),
        [['shopMaster is not configured yet. Fill in the settings and choose Configure.', ['Configure']]],
      );
    });

    it('ends with the desktop’s words and the figures', async () => {
      const shop = await configuredShop();
      await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID <> 'P000001'");
      const asked = answering();
      await run('syncNow');
      assert.equal(asked.length, 1);
      assert.match(asked[0]?.text ?? '', /^Manual sync completed successfully: 2 (inserted|updated)\.$/);
      assert.equal((await shop.catalogue()).length, 2);
    });

    it('pops nothing up where nothing was pending', async () => {
      await configuredShop();
      const asked = answering();
      await run('syncNow');
      assert.deepEqual(asked, []);
    });

    it('is one sync, however often it is chosen', async () => {
      const shop = await configuredShop({ latencyMs: 200 });
      await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
      const asked = answering();
      const results: RunResult[] = [];
      const listener = parts.currentShop.onDidFinishRun((result) => results.push(result));
      await Promise.all([run('syncNow'), run('syncNow'), run('syncNow')]);
      listener.dispose();
      assert.equal(results.length, 1);
      assert.equal(asked.length, 1);
    });

    it('leads to what was rejected', async () => {
      const shop = await configuredShop();
      await shop.query("UPDATE dbo.Products SET ProductName = '' WHERE ProductID = 'P000001'");
      const asked = answering({ warning: 'Show' });
      await run('syncNow');
      assert.deepEqual(texts(asked), ['warning: Manual sync completed successfully: 1 rejected, 1 still pending.']);
      await until(() => parts.pendingChanges.view.visible, 'Pending Changes is shown');
    });

    it('shows once what it failed with, and tries again at the press of its button', async () => {
      await configuredShop();
      await world.stopSqlServer();
      const asked = answering();
      await Promise.all([run('syncNow'), run('syncNow')]);
      assert.deepEqual(
        asked.map(({ kind, choices }) => [kind, choices]),
        [['error', ['Sync Now']]],
      );
    });

    it('trusts a certificate only after it has said what that means', async () => {
      await configuredShop({}, { 'sqlServer.trustServerCertificate': true });
      await setSettings({ 'sqlServer.trustServerCertificate': false });
      await until(
        () => parts.currentShop.settings?.sqlServer.trustServerCertificate === false,
        'the setting is in use',
      );
      const asked = answering({ error: 'Trust Certificate', warning: 'Trust Certificate' });
      const finished = nextRun();
      await run('syncNow');
      assert.notEqual((await finished).error, null);
      assert.equal((await nextRun()).error, null);
      assert.equal(parts.currentShop.settings?.sqlServer.trustServerCertificate, true);
      const [, question] = asked;
      assert.equal(question?.modal, true);
      assert.match(question.detail, /password/);
    });

    it('says so where the trust can’t be written down', async () => {
      await configuredShop({}, { 'sqlServer.trustServerCertificate': true });
      await setSettings({ 'sqlServer.trustServerCertificate': false });
      await until(
        () => parts.currentShop.settings?.sqlServer.trustServerCertificate === false,
        'the setting is in use',
      );
      const answers = ['Trust Certificate', undefined];
      const asked = answering({ error: () => answers.shift(), warning: 'Trust Certificate' });
      const restore = settingsThatCannotBeWritten();
      try {
        await run('syncNow');
        await until(() => asked.length === 3, 'the failure is shown');
      } finally {
        restore();
      }
      assert.match(asked[2]?.text ?? '', /^The settings could not be saved: The disk is full\. /);
    });

    it('says that it ended because the settings changed', async () => {
      await slowShop();
      const asked = answering();
      const syncing = run('syncNow');
      await until(() => progress() > 0, 'a product is sent');
      await setSettings({ 'digible.email': 'another@shop.example' });
      await syncing;
      assert.deepEqual(texts(asked), [
        'information: The sync ended because settings or database were changed. What is pending is sent next time.',
      ]);
    });
  });

  describe('Upload Products', () => {
    it('sends every product, and confirms it', async () => {
      const shop = await configuredShop({ products: 450 });
      const asked = answering();
      await run('uploadProducts');
      assert.deepEqual(texts(asked), ['information: 450 products were uploaded.']);
      assert.equal((await shop.catalogue()).length, 450);
    });

    it('is one upload, however often it is chosen', async () => {
      const shop = await configuredShop({ products: 450, latencyMs: 100 });
      const asked = answering();
      await shop.admin('DELETE', 'stats');
      await Promise.all([run('uploadProducts'), run('uploadProducts')]);
      assert.deepEqual(texts(asked), ['information: 450 products were uploaded.']);
    });

    it('can be cancelled, and resumed where it ended, but not before it was asked', async () => {
      const shop = await configuredShop({ products: 2000, latencyMs: 300 }, { 'upload.concurrency': 1 });
      const answers = [undefined, 'Resume'];
      const asked = answering({ information: ({ modal }) => (modal ? answers.shift() : undefined) });
      const uploading = run('uploadProducts');
      await until(() => progress() >= 400, 'two batches are through');
      parts.runs.cancelUpload();
      await uploading;
      const [end] = asked;
      assert.match(end?.text ?? '', /^The upload was cancelled after \d+ products\. Upload Products can resume it\.$/);
      const arrived = (await shop.catalogue()).length;
      assert.ok(arrived >= 400 && arrived < 2000, `${arrived} products arrived.`);

      await run('uploadProducts');
      const [, question] = asked;
      assert.deepEqual([question?.modal, question?.choices], [true, ['Resume', 'Start Over']]);
      assert.match(question?.detail ?? '', /^It ended after \d+ products, up to P\d+\./);
      assert.equal(asked.length, 2);
      assert.equal((await shop.catalogue()).length, arrived);

      await shop.admin('POST', 'latency', { ms: 0, perProductMs: 0 });
      await run('uploadProducts');
      assert.match(asked[3]?.text ?? '', /^\d+ products were uploaded\.$/);
      assert.notEqual(asked[3]?.text, '2000 products were uploaded.');
      assert.equal((await shop.catalogue()).length, 2000);
    });

    it('asks anew, of the shop that is in use by then, where settings change while it asks', async () => {
      const shop = await configuredShop({ products: 1000, latencyMs: 300 }, { 'upload.concurrency': 1 });
      const asked = answering({ information: ({ modal }) => (modal ? 'Resume' : undefined) });
      const cancelling = run('uploadProducts');
      await until(() => progress() >= 200, 'a batch is through');
      parts.runs.cancelUpload();
      await cancelling;
      await shop.admin('POST', 'latency', { ms: 0, perProductMs: 0 });

      let changes = 0;
      beforeAnswering(async () => {
        changes += 1;
        if (changes > 1) return;
        await setSettings({ 'sync.intervalSeconds': 60 });
        await until(() => parts.currentShop.settings?.sync.intervalSeconds === 60, 'the settings are in use');
      });
      await run('uploadProducts');
      assert.deepEqual(
        asked.filter(({ modal }) => modal).map(({ text }) => text),
        ['Resume the last upload?', 'Resume the last upload?'],
      );
      assert.equal((await shop.catalogue()).length, 1000);
    });

    it('says that it ended because the settings changed', async () => {
      await configuredShop({ products: 2000, latencyMs: 600 }, { 'upload.concurrency': 1 });
      const asked = answering();
      const uploading = run('uploadProducts');
      await until(() => progress() >= 200, 'a batch is through');
      await setSettings({ 'digible.email': 'another@shop.example' });
      await uploading;
      assert.equal(asked.length, 1);
      assert.match(
        asked[0]?.text ?? '',
        /^The upload ended after \d+ products because settings or database were changed\.$/,
      );
    });

    it('is told by a notification where whoever asked for it does not show its failure', async () => {
      await configuredShop();
      await world.stopSqlServer();
      const asked = answering();
      await assert.rejects(parts.runs.uploadShownBy(() => true));
      assert.notEqual((await scheduledRun()).error, null);
      assert.deepEqual(asked, []);
      await assert.rejects(parts.runs.uploadShownBy(() => false));
      assert.deepEqual(
        asked.map(({ kind, choices }) => [kind, choices]),
        [['error', ['Upload Products']]],
      );
    });
  });

  describe('scheduled syncs', () => {
    it('say once that they fail and once that they work again', async () => {
      await configuredShop();
      const asked = answering();
      await scheduledRun();
      await world.stopSqlServer();
      assert.ok((await scheduledRuns(3)).every(({ error }) => error !== null));
      assert.deepEqual(
        asked.map(({ kind, choices }) => [kind, choices]),
        [['error', ['Sync Now']]],
      );
      await world.startSqlServer();
      assert.ok((await scheduledRuns(2)).every(({ error }) => error === null));
      assert.deepEqual(texts(asked).slice(1), ['information: shopMaster is in step with Digible again.']);
    });

    it('do not repeat what Sync Now has just shown', async () => {
      await configuredShop();
      const asked = answering();
      await world.stopSqlServer();
      await run('syncNow');
      assert.notEqual((await scheduledRun()).error, null);
      assert.equal(asked.length, 1);
    });

    it('can be cancelled between two requests, and go on to run by themselves', async () => {
      await slowShop();
      const asked = answering();
      const finished = nextRun();
      await run('startSync');
      await until(() => progress() > 0, 'a product is sent');
      parts.currentShop.cancelRun();
      assert.equal((await finished).error?.code, 'cancelled');
      const { condition } = parts.currentShop;
      assert.deepEqual([condition.kind === 'ready' && condition.engine.scheduled, asked], [true, []]);
    });

    it('tell of a rejected product once', async () => {
      const shop = await configuredShop();
      await shop.query("UPDATE dbo.Products SET ProductName = '' WHERE ProductID = 'P000001'");
      const asked = answering();
      assert.ok((await scheduledRuns(3)).every(({ report }) => 'rejected' in report && report.rejected === 1));
      assert.deepEqual(
        asked.map(({ kind, text, choices }) => [kind, text, choices]),
        [['warning', 'The product P000001 was rejected: This product has no ProductName.', ['Show']]],
      );
    });

    it('tell once of a trigger that is gone', async () => {
      const shop = await configuredShop();
      await shop.query('DROP TRIGGER dbo.trgAfterUpdate');
      const asked = answering();
      await scheduledRuns(2);
      assert.equal(asked.length, 1);
      assert.match(
        asked[0]?.text ?? '',
        /^Changes of the product table may be getting lost: The trigger trgAfterUpdate /,
      );
      assert.deepEqual(asked[0]?.choices, ['Repair Capture']);
    });
  });
});

/** After `answering`: what happens while a modal question is there. */
function beforeAnswering(happens: () => Promise<void>): void {
  const window = vscode.window as unknown as { showInformationMessage: (...args: unknown[]) => Promise<unknown> };
  const answered = window.showInformationMessage;
  window.showInformationMessage = async (...args) => {
    if ((args[1] as vscode.MessageOptions | undefined)?.modal === true) await happens();
    return answered(...args);
  };
}

/** Until the function that it returns is called. */
function settingsThatCannotBeWritten(): () => void {
  const workspace = vscode.workspace as { getConfiguration: typeof vscode.workspace.getConfiguration };
  const own = workspace.getConfiguration;
  workspace.getConfiguration = (...args) => {
    const update = (): Promise<void> => Promise.reject(new Error('The disk is full.'));
    return Object.create(own(...args), { update: { value: update } }) as vscode.WorkspaceConfiguration;
  };
  return () => (workspace.getConfiguration = own);
}
