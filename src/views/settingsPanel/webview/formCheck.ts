/** What is wrong with the form, as the host says, and how much of that the user is told. */
import {
  type FieldName,
  fieldNames,
  type PanelError,
  type PanelState,
  type Problems,
  type SecretField,
  secretFields,
} from '../protocol';
import type { FormModel } from './formModel';
import { type HostLink, RequestFailure } from './hostLink';

export class FormCheck {
  /** Everything that is wrong. */
  problems: Problems = {};
  private readonly left = new Set<FieldName>();
  private tellsAll = false;
  private asked = '';
  private answered: Promise<void> = Promise.resolve();

  /** @param onAnswer with what the host failed with, or null */
  constructor(
    private readonly link: Pick<HostLink, 'call'>,
    private readonly form: FormModel,
    private readonly onAnswer: (failure: PanelError | null) => void,
  ) {}

  /** Asks anew when the form, or what it is measured by, has changed. */
  look({ secrets, configured }: PanelState): void {
    const { draft } = this.form;
    const now = JSON.stringify([
      draft.values,
      secretFields.map((field) => this.form.typedText(field)),
      secrets,
      configured,
    ]);
    if (now === this.asked) return;
    this.asked = now;
    this.answered = this.link.call('edit', draft).then(
      (problems) => {
        this.form.taken(draft);
        if (this.asked !== now) return this.answered;
        this.problems = problems;
        this.onAnswer(null);
        return undefined;
      },
      (failure: unknown) => {
        if (!(failure instanceof RequestFailure)) throw failure;
        if (this.asked !== now) return this.answered;
        this.asked = '';
        this.onAnswer(failure.error);
        return undefined;
      },
    );
  }

  /** Resolves when `problems` are those of the form as it is. */
  settled(): Promise<void> {
    return this.answered;
  }

  /** The user is done with these fields for now. */
  leave(...fields: readonly FieldName[]): void {
    for (const field of fields) this.left.add(field);
  }

  tellAll(): void {
    this.tellsAll = true;
  }

  /** As if the form were new. */
  forget(): void {
    this.left.clear();
    this.tellsAll = false;
  }

  /** All problems once they are asked for; until then those of fields that the user has left, or that hold something. */
  told({ configured, storedProblems }: PanelState): Problems {
    const told: Partial<Record<FieldName, string>> = {};
    for (const field of fieldNames) {
      const { [field]: problem } = this.problems;
      if (problem === undefined) continue;
      const matters = isSecret(field) ? configured : String(this.form.values[field]).trim() !== '';
      if (this.tellsAll || this.left.has(field) || matters) told[field] = problem;
    }
    for (const { field, message } of storedProblems)
      if (field !== null && !this.form.isEdited(field)) told[field] = message;
    return told;
  }
}

function isSecret(field: FieldName): field is SecretField {
  return (secretFields as readonly string[]).includes(field);
}
