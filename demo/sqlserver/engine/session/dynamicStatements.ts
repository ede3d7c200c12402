/** sp_executesql, EXEC (text), and statements that a client has prepared: sp_prepare, sp_execute, sp_prepexec, sp_unprepare. */
import { SqlServerError, type SqlType } from '../../contract';
import { tokenize } from '../lexer';
import type { CompiledModules } from './compiledModules';
import type { Execution } from './execution';
import type { Expressions } from './expressions';
import { readParameters } from './parseModules';
import type { CallResult, PassedArgument, ProcedureCalls } from './procedureCalls';
import { checkDepth, outputsOf } from './procedureCalls';
import { Scope, type TypedValue } from './scope';
import type { SessionState } from './sessionState';
import type { ModuleParameter, Source } from './syntax';
import { TokenReader } from './tokenReader';
import type { RunModule } from './triggers';

const TEXT: SqlType = { name: 'nvarchar', length: -1 };
const INT: SqlType = { name: 'int' };

interface PreparedText {
  readonly text: string;
  readonly parameters: readonly ModuleParameter[];
}

export class DynamicStatements {
  private readonly prepared = new Map<number, PreparedText>();
  private handles = 0;

  constructor(
    private readonly modules: CompiledModules,
    private readonly expressions: Expressions,
    private readonly state: SessionState,
    private readonly bind: ProcedureCalls['bind'],
    private readonly run: RunModule,
  ) {}

  /** Forgets what was prepared. */
  reset(): void {
    this.prepared.clear();
  }

  /** EXEC (text). */
  async executeText(source: Source, scope: Scope, execution: Execution): Promise<void> {
    const text = await this.expressions.assigned(source, TEXT, scope, execution);
    await this.execute({ text: text ?? '', parameters: [] }, [], scope, execution);
  }

  /** sp_executesql @stmt [, @params, arguments …]. */
  async executeSql(passed: readonly PassedArgument[], scope: Scope, execution: Execution): Promise<CallResult> {
    const [statement, declaration, ...values] = passed;
    const text = textOf(statement, '@statement');
    const parameters = declaredParameters(declaration?.value?.value ?? '', this.state.options.quotedIdentifier);
    const { outputs } = await this.execute({ text, parameters }, values, scope, execution);
    return { status: this.state.lastError, outputs: shifted(outputs, 2) };
  }

  /** sp_prepare @handle OUTPUT, @params, @stmt [, @options]. */
  prepare(passed: readonly PassedArgument[]): CallResult {
    const [, declaration, statement] = passed;
    return this.keep(declaration, statement);
  }

  /** sp_prepexec @handle OUTPUT, @params, @stmt, arguments …: prepares, then executes. */
  async prepareAndExecute(passed: readonly PassedArgument[], scope: Scope, execution: Execution): Promise<CallResult> {
    const [, declaration, statement, ...values] = passed;
    const kept = this.keep(declaration, statement);
    const { outputs } = await this.execute(this.preparedAs(this.handles), values, scope, execution);
    return { status: this.state.lastError, outputs: new Map([...kept.outputs, ...shifted(outputs, 3)]) };
  }

  /** sp_execute @handle, arguments …. */
  async executePrepared(passed: readonly PassedArgument[], scope: Scope, execution: Execution): Promise<CallResult> {
    const [handle, ...values] = passed;
    const prepared = this.preparedAs(Number(handle?.value?.value ?? 0));
    const { outputs } = await this.execute(prepared, values, scope, execution);
    return { status: this.state.lastError, outputs: shifted(outputs, 1) };
  }

  /** sp_unprepare @handle. */
  unprepare(passed: readonly PassedArgument[]): CallResult {
    const handle = Number(passed[0]?.value?.value ?? 0);
    this.preparedAs(handle);
    this.prepared.delete(handle);
    return { status: 0, outputs: new Map() };
  }

  private keep(declaration: PassedArgument | undefined, statement: PassedArgument | undefined): CallResult {
    const text = textOf(statement, '@stmt');
    const { quotedIdentifier } = this.state.options;
    const parameters = declaredParameters(declaration?.value?.value ?? '', quotedIdentifier);
    // What is wrong with its syntax is said now.
    this.modules.batch(text, quotedIdentifier);
    this.handles += 1;
    this.prepared.set(this.handles, { text, parameters });
    const handle: TypedValue = { type: INT, value: String(this.handles) };
    return { status: 0, outputs: new Map([[0, handle]]) };
  }

  private preparedAs(handle: number): PreparedText {
    const prepared = this.prepared.get(handle);
    if (prepared === undefined) {
      throw new SqlServerError(8179, `Could not find prepared statement with handle ${handle}.`, 16, 2);
    }
    return prepared;
  }

  private async execute(
    { text, parameters }: PreparedText,
    values: readonly PassedArgument[],
    outer: Scope,
    execution: Execution,
  ): Promise<CallResult> {
    const { options } = this.state;
    const { statements } = this.modules.batch(text, options.quotedIdentifier);
    const scope = new Scope('dynamic', outer);
    checkDepth(scope);
    await this.bind('sp_executesql', parameters, values, scope, execution);
    try {
      await this.run(statements, scope, execution);
    } finally {
      this.state.options = options;
    }
    return { status: scope.status, outputs: outputsOf(parameters, scope) };
  }
}

/** Error 214 where it is not of a Unicode type. */
function textOf(argument: PassedArgument | undefined, parameter: string): string {
  const value = argument?.value;
  if (value === undefined || !['nvarchar', 'nchar', 'ntext'].includes(value.type.name)) {
    throw new SqlServerError(214, `Procedure expects parameter '${parameter}' of type 'ntext/nchar/nvarchar'.`, 16, 2);
  }
  return value.value ?? '';
}

function declaredParameters(text: string, quotedIdentifier: boolean): readonly ModuleParameter[] {
  const tokens = tokenize(text, { quotedIdentifier });
  const reader = new TokenReader(text, tokens, { tableVariables: new Map() });
  if (reader.atEnd) return [];
  const parameters = readParameters(reader);
  if (reader.peek().kind !== 'end') throw reader.error();
  return parameters;
}

/** Positions as the caller counts them, who has passed other arguments first. */
function shifted(
  outputs: ReadonlyMap<string | number, TypedValue>,
  by: number,
): ReadonlyMap<string | number, TypedValue> {
  return new Map([...outputs].map(([key, value]) => [typeof key === 'number' ? key + by : key, value]));
}
