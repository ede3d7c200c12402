/**
 * Takes the arguments that @vscode/test-electron gives the `code` executable, runs the tests in code-server and Chromium, and exits
 * with their code. SHOPMASTER_VSCODE_VERSION says which version.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { startCodeServer, type CodeServer } from './codeServer';
import { launchChromium } from './vsCode';
import type { VersionName } from './versions';

/** Lines of the workbench's console that are kept for a failure. */
const keptLines = 200;

interface Arguments {
  readonly developmentPaths: readonly string[];
  readonly testsPath: string;
  readonly folder: string | undefined;
}

function readArguments(): Arguments {
  // Everything else is for desktop VS Code alone.
  const { values, positionals } = parseArgs({
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
    },
  });
  const { extensionDevelopmentPath = [], extensionTestsPath } = values;
  if (typeof extensionTestsPath !== 'string') throw new Error('There is no --extensionTestsPath.');
  return {
    developmentPaths: (extensionDevelopmentPath as string[]).map(localPath),
    testsPath: localPath(extensionTestsPath),
    folder: positionals[0],
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
  const server = await startCodeServer({
    smokeTestDriver: true,
    ...(version !== undefined && { version }),
    ...(args.folder !== undefined && { folder: args.folder }),
  });
  const lines: string[] = [];
  let code = 1;
  try {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const tests = runTests(page, testAddress(server, args), (line) => {
        lines.push(line);
        if (lines.length > keptLines) lines.shift();
      });
      const serverEnded = server.ended.then(() => {
        throw new Error(`VS Code's server ended:\n${server.output()}`);
      });
      code = await Promise.race([tests, serverEnded, stopped]);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    if (code !== 0) process.stdout.write(`${lines.join('\n')}\n`);
  }
  return code;
}

main().then(
  (code) => process.exit(code),
  (failure: unknown) => {
    process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
    process.exit(1);
  },
);
