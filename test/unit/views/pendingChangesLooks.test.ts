import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import { Looks } from '../../../src/views/pendingChanges/looks';
import { ChangesWorld } from './changesWorld';

class World extends ChangesWorld {
  isShown = true;
  readonly looks = new Looks({ changes: this.changes, isShown: () => this.isShown });

  constructor() {
    super();
    this.stocked('a');
    this.shop.update('a', { sellPrice: '2.00' });
    this.master.onDidChangeState((state) => this.looks.follow(state));
  }

  /** The tree is on the screen, and shows the change of `a`. */
  static async shown(): Promise<World> {
    const world = new World();
    world.looks.follow(world.master.state);
    await world.openAll();
    await world.settled();
    world.shop.calls.length = 0;
    return world;
  }

  /** Holds back the answer to the next list of changed products, as SQL Server has given it; the function lets it through. */
  holdNextList(): () => void {
    const { changeLog } = this.shop;
    const list = changeLog.list.bind(changeLog);
    let letThrough = (): void => undefined;
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    changeLog.list = async (filter, ...rest) => {
      const answer = await list(filter, ...rest);
      if (filter.types?.join() !== 'UPDATE') return answer;
      changeLog.list = list;
      await held;
      return answer;
    };
    return letThrough;
  }

  settled(): Promise<void> {
    return this.clock.advance(1);
  }
}

describe('looking at ChangeLog after a run', () => {
  it('happens at once, also where the counts are what they were', async () => {
    const world = await World.shown();
    await world.run(world.master.syncNow());
    await world.settled();
    assert.deepEqual(world.ids('changed'), []);
    assert.equal(world.shop.countOf('look'), 1);
  });

  it('happens once more where a look under way has read what the run acknowledged then', async () => {
    const world = await World.shown();
    const letThrough = world.holdNextList();
    const look = world.looks.look(true);
    await world.settled();
    await world.run(world.master.syncNow());
    assert.equal(world.master.state.counts?.pending, 0);
    letThrough();
    await look;
    assert.deepEqual(world.ids('changed'), ['changed#1'], 'as the look has read it');
    await world.settled();
    assert.deepEqual(world.ids('changed'), []);
    assert.deepEqual(world.totals(), [0, 0, 0, 0]);
  });

  it('happens once more where a group was read for the first time when the run ended', async () => {
    const world = new World();
    world.looks.follow(world.master.state);
    await world.settled();
    const letThrough = world.holdNextList();
    const opened = world.changes.open('changed');
    await world.settled();
    await world.run(world.master.syncNow());
    letThrough();
    await opened;
    await world.settled();
    assert.deepEqual(world.ids('changed'), []);
  });

  it('happens no third time', async () => {
    const world = await World.shown();
    const letThrough = world.holdNextList();
    const look = world.looks.look(true);
    await world.settled();
    await world.run(world.master.syncNow());
    letThrough();
    await look;
    await world.settled();
    assert.equal(world.shop.countOf('look'), 2);
  });

  it('waits until the tree is on the screen', async () => {
    const world = await World.shown();
    world.isShown = false;
    await world.run(world.master.syncNow());
    await world.settled();
    assert.deepEqual(world.ids('changed'), ['changed#1']);
    world.looks.catchUp();
    assert.equal(world.shop.countOf('look'), 0);
    world.isShown = true;
    world.looks.catchUp();
    await world.settled();
    assert.deepEqual(world.ids('changed'), []);
    world.looks.catchUp();
    await world.settled();
    assert.equal(world.shop.countOf('look'), 1);
  });

  it('tries a login again that was refused before the run, and not one that the run was refused', async () => {
    const refused = new ShopError('sql-login-failed', 'The login is refused.', 'Check the password.');
    const world = await World.shown();
    world.shop.failNext('look', refused);
    await world.looks.look(false);
    assert.equal(world.looks.mayLookByItself, false);
    world.shop.failNext('readPage', refused);
    await assert.rejects(world.run(world.master.syncNow()), refused);
    await world.settled();
    assert.equal(world.shop.countOf('look'), 1);
    await world.run(world.master.syncNow());
    await world.settled();
    assert.deepEqual([world.changes.failure, world.ids('changed')], [null, []]);
  });
});

describe('looking at ChangeLog without a run', () => {
  it('happens where the engine counts something else than the tree shows', async () => {
    const world = await World.shown();
    await world.master.discard(['1']);
    await world.settled();
    assert.deepEqual(world.ids('changed'), []);
    assert.equal(world.shop.countOf('look'), 1);
  });

  it('does not happen while no shop is in use', async () => {
    const world = new World();
    world.looks.follow(null);
    world.looks.catchUp();
    await world.settled();
    assert.deepEqual(world.shop.calls, []);
  });
});
