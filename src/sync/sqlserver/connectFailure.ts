/** Why a connection could not be made, in sentences. Nothing here ever sees the password. */
import { ShopError, toError } from '../errors';
import { connectTimeoutMs } from './connectionConfig';
import { codesOf, serverMessagesOf, wordsOf, type ServerMessage } from './driverErrors';
import { notEncryptedCode } from './encryptedOnly';
import { describeServer, type ServerAddress } from './serverName';

export interface ConnectionTarget {
  readonly address: ServerAddress;
  readonly database: string;
  /** The login as the user knows it; empty with Windows Authentication. */
  readonly login: string;
}

const certificateCodes: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
const certificateWords =
  /self[- ]signed certificate|unable to verify|unable to get (?:local )?issuer|altnames|certificate has expired|certificate chain/i;
/** The account is not let in: wrong (18456), the server is changing (18401), a logon trigger (17892). */
const plainRefusals: readonly number[] = [18456, 18401, 17892];
const tlsWords = /SSL routines|TLS connection|ERR_SSL|EPROTO|ee key too small|md too weak|SSL Provider/i;

/** `serverMessages`: what SQL Server said while the connection was made; the driver's own error leaves its numbers out. */
export function connectFailure(
  caught: unknown,
  target: ConnectionTarget,
  serverMessages: readonly ServerMessage[],
): ShopError {
  if (caught instanceof ShopError) return caught;
  const cause = toError(caught);
  const messages = [...serverMessages, ...serverMessagesOf(caught)];
  return (
    loginFailure(target, messages, cause) ??
    nameFailure(target, cause) ??
    encryptionFailure(target, cause) ??
    networkFailure(target, cause)
  );
}

function loginFailure(
  target: ConnectionTarget,
  messages: readonly ServerMessage[],
  cause: Error,
): ShopError | undefined {
  const numbers = new Set(messages.map(({ number }) => number));
  const words = wordsOf(cause);
  const server = describeServer(target.address);
  const who = target.login === '' ? 'your Windows account' : `the login "${target.login}"`;
  const refused = (message: string, hint: string) =>
    new ShopError('sql-login-failed', message, hint, { cause, remedy: 'configure' });

  if (numbers.has(4060) || /Cannot open database/i.test(words))
    return new ShopError(
      'sql-database-unknown',
      `There is no database "${target.database}" on ${server}, or ${who} may not open it.`,
      'Check the database name, and that the login is a user of that database.',
      { cause, remedy: 'configure' },
    );
  if (numbers.has(18470)) return refused(`${server} has disabled ${who}.`, 'Have it enabled, or use another login.');
  if (numbers.has(18486)) return refused(`${server} has locked ${who}.`, 'Have it unlocked, or use another login.');
  if (numbers.has(18487) || numbers.has(18488))
    return refused(
      `The password of ${who} has expired or must be changed.`,
      'Set a new password in SQL Server, then type it here.',
    );
  // The same number for a SQL login where there are none, and for a Windows account that the server's domain doesn't know.
  if (numbers.has(18452) && (target.login === '' || target.login.includes('\\')))
    return refused(
      `${server} does not trust the domain of ${who}.`,
      "Use an account of the server's own domain, or a SQL login with its password.",
    );
  if (numbers.has(18452) || /Windows authentication only/i.test(words))
    return refused(
      `${server} accepts Windows accounts only, not ${who}.`,
      'Choose Windows Authentication, or turn on "SQL Server and Windows Authentication mode" in the properties of the server.',
    );
  if (numbers.has(18451) || numbers.has(18461))
    return refused(
      `Only an administrator can connect to ${server} at the moment.`,
      'Try again when its maintenance is over.',
    );
  // Said instead of a refusal: a database that is paused or moving (40613), too many connections (17809), a firewall (40615).
  const [said] = messages;
  if (said !== undefined && codesOf(cause).has('ELOGIN') && !plainRefusals.some((number) => numbers.has(number)))
    return new ShopError(
      'sql-server-unreachable',
      `${server} takes no connection at the moment: ${said.message}`,
      'shopMaster tries again; if it stays so, have a look at the server.',
      { cause, remedy: 'retry' },
    );
  if (plainRefusals.some((number) => numbers.has(number)) || codesOf(cause).has('ELOGIN'))
    return refused(
      `${server} refused ${who}.`,
      'Check the user name and the password, and that the server allows SQL Server logins ("SQL Server and Windows Authentication mode").',
    );
  return undefined;
}

