import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import manifest from '../../package.json';

const root = path.join(__dirname, '..', '..');
const list = (cwd: string): Promise<string[]> => listFiles({ cwd, packageManager: PackageManager.None });

describe('the package', () => {
  it('holds nothing of the tests, the demo, the sources, and what a working tree gathers', async () => {
    const ships =
      /^(package(\.nls(\.[\w-]+)?)?\.json|README\.md|CHANGELOG\.md|LICENSE|l10n\/[^/]+\.json|dist\/(extension|cli)\.js|dist\/packages\/[^/]+\.js|dist\/webview\/[^/]+\.(html|js|css|ttf)|media\/(icon\.png|shopmaster\.svg|walkthrough\/[^/]+\.svg))$/;
    const strangers = (await list(root)).filter((file) => !ships.test(file));
    assert.deepEqual(strangers, []);
  });

  describe('of a working tree', () => {
    let folder: string;
    const place = async (...files: readonly string[]): Promise<void> => {
      for (const file of files) {
        await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
        await writeFile(path.join(folder, file), '');
      }
    };

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-package-test-'));
      for (const file of ['package.json', '.vscodeignore']) await cp(path.join(root, file), path.join(folder, file));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('holds the bundles, what VS Code shows of the extension, and its texts', async () => {
      const files = [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist/cli.js',
        'dist/extension.js',
        'dist/packages/mssql.js',
        'dist/webview/settingsPanel.css',
        'dist/webview/settingsPanel.html',
        'dist/webview/settingsPanel.js',
        'l10n/bundle.l10n.de.json',
        'media/icon.png',
        'media/shopmaster.svg',
        'media/walkthrough/connect.svg',
        'package.nls.de.json',
        'package.nls.json',
      ];
      await place(...files);
      assert.deepEqual((await list(folder)).sort(), [...files, 'package.json'].sort());
    });

    it('leaves out settings, source maps, old bundles, and native code', async () => {
      await place(
        '.env',
        'shopmaster.json',
        'dist/extension.js.map',
        'dist/webview/settingsPanel.js.map',
        'dist/old.js',
        'dist/packages/node_modules/msnodesqlv8/package.json',
        'media/icon.svg',
        'node_modules/mssql/index.js',
        'test/e2e/out/panel.png',
      );
      assert.deepEqual(await list(folder), ['package.json']);
    });

    it('holds every picture that package.json names', async () => {
      const pictures = new Set(JSON.stringify(manifest).match(/media\/[\w./-]+/g));
      assert.ok(pictures.size > 3);
      await place(...pictures);
      assert.deepEqual((await list(folder)).sort(), [...pictures, 'package.json'].sort());
    });
  });
});
