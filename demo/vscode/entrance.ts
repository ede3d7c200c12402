/**
 * The door to the demo's VS Code. In a browser VS Code keeps secrets in the browser, so passwords have to be put there before the
 * workbench opens. VS Code's server passes this page on from its own origin, the only one whose storage it can write.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface EntranceOptions {
  /** Where VS Code opens the shop's folder. */
  readonly workbench: string;
  readonly extensionId: string;
  /** By the keys of the extension's SecretStorage. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface Entrance {
  /** On VS Code's own origin. */
  readonly url: string;
  close(): Promise<void>;
}

export async function openEntrance({ workbench, extensionId, secrets }: EntranceOptions): Promise<Entrance> {
  const page = await readFile(path.join(__dirname, 'entrance.html'));
  const named = Object.entries(secrets).map(([key, value]) => [JSON.stringify({ extensionId, key }), value]);
  const content = JSON.stringify({ workbench, secrets: Object.fromEntries(named) as unknown });
  const server = createServer((request, response) => {
    const isContent = request.url === '/entrance.json';
    response.setHeader('cache-control', 'no-store');
    response.setHeader('content-type', isContent ? 'application/json' : 'text/html; charset=utf-8');
    response.end(isContent ? content : page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`/proxy/${port}/`, workbench).href,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
