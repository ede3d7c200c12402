import type { ConfigureRequest } from '../../databaseWork';
import type { ConfigurePlan } from '../../sync/sqlserver/configurePlan';
import type { PanelPorts } from './panelPorts';
import type { ConfigureState, PanelError, Plan } from './protocol';

/** Configure as the panel shows it: first the plan, then, on the user's word, what is being done. It goes on without the panel. */
export class ConfigureWork {
  private current: ConfigureState | null = null;
  private planning = new AbortController();

  constructor(
    private readonly ports: Pick<PanelPorts, 'plan' | 'configure'>,
    private readonly describe: (caught: unknown) => PanelError,
    private readonly onDidChange: () => void,
  ) {}

  get state(): ConfigureState | null {
    return this.current;
  }

  get isRunning(): boolean {
    return this.current?.phase === 'running';
  }

  /** Looks what is to be done, and does it at once where that is nothing to be asked about. Not while it is at work already. */
  async plan(request: ConfigureRequest, onDone: () => Promise<void>): Promise<void> {
    if (this.isRunning) return;
    this.dismiss();
    const { discardPending } = request;
    const { signal } = this.planning;
    this.show({ phase: 'planning', discardPending });
    try {
      const found = await this.ports.plan(request, signal);
      if (signal.aborted) return;
      this.show({ phase: 'planned', discardPending, plan: planOf(found) });
      if (found.upToDate && found.warnings.length === 0) await this.run(request, onDone);
    } catch (caught) {
      if (!signal.aborted) this.show({ phase: 'failed', discardPending, plan: null, error: this.describe(caught) });
    }
  }

  /**
   * Does what the plan that is shown says; nothing where none is shown. `request`: of the same database, the rest of it may have changed
   * since. `onDone` is waited for before it counts as done.
   */
  async run(request: ConfigureRequest, onDone: () => Promise<void>): Promise<void> {
    const { current } = this;
    if (current?.phase !== 'planned') return;
    let { plan } = current;
    this.show({ phase: 'running', plan, begun: 0 });
    let begun = 0;
    try {
      const done = await this.ports.configure(request, ({ description }) => {
        const steps = plan.steps.includes(description) ? plan.steps : [...plan.steps.slice(0, begun), description];
        plan = { ...plan, steps };
        begun = steps.indexOf(description) + 1;
        this.show({ phase: 'running', plan, begun });
      });
      await onDone();
      this.show({ phase: 'done', plan: planOf(done) });
    } catch (caught) {
      const { discardPending } = request;
      this.show({ phase: 'failed', discardPending, plan, error: this.describe(caught) });
    }
  }

  /** Forgets plan and result; what is being done goes on. */
  dismiss(): void {
    if (this.isRunning) return;
    this.planning.abort();
    this.planning = new AbortController();
    this.show(null);
  }

  private show(state: ConfigureState | null): void {
    if (state === this.current) return;
    this.current = state;
    this.onDidChange();
  }
}

function planOf({ table, steps, warnings }: ConfigurePlan): Plan {
  return {
    table: `${table.schema}.${table.name}`,
    steps: steps.map(({ description }) => description),
    warnings: [...warnings],
  };
}
