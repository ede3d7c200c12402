/** What each statement without control flow does: a few lines that call the part that knows. */
import { setTimeout as delay } from 'node:timers/promises';
import { SqlServerError, type SqlType } from '../../contract';
import type { DatabaseStatements } from './databaseStatements';
import type { DynamicStatements } from './dynamicStatements';
import { type Execution, throwIfCancelled } from './execution';
import type { Expressions } from './expressions';
import type { Identities } from './identities';
import type { InsertExecute } from './insertExecute';
import type { ModuleStatements } from './moduleStatements';
import { withIsolation, withOption } from './options';
import type { Permissions } from './permissions';
import type { ProcedureCalls } from './procedureCalls';
import type { Queries } from './queries';
import type { Raising } from './raising';
import type { Scope } from './scope';
import type { SecurityStatements } from './securityStatements';
import type { SessionState } from './sessionState';
import type { StatementRunner } from './statementRunner';
import type { Statement } from './syntax';
import type { Transactions } from './transactions';
import { waitTime } from './waitTime';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

const NAME: SqlType = { name: 'nvarchar', length: 128 };

export interface StatementParts {
  readonly state: SessionState;
  readonly transactions: Transactions;
  readonly queries: Queries;
  readonly expressions: Expressions;
  readonly statements: StatementRunner;
  readonly raising: Raising;
  readonly modules: ModuleStatements;
  readonly procedures: ProcedureCalls;
  readonly dynamic: DynamicStatements;
  readonly insertExecute: InsertExecute;
  readonly identities: Identities;
  readonly security: SecurityStatements;
  readonly databases: DatabaseStatements;
  readonly permissions: Permissions;
}

export class SimpleStatements {
  /** How the tables behind table variables were made, by object id. */
  private readonly tableVariables = new Map<number, string>();

  constructor(private readonly parts: StatementParts) {}

  async run(statement: Statement, scope: Scope, execution: Execution): Promise<void> {
    const { parts } = this;
    throwIfCancelled(execution);
    switch (statement.kind) {
      case 'sql':
        return parts.statements.run(statement.source, scope, execution);
      case 'declare':
        return this.declare(statement, scope, execution);
      case 'declare table':
        return this.declareTable(statement, scope, execution);
      case 'assign':
        return this.assign(statement, scope, execution);
      case 'set option': {
        this.setOption(statement, scope, execution);
        return;
      }
      case 'identity insert':
        return this.identityInsert(statement, execution);
      case 'isolation level':
        parts.state.options = withIsolation(parts.state.options, statement.level);
        {
          this.withoutRows(execution);
          return;
        }
      case 'transaction':
        return this.transaction(statement, scope, execution);
      case 'print':
        return parts.raising.print(statement, scope, execution);
      case 'raiserror':
        return parts.raising.raiserror(statement, scope, execution);
      case 'throw':
        return parts.raising.throw(statement, scope, execution);
      case 'wait':
        return this.wait(statement, scope, execution);
      case 'execute':
        return parts.procedures.execute(statement, scope, execution);
      case 'execute text':
        return parts.dynamic.executeText(statement.text, scope, execution);
      case 'insert execute':
        return parts.insertExecute.run(statement, scope, execution);
      case 'execute as':
        if (statement.principal === 'CALLER') return;
        return parts.permissions.impersonate(statement.name);
      case 'revert':
        return parts.permissions.revert();
      case 'use':
        return parts.databases.use(statement.database, execution);
      case 'create database':
      case 'drop database':
      case 'alter database':
        return parts.databases.run(statement, execution);
      case 'check identity':
        return parts.identities.check(statement, execution);
      case 'security':
        return parts.security.run(statement.statement, execution);
      case 'create trigger':
        return parts.modules.createTrigger(statement, execution);
      case 'create procedure':
        return parts.modules.createProcedure(statement, execution);
      case 'create view':
        return parts.modules.createView(statement, scope, execution);
      case 'drop module':
        return parts.modules.drop(statement, scope, execution);
      case 'toggle trigger':
        return parts.modules.toggleTriggers(statement, execution);
      default:
        throw new Error(`A ${statement.kind} statement is the interpreter's.`);
    }
  }

  private async declare({ variables }: Of<'declare'>, scope: Scope, execution: Execution): Promise<void> {
    for (const { name, type, value } of variables) {
      const initial = value && (await this.parts.expressions.assigned(value, type, scope, execution));
      scope.variables.declare(name, type, initial ?? null, value !== undefined);
    }
  }

