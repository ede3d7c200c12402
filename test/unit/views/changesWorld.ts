import type { RejectedProduct } from '../../../src/sync/model';
import { idOf, type GroupKind } from '../../../src/views/pendingChanges/changeGroups';
import { PendingChanges, type ShopToLookAt } from '../../../src/views/pendingChanges/pendingChanges';
import { emptyState } from '../fakeStore';
import { MasterWorld } from '../masterWorld';

/** Pending changes over an engine over fakes. */
export class ChangesWorld extends MasterWorld {
  drawn = 0;
  opened: ShopToLookAt = { master: this.master, database: this.shop };
  readonly changes = new PendingChanges({
    openShop: () => Promise.resolve(this.opened),
    clock: this.clock,
    log: this.log,
    changed: () => void (this.drawn += 1),
  });

  async openAll(): Promise<void> {
    await this.changes.look(false);
    for (const kind of ['new', 'changed', 'rejected', 'deleted'] as const) await this.changes.open(kind);
  }

  ids(kind: GroupKind): readonly string[] {
    return this.changes.rows(kind).map(idOf);
  }

  totals(): readonly number[] {
    return (['new', 'changed', 'rejected', 'deleted'] as const).map((kind) => this.changes.total(kind));
  }

  reject(productId: string, lastLogId: string, reason = 'No such category.'): void {
    const product: RejectedProduct = {
      productId,
      productName: `Product ${productId}`,
      sellPrice: '1.00',
      reason,
      lastLogId,
      tries: 1,
      nextTryAt: this.clock.now() + 60_000,
    };
    const rejected = this.store.stored instanceof Error ? [] : this.store.stored.rejected;
    this.store.stored = { ...emptyState, rejected: [...rejected, product] };
  }

  /** Keys of products that were in the table before the triggers were. */
  stocked(...keys: readonly string[]): this {
    for (const key of keys) this.shop.place(key);
    return this;
  }
}
