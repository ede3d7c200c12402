/** What `npm run setup:vscode` has installed, and which of it a run uses. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { installFolder, versions, type VersionName } from './versions';

/** VS Code as a server for browsers. */
export interface CodeServerInstallation {
  /** The Node that runs it. */
  readonly node: string;
  /** The npm package's folder. */
  readonly package: string;
}

export type Kind = 'desktop' | 'code-server';

/** SHOPMASTER_VSCODE: the kind to use whatever there is. */
export function forcedKind(): Kind | undefined {
  const kind = process.env['SHOPMASTER_VSCODE'] ?? '';
  if (kind === '') return undefined;
  if (kind !== 'desktop' && kind !== 'code-server')
    throw new Error(`SHOPMASTER_VSCODE is desktop or code-server, not ${kind}.`);
  return kind;
}

export function codeServerFolder(version: VersionName): string {
  return path.join(installFolder, `code-server-${versions[version].codeServer}`);
}

/** Written when everything in the folder is in place. */
export function codeServerRecord(version: VersionName): string {
  return path.join(codeServerFolder(version), 'installed.json');
}

/** Throws where it isn't installed. */
export function installedCodeServer(version: VersionName): CodeServerInstallation {
  const record = codeServerRecord(version);
  if (!existsSync(record)) throw notInstalled(`code-server ${versions[version].codeServer}`);
  return JSON.parse(readFileSync(record, 'utf8')) as CodeServerInstallation;
}

/** Desktop VS Code by version, as setup has downloaded it. */
export const desktopRecord = path.join(installFolder, 'desktop.json');

/** The executable of a desktop VS Code. Throws where it isn't installed. */
export function installedDesktop(version: VersionName): string {
  const executable = desktops()[version];
  if (executable === undefined) throw notInstalled(`desktop VS Code ${versions[version].desktop}`);
  return executable;
}

/** Desktop VS Code where there is one and a display for it; otherwise code-server. */
export function kindToUse(): Kind {
  const hasDisplay =
    process.platform !== 'linux' || [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some((name) => name);
  return forcedKind() ?? (hasDisplay && existsSync(desktopRecord) ? 'desktop' : 'code-server');
}

function desktops(): Partial<Record<VersionName, string>> {
  if (!existsSync(desktopRecord)) return {};
  return JSON.parse(readFileSync(desktopRecord, 'utf8')) as Partial<Record<VersionName, string>>;
}

function notInstalled(what: string): Error {
  return new Error(`${what} is not installed: npm run setup:vscode`);
}
