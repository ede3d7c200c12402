/** What the shop's own writes cost: without triggers, with the desktop's, with ours. */
import { performance } from 'node:perf_hooks';
import type { Bench } from '../bench';
import { insertProducts } from '../products';
import { resultOf, type Target } from '../result';
import type { BenchShop } from '../world';
import { count, slowApi, type Scenario } from './scenario';

/** As the desktop program made them. */
const desktopCapture = [
  `CREATE TABLE ChangeLog (
  LogID INT IDENTITY(1,1) PRIMARY KEY, ChangeType NVARCHAR(10), ProductID VARCHAR(25), ProductName VARCHAR(75),
  SellPrice NUMERIC(18,2), QrCode VARCHAR(100), Status INT, ChangeDateTime DATETIME DEFAULT GETDATE()
)`,
  `CREATE TRIGGER trgAfterInsert ON dbo.Products AFTER INSERT AS
BEGIN
  SET NOCOUNT ON;
  IF NOT EXISTS (SELECT * FROM ChangeLog WHERE ChangeType = 'INSERT' AND ProductID IN (SELECT ProductID FROM inserted))
  BEGIN
    INSERT INTO ChangeLog (ChangeType, ProductID, ProductName, SellPrice, QrCode, Status)
    SELECT 'INSERT', i.ProductID, i.ProductName, i.SellPrice, i.QrCode, i.Status
    FROM inserted i;
  END
END`,
];

const captures = {
  'no triggers': () => Promise.resolve(),
  'the desktop’s triggers': async (shop) => {
    for (const batch of desktopCapture) await shop.exec(batch);
  },
  'our triggers': (shop) => shop.configure(),
} satisfies Record<string, (shop: BenchShop) => Promise<void>>;

type Capture = keyof typeof captures;
const names = Object.keys(captures) as Capture[];

/** Ours may be slower by this share before it counts: two medians of the same differ by as much. */
const tolerance = 0.1;

export const shopWrites: Scenario = {
  id: 'shop-writes',
  apis: slowApi,
  async run(bench, api) {
    const shops = new Map<Capture, BenchShop>();
    try {
      for (const name of names) {
        const shop = await bench.world.openShop(api);
        shops.set(name, shop);
        await captures[name](shop);
      }
      await compare(bench, shops, 1, bench.size(400, 5), 1);
      await compare(bench, shops, 1000, bench.size(40, 2), 100_000);
    } finally {
      for (const shop of shops.values()) await shop.close();
    }
  },
};

/** In turns, so that whatever else the machine does strikes each alike. */
async function compare(
  bench: Bench,
  shops: ReadonlyMap<Capture, BenchShop>,
  rows: number,
  times: number,
  first: number,
): Promise<void> {
  const taken = new Map<Capture, number[]>(names.map((name) => [name, []]));
  for (let time = 0; time < times; time++) {
    for (const [name, shop] of shops) {
      const insert = insertProducts(first + time * rows, rows);
      const started = performance.now();
      await shop.exec(insert);
      taken.get(name)?.push(performance.now() - started);
    }
  }
  const medians = new Map([...taken].map(([name, all]) => [name, median(all)]));
  const without = medians.get('no triggers') ?? 0;
  const desktops = medians.get('the desktop’s triggers') ?? 0;
  for (const [name, ms] of medians) {
    const target: Target = { text: 'no slower than the desktop’s', reached: ms <= desktops * (1 + tolerance) };
    bench.add(
      resultOf({
        ...{
          scenario: 'shop-writes',
          title: `the shop’s INSERT of ${count(rows)} ${rows === 1 ? 'row' : 'rows'}, ${name}`,
        },
        ...{ products: rows, seconds: ms / 1000, perSecond: (rows / ms) * 1000 },
        targets: name === 'our triggers' ? [target] : [],
        note: name === 'no triggers' ? `median of ${times}` : `${(ms - without).toFixed(2)} ms more than without`,
      }),
    );
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
