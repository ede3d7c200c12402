/** The command line as it ships: bundled once a test file, run as a process. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BuiltBundles } from '../../builtBundles';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export class BuiltCommandLine {
  private constructor(private readonly built: BuiltBundles) {}

  static async build(): Promise<BuiltCommandLine> {
    return new BuiltCommandLine(await BuiltBundles.build());
  }

  get folder(): string {
    return this.built.folder;
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
    return spawn(process.execPath, [this.built.file('cli.js'), ...args], {
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
    return this.built.close();
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
