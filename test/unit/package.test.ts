import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import manifest from '../../package.json';

const root = path.join(__dirname, '..', '..');
/** What says which files ship. */
const rules = ['package.json', '.vscodeignore'];
/** Where others' files lie, and there are many of them. */
const othersFolders = ['.git', '.vscode-test', 'node_modules'];
const list = (cwd: string): Promise<string[]> => listFiles({ cwd, packageManager: PackageManager.None });

async function projectFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (entry.isFile()) files.push(entry.name);
    if (!entry.isDirectory() || othersFolders.includes(entry.name)) continue;
    const within = await readdir(path.join(root, entry.name), { recursive: true, withFileTypes: true });
    for (const file of within)
      if (file.isFile()) files.push(path.relative(root, path.join(file.parentPath, file.name)));
  }
  return files;
}

describe('the package of a working tree', () => {
  let folder: string;
  const place = async (...files: readonly string[]): Promise<void> => {
    for (const file of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), '');
    }
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-package-test-'));
    for (const file of rules) await cp(path.join(root, file), path.join(folder, file));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('holds nothing of the tests, the demo, the sources', async () => {
    const ships =
      /^(package(\.nls(\.[\w-]+)?)?\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD-PARTY-NOTICES\.txt|l10n\/[^/]+\.json|dist\/(extension|cli)\.js|dist\/(parts|packages)\/[^/]+\.js|dist\/webview\/[^/]+\.(html|js|css|ttf)|media\/(icon\.png|shopmaster\.svg|walkthrough\/[^/]+\.svg))$/;
    await place(...(await projectFiles()).filter((file) => !rules.includes(file)));
    const listed = await list(folder);
    assert.ok(listed.length > 5);
    assert.deepEqual(
      listed.filter((file) => !ships.test(file)),
      [],
    );
  });

  it('holds the bundles, what VS Code shows of the extension, and its texts', async () => {
    const files = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES.txt',
      'dist/cli.js',
      'dist/extension.js',
      'dist/packages/mssql.js',
      'dist/parts/shop-ABCDEFGH.js',
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
      'dist/parts/shop-ABCDEFGH.js.map',
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
