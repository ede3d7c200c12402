/** The page's elements, by their ids in settingsPanel.html, as far as the panel uses them. */
import type { WordKey, Words } from '../protocol';

/** A control of the page: a button, a field, a checkbox, a group of radio buttons. */
export interface Control extends HTMLElement {
  disabled: boolean;
  value: string;
  checked: boolean;
  placeholder: string;
  /** Only text fields have it: what is in it is replaced by what is typed next. */
  select?(): void;
}

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found;
}

export function control(id: string): Control {
  return element(id) as Control;
}

/** Toolkit elements take their label for screen readers once, when they are made; so it is told to them anew. */
export function label(of: HTMLElement, text: string): void {
  if (of.textContent !== text) of.textContent = text;
  name(of, text);
}

/** What a screen reader calls it. */
export function name(of: HTMLElement, text: string): void {
  if (of.getAttribute('aria-label') !== text) of.setAttribute('aria-label', text);
}

/** Writes only what is different: a screen reader would read it again. */
export function write(into: HTMLElement, text: string): void {
  if (into.textContent !== text) into.textContent = text;
}

export function make(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function fill(sentence: string, ...values: readonly string[]): string {
  return sentence.replace(/\{(\d)\}/g, (place, index: string) => values[Number(index)] ?? place);
}

/** Draws anew only when what is to be drawn has changed, so that focus and reading position stay. */
export class Drawn {
  private last = '';

  constructor(private readonly into: HTMLElement) {}

  draw(what: unknown, parts: () => readonly HTMLElement[]): void {
    const now = JSON.stringify(what);
    if (now === this.last) return;
    this.last = now;
    this.into.replaceChildren(...parts());
  }
}

export function writeWords(words: Words): void {
  for (const [attribute, put] of [
    ['data-word', write],
    ['data-label', label],
    ['data-aria', name],
  ] as const)
    for (const found of document.querySelectorAll<HTMLElement>(`[${attribute}]`))
      put(found, words[found.getAttribute(attribute) as WordKey]);
}
