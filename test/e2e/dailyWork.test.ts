import assert from 'node:assert/strict';
import { openShopInVsCode, type ShopInVsCode } from './shopInVsCode';
import { tellStory } from './story';

describe('Somebody who looks after the shop', () => {
  let shop: ShopInVsCode;
  before(async () => {
    shop = await openShopInVsCode({
      configured: true,
      products: 12,
      settings: { 'shopmaster.sync.autoStart': false, 'shopmaster.sync.intervalSeconds': 5 },
    });
    await shop.workbench.openSidebar();
  });
  after(() => shop.close());
  tellStory(() => shop);

  const line = (text: string | RegExp) => shop.workbench.lines('Pending Changes').filter({ hasText: text });

  it('sees what the shop changes, in groups, with the number at the icon and in the status bar', async () => {
    const { workbench } = shop;
    await workbench.statusBarSays('shopMaster: stopped');
    await shop.sql(`
      INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ('P000100', N'Tea', 4.20, NULL, 1);
      UPDATE dbo.Products SET SellPrice = 9.00 WHERE ProductID = 'P000001';
      UPDATE dbo.Products SET SellPrice = 9.99 WHERE ProductID = 'P000001';
      DELETE FROM dbo.Products WHERE ProductID = 'P000012'`);
    await line(/^New\s*1$/).waitFor();
    await line('P000100').filter({ hasText: 'Tea' }).filter({ hasText: '4.20' }).waitFor();
    await line(/^Changed\s*2$/).waitFor();
    await line('P000001').filter({ hasText: '9.00 → 9.99' }).waitFor();
    await line(/^Deleted \(not sent\)\s*1$/).waitFor();
    await workbench.badge.filter({ hasText: '3' }).waitFor();
    await workbench.statusBarSays('shopMaster: stopped, 3 pending');
    await shop.photograph('tree');
  });

  it('sees all values of a change, before and now, over its row', async () => {
    const { workbench } = shop;
    const { page } = workbench;
    await shop.photograph('tree-tooltip', async () => {
      await workbench.restMouse();
      await line('9.99').hover();
      await page.locator('.workbench-hover').filter({ hasText: 'before' }).filter({ hasText: '9.00' }).waitFor();
    });
  });

  it('previews exactly the requests that the next sync sends', async () => {
    const { workbench } = shop;
    await workbench.run('shopMaster: Preview Next Sync');
    await workbench.editor.filter({ hasText: 'P000100' }).filter({ hasText: '9.99' }).waitFor();
    await shop.photograph('preview');
    await workbench.run('View: Close Editor');
  });

  it('sends the changes with Sync Now, and the catalogue is what the table is', async () => {
    const { workbench } = shop;
    await workbench.run('shopMaster: Sync Now');
    await workbench.notification('Manual sync completed successfully: 1 inserted, 1 updated.').waitFor();
    await shop.inStep();
    await workbench.badge.waitFor({ state: 'hidden' });
    await workbench.statusBarSays(/shopMaster: stopped$/);
    await line('P000100').waitFor({ state: 'hidden' });
    assert.equal(shop.world.digible.catalogue.get('P000001')?.productPrice, '9.99');
    await shop.photograph('synced');
  });

  it('dismisses what was deleted', async () => {
    const { workbench } = shop;
    await workbench.clickOnLine('Pending Changes', 'P000012', 'Dismiss Deleted');
    await line('P000012').waitFor({ state: 'hidden' });
    await workbench.welcome('Pending Changes').getByText('Nothing is pending').waitFor();
    await shop.photograph('nothing-pending');
  });

  it('sees why Digible rejects a product, and tries it again when that is put right', async () => {
    const { workbench, world } = shop;
    const fault = world.digible.faults.add({
      kind: 'refused',
      productIds: ['P000002'],
      message: 'The price is too low',
    });
    await shop.sql(`
      UPDATE dbo.Products SET SellPrice = 0.01 WHERE ProductID = 'P000002';
      UPDATE dbo.Products SET SellPrice = 3.33 WHERE ProductID = 'P000003'`);
    await workbench.run('shopMaster: Sync Now');
    await line(/^Rejected\s*1$/).waitFor();
    await line('P000002').filter({ hasText: 'The price is too low' }).waitFor();
    assert.equal(world.digible.catalogue.get('P000003')?.productPrice, '3.33');
    await workbench.notification('1 rejected').waitFor();
    await shop.photograph('rejected');
    fault.remove();
    await shop.sql("UPDATE dbo.Products SET SellPrice = 2.22 WHERE ProductID = 'P000002'");
    await workbench.clickOnLine('Pending Changes', 'The price is too low', 'Retry');
    await shop.inStep();
    await line(/^Rejected/).waitFor({ state: 'hidden' });
    assert.equal(world.digible.catalogue.get('P000002')?.productPrice, '2.22');
  });

  it('finds every run in the history', async () => {
    const { workbench } = shop;
    await workbench.closeNotifications();
    await workbench.clickTitle('History');
    await workbench.clickTitle('Pending Changes');
    const runs = workbench.lines('History').filter({ hasText: 'Manual' });
    await runs.filter({ hasText: '1 inserted, 1 updated' }).waitFor();
    await runs.filter({ hasText: '1 rejected' }).click();
    await workbench.lines('History').filter({ hasText: 'The price is too low' }).waitFor();
    await shop.photograph('history');
    await workbench.clickTitle('Pending Changes');
  });

  it('starts the sync, which runs by itself from then on, and stops it', async () => {
    const { workbench } = shop;
    await workbench.run('shopMaster: Start Sync');
    await workbench.statusBarSays(/shopMaster: \d+:\d\d.*, 0 pending/);
    await shop.sql("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000004'");
    await shop.inStep();
    await shop.photograph('scheduled');
    await workbench.run('shopMaster: Stop Sync');
    await workbench.statusBarSays('shopMaster: stopped');
  });
});
