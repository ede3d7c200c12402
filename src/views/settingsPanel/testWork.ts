import type { ConnectionTestResult, TestOutcome } from '../../connectionTest';
import type { ConfigureRequest } from '../../databaseWork';
import type { PanelPorts } from './panelPorts';
import type { Outcome, PanelError, TestState } from './protocol';

/** Test Connection as the panel shows it: each side's result as it comes in, until the form is no longer what was tested. */
export class TestWork {
  private current: TestState | null = null;
  private testing = new AbortController();

  constructor(
    private readonly ports: Pick<PanelPorts, 'testConnections'>,
    private readonly describe: (caught: unknown) => PanelError,
    private readonly onDidChange: () => void,
  ) {}

  get state(): TestState | null {
    return this.current;
  }

  /** A second one joins the first. Never rejects. */
  async run(request: ConfigureRequest): Promise<void> {
    if (this.current?.sqlServer === null || this.current?.digible === null) return;
    this.dismiss();
    const { signal } = this.testing;
    this.show({ sqlServer: null, digible: null });
    const tell = (outcomes: Partial<ConnectionTestResult>): void => {
      if (signal.aborted || this.current === null) return;
      const sqlServer = this.outcomeOf(outcomes.sqlServer) ?? this.current.sqlServer;
      const digible = this.outcomeOf(outcomes.digible) ?? this.current.digible;
      this.show({ sqlServer, digible });
    };
    try {
      tell(await this.ports.testConnections(request, tell, signal));
    } catch (caught) {
      if (signal.aborted) return;
      const failed: Outcome = { ok: false, error: this.describe(caught) };
      this.show({ sqlServer: failed, digible: failed });
    }
  }

  /** Forgets the results, and ends what is still being tested. */
  dismiss(): void {
    this.testing.abort();
    this.testing = new AbortController();
    if (this.current !== null) this.show(null);
  }

  private outcomeOf(outcome: TestOutcome | undefined): Outcome | null {
    if (outcome === undefined) return null;
    return outcome.ok ? outcome : { ok: false, error: this.describe(outcome.error) };
  }

  private show(state: TestState | null): void {
    this.current = state;
    this.onDidChange();
  }
}
