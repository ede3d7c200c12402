/** The server's own procedures. */
import { SqlServerError, type SqlType, type SqlValue } from '../../contract';
import type { DynamicStatements } from './dynamicStatements';
import type { Execution } from './execution';
import type { CallResult, PassedArgument, SystemProcedure, SystemProcedures } from './procedureCalls';
import type { Queries } from './queries';
import type { SessionSchema } from './schema';
import type { Scope } from './scope';
import type { SecurityStatements } from './securityStatements';
import type { SessionState } from './sessionState';
import type { Transactions } from './transactions';

const DONE: CallResult = { status: 0, outputs: new Map() };
const LINE: SqlType = { name: 'nvarchar', length: 255 };

export class ServerProcedures implements SystemProcedures {
  private readonly procedures: ReadonlyMap<string, SystemProcedure>;

  constructor(
    dynamic: DynamicStatements,
    private readonly queries: Queries,
    private readonly security: SecurityStatements,
    private readonly schema: SessionSchema,
    private readonly state: SessionState,
    private readonly transactions: Transactions,
  ) {
    this.procedures = new Map<string, SystemProcedure>([
      ['sp_executesql', (passed, scope, execution) => dynamic.executeSql(passed, scope, execution)],
      ['sp_prepare', (passed) => Promise.resolve(dynamic.prepare(passed))],
      ['sp_prepexec', (passed, scope, execution) => dynamic.prepareAndExecute(passed, scope, execution)],
      ['sp_execute', (passed, scope, execution) => dynamic.executePrepared(passed, scope, execution)],
      ['sp_unprepare', (passed) => Promise.resolve(dynamic.unprepare(passed))],
      ['sp_getapplock', (passed, scope, execution) => this.getAppLock(passed, scope, execution)],
      ['sp_releaseapplock', (passed, scope, execution) => this.releaseAppLock(passed, scope, execution)],
      ['sp_rename', (passed, scope, execution) => this.rename(passed, scope, execution)],
      ['sp_helptext', (passed, scope, execution) => this.helpText(passed, scope, execution)],
      ['sp_addrolemember', (passed, _, execution) => this.roleMember(passed, 'add', execution)],
      ['sp_droprolemember', (passed, _, execution) => this.roleMember(passed, 'drop', execution)],
    ]);
  }

  find(name: string): SystemProcedure | undefined {
    return this.procedures.get(name.toLowerCase());
  }

  private async getAppLock(passed: readonly PassedArgument[], scope: Scope, execution: Execution): Promise<CallResult> {
    const given = new Given(
      'sp_getapplock',
      ['@resource', '@lockmode', '@lockowner', '@locktimeout', '@dbprincipal'],
      passed,
    );
    const owner = given.text('@lockowner') ?? 'Transaction';
    const mode = given.text('@lockmode');
    const known = mode !== undefined && /^(?:shared|update|exclusive|intentshared|intentexclusive)$/i.test(mode);
    if (!known || !this.ownerFits(owner)) return { status: -999, outputs: new Map() };
    const timeout = given.text('@locktimeout') ?? String(this.state.options.lockTimeout);
    const values = [given.required('@resource'), mode, owner, timeout];
    const status = await this.ask('SELECT sys.getapplock($1, $2, $3, $4)', values, scope, execution);
    return { status: Number(status), outputs: new Map() };
  }

  private async releaseAppLock(
    passed: readonly PassedArgument[],
    scope: Scope,
    execution: Execution,
  ): Promise<CallResult> {
    const given = new Given('sp_releaseapplock', ['@resource', '@lockowner', '@dbprincipal'], passed);
    const owner = given.text('@lockowner') ?? 'Transaction';
    if (!this.ownerFits(owner)) return { status: -999, outputs: new Map() };
    const values = [given.required('@resource'), owner];
    const status = await this.ask('SELECT sys.releaseapplock($1, $2)', values, scope, execution);
    return { status: Number(status), outputs: new Map() };
  }

  /** A lock that a transaction owns needs one. */
  private ownerFits(owner: string): boolean {
    return /^session$/i.test(owner) || (/^transaction$/i.test(owner) && this.transactions.count > 0);
  }

  private async rename(passed: readonly PassedArgument[], scope: Scope, execution: Execution): Promise<CallResult> {
    const given = new Given('sp_rename', ['@objname', '@newname', '@objtype'], passed);
    const values = [given.required('@objname'), given.required('@newname'), given.text('@objtype') ?? null];
    await this.ask('SELECT sys.rename_object($1, $2, $3)', values, scope, execution, true);
    this.schema.changed('anything', this.transactions.count > 0);
    execution.sink.message({
      number: 15_477,
      severity: 0,
      state: 1,
      message: 'Caution: Changing any part of an object name could break scripts and stored procedures.',
      line: 1,
      procedure: 'sp_rename',
    });
    return DONE;
  }

  private async helpText(passed: readonly PassedArgument[], scope: Scope, execution: Execution): Promise<CallResult> {
    const given = new Given('sp_helptext', ['@objname', '@columnname'], passed);
    const name = given.required('@objname');
    const text = await this.ask('SELECT sys.raw(sys.object_definition(sys.object_id($1)))', [name], scope, execution);
    if (text === null) {
      const { database } = await this.queries.catalog();
      throw new SqlServerError(
        15_009,
        `The object '${name}' does not exist in database '${database}' or is invalid for this operation.`,
      );
    }
    execution.sink.columns([{ name: 'Text', type: LINE, nullable: true }]);
    const lines = text.split(/(?<=\n)/).flatMap((line) => line.match(/[^]{1,255}/g) ?? []);
    for (const line of lines) await execution.sink.row([line]);
    execution.sink.statementDone({ rowCount: lines.length, isSelect: true });
    return DONE;
  }

  private async roleMember(
    passed: readonly PassedArgument[],
    action: 'add' | 'drop',
    execution: Execution,
  ): Promise<CallResult> {
    const given = new Given(`sp_${action}rolemember`, ['@rolename', '@membername'], passed);
    const [role, member] = [given.required('@rolename'), given.required('@membername')];
    await this.security.run({ kind: 'role member', role, member, action }, execution);
    return DONE;
  }

  private async ask(
    sql: string,
    values: readonly (string | null)[],
    scope: Scope,
    execution: Execution,
    writes = false,
  ): Promise<SqlValue> {
    let answer: SqlValue = null;
    const reader = {
      short: true,
      row: ([value = null]: readonly (string | null)[]) => {
        answer = value;
      },
    };
    await this.queries.run([{ sql, values, reader }], {}, { writes }, execution, scope);
    return answer;
  }
}

/** Arguments of a system procedure by the names of its parameters. */
class Given {
  private readonly values = new Map<string, SqlValue>();

  constructor(
    private readonly procedure: string,
    parameters: readonly string[],
    passed: readonly PassedArgument[],
  ) {
    passed.forEach(({ name, value }, position) => {
      const parameter = name ?? parameters[position];
      if (parameter === undefined || !parameters.includes(parameter)) {
        throw new SqlServerError(8145, `${parameter ?? ''} is not a parameter for procedure ${procedure}.`);
      }
      if (value !== undefined) this.values.set(parameter, value.value);
    });
  }

  text(parameter: string): string | undefined {
    return this.values.get(parameter) ?? undefined;
  }

  required(parameter: string): string {
    const value = this.text(parameter);
    if (value !== undefined) return value;
    throw new SqlServerError(
      201,
      `Procedure or function '${this.procedure}' expects parameter '${parameter}', which was not supplied.`,
      16,
      4,
    );
  }
}
