// Builds the extension and packs it. For win32-x64 the driver of Windows Authentication comes along; it is native code, and ships
// with its binaries, so any machine can pack it.
// usage: npm run package [-- --target win32-x64] [--out FILE]
import { createVSIX } from '@vscode/vsce';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const ignoreFile = path.join(root, '.vscodeignore');
/** Where Node looks first for what dist/packages/mssql-windows.js requires. */
const driverFolder = path.join(root, 'dist', 'packages', 'node_modules');
const windowsTarget = 'win32-x64';

const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
const { target } = values;
if (target !== undefined && target !== windowsTarget)
  throw new Error(`The only target is ${windowsTarget}; without one, the package is for every platform.`);
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const packagePath = path.resolve(
  values.out ?? path.join(root, `${[name, target, version].filter(Boolean).join('-')}.vsix`),
);

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: command === 'npm' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`, { cause: error });
}

/** Only what runs: no sources, no binaries of other platforms. */
function addWindowsDriver(scratch) {
  cpSync(path.join(import.meta.dirname, 'windows'), scratch, { recursive: true });
  run('npm', ['ci', '--no-audit', '--no-fund'], scratch);
  const parts = {
    msnodesqlv8: ['package.json', 'LICENSE', 'lib', `prebuilds/${windowsTarget}`],
    'node-gyp-build': ['package.json', 'LICENSE', 'index.js', 'node-gyp-build.js'],
  };
  for (const [dependency, files] of Object.entries(parts))
    for (const file of files)
      cpSync(path.join(scratch, 'node_modules', dependency, file), path.join(driverFolder, dependency, file), {
        recursive: true,
      });
  const windowsIgnoreFile = path.join(scratch, '.vscodeignore');
  writeFileSync(windowsIgnoreFile, `${readFileSync(ignoreFile, 'utf8')}!dist/packages/node_modules/**\n`);
  return windowsIgnoreFile;
}

run(process.execPath, [path.join(root, 'esbuild.mjs')], root);
const scratch = mkdtempSync(path.join(tmpdir(), 'shopmaster-package-'));
try {
  await createVSIX({
    cwd: root,
    packagePath,
    dependencies: false,
    // The README's own links are for the repository.
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
    ...(target === windowsTarget && { target, ignoreFile: addWindowsDriver(scratch) }),
  });
} finally {
  rmSync(driverFolder, { recursive: true, force: true });
  rmSync(scratch, { recursive: true, force: true });
}
