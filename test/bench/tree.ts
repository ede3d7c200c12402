/**
 * `npx tsx test/bench/tree.ts [--version lowest|current]`: 100,000 pending changes, the tree opened and scrolled in a real VS Code (see
 * test/vscode/README.md for which). Prints one line of JSON.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { runProgram } from '../vscode/host/processes';
import { installFolder, projectFolder, versionNames } from '../vscode/host/versions';
import { runInVersion } from '../vscode/versionRun';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { version: { type: 'string', default: 'current' } } });
  const version = versionNames.find((name) => name === values.version);
  if (version === undefined) throw new Error(`--version is one of: ${versionNames.join(', ')}`);
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort());
  await runProgram(process.execPath, ['esbuild.mjs'], { cwd: projectFolder });
  // In the extension's folder `vscode` is for it the very object that it is for the extension.
  const folder = await mkdtemp(path.join(installFolder, 'suite-'));
  try {
    const suite = path.join(folder, 'tree.js');
    await build({
      entryPoints: [path.join(__dirname, 'vscode', 'tree.ts')],
      outfile: suite,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['vscode', 'mocha'],
      logLevel: 'warning',
    });
    const print = (text: string): void => void (text.startsWith('{') ? process.stdout : process.stderr).write(text);
    const { failed } = await runInVersion({ version, suite, interrupted: interrupted.signal, print, color: false });
    if (failed > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
  process.exitCode = 1;
});
