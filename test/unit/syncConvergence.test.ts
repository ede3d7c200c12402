import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ShopError } from '../../src/sync/errors';
import type { Answer } from './fakeCatalogue';
import type { Transaction } from './fakeShop';
import { SyncWorld } from './syncWorld';

/** What the shop does at some moment; `key` numbers one of a few products. */
interface Write {
  readonly does: 'insert' | 'update' | 'delete' | 'begin' | 'commit' | 'rollback' | 'nothing';
  readonly key: number;
  readonly upperCase: boolean;
}

interface Round {
  /** Milliseconds before the sync. */
  readonly pauseMs: number;
  /** Writes, one at each moment at which the engine asks something of either side. */
  readonly writes: readonly Write[];
  readonly answers: readonly Answer[];
  /** Number of the request at which the sync is cancelled; 0: it is not. */
  readonly cancelAt: number;
  readonly acknowledgeFails: boolean;
}

const write = fc.record<Write>({
  does: fc.constantFrom('insert', 'update', 'update', 'update', 'delete', 'begin', 'commit', 'rollback', 'nothing'),
  key: fc.nat(7),
  upperCase: fc.boolean(),
});
const answer = fc.oneof<fc.Arbitrary<Answer>[]>(
  fc.constantFrom<Answer>('confirm', 'confirm', 'confirm', 'refused', 'unreachable', 'server error', 'too large'),
  fc.constantFrom<Answer>({ lost: 'applied' }, { lost: 'never applied' }, { fails: 'throttled', retryAfterMs: 7000 }),
  fc.nat(25_000).map((lost) => ({ lost })),
);
const round = fc.record<Round>({
  pauseMs: fc.constantFrom(0, 1000, 29_000, 31_000, 120_000),
  writes: fc.array(write, { maxLength: 30 }),
  answers: fc.array(answer, { maxLength: 20 }),
  cancelAt: fc.constantFrom(0, 0, 0, 1, 3),
  acknowledgeFails: fc.constantFrom(false, false, false, true),
});

/** Plays rounds of writes, faults and syncs. */
class Play {
  readonly world = new SyncWorld();
  private readonly open: Transaction[] = [];
  private prices = 0;

  async round({ pauseMs, writes, answers, cancelAt, acknowledgeFails }: Round): Promise<void> {
    const { shop, catalogue, clock } = this.world;
    await clock.advance(pauseMs);
    const todo = [...writes];
    const next = (): void => this.apply(todo.shift());
    const cancel = new AbortController();
    let requests = 0;
    next();
    next();
    shop.before = next;
    catalogue.onRequest = () => {
      next();
      requests += 1;
      if (requests === cancelAt) cancel.abort(new Error('cancelled'));
    };
    catalogue.next.splice(0, Infinity, ...answers);
    if (acknowledgeFails) shop.failNext('acknowledge', new ShopError('sql-busy', 'The table is busy.', 'Wait.'));
    await this.world.sync({ signal: cancel.signal });
  }

  /** No faults and no writes any more; every pause runs out. */
  async calm(): Promise<void> {
    const { shop, catalogue, clock } = this.world;
    for (const transaction of this.open.splice(0)) transaction.commit();
    shop.before = () => undefined;
    shop.failNoMore();
    catalogue.onRequest = () => undefined;
    catalogue.next.length = 0;
    for (let sync = 0; sync < 3; sync++) {
      await clock.advance(3_600_000);
      await this.world.sync();
    }
  }

  private apply(one: Write | undefined): void {
    if (one === undefined) return;
    const { shop } = this.world;
    const name = `p${one.key}`;
    const key = one.upperCase ? name.toUpperCase() : name;
    const values = { sellPrice: `${++this.prices}.00` };
    try {
      if (one.does === 'insert' && !shop.has(key)) shop.insert(key, values);
      else if (one.does === 'update') shop.update(key, values);
      else if (one.does === 'delete') shop.delete(key);
      else if (one.does === 'begin') {
        const transaction = shop.begin();
        if (shop.has(key)) transaction.update(key, values);
        else transaction.insert(key, values);
        this.open.push(transaction);
      } else if (one.does === 'commit') this.open.shift()?.commit();
      else if (one.does === 'rollback') this.open.shift()?.rollback();
    } catch (caught) {
      // Another transaction of the shop has the product, or there is none.
      if (!/locked|no product/.test(String(caught))) throw caught;
    }
  }
}

describe('Whatever the shop does and whatever goes wrong meanwhile', () => {
  it('the catalogue has every product as it is in the end, and nothing is left pending', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), async (rounds) => {
        const play = new Play();
        const { shop, catalogue } = play.world;
        for (const one of rounds) await play.round(one);
        await play.calm();
        assert.deepEqual(shop.pending, []);
        for (const product of shop.table.values()) assert.deepEqual(catalogue.content.get(product.productId), product);
        const gone = shop.logged.map((change) => change.replace('DELETE ', ''));
        assert.deepEqual(
          gone.filter((key) => shop.has(key)),
          [],
        );
        assert.deepEqual(catalogue.breaches, []);
        assert.deepEqual(play.world.rejections.all, []);
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});
