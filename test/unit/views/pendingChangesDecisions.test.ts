import assert from 'node:assert/strict';
import type { Row } from '../../../src/views/pendingChanges/changeGroups';
import { ChangeDecisions, type ShopToDecideOn } from '../../../src/views/pendingChanges/changeDecisions';
import type { Question } from '../../../src/views/pendingChanges/changeQuestions';
import { MasterWorld } from '../masterWorld';
import { ChangesWorld } from './changesWorld';
import { plainL10n } from './plainL10n';

class World extends ChangesWorld {
  readonly asked: Question[] = [];
  readonly told: string[] = [];
  /** What happens while a question is there. */
  meanwhile: () => Promise<void> | void = () => undefined;
  answer = true;
  shopId = 'the shop';
  inUse: ShopToDecideOn = { master: this.master, database: this.shop };
  opening = (): ShopToDecideOn => this.inUse;
  readonly decisions = new ChangeDecisions({
    openShop: () => Promise.resolve(this.opening()),
    shopId: () => this.shopId,
    confirm: async (question) => {
      this.asked.push(question);
      await this.meanwhile();
      return this.answer;
    },
    tell: (message) => void this.told.push(message),
    lookAgain: () => this.changes.look(true),
    l10n: plainL10n,
  });

  async rowsOf<Kind extends Row['kind']>(kind: Kind): Promise<Extract<Row, { readonly kind: Kind }>[]> {
    await this.openAll();
    return this.changes.rows(kind) as Extract<Row, { readonly kind: Kind }>[];
  }

  /** As when a setting of the same shop has changed. */
  async reopen(): Promise<void> {
    await this.master.dispose();
    this.shop.closed = false;
    this.master = this.newMaster();
    this.inUse = { master: this.master, database: this.shop };
  }

  moveOn(): MasterWorld {
    const other = new MasterWorld();
    this.inUse = { master: other.master, database: other.shop };
    this.shopId = 'another shop';
    return other;
  }
}

/** `bad` was refused with its first change. */
function worldWithRejected(): World {
  const world = new World().stocked('bad', 'good');
  world.shop.update('bad', { sellPrice: '9999.00' });
  world.reject('bad', '1');
  return world;
}

describe('discarding changes', () => {
  it('deletes exactly those chosen', async () => {
    const world = new World().stocked('a', 'b');
    for (const key of ['a', 'b', 'a']) world.shop.update(key, { sellPrice: '2.00' });
    await world.decisions.discard((await world.rowsOf('changed')).slice(0, 2));
    assert.deepEqual(world.shop.pending, ['3']);
  });

  it('asks, and keeps them where the answer is no', async () => {
    const world = new World();
    world.shop.insert('a');
    world.answer = false;
    await world.decisions.discard(await world.rowsOf('new'));
    assert.equal(world.asked[0]?.message, 'Discard the change of Product a (a)?');
    assert.deepEqual(world.shop.pending, ['1']);
  });

  it('of nothing asks nothing', async () => {
    const world = new World();
    await world.decisions.discard([]);
    assert.deepEqual(world.asked, []);
  });

  it('of a rejected product keeps a correction that came in while the question was there', async () => {
    const world = worldWithRejected();
    const rows = await world.rowsOf('rejected');
    world.meanwhile = () => world.shop.update('bad', { sellPrice: '9.00' });
    await world.decisions.discard(rows);
    assert.deepEqual(world.shop.pending, ['2']);
  });

  it('of a rejected product keeps a correction that was there before', async () => {
    const world = worldWithRejected();
    world.shop.update('bad', { sellPrice: '9.00' });
    await world.decisions.discard(await world.rowsOf('rejected'));
    assert.deepEqual(world.shop.pending, ['2']);
  });

  it('is shown also where one change goes and another one has come', async () => {
    const world = worldWithRejected();
    const rows = await world.rowsOf('rejected');
    world.shop.update('bad', { sellPrice: '9.00' });
    await world.decisions.discard(rows);
    assert.deepEqual(world.ids('changed'), ['changed#2']);
  });

  it('says of one rejected product what goes and what stays', async () => {
    const world = worldWithRejected();
    await world.decisions.discard(await world.rowsOf('rejected'));
    const [question] = world.asked;
    assert.equal(question?.message, 'Discard the rejected changes of Product bad (bad)?');
    assert.match(question.detail, /rejected are deleted .* Newer changes of the product stay/);
    assert.deepEqual(world.shop.pending, []);
  });

  it('says of several rows what becomes of each kind of them', async () => {
    const world = worldWithRejected();
    world.shop.update('good', { sellPrice: '2.00' });
    world.shop.insert('new');
    const [changed, rejected, added] = [
      await world.rowsOf('changed'),
      await world.rowsOf('rejected'),
      await world.rowsOf('new'),
    ];
    world.answer = false;
    await world.decisions.discard([...changed, ...rejected]);
    await world.decisions.discard([...changed, ...added]);
    await world.decisions.discard([...rejected, ...rejected]);
    const details = world.asked.map(({ detail }) => detail.split('\n\n').slice(1));
    assert.deepEqual(
      details.map((paragraphs) => paragraphs.map((paragraph) => paragraph.split(' ').slice(0, 3).join(' '))),
      [['Changes are deleted', 'Of each rejected'], ['Changes are deleted'], ['Of each rejected']],
    );
    world.answer = true;
    await world.decisions.discard([...changed, ...rejected]);
    assert.deepEqual(world.shop.pending, ['3']);
  });

  it('names ten products and counts the others', async () => {
    const world = new World();
    for (let n = 1; n <= 12; n++) world.shop.insert(`p${n}`);
    await world.decisions.discard(await world.rowsOf('new'));
    assert.match(world.asked[0]?.detail ?? '', /Product p10 \(p10\)\nand 2 more\n\n/);
  });

  it('is done by the shop as it was opened anew meanwhile', async () => {
    const world = new World();
    world.shop.insert('a');
    const rows = await world.rowsOf('new');
    world.meanwhile = () => world.reopen();
    await world.decisions.discard(rows);
    assert.deepEqual([world.shop.pending, world.told], [[], []]);
  });

  it('is done by the new shop where the old one is closed just before', async () => {
    const world = new World();
    world.shop.insert('a');
    const rows = await world.rowsOf('new');
    const shops = [world.inUse, world.inUse];
    await world.reopen();
    world.opening = () => shops.shift() ?? world.inUse;
    await world.decisions.discard(rows);
    assert.deepEqual([shops, world.shop.pending], [[], []]);
  });

  it('touches nothing where the shop of the rows is given up before the question', async () => {
    const world = new World();
    world.shop.insert('a');
    const rows = await world.rowsOf('new');
    const other = new MasterWorld();
    other.shop.insert('b');
    world.opening = () => {
      world.shopId = 'another shop';
      return { master: other.master, database: other.shop };
    };
    await world.decisions.discard(rows);
    assert.deepEqual(other.shop.pending, ['1']);
  });

  it('fails where the shop in use is closed for good', async () => {
    const world = new World();
    world.shop.insert('a');
    const rows = await world.rowsOf('new');
    world.meanwhile = () => world.master.dispose();
    await assert.rejects(world.decisions.discard(rows), { code: 'cancelled' });
  });

  it('touches nothing where the settings name another shop by now', async () => {
    const world = new World();
    world.shop.insert('a');
    const rows = await world.rowsOf('new');
    let other: MasterWorld | undefined;
    world.meanwhile = () => {
      other = world.moveOn();
      other.shop.insert('b');
    };
    await world.decisions.discard(rows);
    assert.deepEqual([world.shop.pending, other?.shop.pending], [['1'], ['1']]);
    assert.deepEqual(world.told, ['The settings name another shop by now, so nothing was deleted.']);
  });
});

