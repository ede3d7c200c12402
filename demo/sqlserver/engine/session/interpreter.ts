/** Runs compiled statements in order: control flow, errors, TRY … CATCH. What a statement does is in files of its own. */
import type { SqlServerError } from '../../contract';
import { type Execution, throwIfCancelled } from './execution';
import { effectOf, endsWithTermination, isCompileError, located, RaisedError, Unwinding } from './failures';
import type { Expressions } from './expressions';
import type { Scope } from './scope';
import type { SessionState } from './sessionState';
import type { Statement } from './syntax';
import type { Transactions } from './transactions';

/** Where to go on after a statement. */
type Flow = 'next' | 'break' | 'continue' | 'return';

/** Does what a statement without control flow says. */
export type RunSimple = (statement: Statement, scope: Scope, execution: Execution) => Promise<void>;

/** Statements that set @@ERROR themselves, or leave what the statements in them have set. */
const KEEPS_ERROR = new Set<Statement['kind']>(['execute', 'execute text', 'raiserror']);

export class Interpreter {
  constructor(
    private readonly state: SessionState,
    private readonly transactions: Transactions,
    private readonly expressions: Expressions,
    private readonly simple: RunSimple,
    private readonly asSqlServerError: (error: unknown, execution: Execution) => Promise<SqlServerError | Unwinding>,
  ) {}

  /** Runs a module's body to its end or its RETURN. Rejects with Unwinding where an error ends more than the module. */
  async run(body: readonly Statement[], scope: Scope, execution: Execution): Promise<void> {
    try {
      await this.sequence(body, scope, execution);
    } catch (error) {
      // The module ends here, and its caller goes on.
      if (!(error instanceof Unwinding) || error.to !== 'module' || scope.outer === undefined) throw error;
      this.report(error.error, execution);
    }
  }

  /** Runs what a client has asked for without a batch: a procedure, a transaction request. */
  async guard(scope: Scope, execution: Execution, action: () => Promise<void>): Promise<void> {
    await this.guarded(
      { kind: 'execute', procedure: { variable: '' }, arguments: [], line: 1 },
      scope,
      execution,
      action,
    );
  }

  private async sequence(body: readonly Statement[], scope: Scope, execution: Execution): Promise<Flow> {
    for (const statement of body) {
      const flow = await this.statement(statement, scope, execution);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  private async statement(statement: Statement, scope: Scope, execution: Execution): Promise<Flow> {
    switch (statement.kind) {
      case 'empty':
        return 'next';
      case 'block':
        return this.sequence(statement.body, scope, execution);
      case 'if':
        return this.conditional(statement, scope, execution);
      case 'while':
        return this.loop(statement, scope, execution);
      case 'break':
      case 'continue':
        return statement.kind;
      case 'try':
        return this.tryCatch(statement, scope, execution);
      case 'return':
        await this.guarded(statement, scope, execution, () => this.returns(statement, scope, execution));
        return 'return';
      default:
        await this.guarded(statement, scope, execution, () => this.simple(statement, scope, execution));
        return 'next';
    }
  }

  private async returns(
    statement: Extract<Statement, { kind: 'return' }>,
    scope: Scope,
    execution: Execution,
  ): Promise<void> {
    if (statement.value === undefined) return;
    scope.status = Number((await this.expressions.assigned(statement.value, { name: 'int' }, scope, execution)) ?? 0);
  }

  private async conditional(
    statement: Extract<Statement, { kind: 'if' }>,
    scope: Scope,
    execution: Execution,
  ): Promise<Flow> {
    const holds = await this.test(statement, scope, execution);
    if (holds === undefined) return 'next';
    if (holds) return this.statement(statement.then, scope, execution);
    return statement.otherwise === undefined ? 'next' : this.statement(statement.otherwise, scope, execution);
  }

  private async loop(
    statement: Extract<Statement, { kind: 'while' }>,
    scope: Scope,
    execution: Execution,
  ): Promise<Flow> {
    while ((await this.test(statement, scope, execution)) === true) {
      throwIfCancelled(execution);
      const flow = await this.statement(statement.body, scope, execution);
      if (flow === 'break') break;
      if (flow === 'return') return flow;
    }
    return 'next';
  }

  /** A condition's value; undefined where it failed and the batch goes on behind the statement. */
  private async test(
    statement: Extract<Statement, { kind: 'if' | 'while' }>,
    scope: Scope,
    execution: Execution,
  ): Promise<boolean | undefined> {
    let holds: boolean | undefined;
    await this.guarded(statement, scope, execution, async () => {
      holds = await this.expressions.condition(statement.condition, scope, execution);
      this.state.rowCount = 0;
    });
    return holds;
  }

  private async tryCatch(
    statement: Extract<Statement, { kind: 'try' }>,
    scope: Scope,
    execution: Execution,
  ): Promise<Flow> {
    let caught: SqlServerError;
    scope.tries += 1;
    try {
      return await this.sequence(statement.body, scope, execution);
    } catch (error) {
      if (!(error instanceof Unwinding) || error.to !== 'try' || error.passing === scope) throw error;
      caught = error.error;
    } finally {
      scope.tries -= 1;
    }
    this.state.caughtErrors.push(caught);
    this.state.lastError = caught.number;
    try {
      return await this.sequence(statement.handler, scope, execution);
    } finally {
      this.state.caughtErrors.pop();
    }
  }

  /** Runs a statement and decides what its error does. */
  private async guarded(
    statement: Statement,
    scope: Scope,
    execution: Execution,
    action: () => Promise<void>,
  ): Promise<void> {
    try {
      await action();
      if (!KEEPS_ERROR.has(statement.kind)) this.state.lastError = 0;
    } catch (error) {
      const known = await this.asSqlServerError(error, execution);
      if (known instanceof Unwinding) throw known;
      await this.fail(located(known, lineOf(known, statement), scope.procedure), scope, execution);
    }
  }

  private async fail(error: SqlServerError, scope: Scope, execution: Execution): Promise<void> {
    const { xactAbort } = this.state.options;
    const effect = effectOf(error, { xactAbort });
    const stop = execution.signal.aborted || error.severity >= 20;
    if (!stop && this.goesToTry(error, scope)) {
      if (effect === 'batch and transaction') this.transactions.doom();
      throw new Unwinding(error, 'try', isCompileError(error) ? scope : undefined);
    }
    this.state.lastError = error.number;
    if (stop) {
      if (xactAbort || error.severity >= 20) await this.transactions.abandon(execution.sink);
      throw new Unwinding(error, 'batch');
    }
    if (effect === 'batch and transaction') {
      await this.transactions.abandon(execution.sink);
      throw new Unwinding(error, 'batch');
    }
    if (effect !== 'statement') throw new Unwinding(error, effect);
    this.report(error, execution);
  }

  private goesToTry(error: SqlServerError, scope: Scope): boolean {
    return isCompileError(error) ? scope.outer?.caught === true : scope.caught;
  }

  private report(error: SqlServerError, { sink }: Execution): void {
    this.state.lastError = error.number;
    this.state.rowCount = 0;
    sink.message(error);
    if (error instanceof RaisedError || !endsWithTermination(error)) return;
    const { line, procedure } = error;
    sink.message({
      number: 3621,
      severity: 0,
      state: 0,
      message: 'The statement has been terminated.',
      line,
      procedure,
    });
  }
}

/** Where the translation has found something wrong in a statement of several lines, it is that line. */
function lineOf(error: SqlServerError, statement: Statement): number {
  return statement.line + error.line - 1;
}
