/** A stand-in's PostgreSQL for the tests of its prelude: one database, one connection, no T-SQL in between. */
import { strict as assert } from 'node:assert';
import { type Client, DatabaseError } from 'pg';
import type { SqlServerError } from '../../demo/sqlserver/contract';
import { catalogLoader } from '../../demo/sqlserver/engine/postgres/catalog';
import { mapError } from '../../demo/sqlserver/engine/postgres/errors';
import { Instance } from '../../demo/sqlserver/engine/postgres/instance';

export class PostgresFixture {
  readonly loadCatalog = catalogLoader();

  private constructor(
    readonly instance: Instance,
    readonly client: Client,
    private readonly others: Client[],
  ) {}

  static async start(collation?: string): Promise<PostgresFixture> {
    const instance = await Instance.start({ saPassword: 'Secret-1' });
    await instance.createDatabase('Shop', collation);
    return new PostgresFixture(instance, await instance.connect('Shop'), []);
  }

  /** One more connection to the same database. */
  async another(): Promise<Client> {
    const client = await this.instance.connect('Shop');
    this.others.push(client);
    return client;
  }

  async run(sql: string): Promise<void> {
    await this.client.query(sql);
  }

  async rows(sql: string): Promise<(string | null)[][]> {
    return (await this.client.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows;
  }

  /** The one row that a list of expressions gives. */
  async values(...expressions: readonly string[]): Promise<(string | null)[]> {
    const [row = []] = await this.rows(`SELECT ${expressions.join(', ')}`);
    return row;
  }

  /** The first column. */
  async list(sql: string): Promise<(string | null)[]> {
    return (await this.rows(sql)).map(([first = null]) => first);
  }

  /** SQL Server's error that a statement ends in. */
  async error(sql: string, client = this.client): Promise<SqlServerError> {
    const catalog = await this.loadCatalog(this.client);
    try {
      await client.query(sql);
    } catch (error) {
      assert.ok(error instanceof DatabaseError, String(error));
      return mapError(error, catalog);
    }
    return assert.fail(`no error from ${sql}`);
  }

  async errorNumber(sql: string): Promise<number> {
    return (await this.error(sql)).number;
  }

  async stop(): Promise<void> {
    await Promise.all([this.client, ...this.others].map((client) => client.end()));
    await this.instance.stop();
  }
}
