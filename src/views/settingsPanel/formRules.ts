/** From the form to settings and back, and what is wrong with a form. */
import { serverNameProblem, tableNameProblem } from '../../sync/nameProblems';
import { settingProblem } from '../../sync/parseSettings';
import type { Settings } from '../../sync/settings';
import {
  type FieldName,
  type FormValues,
  type Problems,
  type SecretField,
  type SecretState,
  type ValueName,
} from './protocol';

/** The setting that each field is, as section and key; `sync.autoStart` is the extension's own. */
export const settingOf: Readonly<Record<ValueName, readonly [section: keyof Settings, key: string]>> = {
  email: ['digible', 'email'],
  server: ['sqlServer', 'server'],
  database: ['sqlServer', 'database'],
  table: ['sqlServer', 'table'],
  authentication: ['sqlServer', 'authentication'],
  username: ['sqlServer', 'username'],
  encrypt: ['sqlServer', 'encrypt'],
  trustServerCertificate: ['sqlServer', 'trustServerCertificate'],
  intervalSeconds: ['sync', 'intervalSeconds'],
  autoStart: ['sync', 'autoStart'],
};

/** Fields that a connection to SQL Server needs. */
export const connectionFields: readonly FieldName[] = [
  'server',
  'database',
  'authentication',
  'username',
  'sqlPassword',
  'encrypt',
  'trustServerCertificate',
];
export const digibleFields: readonly FieldName[] = ['email', 'digiblePassword'];

export interface FieldSentences {
  /** The field's name as the form shows it. */
  readonly label: (field: FieldName) => string;
  readonly empty: (label: string) => string;
  readonly notWhole: (label: string, minimum: number, maximum: number) => string;
  readonly passwordGone: () => string;
}

/** What is wrong with the form as it is filled in. */
export function problemsOf(
  values: FormValues,
  secrets: Readonly<Record<SecretField, SecretState>>,
  configured: boolean,
  say: FieldSentences,
): Problems {
  const problems: Partial<Record<FieldName, string>> = {};
  const usesPassword = values.authentication === 'password';
  for (const field of ['email', 'server', 'database', 'table'] as const)
    if (isEmpty(values[field])) problems[field] = say.empty(say.label(field));
  if (usesPassword && isEmpty(values.username)) problems.username = say.empty(say.label('username'));
  const ask = (field: SecretField): void => {
    if (secrets[field] === 'missing') problems[field] = configured ? say.passwordGone() : say.empty(say.label(field));
  };
  ask('digiblePassword');
  if (usesPassword) ask('sqlPassword');

  problems.server ??= serverNameProblem(values.server);
  problems.table ??= tableNameProblem(values.table);
  const interval = settingProblem(...settingOf.intervalSeconds, numberOf(values.intervalSeconds));
  if (interval?.kind === 'not whole')
    problems.intervalSeconds = say.notWhole(say.label('intervalSeconds'), interval.minimum, interval.maximum);
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== ''));
}

/** The settings that a form stands for; what it has no field for is taken from `others`. */
export function settingsOf(values: FormValues, others: Settings): Settings {
  const { email, server, database, table, authentication, username, encrypt, trustServerCertificate } = values;
  return {
    ...others,
    digible: { ...others.digible, email: email.trim() },
    sqlServer: {
      server: server.trim(),
      database: database.trim(),
      table: table.trim(),
      authentication,
      username: username.trim(),
      encrypt,
      trustServerCertificate,
    },
    sync: { ...others.sync, intervalSeconds: numberOf(values.intervalSeconds) },
  };
}

/** Whether the database that Configure got ready is still the one that is named. */
export function sameDatabase(a: FormValues, b: FormValues): boolean {
  return a.server === b.server && a.database === b.database && a.table === b.table;
}

/** NaN where it is no number. */
function numberOf(typed: string): number {
  return /^\s*\d+\s*$/.test(typed) ? Number(typed) : Number.NaN;
}

function isEmpty(typed: string): boolean {
  return typed.trim() === '';
}
