import type { CurrentShop } from './currentShop';
import { forgetTogether, orPutBack } from './settings/saveTogether';
import type { ShopSecrets } from './settings/shopSecrets';
import { forgetTable } from './settings/shopSettings';
import { ofSqlServerAlone, withShopAside } from './shopAside';
import type { Log } from './sync/ports';
import type { Settings } from './sync/settings';
import type { RemoveOptions, RemoveReport } from './sync/sqlserver/remove';

/** Takes shopMaster out of a shop's database, and out of this computer. */
export class ShopRemoval {
  constructor(
    private readonly currentShop: CurrentShop,
    private readonly secrets: ShopSecrets,
    private readonly log: Log,
  ) {}

  /** How many pending changes would never be sent. Rejects with a ShopError. */
  async countPending(signal: AbortSignal): Promise<number> {
    const shop = await this.currentShop.shop();
    return (await shop.lookAtCapture(signal)).counts.pending;
  }

  /**
   * Ends what runs between two requests, and removes triggers and perhaps ChangeLog. The settings name no product table then, so that in
   * no window anything starts by itself before Configure. Rejects with a ShopError; then things go on as before.
   */
  async remove(settings: Settings, options: RemoveOptions, signal: AbortSignal): Promise<RemoveReport> {
    const { currentShop } = this;
    // Where a password is missing it is said here.
    await currentShop.shop();
    const wasScheduled = currentShop.condition.kind === 'ready' && currentShop.condition.engine.scheduled;
    const stopped = currentShop.stop();
    try {
      const report = await currentShop.apart((closing) =>
        this.removeApart(settings, options, AbortSignal.any([signal, closing])),
      );
      await stopped;
      return report;
    } catch (failure) {
      await stopped;
      if (wasScheduled) await currentShop.start();
      throw failure;
    }
  }

  /** T-SQL that removes it without shopMaster; connects to nothing. */
  script(settings: Settings, options: RemoveOptions): Promise<string> {
    const noSecrets = { digiblePassword: '', sqlPassword: '' };
    return withShopAside(ofSqlServerAlone(settings), noSecrets, this.log, (shop) =>
      Promise.resolve(shop.removeScript(options)),
    );
  }

  /** Forgets every setting and both passwords. Rejects with a ShopError; then nothing is forgotten. */
  forget(): Promise<void> {
    return this.currentShop.apart(() => forgetTogether(this.secrets));
  }

  private async removeApart(settings: Settings, options: RemoveOptions, signal: AbortSignal): Promise<RemoveReport> {
    const secrets = await this.secrets.read();
    return orPutBack(await forgetTable(), this.log, () =>
      withShopAside(ofSqlServerAlone(settings), secrets, this.log, (shop) => shop.remove(options, signal)),
    );
  }
}
