/** The fields of the form: what is typed into them, and what is wrong with them. */
import {
  type FieldName,
  fieldNames,
  type Problems,
  type SecretField,
  secretFields,
  switches,
  textFields,
} from '../protocol';
import type { FormModel } from './formModel';
import { type Control, control, fill, label, make, name, write } from './page';
import type { View } from './view';

export interface FormEvents {
  readonly onEdit: (field: FieldName) => void;
  /** The field was left. */
  readonly onLeave: (field: FieldName) => void;
  readonly onEnter: (field: FieldName) => void;
}

interface Notes {
  readonly problem: HTMLElement;
  readonly elsewhere: HTMLElement;
  readonly elsewhereText: HTMLElement;
  readonly useOther: HTMLElement;
}

const needPassword: readonly FieldName[] = ['username', 'sqlPassword'];

export class FormFields {
  private readonly notes = new Map<FieldName, Notes>();

  constructor(
    private readonly form: FormModel,
    private readonly events: FormEvents,
  ) {
    for (const field of textFields) this.listen(field, 'input', (typed) => form.edit(field, typed.value));
    for (const field of secretFields) this.listen(field, 'input', (typed) => form.type(field, typed.value));
    // These two tell of changes that the program itself makes, too.
    for (const field of switches)
      this.listen(field, 'change', ({ checked }) => form.values[field] !== checked && form.edit(field, checked));
    this.listen('authentication', 'change', ({ value }) => {
      if (value === 'windows' || value === 'password') form.edit('authentication', value);
    });
    for (const field of fieldNames) {
      control(field).addEventListener('focusout', () => events.onLeave(field));
      control(field).addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.defaultPrevented) events.onEnter(field);
      });
      this.notes.set(field, this.addNotes(field));
    }
  }

  render(view: View): void {
    const { words, form, actions } = view;
    const { values } = form;
    for (const field of fieldNames) {
      const shown = control(field);
      const { [field]: problem = '' } = view.problems;
      if (shown.localName === 'vscode-text-field' || shown.localName === 'vscode-checkbox') label(shown, words[field]);
      if (problem !== '') name(shown, `${words[field]}. ${problem}`);
      shown.disabled = !actions.form;
      this.renderNotes(field, problem, view);
    }
    for (const field of textFields) put(control(field), values[field]);
    for (const field of switches) control(field).checked = values[field];
    control('authentication').value = values.authentication;
    for (const field of secretFields) this.renderSecret(field, view);
    for (const field of needPassword) container(field).hidden = values.authentication !== 'password';
  }

  /** False where none of these fields has a problem. */
  focusFirst(problems: Problems, among: readonly FieldName[]): boolean {
    const first = inOrder(among).find((field) => problems[field] !== undefined);
    if (first === undefined) return false;
    this.focus(first);
    return true;
  }

  focus(field: FieldName): void {
    const wanted = control(field);
    const chosen = field === 'authentication' ? wanted.querySelector<HTMLElement>('[tabindex="0"]') : null;
    (chosen ?? wanted).focus();
    wanted.select?.();
    wanted.scrollIntoView({ block: 'nearest' });
  }

  private listen(field: FieldName, event: 'input' | 'change', take: (of: Control) => unknown): void {
    const source = control(field);
    source.addEventListener(event, () => {
      const before = JSON.stringify(this.form.draft);
      take(source);
      if (JSON.stringify(this.form.draft) !== before) this.events.onEdit(field);
    });
  }

  private renderSecret(field: SecretField, { state, words, form }: View): void {
    const shown = control(field);
    put(shown, form.typedText(field));
    const secret = state.secrets[field];
    shown.placeholder = secret === 'missing' ? '' : words[secret === 'stored' ? 'secretStored' : 'secretTyped'];
  }

  private renderNotes(field: FieldName, problem: string, { state, words, form }: View): void {
    const notes = this.notes.get(field);
    if (notes === undefined) return;
    notes.problem.hidden = problem === '';
    write(notes.problem, problem);
    container(field).toggleAttribute('data-invalid', problem !== '');
    control(field).setAttribute('aria-invalid', String(problem !== ''));
    const contested = !isSecret(field) && form.isContested(field);
    notes.elsewhere.hidden = !contested;
    if (!contested) return;
    write(notes.elsewhereText, fill(words.changedElsewhere, String(state.saved[field])));
    write(notes.useOther, words.useOther);
  }

  private addNotes(field: FieldName): Notes {
    const problem = make('p', 'problem');
    const elsewhere = make('p', 'elsewhere');
    const elsewhereText = make('span', '');
    const useOther = make('button', 'link');
    useOther.setAttribute('type', 'button');
    useOther.addEventListener('click', () => {
      if (isSecret(field)) return;
      this.form.revert(field);
      this.events.onEdit(field);
      this.focus(field);
    });
    elsewhere.append(elsewhereText, ' ', useOther);
    container(field).append(problem, elsewhere);
    return { problem, elsewhere, elsewhereText, useOther };
  }
}

function put(into: Control, text: string): void {
  if (into.value !== text) into.value = text;
}

function container(field: FieldName): HTMLElement {
  const found = control(field).closest<HTMLElement>('[data-field]');
  if (found === null) throw new Error(`The field ${field} has no place on the page.`);
  return found;
}

function isSecret(field: FieldName): field is SecretField {
  return (secretFields as readonly string[]).includes(field);
}

/** As they come on the page. */
function inOrder(fields: readonly FieldName[]): readonly FieldName[] {
  const places = [...document.querySelectorAll('[data-field]')].map((place) => place.getAttribute('data-field'));
  return [...fields].sort((a, b) => places.indexOf(a) - places.indexOf(b));
}
