/**
 * Where a statement or an expression ends in T-SQL, which needs no semicolons: before the next word that starts a statement and
 * can't belong to this one.
 */
import type { Token } from '../lexer';
import type { TokenReader } from './tokenReader';

/** Reserved words that start a statement wherever they stand outside parentheses, save for the exceptions below. */
const STARTS = new Set(
  `SELECT INSERT UPDATE DELETE MERGE DECLARE SET IF ELSE BEGIN END WHILE BREAK CONTINUE RETURN EXEC EXECUTE PRINT RAISERROR
  WAITFOR GOTO USE COMMIT ROLLBACK SAVE CREATE ALTER DROP TRUNCATE GRANT DENY REVOKE REVERT DBCC OPEN FETCH CLOSE DEALLOCATE
  CHECKPOINT BACKUP RESTORE KILL BULK RECONFIGURE SHUTDOWN`.split(/\s+/),
);

/** Words that start a statement without being reserved, and what must follow them. */
const SOFT_STARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ENABLE', ['TRIGGER']],
  ['DISABLE', ['TRIGGER']],
]);

/** What a statement has had so far, as far as its end depends on it. */
interface Progress {
  /** SELECT, INSERT, …: its first word, or the verb that follows its WITH. */
  verb: string;
  /** INSERT: whether its VALUES, SELECT or EXEC has come. UPDATE: whether its SET has come. WITH: whether its verb has come. */
  complete: boolean;
}

/** The position after the statement that starts at the reader's position; the reader stays where it is. */
export function statementEnd(reader: TokenReader): number {
  const first = reader.peek();
  const progress: Progress = { verb: first.upper === '(' ? 'SELECT' : first.upper, complete: false };
  return scan(reader, first.upper === '(' ? 0 : 1, (token, offset) => belongs(reader, progress, token, offset));
}

/** The position after the expression that starts at the reader's position; a comma outside parentheses ends it, too. */
export function expressionEnd(reader: TokenReader, stopWords: readonly string[] = []): number {
  return scan(
    reader,
    0,
    (token, offset) => token.upper === 'UPDATE' && reader.peek(offset + 1).upper === '(',
    (token) => token.upper === ',' || stopWords.includes(token.upper),
  );
}

/** The position after a condition: like an expression, but a comma does not end it. */
export function conditionEnd(reader: TokenReader): number {
  return scan(reader, 0, (token, offset) => token.upper === 'UPDATE' && reader.peek(offset + 1).upper === '(');
}

function scan(
  reader: TokenReader,
  from: number,
  belongsTo: (token: Token, offset: number) => boolean,
  stops: (token: Token) => boolean = () => false,
): number {
  let parentheses = 0;
  let cases = 0;
  for (let offset = from; ; offset += 1) {
    const token = reader.peek(offset);
    if (token.kind === 'end') return reader.position + offset;
    if (token.upper === '(') parentheses += 1;
    else if (token.upper === ')') parentheses -= 1;
    if (parentheses < 0) return reader.position + offset;
    if (parentheses > 0 || (token.kind !== 'word' && token.kind !== 'symbol')) continue;
    if (token.upper === ';') return reader.position + offset;
    if (token.upper === 'CASE') cases += 1;
    if (cases > 0) {
      if (token.upper === 'END') cases -= 1;
      continue;
    }
    if (stops(token)) return reader.position + offset;
    if (token.kind === 'word' && startsStatement(reader, token, offset) && !belongsTo(token, offset)) {
      return reader.position + offset;
    }
  }
}

function startsStatement(reader: TokenReader, token: Token, offset: number): boolean {
  if (reader.peek(offset - 1).upper === '.') return false;
  if (STARTS.has(token.upper)) return true;
  const followers = SOFT_STARTS.get(token.upper);
  return followers?.includes(reader.peek(offset + 1).upper) === true;
}

/** Whether a word that could start a statement is a part of the one that is being read. */
function belongs(reader: TokenReader, progress: Progress, token: Token, offset: number): boolean {
  const before = reader.peek(offset - 1).upper;
  const after = reader.peek(offset + 1).upper;
  if (before === 'ON' && (token.upper === 'DELETE' || token.upper === 'UPDATE')) return true;
  if (before === 'FOR' && token.upper === 'UPDATE') return true;
  if ((before === 'ROW' || before === 'ROWS') && token.upper === 'FETCH') return true;
  if (
    token.upper === 'SET' &&
    (before === 'DELETE' || before === 'UPDATE') &&
    (after === 'NULL' || after === 'DEFAULT')
  ) {
    return true;
  }
  switch (progress.verb) {
    case 'WITH':
      if (!['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(token.upper)) return false;
      progress.verb = token.upper;
      return true;
    case 'MERGE':
      return ['INSERT', 'UPDATE', 'DELETE', 'SET'].includes(token.upper);
    case 'INSERT':
      return continuesInsert(reader, progress, token, offset);
    case 'UPDATE':
      if (token.upper !== 'SET' || progress.complete) return false;
      progress.complete = true;
      return true;
    case 'ALTER':
      return (
        (token.upper === 'ALTER' && after === 'COLUMN') ||
        (token.upper === 'DROP' && ['COLUMN', 'CONSTRAINT', 'MEMBER'].includes(after)) ||
        (token.upper === 'SET' && after === '(') ||
        (token.upper === 'IF' && after === 'EXISTS') ||
        ((token.upper === 'ENABLE' || token.upper === 'DISABLE') && after === 'TRIGGER')
      );
    case 'DROP':
      return token.upper === 'IF' && after === 'EXISTS';
    case 'SELECT':
      return token.upper === 'SELECT' && isSetOperator(reader, offset);
    default:
      return false;
  }
}

/** The SELECT or EXEC of an INSERT, once, unless it has VALUES. */
function continuesInsert(reader: TokenReader, progress: Progress, token: Token, offset: number): boolean {
  if (token.upper === 'SELECT' && isSetOperator(reader, offset)) return true;
  if (progress.complete || !['SELECT', 'EXEC', 'EXECUTE'].includes(token.upper)) return false;
  progress.complete = true;
  return !hasValues(reader, offset);
}

/** Whether an INSERT's VALUES clause stands before this offset. */
function hasValues(reader: TokenReader, offset: number): boolean {
  let depth = 0;
  for (let at = offset - 1; at > 0; at -= 1) {
    const token = reader.peek(at);
    if (token.upper === ')') depth += 1;
    else if (token.upper === '(') depth -= 1;
    else if (depth === 0 && token.kind === 'word' && token.upper === 'VALUES') return true;
  }
  return false;
}

/** Whether UNION, EXCEPT or INTERSECT joins the SELECT at this offset to what stands before it. */
function isSetOperator(reader: TokenReader, offset: number): boolean {
  const before = reader.peek(offset - 1).upper;
  if (before === 'ALL') return reader.peek(offset - 2).upper === 'UNION';
  return before === 'UNION' || before === 'EXCEPT' || before === 'INTERSECT';
}
