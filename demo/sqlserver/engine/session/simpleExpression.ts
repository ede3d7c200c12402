/**
 * Expressions so simple that asking PostgreSQL is not worth the trip: whole numbers, NULL, strings, variables, comparisons of whole
 * numbers, AND, OR, NOT. Everything else is `undefined`, and goes to PostgreSQL.
 */
import type { SqlType } from '../../contract';
import type { Token } from '../lexer';
import type { TypedValue } from './scope';

/** Gives a variable's value, or undefined where it can't without asking PostgreSQL. */
export type VariableLookup = (name: string) => TypedValue | undefined;

const INTEGERS = new Set<SqlType['name']>(['bit', 'tinyint', 'smallint', 'int', 'bigint']);
const INT: SqlType = { name: 'int' };

/** A single literal or variable, with its sign. */
export function simpleValue(tokens: readonly Token[], lookup: VariableLookup): TypedValue | undefined {
  const [first, second] = tokens;
  if (first === undefined) return undefined;
  if (tokens.length === 1) return operand(first, lookup);
  if (tokens.length === 2 && first.upper === '-' && second?.kind === 'number') {
    const value = operand(second, lookup);
    return value === undefined ? undefined : { ...value, value: `-${value.value ?? ''}` };
  }
  const sum = new SimpleParser(tokens, lookup).wholeSum();
  return sum === undefined ? undefined : { type: INT, value: sum === null ? null : String(sum) };
}

function operand(token: Token, lookup: VariableLookup): TypedValue | undefined {
  switch (token.kind) {
    case 'number':
      return /^\d{1,9}$/.test(token.value) ? { type: INT, value: String(Number(token.value)) } : undefined;
    case 'string':
      return ascii(token.value) ? { type: { name: 'varchar', length: length(token) }, value: token.value } : undefined;
    case 'nstring':
      return { type: { name: 'nvarchar', length: length(token) }, value: token.value };
    case 'word':
      return token.upper === 'NULL' ? { type: INT, value: null } : undefined;
    case 'variable':
      return lookup(token.value.toLowerCase());
    default:
      return undefined;
  }
}

function length(token: Token): number {
  const most = token.kind === 'nstring' ? 4000 : 8000;
  return token.value.length > most ? -1 : Math.max(1, token.value.length);
}

/** Characters that every code page has. */
export function ascii(text: string): boolean {
  return /^[\x20-\x7e\t\r\n]*$/.test(text);
}

/** How many rows `inserted` and `deleted` have in a trigger: `EXISTS (SELECT 1 FROM inserted)` is simple, too. */
export type TransitionRows = Readonly<Record<'inserted' | 'deleted', number>>;

/** True, false or unknown (null); undefined where the condition is not simple. */
export function simpleCondition(
  tokens: readonly Token[],
  lookup: VariableLookup,
  transitionRows?: TransitionRows,
): boolean | null | undefined {
  return new SimpleParser(tokens, lookup, transitionRows).wholeCondition();
}

/** Thrown inside only: this is not simple. */
const notSimple = new Error('not simple');

