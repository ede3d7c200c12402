/** The words that begin statements. */
import type { Source } from './syntax';

/** Reserved words that can begin a statement which the translation takes. */
export const TRANSLATED = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'WITH',
  'CREATE',
  'ALTER',
  'DROP',
  'TRUNCATE',
  '(',
]);

/** Statements that SQL Server has, and the stand-in has not. */
export const UNSUPPORTED = new Set(
  'GOTO OPEN FETCH CLOSE DEALLOCATE CHECKPOINT BACKUP RESTORE KILL BULK RECONFIGURE SHUTDOWN READTEXT WRITETEXT'.split(
    ' ',
  ),
);

/** Whether a word can't be a transaction's name because a statement starts with it. */
export function startsStatement(word: string): boolean {
  return (
    TRANSLATED.has(word) ||
    [
      'BEGIN',
      'END',
      'IF',
      'ELSE',
      'WHILE',
      'BREAK',
      'CONTINUE',
      'RETURN',
      'DECLARE',
      'SET',
      'PRINT',
      'RAISERROR',
    ].includes(word) ||
    ['WAITFOR', 'USE', 'COMMIT', 'ROLLBACK', 'SAVE', 'EXEC', 'EXECUTE', 'GRANT', 'DENY', 'REVOKE', 'GOTO'].includes(
      word,
    )
  );
}

/** A statement's first word or, where it begins with WITH, the verb behind the common table expressions. */
export function verbOf(source: Source): string {
  const first = source.tokens[0]?.upper ?? '';
  if (first === '(') return 'SELECT';
  if (first !== 'WITH') return first;
  let depth = 0;
  for (const token of source.tokens) {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    else if (depth === 0 && ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(token.upper)) return token.upper;
  }
  return first;
}
