import { isRunning, type EngineState } from '../../sync/engineState';
import type { ShopError } from '../../sync/errors';
import type { Clock } from '../../sync/ports';

/** Milliseconds from one look to the next. */
const usualMs = 5_000;
/** As long as looks fail, each waits twice as long as the one before, up to this. */
const longestMs = 60_000;
/** A wait is at least this many times as long as the look before it: a big ChangeLog costs SQL Server a tenth of its time, at most. */
const waitPerLook = 10;
/** A look that seems to have taken so long that it would mean more than this waited for a computer that slept. */
const longestRestMs = 600_000;

/** Looks again and again while somebody watches; the next wait begins when a look has come to its end. */
export class ChangePoll {
  private watching: AbortController | null = null;

  /** `look` resolves to whether it went well, and never rejects. */
  constructor(
    private readonly clock: Pick<Clock, 'now' | 'sleep'>,
    private readonly look: () => Promise<boolean>,
  ) {}

  get isWatching(): boolean {
    return this.watching !== null;
  }

  watch(isWatched: boolean): void {
    if (isWatched === this.isWatching) return;
    if (this.watching !== null) {
      this.watching.abort();
      this.watching = null;
      return;
    }
    this.watching = new AbortController();
    void this.goOn(this.watching.signal);
  }

  dispose(): void {
    this.watch(false);
  }

  private async goOn(signal: AbortSignal): Promise<void> {
    for (let waitMs = usualMs; ;) {
      try {
        await this.clock.sleep(waitMs, signal);
      } catch {
        return;
      }
      const lookedAt = this.clock.now();
      const wentWell = await this.look();
      const restMs = Math.min(longestRestMs, waitPerLook * (this.clock.now() - lookedAt));
      waitMs = wentWell ? Math.max(usualMs, restMs) : Math.min(longestMs, Math.max(waitMs * 2, restMs));
    }
  }
}

/**
 * Whether a look that nobody asked for is welcome. During a run it would cost SQL Server what the run needs; and a password that was
 * refused is not tried again and again, which would lock the login. `failure`: of the last look.
 */
export function mayLookByItself(engine: EngineState, failure: ShopError | null): boolean {
  const isRefused = [engine.error, failure].some((error) => error?.code === 'sql-login-failed');
  return !isRunning(engine) && !isRefused;
}
