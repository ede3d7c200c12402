/** Runs translated statements: binds variables, waits where SQL Server's readers wait, turns PostgreSQL's errors into SQL Server's. */
import { setTimeout as delay } from 'node:timers/promises';
import { SqlServerError, type SqlValue } from '../../contract';
import type { Catalog, ImageCapture, MapError, PostgresStatement, Translation } from '../contract';
import { type Execution, throwIfCancelled } from './execution';
import { Cancelled, Unwinding } from './failures';
import type { RowReader, Step, StepOutcome } from './flight';
import type { SessionSchema } from './schema';
import { type Scope, undeclared } from './scope';
import type { SessionState } from './sessionState';
import type { Source } from './syntax';
import type { Transactions } from './transactions';
import type { Translations } from './translations';
import type { WriteTracker } from './writeTracker';

/** Hints with which a reader keeps its locks to the transaction's end. */
const KEEPS_LOCKS = new Set(['UPDLOCK', 'XLOCK', 'HOLDLOCK', 'SERIALIZABLE', 'REPEATABLEREAD', 'TABLOCKX', 'TABLOCK']);

/** A reader that waits gives way to writers this often (ms), so that it never makes a deadlock. */
const LONGEST_PROBE = 50;

export interface DatabaseReading {
  /** READ_COMMITTED_SNAPSHOT: readers don't wait. */
  readonly readCommittedSnapshot: boolean;
}

export class Queries {
  constructor(
    private readonly schema: SessionSchema,
    private readonly translations: Translations,
    private readonly transactions: Transactions,
    private readonly writers: WriteTracker,
    private readonly state: SessionState,
    private readonly database: () => DatabaseReading,
    private readonly mapError: MapError,
  ) {}

  catalog(): Promise<Catalog> {
    return this.schema.current();
  }

  async translate(source: Source, scope: Scope, capture?: ImageCapture, readsWait = false): Promise<Translation> {
    const catalog = await this.schema.current();
    const { options, identityInsert } = this.state;
    return this.translations.of(catalog, source, { options, scope, readsWait, identityInsert }, capture);
  }

  /** Whether a plain read must wait for rows that others have written. */
  readsWait(): boolean {
    if (!this.writers.othersWrite) return false;
    const { isolation } = this.state.options;
    if (isolation === 'read uncommitted' || isolation === 'snapshot') return false;
    return isolation !== 'read committed' || !this.database().readCommittedSnapshot;
  }

  /** A translation that reads, after it has waited for what others are writing. */
  async readable(source: Source, scope: Scope, execution: Execution): Promise<Translation> {
    await this.settled(await this.translate(source, scope), execution);
    const plain = await this.translate(source, scope);
    if (!this.readsWait()) return plain;
    const waiting = await this.translate(source, scope, undefined, true);
    if (source.tokens.some((token) => KEEPS_LOCKS.has(token.upper))) return waiting;
    if (sameSql(plain, waiting)) return plain;
    await this.waitForWriters(waiting, source, scope, execution);
    return plain;
  }

  /** Waits until no other session is in the middle of changing the tables of a statement. */
  async settled(translation: Translation, execution: Execution): Promise<boolean> {
    const tables = translation.uses.map(({ table }) => table);
    let waited = false;
    for (;;) {
      const changing = this.schema.changedByOthers(tables);
      if (changing === undefined) return waited;
      waited = true;
      throwIfCancelled(execution);
      const sql = `LOCK TABLE ${quoted(changing.schema)}.${quoted(changing.name)} IN ACCESS SHARE MODE`;
      await this.run([{ sql }], translation, { writes: false, undo: true }, execution);
    }
  }

  steps(translation: Translation, source: Source, scope: Scope, reader?: RowReader): readonly Step[] {
    const last = translation.statements.length - 1;
    return translation.statements.map((statement, index) => ({
      sql: statement.sql,
      values: this.values(statement, source, scope),
      reader: index === last ? reader : undefined,
    }));
  }

