import assert from 'node:assert/strict';
import { ConnectionError } from 'mssql';
import { ShopError, type ErrorCode, type Remedy } from '../../../src/sync/errors';
import { connectFailure, type ConnectionTarget } from '../../../src/sync/sqlserver/connectFailure';
import type { ServerMessage } from '../../../src/sync/sqlserver/driverErrors';

const target: ConnectionTarget = { address: { host: 'kasse' }, database: 'Shop', login: 'sa' };
const instance: ConnectionTarget = { ...target, address: { host: 'kasse', instance: 'SQLEXPRESS' } };

/** An error as tedious makes it of a failed socket, wrapped by the driver. */
function socketError(code: string, message: string, ...more: Error[]): Error {
  const system = Object.assign(new Error(message), { code });
  const cause = more.length === 0 ? system : new AggregateError([system, ...more], 'Could not connect (sequence)');
  const tedious = Object.assign(new Error(`Failed to connect to kasse:1433 - ${cause.message}`, { cause }), {
    code: 'ESOCKET',
  });
  return new ConnectionError(tedious);
}

function driverError(code: string, message: string, cause?: Error): Error {
  return new ConnectionError(Object.assign(new Error(message, { cause }), { code }));
}

interface Case {
  readonly name: string;
  readonly caught: unknown;
  readonly said?: readonly ServerMessage[];
  readonly target?: ConnectionTarget;
  readonly code: ErrorCode;
  readonly message: RegExp;
  readonly hint: RegExp;
  readonly remedy: Remedy;
}

