import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering } from './answers';
import { configuredShop, unconfigure, until, world } from './support';

interface Shown {
  readonly summary: string;
  readonly requests: readonly {
    readonly method: string;
    readonly url: string;
    readonly headers: object;
    readonly body: unknown;
  }[];
  readonly heldBack?: readonly { readonly productId: string; readonly reason: string }[];
}

describe('Preview Next Sync', () => {
  const run = (): Thenable<unknown> => vscode.commands.executeCommand('shopmaster.previewNextSync');
  const document = (): vscode.TextDocument | undefined =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'shopmaster-preview');

  const previewTabs = (): readonly vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === 'shopmaster-preview');

  async function shows(summary: string): Promise<Shown> {
    return until(() => {
      const shown = JSON.parse(document()?.getText() ?? '{}') as Partial<Shown>;
      return shown.summary === summary ? (shown as Shown) : null;
    }, `the preview says “${summary}”`);
  }

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await world.heal();
    await unconfigure();
  });

  it('is a read-only JSON document with the requests, which are not sent', async () => {
    const shop = await configuredShop();
    await shop.query("UPDATE dbo.Products SET SellPrice = 7.77 WHERE ProductID = 'P000001'");
    await run();
    const { requests } = await shows('The next sync would send 1 request.');
    const [request] = requests;
    assert.equal(request?.method, 'PUT');
    assert.equal(request.url, `${shop.digible.baseUrl}/v1/business/stores/product/external/update`);
    assert.deepEqual(Object.entries(request.headers).find(([name]) => name === 'x-access-token')?.[1], '<token>');
    assert.equal((request.body as { readonly productPrice: string }).productPrice, '7.77');
    assert.equal(document()?.languageId, 'json');
    assert.equal(vscode.workspace.fs.isWritableFileSystem('shopmaster-preview'), undefined);
    assert.deepEqual(await shop.catalogue(), []);
    const [{ pending } = { pending: 0 }] = await shop.query('SELECT COUNT(*) AS pending FROM dbo.ChangeLog');
    assert.equal(pending, 1);
  });

  it('looks anew when it is asked again, in the same tab', async () => {
    const shop = await configuredShop();
    await run();
    await shows('The next sync would send nothing: nothing is pending.');
    await shop.query("UPDATE dbo.Products SET ProductName = '' WHERE ProductID = 'P000002'");
    await run();
    const { heldBack } = await shows('The next sync would send nothing: what is pending is held back.');
    assert.equal(heldBack?.[0]?.productId, 'P000002');
    assert.equal(previewTabs().length, 1);
  });

  it('shows why it can’t look', async () => {
    await configuredShop();
    await world.stopSqlServer();
    const asked = answering();
    await run();
    assert.deepEqual(
      asked.map(({ kind, choices }) => [kind, choices]),
      [['error', ['Preview Next Sync']]],
    );
    assert.deepEqual(previewTabs(), []);
  });
});
