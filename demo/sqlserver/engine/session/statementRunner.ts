/** Runs one statement that the translation takes: rows to the client, row counts, permissions, triggers. */
import { SqlServerError } from '../../contract';
import type { Catalog, CatalogTrigger, DescribeColumns, Translation } from '../contract';
import { type Execution, throwIfCancelled } from './execution';
import { Unwinding } from './failures';
import type { RowReader, StepOutcome } from './flight';
import type { Identities } from './identities';
import type { Permissions } from './permissions';
import type { Queries } from './queries';
import { ResultForwarding } from './resultForwarding';
import type { SessionSchema } from './schema';
import type { Scope } from './scope';
import type { SessionState } from './sessionState';
import type { Source } from './syntax';
import type { Transactions } from './transactions';
import type { Triggers } from './triggers';

export class StatementRunner {
  constructor(
    private readonly queries: Queries,
    private readonly triggers: Triggers,
    private readonly identities: Identities,
    private readonly permissions: Permissions,
    private readonly schema: SessionSchema,
    private readonly state: SessionState,
    private readonly transactions: Transactions,
    private readonly describe: DescribeColumns,
  ) {}

  async run(source: Source, scope: Scope, execution: Execution): Promise<void> {
    throwIfCancelled(execution);
    let translation = await this.queries.translate(source, scope);
    if (await this.queries.settled(translation, execution)) translation = await this.queries.translate(source, scope);
    await this.permissions.check(translation, source, scope);
    if (this.state.options.implicitTransactions && this.transactions.count === 0) {
      this.transactions.begin(execution.sink);
    }
    if (translation.kind === 'select' || translation.kind === 'assignment') {
      await this.read(source, scope, execution);
      return;
    }
    const triggers = this.triggers.firedBy(translation, source, scope);
    if (triggers.length > 0) await this.writeAndFire(translation, triggers, source, scope, execution);
    else await this.write(await this.waitingWrite(translation, source, scope), source, scope, execution);
  }

  private async read(source: Source, scope: Scope, execution: Execution): Promise<void> {
    const translation = await this.queries.readable(source, scope, execution);
    if (translation.assigns !== undefined) {
      await this.assign(translation, source, scope, execution);
      return;
    }
    const forwarding = await this.forwarding(translation, execution);
    const steps = this.queries.steps(translation, source, scope, forwarding);
    // Rows that SKIP LOCKED has locked are free again at the statement's end.
    const undo = this.transactions.count > 0 && steps.some(({ sql }) => sql.includes('SKIP LOCKED'));
    await this.queries.run(steps, translation, { writes: false, undo }, execution, scope);
    this.done(forwarding.rows, true, execution);
  }

  /** `SELECT @a = x, @b = y`: the last row's values; without a row the variables stay as they are. */
  private async assign(translation: Translation, source: Source, scope: Scope, execution: Execution): Promise<void> {
    const returned = await this.returned(translation);
    const steps = this.queries.steps(translation, source, scope, returned.reader);
    const outcomes = await this.queries.run(steps, translation, { writes: false }, execution, scope);
    returned.assign(scope);
    this.state.rowCount = outcomes.at(-1)?.rowCount ?? 0;
  }

  /** An INSERT … SELECT and its like read what others write only after those are done. */
  private async waitingWrite(translation: Translation, source: Source, scope: Scope): Promise<Translation> {
    return this.queries.readsWait() ? this.queries.translate(source, scope, undefined, true) : translation;
  }

  private async write(translation: Translation, source: Source, scope: Scope, execution: Execution): Promise<void> {
    const { target } = translation;
    if (target !== undefined && translation.kind === 'ddl') this.schema.startChange(target);
    const returned = await this.returned(translation);
    const forwarding = translation.columns === undefined ? undefined : await this.forwarding(translation, execution);
    const steps = this.queries.steps(translation, source, scope, forwarding ?? returned.reader);
    let outcomes: readonly StepOutcome[];
    try {
      outcomes = await this.queries.run(steps, translation, { writes: true }, execution, scope);
    } finally {
      if (translation.kind === 'ddl' && this.transactions.count === 0) this.schema.transactionEnded(true);
    }
    if (translation.changesCatalog) this.schema.changed(changedBy(translation, source), this.transactions.count > 0);
    returned.assign(scope);
    const rowCount = returned.count ?? outcomes.at(-1)?.rowCount ?? 0;
    if (translation.kind === 'insert' && target !== undefined && rowCount > 0) {
      await this.identities.inserted(target, scope);
    }
    if (counts(translation)) this.done(rowCount, forwarding !== undefined, execution);
    else this.doneWithoutCount(execution);
  }