const loginFailed = driverError('ELOGIN', "Login failed for user 'sa'.");
const cases: readonly Case[] = [
  {
    name: 'an unknown server',
    caught: socketError('ENOTFOUND', 'getaddrinfo ENOTFOUND kasse'),
    code: 'sql-server-not-found',
    message: /no computer named "kasse"/,
    hint: /Check the server name/,
    remedy: 'configure',
  },
  {
    name: 'a name service that is away',
    caught: socketError('EAI_AGAIN', 'getaddrinfo EAI_AGAIN kasse'),
    code: 'sql-server-not-found',
    message: /can't be looked up at the moment/,
    hint: /network connection/,
    remedy: 'retry',
  },
  {
    name: 'a wrong port',
    caught: socketError(
      'ECONNREFUSED',
      'connect ECONNREFUSED ::1:1433',
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
    ),
    code: 'sql-server-unreachable',
    message: /Nothing answers at kasse, port 1433/,
    hint: /SQL Server is running/,
    remedy: 'retry',
  },
  {
    name: 'a server that keeps silent',
    caught: driverError('ETIMEOUT', 'Failed to connect to kasse:1433 in 15000ms'),
    code: 'sql-server-unreachable',
    message: /did not answer within 15 seconds/,
    hint: /firewall/,
    remedy: 'retry',
  },
  {
    name: 'a network without a way to the server',
    caught: socketError('EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.9:1433'),
    code: 'sql-server-unreachable',
    message: /no way through the network/,
    hint: /Check the network/,
    remedy: 'retry',
  },
  {
    name: 'a port that is not of SQL Server',
    caught: driverError(
      'ESOCKET',
      'Connection lost - socket hang up',
      Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    ),
    code: 'sql-server-unreachable',
    message: /broke off the connection/,
    hint: /port is the one of SQL Server/,
    remedy: 'retry',
  },
  {
    name: 'SQL Server Browser keeping silent',
    caught: driverError('ETIMEOUT', 'Failed to connect to kasse\\SQLEXPRESS in 15000ms'),
    target: instance,
    code: 'sql-browser-silent',
    message: /UDP port 1434/,
    hint: /kasse,1433/,
    remedy: 'configure',
  },
  {
    name: 'SQL Server Browser giving up',
    caught: driverError('EINSTLOOKUP', 'Failed to get response from SQL Server Browser on kasse'),
    target: instance,
    code: 'sql-browser-silent',
    message: /SQL Server Browser/,
    hint: /kasse,1433/,
    remedy: 'configure',
  },
  {
    name: 'an instance that is not there',
    caught: driverError('EINSTLOOKUP', 'Port for SQLEXPRESS not found in kasse'),
    target: instance,
    code: 'sql-server-not-found',
    message: /no instance "SQLEXPRESS"/,
    hint: /name of the instance/,
    remedy: 'configure',
  },
  {
    name: 'an unknown server with an instance',
    caught: driverError(
      'EINSTLOOKUP',
      'getaddrinfo ENOTFOUND kasse',
      Object.assign(new Error('x'), { code: 'ENOTFOUND' }),
    ),
    target: instance,
    code: 'sql-server-not-found',
    message: /no computer named "kasse"/,
    hint: /Check the server name/,
    remedy: 'configure',
  },
  {
    name: 'a server that takes nobody at the moment',
    caught: driverError('ELOGIN', 'Login failed.'),
    said: [{ number: 40613, message: 'Database Shop on server kasse is not currently available.' }],
    code: 'sql-server-unreachable',
    message: /takes no connection at the moment: Database Shop on server kasse is not currently available\./,
    hint: /tries again/,
    remedy: 'retry',
  },
  {
    name: 'a wrong account over ODBC, in another language',
    caught: Object.assign(new ConnectionError('[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Échec.'), {
      code: 18456,
    }),
    target: { ...target, login: '' },
    code: 'sql-login-failed',
    message: /kasse refused your Windows account/,
    hint: /allows SQL Server logins/,
    remedy: 'configure',
  },
  {
    name: 'a wrong password',
    caught: loginFailed,
    said: [{ number: 18456, message: "Login failed for user 'sa'." }],
    code: 'sql-login-failed',
    message: /kasse refused the login "sa"/,
    hint: /user name and the password/,
    remedy: 'configure',
  },
  {
    name: 'a refused login without a number',
    caught: loginFailed,
    code: 'sql-login-failed',
    message: /refused the login "sa"/,
    hint: /user name and the password/,
    remedy: 'configure',
  },
  {
    name: 'a disabled login',
    caught: loginFailed,
    said: [{ number: 18470, message: "Login failed for user 'sa'. Reason: The account is disabled." }],
    code: 'sql-login-failed',
    message: /has disabled the login "sa"/,
    hint: /enabled/,
    remedy: 'configure',
  },
  {
    name: 'a locked login',
    caught: loginFailed,
    said: [{ number: 18486, message: 'locked out' }],
    code: 'sql-login-failed',
    message: /has locked the login "sa"/,
    hint: /unlocked/,
    remedy: 'configure',
  },
  {
    name: 'an expired password',
    caught: loginFailed,
    said: [{ number: 18488, message: 'The password of the account must be changed.' }],
    code: 'sql-login-failed',
    message: /has expired or must be changed/,
    hint: /new password/,
    remedy: 'configure',
  },
  {
    name: 'a server for Windows accounts only',
    caught: loginFailed,
    said: [{ number: 18452, message: 'The login is from an untrusted domain' }],
    code: 'sql-login-failed',
    message: /accepts Windows accounts only/,
    hint: /Choose Windows Authentication/,
    remedy: 'configure',
  },
  {
    name: 'a Windows account of a domain that the server does not trust',
    caught: loginFailed,
    target: { ...target, login: 'SHOP\\joe' },
    said: [{ number: 18452, message: 'The login is from an untrusted domain' }],
    code: 'sql-login-failed',
    message: /does not trust the domain of the login "SHOP\\joe"/,
    hint: /SQL login/,
    remedy: 'configure',
  },
  {
    name: 'a refused Windows account',
    caught: loginFailed,
    target: { ...target, login: '' },
    code: 'sql-login-failed',
    message: /refused your Windows account/,
    hint: /Check/,
    remedy: 'configure',
  },
  {
    name: 'a server in maintenance',
    caught: loginFailed,
    said: [{ number: 18461, message: 'Server is in single user mode.' }],
    code: 'sql-login-failed',
    message: /Only an administrator/,
    hint: /maintenance/,
    remedy: 'configure',
  },
  {
    name: 'an unknown database, though the login is refused along with it',
    caught: loginFailed,
    said: [
      { number: 4060, message: 'Cannot open database "Shop" requested by the login. The login failed.' },
      { number: 18456, message: "Login failed for user 'sa'." },
    ],
    code: 'sql-database-unknown',
    message: /no database "Shop" on kasse/,
    hint: /Check the database name/,
    remedy: 'configure',
  },
  ...[
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"],
    ['CERT_HAS_EXPIRED', 'certificate has expired'],
  ].map(([code = '', message = '']): Case => ({
    name: `a certificate that is refused (${code})`,
    caught: socketError(code, message),
    code: 'sql-certificate-untrusted',
    message: /certificate of kasse can't be verified/,
    hint: /trust its certificate/,
    remedy: 'trust certificate',
  })),
  {
    name: 'a certificate that is refused, known by its words alone',
    caught: driverError('ESOCKET', 'Failed to connect to kasse:1433 - self-signed certificate'),
    code: 'sql-certificate-untrusted',
    message: /can't be verified/,
    hint: /trust/,
    remedy: 'trust certificate',
  },
  {
    name: 'a server with an outdated TLS',
    caught: socketError('ERR_SSL_UNSUPPORTED_PROTOCOL', 'error:0A000102:SSL routines::unsupported protocol'),
    code: 'sql-server-unreachable',
    message: /no version of TLS in common/,
    hint: /TLS 1\.2/,
    remedy: 'configure',
  },
  {
    name: 'a server that does not encrypt',
    caught: socketError('ENOTENCRYPTED', 'unencrypted data was held back'),
    code: 'sql-not-encrypted',
    message: /kasse offers no encrypted connection; nothing was sent to it, the password neither/,
    hint: /check the server name, and that nobody stands between/,
    remedy: 'configure',
  },
  {
    name: 'a server that wants encryption',
    caught: driverError('EENCRYPT', "Server requires encryption, set 'encrypt' config option to true."),
    code: 'settings-invalid',
    message: /encrypted connections only/,
    hint: /Turn on encryption/,
    remedy: 'configure',
  },
  {
    name: 'anything else',
    caught: 'odd',
    code: 'sql-server-unreachable',
    message: /can't be reached: odd/,
    hint: /Check the server name/,
    remedy: 'retry',
  },
];

describe('a connection that fails', () => {
  for (const { name, caught, said = [], target: to = target, code, message, hint, remedy } of cases)
    it(`has a sentence for ${name}`, () => {
      const failure = connectFailure(caught, to, said);
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
      assert.match(failure.hint, hint);
      assert.equal(failure.remedy, remedy);
      assert(failure.cause instanceof Error);
    });

  it('keeps what already is a sentence', () => {
    const failure = new ShopError('sql-windows-only', 'No.', 'Do.');
    assert.equal(connectFailure(failure, target, []), failure);
  });
});
