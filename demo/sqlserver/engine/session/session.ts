/** One client's session: takes its requests one at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ExecuteRequest, type ResultSink, SqlServerError, type SqlSession } from '../../contract';
import type { DescribeColumns, LoadCatalog, MapError, Translate } from '../contract';
import { CaptureTables } from './captureTables';
import type { CompiledModules } from './compiledModules';
import type { Attachment, DatabaseHost, LoginFacts } from './database';
import { DatabaseStatements } from './databaseStatements';
import { DynamicStatements } from './dynamicStatements';
import type { Execution } from './execution';
import { Expressions } from './expressions';
import { Cancelled, Unwinding } from './failures';
import { Identities } from './identities';
import { InsertExecute } from './insertExecute';
import { Interpreter, type RunSimple } from './interpreter';
import { MirroredSettings } from './mirroredSettings';
import { ModuleStatements } from './moduleStatements';
import { withIsolation } from './options';
import { Permissions } from './permissions';
import { PostgresLink } from './postgresLink';
import { ProcedureCalls } from './procedureCalls';
import { Queries } from './queries';
import { Raising } from './raising';
import { SessionSchema } from './schema';
import { Scope } from './scope';
import { SecurityStatements } from './securityStatements';
import { SessionState } from './sessionState';
import { SimpleStatements } from './simpleStatements';
import { StatementRunner } from './statementRunner';
import { ServerProcedures } from './systemProcedures';
import { Transactions } from './transactions';
import { Translations } from './translations';
import { type RunModule, Triggers } from './triggers';
import { WriteTracker } from './writeTracker';

/** What every session needs from the engine. */
export interface SessionServices {
  readonly host: DatabaseHost;
  readonly modules: CompiledModules;
  readonly translate: Translate;
  readonly describe: DescribeColumns;
  readonly mapError: MapError;
  readonly loadCatalog: LoadCatalog;
  readonly serverName: string;
  readonly nextTransactionId: () => bigint;
}

export class Session implements SqlSession {
  private attachment: Attachment;
  private readonly home: string;
  private readonly link: PostgresLink;
  private readonly schema: SessionSchema;
  private readonly writers: WriteTracker;
  private readonly state: SessionState;
  private readonly settings: MirroredSettings;
  private readonly captures: CaptureTables;
  private readonly transactions: Transactions;
  private readonly queries: Queries;
  private readonly permissions: Permissions;
  private readonly dynamic: DynamicStatements;
  private readonly procedures: ProcedureCalls;
  private readonly interpreter: Interpreter;
  /** SCOPE_IDENTITY() of the batches themselves. */
  private identity: string | null = null;
  /** What is being executed; never rejects. */
  private running: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();
  private closed: Promise<void> | undefined;

  constructor(
    readonly processId: number,
    attachment: Attachment,
    private readonly login: LoginFacts,
    private readonly services: SessionServices,
    private readonly onClose: () => void,
  ) {
    this.attachment = attachment;
    this.home = attachment.database.name;
    const { client, database, user } = attachment;
    const { describe, mapError, modules, host } = services;
    this.link = new PostgresLink(client);
    this.schema = new SessionSchema(database.schema, client, this.link, services.loadCatalog);
    this.writers = new WriteTracker(database.writers);
    this.state = new SessionState(processId, services);
    this.settings = new MirroredSettings(() => this.state.options);
    this.captures = new CaptureTables(this.link, () => this.transactions.isOpen);
    this.transactions = new Transactions(
      this.link,
      this.writers,
      this.settings,
      this.transactionObserver(),
      services.nextTransactionId,
    );
    const translations = new Translations(services.translate);
    this.queries = new Queries(
      this.schema,
      translations,
      this.transactions,
      this.writers,
      this.state,
      () => this.attachment.database,
      mapError,
    );
    this.permissions = new Permissions(this.queries, this.schema, user);
    const { queries, schema, state, transactions, permissions } = this;
    const expressions = new Expressions(queries, state, transactions, describe);
    const runModule: RunModule = (body, scope, execution) => this.interpreter.run(body, scope, execution);
    const runStatement: RunSimple = (statement, scope, execution) => simple.run(statement, scope, execution);
    const triggers = new Triggers(modules, this.captures, this.link, state, transactions, runModule);
    const identities = new Identities(this.link, queries, state);
    const statements = new StatementRunner(
      queries,
      triggers,
      identities,
      permissions,
      schema,
      state,
      transactions,
      describe,
    );
    const security = new SecurityStatements(queries, permissions, schema, transactions);
    this.dynamic = new DynamicStatements(
      modules,
      expressions,
      state,
      (...binding) => this.procedures.bind(...binding),
      runModule,
    );
    const system = new ServerProcedures(this.dynamic, queries, security, schema, state, transactions);
    this.procedures = new ProcedureCalls(
      system,
      modules,
      expressions,
      queries,
      permissions,
      state,
      transactions,
      runModule,
    );
    const simple: SimpleStatements = new SimpleStatements({
      state,
      transactions,
      queries,
      expressions,
      statements,
      raising: new Raising(expressions, state),
      modules: new ModuleStatements(queries, statements, permissions, schema, transactions, state),
      procedures: this.procedures,
      dynamic: this.dynamic,
      insertExecute: new InsertExecute(statements, runStatement),
      identities,
      security,
      databases: new DatabaseStatements(host, queries, transactions, permissions, (name) => this.changeDatabase(name)),
      permissions,
    });
    this.interpreter = new Interpreter(state, transactions, expressions, runStatement, (error, execution) =>
      queries.asSqlServerError(error, execution),
    );
  }

