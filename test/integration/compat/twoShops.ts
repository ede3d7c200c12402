/** Two shops with equal tables, one with shopMaster and one without: whatever its program does, it sees no difference. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { SyncedShop } from '../acceptance/syncedShop';
import { startShop, type ShopOptions, type TestShop } from '../shop';
import { type Action, type Login, type Seen, Till } from './till';

/** What the shop's program does, and what shopMaster is to log of it. */
export interface Habit {
  /** Ends the sentence "the shop's program sees no difference when it …". */
  readonly does: string;
  /** Tables, procedures and triggers of the shop's own, made before Configure where `fresh`, and after it otherwise; a batch each. */
  readonly needs?: readonly string[];
  /** Products that are there before, each `(ProductID, ProductName, SellPrice)`. */
  readonly stock?: readonly string[];
  /** After Configure, and before the script; here a column may be retyped. */
  readonly then?: readonly string[];
  /** In this order, over one connection. */
  readonly script: readonly Action[];
  /** Rights of the login that the script runs as; default: the owner's. */
  readonly cashier?: readonly string[];
  /** ChangeLog afterwards, `INSERT 4711`, in any order; or how many rows of each kind. */
  readonly logged: readonly string[] | Readonly<Record<string, number>>;
  /** The script is about an error: these numbers are what the program sees. */
  readonly errors?: readonly number[];
}

/** What a program may ask for after each batch. */
const figures = `
SELECT @@ROWCOUNT AS rows, @@ERROR AS error, @@IDENTITY AS [identity], SCOPE_IDENTITY() AS scope_identity, @@TRANCOUNT AS transactions,
  @@NESTLEVEL AS level, @@OPTIONS AS options;`;

const everything = 'SELECT * FROM dbo.Products';

export class TwoShops {
  private constructor(
    readonly bare: TestShop,
    readonly shop: SyncedShop,
  ) {}

