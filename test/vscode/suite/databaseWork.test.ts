import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConfigureRequest, DatabaseWork } from '../../../src/databaseWork';
import type { ShopMasterExtension } from '../../../src/extension';
import { autoStart, readForm } from '../../../src/settings/shopSettings';
import type { ConfigureStep } from '../../../src/sync/sqlserver/configurePlan';
import { FakeLog } from '../../unit/fakeLog';
import { answering } from './answers';
import { whileUnwritable } from './settingsFile';
import {
  activated,
  configuredShop,
  configureExtension,
  freshShop,
  setSettings,
  type Shop,
  unconfigure,
  until,
  world,
} from './support';

const never = new AbortController().signal;
const run = (command: string): Thenable<unknown> => vscode.commands.executeCommand(`shopmaster.${command}`);

/** What the settings panel would ask for. */
function requestFor(
  { sqlServer, digible }: Shop,
  changes: Partial<ConfigureRequest['settings']['sqlServer']> = {},
): ConfigureRequest {
  const { password: sqlPassword, ...server } = sqlServer;
  const form = readForm();
  return {
    settings: {
      ...form,
      digible: { baseUrl: digible.baseUrl, email: digible.email },
      sqlServer: { ...form.sqlServer, ...server, trustServerCertificate: true, ...changes },
      sync: { ...form.sync, settleSeconds: 1 },
    },
    secrets: { digiblePassword: digible.password, sqlPassword },
    discardPending: false,
  };
}

async function triggersOf(shop: Shop): Promise<unknown> {
  const rows = await shop.query('SELECT name FROM sys.triggers ORDER BY name');
  return rows.map(({ name }) => name);
}

const allTriggers = ['trgAfterDelete', 'trgAfterInsert', 'trgAfterUpdate'];