  get database(): string {
    return this.attachment.database.name;
  }

  async execute(request: ExecuteRequest, sink: ResultSink, signal: AbortSignal): Promise<void> {
    if (this.ending.signal.aborted) throw killed();
    const execution = { sink, signal: AbortSignal.any([signal, this.ending.signal]) };
    const running = this.executeUnlessCancelled(request, execution);
    this.running = running.catch(() => undefined);
    return running;
  }

  private async executeUnlessCancelled(request: ExecuteRequest, execution: Execution): Promise<void> {
    const { signal } = execution;
    let cancelling: Promise<void> | undefined;
    const over = new AbortController();
    const cancel = (): void => {
      this.link.stop(new Cancelled());
      cancelling = this.cancelUntil(over.signal);
    };
    signal.addEventListener('abort', cancel, { once: true });
    const scope = new Scope('batch', undefined);
    scope.identity = this.identity;
    try {
      await this.perform(request, scope, execution);
      await this.endUncommittable(execution.sink);
    } catch (error) {
      if (this.ending.signal.aborted) throw killed();
      const known = await this.queries.asSqlServerError(error, execution);
      throw known instanceof Unwinding ? known.error : known;
    } finally {
      this.identity = scope.identity;
      signal.removeEventListener('abort', cancel);
      over.abort();
      await cancelling;
    }
  }

  async reset(): Promise<void> {
    await this.transactions.abandon(undefined);
    if (this.attachment.database.name !== this.home) await this.changeDatabase(this.home);
    await this.permissions.revertAll();
    this.state.reset();
    this.dynamic.reset();
    this.identity = null;
    await this.link.run([{ sql: 'DISCARD TEMP' }, { sql: 'SELECT pg_advisory_unlock_all()', reader: IGNORE }]);
    this.captures.dropped();
    this.schema.temporaryTablesDropped();
  }

  close(): Promise<void> {
    return (this.closed ??= this.end());
  }

  private async end(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.transactions.abandon(undefined).catch(() => undefined);
    this.writers.done();
    await this.attachment.client.end().catch(() => undefined);
    this.onClose();
  }

  private async perform(request: ExecuteRequest, scope: Scope, execution: Execution): Promise<void> {
    switch (request.kind) {
      case 'batch': {
        const { quotedIdentifier } = this.state.options;
        const { statements } = this.services.modules.batch(request.sql, quotedIdentifier);
        return this.interpreter.run(statements, scope, execution);
      }
      case 'procedure':
        return this.interpreter.guard(scope, execution, () =>
          this.procedures.callFromClient(request.name, request.parameters, scope, execution),
        );
      case 'transaction':
        return this.interpreter.guard(scope, execution, () => this.transactionRequest(request, execution.sink));
    }
  }

  private async transactionRequest(
    request: Extract<ExecuteRequest, { kind: 'transaction' }>,
    sink: ResultSink,
  ): Promise<void> {
    const name = request.name === '' ? undefined : request.name;
    switch (request.operation) {
      case 'begin':
        if (request.isolation !== undefined) {
          this.state.options = withIsolation(this.state.options, request.isolation);
        }
        {
          this.transactions.begin(sink, name);
          return;
        }
      case 'commit':
        return this.transactions.commit(sink);
      case 'rollback':
        return this.transactions.rollback(sink, name);
      case 'save':
        return this.transactions.save(name ?? '');
    }
  }

  /** PostgreSQL drops a cancel that reaches it between two messages, so it is asked again. */
  private async cancelUntil(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.services.host.cancel(this.attachment.client);
      await delay(CANCEL_AGAIN, undefined, { signal: over }).catch(() => undefined);
    }
  }

  /** A transaction that TRY … CATCH has left uncommittable ends with the batch. */
  private async endUncommittable(sink: ResultSink): Promise<void> {
    if (this.transactions.state !== -1) return;
    await this.transactions.abandon(sink);
    throw new SqlServerError(
      3998,
      'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.',
    );
  }

  private async changeDatabase(name: string): Promise<{ readonly now: string; readonly before: string }> {
    const old = this.attachment;
    const before = old.database.name;
    if (name.toLowerCase() === before.toLowerCase()) return { now: before, before };
    const attachment = await this.services.host.attach(name, this.processId, this.login);
    const { client, database, user } = attachment;
    this.attachment = attachment;
    this.link.attach(client);
    this.schema.attach(database.schema, client);
    this.writers.attach(database.writers);
    this.permissions.attach(user);
    this.settings.undone();
    this.captures.dropped();
    await old.client.end();
    return { now: database.name, before };
  }

  private transactionObserver() {
    return {
      transactionEnded: (undone: boolean) => {
        this.schema.transactionEnded(undone);
        this.captures.transactionEnded(undone);
      },
      partUndone: () => {
        this.schema.partUndone();
        this.captures.partUndone();
      },
    };
  }
}

function killed(): SqlServerError {
  return new SqlServerError(596, 'Cannot continue the execution because the session is in the kill state.', 21);
}

/** Milliseconds. */
const CANCEL_AGAIN = 50;

const IGNORE = { short: true, row: () => undefined };
