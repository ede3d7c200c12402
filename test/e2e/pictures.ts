/** Pictures of what the tests see, for people to look at: test/e2e/out. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { until } from './waiting';

const folder = path.join(__dirname, 'out');

/** What a browser tells of its user's wishes, and the class that the workbench has then, and a webview's page. */
const themes = {
  dark: { colorScheme: 'dark', contrast: 'no-preference', workbench: 'vs-dark', webview: 'vscode-dark' },
  contrast: { colorScheme: 'dark', contrast: 'more', workbench: 'hc-black', webview: 'vscode-high-contrast' },
  light: { colorScheme: 'light', contrast: 'no-preference', workbench: 'vs', webview: 'vscode-light' },
} as const;

/** With this the workbench's theme follows what the browser tells. */
export const themeSettings = { 'window.autoDetectColorScheme': true };

/**
 * The browser can tell of a wish for more contrast. VS Code listens for forced colours instead, which would make the browser paint
 * everything by itself.
 */
export async function obeyContrast(context: BrowserContext): Promise<void> {
  await context.addInitScript(`
    const original = window.matchMedia.bind(window);
    window.matchMedia = (query) => original(query.replace('(forced-colors: active)', '(prefers-contrast: more)'));
  `);
}

export async function photograph(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
}

/**
 * One picture in each theme; the window is light afterwards, as it was before.
 * @param arrange brings about what does not outlive a change of the theme
 */
export async function photographThemes(page: Page, name: string, arrange?: () => Promise<void>): Promise<void> {
  for (const theme of ['dark', 'contrast', 'light'] as const) {
    const { colorScheme, contrast, workbench, webview } = themes[theme];
    await page.emulateMedia({ colorScheme, contrast });
    await page.locator(`.monaco-workbench.${workbench}`).waitFor();
    await until('every webview has the theme', async () => {
      const kinds = await Promise.all(
        page.frames().map((frame) => frame.evaluate('document.body?.dataset.vscodeThemeKind')),
      );
      return kinds.every((kind) => kind === undefined || kind === webview);
    });
    await arrange?.();
    await photograph(page, `${name}-${theme}`);
  }
}
