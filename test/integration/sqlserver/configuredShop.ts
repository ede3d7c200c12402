import type { Log, ShopDatabase } from '../../../src/sync/ports';
import { configure } from '../../../src/sync/sqlserver/configure';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { openShopDatabase } from '../../../src/sync/sqlserver/shopDatabase';
import { requireTableName } from '../../../src/sync/sqlserver/tableName';
import { systemClock } from '../../../src/sync/systemClock';
import { startShop, type ShopOptions, type TestShop } from '../shop';

export const never = new AbortController().signal;

export const noLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A shop with ChangeLog and triggers, and the engine's way into it. */
export interface ConfiguredShop extends TestShop {
  readonly database: ShopDatabase;
  /** The same shop as another window or PC has it; closed along with the shop. */
  openAnother(): ShopDatabase;
}

export async function startConfiguredShop(options: ShopOptions = {}): Promise<ConfiguredShop> {
  const shop = await startShop(options);
  const opened: ShopDatabase[] = [];
  const openAnother = () => {
    const database = openShopDatabase(shop.settings, shop.password, { clock: systemClock, log: noLog });
    opened.push(database);
    return database;
  };
  const close = async () => {
    for (const database of opened) await database.close();
    await shop.close();
  };
  const connection = new SqlServerConnection(shop.settings, shop.password, 'reader', noLog);
  try {
    await configure(connection, systemClock, requireTableName(shop.settings.table), {}, never);
    return { ...shop, database: openAnother(), openAnother, close };
  } catch (failure) {
    await close();
    throw failure;
  } finally {
    await connection.close();
  }
}
