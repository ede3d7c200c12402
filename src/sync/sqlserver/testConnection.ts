/** Test Connection: whether SQL Server lets this login in, and is new enough. */
import type { Log } from '../ports';
import type { SqlServerSettings } from '../settings';
import { SqlServerConnection } from './connection';
import { refuseOldServer } from './productTableInfo';
import { failingInSentences } from './statementFailure';
import { text } from './statements';

/** Resolves with the server's version, e.g. `16.0.4105.2`; rejects with a ShopError that says what is wrong. */
export async function testConnection(
  settings: SqlServerSettings,
  password: string,
  log: Log,
  signal: AbortSignal,
): Promise<string> {
  const connection = new SqlServerConnection(settings, password, 'reader', log);
  try {
    const runner = failingInSentences(connection, settings.server);
    const [rows] = await runner.batch(
      "SELECT CONVERT(NVARCHAR(128), SERVERPROPERTY('ProductVersion')) AS server_version;",
      signal,
    );
    const version = text(rows?.[0] ?? {}, 'server_version');
    refuseOldServer(version);
    return version;
  } finally {
    await connection.close();
  }
}
