import assert from 'node:assert/strict';
import type { Change, LoggedChange } from '../../../src/sync/model';
import { never, startConfiguredShop, type ConfiguredShop } from './configuredShop';

const insert = (...ids: readonly string[]) =>
  `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ${ids
    .map((id) => `('${id}', N'Product ${id}', 1.50, 'q', 1)`)
    .join(', ')};`;
const reprice = (id: string, price: number) =>
  `UPDATE dbo.Products SET SellPrice = ${price} WHERE ProductID = '${id}';`;
const kinds = (changes: readonly Change[]) => changes.map(({ changeType, key }) => `${changeType} ${String(key)}`);
const prices = (changes: readonly LoggedChange[]) =>
  changes.map(({ sellPrice, previous }) => `${previous?.sellPrice ?? 'none'} -> ${String(sellPrice)}`);
const all = 100;

describe('The list of changes', () => {
  let shop: ConfiguredShop;

  before(async () => {
    shop = await startConfiguredShop();
  });

  after(() => shop.close());

  beforeEach(async () => {
    await shop.exec('DELETE FROM dbo.Products');
    await shop.exec('DELETE FROM dbo.ChangeLog');
  });

  it('has the types that are wanted', async () => {
    await shop.exec(insert('a', 'b') + reprice('b', 2));
    await shop.exec("DELETE FROM dbo.Products WHERE ProductID = 'a'");
    const { changeLog } = shop.database;
    assert.deepEqual(kinds(await changeLog.list({ types: ['INSERT'] }, null, all, never)), ['INSERT a', 'INSERT b']);
    const others = await changeLog.list({ types: ['DELETE', 'UPDATE'] }, null, all, never);
    assert.deepEqual(kinds(others), ['UPDATE b', 'DELETE a']);
    assert.deepEqual(await changeLog.list({ types: [] }, null, all, never), []);
  });

  it('has the products that are wanted, as the product table compares them', async () => {
    await shop.exec(insert('a', 'b', "o''neill", '  c') + reprice('b', 2));
    const { changeLog } = shop.database;
    const found = await changeLog.list({ keys: ['A ', "O'NEILL", 'c', 'nobody'] }, null, all, never);
    assert.deepEqual(kinds(found), ['INSERT a', "INSERT o'neill"]);
    const both = await changeLog.list({ types: ['UPDATE'], keys: ['a', 'b'] }, null, all, never);
    assert.deepEqual(kinds(both), ['UPDATE b']);
    assert.deepEqual(await changeLog.list({ keys: [] }, null, all, never), []);
  });

  it('leaves out what is somebody’s own, wherever it stands', async () => {
    await shop.exec(insert('a', 'b') + reprice('a', 2) + reprice('a', 3));
    await shop.exec("UPDATE dbo.ChangeLog SET ChangeType = N'SALE' WHERE ProductID = N'b' OR SellPrice = 2");
    const { changeLog } = shop.database;
    const changes = await changeLog.list({}, null, all, never);
    assert.deepEqual(
      [kinds(changes), prices(changes)],
      [
        ['INSERT a', 'UPDATE a'],
        ['none -> 1.50', '1.50 -> 3.00'],
      ],
    );
    await shop.exec("UPDATE dbo.ChangeLog SET ChangeType = NULL WHERE ChangeType = N'INSERT'");
    assert.deepEqual(kinds(await changeLog.list({ keys: ['a', 'b'] }, null, all, never)), ['UPDATE a']);
    assert.deepEqual(kinds((await changeLog.readPage(null, all, never)).changes), ['UPDATE a']);
    assert.deepEqual(await changeLog.count(never), { pending: 1, inserts: 0, updates: 1, deleted: 0 });
    await shop.database.lock.release();
  });

  it('knows a type however it is spelled, as its count does', async () => {
    await shop.exec(insert('a') + reprice('a', 2));
    await shop.exec("UPDATE dbo.ChangeLog SET ChangeType = N'insert ' WHERE ChangeType = N'INSERT'");
    await shop.exec("UPDATE dbo.ChangeLog SET ChangeType = N'Update' WHERE ChangeType = N'UPDATE'");
    const { changeLog, lock } = shop.database;
    assert.deepEqual(await changeLog.count(never), { pending: 2, inserts: 1, updates: 1, deleted: 0 });
    assert.deepEqual(kinds(await changeLog.list({}, null, all, never)), ['INSERT a', 'UPDATE a']);
    assert.deepEqual(kinds((await changeLog.readPage(null, all, never)).changes), ['INSERT a', 'UPDATE a']);
    await lock.release();
  });

  it('goes on page by page within what is wanted', async () => {
    await shop.exec(insert('a', 'b', 'c') + reprice('a', 2) + reprice('b', 2) + reprice('c', 2));
    const { changeLog } = shop.database;
    const first = await changeLog.list({ types: ['UPDATE'] }, null, 2, never);
    const second = await changeLog.list({ types: ['UPDATE'] }, first.at(-1)!.logId, 2, never);
    assert.deepEqual([kinds(first), kinds(second)], [['UPDATE a', 'UPDATE b'], ['UPDATE c']]);
  });

  it('takes a thousand products at once', async () => {
    await shop.exec(insert('a'));
    const keys = Array.from({ length: 999 }, (_, index) => `nobody${index}`);
    assert.deepEqual(kinds(await shop.database.changeLog.list({ keys: [...keys, 'a'] }, null, all, never)), [
      'INSERT a',
    ]);
  });

  it('shows what each product was before its price changed, whatever else was logged between', async () => {
    await shop.exec(insert('a', 'b'));
    await shop.exec(reprice('a', 2));
    await shop.exec(reprice('b', 7));
    await shop.exec(reprice('a', 3));
    await shop.exec("DELETE FROM dbo.Products WHERE ProductID = 'a'");
    const changes = await shop.database.changeLog.list({}, null, all, never);
    assert.deepEqual(prices(changes), [
      'none -> 1.50',
      'none -> 1.50',
      '1.50 -> 2.00',
      '1.50 -> 7.00',
      '2.00 -> 3.00',
      'none -> 3.00',
    ]);
    assert.deepEqual(changes[4]?.previous, {
      productName: 'Product a',
      sellPrice: '2.00',
      qrCode: 'q',
      status: '1',
    });
  });

  it('shows it also where the change before lies on an earlier page, or is of no type that is wanted', async () => {
    await shop.exec(insert('a', 'b') + reprice('a', 2) + reprice('a', 3));
    const [, , second] = await shop.database.changeLog.list({}, null, all, never);
    const page = await shop.database.changeLog.list({}, second!.logId, all, never);
    assert.deepEqual(prices(page), ['2.00 -> 3.00']);
    const updates = await shop.database.changeLog.list({ types: ['UPDATE'] }, null, 1, never);
    assert.deepEqual(prices(updates), ['1.50 -> 2.00']);
  });

  it('takes two spellings that the table takes for one product as one', async () => {
    await shop.exec(insert('a') + reprice('a', 2));
    await shop.exec("UPDATE dbo.ChangeLog SET ProductID = N'A ' WHERE ChangeType = N'UPDATE'");
    const changes = await shop.database.changeLog.list({}, null, all, never);
    assert.deepEqual([kinds(changes), prices(changes)[1]], [['INSERT a', 'UPDATE A '], '1.50 -> 2.00']);
  });

  it('shows nothing before where ChangeLog has nothing any more', async () => {
    await shop.exec(insert('a') + reprice('a', 2));
    const [first] = await shop.database.changeLog.list({}, null, all, never);
    await shop.database.changeLog.acknowledge([first!.logId], never);
    assert.deepEqual(prices(await shop.database.changeLog.list({}, null, all, never)), ['none -> 2.00']);
  });

  it('tells a change without a price from no change', async () => {
    await shop.exec(insert('a'));
    await shop.exec('UPDATE dbo.Products SET ProductName = NULL, SellPrice = NULL, QrCode = NULL, Status = NULL');
    await shop.exec(reprice('a', 2));
    const changes = await shop.database.changeLog.list({}, null, all, never);
    const nothing = { productName: null, sellPrice: null, qrCode: null, status: null };
    assert.deepEqual(
      changes.map(({ previous }) => previous),
      [null, { productName: 'Product a', sellPrice: '1.50', qrCode: 'q', status: '1' }, nothing],
    );
  });

  it('compares LogIDs that no JavaScript number can hold', async () => {
    await shop.exec(insert('a') + reprice('a', 2));
    await shop.exec("UPDATE dbo.ChangeLog SET LogID = 9007199254740992 WHERE ChangeType = N'INSERT'");
    await shop.exec("UPDATE dbo.ChangeLog SET LogID = 9007199254740993 WHERE ChangeType = N'UPDATE'");
    const { changeLog } = shop.database;
    assert.deepEqual(prices(await changeLog.list({}, '9007199254740992', all, never)), ['1.50 -> 2.00']);
  });

  it('never waits for a sale that is not finished', async () => {
    await shop.exec(insert('a', 'b'));
    const sale = await shop.connect();
    await sale.exec(`BEGIN TRANSACTION; ${reprice('a', 2)}`);
    await shop.exec(reprice('b', 5));
    const during = await shop.database.changeLog.list({}, null, all, never);
    assert.deepEqual(kinds(during), ['INSERT a', 'INSERT b', 'UPDATE b']);
    await sale.exec('COMMIT');
    const later = await shop.database.changeLog.list({ types: ['UPDATE'], keys: ['a'] }, null, all, never);
    assert.deepEqual(prices(later), ['1.50 -> 2.00']);
  });
});

