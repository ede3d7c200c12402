import assert from 'node:assert/strict';
import type { Change } from '../../../src/sync/model';
import { never, startConfiguredShop, type ConfiguredShop } from './configuredShop';

const insert = (id: string, name = id) =>
  `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ('${id}', N'${name}', 1.50, 'q', 1);`;
const kinds = (changes: readonly Change[]) => changes.map(({ changeType, key }) => `${changeType} ${String(key)}`);

const nothing = { pending: 0, inserts: 0, updates: 0, deleted: 0 };

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

  it('gives what is pending page by page, in the order of the writes', async () => {
    await shop.exec(insert('a') + insert('b') + insert('c'));
    await shop.exec("UPDATE dbo.Products SET SellPrice = 2 WHERE ProductID = 'a'");
    const first = await shop.database.changeLog.readPage(null, 3, never);
    assert.deepEqual(first.captureProblems, []);
    assert.equal(first.writer, true);
    assert.deepEqual(first.counts, { ...nothing, pending: 4, inserts: 3, updates: 1 });
    assert.deepEqual(kinds(first.changes), ['INSERT a', 'INSERT b', 'INSERT c']);
    const second = await shop.database.changeLog.readPage(first.changes.at(-1)!.logId, 3, never);
    assert.deepEqual(kinds(second.changes), ['UPDATE a']);
    assert.equal(second.counts, undefined);
    for (const { logId } of first.changes) assert.match(logId, /^\d+$/);
  });

  it('is empty for a shop that nobody wrote to', async () => {
    assert.deepEqual(await shop.database.changeLog.readPage(null, 100, never), {
      writer: true,
      captureProblems: [],
      changes: [],
      deletes: [],
      counts: nothing,
    });
  });

  it('tells which keys have changes of some types, as it was asked', async () => {
    await shop.exec(insert('a') + insert('b'));
    await shop.exec("DELETE FROM dbo.Products WHERE ProductID = 'b'");
    const { changeLog } = shop.database;
    const keys = [...Array.from({ length: 600 }, (_, at) => `none ${at}`), 'A', 'b', "O'Brien"];
    assert.deepEqual(await changeLog.changed(keys, ['INSERT', 'UPDATE'], never), new Set(['A', 'b']));
    assert.deepEqual(await changeLog.changed(keys, ['DELETE'], never), new Set(['b']));
    assert.deepEqual(await changeLog.changed([], ['DELETE'], never), new Set());
  });

  it('takes changes that no trigger has logged, in any number', async () => {
    const product = (productId: string) => ({ productId, productName: null, sellPrice: '1.50' });
    const changes = Array.from({ length: 1001 }, (_, at) => ({
      changeType: at % 2 === 0 ? ('INSERT' as const) : ('DELETE' as const),
      product: product(`p${at}`),
    }));
    await shop.database.changeLog.queue(changes, never);
    await shop.database.changeLog.queue([], never);
    const { inserts, deleted } = await shop.database.changeLog.count(never);
    assert.deepEqual([inserts, deleted], [501, 500]);
    const [first] = await shop.database.changeLog.list({}, null, 1, never);
    assert.deepEqual([first?.changeType, first?.key, first?.sellPrice], ['INSERT', 'p0', '1.50']);
  });

  it('gives the DELETEs of the keys on a page, and of no other', async () => {
    await shop.exec(insert('a') + insert('b'));
    const before = await shop.database.changeLog.readPage(null, 100, never);
    await shop.database.changeLog.acknowledge(
      before.changes.map(({ logId }) => logId),
      never,
    );
    await shop.exec("DELETE FROM dbo.Products WHERE ProductID IN ('a', 'b')");
    await shop.exec(insert('A'));
    const page = await shop.database.changeLog.readPage(null, 100, never);
    assert.deepEqual(kinds(page.changes), ['INSERT A']);
    // Under the table's collation 'a' and 'A' are one key; the DELETE goes by the spelling on the page.
    assert.deepEqual(kinds(page.deletes), ['DELETE A']);
    assert.deepEqual(page.counts, { ...nothing, pending: 1, inserts: 1, deleted: 2 });
  });

  it('skips the changes of open transactions, and gives them once they are committed', async () => {
    const sale = await shop.connect();
    await sale.exec(`BEGIN TRANSACTION; ${insert('slow')}`);
    await shop.exec(insert('quick'));
    const during = await shop.database.changeLog.readPage(null, 100, never);
    assert.deepEqual(kinds(during.changes), ['INSERT quick']);
    await sale.exec('COMMIT');
    const later = await shop.database.changeLog.readPage(null, 100, never);
    assert.deepEqual(kinds(later.changes), ['INSERT slow', 'INSERT quick']);
  });

  it('forgets exactly what is acknowledged', async () => {
    await shop.exec(insert('a') + insert('b') + insert('c'));
    const { changes } = await shop.database.changeLog.readPage(null, 100, never);
    await shop.exec(insert('d'));
    await shop.database.changeLog.acknowledge([changes[0]!.logId, changes[2]!.logId], never);
    const left = await shop.database.changeLog.readPage(null, 100, never);
    assert.deepEqual(kinds(left.changes), ['INSERT b', 'INSERT d']);
  });

  it('acknowledges more than a thousand changes', async () => {
    const rows = Array.from({ length: 1500 }, (_, index) => `('k${index}', N'x', 1, NULL, 1)`);
    for (const part of [rows.slice(0, 1000), rows.slice(1000)])
      await shop.exec(`INSERT INTO dbo.Products VALUES ${part.join(', ')}`);
    const { changes } = await shop.database.changeLog.readPage(null, 5000, never);
    assert.equal(changes.length, 1500);
    await shop.database.changeLog.acknowledge(
      changes.map(({ logId }) => logId),
      never,
    );
    assert.deepEqual(await shop.database.changeLog.count(never), nothing);
  });

  it('keeps LogIDs that no JavaScript number can hold', async () => {
    await shop.exec(insert('a'));
    await shop.exec('UPDATE dbo.ChangeLog SET LogID = 9007199254740993');
    const { changes } = await shop.database.changeLog.readPage('9007199254740992', 100, never);
    assert.deepEqual(changes, [{ logId: '9007199254740993', changeType: 'INSERT', key: 'a' }]);
    await shop.database.changeLog.acknowledge(['9007199254740993'], never);
    assert.deepEqual(await shop.database.changeLog.count(never), nothing);
  });

  it('turns changes of products that are gone into DELETEs, which are not pending', async () => {
    await shop.exec(insert('a') + insert('b'));
    const { changes } = await shop.database.changeLog.readPage(null, 100, never);
    await shop.database.changeLog.markDeleted([changes[0]!.logId], never);
    assert.deepEqual(await shop.database.changeLog.count(never), { ...nothing, pending: 1, inserts: 1, deleted: 1 });
  });

  it('lists changes of every type with the values of their time', async () => {
    await shop.exec("INSERT INTO dbo.Products VALUES ('a', N'Käse 🧀', 12.5, 'qr', 1)");
    await shop.exec("DELETE FROM dbo.Products WHERE ProductID = 'a'");
    const [inserted, deleted, ...more] = await shop.database.changeLog.list({}, null, 100, never);
    assert.deepEqual(more, []);
    assert.deepEqual(
      { ...inserted, logId: '', ageSeconds: 0 },
      {
        logId: '',
        changeType: 'INSERT',
        key: 'a',
        productName: 'Käse 🧀',
        sellPrice: '12.50',
        qrCode: 'qr',
        status: '1',
        ageSeconds: 0,
        previous: null,
      },
    );
    assert.equal(deleted?.changeType, 'DELETE');
    assert(deleted.ageSeconds >= 0 && deleted.ageSeconds < 600);
    assert.deepEqual(kinds(await shop.database.changeLog.list({}, inserted!.logId, 100, never)), ['DELETE a']);
  });

  it('belongs to one writer at a time', async () => {
    await shop.exec(insert('a'));
    const another = shop.openAnother();
    assert.equal((await shop.database.changeLog.readPage(null, 100, never)).writer, true);
    assert.deepEqual(await another.changeLog.readPage(null, 100, never), {
      writer: false,
      changes: [],
      deletes: [],
    });
    assert.deepEqual(await another.changeLog.count(never), { ...nothing, pending: 1, inserts: 1 });
    assert.deepEqual(kinds(await another.changeLog.list({}, null, 100, never)), ['INSERT a']);
    await shop.database.lock.release();
    assert.deepEqual(kinds((await another.changeLog.readPage(null, 100, never)).changes), ['INSERT a']);
    await another.close();
  });

  it('says that the table is busy where another program holds all of ChangeLog', async () => {
    const holder = await shop.connect();
    await holder.exec('BEGIN TRANSACTION; SELECT TOP (1) LogID FROM dbo.ChangeLog WITH (TABLOCKX, HOLDLOCK);');
    await assert.rejects(shop.database.changeLog.readPage(null, 100, never), { code: 'sql-busy', remedy: 'retry' });
    await holder.exec('ROLLBACK');
    assert.equal((await shop.database.changeLog.readPage(null, 100, never)).writer, true);
  });

  it('leaves everything as it is when an acknowledgement is aborted before it starts', async () => {
    await shop.exec(insert('a'));
    const { changes } = await shop.database.changeLog.readPage(null, 100, never);
    const stopped = AbortSignal.abort(new Error('enough'));
    await assert.rejects(shop.database.changeLog.acknowledge([changes[0]!.logId], stopped), /enough/);
    assert.deepEqual(await shop.database.changeLog.count(never), { ...nothing, pending: 1, inserts: 1 });
  });
});

