/** CREATE INDEX, and what constraints and tables say about indexes. */
import type { DdlStatement, IndexColumn, IndexDefinition, WrittenExpression } from '../ddlStatements';
import { notSupported, type Cursor } from './cursor';
import { parseExpression } from './parser';

/** `(a, b DESC)` */
export function readIndexColumns(cursor: Cursor): readonly IndexColumn[] {
  const columns: IndexColumn[] = [];
  cursor.expect('(');
  do {
    const name = cursor.identifier();
    const descending = cursor.accept('DESC');
    if (!descending) cursor.accept('ASC');
    columns.push({ name, descending });
  } while (cursor.accept(','));
  cursor.expect(')');
  return columns;
}

/** `WITH (…) ON [PRIMARY]`. Throws where an option would change what a statement does. */
export function skipIndexOptions(cursor: Cursor): { readonly replaces: boolean } {
  let replaces = false;
  for (;;) {
    if (cursor.sees('WITH') && cursor.peek(1).upper === '(') {
      cursor.expect('WITH');
      const options = cursor.parenthesized();
      options.forEach((token, index) => {
        const on = options[index + 2]?.upper === 'ON';
        if (token.upper === 'IGNORE_DUP_KEY' && on) throw notSupported('IGNORE_DUP_KEY = ON', token.line);
        if (token.upper === 'DROP_EXISTING' && on) replaces = true;
      });
    } else if (cursor.accept('WITH', 'FILLFACTOR', '=')) {
      cursor.next();
    } else if (cursor.sees('ON') && !['DELETE', 'UPDATE'].includes(cursor.peek(1).upper)) {
      cursor.expect('ON');
      cursor.next();
      if (cursor.sees('(')) cursor.parenthesized();
    } else {
      return { replaces };
    }
  }
}

/** Undefined where it is no CREATE INDEX. */
export function readCreateIndex(cursor: Cursor): DdlStatement | undefined {
  const unique = cursor.accept('UNIQUE');
  const clustering = cursor.accept('CLUSTERED') || cursor.accept('NONCLUSTERED');
  if (!cursor.accept('INDEX')) {
    if (unique || clustering) throw notSupported(`CREATE … ${cursor.peek().text}`, cursor.peek().line);
    return undefined;
  }
  const name = cursor.identifier();
  cursor.expect('ON');
  const table = cursor.path();
  const columns = readIndexColumns(cursor);
  const include = cursor.accept('INCLUDE') ? cursor.identifierList() : [];
  const filter = readFilter(cursor);
  const { replaces } = skipIndexOptions(cursor);
  return { kind: 'create index', table, index: { name, unique, columns, include, filter, replaces } };
}

function readFilter(cursor: Cursor): WrittenExpression | undefined {
  if (!cursor.accept('WHERE')) return undefined;
  const near = cursor.peek();
  const tokens = cursor.until((token) => token.upper === 'WITH' || token.upper === 'ON');
  return { expression: parseExpression(tokens, near), text: tokens.map((token) => token.text).join(' ') };
}

/** `INDEX i [UNIQUE] (a)` inside CREATE TABLE. */
export function readInlineIndex(cursor: Cursor): IndexDefinition {
  cursor.expect('INDEX');
  const name = cursor.identifier();
  const unique = cursor.accept('UNIQUE');
  if (!cursor.accept('CLUSTERED')) cursor.accept('NONCLUSTERED');
  const columns = readIndexColumns(cursor);
  const include = cursor.accept('INCLUDE') ? cursor.identifierList() : [];
  const filter = readFilter(cursor);
  skipIndexOptions(cursor);
  return { name, unique, columns, include, filter, replaces: false };
}
