/** The test world in another process: served over HTTP on loopback, and called there as if it were here. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestWorld } from './world';

type Action = keyof TestWorld;

/** True for each: an action that is missing here does not compile. */
const actions: Readonly<Record<Action, true>> = {
  newShop: true,
  query: true,
  catalogue: true,
  stopSqlServer: true,
  startSqlServer: true,
  dropConnections: true,
  refuseLogins: true,
  delayAnswers: true,
  failStatement: true,
  dropOnStatement: true,
  heal: true,
};

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

type AnyAction = (...args: readonly unknown[]) => Promise<unknown>;

/** `POST /ACTION` with the arguments as a JSON array; answers 200 {"result"} or 500 {"message"}. */
export async function serveWorld(world: TestWorld): Promise<ControlServer> {
  const perform = async (request: IncomingMessage): Promise<unknown> => {
    const name = (request.url ?? '').slice(1);
    if (request.method !== 'POST' || !Object.hasOwn(actions, name)) throw new Error(`The world has no ${name}.`);
    const args = JSON.parse(await text(request)) as readonly unknown[];
    return (world[name as Action] as AnyAction)(...args);
  };
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    perform(request).then(
      (result) => answer(200, { result }),
      (failure: unknown) => answer(500, { message: failure instanceof Error ? failure.message : String(failure) }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The world that is served at `url`. Its calls reject with the message that they fail with there. */
export function connectToWorld(url: string): TestWorld {
  const call = async (name: string, args: readonly unknown[]): Promise<unknown> => {
    const response = await fetch(`${url}/${name}`, { method: 'POST', body: JSON.stringify(args) });
    const { result, message } = (await response.json()) as { readonly result?: unknown; readonly message?: string };
    if (!response.ok) throw new Error(message);
    return result;
  };
  const calls = Object.keys(actions).map((name) => [name, (...args: readonly unknown[]) => call(name, args)]);
  return Object.fromEntries(calls) as TestWorld;
}
