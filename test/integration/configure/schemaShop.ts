/** A shop's database, and Configure, Remove and the look at the triggers as the engine runs them there. */
import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import type { CaptureProblem } from '../../../src/sync/model';
import type { Clock } from '../../../src/sync/ports';
import { captureHealthSql, captureProblems } from '../../../src/sync/sqlserver/captureHealth';
import { configure, type ConfigureOptions, planConfigure } from '../../../src/sync/sqlserver/configure';
import type { ConfigurePlan } from '../../../src/sync/sqlserver/configurePlan';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { readProductTable } from '../../../src/sync/sqlserver/productTableInfo';
import { remove, type RemoveReport } from '../../../src/sync/sqlserver/remove';
import { failingInSentences } from '../../../src/sync/sqlserver/statementFailure';
import type { SqlRunner } from '../../../src/sync/sqlserver/statements';
import { requireTableName } from '../../../src/sync/sqlserver/tableName';
import { systemClock } from '../../../src/sync/systemClock';
import { startShop, type ShopOptions, type TestShop } from '../shop';

export const never = new AbortController().signal;

const noLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface SchemaShop extends TestShop {
  readonly runner: SqlRunner;
  plan(table?: string, options?: ConfigureOptions): Promise<ConfigurePlan>;
  configure(table?: string, options?: ConfigureOptions, clock?: Clock): Promise<ConfigurePlan>;
  remove(dropLog?: boolean): Promise<RemoveReport>;
  health(runner?: SqlRunner): Promise<readonly CaptureProblem[]>;
  /** ChangeLog as `INSERT 4711`, in LogID order. */
  logged(changeLog?: string): Promise<readonly string[]>;
  /** The engine's connection as another login has it, for as long as `work` takes. */
  as(username: string, password: string, work: (runner: SqlRunner) => Promise<void>): Promise<void>;
}

export async function startSchemaShop(options: ShopOptions = {}): Promise<SchemaShop> {
  const shop = await startShop(options);
  const connectionOf = (username: string, password: string) =>
    new SqlServerConnection({ ...shop.settings, username }, password, 'reader', noLog);
  const own = connectionOf(shop.settings.username, shop.password);
  const runner = failingInSentences(own, shop.settings.server);
  const named = (table: string | undefined) => requireTableName(table ?? shop.settings.table);
  return {
    ...shop,
    runner,
    async as(username, password, work) {
      const connection = connectionOf(username, password);
      try {
        await work(failingInSentences(connection, shop.settings.server));
      } finally {
        await connection.close();
      }
    },
    plan: (table, wanted = {}) => planConfigure(runner, named(table), wanted, never),
    configure: (table, wanted = {}, clock = systemClock) => configure(runner, clock, named(table), wanted, never),
    remove: (dropLog = false) => remove(runner, systemClock, named(undefined), { dropLog }, never),
    async health(by = runner) {
      const table = await readProductTable(runner, named(undefined), never);
      return captureProblems(table, await by.batch(captureHealthSql(table), never));
    },
    async logged(changeLog = 'dbo.ChangeLog') {
      const rows = await shop.query<{ entry: string }>(
        `SELECT ChangeType + N' ' + COALESCE(ProductID, N'NULL') AS entry FROM ${changeLog} ORDER BY LogID`,
      );
      return rows.map(({ entry }) => entry);
    },
    async close() {
      await own.close();
      await shop.close();
    },
  };
}

/** Runs a test on a shop of its own. */
export function onShop(options: ShopOptions, test: (shop: SchemaShop) => Promise<void>): () => Promise<void> {
  return async () => {
    const shop = await startSchemaShop(options);
    try {
      await test(shop);
    } finally {
      await shop.close();
    }
  };
}

/** The ShopError that `work` rejects with. */
export async function refusal(work: Promise<unknown>): Promise<ShopError> {
  try {
    await work;
  } catch (caught) {
    if (caught instanceof ShopError) return caught;
    throw caught;
  }
  throw new assert.AssertionError({ message: 'It was not refused.' });
}

/** The number of the SQL Server error that `work` rejects with. */
export async function errorNumber(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (caught) {
    return (caught as { readonly number?: unknown }).number;
  }
  return undefined;
}

/** The desktop program's ChangeLog and triggers, faults included (PRODUCT.md). */
export const desktopCapture: readonly string[] = [
  `CREATE TABLE dbo.ChangeLog (
  LogID INT IDENTITY(1,1) PRIMARY KEY,
  ChangeType NVARCHAR(10),
  ProductID VARCHAR(25),
  ProductName VARCHAR(75),
  SellPrice NUMERIC(18,2),
  QrCode VARCHAR(100),
  Status INT,
  ChangeDateTime DATETIME DEFAULT GETDATE()
)`,
  ...(['Insert', 'Update', 'Delete'] as const).map((event) => {
    const rows = event === 'Delete' ? 'deleted' : 'inserted';
    return `CREATE TRIGGER dbo.trgAfter${event} ON dbo.Products AFTER ${event.toUpperCase()} AS
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ChangeLog WHERE ProductID IN (SELECT ProductID FROM ${rows}))
    INSERT INTO ChangeLog (ChangeType, ProductID, ProductName, SellPrice, QrCode, Status)
    SELECT '${event.toUpperCase()}', ProductID, ProductName, SellPrice, QrCode, Status FROM ${rows};
END`;
  }),
];
