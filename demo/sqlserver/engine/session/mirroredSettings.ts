/** SET options that PostgreSQL must know of: sent along with the next statement after they have changed. */
import type { Step } from './flight';
import type { SetOptions } from './options';

type Mirrored = Pick<SetOptions, 'rowcount' | 'lockTimeout'>;

/** What a new connection starts with. */
const INITIAL: Mirrored = { rowcount: 0, lockTimeout: -1 };

export class MirroredSettings {
  /** Undefined: an error or a rollback may have undone what was set. */
  private applied: Mirrored | undefined = INITIAL;

  constructor(private readonly options: () => SetOptions) {}

  /** What must run before the next statement. */
  due(): readonly Step[] {
    const { rowcount, lockTimeout } = this.options();
    const steps: Step[] = [];
    if (this.applied?.rowcount !== rowcount) steps.push({ sql: `SET sys.rowcount = ${rowcount}` });
    if (this.applied?.lockTimeout !== lockTimeout) {
      // For PostgreSQL 0 is no limit: a lock is waited for at least a millisecond.
      steps.push({ sql: `SET lock_timeout = ${lockTimeout < 0 ? 0 : Math.max(1, lockTimeout)}` });
    }
    this.applied = { rowcount, lockTimeout };
    return steps;
  }

  undone(): void {
    this.applied = undefined;
  }
}
