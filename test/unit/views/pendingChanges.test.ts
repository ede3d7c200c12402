import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import type { LoggedChange } from '../../../src/sync/model';
import type { ShopToLookAt } from '../../../src/views/pendingChanges/pendingChanges';
import { MasterWorld } from '../masterWorld';
import { ChangesWorld as World } from './changesWorld';

describe('pending changes', () => {
  it('stand in the group of their type', async () => {
    const world = new World().stocked('b', 'c');
    world.shop.insert('a');
    world.shop.update('b', { sellPrice: '2.00' });
    world.shop.delete('c');
    await world.openAll();
    assert.deepEqual(world.ids('new'), ['new#1']);
    assert.deepEqual(world.ids('changed'), ['changed#2']);
    assert.deepEqual(world.ids('deleted'), ['deleted:c']);
    assert.deepEqual(world.totals(), [1, 1, 0, 1]);
  });

  it('are only counted where nobody has opened their group', async () => {
    const world = new World();
    for (let n = 0; n < 5; n++) world.shop.insert(`p${n}`);
    await world.changes.look(false);
    assert.deepEqual(world.totals(), [5, 0, 0, 0]);
    assert.deepEqual(world.ids('new'), []);
    assert.equal(world.shop.countOf('list'), 0);
  });

  it('of a rejected product are one row under Rejected', async () => {
    const world = new World().stocked('a', 'b');
    world.shop.update('a', { sellPrice: '2.00' });
    world.shop.update('a', { sellPrice: '3.00' });
    world.shop.update('b', { sellPrice: '4.00' });
    world.reject('a', '2');
    await world.openAll();
    assert.deepEqual(world.ids('changed'), ['changed#3']);
    assert.deepEqual(world.ids('rejected'), ['rejected:a']);
    assert.deepEqual(world.totals(), [0, 1, 1, 0]);
    const [row] = world.changes.rows('rejected');
    assert.equal(row?.kind === 'rejected' && row.change?.logId, '2');
  });

  it('of a rejected product that are newer than what was refused are Changed again', async () => {
    const world = new World().stocked('a');
    world.shop.update('a', { sellPrice: '2.00' });
    world.shop.update('a', { sellPrice: '3.00' });
    world.reject('a', '1');
    await world.openAll();
    assert.deepEqual(world.ids('changed'), ['changed#2']);
    assert.deepEqual(world.totals(), [0, 1, 1, 0]);
  });

  it('of a rejected product are found however ChangeLog spells its key', async () => {
    const world = new World().stocked('abc  ');
    world.shop.update('ABC', { sellPrice: '2.00' });
    world.reject('abc', '1');
    await world.openAll();
    assert.deepEqual(world.ids('changed'), []);
    assert.deepEqual(world.totals(), [0, 0, 1, 0]);
  });

  it('of a product without a ProductID stand under Rejected as well', async () => {
    const world = new World();
    world.shop.insert(null);
    world.reject('', '1', 'This product has no ProductID.');
    await world.openAll();
    assert.deepEqual(world.totals(), [0, 0, 1, 0]);
  });

  it('show a product that was deleted twice once, with the newer of its DELETEs', async () => {
    const world = new World().stocked('a');
    world.shop.delete('a');
    world.shop.insert('a');
    world.shop.delete('a');
    await world.openAll();
    assert.deepEqual(world.ids('deleted'), ['deleted:a']);
    const [row] = world.changes.rows('deleted');
    assert.equal(row?.kind === 'deleted' && row.change.logId, '3');
  });

  it('show each deleted product without a ProductID', async () => {
    const world = new World();
    world.shop.place(null);
    world.shop.delete(null);
    world.shop.place(null);
    world.shop.delete(null);
    await world.openAll();
    assert.deepEqual(world.ids('deleted'), ['deleted#1', 'deleted#2']);
  });
});

