/** T-SQL queries and expressions, by way of polyglot's parser. */
import { Dialect, init, parse as parseWithPolyglot } from '@polyglot-sql/sdk';
import { SqlServerError } from '../../../contract';
import type { Token } from '../../lexer';
import type { Expression, FromItem, Query, Select } from '../syntax';
import { Cursor, syntaxError } from './cursor';
import { prepare } from './prepare';
import { readExpression, readQuery } from './readQuery';
import { TreeNode } from './treeNode';

/** Loads polyglot's WebAssembly; everything else here needs it. */
export async function loadParser(): Promise<void> {
  await init();
}

function parseTokens(tokens: readonly Token[]): TreeNode {
  const prepared = prepare(tokens);
  const result = parseWithPolyglot(prepared.text, Dialect.TSQL);
  if (!result.success) {
    const token = prepared.tokenAt(result.errorStart ?? prepared.text.length);
    throw token === tokens.at(-2) ? endError(token) : syntaxError(token);
  }
  const statements: unknown = result.ast;
  const [statement, ...others] = Array.isArray(statements) ? (statements as readonly unknown[]) : [];
  if (statement === undefined || others.length > 0) throw syntaxError(prepared.tokenAt(prepared.text.length));
  return TreeNode.of(statement);
}

/** The text ends where it must go on: SQL Server then names the last word, reserved or not. */
function endError(last: Token): SqlServerError {
  return new SqlServerError(102, `Incorrect syntax near '${last.value}'.`, 15, 1, last.line);
}

/** A token that is not in the text, to wrap what is. */
function made(upper: string, near: Token, kind: Token['kind'] = 'word'): Token {
  return { ...near, kind, text: upper, value: upper, upper };
}

function withEnd(tokens: readonly Token[], near: Token): readonly Token[] {
  return [...tokens, made('', near, 'end')];
}

/** A SELECT, with its WITH if it has one, or VALUES rows in parentheses. `near` is a token for error messages. */
export function parseQuery(tokens: readonly Token[], near: Token): Query {
  const first = tokens[0] ?? near;
  const all = withEnd(tokens, near);
  const isQuery = first.upper === 'SELECT' || first.upper === 'WITH' || first.upper === '(';
  if (!isQuery) throw syntaxError(first);
  const query = readQuery(parseTokens(all));
  checkItems(query, all);
  return query;
}

/** polyglot lets a SELECT without items pass. */
function checkItems(query: Query, tokens: readonly Token[]): void {
  const { body } = query;
  if (body.kind !== 'select' || body.items.length > 0) return;
  const cursor = new Cursor(tokens);
  cursor.until((token) => token.upper === 'SELECT');
  throw syntaxError(cursor.peek(1));
}

/** Expressions, each given by its tokens. */
export function parseExpressions(parts: readonly (readonly Token[])[], near: Token): readonly Expression[] {
  if (parts.length === 0) return [];
  for (const part of parts) if (part.length === 0) throw syntaxError(near);
  // Parentheses keep `a = b` from being taken for an alias.
  const tokens = parts.flatMap((part, index) => [
    ...(index > 0 ? [made(',', near, 'symbol')] : []),
    made('(', near, 'symbol'),
    ...part,
    made(')', near, 'symbol'),
  ]);
  const node = parseTokens(withEnd([made('SELECT', near), ...tokens], near));
  const items = node.nodes('expressions').map((item) => readExpression(item));
  node.done();
  if (items.length !== parts.length) throw syntaxError(near);
  return items.map((item) => (item.kind === 'parentheses' ? item.inner : item));
}

export function parseExpression(tokens: readonly Token[], near: Token): Expression {
  const [expression] = parseExpressions([tokens], near);
  if (expression === undefined) throw syntaxError(near);
  return expression;
}

/** The FROM and WHERE of an UPDATE or DELETE: everything from FROM (or WHERE) on. */
export function parseFromAndWhere(
  tokens: readonly Token[],
  near: Token,
): { readonly from: readonly FromItem[]; readonly where?: Expression | undefined } {
  if (tokens.length === 0) return { from: [] };
  const start = [made('SELECT', near), made('1', near, 'number')];
  const { body } = parseQuery([...start, ...tokens], near);
  if (body.kind !== 'select') throw syntaxError(near);
  return { from: body.from, where: body.where };
}

/** The rows of an INSERT's VALUES: `(1, 2), (3, 4)`. */
export function parseRows(tokens: readonly Token[], near: Token): readonly (readonly Expression[])[] {
  const rows: (readonly Token[])[] = [];
  const cursor = new Cursor(withEnd(tokens, near));
  do rows.push(cursor.parenthesized());
  while (cursor.accept(','));
  if (!cursor.atEnd) throw syntaxError(cursor.peek());
  return parseRowsOf(rows, near);
}

function parseRowsOf(rows: readonly (readonly Token[])[], near: Token): readonly (readonly Expression[])[] {
  const symbol = (text: string): Token => made(text, near, 'symbol');
  const list = rows.flatMap((row, index) => [...(index > 0 ? [symbol(',')] : []), symbol('('), ...row, symbol(')')]);
  const tokens = [
    made('SELECT', near), symbol('*'), made('FROM', near), symbol('('), made('VALUES', near),
    ...list,
    symbol(')'), made('AS', near), made('v', near, 'name'),
  ]; // prettier-ignore
  const { body } = parseQuery(tokens, near);
  const source = (body as Select).from[0];
  if (source?.kind !== 'derived' || source.query.body.kind !== 'values') throw syntaxError(near);
  return source.query.body.rows;
}

/** Select items, as OUTPUT has them: `inserted.*, deleted.a AS b`. */
export function parseItems(tokens: readonly Token[], near: Token): Select['items'] {
  const { body } = parseQuery([made('SELECT', near), ...tokens], near);
  if (body.kind !== 'select' || body.from.length > 0) throw syntaxError(near);
  return body.items;
}

/** `WITH a AS (…), b AS (…)` without the statement behind it. */
export function parseCommonTables(tokens: readonly Token[], near: Token): Query['ctes'] {
  return parseQuery([...tokens, made('SELECT', near), made('1', near, 'number')], near).ctes;
}
