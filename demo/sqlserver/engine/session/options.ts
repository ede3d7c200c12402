/** The SET options of a session: an immutable record, so that a module's end gives back the one from before it. */
import { SqlServerError, type IsolationLevel } from '../../contract';
import { notSupported } from './failures';

export interface SetOptions {
  readonly nocount: boolean;
  readonly xactAbort: boolean;
  /** SET ROWCOUNT; 0 is no limit. */
  readonly rowcount: number;
  /** Milliseconds; -1 waits for ever. */
  readonly lockTimeout: number;
  readonly quotedIdentifier: boolean;
  readonly implicitTransactions: boolean;
  readonly isolation: IsolationLevel;
  readonly dateFormat: string;
  readonly dateFirst: number;
  readonly language: string;
  readonly textSize: number;
  /** The remaining options that are ON: ANSI_NULLS, ARITHABORT, …. */
  readonly on: ReadonlySet<string>;
  /** SET FMTONLY ON and SET NOEXEC ON: nothing is executed. */
  readonly noExec: boolean;
}

export const DEFAULT_OPTIONS: SetOptions = {
  nocount: false,
  xactAbort: false,
  rowcount: 0,
  lockTimeout: -1,
  quotedIdentifier: true,
  implicitTransactions: false,
  isolation: 'read committed',
  dateFormat: 'mdy',
  dateFirst: 7,
  language: 'us_english',
  textSize: 2_147_483_647,
  on: new Set([
    'ANSI_NULLS',
    'ANSI_PADDING',
    'ANSI_WARNINGS',
    'ARITHABORT',
    'CONCAT_NULL_YIELDS_NULL',
    'ANSI_NULL_DFLT_ON',
  ]),
  noExec: false,
};

/** Options that are kept and reported; that they be ON (or OFF) is how everything behaves here anyway. */
const KEPT = new Set([
  'ANSI_NULLS',
  'ANSI_PADDING',
  'ANSI_WARNINGS',
  'ARITHABORT',
  'ARITHIGNORE',
  'CONCAT_NULL_YIELDS_NULL',
  'ANSI_NULL_DFLT_ON',
  'ANSI_NULL_DFLT_OFF',
  'CURSOR_CLOSE_ON_COMMIT',
  'FORCEPLAN',
  'NUMERIC_ROUNDABORT',
  'REMOTE_PROC_TRANSACTIONS',
  'STATISTICS IO',
  'STATISTICS TIME',
]);

/** Languages whose dates and messages are those that the conversions know. */
const LANGUAGES = new Set(['us_english', 'english']);

const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
];

/** The options after `SET <option> <value>`. Throws SqlServerError where SQL Server would, and 195 for an option it doesn't know. */
export function withOption(options: SetOptions, option: string, value: string): SetOptions {
  switch (option) {
    case 'NOCOUNT':
      return { ...options, nocount: isOn(value) };
    case 'XACT_ABORT':
      return { ...options, xactAbort: isOn(value) };
    case 'QUOTED_IDENTIFIER':
      return { ...options, quotedIdentifier: isOn(value) };
    case 'IMPLICIT_TRANSACTIONS':
      return { ...options, implicitTransactions: isOn(value) };
    case 'FMTONLY':
    case 'NOEXEC':
      return { ...options, noExec: isOn(value) };
    case 'ROWCOUNT':
      return { ...options, rowcount: integer(value, 0) };
    case 'LOCK_TIMEOUT':
      return { ...options, lockTimeout: integer(value, -1) };
    case 'TEXTSIZE':
      return { ...options, textSize: textSize(integer(value, -1)) };
    case 'DATEFIRST':
      return { ...options, dateFirst: dateFirst(integer(value, 1)) };
    case 'DATEFORMAT':
      return { ...options, dateFormat: dateFormat(value) };
    case 'LANGUAGE':
      return withLanguage(options, value);
    case 'DEADLOCK_PRIORITY':
    case 'CONTEXT_INFO':
      return options;
    case 'ANSI_DEFAULTS':
      return ansiDefaults(options, isOn(value));
    default:
      return kept(options, option, value);
  }
}

