/** Words that are keywords in one place and names in every other, and what may follow what. */
import type { Token } from '../../lexer';
import type { Cursor } from './cursor';
import { isReserved, TABLE_HINTS } from './keywords';

/** Reserved words that end an operand. */
const OPERAND_ENDS = new Set(['END', 'NULL']);

/** Whether an operand ends with the token at this offset from the cursor, so that what follows can't be the start of another. */
export function operandEndsAt(cursor: Cursor, offset: number): boolean {
  if (cursor.at + offset < 0) return false;
  const token = cursor.peek(offset);
  switch (token.kind) {
    case 'word':
      if (token.upper === 'TIES') return cursor.peek(offset - 1).upper !== 'WITH';
      if (token.upper === 'ZONE') return cursor.peek(offset - 1).upper !== 'TIME';
      return !isReserved(token) || OPERAND_ENDS.has(token.upper);
    case 'symbol':
      return token.upper === ')' && !isTopCount(cursor, offset);
    case 'number':
      return cursor.peek(offset - 1).upper !== 'TOP';
    case 'end':
      return false;
    default:
      return true;
  }
}

/** Whether the parenthesis that closes at this offset holds the count of a TOP. */
function isTopCount(cursor: Cursor, offset: number): boolean {
  let depth = 0;
  for (let at = offset; cursor.at + at >= 0; at -= 1) {
    const token = cursor.peek(at);
    if (token.upper === ')') depth += 1;
    if (token.upper === '(') depth -= 1;
    if (depth === 0) return cursor.at + at > 0 && cursor.peek(at - 1).upper === 'TOP';
  }
  return false;
}

/** Words after which a list must not end in a comma. */
const CLAUSES = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'UNION',
  'EXCEPT',
  'INTERSECT',
  'INTO',
  'OPTION',
]);

/** Whether the comma or operator at the cursor lacks what must follow it; polyglot overlooks that. */
export function lacksOperand(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (token.upper === '(' || token.upper === ')' || token.upper === '.') return false;
  if (token.upper === '*' && !operandEndsAt(cursor, -1)) return false;
  const next = cursor.peek(1);
  if (next.kind === 'end') return true;
  if (next.kind === 'symbol')
    return !['(', '-', '+', '~'].includes(next.upper) && !(token.upper === ',' && next.upper === '*');
  return CLAUSES.has(next.upper);
}

/** Whether an unreserved word is a keyword where it stands (the cursor is at it). */
export function isContextual(token: Token, cursor: Cursor): boolean {
  const before = cursor.at > 0 ? cursor.peek(-1) : undefined;
  const previous = before?.upper ?? '';
  const next = cursor.peek(1);
  const startsNumber = next.kind === 'number' || next.kind === 'variable' || next.upper === '(';
  switch (token.upper) {
    case 'APPLY':
      return previous === 'CROSS' || previous === 'OUTER';
    case 'PARTITION':
      return next.upper === 'BY';
    case 'TIES':
      return previous === 'WITH';
    case 'ROWS':
    case 'RANGE':
      return isFrame(cursor) || isRowCount(before, next);
    case 'ROW':
      return previous === 'CURRENT' || isRowCount(before, next);
    case 'UNBOUNDED':
      return next.upper === 'PRECEDING' || next.upper === 'FOLLOWING';
    case 'PRECEDING':
    case 'FOLLOWING':
      return previous === 'UNBOUNDED' || before?.kind === 'number';
    case 'OFFSET':
      return (operandEndsAt(cursor, -1) || ['ASC', 'DESC'].includes(previous)) && startsNumber;
    case 'FIRST':
    case 'NEXT':
      return previous === 'FETCH';
    case 'ONLY':
      return previous === 'ROW' || previous === 'ROWS';
    case 'AT':
      return next.upper === 'TIME' && cursor.peek(2).upper === 'ZONE';
    case 'TIME':
      return previous === 'AT' && next.upper === 'ZONE';
    case 'ZONE':
      return previous === 'TIME' && cursor.peek(-2).upper === 'AT';
    case 'GROUPING':
      return next.upper === 'SETS';
    case 'SETS':
      return previous === 'GROUPING';
    default:
      return false;
  }
}

function isFrame(cursor: Cursor): boolean {
  const next = cursor.peek(1);
  if (['BETWEEN', 'UNBOUNDED'].includes(next.upper)) return true;
  if (next.upper === 'CURRENT') return cursor.peek(2).upper === 'ROW';
  return next.kind === 'number' && ['PRECEDING', 'FOLLOWING'].includes(cursor.peek(2).upper);
}

function isRowCount(before: Token | undefined, next: Token): boolean {
  if (before === undefined) return false;
  const counts = before.kind === 'number' || before.kind === 'variable' || before.upper === ')';
  return counts && (next.kind === 'end' || [')', ';', 'FETCH', 'ONLY', 'OPTION'].includes(next.upper));
}

/** `INNER LOOP JOIN`: how SQL Server is to join is nothing to PostgreSQL. The cursor is at the second word. */
export function isJoinHint(cursor: Cursor): boolean {
  return (
    ['LOOP', 'HASH', 'MERGE', 'REMOTE'].includes(cursor.peek().upper) &&
    cursor.peek(1).upper === 'JOIN' &&
    ['INNER', 'LEFT', 'RIGHT', 'FULL', 'OUTER'].includes(cursor.peek(-1).upper)
  );
}

/** `WITH ROLLUP` or `WITH CUBE` at this offset. */
export function seesGrandTotals(cursor: Cursor, offset: number): boolean {
  return cursor.peek(offset).upper === 'WITH' && ['ROLLUP', 'CUBE'].includes(cursor.peek(offset + 1).upper);
}

/** `AS v (a, b)`, `(…) v (a, b)`, `WITH c (a) AS (`: a name and its columns, no function. The cursor is at the parenthesis. */
export function isListedAlias(cursor: Cursor): boolean {
  const before = cursor.at > 1 ? cursor.peek(-2).upper : '';
  if (before === 'AS' || before === ')' || before === 'WITH') return true;
  if (before !== ',') return false;
  let depth = 0;
  for (let offset = 0; ; offset += 1) {
    const token = cursor.peek(offset);
    if (token.kind === 'end') return false;
    if (token.upper === '(') depth += 1;
    if (token.upper === ')') depth -= 1;
    if (depth === 0) return cursor.peek(offset + 1).upper === 'AS' && cursor.peek(offset + 2).upper === '(';
  }
}

/** Whether the name just taken is a column's alias. */
export function isAlias(cursor: Cursor, token: Token): boolean {
  const before = cursor.at > 1 ? cursor.peek(-2) : undefined;
  if (before === undefined) return false;
  if (before.upper === 'AS') return true;
  if (cursor.sees('=')) return ['SELECT', ',', 'DISTINCT', 'ALL'].includes(before.upper) && token.value !== '';
  return operandEndsAt(cursor, -2);
}

/** `FROM t (NOLOCK)`: only hints in the parentheses. */
export function seesOldHints(cursor: Cursor): boolean {
  for (let offset = 1; ; offset += 2) {
    if (!TABLE_HINTS.has(cursor.peek(offset).upper)) return false;
    const after = cursor.peek(offset + 1).upper;
    if (after === ')') return true;
    if (after !== ',') return false;
  }
}
