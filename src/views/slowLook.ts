import type { Condition } from '../condition';
import type { Disposable } from '../dispose';
import { ShopError, toError } from '../sync/errors';
import type { Clock, Log } from '../sync/ports';
import type { Settings } from '../sync/settings';
import { mayLookByItself } from './pendingChanges/changePoll';

/** Milliseconds to the first look: VS Code's start is over by then. */
const soonMs = 20_000;
/** As long as looks fail, each waits twice as long as the one before, up to this, or up to the interval where that is longer. */
const longestMs = 30 * 60_000;

export interface SlowLookParts {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Log;
  /** Looks at ChangeLog; what it finds comes back with the condition. May reject. */
  readonly look: () => Promise<void>;
}

/**
 * Keeps the figures of badge and status bar from going stale while no sync runs by itself: looks in the interval that syncs would have.
 * Its failures are shown nowhere: nobody has asked for it.
 */
export class SlowLook implements Disposable {
  private condition: Condition = { kind: 'loading' };
  /** Of the shop that is looked at. */
  private settings: Settings | null = null;
  private looking: AbortController | null = null;
  /** Of the last look. */
  private failure: Error | null = null;

  constructor(private readonly parts: SlowLookParts) {}

  /** For each change of the condition; other `settings` are those of another shop. */
  follow(condition: Condition, settings: Settings | null): void {
    this.condition = condition;
    if (condition.kind !== 'ready' || condition.engine.scheduled) {
      this.dispose();
      return;
    }
    // What a sync comes to is newer than what a look has failed with.
    if (condition.engine.phase === 'syncing') this.failure = null;
    if (this.looking !== null && settings === this.settings) return;
    this.dispose();
    this.settings = settings;
    this.failure = null;
    this.looking = new AbortController();
    void this.goOn(this.looking.signal);
  }

  dispose(): void {
    this.looking?.abort();
    this.looking = null;
  }

  private async goOn(signal: AbortSignal): Promise<void> {
    for (let waitMs = soonMs; ;) {
      try {
        await this.parts.clock.sleep(waitMs, signal);
      } catch {
        return;
      }
      const { condition, failure } = this;
      if (condition.kind !== 'ready') return;
      const usualMs = condition.intervalSeconds * 1000;
      const known = failure instanceof ShopError ? failure : null;
      if (mayLookByItself(condition.engine, known)) this.failure = await this.look();
      waitMs = this.failure === null ? usualMs : Math.max(usualMs, Math.min(longestMs, waitMs * 2));
    }
  }

  private async look(): Promise<Error | null> {
    try {
      await this.parts.look();
      return null;
    } catch (caught) {
      const error = toError(caught);
      this.parts.log.debug('a look at the pending changes failed', { error: error.message });
      return error;
    }
  }
}
