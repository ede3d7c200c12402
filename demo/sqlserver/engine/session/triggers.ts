/** Fires AFTER triggers: the statement, the bodies and what they do are one unit, all of it or nothing. */
import { SqlServerError } from '../../contract';
import type { CatalogTable, CatalogTrigger, Translation } from '../contract';
import type { Capture, CaptureTables } from './captureTables';
import type { CompiledModules } from './compiledModules';
import type { Execution } from './execution';
import type { PostgresLink } from './postgresLink';
import { Scope, type TriggerScope } from './scope';
import type { SessionState } from './sessionState';
import type { Source, Statement, TriggerEvent } from './syntax';
import type { Transactions } from './transactions';
import { writtenActions } from './writtenActions';

const DEEPEST = 32;

export type RunModule = (body: readonly Statement[], scope: Scope, execution: Execution) => Promise<void>;

/** What a statement has written, as its triggers see it. */
export interface Fired {
  readonly source: Source;
  readonly translation: Translation;
  readonly capture: Capture;
  readonly rowCount: number;
}

export class Triggers {
  constructor(
    private readonly modules: CompiledModules,
    private readonly captures: CaptureTables,
    private readonly link: PostgresLink,
    private readonly state: SessionState,
    private readonly transactions: Transactions,
    private readonly run: RunModule,
  ) {}

  /** The triggers that a statement fires, in the order of their creation. */
  firedBy(translation: Translation, source: Source, scope: Scope): readonly CatalogTrigger[] {
    const { target } = translation;
    if (target === undefined || target.triggers.length === 0) return [];
    const { events } = writtenActions(translation.kind, source);
    return target.triggers.filter(
      (trigger) =>
        !trigger.disabled &&
        trigger.events.some((event) => events.includes(event)) &&
        // RECURSIVE_TRIGGERS is OFF: a trigger's own writes don't fire it again.
        !(scope.kind === 'trigger' && scope.objectId === trigger.objectId),
    );
  }

  captureFor(table: CatalogTable, scope: Scope, merge: boolean): Promise<Capture> {
    return this.captures.for(table, scope.triggerLevel, merge);
  }

  async fire(triggers: readonly CatalogTrigger[], fired: Fired, scope: Scope, execution: Execution): Promise<void> {
    const { translation, capture, source, rowCount } = fired;
    const { target } = translation;
    if (target === undefined) return;
    const { events, updated } = writtenActions(translation.kind, source);
    const merge = translation.kind === 'merge';
    for (const event of events) {
      const due = triggers.filter((trigger) => trigger.events.includes(event));
      if (due.length === 0) continue;
      const own = merge ? await this.partOf(event, target, capture, scope) : capture;
      const seen: TriggerScope = {
        transitions: { inserted: own.inserted, deleted: own.deleted, table: target },
        updated: event === 'INSERT' ? 'all' : updated,
        rows: merge ? undefined : rowsOf(event, rowCount),
      };
      for (const trigger of due) await this.fireOne(trigger, seen, rowCount, scope, execution);
      if (own !== capture) await this.empty(own, rowCount);
    }
    // The outermost statement's tables aren't needed before its end.
    if (scope.triggerLevel === 0) await this.transactions.finish(this.captures.emptying(capture, rowCount));
    else await this.empty(capture, rowCount);
  }

  private async fireOne(
    trigger: CatalogTrigger,
    seen: TriggerScope,
    rowCount: number,
    outer: Scope,
    execution: Execution,
  ): Promise<void> {
    const scope = new Scope('trigger', outer, trigger.name, trigger.objectId, seen);
    if (scope.level > DEEPEST) {
      throw new SqlServerError(
        217,
        'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).',
      );
    }
    const { body } = this.modules.trigger(trigger.definition);
    const { options } = this.state;
    this.state.options = { ...options, xactAbort: true };
    this.state.rowCount = rowCount;
    try {
      await this.run(body, scope, execution);
    } finally {
      this.state.options = options;
    }
    if (this.transactions.count === 0) {
      throw new SqlServerError(3609, 'The transaction ended in the trigger. The batch has been aborted.');
    }
  }

  /** The images of one of a MERGE's actions, in tables of their own. */
  private async partOf(event: TriggerEvent, target: CatalogTable, all: Capture, scope: Scope): Promise<Capture> {
    const part = await this.captures.for(target, scope.triggerLevel, false);
    const columns = target.columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(', ');
    const copy = (from: string, to: string) => ({
      sql: `INSERT INTO ${to} (${columns}) SELECT ${columns} FROM ${from} WHERE "$action" = '${event}'`,
    });
    await this.link.run([copy(all.inserted, part.inserted), copy(all.deleted, part.deleted)]);
    return part;
  }

  private async empty(capture: Capture, rows: number): Promise<void> {
    // Without a transaction there are no rows any more.
    if (this.transactions.count === 0) return;
    const steps = this.captures.emptying(capture, rows);
    if (steps.length > 0) await this.link.run(steps);
  }
}

/** How many rows `inserted` and `deleted` have. */
function rowsOf(event: TriggerEvent, rowCount: number): { readonly inserted: number; readonly deleted: number } {
  return { inserted: event === 'DELETE' ? 0 : rowCount, deleted: event === 'INSERT' ? 0 : rowCount };
}
