/**
 * `npm run test:vscode [-- --only lowest|current] [FILE …]`: mocha inside the extension host, in each VS Code version; all suite files,
 * or those of these names. Ends with a line that sums them: "N passed, N failed".
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { serveWorld } from './control';
import { hostRunVariable, type Counts, type HostRun } from './hostRun';
import { quietSettings, temporaryFolder } from './host/codeServer';
import { installedDesktop, kindToUse } from './host/installation';
import { runProgram } from './host/processes';
import { installFolder, projectFolder, versionNames, versions, type VersionName } from './host/versions';
import { startTestWorld } from './world';

/** A VS Code that reports nothing for so long hangs; a test's own timeout is shorter. */
const silenceDeadlineMs = 3 * 60_000;
/** How long a VS Code told to end may take. */
const closingDeadlineMs = 15_000;
const reportPollMs = 200;
/** No sync starts unless a test starts it. */
const settingsAtStart = { ...quietSettings, 'shopmaster.sync.autoStart': false };

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
    const { passed, failed } = await runInEach(chosen, suite, interrupted.signal);
    say(`\n${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  } finally {
    await rm(path.dirname(suite), { recursive: true, force: true });
  }
}

async function runInEach(chosen: readonly VersionName[], suite: string, interrupted: AbortSignal): Promise<Counts> {
  const total = { passed: 0, failed: 0 };
  const world = await startTestWorld();
  try {
    const control = await serveWorld(world);
    try {
      for (const version of chosen) {
        const { passed, failed } = await runIn(version, suite, control.url, interrupted);
        total.passed += passed;
        total.failed += failed;
        if (interrupted.aborted) break;
        await world.heal();
      }
    } finally {
      await control.close();
    }
  } finally {
    await world.close();
  }
  return total;
}

/**
 * Every suite file as a bundle of its own, and the index that runs them. They lie in the extension's folder, so that `vscode` is for them
 * the very object that it is for the extension: what a test replaces in it is replaced there.
 */
async function bundleSuite(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(installFolder, 'suite-'));
  const files = (names.length === 0 ? ['*'] : names).map((name) => path.basename(name, '.test.ts'));
  await build({
    absWorkingDir: projectFolder,
    entryPoints: ['index.ts', ...files.map((file) => `${file}.test.ts`)].map((file) => `test/vscode/suite/${file}`),
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

async function runIn(version: VersionName, suite: string, world: string, interrupted: AbortSignal): Promise<Counts> {
  const kind = kindToUse();
  const { desktop, codeServer } = versions[version];
  say(`\n── VS Code, ${version}: ${kind === 'desktop' ? desktop : `code-server ${codeServer}`} ──`);
  const folder = await temporaryFolder();
  try {
    const file = (name: string): string => path.join(folder, name);
    const run: HostRun = {
      world,
      report: file('report.txt'),
      counts: file('counts.json'),
      color: process.stdout.isTTY,
    };
    await writeFile(run.report, '');
    await writeFile(file('run.json'), JSON.stringify(run));
    const silent = new AbortController();
    const deadline = setTimeout(() => silent.abort(), silenceDeadlineMs);
    const report = await followReport(run.report, () => deadline.refresh());
    const ended = await host(version, suite, folder, { interrupted, silent: silent.signal });
    clearTimeout(deadline);
    await report.end();
    return await readCounts(run.counts, ended, file('workbench.log'));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Resolves, when VS Code has ended, with why that was too early; null if it wasn't. */
async function host(
  version: VersionName,
  suite: string,
  folder: string,
  { interrupted, silent }: { readonly interrupted: AbortSignal; readonly silent: AbortSignal },
): Promise<string | null> {
  const settings = path.join(folder, 'user', 'User', 'settings.json');
  await mkdir(path.dirname(settings), { recursive: true });
  await writeFile(settings, JSON.stringify(settingsAtStart));
  const opened = path.join(folder, 'folder');
  await mkdir(opened);

  let why: string | null = null;
  const ours = process.listeners('SIGINT');
  // The package ends the VS Code it has started when it hears of that signal, the second time by force.
  const end = (): void => {
    for (const listener of process.listeners('SIGINT')) if (!ours.includes(listener)) listener('SIGINT');
  };
  let force: NodeJS.Timeout | undefined;
  silent.addEventListener('abort', () => {
    why = `VS Code has reported nothing for ${silenceDeadlineMs / 60_000} minutes.`;
    end();
    force = setTimeout(end, closingDeadlineMs);
  });
  try {
    await runTests({
      vscodeExecutablePath:
        kindToUse() === 'desktop' ? installedDesktop(version) : path.join(__dirname, 'host', 'code.cjs'),
      extensionDevelopmentPath: projectFolder,
      extensionTestsPath: suite,
      extensionTestsEnv: {
        SHOPMASTER_VSCODE_VERSION: version,
        SHOPMASTER_VSCODE_LOG: path.join(folder, 'workbench.log'),
        [hostRunVariable]: path.join(folder, 'run.json'),
      },
      launchArgs: [
        opened,
        `--user-data-dir=${path.join(folder, 'user')}`,
        `--extensions-dir=${path.join(folder, 'extensions')}`,
        '--disable-extensions',
        '--password-store=basic',
      ],
    });
  } catch (failure) {
    why ??= failure instanceof Error ? failure.message : String(failure);
  } finally {
    clearTimeout(force);
  }
  if (interrupted.aborted) return 'Interrupted.';
  return why;
}

/** The counts that the extension host has left; a failure more where it ended badly and has not counted one. */
async function readCounts(file: string, why: string | null, workbenchLog: string): Promise<Counts> {
  if (!existsSync(file)) {
    if (existsSync(workbenchLog)) say(await readFile(workbenchLog, 'utf8'));
    say(`The run ended without a result. ${why ?? ''}`);
    return { passed: 0, failed: 1 };
  }
  const { passed, failed } = JSON.parse(await readFile(file, 'utf8')) as Counts;
  if (failed > 0) return { passed, failed };
  if (passed === 0) say('No test ran.');
  else if (why !== null) say(why);
  return { passed, failed: passed === 0 || why !== null ? 1 : 0 };
}

/** Prints what is appended to a file, and says when something was. */
async function followReport(file: string, onMore: () => void): Promise<{ end(): Promise<void> }> {
  const handle: FileHandle = await open(file);
  const printMore = async (): Promise<void> => {
    // Without a position, each read goes on where the last one ended.
    for (let read = await handle.read(); read.bytesRead > 0; read = await handle.read()) {
      process.stdout.write(read.buffer.subarray(0, read.bytesRead));
      onMore();
    }
  };
  let printing = Promise.resolve();
  const timer = setInterval(() => {
    printing = printing.then(printMore);
  }, reportPollMs);
  return {
    async end() {
      clearInterval(timer);
      await printing;
      await printMore();
      await handle.close();
    },
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  say('\n0 passed, 1 failed');
  process.exitCode = 1;
});
