/** The one button next to a failure, where a button helps. */
import type { FieldName, FormValues, PanelError, WordKey } from '../protocol';

export type Cure =
  | { readonly kind: 'trust certificate'; readonly word: WordKey }
  | { readonly kind: 'focus'; readonly word: WordKey; readonly field: FieldName }
  | { readonly kind: 'again'; readonly word: WordKey }
  /** Shows how SQL Server Browser is started. */
  | { readonly kind: 'start browser'; readonly word: WordKey }
  | { readonly kind: 'settings'; readonly word: WordKey; readonly key: string }
  | { readonly kind: 'log'; readonly word: WordKey };

const fieldOf: Readonly<Partial<Record<string, FieldName>>> = {
  'server-name-invalid': 'server',
  'sql-server-not-found': 'server',
  'sql-database-unknown': 'database',
  'sql-windows-only': 'authentication',
  'sql-driver-missing': 'authentication',
  'table-name-invalid': 'table',
  'table-missing': 'table',
  'table-is-view': 'table',
  'table-unsupported': 'table',
  'columns-missing': 'table',
  'column-type-unsupported': 'table',
  'key-not-unique': 'table',
};

/** @param again what tries the same again is called */
export function cureOf({ code, remedy }: PanelError, { authentication }: FormValues, again: WordKey): Cure | null {
  if (remedy === 'trust certificate') return { kind: 'trust certificate', word: 'trustAndTest' };
  if (code === 'sql-browser-silent') return { kind: 'start browser', word: 'browserShow' };
  if (code === 'sql-login-failed')
    return authentication === 'windows'
      ? { kind: 'focus', word: 'correct', field: 'authentication' }
      : { kind: 'focus', word: 'typeAgain', field: 'sqlPassword' };
  if (code === 'digible-login-failed' || remedy === 'sign in')
    return { kind: 'focus', word: 'typeAgain', field: 'digiblePassword' };
  if (code === 'digible-address-invalid')
    return { kind: 'settings', word: 'openSettings', key: 'shopmaster.digible.baseUrl' };
  const field = fieldOf[code];
  if (field !== undefined && remedy !== 'retry') return { kind: 'focus', word: 'correct', field };
  if (code === 'internal') return { kind: 'log', word: 'showLog' };
  return remedy === 'retry' || code === 'no-answer' ? { kind: 'again', word: again } : null;
}