describe('work on the database', () => {
  let parts: ShopMasterExtension;
  before(async () => {
    parts = await activated();
  });
  afterEach(async () => {
    await parts.currentShop.stop();
    await world.heal();
  });

  it('needs settings: Test Connection, Repair Capture and Remove from Database offer to configure', async () => {
    for (const command of ['testConnection', 'repairCapture', 'removeFromDatabase']) {
      const asked = answering();
      await run(command);
      assert.deepEqual(
        asked.map(({ kind, choices }) => [kind, choices]),
        [['error', ['Configure']]],
      );
    }
  });

  describe('Test Connection', () => {
    let shop: Shop;
    before(async () => {
      shop = await freshShop();
      await configureExtension(shop);
    });
    after(() => unconfigure());

    it('tells of both sides when both are well', async () => {
      const asked = answering();
      await run('testConnection');
      assert.deepEqual(
        asked.map(({ kind }) => kind),
        ['information', 'information'],
      );
      assert.match(asked[0]?.text ?? '', /^SQL Server \d+\.\d+\S* answers\.$/);
      assert.equal(asked[1]?.text, `Digible has signed in ${shop.digible.email}.`);
    });

    it('tells of each side on its own, with what cures it', async () => {
      await setSettings({ 'sqlServer.trustServerCertificate': false });
      await parts.secrets.store({ digiblePassword: 'wrong' });
      await until(() => parts.currentShop.settings?.sqlServer.trustServerCertificate === false, 'it is in use');
      const asked = answering();
      await run('testConnection');
      assert.deepEqual(
        asked.map(({ kind, choices }) => [kind, ...choices]),
        [
          ['error', 'Trust Certificate'],
          ['error', 'Configure'],
        ],
      );
      assert.ok(!JSON.stringify(asked).includes('wrong'));
      await setSettings({ 'sqlServer.trustServerCertificate': true });
      await parts.secrets.store({ digiblePassword: shop.digible.password });
    });

    it('tells of Digible although SQL Server is down', async () => {
      await world.stopSqlServer();
      const asked = answering();
      await run('testConnection');
      assert.deepEqual(asked.map(({ kind }) => kind).sort(), ['error', 'information']);
    });

    it('completes its step of the walkthrough only where both sides answer, with what is typed and with what is stored', async () => {
      let answered = 0;
      const { currentShop, secrets: stored } = parts;
      // The extension's own class: a suite file has no drivers in its bundle.
      const Work = parts.databaseWork.constructor as typeof DatabaseWork;
      const work = new Work(currentShop, stored, new FakeLog(), () => (answered += 1));
      const { settings, secrets } = requestFor(shop);
      await world.stopSqlServer();
      await work.test({ settings, secrets }, () => undefined, never);
      assert.equal(answered, 0);
      await world.startSqlServer();
      await work.test({ settings, secrets }, () => undefined, never);
      assert.equal(answered, 1);
      const noneTyped = { digiblePassword: '', sqlPassword: '' };
      await work.test({ settings, secrets: noneTyped }, () => undefined, never);
      assert.equal(answered, 2);
    });

    it('looks at SQL Server although the address of Digible is nonsense', async () => {
      const { settings, secrets } = requestFor(shop);
      const nonsense = { ...settings, digible: { ...settings.digible, baseUrl: 'ftp://nowhere' } };
      const heard: string[] = [];
      const { sqlServer, digible } = await parts.databaseWork.test(
        { settings: nonsense, secrets },
        (outcomes) => heard.push(...Object.keys(outcomes)),
        never,
      );
      assert.deepEqual([sqlServer.ok, digible.ok ? '' : digible.error.code], [true, 'digible-address-invalid']);
      assert.deepEqual(heard, ['digible', 'sqlServer']);
    });

    it('asked for twice, is done once', async () => {
      const asked = answering();
      await Promise.all([run('testConnection'), run('testConnection')]);
      assert.equal(asked.length, 2);
    });

    it('takes the stored passwords where none are typed, and names those that are missing', async () => {
      const { settings } = requestFor(shop);
      const test = async (): Promise<readonly string[]> => {
        const secrets = { digiblePassword: '', sqlPassword: '' };
        const { sqlServer, digible } = await parts.databaseWork.test({ settings, secrets }, () => undefined, never);
        return [sqlServer, digible].map((outcome) => (outcome.ok ? 'ok' : outcome.error.message));
      };
      assert.deepEqual(await test(), ['ok', 'ok']);
      await parts.secrets.forget();
      for (const message of await test()) assert.match(message, /is missing\.$/);
    });
  });

  describe('Configure', () => {
    afterEach(() => unconfigure());

    it('lists the tables, shows its plan, and changes nothing by that', async () => {
      const shop = await freshShop();
      await shop.query('CREATE TABLE dbo.Other (Id INT)');
      const request = requestFor(shop);
      const noTable = {
        ...request,
        settings: { ...request.settings, sqlServer: { ...request.settings.sqlServer, table: '' } },
      };
      const tables = await parts.databaseWork.listTables(noTable, never);
      assert.deepEqual(
        tables.map(({ name, missing }) => [name, missing.length]),
        [
          ['dbo.Products', 0],
          ['dbo.Other', 5],
        ],
      );
      const plan = await parts.databaseWork.plan(request, never);
      assert.deepEqual(
        plan.steps.map(({ kind }) => kind),
        ['create ChangeLog', 'create trigger', 'create trigger', 'create trigger'],
      );
      assert.deepEqual(await triggersOf(shop), []);
      assert.equal(parts.currentShop.condition.kind, 'not configured');
    });

    it('gets the database ready, saves settings and secrets, and starts nothing', async () => {
      const shop = await freshShop();
      const request = requestFor(shop);
      const steps: ConfigureStep[] = [];
      const plan = await parts.databaseWork.configure(request, (step) => steps.push(step));
      assert.deepEqual(steps, plan.steps);
      assert.deepEqual(await triggersOf(shop), allTriggers);
      assert.deepEqual(parts.currentShop.settings, request.settings);
      assert.deepEqual(await parts.secrets.read(), request.secrets);
      const { condition } = parts.currentShop;
      assert.deepEqual(condition.kind === 'ready' && [condition.engine.phase, condition.engine.scheduled], [
        'stopped',
        false,
      ]);
    });

    it('refused by Digible saves nothing and changes nothing', async () => {
      const shop = await freshShop();
      const request = requestFor(shop);
      const wrong = { ...request, secrets: { ...request.secrets, digiblePassword: 'wrong' } };
      await assert.rejects(
        parts.databaseWork.configure(wrong, () => undefined),
        { code: 'digible-login-failed' },
      );
      assert.deepEqual(await parts.secrets.areSet(), { digiblePassword: false, sqlPassword: false });
      assert.equal(parts.currentShop.condition.kind, 'not configured');
      assert.deepEqual(await triggersOf(shop), []);
    });

    it('that fails leaves the shop going on as it was', async () => {
      const shop = await configuredShop();
      await parts.currentShop.start();
      await until(synced, 'it syncs');
      const before = parts.currentShop.settings;
      await assert.rejects(
        parts.databaseWork.configure(requestFor(shop, { table: 'dbo.Nothing' }), () => undefined),
        { code: 'table-missing' },
      );
      assert.deepEqual(parts.currentShop.settings, before);
      await shop.query("UPDATE dbo.Products SET SellPrice = 1.11 WHERE ProductID = 'P000001'");
      const { condition } = parts.currentShop;
      assert.ok(condition.kind === 'ready' && condition.engine.scheduled);
    });

    it('changes nothing in the database where the settings can’t be saved', async () => {
      const shop = await configuredShop();
      const { settings } = parts.currentShop;
      const secrets = await parts.secrets.read();
      await shop.query('SELECT * INTO dbo.Other FROM dbo.Products');
      await shop.query('ALTER TABLE dbo.Other ADD PRIMARY KEY (ProductID)');
      const request = requestFor(shop, { table: 'dbo.Other' });
      await whileUnwritable('sqlServer.table', () =>
        assert.rejects(
          parts.databaseWork.configure({ ...request, autoStart: true }, () => undefined),
          { code: 'settings-not-saved' },
        ),
      );
      assert.deepEqual(await triggersOf(shop), allTriggers);
      await shop.query("UPDATE dbo.Products SET SellPrice = 1.11 WHERE ProductID = 'P000001'");
      assert.equal((await shop.query('SELECT LogID FROM dbo.ChangeLog')).length, 1);
      assert.deepEqual([parts.currentShop.settings, await parts.secrets.read()], [settings, secrets]);
    });

    it('puts settings, auto start and passwords back where the database can’t be changed', async () => {
      const shop = await freshShop();
      const request = requestFor(shop);
      await world.failStatement({
        pattern: 'CREATE TRIGGER',
        number: 262,
        message: 'CREATE TRIGGER permission denied.',
      });
      await assert.rejects(parts.databaseWork.configure({ ...request, autoStart: true }, () => undefined));
      assert.deepEqual(await parts.secrets.areSet(), { digiblePassword: false, sqlPassword: false });
      assert.deepEqual([readForm().sqlServer.table, autoStart()], ['', false]);
      assert.equal(parts.currentShop.condition.kind, 'not configured');
    });

    it('asked for twice, is done once, and both hear of each step', async () => {
      const request = requestFor(await freshShop());
      const heard: [ConfigureStep[], ConfigureStep[]] = [[], []];
      const plans = await Promise.all(
        heard.map((steps) => parts.databaseWork.configure(request, (step) => steps.push(step))),
      );
      assert.equal(plans[0], plans[1]);
      assert.deepEqual([heard[0].length, heard[1]], [4, heard[0]]);
    });

    it('asked for something else meanwhile, does one after the other', async () => {
      const [one, other] = [await freshShop(), await freshShop()];
      await Promise.all([
        parts.databaseWork.configure(requestFor(one), () => undefined),
        parts.databaseWork.configure(requestFor(other), () => undefined),
      ]);
      assert.deepEqual([await triggersOf(one), await triggersOf(other)], [allTriggers, allTriggers]);
      assert.equal(parts.currentShop.settings?.sqlServer.database, other.sqlServer.database);
    });

    it('refuses settings that are incomplete, naming what is missing', async () => {
      const request = requestFor(await freshShop(), { table: '' });
      await assert.rejects(
        parts.databaseWork.configure(request, () => undefined),
        { code: 'settings-invalid', message: /shopmaster\.sqlServer\.table is empty/ },
      );
    });

    it('in the middle of a sync loses no change', async () => {
      const shop = await configuredShop({ products: 60, latencyMs: 50 });
      await shop.query('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
      await parts.currentShop.start();
      await until(async () => (await shop.catalogue()).length > 3, 'the sync is under way');
      await parts.databaseWork.configure(requestFor(shop), () => undefined);
      await until(async () => (await shop.query('SELECT LogID FROM dbo.ChangeLog')).length === 0, 'all is sent');
      assert.equal((await shop.catalogue()).length, 60);
    });
  });

  describe('Save', () => {
    afterEach(() => unconfigure());

    it('of another interval lets what is being sent come to its end', async () => {
      const shop = await configuredShop({ products: 60, latencyMs: 50 });
      const { settings } = requestFor(shop);
      const opened = await parts.currentShop.shopThatCanSend();
      await shop.query('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
      const syncing = opened.master.syncNow();
      await until(async () => (await shop.catalogue()).length > 3, 'the sync is under way');
      const noSecrets = { digiblePassword: '', sqlPassword: '' };
      await parts.databaseWork.saveOnly({
        settings: { ...settings, sync: { ...settings.sync, intervalSeconds: 60 } },
        secrets: noSecrets,
      });
      assert.equal((await syncing).pending, 0);
      assert.equal((await shop.catalogue()).length, 60);
      await until(() => parts.currentShop.settings?.sync.intervalSeconds === 60, 'the interval is in use');
      await until(async () => (await parts.currentShop.shop()) !== opened, 'the shop is opened anew');
    });

    it('saves all or nothing', async () => {
      const shop = await configuredShop();
      const { settings } = requestFor(shop);
      const saving = {
        settings: { ...settings, sync: { ...settings.sync, intervalSeconds: 60 } },
        secrets: { digiblePassword: 'another', sqlPassword: '' },
        autoStart: true,
      };
      await whileUnwritable('sync.autoStart', () =>
        assert.rejects(parts.databaseWork.saveOnly(saving), { code: 'settings-not-saved' }),
      );
      assert.equal((await parts.secrets.read()).digiblePassword, shop.digible.password);
      assert.deepEqual([readForm().sync.intervalSeconds, autoStart()], [120, false]);
    });
  });

  function synced(): boolean {
    const { condition } = parts.currentShop;
    return condition.kind === 'ready' && condition.engine.phase === 'idle' && condition.engine.lastSync !== null;
  }
});