  /** A table that is declared once more, as in a batch that comes again, is only emptied: making one has the catalog read anew. */
  private async declareTable(statement: Of<'declare table'>, scope: Scope, execution: Execution): Promise<void> {
    const { table, definition } = statement;
    const { statements, queries } = this.parts;
    const silent = { ...execution, sink: { ...silentSink(execution) } };
    const run = (text: string): Promise<void> =>
      statements.run({ text, tokens: definition.tokens, line: 1, updateTests: [] }, scope, silent);
    const find = async () => (await queries.catalog()).findTable(undefined, table);
    const known = await find();
    if (known !== undefined && this.tableVariables.get(known.objectId) === definition.text) {
      await run(`TRUNCATE TABLE [${table}]`);
      return;
    }
    if (known !== undefined) await run(`DROP TABLE [${table}]`);
    await statements.run(definition, scope, silent);
    const made = await find();
    if (made !== undefined) this.tableVariables.set(made.objectId, definition.text);
  }

  private async assign({ name, value }: Of<'assign'>, scope: Scope, execution: Execution): Promise<void> {
    const { type } = scope.variables.get(name);
    scope.variables.set(name, await this.parts.expressions.assigned(value, type, scope, execution));
    this.parts.state.rowCount = 1;
  }

  private setOption(statement: Of<'set option'>, scope: Scope, execution: Execution): void {
    const { state } = this.parts;
    let { value } = statement;
    if (statement.variable !== undefined) value = scope.variables.get(statement.variable).value ?? '';
    for (const option of statement.options) {
      if (option === 'CONTEXT_INFO') state.contextInfo = value.replace(/^0x/i, '').toLowerCase();
      state.options = withOption(state.options, option, value);
    }
    this.withoutRows(execution);
  }

  private async identityInsert({ table: name, on }: Of<'identity insert'>, execution: Execution): Promise<void> {
    const { state, queries } = this.parts;
    const catalog = await queries.catalog();
    const table = catalog.findTable(name.schema, name.name);
    if (table === undefined) {
      throw new SqlServerError(
        1088,
        `Cannot find the object "${name.schema === undefined ? '' : `${name.schema}.`}${name.name}" because it does not exist or you do not have permissions.`,
        16,
        11,
      );
    }
    if (!table.columns.some(({ identity }) => identity)) {
      throw new SqlServerError(
        8106,
        `Table '${table.schema}.${table.name}' does not have the identity property. Cannot perform SET operation.`,
      );
    }
    if (on && state.identityInsert !== undefined && state.identityInsert !== table.objectId) {
      throw new SqlServerError(
        8107,
        `IDENTITY_INSERT is already ON for another table. Cannot perform SET operation for table '${table.schema}.${table.name}'.`,
      );
    }
    if (on) state.identityInsert = table.objectId;
    else if (state.identityInsert === table.objectId) state.identityInsert = undefined;
    this.withoutRows(execution);
  }

  private async transaction(statement: Of<'transaction'>, scope: Scope, execution: Execution): Promise<void> {
    const { transactions } = this.parts;
    const { sink } = execution;
    const name = statement.name?.startsWith('@')
      ? (scope.variables.get(statement.name.toLowerCase()).value ?? undefined)
      : statement.name;
    switch (statement.operation) {
      case 'begin':
        transactions.begin(sink, name);
        break;
      case 'commit':
        await transactions.commit(sink);
        break;
      case 'rollback':
        await transactions.rollback(sink, name);
        break;
      case 'save':
        await transactions.save(name ?? '');
        break;
    }
    this.withoutRows(execution);
  }

  private async wait({ until, value }: Of<'wait'>, scope: Scope, execution: Execution): Promise<void> {
    const text = await this.parts.expressions.assigned(value, NAME, scope, execution);
    const milliseconds = waitTime(until, text ?? '', new Date());
    try {
      await delay(milliseconds, undefined, { signal: execution.signal });
    } finally {
      throwIfCancelled(execution);
    }
    this.withoutRows(execution);
  }

  /** SET, USE, BEGIN TRANSACTION and their like set @@ROWCOUNT to 0. */
  private withoutRows({ sink }: Execution): void {
    this.parts.state.rowCount = 0;
    sink.statementDone({ isSelect: false });
  }
}

/** For statements that the client has not asked for. */
function silentSink({ sink }: Execution): Execution['sink'] {
  return {
    columns: (columns) => sink.columns(columns),
    row: (values) => sink.row(values),
    statementDone: () => undefined,
    message: (message) => sink.message(message),
    flush: () => sink.flush(),
    outputParameter: (name, type, value) => sink.outputParameter(name, type, value),
    returnStatus: (status) => sink.returnStatus(status),
    environment: (change) => sink.environment(change),
  };
}
