/** Settings as the driver wants them. */
import { isIP } from 'node:net';
import type * as mssql from 'mssql';
import type { SqlServerSettings } from '../settings';
import { connectEncryptedOnly } from './encryptedOnly';
import type { ServerAddress } from './serverName';
import { connectPromptly } from './serverSocket';

export const connectTimeoutMs = 15_000;
export const requestTimeoutMs = 120_000;
/** A batch waits its turn on the one connection of its pool. */
const turnTimeoutMs = 10 * 60_000;

export const applicationName = 'shopMaster';

/** What a connection is for: `writer` holds the writer lock, so the pool never lets it go; `reader` may rest. */
export type ConnectionRole = 'writer' | 'reader';

/** The pool of one connection over tedious: a SQL login, or NTLM for `DOMAIN\user`. */
export function tediousConfig(
  settings: SqlServerSettings,
  password: string,
  address: ServerAddress,
  role: ConnectionRole,
): mssql.config {
  const { domain, user } = splitLogin(settings.username);
  const { host, port, instance } = address;
  return {
    server: host,
    ...(port === undefined ? {} : { port }),
    database: settings.database,
    ...(domain === undefined ? {} : { domain }),
    user,
    password,
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // A look at the socket costs nothing; the default, a SELECT 1, is a round trip more for every batch.
    validateConnection: 'socket',
    pool: poolOptions(role),
    options: {
      appName: applicationName,
      encrypt: settings.encrypt,
      trustServerCertificate: settings.trustServerCertificate,
      connector: settings.encrypt ? connectEncryptedOnly : connectPromptly,
      // TLS has no server names that are addresses (RFC 6066), and Node warns of them; unverified, any name will do.
      ...(settings.trustServerCertificate && isIP(host) !== 0 ? { serverName: 'localhost' } : {}),
      ...(instance === undefined ? {} : { instanceName: instance }),
      useUTC: false,
      enableArithAbort: true,
      // An unknown database (4060) counts as transient there and would be tried for seconds.
      maxRetriesOnTransientErrors: 0,
    },
  };
}

/** The same over ODBC, for the user's own Windows account. */
export function odbcConfig(
  settings: SqlServerSettings,
  address: ServerAddress,
  role: ConnectionRole,
  odbcDriver: string,
): mssql.config & { readonly connectionString: string } {
  return {
    server: address.host,
    connectionString: odbcConnectionString(settings, address, odbcDriver),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    validateConnection: false,
    pool: poolOptions(role),
    options: { useUTC: false, trustedConnection: true },
  };
}

/** Microsoft's ODBC drivers for SQL Server, newest first; a computer has one of them. */
export const odbcDrivers: readonly string[] = [
  'ODBC Driver 18 for SQL Server',
  'ODBC Driver 17 for SQL Server',
  'ODBC Driver 13 for SQL Server',
  'SQL Server Native Client 11.0',
  'SQL Server',
];

export function odbcConnectionString(settings: SqlServerSettings, address: ServerAddress, odbcDriver: string): string {
  const { host, port, instance } = address;
  const server = port === undefined ? (instance === undefined ? host : `${host}\\${instance}`) : `${host},${port}`;
  const attributes: readonly [string, string][] = [
    ['Driver', odbcDriver],
    ['Server', server],
    ['Database', settings.database],
    ['Trusted_Connection', 'Yes'],
    ['Encrypt', settings.encrypt ? 'Yes' : 'No'],
    ['TrustServerCertificate', settings.trustServerCertificate ? 'Yes' : 'No'],
    ['APP', applicationName],
    // Dates and messages as over tedious, whatever the account's own language is.
    ['Language', 'us_english'],
  ];
  return attributes.map(([key, value]) => `${key}=${odbcValue(value)};`).join('');
}

/** In braces nothing but the closing brace is special (ODBC: SQLDriverConnect). */
function odbcValue(value: string): string {
  return /^[\w.,\\-]*$/.test(value) ? value : `{${value.replaceAll('}', '}}')}}`;
}

/** `DOMAIN\user` is an account of Windows; anything else is a SQL login. */
function splitLogin(username: string): { domain?: string; user: string } {
  const [, domain, user] = /^([^\\]+)\\(.+)$/.exec(username) ?? [];
  return domain !== undefined && user !== undefined ? { domain, user } : { user: username };
}

function poolOptions(role: ConnectionRole): NonNullable<mssql.config['pool']> {
  return {
    min: role === 'writer' ? 1 : 0,
    max: 1,
    idleTimeoutMillis: 5 * 60_000,
    acquireTimeoutMillis: turnTimeoutMs,
  };
}
