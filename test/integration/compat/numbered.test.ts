import { TwoShops } from './twoShops';
import { options } from './habits/options';
import { ownTriggers } from './habits/ownTriggers';
import { numberedProducts, shopsOwn } from './habits/shopTable';
import { statements } from './habits/statements';
import { transactions } from './habits/transactions';

describe('The shop’s program sees no difference, and its changes are logged, when it', () => {
  let two: TwoShops;

  before(async () => {
    two = await TwoShops.start({ table: numberedProducts }, shopsOwn);
  });

  after(() => two.close());

  afterEach(() => two.clear());

  for (const habit of statements)
    it(habit.does, async () => {
      await two.live(habit);
      // Thousands arrive in other tests.
      if (Array.isArray(habit.logged)) await two.assertSynced();
    });

  for (const habit of [...options, ...transactions]) it(habit.does, () => two.live(habit));

  for (const habit of ownTriggers)
    it(habit.does, async () => {
      try {
        await two.live(habit);
      } finally {
        await two.both(habit.undo);
      }
    });
});
