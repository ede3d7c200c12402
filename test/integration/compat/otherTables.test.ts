import { livesOn, TwoShops } from './twoShops';
import { otherTables, retypedTable, retypings } from './habits/otherTables';

describe('The shop’s program sees no difference either, and its changes are logged and arrive, when it', () => {
  for (const { table, options, before, ...habit } of otherTables)
    it(habit.does, livesOn({ table, ...options }, habit, before));
});

describe('Triggers made for other columns do no harm: the shop’s program', () => {
  let two: TwoShops;

  before(async () => {
    two = await TwoShops.start({ table: retypedTable });
  });

  after(() => two.close());

  afterEach(() => two.clear());

  for (const { arrives, ...habit } of retypings)
    it(habit.does, async () => {
      await two.live(habit);
      if (arrives) await two.assertSynced();
    });
});
