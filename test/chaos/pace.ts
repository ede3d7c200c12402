import type { WatchProcess } from './watchProcess';

/** Where processes need more than so many times what they needed at first, it is because of the trouble that they are in. */
const mostDrift = 3;

/**
 * How long a process now needs from its start to the end of its first sync, in milliseconds, however busy the machine is and however much
 * is pending: what is to strike it on the way has to come as fast or as slowly.
 */
export class Pace {
  private current: number;

  /** @param undisturbedMs before any trouble */
  constructor(private readonly undisturbedMs: number) {
    this.current = undisturbedMs;
  }

  get ms(): number {
    return this.current;
  }

  follow(process: WatchProcess): void {
    const started = performance.now();
    let arrived = false;
    process.onRun((line) => {
      if (arrived || line['ok'] !== true || line['anotherWriter'] === true) return;
      arrived = true;
      const ms = performance.now() - started;
      const weight = ms < this.current ? 0.5 : 0.1;
      this.set((1 - weight) * this.current + weight * ms);
    });
    void process.gone.then(() => {
      if (!arrived && performance.now() - started > this.current) this.set(this.current * 1.05);
    });
  }

  private set(ms: number): void {
    this.current = Math.min(ms, mostDrift * this.undisturbedMs);
  }
}
