/** The SET list of an UPDATE. */
import type { Token } from '../../lexer';
import type { Assignment } from '../statements';
import type { ArithmeticOperator } from '../syntax';
import { cursorOver, splitAtCommas, syntaxError } from './cursor';
import { parseExpressions } from './parser';

const OPERATORS: Readonly<Record<string, ArithmeticOperator | undefined>> = {
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '&=': '&',
  '|=': '|',
  '^=': '^',
};

export function readAssignments(tokens: readonly Token[], near: Token): readonly Assignment[] {
  const heads: Omit<Assignment, 'value'>[] = [];
  const values: (readonly Token[])[] = [];
  for (const part of splitAtCommas(tokens)) {
    const [first] = part;
    if (first === undefined) throw syntaxError(near);
    const cursor = cursorOver(part, { ...near, kind: 'end', text: '', value: '', upper: '' });
    let variable: string | undefined;
    let column: readonly string[] | undefined;
    if (cursor.peek().kind === 'variable') {
      variable = cursor.next().value.toLowerCase();
      const chained = cursor.peek(1).kind !== 'variable' && cursor.sees('=') && continues(part);
      if (chained) {
        cursor.expect('=');
        column = cursor.path();
      }
    } else {
      column = cursor.path();
    }
    const operator = cursor.next();
    if (operator.upper !== '=' && OPERATORS[operator.upper] === undefined) throw syntaxError(operator);
    heads.push({ variable, column, operator: OPERATORS[operator.upper] });
    values.push(cursor.until(() => false));
    if (!cursor.atEnd) throw syntaxError(cursor.peek());
  }
  const expressions = parseExpressions(values, near);
  return heads.map((head, index) => {
    const value = expressions[index];
    if (value === undefined) throw syntaxError(near);
    return { ...head, value };
  });
}

/** `@v = column = …`: a name and then another assignment follow the first one. */
function continues(part: readonly Token[]): boolean {
  let at = 2;
  const isName = (token: Token | undefined): boolean => token?.kind === 'word' || token?.kind === 'name';
  if (!isName(part[at])) return false;
  while (part[at + 1]?.upper === '.' && isName(part[at + 2])) at += 2;
  const operator = part[at + 1]?.upper ?? '';
  return operator === '=' || OPERATORS[operator] !== undefined;
}