describe('dismissing deleted products', () => {
  const worldWithDeleted = (...keys: readonly string[]): World => {
    const world = new World().stocked(...keys);
    for (const key of keys) world.shop.delete(key);
    return world;
  };

  it('takes one without a question', async () => {
    const world = worldWithDeleted('a', 'b');
    await world.decisions.dismiss((await world.rowsOf('deleted')).slice(0, 1));
    assert.deepEqual([world.shop.logged, world.asked], [['DELETE b'], []]);
  });

  it('takes DELETEs of the same product that are on pages not read', async () => {
    const world = worldWithDeleted('a', ...Array.from({ length: 150 }, (_, at) => `p${at}`));
    world.shop.place('a');
    world.shop.delete('a');
    const [first] = await world.rowsOf('deleted');
    assert.ok(first);
    assert.equal(first.change.logId, '1');
    await world.decisions.dismiss([first]);
    assert.equal(world.shop.logged.length, 150);
    assert.ok(!world.shop.logged.includes('DELETE a'));
  });

  it('takes one of several without a ProductID', async () => {
    const world = new World();
    for (let n = 0; n < 2; n++) {
      world.shop.place(null);
      world.shop.delete(null);
    }
    const [first, second] = await world.rowsOf('deleted');
    assert.ok(first && second);
    await world.decisions.dismiss([first]);
    assert.equal(world.shop.logged.length, 1);
    assert.deepEqual(world.ids('deleted'), ['deleted#2']);
  });

  it('asks before it takes all', async () => {
    const world = worldWithDeleted('a', 'b');
    world.answer = false;
    await world.decisions.dismissAll();
    assert.deepEqual(
      world.asked.map(({ yes }) => yes),
      ['Dismiss All'],
    );
    assert.equal(world.shop.logged.length, 2);
    world.answer = true;
    await world.decisions.dismissAll();
    assert.deepEqual(world.shop.logged, []);
  });

  it('keeps what was deleted while the question was there', async () => {
    const world = worldWithDeleted('a').stocked('b');
    world.meanwhile = () => world.shop.delete('b');
    await world.decisions.dismissAll();
    assert.deepEqual(world.shop.logged, ['DELETE b']);
  });

  it('asks nothing where there are none', async () => {
    const world = new World();
    await world.decisions.dismissAll();
    assert.deepEqual([world.asked, world.told], [[], ['There are no deleted products to dismiss.']]);
  });

  it('is done by the shop as it was opened anew meanwhile', async () => {
    const world = worldWithDeleted('a');
    world.meanwhile = () => world.reopen();
    await world.decisions.dismissAll();
    assert.deepEqual(world.shop.logged, []);
  });

  it('touches nothing where the settings name another shop by now', async () => {
    const world = worldWithDeleted('a');
    let other: MasterWorld | undefined;
    world.meanwhile = () => {
      other = world.moveOn();
      other.shop.place('b');
      other.shop.delete('b');
    };
    await world.decisions.dismissAll();
    assert.deepEqual([world.shop.logged, other?.shop.logged], [['DELETE a'], ['DELETE b']]);
    assert.equal(world.told.length, 1);
  });
});
