/** The `.env` format as python-dotenv, which the desktop program wrote and read its file with, understands it. */

export interface EnvFile {
  /** By lower-case key; where a key is there more than once, the last one counts. */
  readonly values: ReadonlyMap<string, string>;
  /** Lines that are no `key=value`, from 1; python-dotenv leaves them out. */
  readonly unreadableLines: readonly number[];
}

/** In single quotes only these two are escapes. */
const singleQuotedEscapes: Readonly<Record<string, string>> = { '\\': '\\', "'": "'" };
const doubleQuotedEscapes: Readonly<Record<string, string>> = {
  ...singleQuotedEscapes,
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * `key=value`, perhaps after `export`; blanks around both do not count. A value in quotes may hold anything, line breaks too; one
 * without ends at the line's end, or before a blank and `#`. `${NAME}` is not replaced.
 */
export function parseEnvFile(text: string): EnvFile {
  const values = new Map<string, string>();
  const unreadableLines: number[] = [];
  let line = 1;
  for (let position = 0; position < text.length;) {
    const start = skip(text, position, /\s*/y);
    if (start === text.length) break;
    line += lineBreaks(text.slice(position, start));
    const binding = readBinding(text, start);
    if (binding === null) unreadableLines.push(line);
    else if (binding.key !== null) values.set(binding.key.toLowerCase(), binding.value);
    position = binding?.end ?? skip(text, start, /[^\r\n]*/y);
    line += lineBreaks(text.slice(start, position));
  }
  return { values, unreadableLines };
}

interface Binding {
  /** Null: a comment. */
  readonly key: string | null;
  readonly value: string;
  readonly end: number;
}

function readBinding(text: string, start: number): Binding | null {
  if (text[start] === '#') return { key: null, value: '', end: skip(text, start, /[^\r\n]*/y) };
  const key = match(text, skip(text, start, /(?:export[^\S\r\n]+)?/y), /'(?<quoted>[^']+)'|(?!')(?<bare>[^=#\s]+)/y);
  const name = key?.groups?.['quoted'] ?? key?.groups?.['bare'];
  if (key === null || name === undefined) return null;
  const equals = skip(text, key.index + key[0].length, /[^\S\r\n]*/y);
  const value =
    text[equals] === '=' ? readValue(text, skip(text, equals + 1, /[^\S\r\n]*/y)) : { value: '', end: equals };
  if (value === null) return null;
  const end = skip(text, value.end, /[^\S\r\n]*(?:#[^\r\n]*)?/y);
  return end === text.length || /[\r\n]/.test(text.charAt(end)) ? { key: name, value: value.value, end } : null;
}

function readValue(text: string, start: number): { readonly value: string; readonly end: number } | null {
  const quote = text[start];
  if (quote !== "'" && quote !== '"') {
    const end = skip(text, start, /[^\r\n]*/y);
    const line = text.slice(start, end);
    const isComment = line.startsWith('#') && /\s/.test(text.charAt(start - 1));
    return { value: isComment ? '' : line.replace(/\s#.*/, '').trimEnd(), end };
  }
  const end = closingQuote(text, start);
  if (end === null) return null;
  const escapes = quote === "'" ? singleQuotedEscapes : doubleQuotedEscapes;
  const value = text.slice(start + 1, end).replace(/\\([^])/g, (whole, escaped: string) => escapes[escaped] ?? whole);
  return { value, end: end + 1 };
}

/** The first quote that no backslash stands before; where each has one, the last. Null: none. */
function closingQuote(text: string, start: number): number | null {
  const quote = text.charAt(start);
  let last: number | null = null;
  for (let at = text.indexOf(quote, start + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    last = at;
    if (text[at - 1] !== '\\') break;
  }
  return last;
}

function match(text: string, position: number, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

/** Where the pattern, which may be empty, ends. */
function skip(text: string, position: number, pattern: RegExp): number {
  return position + (match(text, position, pattern)?.[0].length ?? 0);
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
