/** Installs code-server from npm. */
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeServerFolder, codeServerRecord, type CodeServerInstallation } from './installation';
import { environmentOutsideNpm, runProgram } from './processes';
import { versions, type VersionName } from './versions';

/**
 * Packages with native parts that VS Code's server cannot start without; of argon2, code-server itself. npm runs no install script
 * here: most of the others would build what no test uses (terminals, Kerberos).
 */
const nativeParts = ['@vscode/spdlog', '@vscode/native-watchdog', 'native-watchdog'];

/** False: it was there already. Needs npm, and for the native parts Python, make and a C++ compiler. */
export async function installCodeServer(version: VersionName): Promise<boolean> {
  const record = codeServerRecord(version);
  if (existsSync(record)) return false;
  const folder = codeServerFolder(version);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });

  const { codeServer, node } = versions[version];
  const nodePackage = isRunning(node)
    ? null
    : `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { 'code-server': codeServer, ...(nodePackage !== null && { [nodePackage]: node }) },
    }),
  );
  const packages = path.join(folder, 'node_modules');
  const installation: CodeServerInstallation = {
    node: nodePackage === null ? process.execPath : path.join(packages, nodePackage, 'bin', 'node'),
    package: path.join(packages, 'code-server'),
  };

  const environment = environmentOutsideNpm();
  const npm = (cwd: string, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<void> =>
    runProgram('npm', [...args, '--no-audit', '--no-fund'], { cwd, env });
  await npm(folder, environment, 'install', '--ignore-scripts');

  // What is native is built for the Node that will run it.
  const itsNode =
    nodePackage === null
      ? environment
      : {
          ...environment,
          PATH: `${path.dirname(installation.node)}${path.delimiter}${environment['PATH'] ?? ''}`,
          npm_config_nodedir: path.join(packages, nodePackage),
        };
  const vsCode = path.join(installation.package, 'lib', 'vscode');
  await npm(vsCode, itsNode, 'install', '--omit=dev', '--ignore-scripts');
  await npm(path.join(vsCode, 'extensions'), itsNode, 'install', '--omit=dev', '--ignore-scripts');
  await npm(
    vsCode,
    itsNode,
    'rebuild',
    ...nativeParts.filter((name) => existsSync(path.join(vsCode, 'node_modules', name))),
  );
  if (existsSync(path.join(packages, 'argon2'))) await npm(folder, itsNode, 'rebuild', 'argon2');
  await linkScripts(vsCode);
  await standInForRipgrep(vsCode);

  await writeFile(record, JSON.stringify(installation));
  return true;
}

function isRunning(node: string): boolean {
  return process.versions.node.split('.')[0] === node.split('.')[0];
}

/** What code-server's own install script does beside installing. */
async function linkScripts(vsCode: string): Promise<void> {
  const system = process.platform === 'darwin' ? 'darwin' : 'linux';
  const links: readonly (readonly [target: string, link: string])[] = [
    [`code-${system}.sh`, path.join('bin', 'remote-cli', 'code-server')],
    [`browser-${system}.sh`, path.join('bin', 'helpers', 'browser.sh')],
    ['node_modules', 'node_modules.asar'],
  ];
  for (const [target, link] of links) {
    await rm(path.join(vsCode, link), { force: true });
    await symlink(target, path.join(vsCode, link));
  }
}

/** The search program, which its package would download. VS Code looks for files with it at every start, and shows that it can't. */
async function standInForRipgrep(vsCode: string): Promise<void> {
  const program = path.join(vsCode, 'node_modules', '@vscode', 'ripgrep', 'bin', 'rg');
  if (existsSync(program) || !existsSync(path.dirname(path.dirname(program)))) return;
  await mkdir(path.dirname(program), { recursive: true });
  const nothingFound = '#!/bin/sh\nexit 1\n';
  await writeFile(program, nothingFound, { mode: 0o755 });
}
