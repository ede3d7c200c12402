/**
 * What lies between the two halves of the stand-in: the wire (`wire/`), which speaks TDS 7.4 with a client, and the engine
 * (`engine/`), which executes T-SQL on PostgreSQL. Neither half imports from the other; both import from here.
 */

/** A SQL Server data type by its T-SQL name. `length` counts characters (n/char types) or bytes; -1 is MAX. */
export interface SqlType {
  readonly name:
    | 'bit'
    | 'tinyint'
    | 'smallint'
    | 'int'
    | 'bigint'
    | 'decimal'
    | 'numeric'
    | 'money'
    | 'smallmoney'
    | 'real'
    | 'float'
    | 'char'
    | 'varchar'
    | 'nchar'
    | 'nvarchar'
    | 'text'
    | 'ntext'
    | 'binary'
    | 'varbinary'
    | 'image'
    | 'uniqueidentifier'
    | 'date'
    | 'time'
    | 'datetime'
    | 'smalldatetime'
    | 'datetime2'
    | 'datetimeoffset'
    | 'xml'
    | 'sql_variant'
    | 'rowversion';
  readonly length?: number;
  readonly precision?: number;
  /** Digits after the point; fractional seconds for time, datetime2 and datetimeoffset. */
  readonly scale?: number;
  /** Collation name, for character types. */
  readonly collation?: string;
}

/**
 * A value in its canonical text form, whatever its type: digits for numbers (`-12.50`), `1`/`0` for bit,
 * `YYYY-MM-DD hh:mm:ss[.fffffff][ ±hh:mm]` for dates and times, lower-case hex without `0x` for binary, upper-case for
 * uniqueidentifier. `null` is NULL.
 */
export type SqlValue = string | null;

export interface Column {
  /** Empty for an expression without a name. */
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
}

/** An error or a message as SQL Server numbers them. Severity 0-10 is information, 11 and up an error, 20 and up ends the connection. */
export interface SqlMessage {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly message: string;
  readonly line: number;
  readonly procedure?: string | undefined;
}

/** Thrown by the engine where a request or a login can't go on; the wire turns it into an ERROR token. */
export class SqlServerError extends Error implements SqlMessage {
  constructor(
    readonly number: number,
    message: string,
    readonly severity = 16,
    readonly state = 1,
    readonly line = 1,
    readonly procedure?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SqlServerError';
  }
}

export interface LoginRequest {
  readonly user: string;
  readonly password: string;
  /** Empty: the login's default database (master). */
  readonly database: string;
  readonly hostName: string;
  readonly applicationName: string;
}

export interface Parameter {
  /** With its `@`; empty when sent by position. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
  readonly output: boolean;
}

export type IsolationLevel = 'read uncommitted' | 'read committed' | 'repeatable read' | 'serializable' | 'snapshot';

export type ExecuteRequest =
  /** A SQL batch: `request().batch()`. */
  | { readonly kind: 'batch'; readonly sql: string }
  /** A remote procedure call: sp_executesql, sp_prepare, sp_execute, sp_unprepare, or any procedure by name. */
  | { readonly kind: 'procedure'; readonly name: string; readonly parameters: readonly Parameter[] }
  /** A transaction manager request. */
  | {
      readonly kind: 'transaction';
      readonly operation: 'begin' | 'commit' | 'rollback' | 'save';
      readonly name: string;
      readonly isolation?: IsolationLevel;
    };

/** Where the engine puts what a request gives, in order. */
export interface ResultSink {
  /** Starts a result set. */
  columns(columns: readonly Column[]): void;
  /** One row; the promise resolves when the client takes more. */
  row(values: readonly SqlValue[]): Promise<void> | void;
  /** A statement ended. `rowCount` is absent under SET NOCOUNT ON and for statements that count nothing. */
  statementDone(statement: { readonly rowCount?: number; readonly isSelect: boolean }): void;
  /** PRINT, RAISERROR below severity 11, and errors after which the batch goes on. */
  message(message: SqlMessage): void;
  /** Sends the client what there is so far: RAISERROR … WITH NOWAIT. */
  flush(): Promise<void> | void;
  outputParameter(name: string, type: SqlType, value: SqlValue): void;
  returnStatus(status: number): void;
  environment(
    change:
      | { readonly kind: 'database'; readonly now: string; readonly before: string }
      | {
          readonly kind: 'transaction begun' | 'transaction committed' | 'transaction rolled back';
          readonly id: bigint;
        },
  ): void;
}

/** One client connection's session; runs one request at a time. */
export interface SqlSession {
  readonly database: string;
  readonly processId: number;
  /** Resolves when the request is over; rejects with SqlServerError when an error ends it. Aborting the signal cancels it. */
  execute(request: ExecuteRequest, sink: ResultSink, signal: AbortSignal): Promise<void>;
  /** The reset that a pooled connection asks for before its next request: options, temporary tables, open transaction, database. */
  reset(): Promise<void>;
  /** Rolls back, gives up its locks, ends. Never rejects. */
  close(): Promise<void>;
}

export interface SqlEngine {
  /** Rejects with SqlServerError 18456 (login failed) or 4060 (no such database). */
  login(request: LoginRequest): Promise<SqlSession>;
  /** Closes every session and stops PostgreSQL. */
  stop(): Promise<void>;
}
