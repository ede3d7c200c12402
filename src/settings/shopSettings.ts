/** The settings of package.json's `contributes.configuration`, typed. */
import * as vscode from 'vscode';
import { ShopError, toError } from '../sync/errors';
import { addressProblem, serverNameProblem, tableNameProblem } from '../sync/nameProblems';
import { parseSettings, settingRules } from '../sync/parseSettings';
import type { Settings } from '../sync/settings';
import { settingSentence } from './settingSentence';

const root = 'shopmaster';
const autoStartName = 'sync.autoStart';

export type FoundSettings =
  /** What has no default is empty still. */
  | { readonly kind: 'not configured' }
  | { readonly kind: 'invalid'; readonly error: ShopError }
  | { readonly kind: 'complete'; readonly settings: Settings };

export function readSettings(): FoundSettings {
  const json = rawSettings();
  const { digible, sqlServer } = json;
  const username = sqlServer?.['authentication'] === 'windows' ? 'own account' : sqlServer?.['username'];
  const needed = [digible?.['email'], sqlServer?.['server'], sqlServer?.['database'], sqlServer?.['table'], username];
  if (needed.some((value) => typeof value === 'string' && value.trim() === '')) return { kind: 'not configured' };
  return checkSettings(json);
}

/** Whether a shop can be opened with these; the error names the setting as the Settings editor shows it. */
export function checkSettings(json: unknown): Exclude<FoundSettings, { kind: 'not configured' }> {
  const parsed = parseSettings(json);
  if (!parsed.ok) return invalid(settingSentence(`${root}.${parsed.key}`, parsed.problem, vscode.l10n));
  const { digible, sqlServer } = parsed.value;
  const problems = {
    'digible.baseUrl': addressProblem(digible.baseUrl),
    'sqlServer.server': serverNameProblem(sqlServer.server),
    'sqlServer.table': tableNameProblem(sqlServer.table),
  };
  for (const [name, problem] of Object.entries(problems))
    if (problem !== '') return invalid(vscode.l10n.t('The setting {0} can’t be used. {1}', `${root}.${name}`, problem));
  return { kind: 'complete', settings: parsed.value };
}

function invalid(message: string): FoundSettings & { kind: 'invalid' } {
  const hint = vscode.l10n.t('Correct it in the settings.');
  return { kind: 'invalid', error: new ShopError('settings-invalid', message, hint, { remedy: 'configure' }) };
}

/** Every setting as it stands, complete or not; what is missing or nonsense is there as its default. */
export function readForm(): Settings {
  const raw = rawSettings();
  const settings: Record<string, Record<string, unknown>> = {};
  for (const [section, rules] of Object.entries(settingRules)) {
    const values: Record<string, unknown> = {};
    for (const [key, rule] of Object.entries(rules)) {
      const value = raw[section as keyof Settings]?.[key];
      const fallback = (rule as { readonly default?: unknown }).default ?? '';
      values[key] = typeof value === typeof fallback ? value : fallback;
    }
    settings[section] = values;
  }
  return settings as unknown as Settings;
}

/** Puts back what was there before. Rejects where that can't be written, after it has tried everything. */
export type PutBack = () => Promise<void>;

/**
 * Writes what differs, for this machine; what is the default is taken out of the settings file, as the Settings editor does. Rejects
 * with a ShopError where the file can't be written, and what was written by then is put back.
 * @param autoStart stays as it is where it is not given
 */
export function writeSettings(settings: Settings, autoStart?: boolean): Promise<PutBack> {
  const values = new Map<string, unknown>();
  for (const [section, ofSection] of Object.entries(settings) as [string, Readonly<Record<string, unknown>>][])
    for (const [key, value] of Object.entries(ofSection)) values.set(`${section}.${key}`, value);
  if (autoStart !== undefined) values.set(autoStartName, autoStart);
  return write(values);
}

/** No product table is set any more, so that nothing syncs until another one is configured. Rejects as `writeSettings`. */
export function forgetTable(): Promise<PutBack> {
  return write(new Map([['sqlServer.table', undefined]]));
}

/** Takes all of them out of the settings file. Rejects as `writeSettings`. */
export function forgetSettings(): Promise<PutBack> {
  const names = Object.entries(settingRules).flatMap(([section, rules]) =>
    Object.keys(rules).map((key) => `${section}.${key}`),
  );
  return write(new Map([...names, autoStartName].map((name) => [name, undefined])));
}

/** Undefined is the default. */
async function write(values: ReadonlyMap<string, unknown>): Promise<PutBack> {
  const written: (readonly [name: string, before: unknown])[] = [];
  const putBack = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const [name, before] of written.splice(0).reverse())
      await Promise.resolve(update(name, before)).catch((caught: unknown) => failures.push(caught));
    if (failures.length > 0) throw toError(failures[0]);
  };
  try {
    for (const [name, value] of values) {
      const { before, fallback } = inspect(name);
      const wanted = value === fallback ? undefined : value;
      if (before === wanted || (before ?? fallback) === value) continue;
      await update(name, wanted);
      written.push([name, before]);
    }
    return putBack;
  } catch (caught) {
    await putBack().catch(toError);
    const cause = toError(caught);
    const message = vscode.l10n.t('The settings could not be saved: {0}', cause.message);
    const hint = vscode.l10n.t(
      'Make sure that VS Code’s settings file can be written and has no mistake, then try again.',
    );
    throw new ShopError('settings-not-saved', message, hint, { cause });
  }
}

function update(name: string, value: unknown): Thenable<void> {
  return vscode.workspace.getConfiguration(root).update(name, value, vscode.ConfigurationTarget.Global);
}

/** `before`: what this machine's settings file has. */
function inspect(name: string): { readonly before: unknown; readonly fallback: unknown } {
  const found = vscode.workspace.getConfiguration(root).inspect(name);
  return { before: found?.globalValue, fallback: found?.defaultValue };
}

/** Whether this machine's settings file has it, whatever the value; `name` without `shopmaster.`. */
export function isStored(name: string): boolean {
  return inspect(name).before !== undefined;
}

export function autoStart(): boolean {
  return vscode.workspace.getConfiguration(root).get(autoStartName) !== false;
}

export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(root)) listener();
  });
}

function rawSettings(): Partial<Record<keyof Settings, Readonly<Record<string, unknown>>>> {
  const configuration = vscode.workspace.getConfiguration(root);
  return Object.fromEntries(
    Object.entries(settingRules).map(([section, rules]) => [
      section,
      Object.fromEntries(Object.keys(rules).map((key) => [key, configuration.get<unknown>(`${section}.${key}`)])),
    ]),
  );
}
