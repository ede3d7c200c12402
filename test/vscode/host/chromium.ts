/** Chromium for playwright-core, which brings none: the system's own. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from './processes';

const programFiles = process.env['PROGRAMFILES'] ?? '';
const candidates: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'].flatMap((name) =>
    (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name)),
  ),
  darwin: ['Chromium', 'Google Chrome', 'Microsoft Edge'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: [
    path.join(programFiles, 'Google', 'Chrome', 'Application', 'chrome.exe'),
    path.join(`${programFiles} (x86)`, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
  ],
};

/** Of `npm run setup:vscode` on Debian; the fonts are for what screenshots show. */
const debianPackages = ['chromium', 'fonts-dejavu-core'];

/** SHOPMASTER_CHROMIUM where it is set. Undefined: there is none. */
export function findChromium(): string | undefined {
  const named = process.env['SHOPMASTER_CHROMIUM'] ?? '';
  if (named !== '') return named;
  return candidates[process.platform]?.find((file) => existsSync(file));
}

export function requireChromium(): string {
  const found = findChromium();
  if (found === undefined) throw new Error(`There is no Chromium: npm run setup:vscode\n${advice}`);
  return found;
}

/** False: there was one already. */
export async function installChromium(): Promise<boolean> {
  if (findChromium() !== undefined) return false;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error(advice);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await runProgram('apt-get', ['update'], { env: environment });
    await runProgram('apt-get', ['install', '-y', '--no-install-recommends', ...debianPackages], { env: environment });
  } catch (failure) {
    throw new Error(advice, { cause: failure });
  }
  // Ubuntu's package only leads to a snap.
  if (findChromium() === undefined) throw new Error(advice);
  return true;
}

const advice =
  'Please install Chromium, Chrome or Edge ' +
  `(Debian, as root: apt-get install --no-install-recommends ${debianPackages.join(' ')}), ` +
  'or name one in SHOPMASTER_CHROMIUM.';
