/**
 * `npm run test:vscode [-- --only lowest|current] [FILE …]`: mocha inside the extension host, in each VS Code version side by side; all
 * suite files, or those of these names. Ends with a line that sums them: "N passed, N failed".
 */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { runProgram } from './host/processes';
import { installFolder, projectFolder, versionNames } from './host/versions';
import type { Counts } from './hostRun';
import { runInVersion, type VersionRun } from './versionRun';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
  const chosen = versionNames.filter((version) => values.only === undefined || values.only === version);
  if (chosen.length === 0) throw new Error(`--only is one of: ${versionNames.join(', ')}`);

  await runProgram(process.execPath, ['esbuild.mjs'], { cwd: projectFolder });
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort());
  // The package that starts VS Code ends it at the first alone.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.emit('SIGINT'));
  const suite = await bundleSuite(positionals);
  try {
    // The first one's report is printed as it grows, the others' in one piece at the end.
    const kept: string[] = [];
    const counts = await Promise.all(
      chosen.map((version, index) => {
        const keep = (text: string): void => void kept.push(text);
        return countsOf({
          version,
          suite,
          interrupted: interrupted.signal,
          color: process.stdout.isTTY,
          print: index === 0 ? print : keep,
        });
      }),
    );
    print(kept.join(''));
    const passed = counts.reduce((sum, count) => sum + count.passed, 0);
    const failed = counts.reduce((sum, count) => sum + count.failed, 0);
    print(`\n${passed} passed, ${failed} failed\n`);
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  } finally {
    await rm(path.dirname(suite), { recursive: true, force: true });
  }
}

/** One failure where the run could not even begin. */
async function countsOf(run: VersionRun): Promise<Counts> {
  try {
    return await runInVersion(run);
  } catch (failure) {
    run.print(`${failure instanceof Error ? failure.message : String(failure)}\n`);
    return { passed: 0, failed: 1 };
  }
}

/**
 * Every suite file as a bundle of its own, and the index that runs them. They lie in the extension's folder, so that `vscode` is for them
 * the very object that it is for the extension: what a test replaces in it is replaced there.
 */
async function bundleSuite(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(installFolder, 'suite-'));
  const files = (names.length === 0 ? ['*'] : names).map((name) => `${path.basename(name, '.test.ts')}.test.ts`);
  await build({
    absWorkingDir: projectFolder,
    entryPoints: ['index.ts', ...files].map((file) => `test/vscode/suite/${file}`),
    outdir: folder,
    outbase: 'test/vscode/suite',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return path.join(folder, 'index.js');
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  print('\n0 passed, 1 failed\n');
  process.exitCode = 1;
});
