import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ShopError, toError } from '../sync/errors';
import { parseSettings } from '../sync/parseSettings';
import { reasonOf } from '../sync/settingProblem';
import type { Secrets, Settings } from '../sync/settings';

/** Rejects with a ShopError `settings-invalid` that names the file and the key. */
export async function readConfig(file: string): Promise<Settings> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (caught) {
    const missing = (caught as NodeJS.ErrnoException).code === 'ENOENT';
    throw invalid(
      missing
        ? `There is no settings file ${file}.`
        : `The settings file ${file} can't be read: ${toError(caught).message}.`,
      'Create it, or name another one with --config FILE.',
      caught,
    );
  }
  let json: unknown;
  try {
    // Editors on Windows like to begin a file with a byte order mark.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the text, which may hold what somebody took for the place of a password.
    throw invalid(`The settings file ${file} is not JSON.`, 'Check its commas, quotes and brackets.');
  }
  const parsed = parseSettings(json);
  if (!parsed.ok) {
    const what = parsed.key === '' ? `The settings file ${file}` : `${parsed.key} in ${file}`;
    throw invalid(`${what} ${reasonOf(parsed.problem)}`, 'Correct it and run the command again.');
  }
  return parsed.value;
}

type Environment = Readonly<Record<string, string | undefined>>;

const digiblePassword = 'SHOPMASTER_DIGIBLE_PASSWORD';
const sqlPassword = 'SHOPMASTER_SQL_PASSWORD';

/** Takes the passwords out of the environment: a report of a crash holds all of it, and what is started from here inherits it. */
export function takePasswords(environment: NodeJS.ProcessEnv): Environment {
  const passwords: Record<string, string | undefined> = {};
  for (const name of [digiblePassword, sqlPassword]) {
    passwords[name] = environment[name];
    Reflect.deleteProperty(environment, name);
  }
  return passwords;
}

/** Rejects where a password is needed and not there. */
export function readSecrets(
  settings: Settings,
  environment: Environment,
  needs: { readonly digible: boolean; readonly sqlServer: boolean },
): Secrets {
  const sqlNeeded = needs.sqlServer && settings.sqlServer.authentication === 'password';
  return {
    digiblePassword: secret(environment, digiblePassword, needs.digible),
    sqlPassword: secret(environment, sqlPassword, sqlNeeded),
  };
}

/** Where what must outlive a run lies: beside the settings. */
export function stateFileOf(config: string): string {
  return besideOf(config, 'state.json');
}

/** Where a hash of each product that was confirmed lies: beside the settings as well. */
export function confirmedFileOf(config: string): string {
  return besideOf(config, 'confirmed');
}

function besideOf(config: string, extension: string): string {
  const { dir, name } = path.parse(path.resolve(config));
  return path.join(dir, `${name}.${extension}`);
}

function secret(environment: Environment, name: string, needed: boolean): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  if (needed) throw invalid(`The password ${name} is not set.`, 'Set it in the environment of this command.');
  return '';
}

function invalid(message: string, hint: string, cause?: unknown): ShopError {
  return new ShopError('settings-invalid', message, hint, { cause });
}
