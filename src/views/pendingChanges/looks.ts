import { isRunning, type EngineState } from '../../sync/engineState';
import { isSameCount } from './changeGroups';
import { mayLookByItself } from './changePoll';
import type { PendingChanges } from './pendingChanges';

export interface LooksParts {
  readonly changes: Pick<PendingChanges, 'look' | 'counts' | 'hasLooked' | 'failure'>;
  /** Whether the tree is on the screen. */
  readonly isShown: () => boolean;
}

/**
 * When ChangeLog is looked at without anybody asking for it: after each run, whatever was under way when it ended, and where the engine
 * counts something else than the tree shows; while the tree is not on the screen, as soon as it is.
 */
export class Looks {
  private engine: EngineState | null = null;
  private wasRunning = false;
  /** The rows may be others by now, whatever the counts say. */
  private isStale = false;
  /** A run has reached SQL Server since the last look failed. */
  private isFailureOld = false;
  private underWay = 0;

  constructor(private readonly parts: LooksParts) {}

  /** Whether a look that nobody asked for is welcome now. */
  get mayLookByItself(): boolean {
    const { engine, isFailureOld, parts } = this;
    return engine !== null && mayLookByItself(engine, isFailureOld ? null : parts.changes.failure);
  }

  /** What the engine is doing now; null where there is none. */
  follow(engine: EngineState | null): void {
    this.engine = engine;
    const running = engine !== null && isRunning(engine);
    if (this.wasRunning && !running) {
      this.isStale = true;
      this.isFailureOld = true;
    }
    this.wasRunning = running;
    const [counted, shown] = [engine?.counts ?? null, this.parts.changes.counts];
    const isOther = counted !== null && shown !== null && !isSameCount(counted, shown);
    // A look under way tells of its own counts here.
    if (isOther && !this.isLooking && !running) this.isStale = true;
    this.catchUp();
  }

  /** Looks where that was put off, because the tree was not on the screen. */
  catchUp(): void {
    const { changes, isShown } = this.parts;
    const isDue = this.isStale || (!changes.hasLooked && !this.isLooking);
    if (isDue && isShown() && this.mayLookByItself) void this.look(true);
  }

  /** As that of PendingChanges. One that is under way already may have read what a run has acknowledged since: another one follows it. */
  async look(anew: boolean): Promise<void> {
    const isAnew = anew || this.isStale;
    this.isStale = false;
    this.isFailureOld = false;
    this.underWay += 1;
    try {
      await this.parts.changes.look(isAnew);
    } finally {
      this.underWay -= 1;
    }
  }

  private get isLooking(): boolean {
    return this.underWay > 0;
  }
}
