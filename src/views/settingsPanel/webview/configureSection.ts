/** Configure: what it will do, then each step as it is done, then how it ended. */
import type { ConfigureState, Plan } from '../protocol';
import { busyMark, FailureBlock, type Heal, mark } from './failureBlock';
import { control, Drawn, element, fill, label, make, write } from './page';
import type { View } from './view';

export interface ConfigureEvents {
  readonly onDo: () => void;
  readonly onAgain: (discardPending: boolean) => void;
  readonly onDismiss: () => void;
  readonly onUpload: () => void;
  readonly heal: Heal;
}

type Phase = ConfigureState['phase'];

export class ConfigureSection {
  private readonly section = element('configureWork');
  private readonly steps = new Drawn(element('steps'));
  private readonly warnings = new Drawn(element('warningList'));
  private readonly discard = control('discardPending');
  private readonly failure: FailureBlock;
  private shown: Phase | null = null;
  private discarding = false;

  constructor(events: ConfigureEvents) {
    this.failure = new FailureBlock(element('configureFailure'), 'tryAgain', events.heal);
    control('planDo').addEventListener('click', events.onDo);
    control('planAgain').addEventListener('click', () => events.onAgain(this.discarding));
    control('planDismiss').addEventListener('click', events.onDismiss);
    control('uploadNext').addEventListener('click', events.onUpload);
    this.discard.addEventListener('change', () => {
      if (this.discard.checked !== this.discarding) events.onAgain(this.discard.checked);
    });
  }

  render(view: View): void {
    const { words, state, actions } = view;
    const work = state.configure;
    this.section.hidden = work === null;
    const begins = work !== null && work.phase !== this.shown;
    this.shown = work?.phase ?? null;
    if (work === null) return;

    this.discarding = 'discardPending' in work && work.discardPending;
    this.discard.checked = this.discarding;
    const asksToDiscard = work.phase === 'failed' && work.error.code === 'other-table-pending';
    this.discard.hidden = !asksToDiscard && !(work.phase === 'planned' && work.discardPending);
    label(this.discard, words.discardPending);

    write(element('configureStatus'), statusOf(work, view));
    this.renderPlan('plan' in work ? work.plan : null, work);
    this.failure.render(work.phase === 'failed' ? work.error : null, view);

    show('planning', work.phase === 'planning');
    show('planDo', work.phase === 'planned');
    label(control('planDo'), 'plan' in work && work.plan?.steps.length === 0 ? words.planDoNothing : words.planDo);
    show('planAgain', work.phase === 'failed' && !asksToDiscard && work.error.remedy !== 'retry');
    const uploadIsNext = work.phase === 'done' && state.upload === null;
    show('uploadNext', uploadIsNext);
    control('uploadNext').disabled = !actions.upload;
    show('configureNext', uploadIsNext);
    show('planDismiss', work.phase !== 'running');
    label(control('planDismiss'), work.phase === 'done' || work.phase === 'failed' ? words.close : words.cancel);
    if (begins) this.bring(work.phase);
  }

  private renderPlan(plan: Plan | null, work: ConfigureState): void {
    const begun = work.phase === 'running' ? work.begun : 0;
    const isDone = (index: number): boolean => work.phase === 'done' || index < begun - 1;
    const isBeing = (index: number): boolean => work.phase === 'running' && index === begun - 1;
    this.steps.draw([plan?.steps, work.phase, begun], () =>
      (plan?.steps ?? []).map((step, index) => {
        const item = make('li', isDone(index) ? 'done' : '');
        if (isDone(index)) item.append(mark(true));
        else if (isBeing(index)) item.append(busyMark());
        else item.append(make('span', 'mark', `${index + 1}.`));
        item.append(make('span', '', step));
        return item;
      }),
    );
    const warnings = work.phase === 'planned' ? (plan?.warnings ?? []) : [];
    element('warnings').hidden = warnings.length === 0;
    this.warnings.draw(warnings, () => warnings.map((warning) => make('li', '', warning)));
  }

  /** To the user's eyes; and the keyboard comes along where the user has to decide. */
  private bring(phase: Phase): void {
    if (phase === 'planned' || phase === 'done') element('configureHeading').focus({ preventScroll: true });
    this.section.scrollIntoView({ block: 'nearest' });
  }
}

function statusOf(work: ConfigureState, { words }: View): string {
  switch (work.phase) {
    case 'planning':
      return words.planning;
    case 'planned':
      return work.plan.steps.length === 0 ? words.planNothing : words.planTitle;
    case 'running':
      return fill(words.configuring, work.plan.table);
    case 'done':
      return fill(words.configureDone, work.plan.table);
    case 'failed':
      return work.plan === null ? words.planFailed : words.configureFailed;
  }
}

function show(id: string, shown: boolean): void {
  element(id).hidden = !shown;
}