describe('The list of changes of a case-sensitive shop', () => {
  let shop: ConfiguredShop;

  before(async () => {
    shop = await startConfiguredShop({ collation: 'Latin1_General_CS_AS' });
  });

  after(() => shop.close());

  it('tells products apart by case', async () => {
    await shop.exec(insert('a') + insert('A') + reprice('A', 2));
    const { changeLog } = shop.database;
    assert.deepEqual(kinds(await changeLog.list({ keys: ['A'] }, null, all, never)), ['INSERT A', 'UPDATE A']);
    assert.deepEqual(prices(await changeLog.list({}, null, all, never)), [
      'none -> 1.50',
      'none -> 1.50',
      '1.50 -> 2.00',
    ]);
  });
});

describe('The list of changes of products whose keys are numbers', () => {
  let shop: ConfiguredShop;

  before(async () => {
    shop = await startConfiguredShop({
      table: `CREATE TABLE dbo.Products (ProductID INT NULL, ProductName NVARCHAR(75) NULL, SellPrice MONEY NULL,
        QrCode VARCHAR(100) NULL, Status BIT NULL)`,
    });
  });

  after(() => shop.close());

  it('finds them by their text, and those without a key, of which none is the one before', async () => {
    await shop.exec(
      "INSERT INTO dbo.Products VALUES (7, N'x', 1.5, NULL, 1), (NULL, N'y', 2, NULL, 1), (NULL, N'z', 3, NULL, 0)",
    );
    await shop.exec('UPDATE dbo.Products SET SellPrice = 9 WHERE ProductID = 7');
    const { changeLog } = shop.database;
    const found = await changeLog.list({ keys: ['7', null] }, null, all, never);
    assert.deepEqual(kinds(found).sort(), ['INSERT 7', 'INSERT null', 'INSERT null', 'UPDATE 7']);
    assert.deepEqual(prices(found).sort(), ['1.50 -> 9.00', 'none -> 1.50', 'none -> 2.00', 'none -> 3.00']);
    assert.deepEqual(kinds(await changeLog.list({ keys: ['07'] }, null, all, never)), []);
  });
});

