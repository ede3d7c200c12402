import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { BuiltBundles } from '../builtBundles';

/** Bytes. */
const mostAtActivation = 150_000;

/** What of the engine shows that it is there. */
const engine = [
  'src/sync/shop.ts',
  'src/sync/shopMaster.ts',
  'src/sync/syncEngine.ts',
  'src/sync/sqlserver/connection.ts',
  'src/sync/digible/client.ts',
];

/** The driver of SQL Server, and what it can't do without. */
const ofTheDriver = [
  '@js-joda/core',
  '@tediousjs/connection-string',
  'abort-controller',
  'bl',
  'debug',
  'event-target-shim',
  'has-flag',
  'iconv-lite',
  'inherits',
  'js-md4',
  'ms',
  'mssql',
  'native-duplexpair',
  'process',
  'readable-stream',
  'safe-buffer',
  'safer-buffer',
  'sprintf-js',
  'string_decoder',
  'supports-color',
  'tarn',
  'tedious',
];

const ofEachFile: Readonly<Record<string, readonly string[]>> = {
  'packages/mssql.js': ofTheDriver,
  'packages/mssql-windows.js': ofTheDriver,
  'packages/node-fetch.js': [
    'data-uri-to-buffer',
    'fetch-blob',
    'formdata-polyfill',
    'node-domexception',
    'node-fetch',
    'web-streams-polyfill',
  ],
};

describe('the bundles', () => {
  let built: BuiltBundles;
  before(async () => {
    built = await BuiltBundles.build();
  });
  after(() => built.close());

  const inputsOf = (file: string): readonly string[] =>
    Object.entries(built.outputs[file]?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => input);
  const scripts = (): readonly string[] => Object.keys(built.outputs).filter((file) => file.endsWith('.js'));

  it('load less than 150 KB when the extension starts', async () => {
    let bytes = 0;
    for (const file of built.loadedWith('extension.js')) bytes += (await stat(built.file(file))).size;
    assert.ok(bytes < mostAtActivation, `${bytes} bytes`);
  });

  for (const file of ['extension.js', 'cli.js'])
    it(`leave the engine and all packages out of ${file} until they are needed`, () => {
      const loaded = built.loadedWith(file).flatMap(inputsOf);
      assert.ok(loaded.includes('src/sync/errors.ts'));
      assert.deepEqual(
        loaded.filter((input) => engine.includes(input) || input.includes('node_modules/')),
        [],
      );
    });

  it('have the engine in a file of its own', () => {
    const files = scripts().filter((file) => engine.every((input) => inputsOf(file).includes(input)));
    assert.equal(files.length, 1);
    for (const file of ['extension.js', 'cli.js'])
      assert.ok(built.outputs[file]?.imports.some(({ path, kind }) => path === files[0] && kind === 'dynamic-import'));
  });

  it('have no module twice, so that a class is the same for all that load it', () => {
    const ours = scripts().filter((file) => !/^(packages|webview)\//.test(file));
    const modules = ours.flatMap(inputsOf);
    assert.ok(modules.length > 50);
    assert.deepEqual(
      modules.filter((module, index) => modules.indexOf(module) !== index),
      [],
    );
  });

  it('take VS Code’s API as it is, without a copy for each module', async () => {
    for (const file of built.loadedWith('extension.js')) {
      const taken = (await readFile(built.file(file), 'utf8')).match(/.?\brequire\("vscode"\)/g) ?? [];
      assert.deepEqual(
        taken.filter((text) => !text.startsWith('=')),
        [],
      );
    }
  });

  it('ask for nothing that is not there', () => {
    const others = ['vscode', 'msnodesqlv8'];
    const missing = scripts().flatMap((file) =>
      (built.outputs[file]?.imports ?? [])
        .filter(({ path }) => !isBuiltin(path) && !others.includes(path) && !(path in built.outputs))
        .map(({ path }) => `${file}: ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  for (const [file, packages] of Object.entries(ofEachFile))
    it(`hold in ${file} nothing but what it can't do without`, () => {
      const found = inputsOf(file).map((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? input);
      const unexpected = new Set(found.filter((name) => !packages.includes(name) && !name.startsWith('left-out:')));
      assert.ok(found.length > 5);
      assert.deepEqual([...unexpected], []);
    });

  it('have an empty module in the place of each package of Azure', () => {
    const leftOut = Object.entries(built.outputs['packages/mssql.js']?.inputs ?? {}).filter(([input]) =>
      input.startsWith('left-out:'),
    );
    assert.deepEqual(leftOut.map(([input]) => input).sort(), ['left-out:@azure/core-auth', 'left-out:@azure/identity']);
    for (const [, { bytesInOutput }] of leftOut) assert.ok(bytesInOutput < 50);
  });
});
