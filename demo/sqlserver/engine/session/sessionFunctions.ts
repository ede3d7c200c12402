/**
 * Functions that only the session can answer. They reach the translation as variables, whose values the session binds
 * (see TranslationContext.variables in the engine's contract).
 */
import type { SqlType } from '../../contract';
import type { Token } from '../lexer';
import type { Source } from './syntax';

/** Functions without arguments, by name -> the variable that stands for them. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map(
  [
    'SCOPE_IDENTITY',
    'ERROR_NUMBER',
    'ERROR_MESSAGE',
    'ERROR_SEVERITY',
    'ERROR_STATE',
    'ERROR_LINE',
    'ERROR_PROCEDURE',
    'XACT_STATE',
    'CONTEXT_INFO',
    'TRIGGER_NESTLEVEL',
    'COLUMNS_UPDATED',
    'CURRENT_TRANSACTION_ID',
  ].map((name) => [name, `@@${name.toLowerCase()}`]),
);

const INT: SqlType = { name: 'int' };

/** Every variable that the session itself gives a value. */
export const SESSION_VARIABLES: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ['@@rowcount', INT],
  ['@@error', INT],
  ['@@trancount', INT],
  ['@@identity', { name: 'numeric', precision: 38, scale: 0 }],
  ['@@scope_identity', { name: 'numeric', precision: 38, scale: 0 }],
  ['@@spid', { name: 'smallint' }],
  ['@@nestlevel', INT],
  ['@@procid', INT],
  ['@@options', INT],
  ['@@lock_timeout', INT],
  ['@@datefirst', { name: 'tinyint' }],
  ['@@textsize', INT],
  ['@@fetch_status', INT],
  ['@@cursor_rows', INT],
  ['@@max_connections', INT],
  ['@@max_precision', { name: 'tinyint' }],
  ['@@microsoftversion', INT],
  ['@@langid', { name: 'smallint' }],
  ['@@language', { name: 'nvarchar', length: 128 }],
  ['@@servername', { name: 'nvarchar', length: 128 }],
  ['@@servicename', { name: 'nvarchar', length: 128 }],
  ['@@version', { name: 'nvarchar', length: 300 }],
  ['@@dbts', { name: 'varbinary', length: 8 }],
  ['@@error_number', INT],
  ['@@error_message', { name: 'nvarchar', length: 4000 }],
  ['@@error_severity', INT],
  ['@@error_state', INT],
  ['@@error_line', INT],
  ['@@error_procedure', { name: 'nvarchar', length: 128 }],
  ['@@xact_state', { name: 'smallint' }],
  ['@@context_info', { name: 'varbinary', length: 128 }],
  ['@@trigger_nestlevel', INT],
  ['@@columns_updated', { name: 'varbinary', length: 128 }],
  ['@@current_transaction_id', { name: 'bigint' }],
]);

/** The variable that stands for the n-th `UPDATE(column)` of a source. */
export function updateTestVariable(index: number): string {
  return `@@update_${index}`;
}

interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text of these tokens with session functions and table variables replaced. */
export function rewriteSessionFunctions(
  text: string,
  tokens: readonly Token[],
  tableVariables: ReadonlyMap<string, string>,
): Source {
  const replacements: Replacement[] = [];
  const updateTests: string[] = [];
  tokens.forEach((token, index) => {
    if (token.kind === 'variable') {
      const table = tableVariables.get(token.value.toLowerCase());
      if (table !== undefined) replacements.push({ from: token.start, to: token.end, text: `[${table}]` });
      return;
    }
    if (token.kind !== 'word' || tokens[index + 1]?.upper !== '(') return;
    if (tokens[index - 1]?.upper === '.') return;
    const variable = FUNCTIONS.get(token.upper);
    const close = tokens[index + 2];
    if (variable !== undefined && close?.upper === ')') {
      replacements.push({ from: token.start, to: close.end, text: variable });
      return;
    }
    const end = tokens[index + 3];
    if (token.upper === 'UPDATE' && close !== undefined && end?.upper === ')') {
      replacements.push({ from: token.start, to: end.end, text: `(${updateTestVariable(updateTests.length)} = 1)` });
      updateTests.push(close.value);
    }
  });
  const start = tokens[0]?.start ?? 0;
  const end = tokens.at(-1)?.end ?? start;
  return { text: replace(text, start, end, replacements), tokens, line: tokens[0]?.line ?? 1, updateTests };
}

function replace(text: string, start: number, end: number, replacements: readonly Replacement[]): string {
  let result = '';
  let at = start;
  for (const replacement of replacements) {
    result += text.slice(at, replacement.from) + replacement.text;
    at = replacement.to;
  }
  return result + text.slice(at, end);
}