describe('ChangeLog of a shop that someone has altered', () => {
  let shop: ConfiguredShop;

  beforeEach(async () => {
    shop = await startConfiguredShop();
  });

  afterEach(() => shop.close());

  it('tells that a trigger was disabled, and still gives what is pending', async () => {
    await shop.exec(insert('a'));
    await shop.exec('DISABLE TRIGGER dbo.trgAfterUpdate ON dbo.Products');
    const page = await shop.database.changeLog.readPage(null, 100, never);
    assert.deepEqual(
      page.captureProblems?.map(({ kind }) => kind),
      ['trigger disabled'],
    );
    assert.deepEqual(kinds(page.changes), ['INSERT a']);
  });

  it('says that the shop is not configured where ChangeLog is gone', async () => {
    await shop.exec(
      'DROP TRIGGER dbo.trgAfterInsert; DROP TRIGGER dbo.trgAfterUpdate; DROP TRIGGER dbo.trgAfterDelete; DROP TABLE dbo.ChangeLog;',
    );
    await assert.rejects(shop.database.changeLog.readPage(null, 100, never), {
      code: 'not-configured',
      remedy: 'configure',
    });
    await assert.rejects(shop.database.changeLog.count(never), { code: 'not-configured' });
  });

  it('has changes of products without a key', async () => {
    await shop.exec('ALTER TABLE dbo.Products DROP CONSTRAINT PK_Products');
    await shop.exec('ALTER TABLE dbo.Products ALTER COLUMN ProductID VARCHAR(25) NULL');
    await shop.exec("INSERT INTO dbo.Products (ProductName, SellPrice) VALUES (N'No key', 1)");
    await shop.exec('DELETE FROM dbo.Products WHERE ProductID IS NULL');
    const page = await shop.database.changeLog.readPage(null, 100, never);
    assert.deepEqual(kinds(page.changes), ['INSERT null']);
    assert.deepEqual(kinds(page.deletes), ['DELETE null']);
  });
});

describe('ChangeLog in a case-sensitive database', () => {
  let shop: ConfiguredShop;

  before(async () => {
    shop = await startConfiguredShop({ collation: 'Latin1_General_CS_AS' });
  });

  after(() => shop.close());

  it('tells keys apart by case', async () => {
    await shop.exec(insert('a') + insert('A'));
    await shop.exec("DELETE FROM dbo.Products WHERE ProductID = 'a'");
    const page = await shop.database.changeLog.readPage(null, 100, never);
    assert.deepEqual(kinds(page.changes), ['INSERT a', 'INSERT A']);
    assert.deepEqual(kinds(page.deletes), ['DELETE a']);
  });
});
