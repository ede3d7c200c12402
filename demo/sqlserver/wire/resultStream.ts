import type { Column, ExecuteRequest, Parameter, ResultSink, SqlMessage, SqlType, SqlValue } from '../contract';
import type { ValueEncoder } from './encoding';
import type { Response } from './response';
import {
  DoneStatus,
  DoneToken,
  EnvironmentChange,
  isError,
  SELECT_COMMAND,
  writeBinaryChange,
  writeColumns,
  writeDone,
  writeMessage,
  writeReturnStatus,
  writeReturnValue,
  writeRow,
  writeTextChange,
  type Done,
} from './tokens';
import { valueEncoder } from './valueEncoder';

type EnvironmentEvent = Parameters<ResultSink['environment']>[0];

/** What a connection's requests share. */
export interface StreamState {
  readonly response: Response;
  readonly serverName: string;
  /** Whether the client knows NBCROW (TDS 7.3B and up). */
  readonly compressRows: boolean;
  /** The open transaction's descriptor, which clients send along with their requests. */
  transaction: bigint | undefined;
}

/**
 * Turns what the engine reports about one request into tokens. A statement's DONE is held back until it is known
 * whether more follows.
 */
export class ResultStream implements ResultSink {
  #encoders: readonly ValueEncoder[] = [];
  #held: Done | undefined;
  /** An error was sent whose statement has not ended. */
  #failed = false;
  #returnStatus: number | undefined;
  readonly #outputs: {
    readonly ordinal: number;
    readonly name: string;
    readonly type: SqlType;
    readonly value: SqlValue;
  }[] = [];

  /** @param signal what comes after it is aborted is dropped: the client no longer reads it. */
  constructor(
    private readonly state: StreamState,
    private readonly request: ExecuteRequest,
    private readonly signal: AbortSignal,
  ) {}

  columns(columns: readonly Column[]): void {
    if (this.signal.aborted) return;
    this.#endFailedStatement();
    this.#release();
    this.#encoders = columns.map(({ type }) => valueEncoder(type));
    writeColumns(this.#bytes, columns, this.#encoders);
  }

  row(values: readonly SqlValue[]): Promise<void> | undefined {
    if (this.signal.aborted) return undefined;
    const start = this.#bytes.length;
    try {
      writeRow(this.#bytes, values, this.#encoders, this.state.compressRows);
    } catch (error) {
      this.#bytes.truncate(start);
      throw error;
    }
    return this.state.response.flushFull();
  }

  statementDone({ rowCount, isSelect }: { readonly rowCount?: number; readonly isSelect: boolean }): void {
    if (this.signal.aborted) return;
    this.#hold({
      token: this.request.kind === 'procedure' ? DoneToken.doneInProcedure : DoneToken.done,
      status: (rowCount === undefined ? 0 : DoneStatus.count) | (this.#failed ? DoneStatus.error : 0),
      command: isSelect ? SELECT_COMMAND : 0,
      rowCount: rowCount ?? 0,
    });
    this.#failed = false;
  }

  message(message: SqlMessage): void {
    if (this.signal.aborted) return;
    this.#release();
    writeMessage(this.#bytes, message, this.state.serverName);
    if (isError(message)) this.#failed = true;
  }

  flush(): Promise<void> | undefined {
    return this.signal.aborted ? undefined : this.state.response.flush();
  }

  outputParameter(name: string, type: SqlType, value: SqlValue): void {
    if (this.request.kind !== 'procedure') throw new TypeError('Only a procedure call has output parameters.');
    const ordinal = ordinalOf(name, this.request.parameters, this.#outputs.length);
    this.#outputs.push({ ordinal, name, type, value });
  }

  returnStatus(status: number): void {
    if (this.request.kind === 'procedure') {
      this.#returnStatus = status;
      return;
    }
    // EXECUTE within a batch: its status and end come where it ended.
    if (this.signal.aborted) return;
    this.#release();
    writeReturnStatus(this.#bytes, status);
    this.#hold({ token: DoneToken.doneProcedure, status: 0, command: 0, rowCount: 0 });
  }

  environment(change: EnvironmentEvent): void {
    // Not dropped when cancelled: the client's idea of its transaction must stay true.
    this.#release();
    switch (change.kind) {
      case 'database':
        writeTextChange(this.#bytes, EnvironmentChange.database, change.now, change.before);
        break;
      case 'transaction begun':
        this.state.transaction = change.id;
        writeBinaryChange(this.#bytes, EnvironmentChange.transactionBegun, descriptor(change.id), new Uint8Array());
        break;
      case 'transaction committed':
        this.state.transaction = undefined;
        writeBinaryChange(this.#bytes, EnvironmentChange.transactionCommitted, new Uint8Array(), descriptor(change.id));
        break;
      case 'transaction rolled back':
        writeRollback(this.state, change.id);
        break;
    }
  }

  /** The request is over. `more`: another one of the same message follows. */
  end(more: boolean): void {
    const isProcedure = this.request.kind === 'procedure';
    if (isProcedure) {
      this.#release();
      writeReturnStatus(this.#bytes, this.#returnStatus ?? 0);
      this.#writeOutputs();
    }
    const last = this.#held ?? this.#bareDone();
    this.#held = undefined;
    this.#write(last, (this.#failed ? DoneStatus.error : 0) | (more ? DoneStatus.more : 0));
  }

  /** An error ended the request. */
  fail(error: SqlMessage, more: boolean): void {
    this.#release();
    writeMessage(this.#bytes, error, this.state.serverName);
    this.#write(this.#bareDone(), DoneStatus.error | (more ? DoneStatus.more : 0));
  }

  /** The client cancelled the request. */
  cancel(more: boolean): void {
    this.#release();
    this.#write(this.#bareDone(), DoneStatus.error | (more ? DoneStatus.more : 0));
  }

  get #bytes(): Response['bytes'] {
    return this.state.response.bytes;
  }

  #bareDone(): Done {
    const token = this.request.kind === 'procedure' ? DoneToken.doneProcedure : DoneToken.done;
    return { token, status: 0, command: 0, rowCount: 0 };
  }

  /** An error whose statement never got its own end: it gets one before the next result. */
  #endFailedStatement(): void {
    if (!this.#failed) return;
    this.statementDone({ isSelect: false });
  }

  #hold(done: Done): void {
    this.#release();
    this.#held = done;
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#write(held, DoneStatus.more);
  }

  #write(done: Done, status: number): void {
    const inTransaction = this.state.transaction === undefined ? 0 : DoneStatus.inTransaction;
    writeDone(this.#bytes, { ...done, status: done.status | status | inTransaction });
  }

  #writeOutputs(): void {
    for (const { ordinal, name, type, value } of this.#outputs) {
      writeReturnValue(this.#bytes, { ordinal, name, value }, valueEncoder(type));
    }
  }
}

export function writeRollback(state: StreamState, id: bigint): void {
  state.transaction = undefined;
  const { transactionRolledBack } = EnvironmentChange;
  writeBinaryChange(state.response.bytes, transactionRolledBack, new Uint8Array(), descriptor(id));
}

/** A transaction's id as the 8 bytes that clients hand back. */
function descriptor(id: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, id));
  return bytes;
}

/** An output's place in the call: by name, or, sent by position, the next output in order. */
function ordinalOf(name: string, parameters: readonly Parameter[], sent: number): number {
  const named = name === '' ? -1 : parameters.findIndex((p) => p.name.toLowerCase() === name.toLowerCase());
  if (named >= 0) return named;
  const outputs = parameters.flatMap((parameter, ordinal) => (parameter.output ? [ordinal] : []));
  return outputs[sent] ?? 0;
}
