import { SqlServerError, type ExecuteRequest, type SqlSession, type SqlType, type SqlValue } from '../contract';
import type { Faults, StatementFault } from '../faults';
import type { Message } from './packets';
import { readRequests } from './requests';
import { ResultStream, writeRollback, type StreamState } from './resultStream';
import { StatementTexts } from './statementText';
import {
  DoneStatus,
  DoneToken,
  EnvironmentChange,
  writeBinaryChange,
  writeDone,
  writeMessage,
  writeTextChange,
} from './tokens';

/** From this severity on an error ends the connection. */
const FIRST_FATAL_SEVERITY = 20;

/** How a connection goes on after a message: `drop` without sending what was answered so far. */
export type Outcome = 'go on' | 'hang up' | 'drop';

export interface RequestSettings {
  readonly faults: Faults;
  readonly onError: (error: unknown) => void;
}

/** Executes a session's requests and answers them. */
export class SessionRequests {
  readonly #texts = new StatementTexts();
  #running = new AbortController();
  #statement: string | undefined;

  constructor(
    private readonly session: SqlSession,
    private readonly state: StreamState,
    private readonly settings: RequestSettings,
  ) {}

  /** What is being executed. */
  get statement(): string | undefined {
    return this.#statement;
  }

  /** Cancels what is running, or else what comes next, until the cancel is acknowledged. */
  cancel(): void {
    this.#running.abort();
  }

  /** Answers an attention, in a message of its own. */
  async acknowledgeCancel(): Promise<Outcome> {
    this.#running = new AbortController();
    await this.#finish(DoneStatus.attention);
    return 'go on';
  }

  async serve(message: Message): Promise<Outcome> {
    if (message.ignored) {
      await this.#finish(0);
      return 'go on';
    }
    let requests: ExecuteRequest[];
    try {
      requests = readMessage(message);
      if (message.reset !== 'no') await this.#reset(message.reset === 'keep transaction');
    } catch (error) {
      return this.#refuse(error);
    }
    for (const [index, request] of requests.entries()) {
      const outcome = await this.#execute(request, index < requests.length - 1);
      if (outcome !== 'go on') return outcome;
    }
    await this.state.response.finish();
    return 'go on';
  }

  async #execute(request: ExecuteRequest, more: boolean): Promise<Outcome> {
    const { signal } = this.#running;
    const stream = new RememberingStream(this.state, request, signal, this.#texts);
    const text = this.#texts.of(request);
    this.#statement = text;
    const fault =
      text === undefined ? undefined : this.settings.faults.takeStatementFault(text, this.session.processId);
    if (fault?.kind === 'drop' && fault.when === 'before') return 'drop';
    try {
      if (fault?.kind === 'error') await this.#raise(fault, signal);
      else if (!signal.aborted) await this.session.execute(request, stream, signal);
      this.#texts.forget(request);
      if (fault?.kind === 'drop') return 'drop';
      if (signal.aborted) stream.cancel(more);
      else stream.end(more);
      return 'go on';
    } catch (error) {
      if (fault?.kind === 'drop') return 'drop';
      return await this.#fail(error, stream, signal, more);
    } finally {
      this.#statement = undefined;
    }
  }

  /** Instead of executing: the error, after the rollback that comes with it. */
  async #raise(fault: Extract<StatementFault, { kind: 'error' }>, signal: AbortSignal): Promise<never> {
    if (fault.rollBack && this.state.transaction !== undefined) {
      const rollback: ExecuteRequest = { kind: 'transaction', operation: 'rollback', name: '' };
      await this.session.execute(rollback, new ResultStream(this.state, rollback, signal), signal);
    }
    throw fault.error;
  }

  async #fail(error: unknown, stream: ResultStream, signal: AbortSignal, more: boolean): Promise<Outcome> {
    if (signal.aborted) {
      stream.cancel(more);
      return 'go on';
    }
    const known = this.#asSqlError(error);
    if (known.severity < FIRST_FATAL_SEVERITY) {
      stream.fail(known, more);
      return 'go on';
    }
    stream.fail(known, false);
    await this.state.response.finish();
    return 'hang up';
  }

  /** Answers a message of which nothing could be executed. */
  async #refuse(error: unknown): Promise<Outcome> {
    const reason = this.#asSqlError(error);
    writeMessage(this.state.response.bytes, reason, this.state.serverName);
    await this.#finish(DoneStatus.error);
    return reason.severity < FIRST_FATAL_SEVERITY ? 'go on' : 'hang up';
  }

  /** A fault of the stand-in is told as the error that SQL Server has for its own. */
  #asSqlError(error: unknown): SqlServerError {
    if (error instanceof SqlServerError) return error;
    this.settings.onError(error);
    return new SqlServerError(3624, `The stand-in failed: ${textOf(error)}`, 20);
  }

  async #reset(keepTransaction: boolean): Promise<void> {
    const { transaction } = this.state;
    if (keepTransaction && transaction !== undefined) {
      throw new SqlServerError(4002, 'The stand-in can not reset a session and keep its transaction.');
    }
    const before = this.session.database;
    await this.session.reset();
    const { bytes } = this.state.response;
    const now = this.session.database;
    const nothing = new Uint8Array();
    writeBinaryChange(bytes, EnvironmentChange.sessionReset, nothing, nothing);
    if (transaction !== undefined) writeRollback(this.state, transaction);
    if (now !== before) writeTextChange(bytes, EnvironmentChange.database, now, before);
  }

  async #finish(status: number): Promise<void> {
    writeDone(this.state.response.bytes, { token: DoneToken.done, status, command: 0, rowCount: 0 });
    await this.state.response.finish();
  }
}

/** Also notes the handles of prepared statements as they go by. */
class RememberingStream extends ResultStream {
  constructor(
    state: StreamState,
    private readonly executed: ExecuteRequest,
    signal: AbortSignal,
    private readonly texts: StatementTexts,
  ) {
    super(state, executed, signal);
  }

  override outputParameter(name: string, type: SqlType, value: SqlValue): void {
    this.texts.remember(this.executed, name, value);
    super.outputParameter(name, type, value);
  }
}

/** Throws SqlServerError whatever is wrong with the message; one that is no TDS ends the connection. */
function readMessage(message: Message): ExecuteRequest[] {
  try {
    return readRequests(message);
  } catch (error) {
    if (error instanceof SqlServerError) throw error;
    const text = `The incoming tabular data stream (TDS) protocol stream is incorrect. ${textOf(error)}`;
    throw new SqlServerError(4002, text, 20);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
