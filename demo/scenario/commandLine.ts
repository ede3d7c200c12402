/** The built command line, run as a user would run it: a process with a settings file and passwords in its environment. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { World } from './world';

export interface CommandResult {
  readonly exitCode: number;
  /** The one JSON object on its standard output. */
  readonly output: Readonly<Record<string, unknown>>;
}

export type Shopmaster = (...args: readonly string[]) => Promise<CommandResult>;

export interface CommandLineOptions {
  readonly folder: string;
  readonly cli: string;
  readonly settleSeconds?: number;
  /** Ends a command under way, and lets none start. */
  readonly signal: AbortSignal;
}

export async function prepareCommandLine(world: World, options: CommandLineOptions): Promise<Shopmaster> {
  const config = path.join(options.folder, 'shopmaster.json');
  const { password, ...sqlServer } = world.connection;
  const { baseUrl, email } = world.digible;
  const settings = {
    digible: { baseUrl, email },
    sqlServer: { ...sqlServer, authentication: 'password', encrypt: true, trustServerCertificate: true },
    ...(options.settleSeconds !== undefined && { sync: { settleSeconds: options.settleSeconds } }),
  };
  await writeFile(config, `${JSON.stringify(settings, null, 2)}\n`);
  const env = {
    ...process.env,
    SHOPMASTER_SQL_PASSWORD: password,
    SHOPMASTER_DIGIBLE_PASSWORD: world.digible.password,
  };
  return (...args) => runJson(options, [...args, '--config', config, '--json'], env);
}

function runJson(
  { cli, signal }: CommandLineOptions,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { env, signal, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (exitCode) => {
      try {
        resolve({ exitCode: exitCode ?? 1, output: JSON.parse(output) as CommandResult['output'] });
      } catch (cause) {
        reject(new Error(`shopmaster ${args.join(' ')} printed no JSON: ${output}`, { cause }));
      }
    });
  });
}
