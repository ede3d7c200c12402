import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import type { ConfigurePlan } from '../../../src/sync/sqlserver/configurePlan';
import { draftOf, fakePanel, Gate, planOf, settled, wrongPassword } from './fakePanel';

describe('Configure in the settings panel', () => {
  it('shows what it will do, and does nothing before the user’s word', async () => {
    const { session, shop } = await fakePanel();
    await session.plan(draftOf(), false);
    await settled();
    assert.deepEqual(session.state.configure, {
      phase: 'planned',
      discardPending: false,
      plan: { table: 'dbo.Products', steps: ['Create A.', 'Create B.'], warnings: [] },
    });
    assert.deepEqual(shop.calls, ['plan']);
  });

  it('tells of each step as it begins, saves, and forgets what was typed', async () => {
    const { session, shop, states } = await fakePanel();
    await session.plan(draftOf({ table: ' dbo.Items ', autoStart: false }, { sqlPassword: 'typed-s' }), false);
    await settled();
    await session.configure(draftOf({ table: ' dbo.Items ', autoStart: false }, { sqlPassword: 'typed-s' }));
    await settled();
    const begun = states.flatMap(({ configure }) => (configure?.phase === 'running' ? [configure.begun] : []));
    assert.deepEqual([...new Set(begun)], [0, 1, 2]);
    assert.equal(session.state.configure?.phase, 'done');
    assert.equal(session.state.saved.table, 'dbo.Items');
    assert.equal(session.state.saved.autoStart, false);
    assert.equal(session.state.secrets.sqlPassword, 'stored');
    assert.equal(shop.secrets.sqlPassword, 'typed-s');
  });

  it('goes right on where there is nothing to do in the database', async () => {
    const { session, shop } = await fakePanel();
    shop.plan = () => Promise.resolve(planOf());
    shop.configure = () => Promise.resolve(planOf());
    await session.plan(draftOf(), false);
    await settled();
    assert.deepEqual(shop.calls, ['plan', 'configure']);
    assert.equal(session.state.configure?.phase, 'done');
  });

  it('asks first where there is nothing to do but a warning', async () => {
    const { session, shop } = await fakePanel();
    shop.plan = () => Promise.resolve({ ...planOf(), warnings: ['Mind the gap.'] });
    await session.plan(draftOf(), false);
    await settled();
    assert.equal(session.state.configure?.phase, 'planned');
    assert.deepEqual(shop.calls, ['plan']);
  });

  it('is done once, however often it is asked for', async () => {
    const { session, shop } = await fakePanel();
    const gate = new Gate<ConfigurePlan>();
    shop.configure = () => gate.promise;
    await session.plan(draftOf(), false);
    await settled();
    await Promise.all([session.configure(draftOf()), session.configure(draftOf()), session.plan(draftOf(), false)]);
    await settled();
    assert.deepEqual(shop.calls, ['plan', 'configure']);
    gate.resolve(planOf('Create A.'));
  });

  it('makes a plan anew where the form has changed since', async () => {
    const { session, shop } = await fakePanel();
    await session.plan(draftOf(), false);
    await settled();
    await session.configure(draftOf({ table: 'dbo.Other' }));
    await settled();
    assert.deepEqual(shop.calls, ['plan', 'plan']);
    assert.equal(session.state.configure?.phase, 'planned');
  });

  it('signs in and saves what stands in the form when the plan is done, not when it was made', async () => {
    const { session, shop } = await fakePanel();
    await session.plan(draftOf(), false);
    await settled();
    const later = draftOf({ email: 'another@shop.example' }, { digiblePassword: 'typed-d' });
    await session.configure(later);
    await settled();
    assert.deepEqual(shop.calls, ['plan', 'configure']);
    assert.equal(session.state.saved.email, 'another@shop.example');
    assert.equal(shop.secrets.digiblePassword, 'typed-d');
  });

  it('does nothing where something is wrong with the form by then', async () => {
    const { session, shop } = await fakePanel();
    await session.plan(draftOf(), false);
    await settled();
    await assert.rejects(session.configure(draftOf({ intervalSeconds: '0' })), { code: 'settings-invalid' });
    await settled();
    assert.deepEqual(shop.calls, ['plan']);
  });

  it('drops a plan that the form no longer is, and ends the look at the database', async () => {
    const { session, shop } = await fakePanel();
    shop.plan = () => new Gate<ConfigurePlan>().promise;
    await session.plan(draftOf(), false);
    await session.edit(draftOf({ database: 'Shop2' }));
    assert.equal(session.state.configure, null);
    assert.equal(shop.signals[0]?.aborted, true);
  });

  it('tells why it can’t be done, and plans it with the changes discarded where the user says so', async () => {
    const { session, shop } = await fakePanel();
    shop.plan = ({ discardPending }) =>
      discardPending
        ? Promise.resolve(planOf('Discard the logged changes of dbo.Old.'))
        : Promise.reject(new ShopError('other-table-pending', 'Changes are pending.', 'Sync or discard them.'));
    await session.plan(draftOf(), false);
    await settled();
    const { configure } = session.state;
    assert.equal(configure?.phase === 'failed' && configure.error.code, 'other-table-pending');
    assert.equal(configure?.phase === 'failed' && configure.plan, null);
    await session.plan(draftOf(), true);
    await settled();
    await session.configure(draftOf());
    await settled();
    assert.equal(shop.requests.at(-1)?.discardPending, true);
  });

  it('keeps what was typed where it fails, and saves nothing', async () => {
    const { session, shop } = await fakePanel();
    shop.configure = () => Promise.reject(wrongPassword);
    await session.plan(draftOf({ table: 'dbo.Other' }, { sqlPassword: 'typed-s' }), false);
    await settled();
    await session.configure(draftOf({ table: 'dbo.Other' }));
    await settled();
    assert.equal(session.state.configure?.phase, 'failed');
    assert.equal(session.state.saved.table, 'dbo.Products');
    assert.equal(session.state.secrets.sqlPassword, 'typed');
  });

  it('goes on when the panel is closed, and its end is told otherwise', async () => {
    const { session, shop } = await fakePanel();
    const gate = new Gate<ConfigurePlan>();
    shop.configure = () => gate.promise;
    await session.plan(draftOf({}, { sqlPassword: 'typed-s' }), false);
    await settled();
    await session.configure(draftOf());
    session.close();
    shop.visible = false;
    assert.equal(session.state.configure?.phase, 'running');
    gate.resolve(planOf('Create A.'));
    await settled();
    assert.deepEqual(shop.told, [['dbo.Products', '']]);
    assert.equal(shop.secrets.sqlPassword, 'typed-s');
  });

  it('tells of a failure that nobody sees', async () => {
    const { session, shop } = await fakePanel();
    shop.configure = () => Promise.reject(wrongPassword);
    await session.plan(draftOf(), false);
    await settled();
    shop.visible = false;
    await session.configure(draftOf());
    await settled();
    assert.deepEqual(shop.told, [['dbo.Products', 'The login was refused.']]);
  });
});
