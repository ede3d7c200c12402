import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Condition } from '../../../src/condition';
import { answering } from './answers';
import { PendingChangesTree, run, type Node } from './pendingChangesTree';
import { configuredShop, configureExtension, freshShop, setSettings, unconfigure, until, world } from './support';

describe('Pending Changes', () => {
  let tree: PendingChangesTree;

  before(async () => {
    tree = await PendingChangesTree.shown();
  });
  after(() => tree.leave());
  // Nobody is there to dismiss what pops up.
  beforeEach(() => void answering());
  afterEach(async () => {
    await world.heal();
    await tree.parts.currentShop.stop();
  });

  describe('the tree', () => {
    it('groups what ChangeLog holds', async () => {
      await tree.shop(`INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ('NEW-1', N'Espresso', 12.50);
         UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002';
         DELETE FROM dbo.Products WHERE ProductID = 'P000003';`);
      assert.deepEqual(await tree.outline(), {
        'New 1': ['Espresso  12.50'],
        'Changed 1': ['Butter No. 2  3.50'],
        'Deleted (not sent) 1': [tree.labelOf(await tree.onlyRow('group.deleted'))],
      });
      assert.equal(tree.view.badge?.value, 2);
      assert.equal(tree.view.badge.tooltip, '2 pending changes');
    });

    it('says what has changed, and when', async () => {
      await tree.shop(`UPDATE dbo.Products SET SellPrice = 12.50 WHERE ProductID = 'P000002';
         UPDATE dbo.Products SET SellPrice = 13 WHERE ProductID = 'P000002';`);
      const [, newer] = await tree.rowsOf('group.changed');
      assert.ok(newer);
      const { label, description, tooltip, accessibilityInformation, contextValue, iconPath } = tree.itemOf(newer);
      assert.equal(label, 'Butter No. 2  12.50 → 13.00');
      assert.equal(description, 'just now · P000002');
      assert.equal(contextValue, 'changed');
      assert.equal((iconPath as vscode.ThemeIcon).id, 'diff-modified');
      assert.match(
        accessibilityInformation?.label ?? '',
        /^Changed product, Butter No\. 2, 12\.50, now 13\.00, P000002/,
      );
      assert.ok(tooltip instanceof vscode.MarkdownString);
      assert.equal(tooltip.isTrusted ?? false, false);
      assert.equal(tooltip.supportHtml ?? false, false);
      assert.match(tooltip.value, /\| SellPrice \| 12&#46;50 \| \*\*13&#46;00\*\* \|/);
    });

    it('shows a rejected product with Digible’s words', async () => {
      await tree.shopWithRejected();
      const item = tree.itemOf(await tree.onlyRow('group.rejected'));
      assert.equal(item.contextValue, 'rejected');
      assert.match(String(item.description), /The price of \*this\* is too high\..* · P000002$/);
      assert.ok(item.tooltip instanceof vscode.MarkdownString);
      assert.match(item.tooltip.value, /The price of &#42;this&#42; is too high&#46;/);
      assert.match(item.tooltip.value, /Refused once&#46; Tried again at/);
    });

    it('shows a rejected product as Changed again once the shop has changed it', async () => {
      const shop = await tree.shopWithRejected();
      await shop.query("UPDATE dbo.Products SET SellPrice = 5 WHERE ProductID = 'P000002'");
      await run('refresh');
      assert.deepEqual(await tree.outline(), {
        'Changed 1': ['Butter No. 2  9999.00 → 5.00'],
        'Rejected 1': ['Butter No. 2  9999.00'],
      });
    });

    it('shows a hundred rows at a time', async () => {
      const values = Array.from({ length: 250 }, (_, at) => `('N${at}', N'New', 1)`).join(', ');
      await tree.shop(`INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ${values}`);
      const more = async (): Promise<Node> => {
        const last = (await tree.rowsOf('group.new')).at(-1);
        assert.ok(last);
        return last;
      };
      assert.equal(tree.labelOf(await more()), 'Show more (150 left)');
      const first = (await tree.rowsOf('group.new'))[0];
      const { command } = tree.itemOf(await more());
      await vscode.commands.executeCommand(command?.command ?? '', ...((command?.arguments ?? []) as unknown[]));
      assert.equal((await tree.rowsOf('group.new')).length, 201);
      assert.equal(tree.labelOf(await more()), 'Show more (50 left)');
      // Twice at once, as a double click.
      const button = await more();
      await Promise.all([run('showMore', button), run('showMore', button)]);
      assert.equal((await tree.rowsOf('group.new')).length, 250);
      await run('showMore', button);
      await run('refresh');
      assert.equal((await tree.rowsOf('group.new')).length, 250);
      assert.equal((await tree.rowsOf('group.new'))[0], first);
    });

    it('follows the shop while it is on the screen', async () => {
      const shop = await tree.shop('SELECT 1 AS one');
      assert.deepEqual(await tree.outline(), {});
      await until(() => vscode.window.state.focused, 'the window has the focus');
      await shop.query("UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002'");
      await tree.comesTo({ 'Changed 1': ['Butter No. 2  3.50'] });
    });

    it('empties when a sync has sent everything', async () => {
      const shop = await tree.ownShop("UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002'");
      await tree.outline();
      await run('syncNow');
      await tree.comesTo({});
      assert.equal((await shop.catalogue()).length, 1);
      assert.equal(tree.view.badge, undefined);
      assert.match(tree.view.description ?? '', /^Last Sync: \d[-:\d]+$/);
    });

    it('stays as it is during the first sync of all', async () => {
      const shop = await configuredShop({ products: 20, latencyMs: 1_000 });
      const { currentShop } = tree.parts;
      await shop.query('UPDATE dbo.Products SET SellPrice = 3.50');
      const sync = run('syncNow');
      const isSyncing = (condition: Condition): boolean =>
        condition.kind === 'ready' && condition.engine.phase === 'syncing';
      await until(() => isSyncing(currentShop.condition), 'the sync runs');
      await run('refresh');
      // An empty tree has no message.
      const messages: string[] = [];
      const listener = currentShop.onDidChange((condition) => {
        if (isSyncing(condition)) messages.push(tree.message);
      });
      await sync;
      listener.dispose();
      assert.ok(messages.length > 0);
      assert.deepEqual(
        messages.filter((message) => !message.startsWith('Syncing')),
        [],
      );
      await tree.comesTo({});
    });

    it('is another one when the settings name another shop', async () => {
      await tree.shop("UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002'");
      await tree.comesTo({ 'Changed 1': ['Butter No. 2  3.50'] });
      const other = await configuredShop();
      await other.query("DELETE FROM dbo.Products WHERE ProductID = 'P000001'");
      await run('refresh');
      assert.deepEqual(Object.keys(await tree.outline()), ['Deleted (not sent) 1']);
    });
  });

  describe('the lines above the tree', () => {
    it('are the status and the last sync', async () => {
      const shop = await tree.ownShop("DELETE FROM dbo.Products WHERE ProductID = 'P000001'");
      await tree.outline();
      assert.equal(tree.message, 'Sync task has been stopped');
      await run('startSync');
      await until(
        () => /^Sync task scheduled to run every 2 minutes · Last Sync: \d{4}-/.test(tree.message),
        'the message shows the schedule',
      );
      assert.equal((await shop.query('SELECT LogID FROM dbo.ChangeLog')).length, 1);
    });

    it('leave room for the welcome content', async () => {
      await tree.shop('SELECT 1 AS one');
      await tree.outline();
      assert.equal(tree.message, '');
    });

    it('say that the session expired', async () => {
      const shop = await tree.ownShop("UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002'");
      await run('syncNow');
      await shop.admin('POST', 'revoke-tokens');
      await shop.admin('POST', 'faults', { kind: 'wrong password' });
      await shop.query("UPDATE dbo.Products SET SellPrice = 4.50 WHERE ProductID = 'P000002'");
      await run('syncNow');
      await until(() => tree.message.startsWith('User session expired, please reconfigure'), 'the message says so');
      await tree.comesTo({ 'Changed 1': ['Butter No. 2  4.50'] });
    });

    it('say that rows are old when SQL Server went away, until it is back', async () => {
      await tree.shop("UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002'");
      await tree.outline();
      await world.stopSqlServer();
      await run('refresh');
      assert.match(tree.message, /127\.0\.0\.1/);
      assert.deepEqual(await tree.outline(), { 'Changed 1': ['Butter No. 2  3.50'] });
      await world.startSqlServer();
      await run('refresh');
      assert.equal(tree.message, 'Sync task has been stopped');
    });

    it('say what to do when ChangeLog is dropped while the tree is open', async () => {
      const asked = answering();
      const shop = await tree.ownShop("UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002'");
      await tree.comesTo({ 'Changed 1': ['Butter No. 2  3.50'] });
      await shop.query('DROP TABLE dbo.ChangeLog');
      await tree.comesTo({ 'Repair Capture changes may be getting lost': [] });
      assert.match(tree.message, /^ChangeLog, the table of pending changes, is missing\. Configure the shop\./);
      assert.equal(tree.view.badge, undefined);
      for (let times = 0; times < 3; times++) await run('refresh');
      assert.deepEqual(asked, []);
    });

    it('say what is wrong with the capture, and a row repairs it', async () => {
      const shop = await tree.ownShop("UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002'");
      await shop.query('DROP TRIGGER dbo.trgAfterDelete');
      await run('refresh');
      assert.match(tree.message, /trgAfterDelete/);
      const [first] = await tree.roots();
      assert.ok(first);
      assert.equal(tree.itemOf(first).command?.command, 'shopmaster.repairCapture');
    });
  });

  describe('its context keys', () => {
    const keys = new Map<string, unknown>();
    let own: typeof vscode.commands.executeCommand;

    before(() => {
      const commands = vscode.commands as { executeCommand: typeof own };
      own = commands.executeCommand;
      commands.executeCommand = <T>(command: string, ...args: readonly unknown[]): Thenable<T> => {
        if (command === 'setContext') keys.set(String(args[0]), args[1]);
        return own<T>(command, ...args);
      };
    });
    after(() => {
      (vscode.commands as { executeCommand: typeof own }).executeCommand = own;
    });

    it('tell the welcome content that SQL Server can’t be reached', async () => {
      const shop = await freshShop();
      await world.stopSqlServer();
      await configureExtension(shop);
      await run('refresh');
      assert.equal(keys.get('shopmaster.sqlServer'), 'unreachable');
      assert.equal(tree.view.message ?? '', '');
      assert.deepEqual(await tree.outline(), {});
      await world.startSqlServer();
    });

    it('tell the welcome content that nothing is pending', async () => {
      await tree.shop('SELECT 1 AS one');
      assert.equal(keys.get('shopmaster.sqlServer'), 'reachable');
      await setSettings({ 'sqlServer.database': '' });
      await until(() => keys.get('shopmaster.sqlServer') === 'unknown', 'nothing is known of SQL Server');
    });

    it('tell menus whether anything is rejected or deleted', async () => {
      const shop = await tree.shopWithRejected();
      assert.equal(keys.get('shopmaster.hasRejected'), true);
      await shop.query("DELETE FROM dbo.Products WHERE ProductID = 'P000001'");
      await run('refresh');
      assert.equal(keys.get('shopmaster.hasDeleted'), true);
      await unconfigure();
      assert.equal(keys.get('shopmaster.hasRejected'), false);
      assert.equal(keys.get('shopmaster.hasDeleted'), false);
    });
  });
});
