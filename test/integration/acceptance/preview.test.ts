import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PreviewedRequest } from '../../../src/sync/preview';
import { insertProducts, never, onShop, productId } from './syncedShop';

interface Passage {
  readonly baseUrl: string;
  /** What went by, as a preview writes it; sign-ins apart. */
  readonly seen: readonly PreviewedRequest[];
  close(): Promise<void>;
}

/** Between shopMaster and Digible: hands on every request, and keeps what it was. */
async function passageTo(digible: string): Promise<Passage> {
  const seen: PreviewedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks).toString('utf8');
      const sent = Object.fromEntries(
        ['content-type', 'accept', 'x-access-token'].flatMap((name) =>
          headers[name] === undefined ? [] : [[name, String(headers[name])]],
        ),
      );
      if (sent['x-access-token'] !== undefined)
        seen.push({
          method,
          url: baseUrl + url,
          headers: { ...sent, 'x-access-token': '<token>' },
          body: JSON.parse(body) as unknown,
        });
      fetch(digible + url, { method, headers: sent, body })
        .then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
          response.end(await answer.text());
        })
        .catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { baseUrl, seen, close };
}

const inOrder = (requests: readonly PreviewedRequest[]) => requests.map((request) => JSON.stringify(request)).sort();

describe('a preview of the next sync', () => {
  it(
    'is what the next sync sends, to the byte, and changes nothing',
    onShop({}, async (shop) => {
      await shop.till.exec(insertProducts(1, 20));
      await shop.configure();
      await shop.upload();
      await shop.till.exec(insertProducts(21, 500));
      await shop.till.exec(
        "UPDATE dbo.Products SET SellPrice = 12.5, ProductName = N'Käse 🧀' WHERE ProductID <= 'P0005'",
      );
      await shop.till.exec("DELETE FROM dbo.Products WHERE ProductID IN ('P0006', 'P0030')");
      const passage = await passageTo(shop.digible.baseUrl);
      try {
        const through = shop.open({ digible: { baseUrl: passage.baseUrl } });
        const before = await shop.contents();
        const preview = await through.preview(never);
        assert.deepEqual(await shop.contents(), before);
        assert.deepEqual(passage.seen, []);
        assert.deepEqual(preview.counts, { pending: 485, inserts: 480, updates: 5, deleted: 2 });
        assert.deepEqual([preview.more, preview.rejections, preview.captureProblems], [false, [], []]);

        await through.master.syncNow();
        assert.deepEqual(inOrder(passage.seen), inOrder(preview.requests));
        assert.equal(preview.requests.length, 8);
        assert.deepEqual((await through.preview(never)).requests, []);
        await shop.assertInStep({ gone: ['P0006'] });
      } finally {
        await passage.close();
      }
    }),
  );

  it(
    'says what is held back and why, also beside the window that syncs',
    onShop({}, async (shop) => {
      await shop.configure();
      await shop.till.exec(insertProducts(1, 3));
      shop.digible.faults.add({ kind: 'refused', productIds: [productId(2)], message: 'too sour' });
      shop.shop.master.start();
      await shop.sync();
      await shop.till.exec(insertProducts(4, 4));
      const second = shop.open();
      const { requests, rejections } = await second.preview(never);
      assert.equal(requests.length, 1);
      assert.deepEqual(rejections, [{ productId: 'P0002', productName: 'Product 2', reason: 'too sour' }]);
      assert.equal((await shop.sync()).inserted, 1, 'the first window is still the writer');
    }),
  );

  it(
    'is refused in a sentence where the shop is not configured',
    onShop({}, async (shop) => {
      await shop.refusedWithNothingDone(() => shop.shop.preview(never), 'not-configured', /ChangeLog/);
    }),
  );
});

describe('the tables that the user can choose from', () => {
  it(
    'are listed before the table is named',
    onShop({}, async (shop) => {
      const fresh = shop.open({ sqlServer: { table: '' } });
      assert.deepEqual(await fresh.listTables(never), [{ name: 'dbo.Products', missing: [] }]);
      const wrong = shop.open({ sqlPassword: 'wrong' });
      await shop.refused(wrong.listTables(never), 'sql-login-failed', /./);
    }),
  );
});