export function withIsolation(options: SetOptions, level: string): SetOptions {
  const isolation = ISOLATION_LEVELS.find((known) => known === level);
  if (isolation === undefined) throw new SqlServerError(102, `Incorrect syntax near '${level}'.`, 15);
  return { ...options, isolation };
}

function kept(options: SetOptions, option: string, value: string): SetOptions {
  if (!KEPT.has(option)) throw new SqlServerError(195, `'${option}' is not a recognized SET option.`, 15, 5);
  const on = new Set(options.on);
  if (isOn(value)) on.add(option);
  else on.delete(option);
  return { ...options, on };
}

function ansiDefaults(options: SetOptions, enabled: boolean): SetOptions {
  const names = ['ANSI_NULLS', 'ANSI_NULL_DFLT_ON', 'ANSI_PADDING', 'ANSI_WARNINGS', 'CURSOR_CLOSE_ON_COMMIT'];
  const on = new Set(options.on);
  for (const name of names) {
    if (enabled) on.add(name);
    else on.delete(name);
  }
  return { ...options, on, quotedIdentifier: enabled, implicitTransactions: enabled };
}

function withLanguage(options: SetOptions, value: string): SetOptions {
  if (!LANGUAGES.has(value.toLowerCase())) throw notSupported(`SET LANGUAGE ${value}`);
  return { ...options, language: value.toLowerCase() };
}

/** Other orders than the default would have to reach every conversion of a date. */
function dateFormat(value: string): string {
  if (value.toLowerCase() !== 'mdy') throw notSupported(`SET DATEFORMAT ${value}`);
  return 'mdy';
}

function dateFirst(value: number): number {
  if (value !== 7) throw notSupported(`SET DATEFIRST ${value}`);
  return value;
}

function textSize(value: number): number {
  return value === -1 ? 2_147_483_647 : value === 0 ? 4096 : value;
}

function isOn(value: string): boolean {
  if (value.toUpperCase() === 'ON') return true;
  if (value.toUpperCase() === 'OFF') return false;
  throw new SqlServerError(102, `Incorrect syntax near '${value}'.`, 15);
}

function integer(value: string, least: number): number {
  if (!/^-?\d{1,10}$/.test(value)) throw new SqlServerError(102, `Incorrect syntax near '${value}'.`, 15);
  return inRange(Number(value), least, 2_147_483_647);
}

function inRange(value: number, least: number, most: number): number {
  if (value < least || value > most) throw new SqlServerError(102, `Incorrect syntax near '${value}'.`, 15);
  return value;
}

/** The bits of @@OPTIONS (sp_configure 'user options'). */
export function optionBits(options: SetOptions): number {
  const bits: readonly (readonly [boolean, number])[] = [
    [options.implicitTransactions, 2],
    [options.on.has('CURSOR_CLOSE_ON_COMMIT'), 4],
    [options.on.has('ANSI_WARNINGS'), 8],
    [options.on.has('ANSI_PADDING'), 16],
    [options.on.has('ANSI_NULLS'), 32],
    [options.on.has('ARITHABORT'), 64],
    [options.on.has('ARITHIGNORE'), 128],
    [options.quotedIdentifier, 256],
    [options.nocount, 512],
    [options.on.has('ANSI_NULL_DFLT_ON'), 1024],
    [options.on.has('ANSI_NULL_DFLT_OFF'), 2048],
    [options.on.has('CONCAT_NULL_YIELDS_NULL'), 4096],
    [options.on.has('NUMERIC_ROUNDABORT'), 8192],
    [options.xactAbort, 16384],
  ];
  return bits.reduce((sum, [on, bit]) => sum + (on ? bit : 0), 0);
}
