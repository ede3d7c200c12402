import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import { MasterWorld } from './masterWorld';
import { manyKeys } from './syncWorld';

describe('The engine, verifying', () => {
  let world: MasterWorld;
  let shop: MasterWorld['shop'];
  let catalogue: MasterWorld['catalogue'];
  let confirmed: MasterWorld['confirmed'];
  let master: MasterWorld['master'];
  beforeEach(() => {
    world = new MasterWorld();
    ({ shop, catalogue, confirmed, master } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  const found = async (queue = false): Promise<readonly string[]> => {
    const { differences } = await world.run(master.verify({ queue }));
    return differences.map(({ kind, productId }) => `${kind} ${productId}`);
  };

  /** The catalogue has every product of the table as it is. */
  function assertInStep(): void {
    const inTable = [...shop.table.values()].map(({ productId, sellPrice }) => `${productId} ${sellPrice ?? ''}`);
    const inCatalogue = [...catalogue.content.values()].map(({ productId, sellPrice }) => `${productId} ${sellPrice}`);
    assert.deepEqual(inCatalogue.sort(), inTable.sort());
  }

  it('finds nothing after an upload, and after syncs of every kind', async () => {
    shop.stock(450);
    await world.run(master.upload());
    for (const key of manyKeys(250, 'new')) shop.insert(key);
    for (const key of manyKeys(10, 'new')) shop.update(key, { sellPrice: '2.00' });
    await world.run(master.syncNow());
    shop.update('p000001', { sellPrice: '3.00' });
    shop.delete('p000002');
    await world.run(master.syncNow());
    assert.deepEqual(await found(), []);
  });

  it('makes the catalogue equal with what a sync sends of its queue', async () => {
    shop.stock(450);
    await world.run(master.upload());
    shop.writeUnlogged('p000001', { sellPrice: '7.00' });
    shop.place('new');
    assert.deepEqual(await found(true), ['missing new', 'different p000001']);
    assert.equal(master.state.counts?.pending, 2);
    const { inserted, updated } = await world.run(master.syncNow());
    assert.deepEqual([inserted, updated], [1, 1]);
    assertInStep();
    assert.deepEqual(await found(), []);
  });

  it('still knows after a restart, and after an upload that was cancelled half way', async () => {
    shop.stock(2000);
    shop.place('gone');
    await world.run(master.upload());
    shop.writeUnlogged('gone', null);
    world.master = master = world.newMaster();
    const cancel = new AbortController();
    const { cancelled } = await world.run(
      master.upload({ signal: cancel.signal, onProgress: ({ done }) => done >= 400 && cancel.abort() }),
    );
    assert.equal(cancelled, true);
    assert.deepEqual(await found(), ['gone gone']);
  });

  it('knows nothing of what was refused', async () => {
    shop.stock(3);
    catalogue.refused.set('p000002', 'too sour');
    await world.run(master.upload());
    assert.deepEqual(confirmed.known, ['p000001', 'p000003']);
    assert.deepEqual(await found(), ['missing p000002']);
  });

  it('knows nothing of what is not certain, until it is', async () => {
    shop.insert('a');
    catalogue.next.push({ lost: 'applied' });
    assert.equal((await world.run(master.syncNow())).unsettled, 1);
    assert.deepEqual(confirmed.known, []);
    await world.clock.advance(60_000);
    await world.run(master.syncNow());
    assert.deepEqual(confirmed.known, ['a']);
  });

  it('shows itself while it runs, then what was before', async () => {
    shop.stock(1);
    master.start();
    await world.run(master.verify());
    const verifying = world.states.filter(({ phase }) => phase === 'verifying');
    assert.deepEqual(verifying.at(-1)?.progress, { activity: 'verify', done: 1, total: 1 });
    assert.deepEqual(world.phases.slice(-2), ['verifying', 'idle']);
    assert.deepEqual([world.results.at(-1)?.trigger, world.results.at(-1)?.error], ['verify', null]);
    await master.dispose();
  });

  it('hides no trouble with Digible, which it has not asked', async () => {
    shop.insert('a');
    catalogue.answer = () => 'unreachable';
    await assert.rejects(world.run(master.syncNow()));
    const { phase, error } = master.state;
    await world.run(master.verify());
    assert.deepEqual([master.state.phase, master.state.error], [phase, error]);
    catalogue.answer = () => 'confirm';
    await world.run(master.syncNow());
    assert.deepEqual([master.state.phase, master.state.error], ['stopped', null]);
  });

  it('hides trouble with SQL Server, which it has asked', async () => {
    shop.failNext('readPage', new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.'), 10);
    await assert.rejects(world.run(master.syncNow()));
    assert.equal(master.state.phase, 'offline');
    await world.run(master.verify());
    assert.deepEqual([master.state.phase, master.state.error], ['stopped', null]);
  });

  it('fails with a sentence, and shows it', async () => {
    const failure = new ShopError('not-configured', 'ChangeLog is missing.', 'Configure.');
    shop.failNext('look', failure);
    await assert.rejects(world.run(master.verify()), failure);
    assert.deepEqual([master.state.phase, master.state.error], ['error', failure]);
    assert.equal(world.results.at(-1)?.error, failure);
  });

  it('can be cancelled', async () => {
    shop.stock(3000);
    const verifying = master.verify({ onProgress: ({ done }) => done > 0 && master.cancelRun() });
    await assert.rejects(world.run(verifying), { code: 'cancelled' });
    assert.deepEqual([master.state.phase, master.state.error], ['stopped', null]);
  });

  it('takes turns with sync and upload', async () => {
    shop.stock(1);
    shop.insert('a');
    await world.run(Promise.all([master.upload(), master.verify(), master.syncNow(), master.verify()]));
    assert.deepEqual(
      world.results.map(({ trigger }) => trigger),
      ['upload', 'verify', 'manual', 'verify'],
    );
    const [, first, , second] = world.results;
    assert.deepEqual(first?.trigger === 'verify' && [first.report.pending, first.report.missing], [0, 0]);
    assert.deepEqual(second?.trigger === 'verify' && second.report.known, 2);
  });

  it('has everything written before another window may take over', async () => {
    shop.stock(1);
    let saved = 0;
    shop.before = (call) => {
      if (call === 'acquire') saved = confirmed.saves;
    };
    await world.run(master.upload());
    assert.ok(confirmed.saves > saved);
    assert.equal(shop.holdsLock, false);
  });

  describe('deleted products', () => {
    beforeEach(async () => {
      shop.stock(3);
      await world.run(master.upload());
      for (const key of ['p000001', 'p000002', 'p000003']) shop.delete(key);
    });

    it('are not found gone while they are shown, nor once somebody has dismissed them', async () => {
      assert.deepEqual(await found(), []);
      await world.run(master.dismissDeleted());
      assert.deepEqual(shop.logged, []);
      assert.deepEqual(await found(), []);
      assert.deepEqual(confirmed.known, []);
    });

    it('are dismissed one by one', async () => {
      await world.run(master.dismissDeleted({ through: '2', keys: ['p000001', 'p000003'] }));
      assert.deepEqual(shop.logged, ['DELETE p000002', 'DELETE p000003']);
      assert.deepEqual(confirmed.known, ['p000002', 'p000003']);
      assert.deepEqual(await found(), []);
    });
  });
});
