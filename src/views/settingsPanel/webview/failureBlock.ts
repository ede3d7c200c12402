/** A failure with its one button, next to what it concerns. */
import type { PanelError } from '../protocol';
import { type Cure, cureOf } from './cures';
import { Drawn, fill, label, make } from './page';
import type { View } from './view';

export type Heal = (cure: Cure) => void;

export class FailureBlock {
  private readonly drawn: Drawn;

  /** @param again what the button that tries again is called, and `heal` is told of it as `again` */
  constructor(
    private readonly into: HTMLElement,
    private readonly again: 'testAgain' | 'tryAgain',
    private readonly heal: Heal,
  ) {
    this.drawn = new Drawn(into);
  }

  render(error: PanelError | null, view: View): void {
    this.into.hidden = error === null;
    this.drawn.draw(error, () => (error === null ? [] : [mark(false), ...this.parts(error, view)]));
  }

  /** The words and the button, for whoever draws the rest. */
  parts(error: PanelError, { words, form }: View): readonly HTMLElement[] {
    const said = make('p', '', error.message);
    const hint = make('p', 'hint', error.hint);
    const cure = cureOf(error, form.values, this.again);
    if (cure === null) return [said, hint];
    const button = make('vscode-button', '');
    button.setAttribute('appearance', 'secondary');
    label(button, cure.kind === 'focus' ? fill(words[cure.word], words[cure.field]) : words[cure.word]);
    if (cure.kind !== 'start browser') {
      button.addEventListener('click', () => this.heal(cure));
      return [said, hint, button];
    }
    const steps = make('ol', '');
    for (const step of ['browserStep1', 'browserStep2', 'browserStep3'] as const)
      steps.append(make('li', '', words[step]));
    steps.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => {
      steps.hidden = !steps.hidden;
      button.setAttribute('aria-expanded', String(!steps.hidden));
    });
    return [said, hint, button, steps];
  }
}

export function mark(good: boolean): HTMLElement {
  const made = make('span', good ? 'mark good' : 'mark bad', good ? '✓' : '✕');
  made.setAttribute('aria-hidden', 'true');
  return made;
}

/** Turns while something is under way; what it is stands beside it. */
export function busyMark(): HTMLElement {
  const ring = document.createElement('vscode-progress-ring');
  ring.className = 'mark';
  ring.setAttribute('aria-hidden', 'true');
  return ring;
}
