import assert from 'node:assert/strict';
import { ShopError } from '../../../src/sync/errors';
import { loadDriver } from '../../../src/sync/sqlserver/driver';

describe('the driver', () => {
  it('is tedious for a login with a password, on every system', async () => {
    for (const platform of ['win32', 'linux', 'darwin'] as const)
      assert.equal(typeof (await loadDriver('password', platform)).ConnectionPool, 'function');
  });

  it('has no Windows Authentication elsewhere than on Windows', async () => {
    await assert.rejects(loadDriver('windows', 'linux'), (error) => {
      assert(error instanceof ShopError);
      assert.equal(error.code, 'sql-windows-only');
      assert.match(error.hint, /DOMAIN\\user/);
      return true;
    });
  });

  it('says so where the driver for Windows Authentication was not installed', async () => {
    const loading = loadDriver('windows', 'win32', () => Promise.reject(new Error("Cannot find module 'msnodesqlv8'")));
    await assert.rejects(loading, (error) => error instanceof ShopError && error.code === 'sql-driver-missing');
  });
});
