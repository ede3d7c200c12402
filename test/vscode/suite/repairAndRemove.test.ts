import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import { readForm } from '../../../src/settings/shopSettings';
import { defaults } from '../../../src/sync/settings';
import { answering } from './answers';
import { whileUnwritable } from './settingsFile';
import {
  activated,
  configuredShop,
  configureExtension,
  setSettings,
  type Shop,
  unconfigure,
  until,
  world,
} from './support';

const never = new AbortController().signal;
const run = (command: string): Thenable<unknown> => vscode.commands.executeCommand(`shopmaster.${command}`);
const allTriggers = ['trgAfterDelete', 'trgAfterInsert', 'trgAfterUpdate'];

describe('the capture of changes', () => {
  let parts: ShopMasterExtension;
  let shop: Shop;

  before(async () => {
    parts = await activated();
    shop = await configuredShop();
  });
  beforeEach(async () => {
    await configureExtension(shop);
    await (await parts.currentShop.shop()).configure({}, never);
  });
  afterEach(async () => {
    await parts.currentShop.stop();
    await world.heal();
  });
  after(() => unconfigure());

  describe('Repair Capture', () => {
    it('shows what it will do, does it, and the trouble is over', async () => {
      await shop.query('DROP TRIGGER dbo.trgAfterUpdate');
      await (await parts.currentShop.shop()).master.refresh();
      assert.equal(problems(), 1);
      const asked = answering({ warning: 'Repair' });
      await run('repairCapture');
      assert.deepEqual(
        asked.map(({ kind, modal }) => [kind, modal]),
        [
          ['warning', true],
          ['information', false],
        ],
      );
      assert.match(asked[0]?.detail ?? '', /Create the trigger trgAfterUpdate/);
      assert.deepEqual([await triggers(), problems()], [allTriggers, 0]);
    });

    it('does nothing without a yes', async () => {
      await shop.query('DROP TRIGGER dbo.trgAfterUpdate');
      const asked = answering();
      await run('repairCapture');
      assert.equal(asked.length, 1);
      assert.deepEqual(await triggers(), ['trgAfterDelete', 'trgAfterInsert']);
    });

    it('says so where there is nothing to repair', async () => {
      const asked = answering();
      await run('repairCapture');
      assert.match(asked.map(({ text }) => text).join('|'), /^The triggers of dbo\.Products .* nothing to repair\.$/);
    });

    it('needs no Digible', async () => {
      await shop.query('DROP TABLE dbo.ChangeLog');
      await parts.secrets.store({ digiblePassword: 'wrong' });
      answering({ warning: 'Repair' });
      await run('repairCapture');
      await shop.query('SELECT LogID FROM dbo.ChangeLog');
      await parts.secrets.store({ digiblePassword: shop.digible.password });
    });
  });

  describe('Remove from Database', () => {
    it('takes the triggers away and keeps ChangeLog, and nothing is started any more', async () => {
      await parts.currentShop.start();
      await until(synced, 'it syncs');
      const asked = answering({ warning: 'Remove Triggers' });
      await run('removeFromDatabase');
      assert.deepEqual(await triggers(), []);
      assert.deepEqual(await shop.query('SELECT LogID FROM dbo.ChangeLog'), []);
      assert.match(asked[1]?.detail ?? '', /Removed: trigger trgAfterInsert/);
    });

    it('leaves nothing that would sync in any window, now or after the next start, and no trouble', async () => {
      await parts.currentShop.start();
      await until(synced, 'it syncs');
      const asked = answering({ warning: 'Remove Triggers and ChangeLog' });
      await run('removeFromDatabase');
      assert.deepEqual(parts.currentShop.condition, { kind: 'not configured' });
      assert.deepEqual([readForm().sqlServer.table, readForm().sqlServer.database], ['', shop.sqlServer.database]);
      assert.match(asked[1]?.detail ?? '', /name no local table any more/);
      assert.deepEqual(await parts.secrets.areSet(), { digiblePassword: true, sqlPassword: true });
      await setSettings({ 'sqlServer.table': shop.sqlServer.table });
      await until(() => parts.currentShop.condition.kind === 'ready', 'it is configured again');
      assert.equal(parts.currentShop.condition.kind === 'ready' && parts.currentShop.condition.engine.scheduled, false);
    });

    it('forgets settings and passwords on request', async () => {
      const asked = answering({
        warning: 'Remove Triggers and ChangeLog',
        information: ({ modal }) => (modal ? 'Forget Settings and Passwords' : undefined),
      });
      // No sync starts unless a test starts it, also after this one.
      const before = vscode.workspace.getConfiguration('shopmaster').inspect('sync.autoStart')?.globalValue;
      try {
        await run('removeFromDatabase');
      } finally {
        await setSettings({ 'sync.autoStart': before });
      }
      assert.equal(asked.length, 3);
      assert.deepEqual(await parts.secrets.areSet(), { digiblePassword: false, sqlPassword: false });
      assert.deepEqual(readForm(), {
        ...readForm(),
        digible: { baseUrl: 'https://api.digible.one', email: '' },
        sync: defaults.sync,
      });
      assert.deepEqual([readForm().sqlServer.server, readForm().sqlServer.username], ['localhost', '']);
    });

    it('removes nothing where the settings can’t be saved, and syncing goes on', async () => {
      await parts.currentShop.start();
      await until(synced, 'it syncs');
      const asked = answering({ warning: 'Remove Triggers' });
      await whileUnwritable('sqlServer.table', async () => run('removeFromDatabase'));
      assert.match(asked.find(({ kind }) => kind === 'error')?.text ?? '', /could not be saved/);
      assert.deepEqual(await triggers(), allTriggers);
      const { condition } = parts.currentShop;
      assert.ok(condition.kind === 'ready' && condition.engine.scheduled);
    });

    it('says how many changes are lost with ChangeLog, and takes it away as well', async () => {
      await shop.query('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
      const asked = answering({ warning: 'Remove Triggers and ChangeLog' });
      await run('removeFromDatabase');
      assert.match(asked[0]?.detail ?? '', /not sent to Digible yet: 3\./);
      assert.deepEqual(await shop.query("SELECT name FROM sys.tables WHERE name = 'ChangeLog'"), []);
      assert.deepEqual(await shop.catalogue(), []);
    });

    it('does nothing without a choice', async () => {
      answering();
      await run('removeFromDatabase');
      assert.deepEqual(await triggers(), allTriggers);
    });

    it('shows the script, which does the same', async () => {
      answering({ warning: 'Show T-SQL Script', quickPick: 'Triggers and ChangeLog' });
      await run('removeFromDatabase');
      const editor = vscode.window.activeTextEditor;
      assert.ok(editor);
      assert.deepEqual([editor.document.languageId, editor.document.isUntitled], ['sql', true]);
      assert.deepEqual(await triggers(), allTriggers);
      await shop.query(editor.document.getText());
      assert.deepEqual(await triggers(), []);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });

    it('offers the script where the login may not, and syncing goes on', async () => {
      await parts.currentShop.start();
      await until(synced, 'it syncs');
      await world.failStatement({ pattern: 'DROP TRIGGER', number: 3701, message: 'Cannot drop the trigger.' });
      const asked = answering({ warning: 'Remove Triggers', error: 'Show T-SQL Script', quickPick: 'Triggers only' });
      await run('removeFromDatabase');
      assert.match(asked.find(({ kind }) => kind === 'error')?.text ?? '', /may not change the triggers/);
      assert.equal(readForm().sqlServer.table, shop.sqlServer.table);
      assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /DROP TRIGGER/);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      const { condition } = parts.currentShop;
      assert.ok(condition.kind === 'ready' && condition.engine.scheduled);
      assert.deepEqual(await triggers(), allTriggers);
    });

    it('asked for twice, asks once', async () => {
      const asked = answering();
      await Promise.all([run('removeFromDatabase'), run('removeFromDatabase')]);
      assert.equal(asked.length, 1);
    });
  });

  async function triggers(): Promise<unknown> {
    const rows = await shop.query('SELECT name FROM sys.triggers ORDER BY name');
    return rows.map(({ name }) => name);
  }

  function problems(): number | false {
    const { condition } = parts.currentShop;
    return condition.kind === 'ready' && condition.engine.captureProblems.length;
  }

  function synced(): boolean {
    const { condition } = parts.currentShop;
    return condition.kind === 'ready' && condition.engine.phase === 'idle' && condition.engine.lastSync !== null;
  }
});