class SimpleParser {
  private position = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly lookup: VariableLookup,
    private readonly transitionRows?: TransitionRows,
  ) {}

  wholeCondition(): boolean | null | undefined {
    return this.whole(() => this.or());
  }

  wholeSum(): bigint | null | undefined {
    return this.whole(() => this.fitting(this.sum()));
  }

  private whole<T>(read: () => T): T | undefined {
    try {
      const result = read();
      return this.position === this.tokens.length ? result : undefined;
    } catch (error) {
      if (error === notSimple) return undefined;
      throw error;
    }
  }

  /** PostgreSQL says what does not fit. */
  private fitting(value: bigint | null): bigint | null {
    if (value !== null && (value > 2_147_483_647n || value < -2_147_483_648n)) this.giveUp();
    return value;
  }

  private or(): boolean | null {
    let result = this.and();
    while (this.accept('OR')) {
      const other = this.and();
      result = result === true || other === true ? true : result === null || other === null ? null : false;
    }
    return result;
  }

  private and(): boolean | null {
    let result = this.not();
    while (this.accept('AND')) {
      const other = this.not();
      result = result === false || other === false ? false : result === null || other === null ? null : true;
    }
    return result;
  }

  private not(): boolean | null {
    if (this.accept('NOT')) {
      const inner = this.not();
      return inner === null ? null : !inner;
    }
    return this.predicate();
  }

  private predicate(): boolean | null {
    if (this.accept('EXISTS')) return this.transitionExists();
    const start = this.position;
    if (this.accept('(')) {
      const inside = this.attempt(() => {
        const result = this.or();
        if (!this.accept(')')) this.giveUp();
        return { result };
      });
      if (inside !== undefined) return inside.result;
      this.position = start;
    }
    return this.comparison();
  }

  /** `(SELECT 1 FROM inserted)`, without any condition. */
  private transitionExists(): boolean {
    const words = this.tokens.slice(this.position, this.position + 6).map(({ upper, kind }) => upper || kind);
    const [open, select, item = '', from, table, close] = words;
    const plain =
      open === '(' && select === 'SELECT' && /^(?:\*|number)$/.test(item) && from === 'FROM' && close === ')';
    if (!plain || this.transitionRows === undefined) return this.giveUp();
    this.position += 6;
    if (table === 'INSERTED') return this.transitionRows.inserted > 0;
    return table === 'DELETED' ? this.transitionRows.deleted > 0 : this.giveUp();
  }

  private attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error === notSimple) return undefined;
      throw error;
    }
  }

  private comparison(): boolean | null {
    const nullness = this.nullTest();
    if (nullness !== undefined) return nullness;
    const left = this.sum();
    const operator = this.next()?.upper;
    const right = this.sum();
    if (left === null || right === null) return null;
    switch (operator) {
      case '=':
        return left === right;
      case '<>':
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '<=':
        return left <= right;
      case '>':
        return left > right;
      case '>=':
        return left >= right;
      default:
        return this.giveUp();
    }
  }

  /** `@x IS [NOT] NULL`, of any type. */
  private nullTest(): boolean | undefined {
    const token = this.tokens[this.position];
    if (token?.kind !== 'variable' || this.tokens[this.position + 1]?.upper !== 'IS') return undefined;
    const variable = this.lookup(token.value.toLowerCase());
    if (variable === undefined) return this.giveUp();
    this.position += 2;
    const negated = this.accept('NOT');
    if (!this.accept('NULL')) this.giveUp();
    return (variable.value === null) !== negated;
  }

  private sum(): bigint | null {
    let result = this.integer();
    for (;;) {
      const sign = this.accept('+') ? 1n : this.accept('-') ? -1n : undefined;
      if (sign === undefined) return result;
      const other = this.integer();
      result = result === null || other === null ? null : result + sign * other;
    }
  }

  private integer(): bigint | null {
    if (this.accept('-')) {
      const value = this.integer();
      return value === null ? null : -value;
    }
    if (this.accept('(')) {
      const value = this.sum();
      if (!this.accept(')')) this.giveUp();
      return value;
    }
    const token = this.next();
    const value = token === undefined || token.kind === 'word' ? undefined : operand(token, this.lookup);
    if (value === undefined || !INTEGERS.has(value.type.name)) return this.giveUp();
    return value.value === null ? null : BigInt(value.value);
  }

  private next(): Token | undefined {
    const token = this.tokens[this.position];
    this.position += 1;
    return token;
  }

  private accept(upper: string): boolean {
    if (this.tokens[this.position]?.upper !== upper) return false;
    this.position += 1;
    return true;
  }

  private giveUp(): never {
    throw notSimple;
  }
}

const RANGES: Partial<Record<SqlType['name'], readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

const STRINGS = new Set<SqlType['name']>(['varchar', 'nvarchar']);

/** The value as another type, where that takes no more than looking at it; undefined where PostgreSQL must convert. */
export function simpleConversion(
  { type: from, value }: TypedValue,
  to: SqlType,
): { readonly value: string | null } | undefined {
  if (value === null) return { value };
  if (INTEGERS.has(from.name)) {
    if (to.name === 'bit') return { value: value === '0' ? '0' : '1' };
    const range = RANGES[to.name];
    const fits = range !== undefined && BigInt(value) >= range[0] && BigInt(value) <= range[1];
    return fits ? { value } : undefined;
  }
  if (STRINGS.has(from.name) && STRINGS.has(to.name) && (to.name === 'nvarchar' || ascii(value))) {
    const most = to.length ?? 1;
    return { value: most === -1 || value.length <= most ? value : value.slice(0, most) };
  }
  return sameType(from, to) ? { value } : undefined;
}

function sameType(a: SqlType, b: SqlType): boolean {
  return a.name === b.name && a.length === b.length && a.precision === b.precision && a.scale === b.scale;
}
