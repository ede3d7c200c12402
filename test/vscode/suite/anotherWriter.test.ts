import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import { activated, configuredShop, type Shop, unconfigure, until } from './support';

const intervalSeconds = 5;

describe('another writer of the same shop', () => {
  let parts: ShopMasterExtension;
  let folder: string;
  let other: ChildProcess | null = null;

  before(async () => {
    parts = await activated();
    folder = await mkdtemp(path.join(tmpdir(), 'another-writer-'));
  });
  afterEach(async () => {
    if (other?.exitCode === null && other.signalCode === null) {
      const ended = once(other, 'close');
      other.kill('SIGKILL');
      await ended;
    }
    await unconfigure();
  });
  after(() => rm(folder, { recursive: true }));

  /** `shopmaster watch`, from when it has synced once. */
  async function startOther({ sqlServer: { password, ...sqlServer }, digible }: Shop): Promise<ChildProcess> {
    const config = path.join(folder, 'shopmaster.json');
    await writeFile(
      config,
      JSON.stringify({
        digible: { baseUrl: digible.baseUrl, email: digible.email },
        sqlServer: { ...sqlServer, trustServerCertificate: true },
        sync: { intervalSeconds },
      }),
    );
    const extension = vscode.extensions.getExtension('shopmaster.shopmaster');
    assert.ok(extension);
    const child = spawn(
      process.execPath,
      [path.join(extension.extensionPath, 'dist', 'cli.js'), 'watch', '--config', config],
      {
        env: {
          ...process.env,
          // VS Code's own executable is a Node as well.
          ELECTRON_RUN_AS_NODE: '1',
          SHOPMASTER_SQL_PASSWORD: password,
          SHOPMASTER_DIGIBLE_PASSWORD: digible.password,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    other = child;
    // Its first result.
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'close').then(() => assert.fail('It has ended before it had synced.')),
    ]);
    return child;
  }

  const phase = (): string => {
    const { condition } = parts.currentShop;
    return condition.kind === 'ready' ? condition.engine.phase : condition.kind;
  };

  it('is watched only, and its work is taken over within one interval when it is gone', async () => {
    const shop = await configuredShop({}, { 'sync.intervalSeconds': intervalSeconds });
    const watching = await startOther(shop);
    await parts.currentShop.start();
    await until(() => phase() === 'another writer', 'this window sees it');

    await shop.query("UPDATE dbo.Products SET SellPrice = 1.11 WHERE ProductID = 'P000001'");
    await until(async () => (await shop.catalogue()).length === 1, 'the other one has sent the change');
    assert.equal(phase(), 'another writer');

    const gone = once(watching, 'close');
    watching.kill('SIGKILL');
    await gone;
    await shop.query("UPDATE dbo.Products SET SellPrice = 2.22 WHERE ProductID = 'P000002'");
    await until(async () => (await shop.catalogue()).length === 2, 'this window has sent the change');
    await until(() => phase() === 'idle', 'this window is the writer');
    assert.deepEqual(await shop.query('SELECT LogID FROM dbo.ChangeLog'), []);
  });
});
