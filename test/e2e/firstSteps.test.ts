import assert from 'node:assert/strict';
import { SettingsPanel } from './settingsPanel';
import { openShopInVsCode, type ShopInVsCode } from './shopInVsCode';
import { tellStory } from './story';

describe('A first-time user', () => {
  const products = 450;
  let shop: ShopInVsCode;
  let panel: SettingsPanel;
  before(async () => {
    shop = await openShopInVsCode({ configured: false, products });
    panel = new SettingsPanel(shop.workbench);
  });
  after(() => shop.close());
  tellStory(() => shop);

  const triggers = async (): Promise<unknown[]> =>
    (await shop.sql("SELECT name FROM sys.triggers WHERE parent_id = OBJECT_ID('dbo.Products') ORDER BY name")).map(
      ({ name }) => name,
    );

  it('is welcomed in the sidebar, and told in the status bar what is missing', async () => {
    const { workbench } = shop;
    await workbench.statusBarSays('shopMaster: not configured');
    await workbench.openSidebar();
    await workbench.welcome('Pending Changes').getByRole('button', { name: 'Configure' }).waitFor();
    await shop.photograph('welcome');
  });

  it('is led by the walkthrough to the settings', async () => {
    const { page } = shop.workbench;
    await shop.workbench.welcome('Pending Changes').getByText('walkthrough').click();
    await page.getByText('Connect your shop').first().waitFor();
    await page.locator('.getting-started-step.expanded').waitFor();
    await shop.photograph('walkthrough');
    await page.getByRole('button', { name: 'Open the Settings' }).click();
    await panel.shown();
  });

  it('learns from Test Connection that SQL Server’s certificate is not trusted, and trusts it', async () => {
    const { connection, digible } = shop.world;
    await panel.fill({
      email: digible.email,
      digiblePassword: 'not my password',
      server: connection.server,
      database: connection.database,
      username: connection.username,
      sqlPassword: connection.password,
      table: 'Products',
    });
    await panel.button('Test Connection').click();
    await panel.outcome('SQL Server').getByText('certificate').first().waitFor();
    await panel.outcome('Digible').getByText('password').first().waitFor();
    await shop.photograph('panel-refused');
    await panel.button('Trust Certificate and Test Again', 'Test Connection').click();
    await panel.outcome('SQL Server').getByText('answers').waitFor();
  });

  it('sees both sides connected with the right passwords', async () => {
    await panel.fill({ digiblePassword: shop.world.digible.password });
    await panel.button('Test Connection').click();
    await panel.outcome('Digible').getByText('has signed in').waitFor();
    await panel.outcome('SQL Server').getByText('answers').waitFor();
    await shop.photograph('panel-connected');
  });

  it('sees what Configure will do before anything is done, and then does it', async () => {
    await panel.button('Configure').click();
    await panel.section('Configure').getByText('trgAfterInsert').waitFor();
    assert.deepEqual(await triggers(), []);
    await shop.photograph('panel-plan');
    await panel.button('Do It', 'Configure').click();
    await panel.text('Configured. Every change of dbo.Products is logged from now on.').waitFor();
    assert.deepEqual(await triggers(), ['trgAfterDelete', 'trgAfterInsert', 'trgAfterUpdate']);
    await shop.photograph('panel-configured');
  });

  it('uploads every product', async () => {
    await panel.button('Upload Products', 'Configure').click();
    await panel.section('Upload Products').getByText(`${products} products were uploaded.`).waitFor();
    assert.equal(shop.world.digible.catalogue.size, products);
    await shop.inStep();
    await shop.photograph('panel-uploaded');
  });

  it('starts the sync, and a change of the shop reaches the catalogue', async () => {
    await shop.sql("UPDATE dbo.Products SET SellPrice = 47.11 WHERE ProductID = 'P000001'");
    await panel.button('Start Sync', 'Upload Products').click();
    await shop.inStep();
    await shop.workbench.statusBarSays(/shopMaster: \d+:\d\d.*, 0 pending/);
    assert.equal(shop.world.digible.catalogue.get('P000001')?.productPrice, '47.11');
  });
});
