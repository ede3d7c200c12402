import type { Clock } from '../../src/sync/ports';

interface Timer {
  readonly id: number;
  at: number;
  fire(): void;
}

/**
 * Virtual time: nothing happens until a test moves it. Timers fire in the order of their time, then of their making, and
 * everything that a timer sets going (promises, immediates) runs before the next one fires.
 */
export class FakeClock implements Clock {
  private readonly timers = new Map<number, Timer>();
  private lastId = 0;

  /** `start`: epoch milliseconds. `seed`: of `random`, the same numbers for the same seed. */
  constructor(
    private time = Date.UTC(2024, 0, 1),
    private seed = 1,
  ) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.timers.delete(timer.id);
        reject(signal.reason as Error);
      };
      const timer = this.schedule(ms, () => {
        this.timers.delete(timer.id);
        signal.removeEventListener('abort', abort);
        resolve();
      });
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  every(ms: number, tick: () => void): { dispose(): void } {
    if (!(ms > 0)) throw new RangeError('a clock that ticks every 0 ms would never come to an end');
    const timer = this.schedule(ms, () => {
      timer.at += ms;
      tick();
    });
    return { dispose: () => void this.timers.delete(timer.id) };
  }

  /** Mulberry32. */
  random(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.seed ^ (this.seed >>> 15), this.seed | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Sleeps and tickers that wait now. */
  get waiting(): number {
    return this.timers.size;
  }

  /** Milliseconds until the next timer fires; null where nothing waits. */
  get nextIn(): number | null {
    const next = this.next();
    return next === undefined ? null : next.at - this.time;
  }

  /** Moves time on by `ms`, firing whatever falls due on the way, also what is started on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settle();
    for (let next = this.next(); next !== undefined && next.at <= end; next = this.next()) {
      this.time = next.at;
      next.fire();
      await this.settle();
    }
    this.time = end;
  }

  /** Jumps from timer to timer until `work` is settled, and passes on what became of it. */
  async runUntilSettled<T>(work: Promise<T>): Promise<T> {
    const state = { settled: false };
    const note = (): void => {
      state.settled = true;
    };
    work.then(note, note);
    for (;;) {
      await this.settle();
      if (state.settled) return work;
      const next = this.next();
      if (next === undefined) continue;
      this.time = next.at;
      next.fire();
    }
  }

  private schedule(ms: number, fire: () => void): Timer {
    const timer = { id: ++this.lastId, at: this.time + Math.max(0, ms), fire };
    this.timers.set(timer.id, timer);
    return timer;
  }

  private next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers.values()) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }

  /** Everything that can go on without time passing goes on. */
  private async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
  }
}