describe('pages of pending changes', () => {
  const many = (count: number): World => {
    const world = new World();
    for (let n = 1; n <= count; n++) world.shop.insert(`p${n}`);
    return world;
  };

  it('are of a hundred rows', async () => {
    const world = many(250);
    await world.openAll();
    const shown = [world.changes.rows('new').length];
    await world.changes.showMore('new');
    shown.push(world.changes.rows('new').length);
    await world.changes.showMore('new');
    shown.push(world.changes.rows('new').length);
    assert.deepEqual(shown, [100, 200, 250]);
    assert.equal(new Set(world.ids('new')).size, 250);
    assert.deepEqual(world.totals(), [250, 0, 0, 0]);
  });

  it('end where nothing is left', async () => {
    const world = many(100);
    await world.openAll();
    const calls = world.shop.countOf('list');
    await world.changes.showMore('new');
    assert.equal(world.changes.rows('new').length, 100);
    assert.equal(world.shop.countOf('list'), calls);
  });

  it('come once, however often they are asked for at the same time', async () => {
    const world = many(450);
    await world.openAll();
    await Promise.all([world.changes.showMore('new'), world.changes.showMore('new'), world.changes.showMore('new')]);
    assert.equal(world.changes.rows('new').length, 200);
  });

  it('stay open when the rows are read anew', async () => {
    const world = many(250);
    await world.openAll();
    await world.changes.showMore('new');
    world.shop.insert('later');
    await world.changes.look(false);
    assert.equal(world.changes.rows('new').length, 200);
    assert.deepEqual(world.totals(), [251, 0, 0, 0]);
  });

  it('never read more than was asked for, even of a hundred thousand', async () => {
    const limits: number[] = [];
    const world = many(3);
    const { shop } = world;
    const changeLog: ShopToLookAt['database']['changeLog'] = {
      count: (signal) => shop.changeLog.count(signal),
      list: (filter, after, limit, signal) => {
        limits.push(limit);
        return shop.changeLog.list(filter, after, limit, signal);
      },
    };
    world.opened = { master: world.master, database: { changeLog } };
    shop.changeLog.look = () =>
      Promise.resolve({ problems: [], counts: { pending: 100_000, inserts: 100_000, updates: 0, deleted: 0 } });
    await world.changes.look(false);
    assert.equal(world.changes.total('new'), 100_000);
    await world.changes.open('new');
    assert.deepEqual(limits, [101]);
  });

  it('are filled up where rejected products’ changes lie between', async () => {
    const world = new World().stocked('bad');
    for (let n = 1; n <= 60; n++) world.shop.update('bad', { sellPrice: `${n}.00` });
    for (let n = 1; n <= 150; n++) world.shop.stock(1, `p${n}-`);
    for (let n = 1; n <= 150; n++) world.shop.update(`p${n}-000001`, { sellPrice: '9.00' });
    world.reject('bad', '60');
    await world.openAll();
    assert.equal(world.changes.rows('changed').length, 100);
    assert.deepEqual(world.totals(), [0, 150, 1, 0]);
  });

  it('of rejected products are of a hundred as well', async () => {
    const world = new World();
    for (let n = 1; n <= 120; n++) world.reject(`p${n}`, '1');
    await world.openAll();
    assert.equal(world.changes.rows('rejected').length, 100);
    await world.changes.showMore('rejected');
    assert.equal(world.changes.rows('rejected').length, 120);
  });
});

