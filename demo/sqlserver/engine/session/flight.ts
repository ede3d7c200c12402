/**
 * Steps that go to PostgreSQL together, over its extended protocol: one trip for all of them, save for the step whose rows are
 * read as the client takes them. The first error ends the flight.
 */
import { DatabaseError, type FieldDef } from 'pg';

/** One PostgreSQL statement on its way. */
export interface Step {
  readonly sql: string;
  /** Parameters in PostgreSQL's text form. */
  readonly values?: readonly (string | null)[];
  /** Takes the rows; without it they are dropped. */
  readonly reader?: RowReader | undefined;
}

export interface RowReader {
  /** Called once, before the first row. */
  columns?(fields: readonly FieldDef[]): void;
  /** One row in PostgreSQL's text form. The next page of rows is not asked for before every promise has resolved. */
  row(values: readonly (string | null)[]): Promise<void> | void;
  /** Whether all rows may be read in one go: for results known to be short. */
  readonly short?: boolean;
}

/** What PostgreSQL said of a step: its command tag, and the number of rows in it (0 where there is none). */
export interface StepOutcome {
  readonly tag: string;
  readonly rowCount: number;
}

/** The part of `pg`'s connection that a flight uses; its published types leave out `rows`. */
export interface WireConnection {
  readonly stream: { cork(): void; uncork(): void };
  parse(query: { name: string; text: string }): void;
  bind(config: { portal: string; statement: string; values: readonly (string | null)[] }): void;
  describe(message: { type: 'P' | 'S'; name: string }): void;
  execute(config: { portal: string; rows: number }): void;
  close(message: { type: 'P' | 'S'; name: string }): void;
  flush(): void;
  sync(): void;
  once(event: 'readyForQuery', listener: () => void): unknown;
}

/** How a step's statement is known to PostgreSQL; `parse` where it must be sent first. */
export interface StatementHandle {
  readonly name: string;
  readonly parse: boolean;
}

export type PrepareStatement = (sql: string) => StatementHandle;

interface Page {
  reader: RowReader | undefined;
  readonly rows: (readonly (string | null)[])[];
}

/** Rows asked for at once, so that no more than twice as many lie in memory. */
const PAGE_ROWS = 1000;

/** `pg` hands the messages of the running query to these methods. */
export class Flight {
  readonly outcomes: StepOutcome[] = [];
  private sent = 0;
  private synced = false;
  /** Rows that have come and are not read yet, and who reads them. */
  private page: Page = { reader: undefined, rows: [] };
  private reading: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | undefined;
  private abandon!: () => void;
  private readonly abandoned: Promise<void>;
  private settle!: {
    readonly resolve: (outcomes: readonly StepOutcome[]) => void;
    readonly reject: (e: unknown) => void;
  };
  readonly done: Promise<readonly StepOutcome[]>;

  constructor(
    private readonly steps: readonly Step[],
    private readonly prepare: PrepareStatement,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.abandoned = new Promise((resolve) => (this.abandon = resolve));
  }

  /** Stops reading rows; the flight ends with this error. What PostgreSQL is doing must be cancelled apart from this. */
  stop(error: unknown): void {
    this.fail(error);
    this.abandon();
  }

  submit(connection: WireConnection): void {
    this.send(connection);
  }

  handleRowDescription(message: { readonly fields: readonly FieldDef[] }): void {
    this.guard(() => this.reader?.columns?.(message.fields));
  }

  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    const { reader } = this;
    if (reader === undefined || this.failure !== undefined) return;
    if (reader.short === true) this.guard(() => void reader.row(message.fields));
    else {
      this.page.reader = reader;
      this.page.rows.push(message.fields);
    }
  }

  /** A page is complete: the next one is asked for while this one is read, but not before the last one has been. */
  handlePortalSuspended(connection: WireConnection): void {
    const page = this.takePage();
    const before = this.reading;
    this.reading = before.then(() => this.read(page));
    void before.then(() => {
      if (this.failure !== undefined) {
        this.sync(connection);
        return;
      }
      connection.execute({ portal: '', rows: PAGE_ROWS });
      connection.flush();
    });
  }

  handleCommandComplete(message: { readonly text: string }, connection: WireConnection): void {
    const words = message.text.split(' ');
    const count = Number(words.at(-1));
    this.outcomes.push({ tag: words[0] ?? '', rowCount: Number.isNaN(count) ? 0 : count });
    this.goOn(connection);
  }

  handleEmptyQuery(connection: WireConnection): void {
    this.outcomes.push({ tag: '', rowCount: 0 });
    this.goOn(connection);
  }

  handleError(error: unknown, connection: WireConnection): void {
    this.failure ??= { error };
    this.takePage();
    this.sync(connection);
    const end = (): void => void this.reading.then(() => this.settle.reject(this.failure?.error));
    // A lost connection is never ready again.
    if (error instanceof DatabaseError && error.severity === 'ERROR') connection.once('readyForQuery', end);
    else end();
  }

  handleReadyForQuery(): void {
    void this.reading.then(() => {
      if (this.failure === undefined) this.settle.resolve(this.outcomes);
      else this.settle.reject(this.failure.error);
    });
  }

  private get reader(): RowReader | undefined {
    return this.steps[this.outcomes.length]?.reader;
  }

  /** Sends up to the next step whose rows come page by page, or all there is and Sync. */
  private send(connection: WireConnection): void {
    connection.stream.cork();
    try {
      for (const step of this.steps.slice(this.sent)) {
        this.sent += 1;
        const paged = step.reader !== undefined && step.reader.short !== true;
        this.sendStep(connection, step, paged);
        if (paged) {
          connection.flush();
          return;
        }
      }
      this.sync(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  private sendStep(connection: WireConnection, step: Step, paged: boolean): void {
    const statement = this.prepare(step.sql);
    if (statement.parse) connection.parse({ name: statement.name, text: step.sql });
    connection.bind({ portal: '', statement: statement.name, values: step.values ?? [] });
    if (step.reader?.columns !== undefined) connection.describe({ type: 'P', name: '' });
    connection.execute({ portal: '', rows: paged ? PAGE_ROWS : 0 });
  }

  private sync(connection: WireConnection): void {
    if (this.synced) return;
    this.synced = true;
    connection.sync();
  }

  /** After a step: reads what is left of its rows, then sends the rest. */
  private goOn(connection: WireConnection): void {
    const page = this.takePage();
    if (page.rows.length > 0) this.reading = this.reading.then(() => this.read(page));
    if (this.synced || this.outcomes.length < this.sent) return;
    if (this.failure !== undefined) this.sync(connection);
    else this.send(connection);
  }

  private takePage(): Page {
    const { page } = this;
    this.page = { reader: undefined, rows: [] };
    return page;
  }

  private async read({ reader, rows }: Page): Promise<void> {
    try {
      for (const values of rows) {
        if (this.failure !== undefined) return;
        const taken = reader?.row(values);
        if (taken !== undefined) await Promise.race([taken, this.abandoned]);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
  }
}
