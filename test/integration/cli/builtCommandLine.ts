/** The command line as it ships: bundled once a test file, run as a process. */
import { build } from 'esbuild';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export class BuiltCommandLine {
  private constructor(
    readonly folder: string,
    private readonly script: string,
  ) {}

  static async build(): Promise<BuiltCommandLine> {
    const root = path.join(__dirname, '../../..');
    const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-cli-'));
    const script = path.join(folder, 'cli.js');
    await build({
      entryPoints: [path.join(root, 'src/cli.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['msnodesqlv8'],
      define: { SHOPMASTER_VERSION: '"1.2.3"' },
      logLevel: 'error',
    });
    return new BuiltCommandLine(folder, script);
  }

  async writeConfig(settings: object): Promise<string> {
    const file = path.join(this.folder, 'shopmaster.json');
    await writeFile(file, JSON.stringify(settings));
    return file;
  }

  /** In the folder of the settings, so that `shopmaster.json` is found without --config. */
  start(
    args: readonly string[],
    secrets: Readonly<Record<string, string>> = {},
  ): ChildProcessByStdio<null, Readable, Readable> {
    const nobodysSecrets = { SHOPMASTER_DIGIBLE_PASSWORD: undefined, SHOPMASTER_SQL_PASSWORD: undefined };
    return spawn(process.execPath, [this.script, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...nobodysSecrets, ...secrets },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  run(args: readonly string[], secrets: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const child = this.start(args, secrets);
    return new Promise((resolve, reject) => {
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    });
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Standard output as the one JSON object that it must be. */
export function jsonOf({ stdout, stderr }: Ended): JsonObject {
  try {
    return JSON.parse(stdout) as JsonObject;
  } catch (cause) {
    throw new Error(`no JSON object on standard output: ${stdout}\n${stderr}`, { cause });
  }
}
