import assert from 'node:assert/strict';
import type { Condition } from '../../../src/condition';
import type { ConnectionTestResult } from '../../../src/connectionTest';
import { nothingUploaded } from '../../../src/sync/runResult';
import { draftOf, FakeShop, fakePanel, filledIn, Gate, settled, wrongPassword } from './fakePanel';

const readyToSync: Condition & { kind: 'ready' } = {
  kind: 'ready',
  intervalSeconds: 120,
  engine: {
    phase: 'idle',
    scheduled: false,
    progress: null,
    error: null,
    lastSync: null,
    counts: null,
    captureProblems: [],
  },
};

describe('the settings panel', () => {
  it('shows what is stored, and of the passwords only that they are', async () => {
    const { session } = await fakePanel();
    assert.deepEqual(session.state.saved, filledIn);
    assert.deepEqual(session.state.secrets, { digiblePassword: 'stored', sqlPassword: 'stored' });
    assert.doesNotMatch(JSON.stringify(session.state), /stored-[ds]/);
  });

  it('never tells a password that was typed', async () => {
    const { session, states, log } = await fakePanel();
    await session.testConnection(draftOf({}, { digiblePassword: 'typed-d', sqlPassword: 'typed-s' }));
    await session.plan(draftOf(), false);
    await settled();
    assert.doesNotMatch(JSON.stringify([states, log.lines]), /typed-[ds]|stored-[ds]/);
  });

  it('keeps a typed password while it is open, also when the page comes back without it', async () => {
    const { session, shop } = await fakePanel();
    await session.edit(draftOf({}, { sqlPassword: 'typed-s' }));
    assert.equal(session.state.secrets.sqlPassword, 'typed');
    await session.listTables(draftOf());
    assert.equal(shop.requests.at(-1)?.secrets.sqlPassword, 'typed-s');
  });

  it('goes back to the stored password when the typed one is taken back', async () => {
    const { session, shop } = await fakePanel();
    await session.edit(draftOf({}, { sqlPassword: 'typed-s' }));
    await session.edit(draftOf({}, { sqlPassword: '' }));
    assert.equal(session.state.secrets.sqlPassword, 'stored');
    await session.listTables(draftOf());
    assert.equal(shop.requests.at(-1)?.secrets.sqlPassword, '');
  });

  it('forgets typed passwords when it is closed', async () => {
    const { session } = await fakePanel();
    await session.edit(draftOf({}, { sqlPassword: 'typed-s' }));
    session.close();
    await session.refresh();
    assert.equal(session.state.secrets.sqlPassword, 'stored');
  });

  describe('tables', () => {
    it('come with what they lack', async () => {
      const { session, shop } = await fakePanel();
      shop.tables = () =>
        Promise.resolve([
          { name: 'dbo.Products', missing: [] },
          { name: 'dbo.Old', missing: ['QrCode', 'Status'] },
        ]);
      assert.deepEqual(await session.listTables(draftOf({ table: '' })), [
        { name: 'dbo.Products', lacks: '' },
        { name: 'dbo.Old', lacks: 'lacks QrCode, Status' },
      ]);
    });

    it('are looked for once: an earlier look ends', async () => {
      const { session, shop } = await fakePanel();
      await session.listTables(draftOf());
      await session.listTables(draftOf({ database: 'Shop2' }));
      assert.deepEqual(
        shop.signals.map(({ aborted }) => aborted),
        [true, false],
      );
    });
  });

  describe('Test Connection', () => {
    it('tells of each side as it comes in', async () => {
      const { session, shop } = await fakePanel();
      const gate = new Gate<ConnectionTestResult>();
      shop.test = (onOutcome) => {
        onOutcome({ digible: { ok: true, detail: 'signed in' } });
        return gate.promise;
      };
      await session.testConnection(draftOf());
      assert.deepEqual(session.state.test, { sqlServer: null, digible: { ok: true, detail: 'signed in' } });
      gate.resolve({ sqlServer: { ok: false, error: wrongPassword }, digible: { ok: true, detail: 'signed in' } });
      await settled();
      assert.deepEqual(session.state.test.sqlServer, {
        ok: false,
        error: {
          code: 'sql-login-failed',
          message: 'The login was refused.',
          hint: 'Check the password.',
          remedy: 'configure',
        },
      });
    });

    it('is one test, however often it is asked for', async () => {
      const { session, shop } = await fakePanel();
      const gate = new Gate<ConnectionTestResult>();
      shop.test = () => gate.promise;
      await Promise.all([session.testConnection(draftOf()), session.testConnection(draftOf())]);
      assert.deepEqual(shop.calls, ['test']);
    });

    it('forgets results that are of another form, and ends a test under way', async () => {
      const { session, shop } = await fakePanel();
      shop.test = () => new Gate<ConnectionTestResult>().promise;
      await session.testConnection(draftOf());
      await session.edit(draftOf({ server: 'elsewhere' }));
      assert.equal(session.state.test, null);
      assert.equal(shop.signals[0]?.aborted, true);
    });

    it('keeps results that the edit does not concern', async () => {
      const { session } = await fakePanel();
      await session.testConnection(draftOf());
      await settled();
      await session.edit(draftOf({ intervalSeconds: '60', autoStart: false, table: 'dbo.Other' }));
      assert.notEqual(session.state.test, null);
    });

    it('shows a fault of its own on both sides', async () => {
      const { session, shop, log } = await fakePanel();
      shop.test = () => Promise.reject(new Error('out of memory'));
      await session.testConnection(draftOf());
      await settled();
      const { sqlServer, digible } = session.state.test ?? {};
      assert.equal(sqlServer?.ok === false && sqlServer.error.code, 'internal');
      assert.deepEqual(digible, sqlServer);
      assert.equal(log.lines.filter((line) => line.startsWith('error')).length, 1);
    });
  });

  describe('Save', () => {
    it('saves the interval without a look at the database', async () => {
      const { session, shop } = await fakePanel();
      await session.save(draftOf({ intervalSeconds: '60' }));
      assert.deepEqual(shop.calls, ['save']);
      assert.equal(shop.settings['sync.intervalSeconds'], 60);
      assert.equal(session.state.saved.intervalSeconds, '60');
    });

    it('saves auto start with the rest, or nothing of it', async () => {
      const { session, shop } = await fakePanel();
      shop.saving = () => Promise.reject(new Error('read-only'));
      const draft = draftOf({ autoStart: false }, { digiblePassword: 'typed-d' });
      await assert.rejects(session.save(draft), /read-only/);
      assert.deepEqual([session.state.saved.autoStart, session.state.secrets.digiblePassword], [true, 'typed']);
      shop.saving = () => Promise.resolve();
      await session.save(draft);
      assert.deepEqual([session.state.saved.autoStart, session.state.secrets.digiblePassword], [false, 'stored']);
    });

    it('saves a password that was typed anew', async () => {
      const { session, shop } = await fakePanel();
      await session.save(draftOf({}, { digiblePassword: 'typed-d' }));
      assert.deepEqual(shop.secrets, { digiblePassword: 'typed-d', sqlPassword: 'stored-s' });
      assert.equal(session.state.secrets.digiblePassword, 'stored');
    });

    it('writes over nonsense even where what is typed is the default', async () => {
      const { session, shop } = await fakePanel();
      shop.settings['sync.intervalSeconds'] = 'often';
      await session.refresh();
      await session.save(draftOf());
      assert.equal(shop.settings['sync.intervalSeconds'], 120);
      assert.deepEqual(session.state.storedProblems, []);
    });

    for (const changes of [{ table: 'dbo.Other' }, { database: 'Shop2' }, { server: 'elsewhere' }])
      it(`refuses another ${Object.keys(changes).join()}: that takes Configure`, async () => {
        const { session, shop } = await fakePanel();
        await assert.rejects(session.save(draftOf(changes)), { code: 'settings-invalid' });
        assert.deepEqual(shop.calls, []);
      });

    it('refuses a form with a problem, in the problem’s words', async () => {
      const { session, shop } = await fakePanel();
      await assert.rejects(session.save(draftOf({ intervalSeconds: '1' })), {
        message: 'Interval in seconds must be a whole number from 5 to 86400.',
      });
      assert.deepEqual(shop.calls, []);
    });

    it('refuses before anything was configured', async () => {
      const shop = new FakeShop();
      shop.settings['sqlServer.table'] = '';
      const { session } = await fakePanel(shop);
      await assert.rejects(session.save(draftOf({ table: '' })), { code: 'settings-invalid' });
    });

    it('is one save, however often it is asked for', async () => {
      const { session, shop } = await fakePanel();
      const draft = draftOf({ intervalSeconds: '60' });
      await Promise.all([session.save(draft), session.save(draft)]);
      assert.deepEqual(shop.calls, ['save']);
    });
  });

  describe('Upload Products', () => {
    it('shows how far it is, whoever asked for it', async () => {
      const { session } = await fakePanel();
      const engine = { ...readyToSync.engine, phase: 'uploading' } as const;
      session.shopChanged({
        ...readyToSync,
        engine: { ...engine, progress: { activity: 'upload', done: 200, total: 900 } },
      });
      assert.deepEqual(session.state.upload, { phase: 'running', done: 200, total: 900 });
    });

    it('is one upload, however often it is asked for', async () => {
      const { session, shop } = await fakePanel();
      shop.upload = () => new Gate<undefined>().promise;
      session.upload();
      session.upload();
      await settled();
      assert.deepEqual(shop.calls, ['upload']);
    });

    it('says how it ended', async () => {
      const { session } = await fakePanel();
      session.upload();
      session.runFinished({ trigger: 'upload', report: { ...nothingUploaded, products: 900 }, error: null });
      await settled();
      assert.deepEqual(session.state.upload, { phase: 'done', message: '900 products were uploaded.' });
    });

    it('says why it failed, also where it failed before it began', async () => {
      const { session, shop } = await fakePanel();
      shop.upload = () => Promise.reject(wrongPassword);
      session.upload();
      await settled();
      assert.equal(session.state.upload?.phase === 'failed' && session.state.upload.error.code, 'sql-login-failed');
    });

    it('is as if it was never asked for where the user thinks better of it', async () => {
      const { session } = await fakePanel();
      session.upload();
      await settled();
      assert.equal(session.state.upload, null);
    });

    it('takes a cancelled one neither for a failure nor for done: there is nothing to go on to yet', async () => {
      const { session } = await fakePanel();
      session.runFinished({
        trigger: 'upload',
        report: { ...nothingUploaded, products: 200, cancelled: true },
        error: null,
      });
      assert.equal(session.state.upload?.phase, 'cancelled');
    });

    it('does not take the end of a sync for its own', async () => {
      const { session, shop } = await fakePanel();
      shop.upload = () => new Gate<undefined>().promise;
      session.upload();
      session.shopChanged(readyToSync);
      assert.equal(session.state.upload?.phase, 'running');
    });
  });

  it('knows whether everything is there to sync, and whether syncs run by themselves', async () => {
    const { session } = await fakePanel();
    session.shopChanged({ kind: 'not configured' });
    assert.deepEqual([session.state.ready, session.state.scheduled], [false, false]);
    session.shopChanged({ ...readyToSync, engine: { ...readyToSync.engine, scheduled: true } });
    assert.deepEqual([session.state.ready, session.state.scheduled], [true, true]);
  });
});
