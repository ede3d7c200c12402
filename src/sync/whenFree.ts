/** What another program's look at a file delays. */
import { setTimeout as pause } from 'node:timers/promises';

/** How Windows answers where another window reads the file, or a virus scanner has it open. */
const inUse: ReadonlySet<unknown> = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** Pauses before it is tried again, ms: 1.3 s together. */
const pausesMs: readonly number[] = [10, 20, 40, 80, 160, 320, 640];

/** Tries once more, and once more, where a file is in use; rejects with what the last attempt fails with. */
export async function whenFree<T>(
  attempt: () => Promise<T>,
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<T> {
  for (const ms of pausesMs)
    try {
      return await attempt();
    } catch (caught) {
      if (!inUse.has((caught as NodeJS.ErrnoException).code)) throw caught;
      await wait(ms);
    }
  return attempt();
}
