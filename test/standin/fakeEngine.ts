import {
  SqlServerError,
  type ExecuteRequest,
  type LoginRequest,
  type ResultSink,
  type SqlEngine,
  type SqlSession,
} from '../../demo/sqlserver/contract';

export interface Call {
  readonly request: ExecuteRequest;
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
  readonly session: FakeSession;
}

/** What the engine does with a request; the test says it. */
export type Answer = (call: Call) => Promise<void> | void;

/** An engine that knows the login sa/secret and the databases master and Shop, and answers as the test says. */
export class FakeEngine implements SqlEngine {
  readonly logins: LoginRequest[] = [];
  readonly executed: ExecuteRequest[] = [];
  readonly sessions: FakeSession[] = [];

  constructor(readonly answer: Answer = () => undefined) {}

  login(request: LoginRequest): Promise<SqlSession> {
    this.logins.push(request);
    if (request.user !== 'sa' || request.password !== 'secret') {
      return Promise.reject(new SqlServerError(18456, `Login failed for user '${request.user}'.`, 14));
    }
    const database = request.database === '' ? 'master' : request.database;
    if (!['master', 'Shop'].includes(database)) {
      const message = `Cannot open database "${database}" requested by the login. The login failed.`;
      return Promise.reject(new SqlServerError(4060, message, 11));
    }
    const session = new FakeSession(this, database, 51 + this.sessions.length);
    this.sessions.push(session);
    return Promise.resolve(session);
  }

  async stop(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.close()));
  }
}

export class FakeSession implements SqlSession {
  database: string;
  resets = 0;
  transaction: bigint | undefined;
  readonly closed: Promise<void>;
  #close: () => void = () => undefined;

  constructor(
    private readonly engine: FakeEngine,
    private readonly loginDatabase: string,
    readonly processId: number,
  ) {
    this.database = loginDatabase;
    this.closed = new Promise((resolve) => (this.#close = resolve));
  }

  async execute(request: ExecuteRequest, sink: ResultSink, signal: AbortSignal): Promise<void> {
    if (isHousekeeping(request)) return;
    this.engine.executed.push(request);
    if (request.kind === 'transaction') this.#transact(request.operation, sink);
    await this.engine.answer({ request, sink, signal, session: this });
  }

  reset(): Promise<void> {
    this.resets += 1;
    this.database = this.loginDatabase;
    this.transaction = undefined;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  #transact(operation: string, sink: ResultSink): void {
    if (operation === 'begin') {
      this.transaction = 0x1234_5678_9abcn;
      sink.environment({ kind: 'transaction begun', id: this.transaction });
    } else if (operation !== 'save' && this.transaction !== undefined) {
      const id = this.transaction;
      this.transaction = undefined;
      sink.environment({ kind: operation === 'commit' ? 'transaction committed' : 'transaction rolled back', id });
    }
  }
}

/** What the driver sends on its own: options after a login or a reset, and a probe of pooled connections. */
function isHousekeeping(request: ExecuteRequest): boolean {
  if (request.kind === 'batch') return /^\s*set (ansi_|textsize|quoted)/i.test(request.sql);
  return request.kind === 'procedure' && request.parameters[0]?.value === 'SELECT 1;';
}

/** The value of a parameter of a procedure call, by name. */
export function parameterOf(request: ExecuteRequest, name: string): string | null | undefined {
  return request.kind === 'procedure' ? request.parameters.find((p) => p.name === name)?.value : undefined;
}
