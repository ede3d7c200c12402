import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import { emptyState } from './fakeStore';
import { MasterWorld } from './masterWorld';
import { manyKeys } from './syncWorld';

const nothing = { pending: 0, inserts: 0, updates: 0, deleted: 0, rejected: 0 };
const lost = new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.');

describe('A decision of the user', () => {
  let world: MasterWorld;
  let clock: MasterWorld['clock'];
  let shop: MasterWorld['shop'];
  let catalogue: MasterWorld['catalogue'];
  let store: MasterWorld['store'];
  let master: MasterWorld['master'];
  beforeEach(() => {
    world = new MasterWorld();
    ({ clock, shop, catalogue, store, master } = world);
  });
  afterEach(() => assert.deepEqual(catalogue.breaches, []));

  async function rejectProducts(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      shop.insert(key);
      catalogue.refused.set(key, `${key} is too sour`);
    }
    await world.run(master.syncNow());
  }

  const rejectedIds = async () => (await master.rejectedProducts()).map(({ productId }) => productId);

  describe('to retry', () => {
    it('lets the next sync send rejected products although their pause is not over', async () => {
      await rejectProducts('a', 'b');
      catalogue.refused.clear();
      assert.equal((await world.run(master.syncNow())).requests, 0);
      await master.retryRejected(['a']);
      assert.equal(catalogue.content.size, 0, 'it only makes them due');
      await world.run(master.syncNow());
      assert.deepEqual([...catalogue.content.keys()], ['a']);
      await master.retryRejected();
      await world.run(master.syncNow());
      assert.deepEqual([...catalogue.content.keys()], ['a', 'b']);
    });

    it('is saved', async () => {
      await rejectProducts('a');
      await master.retryRejected();
      assert.equal(store.stored instanceof Error ? null : store.stored.rejected[0]?.nextTryAt, clock.now());
    });
  });

  describe('to discard changes', () => {
    it('deletes exactly these, and shows what is left', async () => {
      for (const key of ['a', 'b', 'c']) shop.insert(key);
      await master.discard(['1', '3']);
      assert.deepEqual(shop.logged, ['INSERT b']);
      assert.deepEqual(master.state.counts, { ...nothing, pending: 1, inserts: 1 });
      assert.deepEqual(world.states.at(-1), master.state);
      await world.run(master.syncNow());
      assert.deepEqual([...catalogue.content.keys()], ['b']);
    });

    it('forgets the rejection of a product once nothing of it is pending', async () => {
      await rejectProducts('a', 'b');
      shop.update('a', { sellPrice: '2.00' });
      await master.discard(['3']);
      assert.deepEqual(await rejectedIds(), ['a', 'b'], 'the first change of a is still there');
      await master.discard(['1']);
      assert.deepEqual(await rejectedIds(), ['b']);
      assert.deepEqual(master.state.counts, { ...nothing, pending: 1, inserts: 1, rejected: 1 });
      assert.deepEqual(store.stored instanceof Error ? null : store.stored.rejected.length, 1);
    });

    it('keeps the rejection of products without a key as long as there is one', async () => {
      shop.insert(null);
      shop.insert('a');
      await world.run(master.syncNow());
      shop.insert(null);
      assert.deepEqual(await rejectedIds(), ['']);
      await master.discard(['1']);
      assert.deepEqual(await rejectedIds(), ['']);
      await master.discard(['3']);
      assert.deepEqual(await rejectedIds(), []);
    });

    it('finds out what is still pending whatever the number of changes', async () => {
      shop.insert('good');
      await rejectProducts(...manyKeys(1100));
      for (let n = 0; n < 1100; n++) shop.update('p000000', { sellPrice: `${n}.00` });
      await master.discard(['1101']);
      assert.equal((await rejectedIds()).length, 1099);
      assert.ok(!(await rejectedIds()).includes('p001099'));
    });

    it('is left alone where there is nothing to discard', async () => {
      shop.insert('a');
      await master.discard([]);
      assert.deepEqual(shop.logged, ['INSERT a']);
    });

    it('is refused for something that is no LogID, with a sentence', async () => {
      shop.changeLog.acknowledge = () => Promise.reject(new TypeError('Not a LogID'));
      await assert.rejects(master.discard(['x']), { name: 'ShopError', code: 'internal' });
      assert.equal(shop.holdsLock, false);
    });
  });

  describe('to discard rejected products', () => {
    it('deletes every change of them that was refused, and none of the others', async () => {
      await rejectProducts('a', 'b');
      shop.update('a', { sellPrice: '2.00' });
      await world.run(master.syncNow());
      await master.discardRejected(['a']);
      assert.deepEqual([shop.logged, await rejectedIds()], [['INSERT b'], ['b']]);
      assert.deepEqual(master.state.counts, { ...nothing, pending: 1, inserts: 1, rejected: 1 });
    });

    it('leaves a correction that is not sent yet, and with it the rejection', async () => {
      await rejectProducts('a');
      catalogue.refused.clear();
      shop.update('a', { sellPrice: '2.00' });
      await master.discardRejected(['a']);
      assert.deepEqual([shop.logged, await rejectedIds()], [['UPDATE a'], ['a']]);
      await world.run(master.syncNow());
      assert.equal(catalogue.content.get('a')?.sellPrice, '2.00');
    });

    it('leaves what came in between the question and the decision, and the DELETE of a product that is gone', async () => {
      await rejectProducts('a');
      shop.before = (call) => {
        if (call !== 'acquire') return;
        shop.before = () => undefined;
        shop.update('a', { sellPrice: '2.00' });
        shop.delete('a');
      };
      await master.discardRejected(['a']);
      assert.deepEqual(shop.logged, ['UPDATE a', 'DELETE a']);
    });

    it('finds a change however ChangeLog spells its key', async () => {
      await rejectProducts('Cola ', 'beer');
      shop.respell('1', 'COLA');
      shop.update('cola', { sellPrice: '2.00' });
      await master.discardRejected(['Cola', 'beer']);
      assert.deepEqual(shop.logged, ['UPDATE Cola ']);
    });

    it('finds it also where only SQL Server knows that two spellings are one key', async () => {
      await rejectProducts('a', 'kase', 'z');
      shop.accentSensitive = false;
      shop.respell('2', 'käse');
      shop.update('kase', { sellPrice: '2.00' });
      await master.discardRejected(['a', 'kase', 'z']);
      assert.deepEqual([shop.logged, await rejectedIds()], [['UPDATE kase'], ['kase']]);
    });

    it('takes products without a key as one', async () => {
      shop.insert(null);
      shop.insert('');
      await world.run(master.syncNow());
      await master.discardRejected(['']);
      assert.deepEqual([shop.logged, await rejectedIds()], [[], []]);
    });

    it('deletes nothing of a product that is not rejected any more', async () => {
      shop.insert('a');
      await master.discardRejected(['a', 'nobody']);
      assert.deepEqual(shop.logged, ['INSERT a']);
    });

    it('finds out what was refused whatever the number of products and changes', async () => {
      shop.insert('good');
      await rejectProducts(...manyKeys(1100));
      for (let n = 0; n < 1100; n++) shop.update('p000000', { sellPrice: `${n}.00` });
      await world.run(master.syncNow());
      await master.discardRejected(manyKeys(1100));
      assert.deepEqual([shop.logged, await rejectedIds()], [[], []]);
    });
  });

  describe('to dismiss deleted products', () => {
    beforeEach(() => {
      for (const key of ['a', 'b', 'kept']) shop.insert(key);
      shop.delete('a');
      shop.delete('b');
    });

    it('takes these away, or all of them, and nothing that is pending', async () => {
      await master.dismissDeleted({ keys: ['a'], through: '5' });
      assert.deepEqual(shop.logged, ['INSERT a', 'INSERT b', 'INSERT kept', 'DELETE b']);
      await master.dismissDeleted({ through: '5' });
      assert.deepEqual(shop.logged, ['INSERT a', 'INSERT b', 'INSERT kept']);
      assert.deepEqual(master.state.counts, { ...nothing, pending: 3, inserts: 3 });
    });

    it('takes away every DELETE of a product that was deleted more than once', async () => {
      shop.insert('a');
      shop.delete('a');
      await master.dismissDeleted({ keys: ['a'], through: '7' });
      assert.deepEqual(
        shop.logged.filter((change) => change.startsWith('DELETE')),
        ['DELETE b'],
      );
    });

    it('keeps what came in after the newest that was shown', async () => {
      shop.delete('kept');
      await master.dismissDeleted({ through: '5' });
      assert.deepEqual(shop.logged.slice(3), ['DELETE kept']);
      shop.insert('a');
      shop.delete('a');
      await master.dismissDeleted({ keys: ['a', 'kept'], through: '6' });
      assert.deepEqual(shop.logged.slice(4), ['DELETE a']);
    });

    it('takes away all that are there by then where nothing says which were shown', async () => {
      shop.before = (call) => {
        if (call !== 'clearDeleted') return;
        shop.before = () => undefined;
        shop.delete('kept');
      };
      await master.dismissDeleted();
      assert.deepEqual(shop.logged.slice(3), ['DELETE kept']);
    });

    describe('of which a verify has told', () => {
      const confirm = (...keys: readonly string[]): void => {
        for (const productId of keys) world.confirmed.confirm({ productId, productName: productId, sellPrice: '1.00' });
      };

      it('makes them unknown however ChangeLog spells them, and no others', async () => {
        confirm('A', 'b ', 'kept', 'z');
        await master.dismissDeleted();
        assert.deepEqual(world.confirmed.known, ['kept', 'z']);
        assert.deepEqual(
          (await world.run(master.verify())).differences.map(({ kind, productId }) => `${kind} ${productId}`),
          ['gone z'],
        );
      });

      it('takes spellings for products of their own where the table does', async () => {
        shop.caseSensitive = true;
        confirm('a', 'A', 'kept');
        await master.dismissDeleted();
        assert.deepEqual(world.confirmed.known, ['A', 'kept']);
      });

      it('makes them unknown whatever their number', async () => {
        const keys = manyKeys(1100);
        for (const key of keys) {
          shop.insert(key);
          shop.delete(key);
        }
        confirm(...keys.map((key) => key.toUpperCase()), 'kept');
        await master.dismissDeleted();
        assert.deepEqual(world.confirmed.known, ['kept']);
      });

      it('is carried out also where what was confirmed can’t be read: then no verify can', async () => {
        confirm('A');
        world.confirmed.failure = new ShopError('state-unreadable', 'The file is broken.', 'Delete it.');
        await master.dismissDeleted();
        assert.deepEqual(shop.logged, ['INSERT a', 'INSERT b', 'INSERT kept']);
      });
    });

    it('has nothing to do where nothing was deleted', async () => {
      await master.dismissDeleted();
      await master.dismissDeleted();
      assert.equal(shop.countOf('clearDeleted'), 1);
    });
  });

  describe('of whatever kind', () => {
    const decisions = () =>
      [
        ['retry', () => master.retryRejected()],
        ['discard', () => master.discard(['1'])],
        ['discard rejected', () => master.discardRejected(['a'])],
        ['dismiss these', () => master.dismissDeleted({ keys: ['a'], through: '2' })],
        ['dismiss all', () => master.dismissDeleted()],
      ] as const;

    beforeEach(() => {
      shop.insert('a');
      shop.delete('a');
    });

    it('is refused while another window or PC is the writer, and changes nothing', async () => {
      shop.lockedElsewhere = true;
      const { logged } = shop;
      for (const [name, decide] of decisions()) {
        await assert.rejects(decide(), { code: 'another-writer' }, name);
        assert.deepEqual([shop.logged, store.saves], [logged, []], name);
      }
      assert.equal(master.state.phase, 'stopped');
    });

    it('gives the writer lock up again where no sync is scheduled', async () => {
      for (const [, decide] of decisions()) {
        await decide();
        assert.equal(shop.holdsLock, false);
      }
      assert.equal(shop.countOf('acquire'), shop.countOf('release'));
    });

    it('keeps the writer lock between scheduled syncs', async () => {
      await world.start();
      await master.dismissDeleted();
      assert.deepEqual([shop.holdsLock, shop.countOf('release')], [true, 0]);
    });

    it('waits for a run under way', async () => {
      for (const key of manyKeys(300)) shop.insert(key);
      const run = master.syncNow();
      await clock.advance(5);
      const dismissed = master.dismissDeleted();
      assert.equal(shop.countOf('clearDeleted'), 0);
      await world.run(Promise.all([run, dismissed]));
      assert.equal(shop.countOf('clearDeleted'), 1);
    });

    it('tells a failure to who decided, shows what is left, and stands in nobody’s way', async () => {
      shop.failNext('clearDeleted', lost);
      await assert.rejects(master.dismissDeleted(), lost);
      assert.deepEqual(master.state.counts, { ...nothing, pending: 1, inserts: 1, deleted: 1 });
      shop.failNext('acquire', lost);
      await assert.rejects(master.dismissDeleted(), lost);
      assert.equal(shop.holdsLock, false);
      await master.dismissDeleted();
      assert.deepEqual(shop.logged, ['INSERT a']);
    });

    it('has been carried out although nobody can count what is left', async () => {
      shop.failNext('count', lost);
      await master.dismissDeleted();
      assert.deepEqual([shop.logged, master.state.counts], [['INSERT a'], null]);
    });

    it('is taken from what is stored, whoever stored it', async () => {
      await rejectProducts('b');
      const { stored } = store;
      store.stored = emptyState;
      assert.deepEqual(await rejectedIds(), []);
      store.stored = stored;
      catalogue.refused.clear();
      await master.retryRejected();
      assert.equal((await world.run(master.syncNow())).inserted, 1);
    });

    it('is refused once the engine is disposed of', async () => {
      await world.run(master.dispose());
      for (const [name, decide] of decisions()) await assert.rejects(decide(), { code: 'cancelled' }, name);
    });
  });
});
