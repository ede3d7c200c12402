/** A running instance: PostgreSQL with its databases, and `master` among them. */
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { SqlServerError } from '../../contract';
import { connect, SharedConnection } from './connection';
import { defaultCollation, findCollation } from './prelude/collations';
import { prelude } from './prelude/index';
import { type PostgresAddress, type PostgresOptions, startPostgres } from './server';

export interface InstanceOptions extends PostgresOptions {
  readonly saPassword: string;
  /** Of the server and of databases that name none. */
  readonly collation?: string;
  /** @@SERVERNAME. */
  readonly serverName?: string;
}

export interface DatabaseFacts {
  /** As it was created. */
  readonly name: string;
  readonly collation: string;
}

export interface LoginFacts {
  /** As it was created. */
  readonly name: string;
  readonly defaultDatabase: string;
  readonly disabled: boolean;
}

/** PostgreSQL cuts longer names. */
const longestName = 63;
/** Databases of PostgreSQL's own. */
const reserved = new Set(['postgres', 'template0', 'template1', 'tempdb', 'model', 'msdb']);

export class Instance {
  private readonly templates = new Map<string, Promise<string>>();

  private constructor(
    readonly address: PostgresAddress,
    /** The server's collation name. */
    readonly collation: string,
    private readonly settings: Readonly<Record<string, string>>,
    /** Connected to `master` once there is one. */
    private administration: SharedConnection,
    private readonly stopPostgres: () => Promise<void>,
  ) {}

  /** Starts PostgreSQL, makes `master` and the login `sa`. */
  static async start(options: InstanceOptions): Promise<Instance> {
    const collation = findCollation(options.collation ?? defaultCollation);
    if (collation === undefined) throw new Error(`Unknown collation ${String(options.collation)}`);
    const server = await startPostgres(options);
    try {
      const settings = { 'sys.server_name': options.serverName ?? 'localhost' };
      const instance = new Instance(
        server.address,
        collation,
        settings,
        new SharedConnection(await connect(server.address, 'postgres')),
        () => server.stop(),
      );
      await instance.createMaster(options.saPassword);
      return instance;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** A connection to a database by its true name. Its sessions register themselves (`sys.register_session`). */
  async connect(database: string, onLost?: (error: Error) => void): Promise<Client> {
    return connect(this.address, database, this.settings, onLost);
  }

  /** Rejects with 1801 where the name is taken, 448 for an unknown collation, 103 for a name too long. */
  async createDatabase(name: string, collation: string = this.collation): Promise<void> {
    const known = findCollation(collation);
    if (known === undefined) throw new SqlServerError(448, `Invalid collation '${collation}'.`);
    if (Buffer.byteLength(name) > longestName)
      throw new SqlServerError(
        103,
        `The identifier that starts with '${name.slice(0, longestName)}' is too long. Maximum length is ${longestName}.`,
        15,
        4,
      );
    if (reserved.has(name.toLowerCase()) || (await this.findDatabase(name)) !== undefined)
      throw new SqlServerError(1801, `Database '${name}' already exists. Choose a different database name.`, 16, 3);
    const template = await this.template(known);
    await this.administration.query(
      `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)} STRATEGY FILE_COPY`,
    );
    const facts = { collation: known, created: new Date().toISOString(), owner: 'sa' };
    await this.administration.query(
      `COMMENT ON DATABASE ${escapeIdentifier(name)} IS ${escapeLiteral(JSON.stringify(facts))}`,
    );
  }

  /** Rejects with 3701 where there is none, 3702 while somebody is connected to it, 3708 for `master`. */
  async dropDatabase(name: string): Promise<void> {
    const database = await this.findDatabase(name);
    if (database === undefined)
      throw new SqlServerError(
        3701,
        `Cannot drop the database '${name}', because it does not exist or you do not have permission.`,
        11,
      );
    if (database.name === 'master')
      throw new SqlServerError(3708, `Cannot drop the database 'master' because it is a system database.`, 16, 5);
    try {
      await this.administration.query(`DROP DATABASE ${escapeIdentifier(database.name)}`);
    } catch (cause) {
      throw new SqlServerError(
        3702,
        `Cannot drop database "${database.name}" because it is currently in use.`,
        16,
        3,
        1,
        undefined,
        { cause },
      );
    }
  }

  async findDatabase(name: string): Promise<DatabaseFacts | undefined> {
    const wanted = name.toLowerCase();
    return (await this.databases()).find((database) => database.name.toLowerCase() === wanted);
  }

  async databases(): Promise<DatabaseFacts[]> {
    const { rows } = await this.administration.query<DatabaseFacts>(`
      SELECT datname AS name, shobj_description(oid, 'pg_database')::json->>'collation' AS collation
      FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY oid`);
    return rows;
  }

  /** The login, where name and password are right. */
  async verifyLogin(name: string, password: string): Promise<LoginFacts | undefined> {
    const { rows } = await this.administration.query<{ name: string; default_database: string; disabled: string }>(
      'SELECT * FROM sys.verify_login($1, $2)',
      [name, password],
    );
    const [row] = rows;
    return row && { name: row.name, defaultDatabase: row.default_database, disabled: row.disabled === 't' };
  }

  /** Ends every session and deletes everything. */
  async stop(): Promise<void> {
    this.administration.client.removeAllListeners('error').on('error', () => undefined);
    await this.stopPostgres();
  }

  private async createMaster(saPassword: string): Promise<void> {
    await this.createDatabase('master');
    const { client: postgres } = this.administration;
    this.administration = new SharedConnection(await this.connect('master'));
    await postgres.end();
    await this.administration.query('SELECT sys.create_login($1, $2)', ['sa', saPassword]);
    await this.administration.query(`SELECT sys.add_server_role_member('sysadmin', 'sa')`);
  }

  /** The template of a collation's databases; made when the first one is asked for. */
  private async template(collation: string): Promise<string> {
    const known = this.templates.get(collation);
    if (known !== undefined) return known;
    const made = this.makeTemplate(collation);
    this.templates.set(collation, made);
    return made;
  }

  private async makeTemplate(collation: string): Promise<string> {
    const name = `template ${collation}`;
    await this.administration.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0 IS_TEMPLATE true`);
    const client = await this.connect(name);
    await client.query(['BEGIN', ...prelude(collation), 'COMMIT'].join(';\n'));
    await client.end();
    return name;
  }
}
