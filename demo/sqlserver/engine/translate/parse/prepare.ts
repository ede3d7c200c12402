/**
 * T-SQL tokens -> text that polyglot's parser reads in only one way. Names are bracketed, so that no other dialect's keyword is
 * seen in them; every function becomes `fn_<name>(…)`, so that none is rewritten to another dialect's; CAST and CONVERT,
 * date parts, NEXT VALUE FOR, money, variables and what else the parser lacks become such functions or names, too.
 */
import type { Token } from '../../lexer';
import { notSupported, syntaxError, Cursor } from './cursor';
import { readTableHints, skipQueryHints } from './hints';
import { bracketed, FUNCTION_PREFIX, numberText, SAME_SYMBOL, string } from './preparedText';
import {
  isAlias,
  isContextual,
  isJoinHint,
  isListedAlias,
  lacksOperand,
  seesGrandTotals,
  seesOldHints,
} from './context';
import {
  COMPOUND_ASSIGNMENTS,
  DATE_PART_FUNCTIONS,
  isReserved,
  NILADIC_FUNCTIONS,
  RESERVED_FUNCTIONS,
  SYMBOLS,
} from './keywords';

export interface PreparedText {
  readonly text: string;
  /** The token that stands at an offset of the prepared text, counted in characters (code points). */
  readonly tokenAt: (offset: number) => Token;
}

class Preparation {
  private text = '';
  private length = 0;
  private readonly places: { readonly offset: number; readonly token: Token }[] = [];
  private readonly cursor: Cursor;

  constructor(tokens: readonly Token[]) {
    this.cursor = new Cursor(tokens);
  }

  run(): PreparedText {
    this.upTo(() => false);
    if (!this.cursor.atEnd) throw syntaxError(this.cursor.peek());
    const { places } = this;
    const end = this.cursor.peek();
    return {
      text: this.text,
      tokenAt: (offset) => places.findLast((place) => place.offset <= offset)?.token ?? end,
    };
  }

  private put(token: Token, text: string): void {
    this.places.push({ offset: this.length, token });
    this.text += `${text} `;
    this.length += Array.from(text).length + 1;
  }

  /** Goes on to the end, to a parenthesis that closes more than was opened, or to where `stop` holds outside parentheses. */
  private upTo(stop: (token: Token) => boolean): void {
    let depth = 0;
    while (!this.cursor.atEnd) {
      const token = this.cursor.peek();
      if (depth === 0 && (token.upper === ')' || stop(token))) return;
      if (token.upper === '(') depth += 1;
      if (token.upper === ')') depth -= 1;
      this.one(token);
    }
  }

  private one(token: Token): void {
    const { cursor } = this;
    switch (token.kind) {
      case 'word': {
        this.word(token);
        return;
      }
      case 'name': {
        this.name(token);
        return;
      }
      case 'variable': {
        this.variable(token);
        return;
      }
      case 'symbol': {
        this.symbol(token);
        return;
      }
      case 'string':
      case 'nstring':
        cursor.next();
        if (isAlias(this.cursor, token)) {
          this.put(token, bracketed(token.value));
          return;
        }
        {
          this.put(token, (token.kind === 'nstring' ? 'N' : '') + string(token.value));
          return;
        }
      case 'number':
        cursor.next();
        {
          this.put(token, numberText(token.value));
          return;
        }
      case 'money':
        cursor.next();
        {
          this.put(token, `${FUNCTION_PREFIX}money_literal(${string(token.value)})`);
          return;
        }
      case 'binary':
        cursor.next();
        {
          this.put(token, `0x${token.value}`);
          return;
        }
      case 'end':
        return;
    }
  }

  private variable(token: Token): void {
    const { cursor } = this;
    cursor.next();
    const operator = cursor.peek();
    const name = token.value.toLowerCase();
    if (!COMPOUND_ASSIGNMENTS.has(operator.upper)) {
      // polyglot takes a bare name for no number of rows.
      const rows = ['NEXT', 'FIRST', 'OFFSET'].includes(cursor.peek(-2).upper);
      this.put(token, rows ? `(${bracketed(name)})` : bracketed(name));
      return;
    }
    cursor.next();
    this.put(token, `${bracketed(name + operator.upper)} =`);
  }

  private symbol(token: Token): void {
    const { cursor } = this;
    if (token.upper === ';' && cursor.peek(1).kind === 'end') {
      cursor.next();
      return;
    }
    const symbol = SAME_SYMBOL[token.upper] ?? token.upper;
    if (!SYMBOLS.has(symbol)) throw syntaxError(token);
    if (lacksOperand(cursor)) throw syntaxError(cursor.peek(1));
    cursor.next();
    this.put(token, symbol);
  }

  private name(token: Token): void {
    const { cursor } = this;
    cursor.next();
    this.put(token, bracketed(token.value));
    if (cursor.sees('(') && seesOldHints(this.cursor)) this.tableHints();
  }

