import type { Condition } from '../condition';
import type { Disposable } from '../dispose';
import type { Progress } from '../sync/model';
import type { Clock } from '../sync/ports';
import type { CancellableWork } from './cancellableProgress';

/** A sync that nobody asked for shows itself after this many milliseconds: most of them find little to send. */
const longMs = 10_000;

export interface LongSyncsParts {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Whether a sync that the user asked for is under way or waits for its turn; it shows itself. */
  readonly isAskedFor: () => boolean;
  readonly title: string;
  /** Shows progress and Cancel. */
  readonly show: (work: CancellableWork<void>) => Promise<void>;
  /** Ends the sync under way; what is pending is sent next time. */
  readonly cancelSync: () => void;
}

/** A sync under way. */
interface Sync {
  /** Aborted when it is over. */
  readonly over: AbortController;
  /** Whether it may be one that the user asked for: such a one was there when it began. */
  readonly mayBeAskedFor: boolean;
  progress: Progress | null;
  report: ((progress: Progress) => void) | null;
}

/** Shows scheduled syncs that take long, so that they can be cancelled: ten thousands of changes are no matter of seconds. */
export class LongSyncs implements Disposable {
  private sync: Sync | null = null;

  constructor(private readonly parts: LongSyncsParts) {}

  /** For each change of the condition. */
  follow(condition: Condition): void {
    const engine = condition.kind === 'ready' ? condition.engine : null;
    if (engine?.phase !== 'syncing') {
      this.dispose();
      return;
    }
    this.sync ??= this.begun();
    if (engine.progress === null || engine.progress === this.sync.progress) return;
    this.sync.progress = engine.progress;
    this.sync.report?.(engine.progress);
  }

  dispose(): void {
    this.sync?.over.abort();
    this.sync = null;
  }

  private begun(): Sync {
    const mayBeAskedFor = this.parts.isAskedFor();
    const sync: Sync = { over: new AbortController(), mayBeAskedFor, progress: null, report: null };
    void this.parts.clock.sleep(longMs, sync.over.signal).then(
      () => this.showUnlessAskedFor(sync),
      () => undefined,
    );
    return sync;
  }

  private async showUnlessAskedFor(sync: Sync): Promise<void> {
    const { isAskedFor, title, show, cancelSync } = this.parts;
    const { signal } = sync.over;
    if (signal.aborted || (sync.mayBeAskedFor && isAskedFor())) return;
    await show({
      title,
      shownAfterMs: 0,
      work: (cancel, report) => {
        cancel.addEventListener('abort', cancelSync);
        sync.report = report;
        if (sync.progress !== null) report(sync.progress);
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
  }
}
