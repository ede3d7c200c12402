/** Product by product: is the catalogue what the product table is, and is ChangeLog what it must be? */
import type { ConnectionPool } from 'mssql';
import { compare } from '../../demo/scenario/compare';
import { sameKey } from './shop/stock';
import type { WatchCommand } from './watchProcess';
import { shopmaster } from './world';

export interface Keys {
  /** Every key that the shop's programs ever committed, to the letter. */
  readonly used: ReadonlySet<string>;
  /** Those of them that are not in the table now. */
  readonly gone: readonly string[];
}

export interface Verdict {
  readonly products: number;
  readonly lost: readonly string[];
  readonly stale: readonly string[];
  /** Catalogue entries under a key that the shop never had. */
  readonly strangers: readonly string[];
  /** Changes not acknowledged. */
  readonly pending: number;
  /** Products that ChangeLog shows as deleted. */
  readonly deletedShown: number;
  /** Deleted and not shown, or shown and not deleted. */
  readonly deletedWrong: readonly string[];
}

type Catalogue = Parameters<typeof compare>[1];

export async function judge(pool: ConnectionPool, catalogue: Catalogue, keys: Keys): Promise<Verdict> {
  const { products, missing, different } = await compare(pool, catalogue);
  const { recordsets } = await pool.request().batch<Record<string, unknown>>(`
    SELECT COUNT(*) AS pending FROM dbo.ChangeLog WHERE ChangeType <> N'DELETE';
    SELECT DISTINCT ProductID AS id FROM dbo.ChangeLog WHERE ChangeType = N'DELETE';`);
  const [counted, shown] = recordsets as unknown as [{ pending: number }[], { id: string }[]];
  const shownKeys = shown.map(({ id }) => id);
  const unseen = keys.gone.filter((key) => !shownKeys.some((other) => sameKey(key, other)));
  const wrongly = shownKeys.filter((key) => !keys.gone.some((other) => sameKey(key, other)));
  return {
    products,
    lost: missing,
    stale: different,
    strangers: [...catalogue.keys()].filter((key) => !keys.used.has(key)),
    pending: counted[0]?.pending ?? NaN,
    deletedShown: shownKeys.length,
    deletedWrong: [...unseen.map((key) => `${key} is not shown`), ...wrongly.map((key) => `${key} is shown`)],
  };
}

export function hasConverged({ lost, stale, pending }: Verdict): boolean {
  return lost.length === 0 && stale.length === 0 && pending === 0;
}

/** What the product's own check says after so many deaths of the process that writes what it compares with. */
export interface Verification {
  /** Products that it takes for different: it may, since a death can take what was confirmed last from the file. */
  readonly mistaken: string;
  /** Still so after they were sent once more: there must be none. */
  readonly mistakenAnew: number;
}

export async function verify(command: WatchCommand): Promise<Verification> {
  const { missing, different, gone } = await shopmaster(command, 'verify', '--queue');
  await shopmaster(command, 'sync');
  const mistaken = `${Number(missing)} missing, ${Number(different)} different, ${Number(gone)} gone`;
  return { mistaken, mistakenAnew: differencesIn(await shopmaster(command, 'verify')) };
}

function differencesIn(report: Readonly<Record<string, unknown>>): number {
  return Number(report['missing']) + Number(report['different']) + Number(report['gone']);
}
