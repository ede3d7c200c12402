import type { Shop } from './sync/shop';

/** Waited for, then there: from when the runs under way and those asked for have ended until `end`. No other run begins meanwhile. */
export class RunPause {
  private begun = false;
  private release = (): void => undefined;

  constructor({ master }: Shop, onBegin: () => void) {
    const released = new Promise<void>((resolve) => {
      this.release = resolve;
    });
    const paused = master.exclusively(() => {
      this.begun = true;
      onBegin();
      return released;
    });
    // It only fails where the shop is closed before it has begun.
    paused.catch(() => undefined);
  }

  get hasBegun(): boolean {
    return this.begun;
  }

  end(): void {
    this.release();
  }
}
