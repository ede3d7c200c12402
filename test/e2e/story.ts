import { photograph } from './pictures';
import type { ShopInVsCode } from './shopInVsCode';

/** Tests that tell one story: each goes on where the one before it ended, so the first failure ends it, with a picture. */
export function tellStory(shop: () => ShopInVsCode): void {
  afterEach('the story goes on', async function () {
    const { currentTest } = this;
    if (currentTest?.state !== 'failed') return;
    const name = currentTest.fullTitle().replaceAll(/\W+/g, '-');
    for (const [index, page] of shop().workbench.page.context().pages().entries())
      await photograph(page, `failed-${name}-${index + 1}`);
    throw new Error('What follows builds on it.');
  });
}
