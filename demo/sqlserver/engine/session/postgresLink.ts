/** One session's connection to PostgreSQL: sends statements together, streams rows, remembers prepared statements. */
import type { Client } from 'pg';
import {
  Flight,
  type RowReader,
  type StatementHandle,
  type Step,
  type StepOutcome,
  type WireConnection,
} from './flight';

/** What `pg`'s client does with a query object of one's own. */
interface SubmittingClient {
  query(flight: Flight): unknown;
}

/** Statements are kept prepared, because most come again; more than this many are not worth their memory. */
const MOST_PREPARED = 300;
/** Longer statements hold their data and won't come again. */
const LONGEST_PREPARED = 8000;

export class PostgresLink {
  /** Their names. */
  private readonly statements = new Map<string, string>();
  /** Names that PostgreSQL holds for nothing any more. */
  private obsolete: string[] = [];
  private names = 0;
  private flight: Flight | undefined;

  constructor(private client: Client) {}

  /** Goes on with another connection: the session has changed its database. */
  attach(client: Client): void {
    this.client = client;
    this.statements.clear();
    this.obsolete = [];
  }

  /** Runs steps in one flight; rejects with PostgreSQL's error at the first that fails. */
  async run(steps: readonly Step[]): Promise<readonly StepOutcome[]> {
    const fresh: string[] = [];
    const flight = new Flight(steps, (sql) => this.prepare(sql, fresh));
    this.flight = flight;
    this.closeObsolete();
    (this.client as unknown as SubmittingClient).query(flight);
    try {
      return await flight.done;
    } catch (error) {
      // Whether they were parsed before the error is not worth finding out.
      for (const sql of fresh) this.forget(sql);
      throw error;
    } finally {
      this.flight = undefined;
    }
  }

  /** Runs one statement and gives its rows, which must be few. */
  async rows(sql: string, values: readonly (string | null)[] = []): Promise<readonly (readonly (string | null)[])[]> {
    const rows: (readonly (string | null)[])[] = [];
    const reader: RowReader = { short: true, row: (row) => void rows.push(row) };
    await this.run([{ sql, values, reader }]);
    return rows;
  }

  /** Forgets prepared statements: tables have changed under them. */
  forgetStatements(): void {
    for (const sql of [...this.statements.keys()]) this.forget(sql);
  }

  /** Stops reading what runs; whoever calls this also cancels it in PostgreSQL. */
  stop(error: unknown): void {
    this.flight?.stop(error);
  }

  private prepare(sql: string, fresh: string[]): StatementHandle {
    if (sql.length > LONGEST_PREPARED) return { name: '', parse: true };
    const known = this.statements.get(sql);
    if (known !== undefined) {
      // The least recently used one comes first.
      this.statements.delete(sql);
      this.statements.set(sql, known);
      return { name: known, parse: false };
    }
    this.names += 1;
    const name = `s${this.names}`;
    this.statements.set(sql, name);
    fresh.push(sql);
    this.evict();
    return { name, parse: true };
  }

  private evict(): void {
    if (this.statements.size <= MOST_PREPARED) return;
    const [oldest] = this.statements.keys();
    if (oldest !== undefined) this.forget(oldest);
  }

  private forget(sql: string): void {
    const name = this.statements.get(sql);
    this.statements.delete(sql);
    if (name !== undefined) this.obsolete.push(name);
  }

  private closeObsolete(): void {
    const { connection } = this.client as unknown as { readonly connection: WireConnection };
    for (const name of this.obsolete) connection.close({ type: 'S', name });
    this.obsolete = [];
  }
}
