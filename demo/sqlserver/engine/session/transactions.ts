/**
 * T-SQL's transactions on PostgreSQL's. @@TRANCOUNT counts; PostgreSQL's transaction begins with the first statement that needs
 * it. Inside one, a statement runs under a savepoint, so that an error undoes that statement only.
 */
import { SqlServerError, type IsolationLevel, type ResultSink } from '../../contract';
import type { Step, StepOutcome } from './flight';
import type { MirroredSettings } from './mirroredSettings';
import type { PostgresLink } from './postgresLink';
import type { WriteTracker } from './writeTracker';

const SAVEPOINT = 'SAVEPOINT statement';
const RELEASE = 'RELEASE SAVEPOINT statement';
const UNDO = 'ROLLBACK TO SAVEPOINT statement';

/** What happens to others when a transaction ends. */
export interface TransactionObserver {
  /** `undone`: everything since its beginning is gone. */
  transactionEnded(undone: boolean): void;
  /** A part of it is gone: a statement or what came after a savepoint. */
  partUndone(): void;
}

export interface UnitOptions {
  readonly writes: boolean;
  /** The statement's effects on rows and locks shall be undone at its end, though it succeeds: a probe. */
  readonly undo?: boolean;
  /** No savepoint: an error ends the transaction anyway. */
  readonly doomsOnError: boolean;
  readonly isolation: IsolationLevel;
}

export class Transactions {
  private depth = 0;
  /** Whether PostgreSQL is in a transaction. */
  private open = false;
  private isDoomed = false;
  private serial = 0n;
  private readonly savepoints = new Map<string, string>();
  /** A statement in autocommit mode has this transaction for itself. */
  private isOwn = false;
  private atCommit: readonly Step[] = [];
  private announced = false;

  constructor(
    private readonly link: PostgresLink,
    private readonly writers: WriteTracker,
    private readonly settings: MirroredSettings,
    private readonly observer: TransactionObserver,
    private readonly nextId: () => bigint,
  ) {}

  /** @@TRANCOUNT. */
  get count(): number {
    return this.depth;
  }

  /** XACT_STATE(). */
  get state(): -1 | 0 | 1 {
    return this.depth === 0 ? 0 : this.isDoomed ? -1 : 1;
  }

  /** Whether PostgreSQL is in a transaction already. */
  get isOpen(): boolean {
    return this.open;
  }

  get id(): bigint {
    return this.serial;
  }

  begin(sink: ResultSink | undefined, name?: string): void {
    this.depth += 1;
    if (this.depth > 1) return;
    this.serial = this.nextId();
    this.announced = sink !== undefined;
    if (name !== undefined) this.savepoints.set(name.toLowerCase(), '');
    sink?.environment({ kind: 'transaction begun', id: this.serial });
  }

