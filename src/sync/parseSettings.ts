/** Settings from plain JSON: every key known, every value of its type and in its range, or an error that names the key. */
import type { SettingProblem } from './settingProblem';
import { defaults, type Settings } from './settings';

export type Parsed<T> = { readonly ok: true; readonly value: T } | Refused;

interface Refused {
  readonly ok: false;
  /** `sync.intervalSeconds`; empty for the whole. */
  readonly key: string;
  readonly problem: SettingProblem;
}

interface TextRule {
  readonly type: 'text';
  readonly default?: string;
  readonly choices?: readonly string[];
}

interface IntegerRule {
  readonly type: 'integer';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

interface BooleanRule {
  readonly type: 'boolean';
  readonly default: boolean;
}

type Rule = TextRule | IntegerRule | BooleanRule;

/** A rule without a default is a key that must be there. */
export const settingRules: {
  readonly [Section in keyof Settings]: { readonly [Key in keyof Settings[Section]]: Rule };
} = {
  digible: {
    baseUrl: { type: 'text', default: defaults.digible.baseUrl },
    email: { type: 'text' },
  },
  sqlServer: {
    server: { type: 'text', default: defaults.sqlServer.server },
    database: { type: 'text' },
    table: { type: 'text' },
    authentication: { type: 'text', default: defaults.sqlServer.authentication, choices: ['password', 'windows'] },
    username: { type: 'text', default: defaults.sqlServer.username },
    encrypt: { type: 'boolean', default: defaults.sqlServer.encrypt },
    trustServerCertificate: { type: 'boolean', default: defaults.sqlServer.trustServerCertificate },
  },
  sync: {
    intervalSeconds: { type: 'integer', default: defaults.sync.intervalSeconds, minimum: 5, maximum: 86_400 },
    updateConcurrency: { type: 'integer', default: defaults.sync.updateConcurrency, minimum: 1, maximum: 32 },
    bulkUpdateThreshold: {
      type: 'integer',
      default: defaults.sync.bulkUpdateThreshold,
      minimum: 0,
      maximum: 1_000_000,
    },
    settleSeconds: { type: 'integer', default: defaults.sync.settleSeconds, minimum: 0, maximum: 3600 },
  },
  upload: {
    batchSize: { type: 'integer', default: defaults.upload.batchSize, minimum: 1, maximum: 200 },
    concurrency: { type: 'integer', default: defaults.upload.concurrency, minimum: 1, maximum: 16 },
  },
};

export function parseSettings(json: unknown): Parsed<Settings> {
  if (!isObject(json)) return refused('', { kind: 'not an object' });
  const unknownSection = Object.keys(json).find((key) => !Object.hasOwn(settingRules, key));
  if (unknownSection !== undefined) return refused(unknownSection, unknownAmong(settingRules));
  const settings: Record<string, Record<string, unknown>> = {};
  for (const [section, rules] of Object.entries(settingRules)) {
    const parsed = parseSection(section, rules, Object.hasOwn(json, section) ? json[section] : {});
    if (!parsed.ok) return parsed;
    settings[section] = parsed.value;
  }
  const parsed = settings as unknown as Settings;
  if (parsed.sqlServer.authentication === 'password' && parsed.sqlServer.username === '') {
    return refused('sqlServer.username', { kind: 'needed with a password' });
  }
  return { ok: true, value: parsed };
}

/** Why this value is none for this setting; null where it is one. */
export function settingProblem(section: string, key: string, value: unknown): SettingProblem | null {
  const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = settingRules;
  const rule = Object.hasOwn(rules, section) && Object.hasOwn(rules[section] ?? {}, key) ? rules[section]?.[key] : null;
  return rule === null || rule === undefined ? unknownAmong(rules[section] ?? {}) : whyNot(rule, value);
}

function parseSection(
  section: string,
  rules: Readonly<Record<string, Rule>>,
  json: unknown,
): Parsed<Record<string, unknown>> {
  if (!isObject(json)) return refused(section, { kind: 'not an object' });
  const unknownKey = Object.keys(json).find((key) => !Object.hasOwn(rules, key));
  if (unknownKey !== undefined) {
    const isSecret = /password|token/i.test(unknownKey);
    return refused(`${section}.${unknownKey}`, unknownAmong(rules, isSecret));
  }
  const values: Record<string, unknown> = {};
  for (const [key, rule] of Object.entries(rules)) {
    const value = Object.hasOwn(json, key) ? json[key] : rule.default;
    const problem = whyNot(rule, value);
    if (problem !== null) return refused(`${section}.${key}`, problem);
    values[key] = value;
  }
  return { ok: true, value: values };
}

function whyNot(rule: Rule, value: unknown): SettingProblem | null {
  if (value === undefined) return { kind: 'missing' };
  switch (rule.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : { kind: 'not a switch' };
    case 'integer': {
      const { minimum, maximum } = rule;
      const fits = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
      return fits ? null : { kind: 'not whole', minimum, maximum };
    }
    case 'text': {
      const { choices } = rule;
      if (typeof value !== 'string') return { kind: 'not a text' };
      if (choices !== undefined && !choices.includes(value)) return { kind: 'not among', choices };
      return value.trim() === '' && rule.default !== '' ? { kind: 'empty' } : null;
    }
  }
}

function unknownAmong(rules: object, isSecret = false): SettingProblem {
  return { kind: 'unknown', known: Object.keys(rules), isSecret };
}

function refused(key: string, problem: SettingProblem): Refused {
  return { ok: false, key, problem };
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
