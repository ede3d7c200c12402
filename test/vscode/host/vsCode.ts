/** A VS Code as a user has it before them: its server and a page of a headless Chromium on it. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { requireChromium } from './chromium';
import { startCodeServer, type CodeServer, type CodeServerOptions } from './codeServer';

export interface VsCodeOptions extends CodeServerOptions {
  /** CSS pixels; default 1280 × 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface VsCode extends Omit<CodeServer, 'stop'> {
  readonly browser: Browser;
  /** One user's: what is stored here (secrets, layout) is found again by every page of it. */
  readonly context: BrowserContext;
  /** Has the workbench open. */
  readonly page: Page;
  /** Closes the browser, ends the server, deletes the home. */
  stop(): Promise<void>;
}

export function launchChromium(): Promise<Browser> {
  // Whoever starts it decides what a signal does.
  return chromium.launch({
    executablePath: requireChromium(),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/**
 * Starts it and waits until the workbench is there and shows the extension's icon, if there is one to show; the extension itself may
 * still be starting.
 */
export async function startVsCode(options: VsCodeOptions = {}): Promise<VsCode> {
  const { viewport = { width: 1280, height: 800 }, ...serverOptions } = options;
  const server = await startCodeServer(serverOptions);
  let browser: Browser | null = null;
  const stop = async (): Promise<void> => {
    try {
      await browser?.close();
    } finally {
      await server.stop();
    }
  };
  try {
    browser = await launchChromium();
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    await page.goto(server.url);
    await page.locator('.monaco-workbench .statusbar').waitFor();
    // Until then its commands are not in the palette either.
    if (options.vsix !== undefined || options.developmentPath !== undefined)
      await page.locator('.activitybar').getByRole('tab', { name: 'shopMaster' }).waitFor();
    return { ...server, browser, context, page, stop };
  } catch (failure) {
    await stop();
    throw failure;
  }
}
