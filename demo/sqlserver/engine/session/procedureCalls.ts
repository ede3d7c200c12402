/** Calls procedures: the server's own and those of the database, from EXEC and from the client. */
import { SqlServerError, type Parameter, type ResultSink, type SqlType, type SqlValue } from '../../contract';
import type { CompiledModules } from './compiledModules';
import type { Execution } from './execution';
import type { Expressions } from './expressions';
import { nameEquals, parseName, schemaOf, written } from './objectNames';
import type { Permissions } from './permissions';
import type { Queries } from './queries';
import { Scope, type TypedValue } from './scope';
import type { SessionState } from './sessionState';
import type { Argument, ModuleParameter, ObjectName, ProcedureModule, Statement } from './syntax';
import type { Transactions } from './transactions';
import type { RunModule } from './triggers';

const DEEPEST = 32;
const INT: SqlType = { name: 'int' };

/** One argument on its way into a procedure. */
export interface PassedArgument {
  /** Lower case, with `@`; undefined when given by position. */
  readonly name: string | undefined;
  /** Undefined for DEFAULT. */
  readonly value: TypedValue | undefined;
  readonly output: boolean;
}

/** What a procedure gives back: its status, and the last values of OUTPUT parameters by lower-case name or by position. */
export interface CallResult {
  readonly status: number;
  readonly outputs: ReadonlyMap<string | number, TypedValue>;
}

export interface SystemProcedures {
  /** Undefined where the server has no procedure of that name. */
  find(name: string): SystemProcedure | undefined;
}

export type SystemProcedure = (
  passed: readonly PassedArgument[],
  scope: Scope,
  execution: Execution,
) => Promise<CallResult>;

interface StoredProcedure {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly module: ProcedureModule;
}

export class ProcedureCalls {
  constructor(
    private readonly system: SystemProcedures,
    private readonly modules: CompiledModules,
    private readonly expressions: Expressions,
    private readonly queries: Queries,
    private readonly permissions: Permissions,
    private readonly state: SessionState,
    private readonly transactions: Transactions,
    private readonly run: RunModule,
  ) {}

  /** EXEC [@status =] procedure arguments. */
  async execute(statement: Extract<Statement, { kind: 'execute' }>, scope: Scope, execution: Execution): Promise<void> {
    const name = this.procedureName(statement, scope);
    const passed: PassedArgument[] = [];
    for (const argument of statement.arguments) passed.push(await this.evaluate(argument, scope, execution));
    const { status, outputs } = await this.call(name, passed, scope, execution);
    for (const [position, { name: parameter, output }] of statement.arguments.entries()) {
      if (output === undefined) continue;
      const value = outputs.get(parameter ?? position);
      if (value !== undefined) await this.give(value, output, scope, execution);
    }
    if (statement.status !== undefined)
      await this.give({ type: INT, value: String(status) }, statement.status, scope, execution);
  }

  /** A remote procedure call: what it gives back goes to the client. */
  async callFromClient(
    name: string,
    parameters: readonly Parameter[],
    scope: Scope,
    execution: Execution,
  ): Promise<void> {
    const passed = parameters.map((parameter) => ({
      name: parameter.name === '' ? undefined : parameter.name.toLowerCase(),
      value: { type: parameter.type, value: parameter.value },
      output: parameter.output,
    }));
    const { status, outputs } = await this.call(parseName(name), passed, scope, execution);
    // As SQL Server sends them: the status, then the values.
    execution.sink.returnStatus(status);
    for (const [position, parameter] of parameters.entries()) {
      if (!parameter.output) continue;
      const output =
        outputs.get(parameter.name === '' ? position : parameter.name.toLowerCase()) ?? outputs.get(position);
      const type = output?.type ?? parameter.type;
      execution.sink.outputParameter(parameter.name, type, output?.value ?? null);
    }
  }

  private async call(
    name: ObjectName,
    passed: readonly PassedArgument[],
    scope: Scope,
    execution: Execution,
  ): Promise<CallResult> {
    const before = this.transactions.count;
    const { options } = this.state;
    try {
      const result = await this.callFound(name, passed, scope, execution);
      this.reportMismatch(before, execution.sink);
      return result;
    } finally {
      this.state.options = options;
    }
  }

  private async callFound(
    name: ObjectName,
    passed: readonly PassedArgument[],
    scope: Scope,
    execution: Execution,
  ): Promise<CallResult> {
    const system = this.system.find(name.name);
    if (system !== undefined) return system(passed, scope, execution);
    const procedure = await this.find(name);
    if (procedure === undefined) {
      throw new SqlServerError(2812, `Could not find stored procedure '${written(name)}'.`, 16, 62);
    }
    return this.callStored(procedure, passed, scope, execution);
  }

  private async callStored(
    procedure: StoredProcedure,
    passed: readonly PassedArgument[],
    outer: Scope,
    execution: Execution,
  ): Promise<CallResult> {
    const { schema, name, module } = procedure;
    if (outer.checksPermissions && !(await this.permissions.mayExecute(schema, name))) {
      throw await this.permissions.denied('EXECUTE', { schema, name });
    }
    const scope = new Scope('procedure', outer, name, procedure.objectId);
    checkDepth(scope);
    await this.bind(name, module.parameters, passed, scope, execution);
    await this.run(module.body, scope, execution);
    return { status: scope.status, outputs: outputsOf(module.parameters, scope) };
  }

