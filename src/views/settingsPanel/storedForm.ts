/** The settings as they are stored, made into a form; nonsense in the settings file is named, and shown where it has a field. */
import { settingProblem, settingRules } from '../../sync/parseSettings';
import type { SettingProblem } from '../../sync/settingProblem';
import type { Settings } from '../../sync/settings';
import { settingOf } from './formRules';
import type { StoredForm } from './panelPorts';
import { type FormValues, type StoredProblem, switches, textFields, type ValueName } from './protocol';

/**
 * @param raw the value of a setting, e.g. of `sync.intervalSeconds`
 * @param settings every setting, defaults in place of nonsense
 * @param sentence names a setting, e.g. `shopmaster.sync.intervalSeconds`, and says what is wrong with it
 */
export function formOf(
  raw: (setting: string) => unknown,
  settings: Settings,
  sentence: (key: string, problem: SettingProblem) => string,
): StoredForm {
  const values: Record<string, string | boolean> = {};
  for (const field of textFields) values[field] = asText(raw(nameOf(field)));
  for (const field of switches) values[field] = asFlag(raw(nameOf(field)), settings, field);
  values['authentication'] = raw(nameOf('authentication')) === 'windows' ? 'windows' : 'password';
  return { values: values as unknown as FormValues, settings, problems: problemsOf(raw, sentence) };
}

function problemsOf(
  raw: (setting: string) => unknown,
  sentence: (key: string, problem: SettingProblem) => string,
): readonly StoredProblem[] {
  const fieldOf = new Map((Object.keys(settingOf) as ValueName[]).map((field) => [nameOf(field), field]));
  const problems: StoredProblem[] = [];
  const check = (name: string, problem: SettingProblem | null): void => {
    const key = `shopmaster.${name}`;
    if (problem !== null) problems.push({ key, field: fieldOf.get(name) ?? null, message: sentence(key, problem) });
  };
  for (const [section, rules] of Object.entries(settingRules))
    for (const key of Object.keys(rules)) {
      const value = raw(`${section}.${key}`);
      // Not filled in yet is no nonsense.
      if (value !== '' && value !== undefined) check(`${section}.${key}`, settingProblem(section, key, value));
    }
  if (typeof raw(nameOf('autoStart')) !== 'boolean') check(nameOf('autoStart'), { kind: 'not a switch' });
  return problems;
}

function nameOf(field: ValueName): string {
  return settingOf[field].join('.');
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}

function asFlag(value: unknown, settings: Settings, field: (typeof switches)[number]): boolean {
  if (typeof value === 'boolean') return value;
  return field === 'autoStart' || settings.sqlServer[field];
}
