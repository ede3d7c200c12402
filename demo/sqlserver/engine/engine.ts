/** The engine: PostgreSQL, its databases, and the sessions on them. */
import type { LoginRequest, SqlEngine, SqlSession } from '../contract';
import { SqlServerError } from '../contract';
import { Instance, type InstanceOptions } from './postgres/instance';
import { catalogLoader } from './postgres/catalog';
import { mapError } from './postgres/errors';
import { describeColumns } from './postgres/resultTypes';
import { CompiledModules } from './session/compiledModules';
import { Databases } from './session/databases';
import { Session, type SessionServices } from './session/session';
import { loadParser, Translator } from './translate';

export interface EngineOptions extends InstanceOptions {
  readonly serverName?: string;
}

/** Session ids below are SQL Server's own. */
const FIRST_PROCESS_ID = 51;

export class Engine implements SqlEngine {
  private readonly sessions = new Map<number, Session>();
  private readonly databases: Databases;
  private readonly services: SessionServices;
  private lastTransaction = 0n;

  private constructor(
    private readonly instance: Instance,
    serverName: string,
  ) {
    this.databases = new Databases(instance, (database) => this.endSessionsOf(database));
    const translator = new Translator();
    this.services = {
      host: this.databases,
      modules: new CompiledModules((sql, quotedIdentifier) => translator.checkSyntax(sql, quotedIdentifier)),
      translate: (sql, context, capture) => translator.translate(sql, context, capture),
      describe: describeColumns,
      mapError,
      loadCatalog: catalogLoader(),
      serverName,
      nextTransactionId: () => (this.lastTransaction += 1n),
    };
  }

  /** Starts PostgreSQL with an empty `master` (about two seconds). */
  static async start(options: EngineOptions): Promise<Engine> {
    await loadParser();
    const instance = await Instance.start(options);
    return new Engine(instance, options.serverName ?? 'STANDIN');
  }

  async login(request: LoginRequest): Promise<SqlSession> {
    const login = await this.instance.verifyLogin(request.user, request.password);
    if (login === undefined || login.disabled) throw loginFailed(request.user);
    const processId = this.freeProcessId();
    const facts = { login: login.name, hostName: request.hostName, applicationName: request.applicationName };
    const database = request.database === '' ? login.defaultDatabase : request.database;
    const attachment = await this.databases.attach(database, processId, facts);
    const session = new Session(processId, attachment, facts, this.services, () => {
      this.sessions.delete(processId);
    });
    this.sessions.set(processId, session);
    return session;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sessions.values()].map((session) => session.close()));
    await this.instance.stop();
  }

  private async endSessionsOf(database: string): Promise<void> {
    const concerned = [...this.sessions.values()].filter((session) => session.database === database);
    await Promise.all(concerned.map((session) => session.close()));
  }

  private freeProcessId(): number {
    let processId = FIRST_PROCESS_ID;
    while (this.sessions.has(processId)) processId += 1;
    return processId;
  }
}

function loginFailed(user: string): SqlServerError {
  return new SqlServerError(18456, `Login failed for user '${user}'.`, 14);
}
