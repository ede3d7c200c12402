import { SqlServerError } from './contract';
import type { ConnectionInfo } from './wire/connection';

/** Messages of the errors that tests most often ask for. */
const knownErrors: Readonly<Record<number, readonly [severity: number, state: number, message: string]>> = {
  1205: [
    13,
    51,
    'Transaction (Process ID 51) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  ],
  1222: [16, 51, 'Lock request time out period exceeded.'],
  3960: [
    16,
    2,
    'Snapshot isolation transaction aborted due to update conflict. Retry the transaction or change the isolation level.',
  ],
  596: [21, 1, 'Cannot continue the execution because the session is in the kill state.'],
  6005: [14, 1, 'SHUTDOWN is in progress.'],
  9002: [17, 2, "The transaction log for database is full due to 'LOG_BACKUP'."],
  18401: [
    14,
    1,
    'Login failed. Reason: Server is in script upgrade mode. Only administrator can connect at this time.',
  ],
  18456: [14, 1, 'Login failed.'],
};

/** Errors after which SQL Server has rolled the transaction back itself. */
const rollingBack: readonly number[] = [1205, 3960];

/** A server's controls that only it can work; `startServer` hands them over. */
export interface ServerControls {
  dropConnections(which: (connection: ConnectionInfo) => boolean): void;
  stopListening(): void;
  listen(): Promise<void>;
}

export interface StatementError {
  readonly number: number;
  /** Absent: SQL Server's own text for the number, where it is known here. */
  readonly message?: string;
  readonly severity?: number;
  /** Whether the open transaction is rolled back first; absent: if SQL Server does so for the number. */
  readonly rollBack?: boolean;
}

/** What happens to a statement instead of, or around, being executed. */
export type StatementFault =
  | { readonly kind: 'error'; readonly error: SqlServerError; readonly rollBack: boolean }
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' };

/** `processId` is the session's, as in ConnectionInfo. */
export type StatementWatcher = (text: string, processId: number) => void;

interface Planned {
  readonly pattern: RegExp;
  readonly fault: StatementFault;
  remaining: number;
}

/**
 * Faults on demand. A test holds the object and calls it; the server it was started with consults it. Statements are
 * matched by their text: a batch, the statement of sp_executesql, the text behind a prepared statement's handle, a
 * procedure's name, or `BEGIN|COMMIT|ROLLBACK|SAVE TRANSACTION`.
 */
export class Faults {
  #server: ServerControls | undefined;
  #delay = 0;
  #refusedLogins = 0;
  #loginError = loginError(18456);
  #dropAtPacket = 0;
  #connectionsToDrop = 0;
  #planned: Planned[] = [];
  readonly #watchers = new Set<StatementWatcher>();

  /** Refuses the next `count` logins. */
  refuseLogins(count: number, number = 18456, message?: string): void {
    this.#refusedLogins = count;
    this.#loginError = loginError(number, message);
  }

  /**
   * Drops the next `connections` connections that send their `n`-th packet. Each one's first, PRELOGIN, is 1; the
   * packets of a TLS handshake don't count.
   */
  dropAtPacket(n: number, connections = 1): void {
    this.#dropAtPacket = n;
    this.#connectionsToDrop = connections;
  }

  /** Holds every answer back for so many milliseconds after the request was executed. */
  delayAnswers(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Answers the next `times` statements that match with an error, without executing them. */
  failStatement(pattern: RegExp, error: StatementError, times = 1): void {
    const [severity, state, message] = knownErrors[error.number] ?? [16, 1, `Error ${error.number}.`];
    this.#plan(pattern, times, {
      kind: 'error',
      error: new SqlServerError(error.number, error.message ?? message, error.severity ?? severity, state),
      rollBack: error.rollBack ?? rollingBack.includes(error.number),
    });
  }

  /** Drops the connection on the next `times` statements that match: unexecuted, or executed and unanswered. */
  dropOnStatement(pattern: RegExp, when: 'before' | 'after', times = 1): void {
    this.#plan(pattern, times, { kind: 'drop', when });
  }

  /** Drops every connection there is, or those of the logged-in ones that are meant; without a login all are. */
  dropConnections(which: (connection: ConnectionInfo) => boolean = () => true): void {
    this.#controls.dropConnections(which);
  }

  /** New connections are refused by the operating system; those there are stay. */
  stopListening(): void {
    this.#controls.stopListening();
  }

  /** Takes connections again, on the same port. */
  async listenAgain(): Promise<void> {
    await this.#controls.listen();
  }

  /** Told of each statement before it is executed, or struck by a fault. */
  onStatement(watcher: StatementWatcher): { dispose(): void } {
    this.#watchers.add(watcher);
    return { dispose: () => void this.#watchers.delete(watcher) };
  }

  /** Forgets everything planned. */
  clear(): void {
    this.#delay = 0;
    this.#refusedLogins = 0;
    this.#connectionsToDrop = 0;
    this.#planned = [];
  }

  /** For the server that this object belongs to. */
  attach(server: ServerControls): void {
    if (this.#server) throw new Error('These faults belong to another server.');
    this.#server = server;
  }

  /** Milliseconds to hold an answer back. */
  get answerDelay(): number {
    return this.#delay;
  }

  /** The error that refuses this login, if it is one of those to be refused. */
  takeLoginRefusal(): SqlServerError | undefined {
    if (this.#refusedLogins === 0) return undefined;
    this.#refusedLogins -= 1;
    return this.#loginError;
  }

  /** Whether a connection is dropped at its `n`-th packet. */
  takePacketDrop(n: number): boolean {
    if (this.#connectionsToDrop === 0 || n !== this.#dropAtPacket) return false;
    this.#connectionsToDrop -= 1;
    return true;
  }

  /** What is planned for a statement of this session. */
  takeStatementFault(text: string, processId: number): StatementFault | undefined {
    for (const watcher of this.#watchers) watcher(text, processId);
    const planned = this.#planned.find(({ pattern }) => pattern.test(text));
    if (!planned) return undefined;
    planned.remaining -= 1;
    if (planned.remaining === 0) this.#planned = this.#planned.filter((other) => other !== planned);
    return planned.fault;
  }

  get #controls(): ServerControls {
    if (!this.#server) throw new Error('These faults belong to no server yet.');
    return this.#server;
  }

  #plan(pattern: RegExp, times: number, fault: StatementFault): void {
    // Without g and y a pattern remembers nothing from one test to the next.
    const flags = pattern.flags.replaceAll(/[gy]/g, '');
    this.#planned.push({ pattern: new RegExp(pattern.source, flags), fault, remaining: times });
  }
}

function loginError(number: number, message?: string): SqlServerError {
  const [severity, state, text] = knownErrors[number] ?? [14, 1, `Login failed (error ${number}).`];
  return new SqlServerError(number, message ?? text, severity, state);
}