describe('a look at the pending changes', () => {
  it('reads no row where nothing has changed', async () => {
    const world = new World();
    world.shop.insert('a');
    await world.openAll();
    await world.changes.look(false);
    const calls = world.shop.countOf('list');
    await world.changes.look(false);
    // One question for what came after the last row shown.
    assert.equal(world.shop.countOf('list'), calls + 1);
  });

  it('sees a change that came when another one went', async () => {
    const world = new World().stocked('a', 'b', 'c');
    world.shop.update('a', { sellPrice: '2.00' });
    world.shop.update('b', { sellPrice: '2.00' });
    await world.openAll();
    await world.changes.look(false);
    await world.shop.changeLog.acknowledge(['1'], new AbortController().signal);
    world.shop.update('c', { sellPrice: '2.00' });
    await world.changes.look(false);
    assert.deepEqual(world.ids('changed'), ['changed#2', 'changed#3']);
  });

  it('sees it also behind a row of a type that nobody knows', async () => {
    const world = new World().stocked('a', 'b', 'c');
    for (const key of ['a', 'b', 'a']) world.shop.update(key, { sellPrice: '2.00' });
    const list = world.shop.changeLog.list.bind(world.shop.changeLog);
    // The third one is none of the three types.
    world.shop.changeLog.list = async (filter, after, limit, signal) => {
      const isAsked = ({ logId }: LoggedChange): boolean => filter.types === undefined || logId !== '3';
      return (await list(filter, after, limit + 1, signal)).filter(isAsked).slice(0, limit);
    };
    await world.openAll();
    await world.changes.look(false);
    await world.shop.changeLog.acknowledge(['1'], new AbortController().signal);
    world.shop.update('c', { sellPrice: '2.00' });
    await world.changes.look(false);
    assert.deepEqual(world.ids('changed'), ['changed#2', 'changed#4']);
  });

  it('reads the rows again after a minute, whatever the counts say', async () => {
    const world = new World();
    for (let n = 1; n <= 150; n++) world.shop.insert(`p${n}`);
    await world.openAll();
    await world.shop.changeLog.acknowledge(['1'], new AbortController().signal);
    world.shop.insert('later');
    await world.changes.look(false);
    assert.equal(world.ids('new')[0], 'new#1');
    await world.clock.advance(60_000);
    await world.changes.look(false);
    assert.equal(world.ids('new')[0], 'new#2');
  });

  it('forgets the rows of a group that nobody looks at', async () => {
    const world = new World();
    world.shop.insert('a');
    await world.openAll();
    world.changes.close('new');
    await world.changes.look(true);
    assert.equal(world.changes.isRead('new'), false);
    assert.deepEqual(world.totals(), [1, 0, 0, 0]);
  });

  it('during a run counts for itself, as the state is still that from before', async () => {
    const world = new World();
    world.shop.insert('a');
    let during = Promise.resolve();
    world.shop.before = (call) => {
      if (call === 'read') during = world.changes.look(false);
    };
    await world.run(world.master.syncNow());
    await during;
    assert.equal(world.shop.countOf('count') > 0, true);
    assert.equal(world.changes.hasLooked, true);
  });

  it('that fails keeps the rows and says why', async () => {
    const world = new World();
    world.shop.insert('a');
    await world.openAll();
    const lost = new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.');
    world.shop.failNext('look', lost);
    await world.changes.look(false);
    assert.equal(world.changes.failure, lost);
    assert.deepEqual(world.ids('new'), ['new#1']);
    await world.changes.look(false);
    assert.equal(world.changes.failure, null);
  });

  it('that fails again and again for the same reason is logged once', async () => {
    const world = new World();
    world.shop.failNext('look', new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.'), 3);
    for (let n = 0; n < 3; n++) await world.changes.look(false);
    assert.equal(world.log.lines.length, 1);
  });

  it('that finds no ChangeLog leaves no row', async () => {
    const world = new World();
    world.shop.insert('a');
    await world.openAll();
    world.shop.failNext('look', new ShopError('not-configured', 'ChangeLog is missing.', 'Configure the shop.'));
    await world.changes.look(false);
    assert.equal(world.changes.isGone, true);
    assert.deepEqual(world.totals(), [0, 0, 0, 0]);
  });

  it('turns a mistake in the code into an error for people', async () => {
    const world = new World();
    world.shop.failNext('look', new TypeError('undefined is not a function'));
    await world.changes.look(false);
    assert.equal(world.changes.failure?.code, 'internal');
  });

  it('at another shop forgets what it knew of the first one', async () => {
    const world = new World();
    world.shop.insert('a');
    await world.openAll();
    const other = new MasterWorld();
    world.opened = { master: other.master, database: other.shop };
    await world.changes.look(false);
    assert.deepEqual(world.totals(), [0, 0, 0, 0]);
  });

  it('under way when the shop is given up changes nothing any more', async () => {
    const world = new World();
    world.shop.insert('a');
    const look = world.changes.look(false);
    world.shop.before = (call) => {
      if (call === 'look') world.changes.reset();
    };
    await look;
    assert.equal(world.changes.hasLooked, false);
    assert.equal(world.changes.failure, null);
  });

  it('at a shop that is closed meanwhile is no failure', async () => {
    const world = new World();
    world.shop.before = (call) => {
      if (call === 'look') void world.master.dispose();
    };
    await world.run(world.changes.look(false));
    assert.equal(world.changes.failure, null);
  });

  it('asked for several times at once is one', async () => {
    const world = new World();
    await Promise.all([world.changes.look(false), world.changes.look(false), world.changes.look(true)]);
    assert.equal(world.shop.countOf('look'), 1);
  });
});

describe('a group whose rows can’t be read', () => {
  it('says why, and reads them when it is asked again', async () => {
    const world = new World();
    world.shop.insert('a');
    await world.changes.look(false);
    world.shop.failNext('list', new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.'));
    await world.changes.open('new');
    assert.equal(world.changes.failure?.code, 'sql-connection-lost');
    await world.changes.look(false);
    assert.deepEqual(world.ids('new'), ['new#1']);
    assert.equal(world.changes.failure, null);
  });
});
