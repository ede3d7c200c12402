/** The statements of a till, of every kind that a shop writes. */
import type { Random } from '../random';
import type { Stock } from './stock';
import { insertProducts } from './table';

export interface Write {
  readonly kind: string;
  readonly sql: string;
  readonly products: readonly string[];
}

type Kind = (stock: Stock, random: Random) => Write | null;

const goods = ['Apple', 'Bread', "Grocer's tea", 'Käse', 'Cola', 'Ćevapi', '寿司', 'Milk'];
const multiRow = { least: 2, most: 10 };
/** More than one call to Digible takes. */
const delivery = { least: 205, most: 260 };

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const listed = (ids: readonly string[]): string => ids.map(quoted).join(', ');
const price = (random: Random): string => (random.whole(0, 99_999) / 100).toFixed(2);
const name = (random: Random): string => `N${quoted(`${random.pick(goods)} ${random.whole(1, 9999)}`)}`;
const row = (id: string, random: Random): string => `(${quoted(id)}, ${name(random)}, ${price(random)}, NULL, 1)`;

function insert(kind: string, count: number, stock: Stock, random: Random): Write {
  const ids = Array.from({ length: count }, () => stock.newKey());
  for (const id of ids) stock.add(id);
  return { kind, sql: insertProducts(ids.map((id) => row(id, random))), products: ids };
}

function update(kind: string, set: (random: Random) => string, count: (random: Random) => number): Kind {
  return (stock, random) => {
    const ids = stock.some(random, count(random));
    if (ids.length === 0) return null;
    const sql = `UPDATE dbo.Products SET ${set(random)} WHERE ProductID IN (${listed(ids)})`;
    return { kind, sql, products: ids };
  };
}

function remove(kind: string, count: (random: Random) => number): Kind {
  return (stock, random) => {
    const ids = stock.some(random, count(random));
    if (ids.length === 0) return null;
    for (const id of ids) stock.remove(id);
    return { kind, sql: `DELETE FROM dbo.Products WHERE ProductID IN (${listed(ids)})`, products: ids };
  };
}

function rename(kind: string, to: (from: string, stock: Stock) => string): Kind {
  return (stock, random) => {
    const [from] = stock.some(random, 1);
    if (from === undefined) return null;
    const key = to(from, stock);
    stock.rename(from, key);
    const sql = `UPDATE dbo.Products SET ProductID = ${quoted(key)} WHERE ProductID = ${quoted(from)}`;
    return { kind, sql, products: [from, key] };
  };
}

const swapKeys: Kind = (stock, random) => {
  const [one, other] = stock.some(random, 2);
  if (one === undefined || other === undefined) return null;
  // What was lacking goes along to the other key; both may lack something, as far as the till remembers.
  if (stock.incompleteProducts.includes(one) || stock.incompleteProducts.includes(other))
    for (const id of [one, other]) stock.spoil(id);
  const [a, b] = [quoted(one), quoted(other)];
  const sql = `UPDATE dbo.Products SET ProductID = CASE WHEN ProductID = ${a} THEN ${b} ELSE ${a} END WHERE ProductID IN (${a}, ${b})`;
  return { kind: 'key swap', sql, products: [one, other] };
};

const reuse: Kind = (stock, random) => {
  const { goneKeys } = stock;
  if (goneKeys.length === 0) return null;
  const id = random.pick(goneKeys);
  stock.add(id);
  return { kind: 'key reuse', sql: insertProducts([row(id, random)]), products: [id] };
};

/** Gone and back before anybody sees. */
const replace: Kind = (stock, random) => {
  const [id] = stock.some(random, 1);
  if (id === undefined) return null;
  stock.remove(id);
  stock.add(id);
  const sql = `DELETE FROM dbo.Products WHERE ProductID = ${quoted(id)}; ${insertProducts([row(id, random)])}`;
  return { kind: 'delete and insert', sql, products: [id] };
};

const spoil: Kind = (stock, random) => {
  const [id] = stock.some(random, 1);
  if (id === undefined) return null;
  stock.spoil(id);
  const lack = random.pick(['ProductName = NULL', "ProductName = N''", "ProductName = N'  '", 'SellPrice = NULL']);
  return {
    kind: 'incomplete',
    sql: `UPDATE dbo.Products SET ${lack} WHERE ProductID = ${quoted(id)}`,
    products: [id],
  };
};

const insertIncomplete: Kind = (stock) => {
  const id = stock.newKey();
  stock.add(id);
  stock.spoil(id);
  return { kind: 'incomplete', sql: insertProducts([`(${quoted(id)}, NULL, NULL, NULL, 1)`]), products: [id] };
};

const cureOne: Kind = (stock, random) => {
  const { incompleteProducts } = stock;
  return incompleteProducts.length === 0 ? null : cure(stock, random, [random.pick(incompleteProducts)]);
};

function cure(stock: Stock, random: Random, ids: readonly string[]): Write {
  for (const id of ids) stock.cure(id);
  const set = `ProductName = ${name(random)}, SellPrice = ${price(random)}`;
  return {
    kind: 'cured',
    sql: `UPDATE dbo.Products SET ${set} WHERE ProductID IN (${listed(ids)})`,
    products: ids,
  };
}

const several = (random: Random): number => random.whole(multiRow.least, multiRow.most);
const many = (random: Random): number => random.whole(delivery.least, delivery.most);
const one = (): number => 1;

const upperOrLower = 'ProductName = CASE WHEN ProductName = UPPER(ProductName) COLLATE Latin1_General_BIN2';

const kinds: readonly (readonly [weight: number, kind: Kind])[] = [
  [10, (stock, random) => insert('insert', 1, stock, random)],
  [3, (stock, random) => insert('multi-row insert', several(random), stock, random)],
  [0.06, (stock, random) => insert('multi-row insert', many(random), stock, random)],
  [25, update('price', (random) => `SellPrice = ${price(random)}`, one)],
  [10, update('name', (random) => `ProductName = ${name(random)}`, one)],
  [5, update('case rename', () => `${upperOrLower} THEN LOWER(ProductName) ELSE UPPER(ProductName) END`, one)],
  [3, update('multi-row update', () => 'SellPrice = SellPrice + 0.01', several)],
  [0.1, update('multi-row update', () => 'SellPrice = SellPrice + 0.02', many)],
  [2, update('no change', () => "Shelf = 'A'", one)],
  [4, rename('key update', (_, stock) => stock.newKey())],
  [3, rename('key case', (from) => (from === from.toUpperCase() ? from.toLowerCase() : from.toUpperCase()))],
  [3, swapKeys],
  [5, remove('delete', one)],
  [1, remove('multi-row delete', several)],
  [6, reuse],
  [3, replace],
  [3, spoil],
  [1, insertIncomplete],
  [4, cureOne],
];

/** The next one; `stock` is then as the table will be. */
export function nextWrite(stock: Stock, random: Random, mostProducts: number): Write {
  for (;;) {
    const write =
      stock.size > mostProducts
        ? remove('multi-row delete', several)(stock, random)
        : random.weighted(kinds)(stock, random);
    if (write !== null) return write;
  }
}

/** What lacks something gets it. Null: nothing does. */
export function cureAll(stock: Stock, random: Random): Write | null {
  const { incompleteProducts } = stock;
  return incompleteProducts.length === 0 ? null : cure(stock, random, incompleteProducts);
}
