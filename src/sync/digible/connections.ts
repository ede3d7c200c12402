/** Kept connections to Digible. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../ports';

export interface ConnectionTiming {
  /** Milliseconds to establish a connection, name lookup and TLS included. */
  readonly connectMs: number;
  /** Milliseconds that an idle connection is kept: less than servers do, or requests would meet a closing connection. */
  readonly idleMs: number;
}

/** More than the engine has requests in flight; only a guard against a flood of connections. */
const mostConnections = 64;

export function createAgent(protocol: string, timing: ConnectionTiming, clock: Clock): http.Agent {
  const options = { keepAlive: true, noDelay: true, maxSockets: mostConnections, timeout: timing.idleMs };
  // Said aloud, so that no NODE_TLS_REJECT_UNAUTHORIZED of the environment lets somebody else pretend to be Digible.
  const agent =
    protocol === 'https:' ? new https.Agent({ ...options, rejectUnauthorized: true }) : new http.Agent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (connection, callback) => {
    const socket = connect(connection, callback);
    watchConnecting(socket as Socket, protocol === 'https:' ? 'secureConnect' : 'connect', timing.connectMs, clock);
    return socket;
  };
  return agent;
}

/**
 * Marks errors before the connection is ready with `syscall: 'connect'`, as Node does for TCP alone: a handshake that breaks
 * looks like a broken connection otherwise, and only here it is known that nothing was sent.
 */
function watchConnecting(socket: Socket, readyEvent: string, connectMs: number, clock: Clock): void {
  const connected = new AbortController();
  const end = (): void => connected.abort();
  const mark = (error: Error): void => {
    if (!connected.signal.aborted) Object.assign(error, { syscall: 'connect' });
  };
  socket.prependOnceListener('error', mark);
  socket.once(readyEvent, () => {
    end();
    socket.removeListener('error', mark);
  });
  socket.once('close', end);
  clock.sleep(connectMs, connected.signal).then(
    () => {
      const error = new Error(`no connection within ${connectMs} ms`);
      socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    },
    () => undefined,
  );
}
