import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import type { Product, RejectedProduct } from '../../src/sync/model';
import { ShopMemory } from '../../src/sync/shopMemory';
import { FakeClock } from './fakeClock';
import { FakeLog } from './fakeLog';
import { emptyState, FakeStore } from './fakeStore';

const cola: Product = { productId: 'cola', productName: 'Cola', sellPrice: '12.50' };
const rejected: RejectedProduct = { ...cola, reason: 'too sweet', lastLogId: '7', tries: 3, nextTryAt: 5 };

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("The shop's memory", () => {
  let store: FakeStore;
  let log: FakeLog;
  let clock: FakeClock;
  let memory: ShopMemory;
  beforeEach(() => {
    clock = new FakeClock();
    store = new FakeStore();
    log = new FakeLog();
    memory = new ShopMemory(store, clock, log, 30_000);
  });

  it('knows after loading what was saved', async () => {
    const uploadCheckpoint = { afterKey: 'p42', products: 42 };
    const unsettledProduct = { productId: 'water', until: clock.now() + 5_000 };
    store.stored = { lastSync: 17, rejected: [rejected], unsettled: [unsettledProduct], uploadCheckpoint };
    const { rejections, unsettled } = await memory.load();
    assert.deepEqual(rejections.all, [rejected]);
    assert.deepEqual(unsettled.all, [unsettledProduct]);
    assert.equal(memory.lastSync, 17);
    assert.deepEqual(memory.checkpoint, uploadCheckpoint);
  });

  it('is loaded once, and the same knowledge serves every run', async () => {
    const [first, second] = await Promise.all([memory.load(), memory.load()]);
    assert.equal(first, second);
    assert.equal(await memory.load(), first);
    assert.equal(store.loads, 1);
  });

  it('recalls what is stored just now, and keeps nothing of it', async () => {
    store.stored = { ...emptyState, lastSync: 17 };
    assert.equal((await memory.recall()).lastSync, 17);
    store.stored = { ...emptyState, lastSync: 18 };
    assert.equal((await memory.recall()).lastSync, 18);
    await memory.load();
    assert.equal(memory.lastSync, 18, 'loading reads once more');
  });

  it('recalls what it knows itself once it is loaded, saved or not', async () => {
    const { rejections } = await memory.load();
    rejections.refuse(cola, 'too sweet', '7');
    memory.lastSync = 99;
    const { lastSync, rejected: recalled } = await memory.recall();
    assert.deepEqual([lastSync, recalled], [99, rejections.all]);
    memory.forget();
    assert.deepEqual(await memory.recall(), emptyState);
  });

  it('saves all that outlives a run', async () => {
    const { rejections, unsettled } = await memory.load();
    rejections.refuse(cola, 'too sweet', '7');
    unsettled.add(['water']);
    memory.lastSync = 99;
    memory.checkpoint = { afterKey: 'a', products: 1 };
    memory.save();
    await memory.saved();
    assert.deepEqual(store.stored, {
      lastSync: 99,
      rejected: rejections.all,
      unsettled: [{ productId: 'water', until: clock.now() + 30_000 }],
      uploadCheckpoint: { afterKey: 'a', products: 1 },
    });
  });

  it('never overwrites a state that it has not read', async () => {
    store.stored = new ShopError('state-unreadable', 'The state cannot be read.', 'Delete it.');
    memory.save();
    await assert.rejects(memory.load(), { code: 'state-unreadable' });
    memory.save();
    await memory.saved();
    assert.deepEqual(store.saves, []);
  });

  it('never overwrites a state that it is still reading', async () => {
    store.stored = { ...emptyState, lastSync: 17 };
    const loading = memory.load();
    memory.save();
    await loading;
    await memory.saved();
    assert.deepEqual(store.saves, []);
  });

  it('tries to load again after a failure', async () => {
    store.stored = new Error('the disk sleeps');
    await assert.rejects(memory.load());
    store.stored = { ...emptyState, lastSync: 17 };
    await memory.load();
    assert.equal(memory.lastSync, 17);
  });

  it('gathers what changes while a save runs into one further save', async () => {
    await memory.load();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    for (let lastSync = 1; lastSync <= 5; lastSync++) {
      memory.lastSync = lastSync;
      memory.save();
      await turn();
    }
    open();
    await memory.saved();
    assert.deepEqual(
      store.saves.map(({ lastSync }) => lastSync),
      [1, 5],
    );
  });

  it('logs that it could not save, and saves again next time', async () => {
    await memory.load();
    store.failures.push(new Error('disk full'));
    memory.save();
    await memory.saved();
    assert.deepEqual(log.lines, ['error the state could not be saved']);
    memory.lastSync = 5;
    memory.save();
    await memory.saved();
    assert.equal(store.saves.at(-1)?.lastSync, 5);
  });

  it('does not forget what changed during a save that failed', async () => {
    await memory.load();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    store.failures.push(new Error('disk full'));
    memory.save();
    await turn();
    memory.lastSync = 5;
    memory.save();
    open();
    await memory.saved();
    assert.equal(store.saves.at(-1)?.lastSync, 5);
  });

  it('comes to rest also when the store fails before it begins', async () => {
    await memory.load();
    store.save = () => {
      throw new Error('no store');
    };
    memory.save();
    await memory.saved();
    assert.deepEqual(log.lines, ['error the state could not be saved']);
  });

  it('reads anew after it was told to forget, and saves nothing of what it knew', async () => {
    const { rejections } = await memory.load();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    memory.save();
    await turn();
    rejections.refuse(cola, 'too sweet', '7');
    memory.save();
    memory.forget();
    open();
    await memory.saved();
    assert.deepEqual(
      store.saves.map((state) => state.rejected),
      [[]],
    );
    store.stored = { ...emptyState, rejected: [rejected] };
    assert.deepEqual((await memory.load()).rejections.all, [rejected]);
  });

  it('is saved at once when there is nothing to save', () => memory.saved());
});
