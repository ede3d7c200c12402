import type { ShopSecrets } from './shopSecrets';

/** Import Settings from the Desktop Program: reads its `.env`, shows what it found, stores it, offers to delete the file. */
export class DesktopImport {
  constructor(readonly secrets: ShopSecrets) {}

  /** True when something was imported. */
  run(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
