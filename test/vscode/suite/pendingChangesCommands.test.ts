import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering } from './answers';
import { PendingChangesTree, run, type Node } from './pendingChangesTree';
import { setSettings, until, world, type Shop } from './support';

describe('the commands of Pending Changes', () => {
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

  const log = (shop: Shop): Promise<readonly unknown[]> =>
    shop.query('SELECT ChangeType, ProductID FROM dbo.ChangeLog ORDER BY LogID');

  describe('Retry', () => {
    it('sends the rejected product chosen', async () => {
      const shop = await tree.shopWithRejected();
      const row = await tree.onlyRow('group.rejected');
      await shop.admin('DELETE', 'faults');
      await run('retry', row, undefined);
      await tree.comesTo({});
      assert.deepEqual(
        (await shop.catalogue()).map(({ productId }) => productId),
        ['P000002'],
      );
    });

    for (const [where, chosen] of [
      ['its group', (): Promise<Node | undefined> => tree.group('group.rejected')],
      ['the palette', (): Promise<Node | undefined> => Promise.resolve(undefined)],
    ] as const)
      it(`sends all of them from ${where}`, async () => {
        const shop = await tree.shopWithRejected();
        await shop.admin('DELETE', 'faults');
        await run('retry', await chosen());
        await tree.comesTo({});
      });

    it('does no harm twice, nor to a product that is not rejected any more', async () => {
      const shop = await tree.shopWithRejected();
      const row = await tree.onlyRow('group.rejected');
      await shop.admin('DELETE', 'faults');
      await Promise.all([run('retry', row, [row]), run('retry', row, [row])]);
      await run('retry', row, [row]);
      await tree.comesTo({});
      assert.equal((await shop.catalogue()).length, 1);
    });
  });

  describe('Discard Change', () => {
    const change = "UPDATE dbo.Products SET SellPrice = 3.50 WHERE ProductID = 'P000002';";

    it('asks, and keeps the change where the answer is no', async () => {
      const shop = await tree.shop(change);
      const asked = answering();
      await run('discardChange', await tree.onlyRow('group.changed'));
      assert.equal(asked.length, 1);
      assert.equal(asked[0]?.modal, true);
      assert.equal(asked[0].text, 'Discard the change of Butter No. 2 (P000002)?');
      assert.match(asked[0].detail, /never sent/);
      assert.deepEqual(asked[0].choices, ['Discard']);
      assert.equal((await log(shop)).length, 1);
    });

    it('deletes exactly the changes chosen', async () => {
      const shop = await tree.shop(change + change.replace('3.50', '4.50') + change.replace('P000002', 'P000003'));
      const [first, , third] = await tree.rowsOf('group.changed');
      const asked = answering({ warning: 'Discard' });
      await run('discardChange', first, [first, third]);
      assert.equal(asked[0]?.text, 'Discard the changes of these 2 rows?');
      assert.match(asked[0].detail, /Butter No\. 2 \(P000002\)\n.*\(P000003\)\n/);
      assert.deepEqual(await log(shop), [{ ChangeType: 'UPDATE', ProductID: 'P000002' }]);
      await tree.comesTo({ 'Changed 1': ['Butter No. 2  4.50'] });
    });

    it('is for the row of the button where others are selected', async () => {
      const shop = await tree.shop(change + change.replace('P000002', 'P000003'));
      const [first, second] = await tree.rowsOf('group.changed');
      answering({ warning: 'Discard' });
      await run('discardChange', first, [second]);
      assert.deepEqual(await log(shop), [{ ChangeType: 'UPDATE', ProductID: 'P000003' }]);
    });

    it('deletes what was refused of a rejected product, and not what has corrected it since', async () => {
      const shop = await tree.shopWithRejected();
      await shop.query(change);
      const asked = answering({ warning: 'Discard' });
      await run('discardChange', await tree.onlyRow('group.rejected'));
      assert.equal(asked[0]?.text, 'Discard the rejected changes of Butter No. 2 (P000002)?');
      assert.equal((await log(shop)).length, 1);
      assert.deepEqual((await tree.outline())['Changed 1'], ['Butter No. 2  3.50']);
    });

    it('is carried out where a setting has changed while the question was there', async () => {
      const shop = await tree.ownShop(change);
      const row = await tree.onlyRow('group.changed');
      let changed: PromiseLike<unknown> = Promise.resolve();
      answering({
        warning: () => {
          changed = setSettings({ 'sync.intervalSeconds': 90 });
          return 'Discard';
        },
      });
      await run('discardChange', row);
      await changed;
      await until(async () => (await log(shop)).length === 0, 'the change is gone');
      await tree.comesTo({});
    });

    it('does no harm twice, nor to a change that is gone', async () => {
      const asked = answering({ warning: 'Discard' });
      const shop = await tree.shop(change);
      const row = await tree.onlyRow('group.changed');
      await Promise.all([run('discardChange', row), run('discardChange', row)]);
      await run('discardChange', row);
      assert.deepEqual(await log(shop), []);
      assert.deepEqual(
        asked.filter(({ kind }) => kind === 'error'),
        [],
      );
    });
  });

  describe('Dismiss Deleted', () => {
    const deletes = "DELETE FROM dbo.Products WHERE ProductID IN ('P000001', 'P000002');";

    it('dismisses the product chosen without a question', async () => {
      const shop = await tree.shop(deletes);
      const asked = answering();
      const [first] = await tree.rowsOf('group.deleted');
      await run('dismissDeleted', first);
      assert.deepEqual(asked, []);
      assert.equal((await log(shop)).length, 1);
      await until(async () => (await tree.rowsOf('group.deleted')).length === 1, 'one is left');
    });

    it('asks before it dismisses all', async () => {
      const shop = await tree.shop(deletes);
      const asked = answering();
      await run('dismissDeleted');
      await run('dismissDeleted', await tree.group('group.deleted'));
      assert.deepEqual(
        asked.map(({ modal, choices }) => [modal, choices]),
        [
          [true, ['Dismiss All']],
          [true, ['Dismiss All']],
        ],
      );
      assert.equal((await log(shop)).length, 2);
      answering({ warning: 'Dismiss All' });
      await run('dismissDeleted');
      assert.deepEqual(await log(shop), []);
      await tree.comesTo({});
    });

    it('does no harm twice', async () => {
      const asked = answering({ warning: 'Dismiss All' });
      const shop = await tree.shop(deletes);
      const rows = await tree.rowsOf('group.deleted');
      await Promise.all([run('dismissDeleted', rows[0], rows), run('dismissDeleted', rows[0], rows)]);
      await run('dismissDeleted', rows[0], rows);
      assert.deepEqual(await log(shop), []);
      assert.deepEqual(asked, []);
    });
  });

  describe('Copy Product ID', () => {
    it('copies one, or several on a line each', async () => {
      await tree.shop('UPDATE dbo.Products SET SellPrice = 3.50');
      const rows = await tree.rowsOf('group.changed');
      await run('copyProductId', rows[1], [rows[1]]);
      assert.equal(await vscode.env.clipboard.readText(), 'P000002');
      await run('copyProductId', rows[0], rows);
      assert.equal(await vscode.env.clipboard.readText(), 'P000001\nP000002\nP000003');
    });
  });
});
