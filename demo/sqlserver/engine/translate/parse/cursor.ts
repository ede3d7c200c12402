/** A cursor over the tokens of one statement. */
import { SqlServerError } from '../../../contract';
import type { Token } from '../../lexer';
import { isReserved } from './keywords';

/** Error 102, or 156 where the token is a reserved word. */
export function syntaxError(token: Token): SqlServerError {
  const near = token.kind === 'string' || token.kind === 'nstring' || token.kind === 'name' ? token.value : token.text;
  return isReserved(token)
    ? new SqlServerError(156, `Incorrect syntax near the keyword '${near}'.`, 15, 1, token.line)
    : new SqlServerError(102, `Incorrect syntax near '${near}'.`, 15, 1, token.line);
}

/** What SQL Server knows and this translation does not. */
export function notSupported(what: string, line = 1): SqlServerError {
  return new SqlServerError(102, `${what} is not supported here.`, 15, 1, line);
}

export class Cursor {
  private position = 0;

  /** The last token must be of kind `end`. */
  constructor(private readonly tokens: readonly Token[]) {}

  get at(): number {
    return this.position;
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  peek(offset = 0): Token {
    const index = Math.min(Math.max(this.position + offset, 0), this.tokens.length - 1);
    const token = this.tokens[index];
    if (token === undefined) throw new SqlServerError(102, "Incorrect syntax near ''.", 15);
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.position += 1;
    return token;
  }

  /** Whether the next tokens are these words and symbols. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, offset) => this.peek(offset).upper === word);
  }

  accept(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.position += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) {
      if (!this.accept(word)) throw syntaxError(this.peek());
    }
  }

  expectEnd(): void {
    this.accept(';');
    if (!this.atEnd) throw syntaxError(this.peek());
  }

  /** A name; reserved words must be delimited. */
  identifier(): string {
    const token = this.peek();
    const isName = token.kind === 'name' || (token.kind === 'word' && !isReserved(token));
    if (!isName) throw syntaxError(token);
    return this.next().value;
  }

  /** `a`, `a.b`, `a..b`; an omitted part is empty. A table variable is a path of one. */
  path(): readonly string[] {
    if (this.peek().kind === 'variable') return [this.next().value.toLowerCase()];
    const parts = [this.identifier()];
    while (this.accept('.')) parts.push(this.sees('.') ? '' : this.identifier());
    return parts;
  }

  /** `(a, b)` */
  identifierList(): readonly string[] {
    const names: string[] = [];
    this.expect('(');
    do names.push(this.identifier());
    while (this.accept(','));
    this.expect(')');
    return names;
  }

  /** An integer, perhaps with a sign. */
  integer(): string {
    const sign = this.accept('-') ? '-' : '';
    if (sign === '') this.accept('+');
    const token = this.next();
    if (token.kind !== 'number' || !/^\d+$/.test(token.value)) throw syntaxError(token);
    return sign + token.value;
  }

  /** The tokens inside the parentheses that open here; the cursor goes on behind them. */
  parenthesized(): readonly Token[] {
    this.expect('(');
    const start = this.position;
    this.skipUntil(() => false);
    const inner = this.tokens.slice(start, this.position);
    this.expect(')');
    return inner;
  }

  /**
   * The tokens up to the first one outside parentheses and CASE … END where `stop` holds, or to a closing parenthesis, or
   * to the end of the statement.
   */
  until(stop: (token: Token) => boolean): readonly Token[] {
    const start = this.position;
    this.skipUntil(stop);
    return this.tokens.slice(start, this.position);
  }

  private skipUntil(stop: (token: Token) => boolean): void {
    let parentheses = 0;
    let cases = 0;
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end') return;
      if (parentheses === 0 && token.upper === ')') return;
      if (parentheses === 0 && cases === 0 && (token.upper === ';' || stop(token))) return;
      if (token.upper === '(') parentheses += 1;
      if (token.upper === ')') parentheses -= 1;
      if (token.kind === 'word' && token.upper === 'CASE') cases += 1;
      if (token.kind === 'word' && token.upper === 'END' && cases > 0) cases -= 1;
      this.position += 1;
    }
  }
}

/** A list split at its commas. */
export function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const end = tokens.at(-1);
  if (end === undefined) return [];
  const cursor = new Cursor([...tokens, { ...end, kind: 'end', text: '', value: '', upper: '' }]);
  const parts = [cursor.until((token) => token.upper === ',')];
  while (cursor.accept(',')) parts.push(cursor.until((token) => token.upper === ','));
  if (!cursor.atEnd) throw syntaxError(cursor.peek());
  return parts;
}

/** A cursor over a part of a statement. */
export function cursorOver(tokens: readonly Token[], end: Token): Cursor {
  return new Cursor([...tokens, { ...end, kind: 'end' }]);
}