  private async writeAndFire(
    plain: Translation,
    triggers: readonly CatalogTrigger[],
    source: Source,
    scope: Scope,
    execution: Execution,
  ): Promise<void> {
    const { target } = plain;
    if (target === undefined) return;
    if (plain.columns !== undefined) {
      throw new SqlServerError(
        334,
        `The target table '${target.name}' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.`,
      );
    }
    const capture = await this.triggers.captureFor(target, scope, plain.kind === 'merge');
    const translation = await this.queries.translate(source, scope, capture, this.queries.readsWait());
    const { xactAbort, isolation } = this.state.options;
    const doomsOnError = xactAbort && !scope.caught;
    const work = async (): Promise<number> => {
      const returned = await this.returned(translation);
      const steps = this.queries.steps(translation, source, scope, returned.reader);
      await this.queries.run(steps, translation, { writes: true, guarded: true }, execution);
      returned.assign(scope);
      const rowCount = returned.count ?? 0;
      if (translation.kind === 'insert' && rowCount > 0) await this.identities.inserted(target, scope);
      await this.triggers.fire(triggers, { source, translation, capture, rowCount }, scope, execution);
      return rowCount;
    };
    try {
      const rowCount = await this.transactions.atomically(work, { writes: true, doomsOnError, isolation });
      this.done(rowCount, false, execution);
    } catch (error) {
      if (error instanceof Unwinding) throw error;
      throw await this.queries.asSqlServerError(error, execution, translation);
    }
  }

  private async returned(translation: Translation): Promise<ReturnedValues> {
    return new ReturnedValues(translation, await this.queries.catalog(), this.describe);
  }

  private async forwarding(translation: Translation, execution: Execution): Promise<ResultForwarding> {
    const catalog = await this.queries.catalog();
    return new ResultForwarding(translation.columns ?? [], catalog, this.describe, execution);
  }

  private done(rowCount: number, isSelect: boolean, { sink }: Execution): void {
    this.state.rowCount = rowCount;
    sink.statementDone(this.state.options.nocount ? { isSelect } : { rowCount, isSelect });
  }

  private doneWithoutCount({ sink }: Execution): void {
    this.state.rowCount = 0;
    sink.statementDone({ isSelect: false });
  }
}

/** What a statement answers that is not for the client: its row count, the values of variables. */
class ReturnedValues {
  /** Undefined: the command tag has it. */
  count: number | undefined;
  readonly reader: RowReader | undefined;
  private readers: readonly ((text: string) => string)[] = [];
  private last: readonly (string | null)[] | undefined;

  constructor(
    private readonly translation: Translation,
    catalog: Catalog,
    describe: DescribeColumns,
  ) {
    const counted = translation.rowCount === 'count';
    if (!counted && translation.assigns === undefined) return;
    this.reader = {
      columns: (fields) => {
        const values = counted ? fields.slice(1) : fields;
        this.readers = describe(values, translation.columns ?? [], catalog).map(({ read }) => read);
      },
      row: (values) => {
        if (counted) this.count = Number(values[0] ?? 0);
        this.last = counted ? values.slice(1) : values;
      },
    };
  }

  /** The last row's values; without a row the variables stay as they are. */
  assign(scope: Scope): void {
    const { last } = this;
    if (last === undefined || this.count === 0) return;
    this.translation.assigns?.forEach((name, index) => {
      const value = last[index] ?? null;
      scope.variables.set(name, value === null ? null : (this.readers[index]?.(value) ?? value));
    });
  }
}

function counts({ kind }: Translation): boolean {
  return kind !== 'ddl' && kind !== 'truncate';
}

/** What kind of tables a statement has changed. */
function changedBy({ target }: Translation, source: Source): Parameters<SessionSchema['changed']>[0] {
  // The table behind a table variable has no token of its own.
  if (source.text.startsWith('CREATE TABLE [#@')) return 'table variable';
  const names = target === undefined ? namesIn(source) : [target.name];
  return names.some((name) => name.startsWith('#')) ? 'temporary' : 'anything';
}

function namesIn({ tokens }: Source): string[] {
  return tokens.filter(({ kind }) => kind === 'word' || kind === 'name').map(({ value }) => value);
}
