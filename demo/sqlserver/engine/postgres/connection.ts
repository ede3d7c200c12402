/** A connection to one database, its values as PostgreSQL writes them. */
import { Client, type ClientConfig } from 'pg';
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