function nameFailure({ address }: ConnectionTarget, cause: Error): ShopError | undefined {
  const codes = codesOf(cause);
  const { host, instance } = address;
  if (codes.has('ENOTFOUND') || codes.has('EAI_NONAME'))
    return new ShopError(
      'sql-server-not-found',
      `There is no computer named "${host}" in the network.`,
      'Check the server name; on this computer it is localhost or localhost\\SQLEXPRESS.',
      { cause, remedy: 'configure' },
    );
  if (codes.has('EAI_AGAIN'))
    return new ShopError(
      'sql-server-not-found',
      `The name "${host}" can't be looked up at the moment.`,
      'Check the network connection and the server name.',
      { cause, remedy: 'retry' },
    );
  if (instance === undefined) return undefined;
  if (/^Port for .* not found/im.test(wordsOf(cause)))
    return new ShopError(
      'sql-server-not-found',
      `SQL Server on ${host} has no instance "${instance}" that can be reached over TCP/IP.`,
      'Check the name of the instance, and turn on TCP/IP for it in SQL Server Configuration Manager.',
      { cause, remedy: 'configure' },
    );
  if (codes.has('EINSTLOOKUP') || codes.has('ETIMEOUT'))
    return new ShopError(
      'sql-browser-silent',
      `The port of ${host}\\${instance} is unknown, because SQL Server Browser (UDP port 1434) does not answer.`,
      `Start the service "SQL Server Browser" on ${host}, or write the port instead of the instance: ${host},1433.`,
      { cause, remedy: 'configure' },
    );
  return undefined;
}

function encryptionFailure(target: ConnectionTarget, cause: Error): ShopError | undefined {
  const codes = codesOf(cause);
  const words = wordsOf(cause);
  const server = describeServer(target.address);
  if ([...codes].some((code) => certificateCodes.has(code)) || certificateWords.test(words))
    return new ShopError(
      'sql-certificate-untrusted',
      `The certificate of ${server} can't be verified; SQL Server makes one for itself unless it is given another.`,
      'If it is your own server, trust its certificate (sqlServer.trustServerCertificate); the connection stays encrypted.',
      { cause, remedy: 'trust certificate' },
    );
  if (codes.has(notEncryptedCode))
    return new ShopError(
      'sql-not-encrypted',
      `${server} offers no encrypted connection; nothing was sent to it, the password neither.`,
      'SQL Server always can encrypt: check the server name, and that nobody stands between. Turn off encryption only in a network that you trust.',
      { cause, remedy: 'configure' },
    );
  if (codes.has('EENCRYPT'))
    return new ShopError(
      'settings-invalid',
      `${server} accepts encrypted connections only.`,
      'Turn on encryption in the settings.',
      { cause, remedy: 'configure' },
    );
  if ([...codes].some((code) => code.startsWith('ERR_SSL') || code === 'EPROTO') || tlsWords.test(words))
    return new ShopError(
      'sql-server-unreachable',
      `${server} and this computer have no version of TLS in common.`,
      'Install the updates of SQL Server and Windows there (TLS 1.2), or turn off encryption in a network that you trust.',
      { cause, remedy: 'configure' },
    );
  return undefined;
}

function networkFailure({ address }: ConnectionTarget, cause: Error): ShopError {
  const codes = codesOf(cause);
  const server = describeServer(address);
  const unreachable = (message: string, hint: string) =>
    new ShopError('sql-server-unreachable', message, hint, { cause, remedy: 'retry' });
  if (codes.has('ECONNREFUSED'))
    return unreachable(
      `Nothing answers at ${address.host}, port ${address.port ?? 1433}.`,
      'Check that SQL Server is running, that TCP/IP is turned on for it (SQL Server Configuration Manager), and its port.',
    );
  if (codes.has('ETIMEOUT') || codes.has('ETIMEDOUT') || codes.has('HYT00') || codes.has('08001'))
    return unreachable(
      `${server} did not answer within ${connectTimeoutMs / 1000} seconds.`,
      'Check that the computer is on, the network, and that its firewall lets SQL Server through.',
    );
  if (codes.has('EHOSTUNREACH') || codes.has('ENETUNREACH') || codes.has('EHOSTDOWN') || codes.has('EADDRNOTAVAIL'))
    return unreachable(`There is no way through the network to ${server}.`, 'Check the network and the server name.');
  if (codes.has('ECONNRESET') || codes.has('EPIPE') || codes.has('ESOCKET'))
    return unreachable(
      `${server} broke off the connection while it was being made.`,
      'Check that the port is the one of SQL Server, then try again.',
    );
  return unreachable(
    `${server} can't be reached: ${cause.message}`,
    'Check the server name and that SQL Server is running.',
  );
}