  private word(token: Token): void {
    const { cursor } = this;
    const afterDot = cursor.peek(-1).upper === '.' && cursor.at > 0;
    const call = cursor.peek(1).upper === '(';
    if (!afterDot) {
      if (cursor.sees('NEXT', 'VALUE', 'FOR')) {
        this.nextValue(token);
        return;
      }
      if (call && ['CAST', 'TRY_CAST'].includes(token.upper)) {
        this.cast(token);
        return;
      }
      if (call && ['CONVERT', 'TRY_CONVERT'].includes(token.upper)) {
        this.convert(token);
        return;
      }
      if (call && DATE_PART_FUNCTIONS.has(token.upper)) {
        this.datePartFunction(token);
        return;
      }
      if (call && token.upper === 'TRIM') {
        this.trim(token);
        return;
      }
      if (!call && NILADIC_FUNCTIONS.has(token.upper)) {
        this.put(cursor.next(), `${FUNCTION_PREFIX}${token.value}()`);
        return;
      }
      if (token.upper === 'DEFAULT') {
        this.put(cursor.next(), `${FUNCTION_PREFIX}default()`);
        return;
      }
      if (token.upper === 'WITH' && call) {
        this.withHints();
        return;
      }
      if (token.upper === 'OPTION' && call) {
        skipQueryHints(cursor);
        return;
      }
      if (token.upper === 'GROUP' && cursor.peek(1).upper === 'BY') {
        this.groupBy(token);
        return;
      }
      if (token.upper === 'WITH' && seesGrandTotals(this.cursor, 0)) {
        cursor.next();
        cursor.next();
        this.put(token, ')');
        return;
      }
      if (token.upper === 'FOR') throw notSupported(`FOR ${cursor.peek(1).text}`, token.line);
      if (isJoinHint(cursor)) return void cursor.next();
      if (isReserved(token) && !(call && RESERVED_FUNCTIONS.has(token.upper))) {
        this.put(cursor.next(), token.upper);
        return;
      }
      if (isContextual(token, cursor)) {
        this.put(cursor.next(), token.upper);
        return;
      }
    }
    cursor.next();
    if (!call) {
      this.put(token, bracketed(token.value));
      return;
    }
    if (seesOldHints(this.cursor)) {
      this.put(token, bracketed(token.value));
      this.tableHints();
      return;
    }
    const isName = afterDot || isListedAlias(this.cursor);
    const name = token.value.toLowerCase();
    this.put(token, isName ? bracketed(token.value) : bracketed(FUNCTION_PREFIX + name));
  }

  /** `GROUP BY a, b WITH ROLLUP` is `GROUP BY ROLLUP (a, b)`. */
  private groupBy(token: Token): void {
    const { cursor } = this;
    cursor.expect('GROUP', 'BY');
    this.put(token, 'GROUP BY');
    let depth = 0;
    for (let offset = 0; depth >= 0; offset += 1) {
      const next = cursor.peek(offset);
      if (next.kind === 'end' || (depth === 0 && ['HAVING', 'ORDER', 'UNION'].includes(next.upper))) return;
      if (next.upper === '(') depth += 1;
      if (next.upper === ')') depth -= 1;
      if (depth > 0 || !seesGrandTotals(this.cursor, offset)) continue;
      this.put(next, `${bracketed(FUNCTION_PREFIX + cursor.peek(offset + 1).value.toLowerCase())} (`);
      return;
    }
  }

  private nextValue(token: Token): void {
    this.cursor.expect('NEXT', 'VALUE', 'FOR');
    const path = this.cursor.path();
    this.put(token, `${FUNCTION_PREFIX}next_value(${path.map(string).join(', ')})`);
  }

  private cast(token: Token): void {
    const { cursor } = this;
    cursor.next();
    cursor.expect('(');
    this.put(token, `${FUNCTION_PREFIX}${token.upper === 'CAST' ? 'convert' : 'try_convert'}(`);
    this.upTo((next) => next.upper === 'AS');
    cursor.expect('AS');
    this.put(token, `, ${string(this.typeText(cursor.until(() => false)))}`);
    cursor.expect(')');
    this.put(token, ')');
  }

  private convert(token: Token): void {
    const { cursor } = this;
    cursor.next();
    cursor.expect('(');
    const type = this.typeText(cursor.until((next) => next.upper === ','));
    cursor.expect(',');
    this.put(token, `${FUNCTION_PREFIX}${token.upper}(`);
    this.upTo((next) => next.upper === ',');
    this.put(token, `, ${string(type)}`);
    if (cursor.accept(',')) {
      this.put(token, ',');
      this.upTo(() => false);
    }
    cursor.expect(')');
    this.put(token, ')');
  }

  private typeText(tokens: readonly Token[]): string {
    if (tokens.length === 0) throw syntaxError(this.cursor.peek());
    return tokens.map((token) => token.text).join(' ');
  }

  private datePartFunction(token: Token): void {
    const { cursor } = this;
    cursor.next();
    cursor.expect('(');
    const part = cursor.next();
    if (part.kind !== 'word' && part.kind !== 'name') throw syntaxError(part);
    this.put(token, `${FUNCTION_PREFIX}${token.upper}(${string(part.value)}`);
    this.upTo(() => false);
    cursor.expect(')');
    this.put(token, ')');
  }

  /** `TRIM(x)`, `TRIM('.' FROM x)`. */
  private trim(token: Token): void {
    const { cursor } = this;
    cursor.next();
    cursor.expect('(');
    this.put(token, `${FUNCTION_PREFIX}trim(`);
    this.upTo((next) => next.upper === 'FROM');
    if (cursor.accept('FROM')) {
      this.put(token, ',');
      this.upTo(() => false);
    }
    cursor.expect(')');
    this.put(token, ')');
  }

  private withHints(): void {
    this.cursor.expect('WITH');
    this.tableHints();
  }

  private tableHints(): void {
    const start = this.cursor.peek();
    const hints = readTableHints(this.cursor);
    if (hints.length > 0) this.put(start, `WITH (${hints.join(', ')})`);
  }
}

/** The last token must be of kind `end`. */
export function prepare(tokens: readonly Token[]): PreparedText {
  return new Preparation(tokens).run();
}