describe('ChangeLog', () => {
  let shop: ConfiguredShop;

  before(async () => {
    shop = await startConfiguredShop();
  });

  after(() => shop.close());

  beforeEach(async () => {
    await shop.exec('DELETE FROM dbo.Products');
    await shop.exec('DELETE FROM dbo.ChangeLog');
  });

  it('can be peeked at without the writer lock, also while another window or PC holds it', async () => {
    await shop.exec(insert('a', 'b'));
    await shop.exec("DELETE FROM dbo.Products WHERE ProductID = 'b'");
    const another = shop.openAnother();
    const { changeLog, lock } = shop.database;
    const peeked = await changeLog.peekPage(null, all, never);
    assert.equal(await another.lock.acquire(never), true, 'peeking took no lock');
    assert.deepEqual(await changeLog.peekPage(null, all, never), peeked);
    assert.equal((await changeLog.readPage(null, all, never)).writer, false);
    assert.deepEqual(
      [peeked.writer, kinds(peeked.changes), kinds(peeked.deletes)],
      [true, ['INSERT a', 'INSERT b'], ['DELETE b']],
    );
    const next = await changeLog.peekPage(peeked.changes[0]!.logId, all, never);
    assert.deepEqual([kinds(next.changes), next.counts], [['INSERT b'], undefined]);
    await another.lock.release();
    assert.deepEqual(await changeLog.readPage(null, all, never), peeked);
    await lock.release();
  });

  it('is cleared of deleted products in rounds, and of nothing that is pending or locked', async () => {
    const rows = Array.from({ length: 2345 }, (_, index) => `k${index}`);
    for (let at = 0; at < rows.length; at += 500) await shop.exec(insert(...rows.slice(at, at + 500)));
    await shop.exec("UPDATE dbo.ChangeLog SET ChangeType = N'DELETE'");
    await shop.exec(insert('a') + reprice('a', 2));
    const sale = await shop.connect();
    await sale.exec("BEGIN TRANSACTION; UPDATE dbo.ChangeLog SET Status = N'held' WHERE ProductID = N'k1000'");
    const through = await shop.database.changeLog.newestDeleted(never);
    assert.ok(through !== null);
    await shop.database.changeLog.clearDeleted({ through }, never);
    await sale.exec('COMMIT');
    assert.deepEqual(await shop.database.changeLog.count(never), { pending: 2, inserts: 1, updates: 1, deleted: 1 });
    assert.deepEqual(kinds(await shop.database.changeLog.list({}, null, all, never)), [
      'DELETE k1000',
      'INSERT a',
      'UPDATE a',
    ]);
    await shop.database.changeLog.clearDeleted({ through }, never);
    assert.equal((await shop.database.changeLog.count(never)).deleted, 0);
  });

  it('is cleared of the products that are named, as the product table compares them, and of nothing that came later', async () => {
    const { changeLog } = shop.database;
    assert.equal(await changeLog.newestDeleted(never), null);
    for (const ids of [['a', 'b'], ['a']]) {
      await shop.exec(insert(...ids));
      await shop.exec('DELETE FROM dbo.Products');
    }
    const through = await changeLog.newestDeleted(never);
    assert.ok(through !== null);
    await shop.exec(insert('a', 'c'));
    await shop.exec('DELETE FROM dbo.Products');
    const deletes = async () => kinds(await changeLog.list({ types: ['DELETE'] }, null, all, never)).sort();
    const many = Array.from({ length: 1500 }, (_, index) => `nobody${index}`);
    await changeLog.clearDeleted({ keys: [...many, 'A ', null], through }, never);
    assert.deepEqual(await deletes(), ['DELETE a', 'DELETE b', 'DELETE c']);
    await changeLog.clearDeleted({ keys: [], through }, never);
    assert.equal((await deletes()).length, 3);
    await changeLog.clearDeleted({ through }, never);
    assert.deepEqual(await deletes(), ['DELETE a', 'DELETE c']);
  });

  it('is not cleared when that is aborted before it starts', async () => {
    await shop.exec(insert('a'));
    await shop.exec('DELETE FROM dbo.Products');
    const enough = AbortSignal.abort(new Error('enough'));
    await assert.rejects(shop.database.changeLog.clearDeleted({ through: '9999' }, enough), /enough/);
    assert.equal((await shop.database.changeLog.count(never)).deleted, 1);
  });
});
