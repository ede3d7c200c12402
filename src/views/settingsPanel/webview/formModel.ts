/** The form as it is edited here, over the settings as they are stored. */
import {
  type Draft,
  type FormValues,
  type PanelState,
  type SecretField,
  someFormValues,
  type ValueName,
  valueNames,
} from '../protocol';

/** What outlives hiding the panel. No password is in it. */
export interface Kept {
  readonly edits: Partial<FormValues>;
  /** What was stored when the field was first edited. */
  readonly bases: Partial<FormValues>;
}

export class FormModel {
  private edits: Partial<FormValues> = {};
  private bases: Partial<FormValues> = {};
  private typed: Partial<Record<SecretField, string>> = {};
  /** Of what is typed, what the host has not taken yet. Sent once more after it was stored, it would count as typed anew. */
  private untaken: Partial<Record<SecretField, string>> = {};

  constructor(private saved: FormValues) {}

  get values(): FormValues {
    return { ...this.saved, ...this.edits };
  }

  get draft(): Draft {
    return { values: this.values, typed: this.untaken };
  }

  get kept(): Kept {
    return { edits: this.edits, bases: this.bases };
  }

  get isDirty(): boolean {
    return Object.keys(this.edits).length > 0;
  }

  /** Takes back what `kept` was, where it is that. */
  restore(kept: unknown): void {
    if (typeof kept !== 'object' || kept === null || !('edits' in kept) || !('bases' in kept)) return;
    if (!someFormValues(kept.edits) || !someFormValues(kept.bases)) return;
    this.edits = { ...kept.edits };
    this.bases = { ...kept.bases };
    this.dropStored();
  }

  /** The settings were changed: here by saving, or elsewhere. Fields edited here keep their edit until it is what is stored. */
  rebase(saved: FormValues): void {
    if (valueNames.every((field) => saved[field] === this.saved[field])) return;
    this.saved = saved;
    this.dropStored();
  }

  /** Everything that was edited is stored now. */
  settle(): void {
    this.edits = {};
    this.bases = {};
  }

  edit<Name extends ValueName>(field: Name, value: FormValues[Name]): void {
    if (value === this.saved[field]) {
      this.revert(field);
      return;
    }
    this.bases = { [field]: this.saved[field], ...this.bases };
    this.edits = { ...this.edits, [field]: value };
  }

  isEdited(field: ValueName): boolean {
    return this.edits[field] !== undefined;
  }

  /** Whether it was changed elsewhere since it was edited here. */
  isContested(field: ValueName): boolean {
    return this.isEdited(field) && this.bases[field] !== this.saved[field];
  }

  /** Takes what is stored. */
  revert(field: ValueName): void {
    this.edits = without(this.edits, field);
    this.bases = without(this.bases, field);
  }

  type(field: SecretField, secret: string): void {
    this.typed = { ...this.typed, [field]: secret };
    this.untaken = { ...this.untaken, [field]: secret };
  }

  /** The host has taken a draft. */
  taken({ typed }: Draft): void {
    this.untaken = Object.fromEntries(
      Object.entries(this.untaken).filter(([field, secret]) => typed[field as SecretField] !== secret),
    );
  }

  typedText(field: SecretField): string {
    return this.typed[field] ?? '';
  }

  /** Returns the fields whose text is stored now and goes from the form. */
  forgetStored(secrets: PanelState['secrets']): void {
    const isTyped = ([field]: readonly [string, string]): boolean => secrets[field as SecretField] === 'typed';
    this.typed = Object.fromEntries(Object.entries(this.typed).filter(isTyped));
    this.untaken = Object.fromEntries(Object.entries(this.untaken).filter(isTyped));
  }

  private dropStored(): void {
    for (const field of valueNames) if (isSame(this.edits[field], this.saved[field])) this.revert(field);
  }
}

/** Blanks around a text are not stored. */
function isSame(edited: string | boolean | undefined, stored: string | boolean): boolean {
  return typeof edited === 'string' ? edited.trim() === stored : edited === stored;
}

function without(values: Partial<FormValues>, field: ValueName): Partial<FormValues> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== field));
}
