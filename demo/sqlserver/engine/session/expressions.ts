/** Evaluates expressions: the simple ones here, the others by PostgreSQL. */
import type { SqlType, SqlValue } from '../../contract';
import type { DescribeColumns } from '../contract';
import type { Execution } from './execution';
import type { Queries } from './queries';
import type { Scope, TypedValue } from './scope';
import { SESSION_VARIABLES } from './sessionFunctions';
import type { SessionState } from './sessionState';
import { simpleCondition, simpleConversion, simpleValue, type VariableLookup } from './simpleExpression';
import type { Source } from './syntax';
import type { Transactions } from './transactions';

export class Expressions {
  constructor(
    private readonly queries: Queries,
    private readonly state: SessionState,
    private readonly transactions: Transactions,
    private readonly describe: DescribeColumns,
  ) {}

  async value(source: Source, scope: Scope, execution: Execution): Promise<TypedValue> {
    const simple = simpleValue(source.tokens, this.lookup(scope));
    if (simple !== undefined) return simple;
    return this.ask({ ...source, text: `SELECT ${source.text}` }, scope, execution);
  }

  /** Unknown is not true. */
  async condition(source: Source, scope: Scope, execution: Execution): Promise<boolean> {
    const simple = simpleCondition(source.tokens, this.lookup(scope), scope.trigger?.rows);
    if (simple !== undefined) return simple === true;
    const text = `SELECT CASE WHEN ${source.text} THEN 1 ELSE 0 END`;
    const { value } = await this.ask({ ...source, text }, scope, execution);
    return value === '1';
  }

  /** The expression's value as it goes into a variable of this type. */
  async assigned(source: Source, type: SqlType, scope: Scope, execution: Execution): Promise<SqlValue> {
    const simple = simpleValue(source.tokens, this.lookup(scope));
    const converted = simple === undefined ? undefined : simpleConversion(simple, type);
    if (converted !== undefined) return converted.value;
    return this.throughVariable(`(${source.text})`, source, type, scope, execution);
  }

  /** A value as another type, by the rules for assignment. */
  async convert(value: TypedValue, type: SqlType, scope: Scope, execution: Execution): Promise<SqlValue> {
    const converted = simpleConversion(value, type);
    if (converted !== undefined) return converted.value;
    const inner = scope.inner();
    inner.variables.declare('@value', value.type, value.value);
    const source: Source = { text: '@value', tokens: [], line: 1, updateTests: [] };
    return this.throughVariable('@value', source, type, inner, execution);
  }

  /** `SELECT @assigned = <expression>`: the translation knows how each type takes a value. */
  private async throughVariable(
    text: string,
    source: Source,
    type: SqlType,
    scope: Scope,
    execution: Execution,
  ): Promise<SqlValue> {
    const inner = scope.inner();
    inner.variables.declare('@assigned', type, null);
    const { value } = await this.ask({ ...source, text: `SELECT @assigned = ${text}` }, inner, execution);
    return value;
  }

  private async ask(source: Source, scope: Scope, execution: Execution): Promise<TypedValue> {
    const translation = await this.queries.readable(source, scope, execution);
    const catalog = await this.queries.catalog();
    let answer: TypedValue | undefined;
    let read: ((text: string) => string) | undefined;
    let type: SqlType = { name: 'nvarchar', length: 4000 };
    const reader = {
      short: true,
      columns: (fields: Parameters<DescribeColumns>[0]) => {
        const [column] = this.describe(fields, translation.columns ?? [{ name: '' }], catalog);
        read = column?.read;
        type = column?.column.type ?? type;
      },
      row: ([text = null]: readonly (string | null)[]) => {
        answer = { type, value: text === null ? null : (read?.(text) ?? text) };
      },
    };
    const steps = this.queries.steps(translation, source, scope, reader);
    await this.queries.run(steps, translation, { writes: false }, execution, scope);
    return answer ?? { type, value: null };
  }

  private lookup(scope: Scope): VariableLookup {
    return (name) => {
      if (!name.startsWith('@@')) return scope.variables.find(name);
      const type = SESSION_VARIABLES.get(name);
      const value = this.state.value(name, scope, this.transactions);
      return type === undefined || value === undefined ? undefined : { type, value };
    };
  }
}