  /** Declares a module's parameters with the values passed, or their defaults. */
  async bind(
    procedure: string,
    parameters: readonly ModuleParameter[],
    passed: readonly PassedArgument[],
    scope: Scope,
    execution: Execution,
  ): Promise<void> {
    const byName = matchArguments(procedure, parameters, passed);
    for (const parameter of parameters) {
      const given = byName.get(parameter.name)?.value;
      let value: SqlValue;
      if (given !== undefined) {
        value = await this.expressions.convert(given, parameter.type, scope, execution);
      } else if (parameter.value !== undefined) {
        value = await this.expressions.assigned(parameter.value, parameter.type, scope, execution);
      } else {
        throw new SqlServerError(
          201,
          `Procedure or function '${procedure}' expects parameter '${parameter.name}', which was not supplied.`,
          16,
          4,
        );
      }
      scope.variables.declare(parameter.name, parameter.type, value);
    }
  }

  private async evaluate(argument: Argument, scope: Scope, execution: Execution): Promise<PassedArgument> {
    const { name, value, output } = argument;
    if (value === undefined) return { name, value: undefined, output: false };
    const [token] = value.tokens;
    // A bare word is a string: EXEC sp_help Products.
    if (
      value.tokens.length === 1 &&
      token !== undefined &&
      token.upper !== 'NULL' &&
      (token.kind === 'word' || token.kind === 'name')
    ) {
      const type: SqlType = { name: 'nvarchar', length: Math.max(1, token.value.length) };
      return { name, value: { type, value: token.value }, output: false };
    }
    return { name, value: await this.expressions.value(value, scope, execution), output: output !== undefined };
  }

  private async give(value: TypedValue, variable: string, scope: Scope, execution: Execution): Promise<void> {
    const { type } = scope.variables.get(variable);
    scope.variables.set(variable, await this.expressions.convert(value, type, scope, execution));
  }

  private procedureName({ procedure }: Extract<Statement, { kind: 'execute' }>, scope: Scope): ObjectName {
    if ('name' in procedure) return procedure;
    return parseName(scope.variables.get(procedure.variable).value ?? '');
  }

  private async find(name: ObjectName): Promise<StoredProcedure | undefined> {
    const catalog = await this.queries.catalog();
    const [row] = await this.queries.rows({
      sql: `SELECT m.object_id, n.nspname, m.name, m.definition
        FROM sys.declared_modules AS m JOIN pg_namespace AS n ON n.oid = m.schema_oid
        WHERE m.type = 'P ' AND n.nspname = $1 AND ${nameEquals(catalog, 'm.name', '$2')}`,
      values: [schemaOf(catalog, name), name.name],
    });
    const [objectId, schema, ownName, definition] = row ?? [];
    if (typeof schema !== 'string' || typeof ownName !== 'string' || typeof definition !== 'string') return undefined;
    return { objectId: Number(objectId), schema, name: ownName, module: this.modules.procedure(definition) };
  }

  private reportMismatch(before: number, sink: ResultSink): void {
    const { count } = this.transactions;
    if (count === before) return;
    const error = new SqlServerError(
      266,
      `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${before}, current count = ${count}.`,
      16,
      2,
    );
    this.state.lastError = error.number;
    sink.message(error);
  }
}

export function checkDepth(scope: Scope): void {
  if (scope.level <= DEEPEST) return;
  throw new SqlServerError(
    217,
    'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).',
  );
}

export function outputsOf(
  parameters: readonly ModuleParameter[],
  scope: Scope,
): ReadonlyMap<string | number, TypedValue> {
  const outputs = new Map<string | number, TypedValue>();
  parameters.forEach(({ name, output }, position) => {
    if (!output) return;
    outputs.set(name, scope.variables.get(name));
    outputs.set(position, scope.variables.get(name));
  });
  return outputs;
}

/** Arguments by the name of their parameter. Errors 119, 8143, 8144, 8145. */
function matchArguments(
  procedure: string,
  parameters: readonly ModuleParameter[],
  passed: readonly PassedArgument[],
): ReadonlyMap<string, PassedArgument> {
  if (passed.length > parameters.length) {
    throw new SqlServerError(8144, `Procedure or function ${procedure} has too many arguments specified.`, 16, 2);
  }
  const byName = new Map<string, PassedArgument>();
  let named = false;
  passed.forEach((argument, position) => {
    if (argument.name === undefined && named) {
      throw new SqlServerError(
        119,
        `Must pass parameter number ${position + 1} and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.`,
        15,
      );
    }
    named = argument.name !== undefined;
    const name = argument.name ?? parameters[position]?.name ?? '';
    if (!parameters.some((parameter) => parameter.name === name)) {
      throw new SqlServerError(8145, `${name} is not a parameter for procedure ${procedure}.`);
    }
    if (byName.has(name)) throw new SqlServerError(8143, `Parameter '${name}' was supplied multiple times.`);
    byName.set(name, argument);
  });
  return byName;
}
