// Builds the extension, packs it, and prints how big it is; too big a package is an error, and so is one with a package in it whose licence
// isn't accepted. For win32-x64 the driver of Windows Authentication comes along; it is native code, and ships with its binaries, so any
// machine can pack it.
// usage: npm run package [-- --target win32-x64] [--out FILE] [--stage FOLDER]
//   --stage: a new folder that everything is gathered in, and that stays
import { createVSIX } from '@vscode/vsce';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const windowsTarget = 'win32-x64';
/** Bytes, packed, of what every platform gets. */
const mostWithoutDriver = 1_000_000;
/** What the package is made from, beside what is built; .vscodeignore chooses what of it ships. */
const ingredients = /^(\.vscodeignore|package\.json|package\.nls.*\.json|CHANGELOG\.md|LICENSE|l10n|media)$/;

const { values } = parseArgs({
  options: { target: { type: 'string' }, out: { type: 'string' }, stage: { type: 'string' } },
});
const { target } = values;
if (target !== undefined && target !== windowsTarget)
  throw new Error(`The only target is ${windowsTarget}; without one, the package is for every platform.`);
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const fileName = `${[name, target, version].filter(Boolean).join('-')}.vsix`;
const packagePath = path.resolve(values.out ?? path.join(root, fileName));

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: command === 'npm' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`, { cause: error });
}

/** Gathers everything in a folder of its own, so that nothing else that is built meanwhile gets in the way. */
function gather(stage, metafile) {
  mkdirSync(stage, { recursive: true });
  for (const file of readdirSync(root))
    if (ingredients.test(file)) cpSync(path.join(root, file), path.join(stage, file), { recursive: true });
  // Whoever has installed it reads how to use it, not how it is built.
  cpSync(path.join(root, 'docs', 'extension.md'), path.join(stage, 'README.md'));
  run(process.execPath, ['esbuild.mjs', '--outdir', path.join(stage, 'dist'), '--metafile', metafile], root);
}

/**
 * Where Node looks first for what dist/packages/mssql-windows.js requires. Only what runs: no sources, no other platform's binaries.
 * Returns the folders of all packages that this comes from, among them node-addon-api, which is compiled into the driver.
 */
function addWindowsDriver(stage, scratch) {
  cpSync(path.join(import.meta.dirname, 'windows'), scratch, { recursive: true });
  run('npm', ['ci', '--no-audit', '--no-fund'], scratch);
  const parts = {
    msnodesqlv8: ['package.json', 'LICENSE', 'lib', `prebuilds/${windowsTarget}`],
    'node-gyp-build': ['package.json', 'LICENSE', 'index.js', 'node-gyp-build.js'],
  };
  const packages = path.join('dist', 'packages', 'node_modules');
  for (const [dependency, files] of Object.entries(parts))
    for (const file of files)
      cpSync(path.join(scratch, 'node_modules', dependency, file), path.join(stage, packages, dependency, file), {
        recursive: true,
      });
  appendFileSync(path.join(stage, '.vscodeignore'), '!dist/packages/node_modules/**\n');
  const { packages: locked } = JSON.parse(readFileSync(path.join(scratch, 'package-lock.json'), 'utf8'));
  return Object.keys(locked)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(scratch, folder));
}

const scratch = mkdtempSync(path.join(tmpdir(), 'shopmaster-package-'));
try {
  const stage = path.resolve(values.stage ?? path.join(scratch, 'stage'));
  const metafile = path.join(scratch, 'metafile.json');
  gather(stage, metafile);
  const driver = target === windowsTarget ? addWindowsDriver(stage, path.join(scratch, 'driver')) : [];
  const notices = ['--metafile', metafile, '--out', path.join(stage, 'THIRD-PARTY-NOTICES.txt')];
  run(process.execPath, ['--import', 'tsx', 'packaging/notices.ts', ...notices, ...driver], root);
  await createVSIX({
    cwd: stage,
    packagePath,
    dependencies: false,
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
    ...(target !== undefined && { target }),
  });
  const { size } = statSync(packagePath);
  const bytes = size.toLocaleString('en');
  console.log(`${packagePath}: ${bytes} bytes`);
  if (target === undefined && size >= mostWithoutDriver)
    throw new Error(`The package has ${bytes} bytes; it may have ${mostWithoutDriver.toLocaleString('en')}.`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
