/** Finds secrets in what was written, in whatever form they got there. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** As many as can be told apart from chance. */
const fewestCharacters = 6;

/** Objects within objects that are looked into. */
const deepest = 8;

/** The forms in which a text may stand somewhere. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = new Map([
    ['as it is', secret],
    ['in JSON', json],
    ['in JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['in an address', encodeURIComponent(secret)],
    ['in a form', new URLSearchParams({ v: secret }).toString().slice(2)],
    ['in HTML', secret.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)],
    ['in a T-SQL literal', secret.replaceAll("'", "''")],
    ['as Node.js prints it', inspect(secret).slice(1, -1)],
    ['in hexadecimal digits', bytes.toString('hex')],
    ['in UTF-16, in hexadecimal digits', Buffer.from(secret, 'utf16le').toString('hex')],
  ]);
  // What stands before it in the same text decides which of three forms it has in base64; its first and last characters are others'.
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const inner = whole.toString('base64').slice(before === 0 ? 0 : before + 1, Math.floor((whole.length * 4) / 3));
    forms.set(`in base64, after ${before}`, inner);
    forms.set(`in base64url, after ${before}`, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  for (const [name, form] of forms) assert.ok(form.length >= fewestCharacters, `too short a secret ${name}: ${form}`);
  return forms;
}

/** What was written, by where. */
export class Written {
  /** By the text, so that what is written again and again is searched once. */
  readonly #parts = new Map<string, string>();

  text(where: string, text: string): void {
    if (!this.#parts.has(text)) this.#parts.set(text, where);
  }

  bytes(where: string, bytes: Buffer): void {
    this.text(where, bytes.toString('latin1'));
    this.text(where, bytes.toString('utf8'));
    if (bytes.includes(0)) this.text(where, bytes.toString('utf16le'));
  }

  /** Whatever a crash or a log would print of it: its fields, and of an error the hidden ones too, causes, and stacks. */
  value(where: string, value: unknown): void {
    const showHidden = value instanceof Error;
    this.text(where, inspect(value, { depth: deepest, showHidden, maxArrayLength: null, maxStringLength: null }));
    for (let cause = value; cause instanceof Error; cause = cause.cause)
      this.text(where, `${cause.stack ?? ''}\n${JSON.stringify(cause, Object.getOwnPropertyNames(cause))}`);
  }

  /** Where a secret stands, and in which form; the secret itself is not in it. */
  leaks(secrets: Readonly<Record<string, string>>): string[] {
    return Object.entries(secrets).flatMap(([name, secret]) =>
      [...formsOf(secret)].flatMap(([form, text]) =>
        [...this.#parts].filter(([written]) => written.includes(text)).map(([, where]) => `${name} ${form}: ${where}`),
      ),
    );
  }
}
