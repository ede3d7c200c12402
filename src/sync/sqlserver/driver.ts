/** The `mssql` driver, brought in at the first connection so that starting up stays light. */
import type * as mssql from 'mssql';
import { ShopError } from '../errors';
import type { SqlServerSettings } from '../settings';

/** What is used of the driver. Pools and requests of its two flavours must not be mixed. */
export type Driver = Pick<typeof mssql, 'ConnectionPool' | 'Request'>;

/**
 * The flavour that the sign-in needs: `tedious` for logins with a password, `msnodesqlv8` (ODBC) for the user's own Windows
 * account. Rejects with `sql-windows-only` or `sql-driver-missing`.
 */
export async function loadDriver(
  authentication: SqlServerSettings['authentication'],
  platform: NodeJS.Platform = process.platform,
  importOdbc: () => Promise<{ readonly default: Driver }> = () => import('mssql/msnodesqlv8'),
): Promise<Driver> {
  if (authentication === 'password') return (await import('mssql')).default;
  if (platform !== 'win32')
    throw new ShopError(
      'sql-windows-only',
      'Windows Authentication works on Windows only.',
      'Sign in to SQL Server with a user name and a password; an account of a domain is written DOMAIN\\user.',
      { remedy: 'configure' },
    );
  try {
    return (await importOdbc()).default;
  } catch (cause) {
    throw new ShopError(
      'sql-driver-missing',
      'The driver for Windows Authentication is not installed.',
      'Install the package msnodesqlv8 beside shopMaster, or sign in with a user name and a password.',
      { cause, remedy: 'configure' },
    );
  }
}
