/** Whether a mouse button, finger or pen is down, and what waits for its release. */
export class Pointer {
  private down = false;
  private waiting: (() => void) | null = null;

  constructor(document: Document) {
    document.addEventListener('pointerdown', () => (this.down = true), { capture: true });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      // The click comes right after it.
      document.addEventListener(end, () => setTimeout(() => this.release()), { capture: true });
    }
    // It was released where the page isn't told of it.
    document.addEventListener('pointermove', ({ buttons }) => buttons === 0 && this.release(), { capture: true });
    document.addEventListener('keydown', () => this.release(), { capture: true });
  }

  get isDown(): boolean {
    return this.down;
  }

  /** Only the last one is kept. */
  afterwards(action: () => void): void {
    this.waiting = action;
  }

  private release(): void {
    this.down = false;
    const { waiting } = this;
    this.waiting = null;
    waiting?.();
  }
}
