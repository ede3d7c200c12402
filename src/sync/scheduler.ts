import { cancelled } from './errors';
import type { Clock } from './ports';

/**
 * Ticks at once when started and then in a fixed interval (`setInterval` behind the clock). A tick that finds the one before still at
 * work is left out.
 */
export class Scheduler {
  private timer: { dispose(): void } | null = null;
  /** From one stop to the next. */
  private stopped = new AbortController();
  /** Of the newest tick while it works. */
  private working: AbortSignal | null = null;

  /** `tick` must not reject: what a run comes to is the engine's to report. Its signal asks it to end because of a stop. */
  constructor(
    private readonly clock: Clock,
    private readonly tick: (stopped: AbortSignal) => Promise<void>,
  ) {}

  get isStarted(): boolean {
    return this.timer !== null;
  }

  /** Starts, or goes on with another interval; either way a tick comes at once. */
  start(intervalMs: number): void {
    this.timer?.dispose();
    this.timer = this.clock.every(intervalMs, () => this.tickUnlessWorking());
    this.tickUnlessWorking();
  }

  /** No further tick; one under way is asked to end, and is nothing that a tick after the next start would wait for. */
  stop(): void {
    this.timer?.dispose();
    this.timer = null;
    this.stopped.abort(cancelled());
    this.stopped = new AbortController();
  }

  private tickUnlessWorking(): void {
    const { signal } = this.stopped;
    if (this.working === signal) return;
    this.working = signal;
    void this.tick(signal).finally(() => {
      if (this.working === signal) this.working = null;
    });
  }
}
