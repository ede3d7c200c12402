import type { LogId } from './model';
import type { ChangeLog } from './ports';

/** ChangeLog rows a statement may delete (capture.md). */
const maxLogIds = 1000;

/**
 * Deletes confirmed changes in groups, beside the sending: while one statement runs, what is confirmed meanwhile gathers for the next.
 * Only what was added is ever deleted.
 */
export class Acknowledger {
  private readonly waiting: LogId[] = [];
  private flushing: Promise<void> | null = null;
  private failure: { readonly reason: unknown } | null = null;

  constructor(
    private readonly changeLog: Pick<ChangeLog, 'acknowledge'>,
    private readonly signal: AbortSignal,
    /** What must be written before a change may go. */
    private readonly writeFirst: () => Promise<void> = () => Promise.resolve(),
  ) {}

  add(logIds: readonly LogId[]): void {
    for (const logId of logIds) this.waiting.push(logId);
    this.flushing ??= this.flush();
  }

  /** After a failure nothing is acknowledged any more: what is sent now would only be sent again. */
  throwIfFailed(): void {
    if (this.failure !== null) throw this.failure.reason;
  }

  /** Resolves when everything added is acknowledged; rejects with the first failure, and what failed stays pending. */
  async drain(): Promise<void> {
    while (this.flushing !== null) await this.flushing;
    this.throwIfFailed();
  }

  private async flush(): Promise<void> {
    // What is confirmed at the same moment, a batch for instance, goes with one statement.
    await Promise.resolve();
    try {
      while (this.waiting.length > 0 && this.failure === null) {
        const group = this.waiting.splice(0, maxLogIds);
        await this.writeFirst();
        await this.changeLog.acknowledge(group, this.signal);
      }
    } catch (reason) {
      this.failure = { reason };
    } finally {
      this.flushing = null;
    }
  }
}