  /** Throws 3902 without a transaction, 3930 in one that can't be committed. */
  async commit(sink: ResultSink | undefined): Promise<void> {
    if (this.depth === 0) {
      throw new SqlServerError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    this.refuseIfDoomed();
    if (this.depth > 1) {
      this.depth -= 1;
      return;
    }
    try {
      if (this.open) await this.link.run([...this.atCommit, { sql: 'COMMIT' }]);
    } catch (error) {
      // A serialization failure shows at the end only; PostgreSQL has rolled back.
      this.over('transaction rolled back', sink);
      throw error;
    }
    this.over('transaction committed', sink);
  }

  /** To a savepoint, or all of it. Throws 3903 without a transaction, 6401 for a name it doesn't know. */
  async rollback(sink: ResultSink | undefined, name?: string): Promise<void> {
    if (this.depth === 0) {
      throw new SqlServerError(3903, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    if (name !== undefined) {
      const savepoint = this.savepoints.get(name.toLowerCase());
      if (savepoint === undefined) {
        throw new SqlServerError(6401, `Cannot roll back ${name}. No transaction or savepoint of that name was found.`);
      }
      if (savepoint !== '') {
        this.refuseIfDoomed(3931);
        await this.link.run([{ sql: `ROLLBACK TO SAVEPOINT ${savepoint}` }]);
        this.settings.undone();
        this.observer.partUndone();
        return;
      }
    }
    await this.abandon(sink);
  }

  /** Rolls everything back, if there is anything. */
  async abandon(sink: ResultSink | undefined): Promise<void> {
    if (this.depth === 0 && !this.open) return;
    try {
      if (this.open) await this.link.run([{ sql: 'ROLLBACK' }]);
    } finally {
      this.over('transaction rolled back', sink);
    }
  }

  async save(name: string): Promise<void> {
    if (this.depth === 0) {
      throw new SqlServerError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.');
    }
    this.refuseIfDoomed();
    const savepoint = `"save ${name.toLowerCase().replaceAll('"', '""')}"`;
    await this.link.run([...this.opening('read committed'), { sql: `SAVEPOINT ${savepoint}` }]);
    this.open = true;
    this.savepoints.set(name.toLowerCase(), savepoint);
  }

  /** An error in a TRY block under XACT_ABORT: nothing can be written any more, the transaction can only be rolled back. */
  doom(): void {
    if (this.depth > 0) this.isDoomed = true;
  }

  /**
   * The last steps of a statement that `atomically` runs: where it has a transaction of its own, they go along with COMMIT, otherwise
   * they run now.
   */
  async finish(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0 || this.depth === 0) return;
    if (this.isOwn) this.atCommit = steps;
    else await this.link.run(steps);
  }

  /** Runs the PostgreSQL statements of one T-SQL statement, all or none. Gives the outcomes of `steps` alone. */
  async run(steps: readonly Step[], options: UnitOptions): Promise<readonly StepOutcome[]> {
    if (options.writes) this.aboutToWrite();
    if (this.depth === 0 && !this.open) return this.runAlone(steps, options);
    const opening = this.opening(options.isolation);
    const savepoint = !options.doomsOnError || options.undo === true;
    const before = [...this.settings.due(), ...opening, ...(savepoint ? [{ sql: SAVEPOINT }] : [])];
    const after: Step[] =
      options.undo === true ? [{ sql: UNDO }, { sql: RELEASE }] : savepoint ? [{ sql: RELEASE }] : [];
    this.open = true;
    try {
      const outcomes = await this.link.run([...before, ...steps, ...after]);
      return outcomes.slice(before.length, before.length + steps.length);
    } catch (error) {
      this.settings.undone();
      if (savepoint) {
        await this.link.run([{ sql: UNDO }, { sql: RELEASE }]);
        this.observer.partUndone();
      }
      throw error;
    }
  }

  /**
   * A T-SQL statement that takes several trips and runs triggers: all of it or nothing. In autocommit mode it has a transaction of
   * its own, which @@TRANCOUNT shows to the triggers.
   */
  async atomically<T>(work: () => Promise<T>, options: UnitOptions): Promise<T> {
    if (this.depth === 0) return this.inOwnTransaction(work, options);
    const { serial } = this;
    const savepoint = options.doomsOnError ? undefined : `unit_${this.nextId()}`;
    if (savepoint !== undefined) {
      await this.link.run([...this.opening(options.isolation), { sql: `SAVEPOINT ${savepoint}` }]);
      this.open = true;
    }
    try {
      const result = await work();
      if (savepoint !== undefined && this.stillIn(serial)) {
        await this.link.run([{ sql: `RELEASE SAVEPOINT ${savepoint}` }]);
      }
      return result;
    } catch (error) {
      if (savepoint !== undefined && this.stillIn(serial)) {
        await this.link.run([{ sql: `ROLLBACK TO SAVEPOINT ${savepoint}` }, { sql: `RELEASE SAVEPOINT ${savepoint}` }]);
        this.settings.undone();
        this.observer.partUndone();
      }
      throw error;
    }
  }

  private async inOwnTransaction<T>(work: () => Promise<T>, options: UnitOptions): Promise<T> {
    this.begin(undefined);
    this.isOwn = true;
    const { serial } = this;
    // PostgreSQL's BEGIN goes along with the first statement.
    this.pendingIsolation = options.isolation;
    try {
      const result = await work();
      if (this.stillIn(serial)) await this.commit(undefined);
      return result;
    } catch (error) {
      if (this.stillIn(serial)) await this.abandon(undefined);
      throw error;
    }
  }

  private pendingIsolation: IsolationLevel | undefined;

  /** Whether the transaction of that number is still running: a trigger may have rolled it back. */
  private stillIn(serial: bigint): boolean {
    return this.depth > 0 && this.serial === serial;
  }

  private async runAlone(steps: readonly Step[], options: UnitOptions): Promise<readonly StepOutcome[]> {
    const settings = this.settings.due();
    const own = steps.length > 1 || options.undo === true || isolationClause(options.isolation) !== '';
    try {
      if (!own) return (await this.link.run([...settings, ...steps])).slice(settings.length);
      const end = options.undo === true ? 'ROLLBACK' : 'COMMIT';
      const begin = `BEGIN${isolationClause(options.isolation)}`;
      const outcomes = await this.link.run([...settings, { sql: begin }, ...steps, { sql: end }]);
      return outcomes.slice(settings.length + 1, -1);
    } catch (error) {
      this.settings.undone();
      if (own) await this.link.run([{ sql: 'ROLLBACK' }]);
      throw error;
    } finally {
      if (options.writes) this.writers.done();
    }
  }

  private opening(isolation: IsolationLevel): readonly Step[] {
    if (this.open) return [];
    const level = this.pendingIsolation ?? isolation;
    this.pendingIsolation = undefined;
    return [{ sql: `BEGIN${isolationClause(level)}` }];
  }

  private aboutToWrite(): void {
    this.refuseIfDoomed();
    this.writers.begin();
  }

  private refuseIfDoomed(number = 3930): void {
    if (!this.isDoomed) return;
    throw new SqlServerError(
      number,
      number === 3930
        ? 'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.'
        : 'The current transaction cannot be rolled back to a savepoint. Roll back the entire transaction.',
    );
  }

  private over(kind: 'transaction committed' | 'transaction rolled back', sink: ResultSink | undefined): void {
    const { announced, serial } = this;
    this.depth = 0;
    this.open = false;
    this.isDoomed = false;
    this.isOwn = false;
    this.atCommit = [];
    this.announced = false;
    this.savepoints.clear();
    this.writers.done();
    if (kind === 'transaction rolled back') this.settings.undone();
    this.observer.transactionEnded(kind === 'transaction rolled back');
    if (announced) sink?.environment({ kind, id: serial });
  }
}

/** SQL Server's SNAPSHOT is PostgreSQL's REPEATABLE READ; lower levels read what is committed. */
function isolationClause(level: IsolationLevel): string {
  switch (level) {
    case 'serializable':
      return ' ISOLATION LEVEL SERIALIZABLE';
    case 'repeatable read':
    case 'snapshot':
      return ' ISOLATION LEVEL REPEATABLE READ';
    case 'read uncommitted':
    case 'read committed':
      return '';
  }
}
