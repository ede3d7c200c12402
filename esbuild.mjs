// usage: node esbuild.mjs [--watch] [--outdir FOLDER] [--sizes] [--metafile FILE]
//   --sizes: prints how many bytes each file that is loaded has, and what packages they come from
//   --metafile: writes esbuild's own account of all of it, as JSON
import { build, context, transform } from 'esbuild';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withoutAzure } from './packaging/withoutAzure.mjs';

const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));
const {
  values: { watch, outdir, sizes, metafile },
} = parseArgs({
  options: {
    watch: { type: 'boolean', default: false },
    outdir: { type: 'string', default: 'dist' },
    sizes: { type: 'boolean', default: false },
    metafile: { type: 'string' },
  },
});
const partsFolder = path.resolve(outdir, 'parts');
const dayMs = 24 * 60 * 60 * 1000;

/** Heavy packages, each in a file of its own that is read when it is first needed; both entry points share them. */
const onDemand = { mssql: 'mssql', 'mssql/msnodesqlv8': 'mssql-windows', 'node-fetch': 'node-fetch' };

/** Whatever imports them lies in dist/parts. @type {import('esbuild').Plugin} */
const packagesOnDemand = {
  name: 'packages on demand',
  setup({ onResolve }) {
    onResolve({ filter: /^(mssql(\/msnodesqlv8)?|node-fetch)$/ }, ({ path: name }) => ({
      path: `../packages/${onDemand[name]}.js`,
      external: true,
    }));
  },
};

/**
 * As CommonJS, `import * as vscode` is a copy of VS Code's whole API, and each module would make its own at the start: here all have the
 * API itself. As many characters as before, for the source map's sake.
 */
function sharingVscode(text) {
  return text.replace(/import ?\* ?as ([\w$]+) from ?"vscode";/g, (all, name) =>
    `var ${name}=require("vscode");`.padEnd(all.length),
  );
}

/**
 * esbuild splits ES modules only, and VS Code loads CommonJS: each file is translated once it is bundled. Written are the parts before
 * those that load them; parts of earlier builds stay for a day, as somebody may be running on them. @type {import('esbuild').Plugin}
 */
const asCommonJs = {
  name: 'as CommonJS',
  setup({ onEnd }) {
    onEnd(async ({ outputFiles = [] }) => {
      const isPart = (file) => path.dirname(file) === partsFolder;
      await mkdir(partsFolder, { recursive: true });
      const files = outputFiles.toSorted((one, other) => Number(isPart(other.path)) - Number(isPart(one.path)));
      for (const { path: file, text } of files) {
        const { code, map } = await transform(sharingVscode(text), {
          platform: 'node',
          target: 'node20',
          format: 'cjs',
          // Node's own import() of a bundled package would put its default export one `default` deeper.
          supported: { 'dynamic-import': false },
          minify: !watch,
          banner: "'use strict';",
          sourcemap: 'external',
          sourcefile: file,
        });
        await writeFile(`${file}.map`, map);
        await writeFile(file, `${code}//# sourceMappingURL=${path.basename(file)}.map\n`);
      }
      for (const name of await readdir(partsFolder)) {
        const { mtimeMs } = await stat(path.join(partsFolder, name));
        if (Date.now() - mtimeMs > dayMs) await rm(path.join(partsFolder, name));
      }
    });
  },
};

/** @type {import('esbuild').BuildOptions} */
const common = { bundle: true, minify: !watch, sourcemap: true, metafile: true, logLevel: 'warning' };
/** @type {import('esbuild').BuildOptions} */
const node = { ...common, platform: 'node', target: 'node20', external: ['vscode', 'msnodesqlv8'] };

/** @type {import('esbuild').BuildOptions[]} */
const builds = [
  {
    ...node,
    format: 'cjs',
    entryPoints: Object.entries(onDemand).map(([name, out]) => ({ in: name, out })),
    outdir: `${outdir}/packages`,
    sourcemap: false,
    plugins: [withoutAzure],
  },
  {
    // What is loaded by import(), such as the engine, and what two files need, lies in dist/parts. Each module is in one file alone, so
    // that a class is the same class for whoever asks with instanceof.
    ...node,
    format: 'esm',
    splitting: true,
    entryPoints: ['src/extension.ts', 'src/cli.ts'],
    chunkNames: 'parts/[name]-[hash]',
    outdir,
    define: { SHOPMASTER_VERSION: JSON.stringify(version) },
    sourcemap: 'inline',
    write: false,
    plugins: [packagesOnDemand, asCommonJs],
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

/** `file  bytes` for each file that runs, largest first, and below it what each package has in it. */
async function sizesOf(outputs) {
  const running = Object.entries(outputs).filter(([file]) => /\.js$/.test(file));
  const files = await Promise.all(
    running.map(async ([file, { inputs }]) => {
      const packages = new Map();
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const owner = packageOf(input);
        packages.set(owner, (packages.get(owner) ?? 0) + bytesInOutput);
      }
      return { file, bytes: (await stat(file)).size, packages: [...packages].filter(([, bytes]) => bytes > 0) };
    }),
  );
  const line = (bytes, text) => `${bytes.toLocaleString('en').padStart(11)}  ${text}`;
  return files
    .sort((one, other) => other.bytes - one.bytes)
    .flatMap(({ file, bytes, packages }) => [
      line(bytes, file),
      ...packages.sort(([, one], [, other]) => other - one).map(([name, of]) => line(of, `  ${name}`)),
    ]);
}

/** `node_modules/a/node_modules/@b/c/d.js` is of `@b/c`; what is in no package stands for itself. */
function packageOf(input) {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? (input.startsWith('src/') ? 'shopMaster' : input);
}

if (watch) for (const options of builds) await (await context(options)).watch();
else {
  const results = await Promise.all(builds.map((options) => build(options)));
  const whole = {
    inputs: Object.assign({}, ...results.map((result) => result.metafile.inputs)),
    outputs: Object.assign({}, ...results.map((result) => result.metafile.outputs)),
  };
  if (metafile !== undefined) await writeFile(metafile, JSON.stringify(whole));
  if (sizes) process.stdout.write(`${(await sizesOf(whole.outputs)).join('\n')}\n`);
}
