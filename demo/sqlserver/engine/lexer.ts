/**
 * T-SQL text -> tokens. White space and comments (nested, as SQL Server nests them) are left out; every token knows where it
 * stands, so that a piece of the text between two tokens can be cut out as written.
 */
import { SqlServerError } from '../contract';

export type TokenKind =
  /** A bare word: keyword or name (`SELECT`, `Products`, `#t`, `$action`). */
  | 'word'
  /** A delimited name: `[My Items]`, or `"My Items"` under QUOTED_IDENTIFIER ON. */
  | 'name'
  /** `'…'`, or `"…"` under QUOTED_IDENTIFIER OFF. */
  | 'string'
  /** `N'…'`. */
  | 'nstring'
  /** `12`, `1.5`, `.5`, `1e3`. */
  | 'number'
  /** `$1.50`. */
  | 'money'
  /** `0x1F`. */
  | 'binary'
  /** `@x`, `@@ROWCOUNT`. */
  | 'variable'
  | 'symbol'
  /** One after the last. */
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /**
   * What it means: a name without its delimiters, a string's characters, hex digits without `0x`, a money amount without `$`.
   * Words and variables keep their case.
   */
  readonly value: string;
  /** A word, variable or symbol in upper case, for comparing with keywords; empty for everything else. */
  readonly upper: string;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
  /** Line number, from 1. */
  readonly line: number;
}

const SYMBOLS = ['<>', '!=', '<=', '>=', '!<', '!>', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '||', '::'];

const WHITE_SPACE = /[\s\u00a0\ufeff\u0000]/u;
const WORD = /[\p{L}_#$][\p{L}\p{M}\p{N}_#$@]*/uy;
const VARIABLE = /@[\p{L}\p{M}\p{N}_#$@]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE](?:[+-]?\d+)?)?/y;
const BINARY = /0[xX][0-9a-fA-F]*/y;
const MONEY = /\$\s*[+-]?\d+(?:\.\d*)?|\$\s*\.\d+/y;

class Scanner {
  private position = 0;
  private line = 1;
  private readonly tokens: Token[] = [];

  constructor(
    private readonly sql: string,
    private readonly quotedIdentifier: boolean,
  ) {}

  scan(): readonly Token[] {
    for (;;) {
      this.skipBlanks();
      if (this.position >= this.sql.length) break;
      this.next();
    }
    this.add('end', this.sql.length, '', '');
    return this.tokens;
  }

  private next(): void {
    const at = this.position;
    const first = this.sql.charAt(at);
    if (first === "'") this.delimited('string', "'", at);
    else if (/[Nn]/.test(first) && this.sql.charAt(at + 1) === "'") this.delimited('nstring', "'", at + 1);
    else if (first === '[') this.delimited('name', ']', at);
    else if (first === '"') this.delimited(this.quotedIdentifier ? 'name' : 'string', '"', at);
    else this.undelimited(first);
  }

  private undelimited(first: string): void {
    const at = this.position;
    const binary = this.match(BINARY);
    const money = this.match(MONEY);
    const number = this.match(NUMBER);
    const variable = this.match(VARIABLE);
    const word = this.match(WORD);
    if (binary !== undefined) this.add('binary', at + binary.length, binary.slice(2).toLowerCase());
    else if (money !== undefined) this.add('money', at + money.length, money.slice(1).trim());
    else if (number !== undefined) this.add('number', at + number.length, number);
    else if (variable !== undefined) this.addWord('variable', variable);
    else if (word !== undefined) this.addWord('word', word);
    else this.addWord('symbol', SYMBOLS.find((candidate) => this.sql.startsWith(candidate, at)) ?? first);
  }

  /** From an opening delimiter at `open` to its closing one; a doubled closing one stands for itself. */
  private delimited(kind: TokenKind, close: string, open: number): void {
    let value = '';
    let at = open + 1;
    for (;;) {
      const end = this.sql.indexOf(close, at);
      if (end < 0) {
        throw new SqlServerError(
          105,
          `Unclosed quotation mark after the character string '${this.sql.slice(open + 1)}'.`,
          15,
          1,
          this.line,
        );
      }
      value += this.sql.slice(at, end);
      at = end + 1;
      if (this.sql.charAt(at) !== close) break;
      value += close;
      at += 1;
    }
    this.add(kind, at, value);
  }

  private skipBlanks(): void {
    while (this.position < this.sql.length) {
      if (WHITE_SPACE.test(this.sql.charAt(this.position))) {
        this.moveTo(this.position + 1);
      } else if (this.sql.startsWith('--', this.position)) {
        const end = this.sql.indexOf('\n', this.position);
        this.moveTo(end < 0 ? this.sql.length : end);
      } else if (this.sql.startsWith('/*', this.position)) {
        this.skipBlockComment();
      } else {
        return;
      }
    }
  }

  private skipBlockComment(): void {
    let depth = 0;
    let at = this.position;
    do {
      if (at >= this.sql.length) throw new SqlServerError(113, "Missing end comment mark '*/'.", 15, 1, this.line);
      if (this.sql.startsWith('/*', at)) {
        depth += 1;
        at += 2;
      } else if (this.sql.startsWith('*/', at)) {
        depth -= 1;
        at += 2;
      } else {
        at += 1;
      }
    } while (depth > 0);
    this.moveTo(at);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    return pattern.exec(this.sql)?.[0];
  }

  private addWord(kind: TokenKind, text: string): void {
    this.add(kind, this.position + text.length, text, text.toUpperCase());
  }

  private add(kind: TokenKind, end: number, value: string, upper = ''): void {
    const start = this.position;
    this.tokens.push({ kind, text: this.sql.slice(start, end), value, upper, start, end, line: this.line });
    this.moveTo(end);
  }

  private moveTo(position: number): void {
    for (let at = this.position; at < position; at += 1) {
      if (this.sql.charCodeAt(at) === 10) this.line += 1;
    }
    this.position = position;
  }
}

/**
 * The tokens of a T-SQL text; the last one is of kind `end`. Throws SqlServerError 105 (a string or a delimited name is not
 * closed) and 113 (a comment is not closed).
 */
export function tokenize(sql: string, options: { readonly quotedIdentifier: boolean }): readonly Token[] {
  return new Scanner(sql, options.quotedIdentifier).scan();
}
