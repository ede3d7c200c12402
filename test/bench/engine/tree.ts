/** The tree of pending changes as VS Code drives it, without VS Code: the same rows, nodes and texts. */
import { performance } from 'node:perf_hooks';
import type { L10n } from '../../../src/l10n';
import { nullLog } from './nullLog';
import type { Shop } from '../../../src/sync/shop';
import { systemClock } from '../../../src/sync/systemClock';
import { ChangeNodes, type ChangeNode } from '../../../src/views/pendingChanges/changeNodes';
import { PendingChanges } from '../../../src/views/pendingChanges/pendingChanges';

export interface TreeTimes {
  /** From the first look to the texts of the first page's rows, in milliseconds. */
  readonly firstRowsMs: number;
  /** The slowest of the further pages, in milliseconds; 0 without one. */
  readonly slowestPageMs: number;
  /** Rows that were there at the end. */
  readonly rows: number;
}

const english: L10n = {
  t: (message, ...values) => message.replace(/\{(\d+)\}/g, (_place, at: string) => String(values[Number(at)])),
};

/** Opens the tree and the group of new products, then scrolls down `pages` times. */
export async function openTree(shop: Shop, pages: number): Promise<TreeTimes> {
  const nodes = new ChangeNodes(english);
  const changes: PendingChanges = new PendingChanges({
    openShop: () => Promise.resolve(shop),
    clock: systemClock,
    log: nullLog,
    changed: () => void nodes.update(changes, shop.master.state.captureProblems, systemClock.now()),
  });
  const show = (shown: readonly ChangeNode[]): void => {
    for (const node of shown) nodes.textOf(node, systemClock.now());
  };
  const rowsShown = (): readonly ChangeNode[] => {
    const group = nodes.childrenOf(undefined).find(({ id }) => id === 'group.new');
    return group === undefined ? [] : nodes.childrenOf(group);
  };

  const started = performance.now();
  await changes.look(false);
  show(nodes.childrenOf(undefined));
  await changes.open('new');
  show(rowsShown());
  const firstRowsMs = performance.now() - started;
  if (changes.failure !== null) throw changes.failure;

  let slowestPageMs = 0;
  for (let page = 0; page < pages; page++) {
    const before = performance.now();
    await changes.showMore('new');
    show(rowsShown());
    slowestPageMs = Math.max(slowestPageMs, performance.now() - before);
  }
  return { firstRowsMs, slowestPageMs, rows: changes.rows('new').length };
}