  /** `needs`: batches for both, before Configure. */
  static async start(options: ShopOptions = {}, needs: readonly string[] = []): Promise<TwoShops> {
    const [bare, shop] = await Promise.all([startShop(options), SyncedShop.start(options)]);
    const two = new TwoShops(bare, shop);
    try {
      await two.both(needs);
      await shop.configure();
      return two;
    } catch (failure) {
      await two.close();
      throw failure;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.bare.close(), this.shop.close()]);
  }

  /** Runs it in both shops and compares what was seen, what is in the tables, and what was logged. */
  async live(habit: Habit): Promise<void> {
    await this.both([...(habit.needs ?? []), ...stocking(habit.stock ?? []), ...(habit.then ?? [])]);
    const [before] = await this.shop.till.query<{ id: string }>(
      'SELECT CONVERT(VARCHAR(20), COALESCE(MAX(LogID), 0)) AS id FROM dbo.ChangeLog',
    );
    const withLogin = habit.cashier === undefined ? this.asOwner() : this.asCashier(habit.cashier);
    const [without, seen] = await withLogin(habit.script);
    assert.deepEqual(seen, without);
    const errors = seen.flatMap((one) => ('error' in one ? [one.error] : []));
    assert.deepEqual(errors, habit.errors ?? [], JSON.stringify(seen));
    assert.deepEqual(await rowsOf(this.shop.till), await rowsOf(this.bare));
    await this.assertLogged(habit.logged, before?.id ?? '0');
  }

  /** Leaves the tables empty for the next. */
  async clear(): Promise<void> {
    await this.both(['DELETE FROM dbo.Products']);
    await this.shop.till.exec('DELETE FROM dbo.ChangeLog');
  }

  /** Batches in both shops. */
  async both(batches: readonly string[]): Promise<void> {
    for (const till of [this.bare, this.shop.till]) for (const batch of batches) await till.exec(batch);
  }

  /** What the owner's program sees in the bare shop, and in the other. */
  play(script: readonly Action[]): Promise<[readonly Seen[], readonly Seen[]]> {
    return this.asOwner()(script);
  }

  private asOwner() {
    const { username } = this.bare.settings;
    return (script: readonly Action[]) => this.seenBy({ username, password: this.bare.password }, script);
  }

  private asCashier(grants: readonly string[]) {
    return async (script: readonly Action[]) => {
      const username = `shopmaster_test_${randomBytes(6).toString('hex')}`;
      const password = `Pw-${randomBytes(12).toString('hex')}`;
      await this.bare.exec(`CREATE LOGIN ${username} WITH PASSWORD = '${password}', CHECK_POLICY = OFF`);
      try {
        await this.both([
          `CREATE USER ${username} FOR LOGIN ${username}`,
          ...grants.map((grant) => `GRANT ${grant} TO ${username}`),
        ]);
        return await this.seenBy({ username, password }, script);
      } finally {
        await this.bare.exec(`DROP LOGIN ${username}`);
      }
    };
  }

  private seenBy(login: Login, script: readonly Action[]): Promise<[readonly Seen[], readonly Seen[]]> {
    return Promise.all([play(this.bare, login, script), play(this.shop.till, login, script)]);
  }

  private async assertLogged(expected: Habit['logged'], after: string): Promise<void> {
    const rows = await this.shop.till.query<{ type: string; id: string | null }>(
      `SELECT ChangeType AS type, ProductID AS id FROM dbo.ChangeLog WHERE LogID > ${after} ORDER BY LogID`,
    );
    if (isList(expected)) {
      assert.deepEqual(rows.map(({ type, id }) => `${type} ${id?.trimEnd() ?? 'NULL'}`).sort(), [...expected].sort());
      return;
    }
    const counts: Record<string, number> = {};
    for (const { type } of rows) counts[type] = (counts[type] ?? 0) + 1;
    assert.deepEqual(counts, expected);
  }

  /** Every product that can be sent is in the catalogue as it is in the table. */
  async assertSynced(): Promise<void> {
    const report = await this.shop.sync();
    assert.equal(report.busy, 0);
    const products = await this.shop.till.query<{ id: string; name: string; price: string }>(
      `SELECT RTRIM(CONVERT(NVARCHAR(450), ProductID)) AS id, CONVERT(NVARCHAR(MAX), ProductName) AS name, CONVERT(VARCHAR(41), SellPrice) AS price
       FROM dbo.Products WHERE ProductID IS NOT NULL AND ProductName IS NOT NULL AND SellPrice IS NOT NULL`,
    );
    const { catalogue } = this.shop.digible;
    for (const { id, name, price } of products) {
      const arrived = catalogue.get(id);
      assert.deepEqual([arrived?.productName, Number(arrived?.productPrice)], [name, Number(price)], id);
    }
  }
}

/** Everything that one connection sees of a script. */
async function play(shop: TestShop, login: Login, script: readonly Action[]): Promise<readonly Seen[]> {
  const till = await Till.open(shop.settings, login);
  try {
    const seen: Seen[] = [];
    for (const action of script) seen.push(...(await till.run(typeof action === 'string' ? action + figures : action)));
    return seen;
  } finally {
    await till.close();
  }
}

async function rowsOf(shop: TestShop): Promise<readonly string[]> {
  return (await shop.query(everything)).map((row) => JSON.stringify(row)).sort();
}

function stocking(products: readonly string[]): readonly string[] {
  if (products.length === 0) return [];
  return [`INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ${products.join(', ')}`];
}

function isList(logged: Habit['logged']): logged is readonly string[] {
  return Array.isArray(logged);
}

/** A test of a habit in two shops of its own. */
export function livesOn(options: ShopOptions, habit: Habit, needs: readonly string[] = []): () => Promise<void> {
  return async () => {
    const two = await TwoShops.start(options, needs);
    try {
      await two.live(habit);
      await two.assertSynced();
    } finally {
      await two.close();
    }
  };
}
