/**
 * Takes the arguments that @vscode/test-electron gives the `code` executable, runs the tests in code-server and Chromium, and exits
 * with their code. SHOPMASTER_VSCODE_VERSION says which version; SHOPMASTER_VSCODE_LOG may name a file for the workbench's console.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { startCodeServer, type CodeServer, type CodeServerOptions } from './codeServer';
import { launchChromium } from './vsCode';
import type { VersionName } from './versions';

interface Arguments {
  readonly developmentPaths: readonly string[];
  readonly testsPath: string;
  readonly folder: string | undefined;
  /** Has the settings.json that the run begins with. */
  readonly userData: string | undefined;
}

function readArguments(): Arguments {
  // Everything else is for desktop VS Code alone.
  const { values, positionals } = parseArgs({
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
    },
  });
  const { extensionDevelopmentPath = [], extensionTestsPath, 'user-data-dir': userData } = values;
  if (typeof extensionTestsPath !== 'string') throw new Error('There is no --extensionTestsPath.');
  return {
    developmentPaths: (extensionDevelopmentPath as string[]).map(localPath),
    testsPath: localPath(extensionTestsPath),
    folder: positionals[0],
    userData: typeof userData === 'string' ? userData : undefined,
  };
}

function serverOptions({ folder, userData }: Arguments): CodeServerOptions {
  const settings = path.join(userData ?? '', 'User', 'settings.json');
  return {
    smokeTestDriver: true,
    ...(folder !== undefined && { folder }),
    // Beside it, so that it goes with it even where this process is ended by force.
    ...(userData !== undefined && { home: path.join(path.dirname(userData), 'home') }),
    ...(existsSync(settings) && { settings: JSON.parse(readFileSync(settings, 'utf8')) as Record<string, unknown> }),
  };
}

function localPath(pathOrUri: string): string {
  return pathOrUri.startsWith('file:') ? fileURLToPath(pathOrUri) : path.resolve(pathOrUri);
}

function testAddress(server: CodeServer, { developmentPaths, testsPath }: Arguments): string {
  const remote = (file: string): string => `vscode-remote://${server.address}${file}`;
  const url = new URL(server.url);
  const payload = [
    ...developmentPaths.map((file) => ['extensionDevelopmentPath', remote(file)]),
    ['extensionTestsPath', remote(testsPath)],
    ['skipWelcome', 'true'],
  ];
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** The code the tests ended with. `log` gets the workbench's console. */
async function runTests(page: Page, address: string, log: (line: string) => void): Promise<number> {
  const ended = new Promise<number>((resolve, reject) => {
    page.once('crash', () => reject(new Error('The page crashed.')));
    page.exposeFunction('codeAutomationExit', (code: number) => resolve(code)).catch(reject);
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => log(format(...args)));
  await page.goto(address);
  return ended;
}

async function main(): Promise<number> {
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(1));
    // Its other end is whoever started this process.
    process.stdin.resume().once('close', () => resolve(1));
  });
  const args = readArguments();
  const version = process.env['SHOPMASTER_VSCODE_VERSION'] as VersionName | undefined;
  const server = await startCodeServer({ ...serverOptions(args), ...(version !== undefined && { version }) });
  const log = process.env['SHOPMASTER_VSCODE_LOG'];
  try {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const tests = runTests(page, testAddress(server, args), (line) => {
        if (log !== undefined) appendFileSync(log, `${line}\n`);
      });
      const serverEnded = server.ended.then(() => {
        throw new Error(`VS Code's server ended:\n${server.output()}`);
      });
      return await Promise.race([tests, serverEnded, stopped]);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (failure: unknown) => {
    process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
    process.exit(1);
  },
);
