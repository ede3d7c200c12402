/** Test Connection: SQL Server and Digible, each with its own result. */
import type { Outcome, TestState } from '../protocol';
import { busyMark, FailureBlock, type Heal, mark } from './failureBlock';
import { Drawn, element, make } from './page';
import type { View } from './view';

const sides = ['sqlServer', 'digible'] as const;

export class TestSection {
  private readonly section = element('test');
  private readonly drawn = {
    sqlServer: new Drawn(element('sqlServerOutcome')),
    digible: new Drawn(element('digibleOutcome')),
  };
  private readonly failures: FailureBlock;
  private shown: TestState | null = null;

  constructor(heal: Heal) {
    this.failures = new FailureBlock(make('div', ''), 'testAgain', heal);
  }

  render(view: View): void {
    const { test } = view.state;
    const before = this.shown;
    const grows = before === null || sides.some((side) => before[side] === null && test?.[side] !== null);
    this.shown = test;
    this.section.hidden = test === null;
    if (test === null) return;
    for (const side of sides) {
      element(`${side}Outcome`).className = 'outcome';
      this.drawn[side].draw([test[side], view.form.values.authentication], () => this.parts(side, test[side], view));
    }
    if (grows) this.section.scrollIntoView({ block: 'nearest' });
  }

  private parts(side: (typeof sides)[number], outcome: Outcome | null, view: View): readonly HTMLElement[] {
    const { words } = view;
    const title = make('span', 'name', words[side]);
    if (outcome === null) return [busyMark(), title, make('p', '', words.testing)];
    if (outcome.ok) return [mark(true), title, make('p', '', outcome.detail === '' ? words.connected : outcome.detail)];
    return [mark(false), title, ...this.failures.parts(outcome.error, view)];
  }
}
