import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, manifest } from './support';

describe('activation', () => {
  it('happens by itself, and gives the parts', async () => {
    const { currentShop } = await activated();
    await currentShop.settled();
    assert.deepEqual(currentShop.condition, { kind: 'not configured' });
  });

  it('registers every command of package.json, and no other', async () => {
    await activated();
    const registered = (await vscode.commands.getCommands(true)).filter((id) => /^shopmaster\.\w+$/.test(id));
    // The views have commands that VS Code registers.
    const ours = registered.filter((id) => !/^shopmaster\.(pendingChanges|history)$/.test(id));
    assert.deepEqual(
      ours.sort(),
      manifest()
        .contributes.commands.map(({ command }) => command)
        .sort(),
    );
  });

  it('loads neither the engine nor the drivers of SQL Server and HTTP where nothing is configured', async () => {
    const { currentShop } = await activated();
    await currentShop.settled();
    const loaded = Object.keys(require.cache).map((name) => name.replaceAll('\\', '/'));
    assert.ok(
      loaded.some((name) => name.endsWith('dist/extension.js')),
      'The modules of the extension are not seen here.',
    );
    assert.deepEqual(
      loaded.filter((name) => /\/dist\/(packages\/|parts\/shop-)/.test(name)),
      [],
    );
  });
});
