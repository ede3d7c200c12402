/** How names, literals and operators are written in the text that goes to polyglot's parser. */

/** Before every function's name. */
export const FUNCTION_PREFIX = 'fn_';

export const SAME_SYMBOL: Readonly<Record<string, string>> = { '!=': '<>', '!<': '>=', '!>': '<=' };

export function string(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function bracketed(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

export function numberText(value: string): string {
  const [mantissa = '', exponent] = value.toLowerCase().split('e');
  const point = mantissa.startsWith('.') ? `0${mantissa}` : mantissa;
  const digits = point.endsWith('.') ? point.slice(0, -1) : point;
  return exponent === undefined ? digits : `${digits}e${exponent === '' ? '0' : exponent}`;
}
