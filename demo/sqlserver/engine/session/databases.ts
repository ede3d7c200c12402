/** The server's databases as the sessions reach them. */
import type { Client } from 'pg';
import { SqlServerError } from '../../contract';
import { SharedConnection } from '../postgres/connection';
import type { Instance } from '../postgres/instance';
import { type Attachment, Database, type DatabaseHost, type LoginFacts } from './database';

/** A session that has been told to end takes a moment. */
const LONGEST_FAREWELL = 2000;

export class Databases implements DatabaseHost {
  private readonly known = new Map<string, Database>();
  private cancelling: Promise<SharedConnection> | undefined;

  constructor(
    private readonly instance: Instance,
    private readonly endSessions: (database: string) => Promise<void>,
  ) {}

  async attach(name: string, processId: number, { login, hostName, applicationName }: LoginFacts): Promise<Attachment> {
    const facts = await this.instance.findDatabase(name);
    if (facts === undefined) throw cannotOpen(name);
    const client = await this.instance.connect(facts.name);
    try {
      const { rows } = await client.query<{ user: string | null }>('SELECT sys.database_user($1) AS user', [login]);
      const user = rows[0]?.user ?? null;
      if (user === null) throw cannotOpen(name);
      await client.query('SELECT sys.register_session($1, $2, $3, $4, $5)', [
        processId,
        login,
        user,
        hostName,
        applicationName,
      ]);
      return { client, database: await this.database(facts.name, client), user };
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  async create(name: string, collation: string | undefined): Promise<void> {
    await this.instance.createDatabase(name, collation);
  }

  async drop(name: string): Promise<boolean> {
    const facts = await this.instance.findDatabase(name);
    if (facts === undefined) return false;
    await this.droppedOnceFree(facts.name);
    this.known.delete(facts.name);
    return true;
  }

  async exists(name: string): Promise<boolean> {
    return (await this.instance.findDatabase(name)) !== undefined;
  }

  async alter(name: string, option: string, value: string): Promise<void> {
    const facts = await this.instance.findDatabase(name);
    if (facts === undefined) throw cannotOpen(name);
    if (option === 'SINGLE_USER' || option === 'RESTRICTED_USER' || option === 'OFFLINE') {
      await this.endSessions(facts.name);
      return;
    }
    if (option === 'MULTI_USER' || option === 'ONLINE' || option === 'READ_WRITE') return;
    const client = await this.instance.connect(facts.name);
    try {
      await client.query('SELECT sys.set_database_option($1, $2)', [option, value]);
      await this.readOptions(await this.database(facts.name, client), client);
    } finally {
      await client.end();
    }
  }

  async cancel(client: Client): Promise<void> {
    const { processID } = client as unknown as { readonly processID: number | null };
    try {
      this.cancelling ??= this.instance.connect('master').then((connection) => new SharedConnection(connection));
      await (await this.cancelling).query('SELECT pg_cancel_backend($1)', [processID]);
    } catch {
      // PostgreSQL is gone, and with it what was to be cancelled.
    }
  }

  private async database(name: string, client: Client): Promise<Database> {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const database = new Database(name);
    this.known.set(name, database);
    await this.readOptions(database, client);
    return database;
  }

  private async readOptions(database: Database, client: Client): Promise<void> {
    const { rows } = await client.query<{ snapshot: string | null }>(
      'SELECT is_read_committed_snapshot_on::int AS snapshot FROM sys.databases WHERE name = sys.db_name()',
    );
    database.readCommittedSnapshot = rows[0]?.snapshot === '1';
  }

  private async droppedOnceFree(name: string): Promise<void> {
    const deadline = performance.now() + LONGEST_FAREWELL;
    for (;;) {
      try {
        await this.instance.dropDatabase(name);
        return;
      } catch (error) {
        const inUse = error instanceof SqlServerError && error.number === 3702;
        if (!inUse || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

function cannotOpen(name: string): SqlServerError {
  return new SqlServerError(4060, `Cannot open database "${name}" requested by the login. The login failed.`, 11);
}
