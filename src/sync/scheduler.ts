import type { Clock } from './ports';

/**
 * Ticks at once when started and then in a fixed interval (`setInterval` behind the clock). A tick that finds the one before still at
 * work is left out.
 */
export class Scheduler {
  private timer: { dispose(): void } | null = null;
  private working = false;

  /** `tick` must not reject: what a run comes to is the engine's to report. */
  constructor(
    private readonly clock: Clock,
    private readonly tick: () => Promise<void>,
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

  /** No further tick; one under way is not broken off. */
  stop(): void {
    this.timer?.dispose();
    this.timer = null;
  }

  private tickUnlessWorking(): void {
    if (this.working) return;
    this.working = true;
    void this.tick().finally(() => {
      this.working = false;
    });
  }
}
