/** Hints behind tables and queries. */
import { syntaxError, type Cursor } from './cursor';
import { QUERY_HINTS, TABLE_HINTS } from './keywords';

/** `(NOLOCK, INDEX(ix))`: the hints that say how to lock, upper case; which index to take is nothing to PostgreSQL. */
export function readTableHints(cursor: Cursor): readonly string[] {
  const hints: string[] = [];
  cursor.expect('(');
  do {
    const token = cursor.next();
    if (TABLE_HINTS.has(token.upper)) {
      hints.push(token.upper);
      if (token.upper === 'FORCESEEK' && cursor.sees('(')) cursor.parenthesized();
    } else if (token.upper === 'INDEX') {
      if (cursor.accept('=')) {
        if (cursor.sees('(')) cursor.parenthesized();
        else cursor.next();
      } else {
        cursor.parenthesized();
      }
    } else {
      throw syntaxError(token);
    }
  } while (cursor.accept(',') || (!cursor.sees(')') && cursor.peek().kind === 'word'));
  cursor.expect(')');
  return hints;
}

/** `OPTION (RECOMPILE, MAXDOP 1)`: how SQL Server is to find its plan is nothing to PostgreSQL. */
export function skipQueryHints(cursor: Cursor): void {
  if (!cursor.accept('OPTION')) return;
  cursor.expect('(');
  do {
    const hint = cursor.next();
    if (!QUERY_HINTS.has(hint.upper)) throw syntaxError(hint);
    cursor.until((token) => token.upper === ',');
  } while (cursor.accept(','));
  cursor.expect(')');
}
