/** What the sessions share: databases by name, and how to reach PostgreSQL. */
import type { Client } from 'pg';
import { DatabaseSchema } from './schema';
import { DatabaseWriters } from './writeTracker';

/** One database, as all of its sessions know it. */
export class Database {
  readonly schema = new DatabaseSchema();
  readonly writers = new DatabaseWriters();
  /** READ_COMMITTED_SNAPSHOT. */
  readCommittedSnapshot = false;

  constructor(readonly name: string) {}
}

export interface LoginFacts {
  readonly login: string;
  readonly hostName: string;
  readonly applicationName: string;
}

/** A session's connection to one database. */
export interface Attachment {
  readonly client: Client;
  readonly database: Database;
  /** The database's user that the login works as; `dbo` may do everything. */
  readonly user: string;
}

export interface DatabaseHost {
  /** Connects a login to a database; 4060 where there is none of that name or the login may not use it. */
  attach(database: string, processId: number, login: LoginFacts): Promise<Attachment>;
  /** Errors 1801, 5170 …. */
  create(name: string, collation: string | undefined): Promise<void>;
  /** False where there is no such database. Error 3702 while someone uses it. */
  drop(name: string): Promise<boolean>;
  exists(name: string): Promise<boolean>;
  /** ALTER DATABASE … SET: reads what the sessions must know of. */
  alter(name: string, option: string, value: string): Promise<void>;
  /** Cancels what a PostgreSQL backend is doing. Never rejects. */
  cancel(client: Client): Promise<void>;
}
