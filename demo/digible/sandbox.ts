/** A Digible to run against: an HTTP server on loopback with the three calls of PRODUCT.md and faults on demand. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Admin, adminPrefix } from './admin';
import { json, send } from './answers';
import { Calls, type Latency, type RequestWatcher } from './calls';
import { Catalogue, type CatalogueEntry, type CatalogueProduct } from './catalogue';
import { Faults } from './faults';
import { Pages } from './pages';
import { Stats } from './stats';
import { Tokens, type TokenTerms } from './tokens';

export type { CatalogueEntry, CatalogueProduct } from './catalogue';
export type { RequestEvent, RequestWatcher } from './calls';
export type { Fault, FaultKind, PlacedFault } from './faults';
export type { SeenRequest } from './stats';
export type { TokenTerms } from './tokens';

export interface DigibleOptions {
  /** 0 or left out: a free one. */
  readonly port?: number;
  readonly email?: string;
  readonly password?: string;
  /** Milliseconds that every call takes. */
  readonly latencyMs?: number;
  /** Milliseconds more for each product in a call. */
  readonly perProductMs?: number;
  /** Seconds from sign-in to `exp`; null: tokens without `exp`. An hour where it is left out. */
  readonly tokenLifetimeSeconds?: number | null;
  /** Of the tokens' signatures: a sandbox with the key of an earlier one takes that one's tokens. Made up where it is left out. */
  readonly tokenKey?: Uint8Array;
  /** What is in the catalogue at the beginning. */
  readonly products?: Iterable<CatalogueProduct>;
  /** Told of each request, step by step. */
  readonly onRequest?: RequestWatcher;
}

export interface DigibleSandbox {
  /** `http://127.0.0.1:PORT`; the page for people is there as well. */
  readonly baseUrl: string;
  readonly email: string;
  /** At the beginning. */
  readonly password: string;
  /** By productId, in the order of their first arrival. */
  readonly catalogue: ReadonlyMap<string, CatalogueEntry>;
  readonly faults: Faults;
  readonly stats: Stats;
  readonly latency: Latency;
  /** The sandbox's clock, and how it issues tokens from now on. */
  readonly tokenTerms: TokenTerms;
  /** No token that exists now is valid any longer. */
  revokeTokens(): void;
  /** As its owner does on Digible's own site: sign-ins take the new one. Tokens stay valid. */
  changePassword(password: string): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

export async function startDigible(options: DigibleOptions = {}): Promise<DigibleSandbox> {
  const account = {
    email: options.email ?? 'owner@shop.example',
    password: options.password ?? 'corner-shop',
  };
  const latency: Latency = { ms: options.latencyMs ?? 0, perProductMs: options.perProductMs ?? 0 };
  const lifetimeSeconds = options.tokenLifetimeSeconds === undefined ? 3_600 : options.tokenLifetimeSeconds;
  const catalogue = new Catalogue(options.products);
  const tokenTerms: TokenTerms = { lifetimeSeconds, issuedAt: true, clockAheadSeconds: 0 };
  const tokens = new Tokens(tokenTerms, options.tokenKey);
  const faults = new Faults();
  const stats = new Stats();
  const calls = new Calls(account, catalogue, tokens, faults, stats, latency, options.onRequest);
  const admin = new Admin(faults, stats, tokens, latency);
  const pages = new Pages(catalogue, stats);

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (tokenTerms.clockAheadSeconds !== 0)
      response.setHeader('date', new Date(Date.now() + tokenTerms.clockAheadSeconds * 1000).toUTCString());
    if (request.url?.startsWith(adminPrefix) === true) await admin.handle(request, response);
    else if (!(await pages.handle(request, response))) await calls.handle(request, response);
  };
  const server = createServer((request, response) => {
    route(request, response).catch((caught: unknown) => {
      if (response.headersSent) response.destroy();
      else send(json(500, { message: String(caught) }), request, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...account,
    catalogue: catalogue.entries,
    faults,
    stats,
    latency,
    tokenTerms,
    revokeTokens: () => tokens.revokeAll(),
    changePassword: (password) => {
      account.password = password;
    },
    close: async () => {
      pages.dispose();
      faults.forgetAbandoned();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
