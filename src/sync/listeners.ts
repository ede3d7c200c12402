import { toError } from './errors';
import type { Log } from './ports';

export type Listener<T> = (value: T) => void;

/** Who wants to hear of something. A listener that throws must not break the engine. */
export class Listeners<T> {
  private readonly listeners = new Set<Listener<T>>();

  constructor(private readonly log: Log) {}

  add(listener: Listener<T>): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  tell(value: T): void {
    for (const listener of this.listeners) tellOne(listener, value, this.log);
  }

  clear(): void {
    this.listeners.clear();
  }
}

export function tellOne<T>(listener: Listener<T>, value: T, log: Log): void {
  try {
    listener(value);
  } catch (caught) {
    log.error('a listener failed', { error: toError(caught).message });
  }
}
