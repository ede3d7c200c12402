import assert from 'node:assert/strict';
import { tokenize } from '../../../demo/sqlserver/engine/lexer';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { never, onShop, type SyncedShop } from '../acceptance/syncedShop';

/** Stands in every name and text that is hostile, and nowhere else. */
const mark = 'evil';
const schema = `shop]';--${mark}`;
const table = `x]; DROP TABLE dbo.Till;--'"/*${mark}`;
const qualified = `[${schema.replaceAll(']', ']]')}].[${table.replaceAll(']', ']]')}]`;
const sqlText = (text: string): string => `N'${text.replaceAll("'", "''")}'`;
const keys = [`'); DROP TABLE dbo.Till;--${mark}`, `${mark}\\\nx`, `${mark}" ]]'`, `${mark}＇ OR 1=1`];

/** Where a hostile text stands otherwise than within one literal or one name; T-SQL within a literal is looked into as well. */
function escaped(sql: string): string[] {
  return tokenize(sql, { quotedIdentifier: true }).flatMap(({ kind, text, value }) => {
    if (kind === 'nstring' && /^\s*(CREATE|ALTER|EXEC|INSERT|DROP|SET|SELECT)\s/.test(value)) return escaped(value);
    return ['nstring', 'name', 'end'].includes(kind) || !text.includes(mark) ? [] : [`${kind} ${text}`];
  });
}

/** Every batch that is sent while the work goes on. */
async function batchesOf(work: () => Promise<void>): Promise<string[]> {
  const { prototype } = SqlServerConnection;
  const own = Object.getOwnPropertyDescriptor(prototype, 'batch')!;
  const sent: string[] = [];
  prototype.batch = function (sql, signal) {
    sent.push(sql);
    return (own.value as SqlServerConnection['batch']).call(this, sql, signal);
  };
  try {
    await work();
  } finally {
    Object.defineProperty(prototype, 'batch', own);
  }
  return sent;
}

async function everything(shop: SyncedShop): Promise<void> {
  const { shop: own } = shop;
  const { changeLog } = own.database;
  await own.planConfigure({}, never);
  await shop.configure();
  await shop.till.exec(`INSERT INTO ${qualified} (ProductID, ProductName, SellPrice) VALUES
    ${keys.map((key, index) => `(${sqlText(key)}, ${sqlText(`${mark}'] name`)}, ${index + 1})`).join(', ')}`);
  await own.preview(never);
  await own.listTables(never);
  await changeLog.list({ types: ['INSERT'], keys }, null, 10, never);
  assert.equal((await shop.sync()).inserted, keys.length);
  await shop.upload();
  await shop.till.exec(`UPDATE ${qualified} SET SellPrice = SellPrice + 1`);
  assert.equal((await shop.sync()).updated, keys.length);
  await shop.till.exec(`DELETE FROM ${qualified} WHERE ProductID = ${sqlText(keys[0]!)}`);
  await shop.sync();
  const [seen] = await changeLog.list({ types: ['DELETE'] }, null, 1, never);
  await own.master.dismissDeleted({ through: seen?.logId ?? '0', keys });
  await own.lookAtCapture(never);
  await shop.till.exec(`UPDATE ${qualified} SET SellPrice = SellPrice + 1`);
  const pending = await changeLog.list({ types: ['UPDATE'], keys }, null, 10, never);
  assert.equal(pending.length, keys.length - 1);
  await own.master.discard(pending.map(({ logId }) => logId));
  await own.master.verify({ queue: true });
  await own.remove({ dropLog: true }, never);
}

describe('Hostile names and keys', () => {
  it(
    'of schema, table and products stay names and texts in every statement of a whole life',
    onShop(
      {
        table: `CREATE TABLE dbo.Till (A INT);
          EXEC(N'CREATE SCHEMA [${schema.replaceAll(']', ']]').replaceAll("'", "''")}]');
          CREATE TABLE ${qualified} (ProductID NVARCHAR(100) NOT NULL PRIMARY KEY, ProductName NVARCHAR(75) NULL,
            SellPrice NUMERIC(18,2) NULL, QrCode VARCHAR(100) NULL, Status INT NULL)`,
        tableName: qualified,
      },
      async (shop) => {
        const sent = await batchesOf(() => everything(shop));
        assert.ok(sent.length > 20);
        assert.ok(sent.filter((sql) => sql.includes(mark)).length > 15, 'the names are in the statements');
        assert.deepEqual(sent.flatMap(escaped), []);
        assert.deepEqual(await shop.till.query("SELECT name FROM sys.tables WHERE name = N'Till'"), [{ name: 'Till' }]);
        assert.deepEqual(escaped(shop.shop.removeScript({ dropLog: true })), []);
      },
    ),
  );

  it('are noticed where they escape', () => {
    assert.notDeepEqual(escaped(`SELECT ${mark} FROM x`), []);
    assert.notDeepEqual(escaped(`SELECT 'VARCHAR, ${mark}'`), []);
    assert.notDeepEqual(escaped(`EXEC (N'CREATE TABLE ${mark} (A INT)')`), []);
    assert.deepEqual(escaped(`SELECT N'${mark}', [${mark}] FROM x; EXEC (N'CREATE TABLE [${mark}] (A INT)')`), []);
  });
});
