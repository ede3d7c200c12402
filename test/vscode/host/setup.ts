/** `npm run setup:vscode`: installs what the suites in VS Code need. What is there already stays. */
import { mkdir, writeFile } from 'node:fs/promises';
import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron';
import { findChromium, installChromium } from './chromium';
import { installCodeServer } from './installCodeServer';
import { desktopRecord, forcedKind } from './installation';
import { installFolder, versionNames, versions } from './versions';

/** Milliseconds without an answer until the download of desktop VS Code is given up. */
const downloadTimeoutMs = 15_000;

async function main(): Promise<void> {
  await mkdir(installFolder, { recursive: true });
  const desktop = await setUpDesktop();
  // code-server runs on Linux and macOS; on Windows desktop VS Code is all there is.
  if (process.platform === 'win32') {
    if (!desktop) throw new Error('Desktop VS Code can not be downloaded, and code-server does not run on Windows.');
    return;
  }
  if (forcedKind() === 'desktop') return;
  for (const version of versionNames) {
    const installed = await installCodeServer(version);
    say(`code-server ${versions[version].codeServer} (${version}) ${installed ? 'installed' : 'is there'}`);
  }
  const installed = await installChromium();
  say(`Chromium ${installed ? 'installed' : 'is there'}: ${findChromium() ?? ''}`);
}

/** False: it can't be had here, and code-server stands in. */
async function setUpDesktop(): Promise<boolean> {
  const kind = forcedKind();
  if (kind === 'code-server') return false;
  try {
    const executables: Record<string, string> = {};
    for (const version of versionNames)
      executables[version] = await downloadAndUnzipVSCode({
        version: versions[version].desktop,
        cachePath: installFolder,
        timeout: downloadTimeoutMs,
        reporter: new SilentReporter(),
      });
    await writeFile(desktopRecord, JSON.stringify(executables));
    say(`Desktop VS Code ${versionNames.map((version) => versions[version].desktop).join(' and ')} are there`);
    return true;
  } catch (failure) {
    if (kind === 'desktop') throw failure;
    say('Desktop VS Code can not be downloaded here; code-server stands in.');
    return false;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((failure: unknown) => {
  const { message, cause } = failure instanceof Error ? failure : new Error(String(failure));
  process.stderr.write(`${message}\n${cause instanceof Error ? `${cause.message}\n` : ''}`);
  process.exitCode = 1;
});
