import { ShopError } from '../../sync/errors';
import type { LogId } from '../../sync/model';
import type { ChangeLog } from '../../sync/ports';
import type { ShopMaster } from '../../sync/shopMaster';
import type { L10n } from '../../l10n';
import type { ChangeRow, DeletedRow, RejectedRow } from './changeGroups';
import { discardQuestion, dismissQuestion, type Question } from './changeQuestions';

/** What of a shop is decided on. */
export interface ShopToDecideOn {
  readonly master: Pick<ShopMaster, 'discard' | 'discardRejected' | 'dismissDeleted'>;
  readonly database: { readonly changeLog: Pick<ChangeLog, 'newestDeleted'> };
}

export interface DecisionParts {
  /** The shop in use; rejects with a ShopError where there is none. */
  readonly openShop: () => Promise<ShopToDecideOn>;
  /** Tells the shop in use from others; opened anew, it stays the same. Null where there is none. */
  readonly shopId: () => string | null;
  /** True where the answer is yes. */
  readonly confirm: (question: Question) => Promise<boolean>;
  readonly tell: (message: string) => void;
  /** Looks at ChangeLog: rows are others now, also where the counts are the same or the products are not counted, having no ProductID. */
  readonly lookAgain: () => Promise<void>;
  readonly l10n: L10n;
}

/**
 * What a person decides about the rows of Pending Changes. The shop may be closed and opened anew at any time, also while a question is
 * there; the answer holds for what was there when it was asked. Methods reject with a ShopError.
 */
export class ChangeDecisions {
  constructor(private readonly parts: DecisionParts) {}

  /** The changes of these rows are never sent. Asks. */
  async discard(rows: readonly (ChangeRow | RejectedRow)[]): Promise<void> {
    const { openShop, shopId, confirm, l10n } = this.parts;
    if (rows.length === 0) return;
    const askedOf = shopId();
    await openShop();
    if (!(await confirm(discardQuestion(rows, l10n)))) return;
    const logIds = rows.flatMap((row) => (row.kind === 'rejected' ? [] : [row.change.logId]));
    const productIds = rows.flatMap((row) => (row.kind === 'rejected' ? [row.product.productId] : []));
    await this.carryOut(askedOf, async ({ master }) => {
      if (logIds.length > 0) await master.discard(logIds);
      if (productIds.length > 0) await master.discardRejected(productIds);
    });
  }

  /** These products are not shown any more, however often each was deleted until now. */
  async dismiss(rows: readonly DeletedRow[]): Promise<void> {
    const keys = rows.flatMap(({ change }) => (change.key === null ? [] : [change.key]));
    // Which DELETEs are of the same product, nothing tells of products without a ProductID.
    const withoutKey = rows.flatMap(({ change }) => (change.key === null ? [change.logId] : []));
    await this.carryOut(this.parts.shopId(), async ({ master, database }) => {
      if (withoutKey.length > 0) await master.discard(withoutKey);
      const through = keys.length === 0 ? null : await newestDeleted(database);
      if (through !== null) await master.dismissDeleted({ through, keys });
    });
  }

  /** No product that was deleted until now is shown any more. Asks. */
  async dismissAll(): Promise<void> {
    const { openShop, shopId, confirm, tell, l10n } = this.parts;
    const { database } = await openShop();
    const askedOf = shopId();
    const through = await newestDeleted(database);
    if (through === null) tell(l10n.t('There are no deleted products to dismiss.'));
    else if (await confirm(dismissQuestion(l10n)))
      await this.carryOut(askedOf, ({ master }) => master.dismissDeleted({ through }));
  }

  /** Begins again where the shop is closed meanwhile to be opened anew; `work` done twice does no harm. */
  private async carryOut(askedOf: string | null, work: (shop: ShopToDecideOn) => Promise<void>): Promise<void> {
    const { openShop, shopId, tell, lookAgain, l10n } = this.parts;
    for (;;) {
      const shop = await openShop();
      if (shopId() !== askedOf) {
        // LogIDs and ProductIDs mean something else there.
        tell(l10n.t('The settings name another shop by now, so nothing was deleted.'));
        return;
      }
      try {
        await work(shop);
        await lookAgain();
        return;
      } catch (caught) {
        const isClosed = caught instanceof ShopError && caught.code === 'cancelled';
        if (!isClosed || shop === (await openShop())) throw caught;
      }
    }
  }
}

function newestDeleted({ changeLog }: ShopToDecideOn['database']): Promise<LogId | null> {
  return changeLog.newestDeleted(new AbortController().signal);
}
