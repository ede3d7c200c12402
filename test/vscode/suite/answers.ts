/** The user's answers to message boxes, lists, inputs and file dialogs, given in advance. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

export type AskedKind = 'information' | 'warning' | 'error' | 'quickPick' | 'inputBox' | 'openDialog';

export interface Asked {
  readonly kind: AskedKind;
  /** The message, or the title or placeholder of a list, an input, a dialog. */
  readonly text: string;
  /** Of a modal message: the lines beneath it. */
  readonly detail: string;
  readonly modal: boolean;
  /** The buttons' titles, or the list's labels. */
  readonly choices: readonly string[];
}

/** A button's title, a list's label, a text or a path; undefined dismisses. */
export type Answer = string | undefined | ((asked: Asked) => string | undefined);

/** What is not here is dismissed. */
export type Answers = Readonly<Partial<Record<AskedKind, Answer>>>;

type AnyFunction = (...args: readonly unknown[]) => Promise<unknown>;

interface Option {
  readonly title?: string;
  readonly label?: string;
}

/** Undoes what a test has replaced; a choice that was not offered fails the test that gave it. */
class Replaced {
  private undo: (() => void)[] = [];
  private mistakes: string[] = [];

  replace(name: string, by: AnyFunction): void {
    const window = vscode.window as unknown as Record<string, AnyFunction | undefined>;
    const own = window[name];
    window[name] = by;
    this.undo.push(() => (window[name] = own));
  }

  mistaken(mistake: string): void {
    this.mistakes.push(mistake);
  }

  restore(): void {
    for (const undo of this.undo.splice(0).reverse()) undo();
    assert.deepEqual(this.mistakes.splice(0), []);
  }
}

const replaced = new Replaced();
afterEach(() => replaced.restore());

/**
 * Until the test ends, VS Code shows no message box, list, input or file dialog of the extension; they are answered as given. Returns
 * what was asked, in order, growing as it happens. Lists of createQuickPick are not among it.
 */
export function answering(answers: Answers = {}): readonly Asked[] {
  const asked: Asked[] = [];
  const answer = (question: Asked): string | undefined => {
    asked.push(question);
    const given = answers[question.kind];
    return typeof given === 'function' ? given(question) : given;
  };
  const choose = (question: Asked, options: readonly unknown[]): unknown => {
    const choice = answer(question);
    if (choice === undefined) return undefined;
    const found = options.find((option) => nameOf(option) === choice);
    if (found === undefined)
      replaced.mistaken(`“${question.text}” offers ${question.choices.join(', ') || 'nothing'}, not ${choice}.`);
    return found;
  };

  for (const [kind, name] of [
    ['information', 'showInformationMessage'],
    ['warning', 'showWarningMessage'],
    ['error', 'showErrorMessage'],
  ] as const)
    replaced.replace(name, (text, ...rest) => {
      const hasOptions = typeof rest[0] === 'object' && rest[0] !== null && !('title' in rest[0]);
      const { modal = false, detail = '' } = (hasOptions ? rest[0] : {}) as vscode.MessageOptions;
      const items = hasOptions ? rest.slice(1) : rest;
      const question = { kind, text: String(text), detail, modal, choices: items.map(nameOf) };
      return Promise.resolve(choose(question, items));
    });

  replaced.replace('showQuickPick', async (offered, options) => {
    const items = (await offered) as readonly unknown[];
    const { canPickMany = false, ...words } = (options ?? {}) as vscode.QuickPickOptions;
    const chosen = choose({ ...plain('quickPick', words), choices: items.map(nameOf) }, items);
    return canPickMany && chosen !== undefined ? [chosen] : chosen;
  });

  replaced.replace('showInputBox', (options) =>
    Promise.resolve(answer(plain('inputBox', (options ?? {}) as vscode.InputBoxOptions))),
  );

  replaced.replace('showOpenDialog', (options) => {
    const path = answer(plain('openDialog', options ?? {}));
    return Promise.resolve(path === undefined ? undefined : [vscode.Uri.file(path)]);
  });
  return asked;
}

function plain(
  kind: AskedKind,
  words: { readonly title?: string; readonly placeHolder?: string; readonly prompt?: string },
): Asked {
  return { kind, text: words.title ?? words.placeHolder ?? words.prompt ?? '', detail: '', modal: false, choices: [] };
}

function nameOf(option: unknown): string {
  if (typeof option === 'string') return option;
  const { title, label } = option as Option;
  return title ?? label ?? '';
}
