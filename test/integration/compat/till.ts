/** The shop's own point-of-sale program at its connection, with everything that it gets to see from the server. */
import { isIP } from 'node:net';
import { Connection, Request, TYPES } from 'tedious';
import type { SqlServerSettings } from '../../../src/sync/settings';
import { parseServerName } from '../../../src/sync/sqlserver/serverName';

/** One thing that came from the server, in the order in which it came. */
export type Seen =
  | { readonly columns: readonly string[] }
  | { readonly row: readonly unknown[] }
  /** A row count; statements that tell none are not seen. */
  | { readonly count: number }
  | { readonly status: number }
  | { readonly message: number; readonly text: string; readonly line: number; readonly procedure: string }
  | {
      readonly error: number;
      readonly severity: number;
      readonly state: number;
      readonly text: string;
      readonly line: number;
      readonly procedure: string;
    };

/** A statement with `@1`, `@2`, … for these values, prepared once and run for each list. */
export interface Prepared {
  readonly prepared: string;
  readonly runs: readonly (readonly string[])[];
}

/** A batch as it is sent, a call through sp_executesql, or a prepared statement. */
export type Action = string | { readonly executeSql: string; readonly values: readonly string[] } | Prepared;

export interface Login {
  readonly username: string;
  readonly password: string;
}

const wide = { length: 400 };

interface ServerToken {
  readonly number: number;
  readonly state: number;
  readonly class: number;
  readonly message: string;
  readonly procName: string;
  readonly lineNumber: number;
}

export class Till {
  private seen: Seen[] = [];

  private constructor(
    private readonly connection: Connection,
    private readonly database: string,
  ) {
    connection.on('infoMessage', ({ number, message, lineNumber, procName }: ServerToken) => {
      this.seen.push({ message: number, text: this.general(message), line: lineNumber, procedure: procName });
    });
    connection.on('errorMessage', (token: ServerToken) => {
      const { number, state, message, lineNumber, procName } = token;
      this.seen.push({
        error: number,
        severity: token.class,
        state,
        text: this.general(message),
        line: lineNumber,
        procedure: procName,
      });
    });
    connection.on('error', () => undefined);
  }

  static async open(settings: SqlServerSettings, { username, password }: Login): Promise<Till> {
    const address = parseServerName(settings.server);
    if (!address.ok) throw new Error(address.reason);
    const { host, port, instance } = address.value;
    const connection = new Connection({
      server: host,
      authentication: { type: 'default', options: { userName: username, password } },
      options: {
        ...(port === undefined ? {} : { port }),
        ...(instance === undefined ? {} : { instanceName: instance }),
        database: settings.database,
        encrypt: settings.encrypt,
        trustServerCertificate: settings.trustServerCertificate,
        ...(isIP(host) === 0 ? {} : { serverName: 'localhost' }),
        appName: 'Till',
      },
    });
    await new Promise<void>((resolve, reject) => {
      connection.connect((failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      });
    });
    return new Till(connection, settings.database);
  }

  /** What the server answered; an error of the statement is a part of it. */
  async run(action: Action): Promise<readonly Seen[]> {
    this.seen = [];
    if (typeof action === 'string') await this.request(action, (request) => this.connection.execSqlBatch(request));
    else if ('executeSql' in action) await this.executeSql(action.executeSql, action.values);
    else await this.executePrepared(action);
    return this.seen;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.connection.once('end', resolve);
      this.connection.close();
    });
  }

  private executeSql(text: string, values: readonly string[]): Promise<void> {
    return this.request(text, (request) => {
      values.forEach((value, index) => request.addParameter(String(index + 1), TYPES.NVarChar, value, wide));
      this.connection.execSql(request);
    });
  }

  private async executePrepared({ prepared, runs }: Prepared): Promise<void> {
    let settle: () => void = () => undefined;
    const request = this.listening(new Request(prepared, () => settle()));
    const next = (begin: () => void) =>
      new Promise<void>((resolve) => {
        settle = resolve;
        begin();
      });
    (runs[0] ?? []).forEach((_, index) => request.addParameter(String(index + 1), TYPES.NVarChar, null, wide));
    await next(() => {
      request.once('prepared', () => settle());
      this.connection.prepare(request);
    });
    for (const values of runs)
      await next(() => {
        const named = Object.fromEntries(values.map((value, index) => [String(index + 1), value]));
        this.connection.execute(request, named);
      });
    await next(() => this.connection.unprepare(request));
  }

  /** Errors are in what was seen. */
  private request(text: string, send: (request: Request) => void): Promise<void> {
    return new Promise((resolve) => {
      send(this.listening(new Request(text, () => resolve())));
    });
  }

  private listening(request: Request): Request {
    const count = (rows: number | undefined): void => {
      if (rows !== undefined) this.seen.push({ count: rows });
    };
    request.on('columnMetadata', (columns) => {
      const list = Array.isArray(columns) ? columns : Object.values(columns);
      this.seen.push({ columns: list.map(({ colName, type }) => `${colName} ${type.name}`) });
    });
    request.on('row', (columns: readonly { readonly value: unknown }[]) => {
      this.seen.push({ row: columns.map(({ value }) => value) });
    });
    request.on('done', count);
    request.on('doneInProc', count);
    request.on('doneProc', (rows, _more, status: number | undefined) => {
      count(rows);
      if (status !== undefined) this.seen.push({ status });
    });
    return request;
  }

  /** Without the database's name, the one thing that may differ. */
  private general(text: string): string {
    return text.replaceAll(this.database, '<database>');
  }
}
