/** One run of the suite: in one version of VS Code, with a world of its own. */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { serveWorld } from './control';
import { quietSettings, temporaryFolder } from './host/codeServer';
import { installedDesktop, kindToUse } from './host/installation';
import { projectFolder, versions, type VersionName } from './host/versions';
import { hostRunVariable, type Counts, type HostRun } from './hostRun';
import { startTestWorld } from './world';

/** A VS Code that reports nothing for so long hangs; a test's own timeout is shorter. */
const silenceDeadlineMs = 3 * 60_000;
/** How long a VS Code told to end may take. */
const closingDeadlineMs = 15_000;
const reportPollMs = 200;
/** No sync starts unless a test starts it. */
const settingsAtStart = { ...quietSettings, 'shopmaster.sync.autoStart': false };

export interface VersionRun {
  readonly version: VersionName;
  /** The bundle that VS Code calls. */
  readonly suite: string;
  readonly interrupted: AbortSignal;
  /** Gets the report, as it grows. */
  readonly print: (text: string) => void;
  /** Whether the report is for a terminal. */
  readonly color: boolean;
}

/** A run that ends without a result, or for any reason but its tests' badly, counts as one failure. */
export async function runInVersion(run: VersionRun): Promise<Counts> {
  const { desktop, codeServer } = versions[run.version];
  run.print(`\n── VS Code, ${run.version}: ${kindToUse() === 'desktop' ? desktop : `code-server ${codeServer}`} ──\n`);
  const world = await startTestWorld();
  try {
    const control = await serveWorld(world);
    try {
      const folder = await temporaryFolder();
      try {
        return await runInFolder(run, folder, control.url);
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      }
    } finally {
      await control.close();
    }
  } finally {
    await world.close();
  }
}

async function runInFolder(run: VersionRun, folder: string, world: string): Promise<Counts> {
  const file = (name: string): string => path.join(folder, name);
  const shared: HostRun = { world, report: file('report.txt'), counts: file('counts.json'), color: run.color };
  await writeFile(shared.report, '');
  await writeFile(file('run.json'), JSON.stringify(shared));
  const silent = new AbortController();
  const deadline = setTimeout(() => silent.abort(), silenceDeadlineMs);
  const report = await followReport(shared.report, (text) => {
    deadline.refresh();
    run.print(text);
  });
  const ended = await host(run, folder, silent.signal);
  clearTimeout(deadline);
  await report.end();
  return readCounts(shared.counts, ended, file('workbench.log'), run.print);
}

/** Resolves, when VS Code has ended, with why that was too early; null if it wasn't. */
async function host(
  { version, suite, interrupted }: VersionRun,
  folder: string,
  silent: AbortSignal,
): Promise<string | null> {
  const settings = path.join(folder, 'user', 'User', 'settings.json');
  await mkdir(path.dirname(settings), { recursive: true });
  await writeFile(settings, JSON.stringify(settingsAtStart));
  const opened = path.join(folder, 'folder');
  await mkdir(opened);

  const { result, listeners } = listenersAddedBy(() =>
    runTests({
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
    }),
  );
  let why: string | null = null;
  let force: NodeJS.Timeout | undefined;
  silent.addEventListener('abort', () => {
    why = `VS Code has reported nothing for ${silenceDeadlineMs / 60_000} minutes.`;
    const { listeners: forcing } = listenersAddedBy(() => listeners.forEach((end) => end('SIGINT')));
    force = setTimeout(() => forcing.forEach((end) => end('SIGINT')), closingDeadlineMs);
  });
  try {
    await result;
  } catch (failure) {
    why ??= failure instanceof Error ? failure.message : String(failure);
  } finally {
    clearTimeout(force);
  }
  return interrupted.aborted ? 'Interrupted.' : why;
}

/** The package ends the VS Code it has started when it hears SIGINT, and by force when it hears it again: each time by a new listener. */
function listenersAddedBy<T>(act: () => T): {
  readonly result: T;
  readonly listeners: readonly NodeJS.SignalsListener[];
} {
  const before = process.listeners('SIGINT');
  const result = act();
  return { result, listeners: process.listeners('SIGINT').filter((listener) => !before.includes(listener)) };
}

/** The counts that the extension host has left; a failure more where it ended badly and has not counted one. */
async function readCounts(
  file: string,
  why: string | null,
  workbenchLog: string,
  print: (text: string) => void,
): Promise<Counts> {
  if (!existsSync(file)) {
    if (existsSync(workbenchLog)) print(await readFile(workbenchLog, 'utf8'));
    print(`The run ended without a result. ${why ?? ''}\n`);
    return { passed: 0, failed: 1 };
  }
  const { passed, failed } = JSON.parse(await readFile(file, 'utf8')) as Counts;
  if (failed > 0) return { passed, failed };
  if (passed === 0) print('No test ran.\n');
  else if (why !== null) print(`${why}\n`);
  return { passed, failed: passed === 0 || why !== null ? 1 : 0 };
}

/** Prints what is appended to a file. */
async function followReport(file: string, print: (text: string) => void): Promise<{ end(): Promise<void> }> {
  const handle = await open(file);
  const decoder = new TextDecoder();
  const printMore = async (): Promise<void> => {
    // Without a position, each read goes on where the last one ended.
    for (let read = await handle.read(); read.bytesRead > 0; read = await handle.read())
      print(decoder.decode(read.buffer.subarray(0, read.bytesRead), { stream: true }));
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
