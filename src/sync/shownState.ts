import { phaseOf, type EngineState, type Phase } from './engineState';
import type { ShopError } from './errors';
import { Listeners, type Listener } from './listeners';
import type { Log } from './ports';

const failuresOfFirstBatches: ReadonlySet<ShopError['code']> = new Set([
  'digible-refuses-all',
  'digible-busy',
  'digible-answer-unexpected',
]);

/** The engine's state as it is shown, and what must be kept in mind from run to run to show it. */
export class ShownState {
  private readonly listeners: Listeners<EngineState>;
  private state: EngineState = {
    phase: 'stopped',
    scheduled: false,
    progress: null,
    error: null,
    lastSync: null,
    counts: null,
    captureProblems: [],
  };
  /** Set from the run that lost the session to the one that has it back; runs without a request show neither. */
  private sessionLost: ShopError | null = null;
  private figuresFound = 0;

  constructor(log: Log) {
    this.listeners = new Listeners(log);
  }

  get current(): EngineState {
    return this.state;
  }

  onDidChange(listener: Listener<EngineState>): { dispose(): void } {
    return this.listeners.add(listener);
  }

  update(change: Partial<EngineState>): void {
    this.state = { ...this.state, ...change };
    this.listeners.tell(this.state);
  }

  /** How often the figures were found out anew, or began to be: a look that began before is older than they are. */
  get figures(): number {
    return this.figuresFound;
  }

  renewFigures(): void {
    this.figuresFound += 1;
  }

  get isSessionLost(): boolean {
    return this.sessionLost !== null;
  }

  /** Null: it is there again. */
  noteSessionLost(error: ShopError | null): void {
    this.sessionLost = error;
  }

  /** After a run that ended because its first batches failed whatever was tried, good products behind them get their turn. */
  get isNewestFirst(): boolean {
    return this.state.error !== null && failuresOfFirstBatches.has(this.state.error.code);
  }

  /** Trying a wrong password again and again would lock the login, which may be the point-of-sale program's as well. */
  get isLoginRefused(): boolean {
    return this.state.error?.code === 'sql-login-failed';
  }

  /**
   * What to show when nothing runs and nothing is wrong, but perhaps the session still lost; or Digible still in trouble, where the run
   * that has ended asked it nothing.
   */
  atRest(scheduled: boolean, ended?: Phase): Pick<EngineState, 'phase' | 'error'> {
    if (this.sessionLost !== null) return { phase: phaseOf(this.sessionLost), error: this.sessionLost };
    const { error } = this.state;
    if (ended === 'verifying' && error?.code.startsWith('digible-') === true) return { phase: phaseOf(error), error };
    return { phase: scheduled ? 'idle' : 'stopped', error: null };
  }

  /** Nobody listens any more. */
  clear(): void {
    this.listeners.clear();
  }
}
