/** The VS Code versions that the suites run in, and where they are installed. */
import path from 'node:path';

export type VersionName = 'lowest' | 'current';

export interface VsCodeVersion {
  /** What @vscode/test-electron downloads. */
  readonly desktop: string;
  /** VS Code as a server for browsers, from npm: its package's version is VS Code's plus 3 in the major's place. */
  readonly codeServer: string;
  /** The Node that code-server wants; where another one runs, its npm package is installed beside it. */
  readonly node: string;
}

export const versions: Readonly<Record<VersionName, VsCodeVersion>> = {
  /** package.json's engines.vscode. */
  lowest: { desktop: '1.100.0', codeServer: '4.100.3', node: '20.19.5' },
  current: { desktop: 'stable', codeServer: '4.139.1', node: '24.21.0' },
};

export const versionNames = Object.keys(versions) as readonly VersionName[];

export const projectFolder = path.resolve(__dirname, '..', '..', '..');
/** Everything here can be had again; @vscode/test-electron uses the same folder. */
export const installFolder = path.join(projectFolder, '.vscode-test');
