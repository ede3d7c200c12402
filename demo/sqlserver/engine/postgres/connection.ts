/** A connection to one database, its values as PostgreSQL writes them. */
import { Client, type ClientConfig, type QueryResult, type QueryResultRow } from 'pg';
import type { PostgresAddress } from './server';

const asText = { getTypeParser: () => (value: string) => value } as unknown as NonNullable<ClientConfig['types']>;

/** Backslash and space end a setting in the `options` of a connection. */
const escaped = (value: string): string => value.replace(/[\\ ]/g, (character) => `\\${character}`);

/**
 * Connects. Values arrive as text whatever their type. A connection that dies is noticed by its next query; `onLost` hears of it at once.
 */
export async function connect(
  address: PostgresAddress,
  database: string,
  settings: Readonly<Record<string, string>> = {},
  onLost: (error: Error) => void = () => undefined,
): Promise<Client> {
  const client = new Client({
    ...address,
    database,
    types: asText,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${escaped(value)}`)
      .join(' '),
  });
  client.on('error', onLost);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return client;
}

/** A connection that several ask at once: its queries wait for each other. */
export class SharedConnection {
  private last: Promise<unknown> = Promise.resolve();

  constructor(readonly client: Client) {}

  query<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<QueryResult<Row>> {
    const query = this.last.then(() => this.client.query<Row>(sql, [...values]));
    this.last = query.catch(() => undefined);
    return query;
  }
}
