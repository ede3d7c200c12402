import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { mock } from 'node:test';
import type { SqlServerSettings } from '../../../src/sync/settings';
import { tediousConfig } from '../../../src/sync/sqlserver/connectionConfig';
import { connectPromptly } from '../../../src/sync/sqlserver/serverSocket';

type Connector = (target: { host: string; port: number }) => Promise<net.Socket>;

describe('the socket of a connection', () => {
  let server: net.Server;
  let target: { host: string; port: number };

  beforeEach(async () => {
    server = net.createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  });
  afterEach(async () => {
    mock.restoreAll();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });

  for (const encrypt of [true, false])
    it(`sends the last piece of a long batch at once, ${encrypt ? 'encrypted' : 'unencrypted'}`, async () => {
      const setNoDelay = mock.method(net.Socket.prototype, 'setNoDelay');
      const settings: SqlServerSettings = {
        ...{ server: '127.0.0.1', database: 'Shop', table: 'Products', authentication: 'password', username: 'sa' },
        ...{ encrypt, trustServerCertificate: true },
      };
      const { options } = tediousConfig(settings, '', { host: target.host }, 'writer');
      const socket = await (options as { connector: Connector }).connector(target);
      const calls = setNoDelay.mock.calls.filter((call) => call.this === socket);
      assert.deepEqual(
        calls.map(({ arguments: [noDelay] }) => noDelay),
        [true],
      );
      socket.destroy();
    });

  it('is given up with the reason of whoever no longer wants it', async () => {
    const reason = new Error('enough');
    await assert.rejects(connectPromptly(target, undefined, AbortSignal.abort(reason)), reason);
  });

  it('is not made where the driver does not say where to', async () => {
    await assert.rejects(connectPromptly(), TypeError);
  });

  it('tells why none of the addresses could be reached', async () => {
    await assert.rejects(connectPromptly({ host: 'no-such-computer.invalid', port: 1 }), { code: 'ENOTFOUND' });
    server.close();
    await once(server, 'close');
    await assert.rejects(connectPromptly(target), (error: AggregateError) => {
      assert.equal((error.errors[0] as { code?: string }).code, 'ECONNREFUSED');
      return true;
    });
  });
});
