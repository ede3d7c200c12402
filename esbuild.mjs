// usage: node esbuild.mjs [--watch] [--outdir FOLDER]
import { build, context } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));
const {
  values: { watch, outdir },
} = parseArgs({
  options: { watch: { type: 'boolean', default: false }, outdir: { type: 'string', default: 'dist' } },
});

/** Heavy packages, each in a file of its own that is read when it is first needed; both entry points share them. */
const onDemand = { mssql: 'mssql', 'mssql/msnodesqlv8': 'mssql-windows', 'node-fetch': 'node-fetch' };

/** @type {import('esbuild').Plugin} */
const packagesOnDemand = {
  name: 'packages on demand',
  setup({ onResolve }) {
    onResolve({ filter: /^(mssql(\/msnodesqlv8)?|node-fetch)$/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./packages/${onDemand[path]}.js`, external: true },
    );
  },
};

/** @type {import('esbuild').BuildOptions} */
const common = { bundle: true, minify: !watch, sourcemap: true, logLevel: 'warning' };
/** @type {import('esbuild').BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Node's own import() of a bundled package would put its default export one `default` deeper.
  supported: { 'dynamic-import': false },
  external: ['vscode', 'msnodesqlv8'],
};

/** @type {import('esbuild').BuildOptions[]} */
const builds = [
  {
    ...node,
    entryPoints: Object.entries(onDemand).map(([name, out]) => ({ in: name, out })),
    outdir: `${outdir}/packages`,
    sourcemap: false,
  },
  { ...node, entryPoints: { extension: 'src/extension.ts' }, outdir, plugins: [packagesOnDemand] },
  {
    ...node,
    entryPoints: { cli: 'src/cli.ts' },
    outdir,
    banner: { js: '#!/usr/bin/env node' },
    define: { SHOPMASTER_VERSION: JSON.stringify(version) },
    plugins: [packagesOnDemand],
  },
  {
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['main.ts', 'settingsPanel.css', 'settingsPanel.html'].map((file) => ({
      in: `src/views/settingsPanel/webview/${file}`,
      out: 'settingsPanel',
    })),
    loader: { '.html': 'copy' },
    outdir: `${outdir}/webview`,
  },
];

if (watch) for (const options of builds) await (await context(options)).watch();
else await Promise.all(builds.map((options) => build(options)));
