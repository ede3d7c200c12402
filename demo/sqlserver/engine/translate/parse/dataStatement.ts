/** SELECT, INSERT, UPDATE, DELETE, MERGE and TRUNCATE: the clauses by hand, expressions and queries by way of polyglot. */
import type { Token } from '../../lexer';
import type { DataStatement, DeleteStatement, InsertStatement, Output, Target, UpdateStatement } from '../statements';
import type { CommonTable, Expression } from '../syntax';
import { readAssignments } from './assignments';
import { notSupported, syntaxError, Cursor } from './cursor';
import { parseMerge } from './mergeStatement';
import { parseCommonTables, parseExpression, parseFromAndWhere, parseItems, parseQuery, parseRows } from './parser';
import { readTableHints, skipQueryHints } from './hints';

/** Reads a whole statement; undefined where it is of another kind. The last token must be of kind `end`. */
export function parseDataStatement(tokens: readonly Token[]): DataStatement | undefined {
  const cursor = new Cursor(tokens);
  const first = cursor.peek();
  const all = tokens.slice(0, -1);
  if (first.upper === 'SELECT' || first.upper === '(') return { kind: 'select', query: parseQuery(all, first) };
  if (first.upper === 'TRUNCATE') return parseTruncate(cursor);
  let ctes: readonly CommonTable[] = [];
  if (first.upper === 'WITH') {
    const head = cursor.until((token) => ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(token.upper));
    if (cursor.sees('SELECT')) return { kind: 'select', query: parseQuery(all, first) };
    ctes = parseCommonTables(head, first);
  }
  switch (cursor.peek().upper) {
    case 'INSERT':
      return parseInsert(cursor, ctes);
    case 'UPDATE':
      return parseUpdate(cursor, ctes);
    case 'DELETE':
      return parseDelete(cursor, ctes);
    case 'MERGE':
      return parseMerge(cursor, ctes);
    default:
      return undefined;
  }
}

function parseTruncate(cursor: Cursor): DataStatement {
  cursor.expect('TRUNCATE', 'TABLE');
  const table = cursor.path();
  cursor.expectEnd();
  return { kind: 'truncate', table };
}

export function readTop(cursor: Cursor): Expression | undefined {
  if (!cursor.accept('TOP')) return undefined;
  const near = cursor.peek();
  const tokens = cursor.sees('(') ? cursor.parenthesized() : [cursor.next()];
  if (cursor.sees('PERCENT')) throw notSupported('TOP … PERCENT', near.line);
  return parseExpression(tokens, near);
}

/** A table's name and its hints. */
export function readTarget(cursor: Cursor): Target {
  const path = cursor.path();
  const hints = cursor.accept('WITH') ? readTableHints(cursor) : [];
  return { path, hints };
}

/** OUTPUT clauses: at most one with INTO and one without. */
export function readOutput(cursor: Cursor, stops: readonly string[]): readonly Output[] {
  const outputs: Output[] = [];
  while (cursor.accept('OUTPUT')) {
    const near = cursor.peek();
    const items = parseItems(
      cursor.until((token) => ['INTO', 'OUTPUT', 'OPTION', ...stops].includes(token.upper)),
      near,
    );
    if (!cursor.accept('INTO')) {
      outputs.push({ items });
      continue;
    }
    const path = cursor.path();
    const columns = cursor.sees('(') ? cursor.identifierList() : [];
    outputs.push({ items, into: { path, columns } });
  }
  return outputs;
}

function parseInsert(cursor: Cursor, ctes: readonly CommonTable[]): InsertStatement {
  cursor.expect('INSERT');
  const top = readTop(cursor);
  cursor.accept('INTO');
  const target = readTarget(cursor);
  const columns = cursor.sees('(') && !isQuery(cursor) ? cursor.identifierList() : undefined;
  const output = readOutput(cursor, ['VALUES', 'SELECT', 'WITH', 'DEFAULT', 'EXEC', 'EXECUTE']);
  const head = { kind: 'insert', ctes, top, target, columns, output } as const;
  const near = cursor.peek();
  if (cursor.accept('DEFAULT', 'VALUES')) {
    cursor.expectEnd();
    return { ...head, source: { kind: 'defaults' } };
  }
  if (cursor.accept('VALUES')) {
    const rows = parseRows(
      cursor.until((token) => token.upper === 'OPTION'),
      near,
    );
    skipQueryHints(cursor);
    cursor.expectEnd();
    return { ...head, source: { kind: 'rows', rows } };
  }
  if (cursor.sees('EXEC') || cursor.sees('EXECUTE')) throw notSupported('INSERT … EXEC', near.line);
  const query = parseQuery(
    cursor.until(() => false),
    near,
  );
  cursor.expectEnd();
  return { ...head, source: { kind: 'query', query } };
}

/** `INSERT INTO t (SELECT …)`. */
function isQuery(cursor: Cursor): boolean {
  let offset = 0;
  while (cursor.peek(offset).upper === '(') offset += 1;
  return cursor.peek(offset).upper === 'SELECT';
}

function parseUpdate(cursor: Cursor, ctes: readonly CommonTable[]): UpdateStatement {
  cursor.expect('UPDATE');
  const top = readTop(cursor);
  const target = readTarget(cursor);
  cursor.expect('SET');
  const near = cursor.peek();
  const ends = ['OUTPUT', 'FROM', 'WHERE', 'OPTION'];
  const assignments = readAssignments(
    cursor.until((token) => ends.includes(token.upper)),
    near,
  );
  return { kind: 'update', ctes, top, target, assignments, ...readRest(cursor) };
}

function parseDelete(cursor: Cursor, ctes: readonly CommonTable[]): DeleteStatement {
  cursor.expect('DELETE');
  const top = readTop(cursor);
  cursor.accept('FROM');
  const target = readTarget(cursor);
  return { kind: 'delete', ctes, top, target, ...readRest(cursor) };
}

/** `[OUTPUT …] [FROM …] [WHERE …] [OPTION (…)]` */
function readRest(cursor: Cursor): Pick<UpdateStatement, 'output' | 'from' | 'where'> {
  const output = readOutput(cursor, ['FROM', 'WHERE']);
  const near = cursor.peek();
  if (!['FROM', 'WHERE', 'OPTION', ';', ''].includes(near.upper)) throw syntaxError(near);
  const rest = cursor.until((token) => token.upper === 'OPTION');
  if (rest.some((token, index) => token.upper === 'WHERE' && rest[index + 1]?.upper === 'CURRENT')) {
    throw notSupported('WHERE CURRENT OF', near.line);
  }
  const { from, where } = parseFromAndWhere(rest, near);
  skipQueryHints(cursor);
  cursor.expectEnd();
  return { output, from, where };
}
