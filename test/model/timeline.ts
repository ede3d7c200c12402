/** Something that is due at a moment; `cancelled` ones are passed over. */
export interface Due {
  readonly at: number;
  readonly order: number;
  cancelled: boolean;
  fire(): void;
}

/**
 * Virtual time for a whole world. Nothing happens until it is moved; what falls due at the same moment fires in the order of its
 * making, and whatever it sets going in promises runs before the next one fires.
 */
export class Timeline {
  now = Date.UTC(2024, 0, 1);
  /** Moments that have been, as a measure of work. */
  fired = 0;
  private readonly heap: Due[] = [];
  private made = 0;

  after(ms: number, fire: () => void): Due {
    const due: Due = { at: this.now + Math.max(0, Math.round(ms)), order: ++this.made, cancelled: false, fire };
    this.push(due);
    return due;
  }

  /** Never rejects, and knows nothing of processes: for what goes on outside of them. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Moves time on by `ms`, as long as `goOn` says so. */
  async advance(ms: number, goOn: () => boolean): Promise<void> {
    const end = this.now + ms;
    await drain();
    for (let next = this.heap[0]; next !== undefined && next.at <= end && goOn(); next = this.heap[0]) {
      this.pop();
      if (next.cancelled) continue;
      this.now = next.at;
      this.fired += 1;
      next.fire();
      await drain();
    }
    if (this.now < end) this.now = end;
  }

  private push(due: Due): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(due, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = due;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/**
 * Everything that can go on without time passing goes on: a tick comes when no promise is left to be carried on. Much cheaper than a
 * turn of the event loop.
 */
function drain(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
