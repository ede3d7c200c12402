import type { LogId } from './model';
import type { ChangeLog, Clock } from './ports';

/** ChangeLog rows a statement may delete (capture.md). */
const maxLogIds = 1000;
/** Milliseconds after a statement in which confirmations gather for the next one: many small ones would be a round trip each. */
const gatherMs = 50;

export interface AcknowledgerParts {
  readonly changeLog: Pick<ChangeLog, 'acknowledge'>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
  /** What must be written before a change may go. */
  readonly writeFirst: () => Promise<void>;
}

/**
 * Deletes confirmed changes in groups, beside the sending: the first at once, then what is confirmed meanwhile. Only what was added is
 * ever deleted.
 */
export class Acknowledger {
  private readonly waiting: LogId[] = [];
  private flushing: Promise<void> | null = null;
  private gathering: AbortController | null = null;
  private isDraining = false;
  private failure: { readonly reason: unknown } | null = null;

  constructor(private readonly parts: AcknowledgerParts) {}

  add(logIds: readonly LogId[]): void {
    for (const logId of logIds) this.waiting.push(logId);
    if (this.waiting.length >= maxLogIds) this.gathering?.abort();
    this.flushing ??= this.flush();
  }

  /** After a failure nothing is acknowledged any more: what is sent now would only be sent again. */
  throwIfFailed(): void {
    if (this.failure !== null) throw this.failure.reason;
  }

  /** Resolves when everything added is acknowledged; rejects with the first failure, and what failed stays pending. */
  async drain(): Promise<void> {
    this.isDraining = true;
    this.gathering?.abort();
    while (this.flushing !== null) await this.flushing;
    this.isDraining = false;
    this.throwIfFailed();
  }

  private async flush(): Promise<void> {
    const { changeLog, signal, writeFirst } = this.parts;
    // What is confirmed at the same moment, a batch for instance, goes with one statement.
    await Promise.resolve();
    try {
      while (this.waiting.length > 0 && this.failure === null) {
        const group = this.waiting.splice(0, maxLogIds);
        await writeFirst();
        await changeLog.acknowledge(group, signal);
        await this.gather();
      }
    } catch (reason) {
      this.failure = { reason };
    } finally {
      this.flushing = null;
    }
  }

  private async gather(): Promise<void> {
    if (this.isDraining || this.waiting.length >= maxLogIds) return;
    this.gathering = new AbortController();
    await this.parts.clock.sleep(gatherMs, this.gathering.signal).catch(() => undefined);
    this.gathering = null;
  }
}
