import type { FrameLocator, Locator, Page } from 'playwright-core';

/** A window of VS Code as a user works in it: by what it shows and by the keyboard. */
export class Workbench {
  constructor(readonly page: Page) {}

  /** Resolves when the workbench is there and shopMaster has something to say in the status bar. */
  async ready(): Promise<void> {
    await this.statusBarItem.waitFor();
  }

  /** Chooses a command in the Command Palette by its whole name: `shopMaster: Sync Now`. */
  async run(command: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input.input').fill(`>${command}`);
    await this.quickPick
      .filter({ has: this.page.getByText(command, { exact: true }) })
      .first()
      .click();
  }

  /** The entries of an open Command Palette, or of another list to pick from. */
  get quickPick(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  get statusBarItem(): Locator {
    return this.page.locator('[id="shopmaster.shopmaster.shopmaster.status"]');
  }

  /** Resolves when the item in the status bar says it. */
  async statusBarSays(text: string | RegExp): Promise<void> {
    await this.statusBarItem.filter({ hasText: text }).waitFor();
  }

  get activityBarIcon(): Locator {
    return this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator('[aria-label^="shopMaster" i]') });
  }

  /** The number at the icon in the activity bar. */
  get badge(): Locator {
    return this.activityBarIcon.locator('.badge-content');
  }

  /** Shows shopMaster's views in the sidebar. */
  async openSidebar(): Promise<void> {
    if (await this.view('Pending Changes').isVisible()) return;
    await this.activityBarIcon.click();
    await this.view('Pending Changes').waitFor();
    await this.restMouse();
  }

  /** Puts the mouse where there is nothing to point at. */
  async restMouse(): Promise<void> {
    await this.page.mouse.move(0, 0);
  }

  /** A view of the sidebar by its title. */
  view(title: string): Locator {
    return this.page
      .locator('.sidebar .pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${title}"]`) });
  }

  /** Opens or closes a view of the sidebar. */
  async clickTitle(title: string): Promise<void> {
    await this.view(title).locator('.pane-header .title').click();
  }

  /** What a view shows where its tree is empty. */
  welcome(title: string): Locator {
    return this.view(title).getByRole('region', { name: 'Welcome' });
  }

  /** The lines of a view's tree that are to be seen. */
  lines(title: string): Locator {
    return this.view(title).locator('.monaco-list-row');
  }

  /** A button of a line, which is there while the mouse is over it. */
  async clickOnLine(title: string, text: string, action: string): Promise<void> {
    const line = this.lines(title).filter({ hasText: text });
    await line.hover();
    await line.getByRole('button', { name: action }).click();
  }

  /** The webview of shopMaster that is to be seen. */
  get webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready[src*="extensionId=shopmaster.shopmaster"]')
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** Notifications that pop up. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
  }

  async closeNotifications(): Promise<void> {
    await this.run('Notifications: Clear All Notifications');
  }

  /** A dialog that everything else waits for. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  /** The text of the editor that is open, as far as it is to be seen. */
  get editor(): Locator {
    return this.page.locator('.editor-group-container.active .view-lines');
  }
}