  /** Runs steps as one T-SQL statement. Rejects with SqlServerError. */
  async run(
    steps: readonly Step[],
    translation: Pick<Translation, 'target'>,
    unit: { readonly writes: boolean; readonly undo?: boolean; readonly guarded?: boolean },
    execution: Pick<Execution, 'signal'>,
    scope?: Scope,
  ): Promise<readonly StepOutcome[]> {
    throwIfCancelled(execution);
    const { isolation, xactAbort } = this.state.options;
    try {
      return await this.transactions.run(steps, {
        writes: unit.writes,
        undo: unit.undo ?? false,
        doomsOnError: unit.guarded === true || (xactAbort && scope?.caught === false),
        isolation,
      });
    } catch (error) {
      throw await this.asSqlServerError(error, execution, translation);
    }
  }

  async asSqlServerError(
    error: unknown,
    execution: Pick<Execution, 'signal'>,
    translation?: Pick<Translation, 'target'>,
  ): Promise<SqlServerError | Unwinding> {
    if (error instanceof SqlServerError || error instanceof Unwinding) return error;
    if (execution.signal.aborted) return new Cancelled();
    return this.mapError(error, await this.schema.current().catch(() => undefined), translation?.target);
  }

  /** The rows of a short query of our own. */
  async rows(step: Pick<Step, 'sql' | 'values'>): Promise<readonly (readonly (string | null)[])[]> {
    const rows: (readonly (string | null)[])[] = [];
    const reader: RowReader = { short: true, row: (row) => void rows.push(row) };
    const execution = { signal: new AbortController().signal };
    await this.run([{ ...step, reader }], {}, { writes: false }, execution);
    return rows;
  }

  private async waitForWriters(
    waiting: Translation,
    source: Source,
    scope: Scope,
    execution: Execution,
  ): Promise<void> {
    // Its rows go nowhere: the plain statement reads them once everyone has finished.
    const steps = this.steps(waiting, source, scope);
    const { lockTimeout } = this.state.options;
    const deadline = lockTimeout < 0 ? Infinity : performance.now() + lockTimeout;
    for (;;) {
      const patience = Math.max(1, Math.min(LONGEST_PROBE, Math.ceil(deadline - performance.now())));
      try {
        const limit = { sql: `SET LOCAL lock_timeout = ${patience}` };
        await this.run([limit, ...steps], waiting, { writes: false, undo: true }, execution, scope);
        return;
      } catch (error) {
        if (!(error instanceof SqlServerError) || error.number !== 1222 || performance.now() >= deadline) throw error;
        await delay(5);
      }
    }
  }

  private values(statement: PostgresStatement, source: Source, scope: Scope): readonly (string | null)[] {
    return statement.variables.map((name) => this.variable(name, source, scope));
  }

  private variable(name: string, source: Source, scope: Scope): SqlValue {
    const test = /^@@update_(\d+)$/.exec(name);
    if (test !== null) {
      const column = source.updateTests[Number(test[1])] ?? '';
      return isUpdated(scope, column) ? '1' : '0';
    }
    if (name === '@@columns_updated') return columnsUpdated(scope);
    const own = name.endsWith('()') ? `@@${name.slice(0, -2)}` : name;
    if (!own.startsWith('@@')) return scope.variables.get(own).value;
    const value = this.state.value(own, scope, this.transactions);
    if (value === undefined) throw undeclared(name);
    return value;
  }
}

/** UPDATE(column), which is about the innermost trigger. */
function isUpdated(scope: Scope, column: string): boolean {
  const updated = scope.trigger?.updated;
  return updated === 'all' || updated?.has(column.toLowerCase()) === true;
}

/** COLUMNS_UPDATED(): one bit for each column, from the lowest one of the first byte on. */
function columnsUpdated(scope: Scope): SqlValue {
  if (scope.trigger === undefined) return null;
  const { columns } = scope.trigger.transitions.table;
  const bytes = new Uint8Array(Math.ceil(columns.length / 8));
  columns.forEach(({ name }, index) => {
    const byte = index >> 3;
    if (isUpdated(scope, name)) bytes[byte] = (bytes[byte] ?? 0) | (1 << (index & 7));
  });
  return Buffer.from(bytes).toString('hex');
}

function sameSql(a: Translation, b: Translation): boolean {
  return a.statements.every(({ sql }, index) => sql === b.statements[index]?.sql);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
