import assert from 'node:assert/strict';
import { ConnectionError, RequestError } from 'mssql';
import { codesOf, isOdbcDriverMissing, serverMessagesOf } from '../../../src/sync/sqlserver/driverErrors';
import { isConnectionLost } from '../../../src/sync/sqlserver/statementFailure';

/** An error as msnodesqlv8 makes it: `code` is SQL Server's number, or that of the network's error. */
function odbcError(sqlstate: string, code: number, message: string): Error {
  return Object.assign(new Error(message), { sqlstate, code });
}

describe('errors over ODBC', () => {
  it('tell a driver that is not installed in every language of Windows', () => {
    for (const message of [
      '[Microsoft][ODBC Driver Manager] Data source name not found and no default driver specified',
      '[Microsoft][Gestionnaire de pilotes ODBC] Source de données introuvable et nom de pilote non spécifié',
    ])
      assert.equal(isOdbcDriverMissing(new ConnectionError(message)), true, message);
  });

  it('don’t take what an installed driver says for a missing one', () => {
    for (const message of [
      "[Microsoft][ODBC Driver 17 for SQL Server][SQL Server]Login failed for user 'SHOP\\till'.",
      '[Microsoft][SQL Server Native Client 11.0]Délai d’attente de la connexion expiré',
      'something else',
    ])
      assert.equal(isOdbcDriverMissing(new ConnectionError(message)), false, message);
  });

  it('show SQL Server’s numbers and the SQLSTATE', () => {
    const caught = new RequestError(odbcError('40001', 1205, '[Microsoft][x][SQL Server]Interblocage'), 'EREQUEST');
    assert.ok(serverMessagesOf(caught).every(({ number }) => number === 1205));
    assert.ok(codesOf(caught).has('40001'));
  });

  it('tell that the connection is gone', () =>
    assert.equal(isConnectionLost(new RequestError(odbcError('08S01', 10054, 'TCP Provider'), 'EREQUEST')), true));
});
