/** A shop beside the one in use: for settings that are only being tried, or not in use yet. */
import { nullStore } from './sync/nullStore';
import type { Log } from './sync/ports';
import type { Secrets, Settings } from './sync/settings';
import type { Shop } from './sync/shop';

/** Opens a shop that remembers nothing, works with it, and closes it. */
export async function withShopAside<T>(
  settings: Settings,
  secrets: Secrets,
  log: Log,
  work: (shop: Shop) => Promise<T>,
): Promise<T> {
  const { openShop } = await import('./sync/shop');
  const shop = openShop({ settings, secrets, store: nullStore, log });
  try {
    return await work(shop);
  } finally {
    await shop.close();
  }
}

/** The same with nothing of Digible's, so that a slip there can't keep SQL Server from being looked at. */
export function ofSqlServerAlone(settings: Settings): Settings {
  return { ...settings, digible: { baseUrl: 'https://localhost', email: '' } };
}
