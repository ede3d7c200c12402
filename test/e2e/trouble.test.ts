import { photographThemes } from './pictures';
import { SettingsPanel } from './settingsPanel';
import { openShopInVsCode, type ShopInVsCode } from './shopInVsCode';
import { tellStory } from './story';
import type { Workbench } from './workbench';

describe('When something goes wrong', () => {
  const atRest = /shopMaster: \d+:\d\d.*, 0 pending/;
  let shop: ShopInVsCode;
  before(async () => {
    shop = await openShopInVsCode({
      configured: true,
      products: 12,
      settings: { 'shopmaster.sync.intervalSeconds': 5 },
    });
    await shop.workbench.openSidebar();
    await shop.workbench.statusBarSays(atRest);
  });
  after(() => shop.close());
  tellStory(() => shop);

  it('an expired session is shown, and cured with the new password in the settings', async () => {
    const { workbench, world } = shop;
    await shop.sql("UPDATE dbo.Products SET SellPrice = 5.05 WHERE ProductID = 'P000005'");
    await shop.inStep();
    world.digible.changePassword('a new one');
    world.digible.revokeTokens();
    await shop.sql("UPDATE dbo.Products SET SellPrice = 5.55 WHERE ProductID = 'P000005'");
    await workbench.statusBarSays('shopMaster: session expired');
    const notification = workbench.notification('User session expired');
    await notification.waitFor();
    await shop.photograph('session-expired');
    await notification.getByRole('button', { name: 'Configure' }).click();
    const panel = new SettingsPanel(workbench);
    await panel.shown();
    await panel.fill({ digiblePassword: 'a new one' });
    await panel.button('Save').click();
    await workbench.statusBarSays(atRest);
    await shop.inStep();
  });

  it('SQL Server that is down is shown, and syncing goes on by itself when it is back', async () => {
    const { workbench, world } = shop;
    const { faults } = world.sqlServer;
    faults.stopListening();
    faults.dropConnections();
    await workbench.statusBarSays('shopMaster: offline');
    await workbench.welcome('Pending Changes').getByText('SQL Server can’t be reached').waitFor();
    await shop.photograph('offline');
    await faults.listenAgain();
    await workbench.statusBarSays(atRest);
    await shop.sql("UPDATE dbo.Products SET SellPrice = 6.66 WHERE ProductID = 'P000006'");
    await shop.inStep();
  });

  describe('a second window', () => {
    let second: Workbench;

    it('says that another one syncs, and watches only', async () => {
      second = await shop.openWindow();
      await second.statusBarSays('shopMaster: watching only');
      await second.openSidebar();
      await photographThemes(second.page, 'watching-only');
    });

    it('takes over when the first one stops', async () => {
      await shop.workbench.run('shopMaster: Stop Sync');
      await second.statusBarSays(atRest);
      await shop.sql("UPDATE dbo.Products SET SellPrice = 8.88 WHERE ProductID = 'P000008'");
      // It waits until what the first one may have given up is settled.
      await shop.inStep(60_000);
    });
  });
});
