/**
 * The connection's socket. The driver's own leaves Nagle's algorithm on: of a batch that is longer than one packet the last piece would
 * wait until the server has acknowledged the first ones, which it puts off (RFC 1122, 4.2.3.2: up to half a second, 40 ms on Linux).
 */
import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { domainToASCII } from 'node:url';
import { beforeAbort } from './beforeAbort';

/** What the driver asks a connection for: host and port are those of the instance, or of the server that it was sent on to. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string | undefined;
}

/**
 * For the driver's option `connector`. Rejects with the error of the look-up where the host has no address, otherwise with an
 * AggregateError that holds Node's error for each of them, be it one alone; with the signal's reason when aborted; with a TypeError
 * where the driver does not say where to connect to.
 */
export async function connectPromptly(
  target?: ConnectTarget,
  _lookup?: unknown,
  stop?: AbortSignal,
): Promise<net.Socket> {
  // Another version of the driver might tell less than this one; to guess would be to connect to somebody else.
  if (target === undefined) throw new TypeError('The driver does not say where to connect to.');
  const signal = stop ?? new AbortController().signal;
  const failures: unknown[] = [];
  for (const address of await beforeAbort(addressesOf(target.host), signal)) {
    signal.throwIfAborted();
    try {
      return await reach({ ...target, host: address }, signal);
    } catch (failure) {
      signal.throwIfAborted();
      failures.push(failure);
    }
  }
  throw new AggregateError(failures, `No connection to ${target.host}`);
}

/** One after the other, and not a fraction of a second each, as Node itself would try them. */
async function addressesOf(host: string): Promise<readonly string[]> {
  if (net.isIP(host) !== 0) return [host];
  return (await lookup(domainToASCII(host) || host, { all: true })).map(({ address }) => address);
}

function reach({ host, port, localAddress }: ConnectTarget, signal: AbortSignal): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
    const leave = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('connect', onConnect);
      socket.removeListener('error', onError);
    };
    const onConnect = (): void => {
      leave();
      socket.setNoDelay(true);
      resolve(socket);
    };
    const onError = (error: Error): void => {
      leave();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => onError(signal.reason as Error);
    socket.once('connect', onConnect);
    socket.once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
