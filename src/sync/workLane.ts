/**
 * Work side by side, at most `width` tasks at once. Who pushes waits for a free place, so that nothing piles up. The first
 * failure closes the lane: what runs is finished, nothing new starts, and the failure comes out of `push` and `drain`.
 */
export class WorkLane {
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly reason: unknown } | null = null;

  constructor(
    private readonly width: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when the task has started; rejects when the lane is closed or the signal aborted. */
  async push(task: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.width && this.failure === null) await Promise.race(this.running);
    this.throwIfClosed();
    const run = task()
      .catch((reason: unknown) => {
        this.failure ??= { reason };
      })
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** Resolves when everything that was pushed is done. */
  async drain(): Promise<void> {
    await this.idle();
    this.throwIfClosed();
  }

  /** Resolves when nothing runs any more, whatever became of it. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private throwIfClosed(): void {
    if (this.failure !== null) throw this.failure.reason;
    this.signal.throwIfAborted();
  }
}
