import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { SqlEngine } from './contract';
import { Faults } from './faults';
import { Connection, type ConnectionInfo, type ConnectionSettings } from './wire/connection';
import type { EncryptionPolicy } from './wire/prelogin';
import { secureContext, selfSignedCertificate, type Certificate } from './wire/tls';

export type { ConnectionInfo } from './wire/connection';
export type { Certificate } from './wire/tls';

export interface ServerOptions {
  /** Executes what clients ask for. Stopping it is its owner's business. */
  readonly engine: SqlEngine;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Default `on`: as each client asks. `off`: not supported. `required`: clients that don't encrypt are turned away. */
  readonly encrypt?: EncryptionPolicy;
  /** Default: self-signed, made at the start. */
  readonly certificate?: Certificate;
  /** The server's name in its messages. */
  readonly serverName?: string;
  /** Milliseconds that every answer is held back. */
  readonly answerDelay?: number;
  readonly faults?: Faults;
  /** Told of failures that are the stand-in's own; the client gets error 3624. Default: ignored. */
  readonly onError?: (error: unknown) => void;
  /** How an answer is held back; ends early when the signal is aborted. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  readonly faults: Faults;
  /** PEM, for clients that check it; absent where encryption is off. */
  readonly certificate: string | undefined;
  /** The connections that are logged in. */
  connections(): ConnectionInfo[];
  /** Hangs up on everyone and resolves when every session is closed. */
  close(): Promise<void>;
}

/** Starts a server that speaks TDS on a port of this machine and lets the engine execute what it is asked. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', encrypt = 'on', faults = new Faults() } = options;
  const certificate = encrypt === 'off' ? undefined : (options.certificate ?? (await selfSignedCertificate()));
  const listener = new Listener(host, {
    engine: options.engine,
    encryption: encrypt,
    secureContext: certificate && secureContext(certificate),
    serverName: options.serverName ?? 'STANDIN',
    faults,
    answerDelay: options.answerDelay ?? 0,
    sleep: options.sleep ?? sleepUnlessAborted,
    onError: options.onError ?? ignore,
  });
  faults.attach({
    dropConnections: (which) => listener.dropConnections(which),
    stopListening: () => listener.stopListening(),
    listen: () => listener.listen(),
  });
  await listener.listen(options.port);
  return {
    host,
    port: listener.port,
    faults,
    certificate: certificate?.cert,
    connections: () => listener.connections(),
    close: () => listener.close(),
  };
}

/** A port that can be closed and opened again, and the connections that came in by it. */
class Listener {
  readonly #serving = new Map<Connection, Promise<void>>();
  #server: Server | undefined;
  #port = 0;

  constructor(
    private readonly host: string,
    private readonly settings: ConnectionSettings,
  ) {}

  get port(): number {
    return this.#port;
  }

  /** @param port the port asked for; absent: the one it had before. */
  async listen(port = this.#port): Promise<void> {
    if (this.#server) return;
    const server = createServer((socket) => this.#accept(socket));
    server.listen(port, this.host);
    await once(server, 'listening');
    server.on('error', this.settings.onError);
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  stopListening(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  dropConnections(which: (connection: ConnectionInfo) => boolean = () => true): void {
    for (const connection of this.#serving.keys())
      if (connection.info === undefined || which(connection.info)) connection.drop();
  }

  connections(): ConnectionInfo[] {
    return [...this.#serving.keys()].flatMap(({ info }) => info ?? []);
  }

  async close(): Promise<void> {
    this.stopListening();
    this.dropConnections();
    await Promise.all(this.#serving.values());
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, this.settings);
    const served = connection.serve().finally(() => this.#serving.delete(connection));
    this.#serving.set(connection, served);
  }
}

async function sleepUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  // An aborted wait is over, which is all that is asked of it.
  await setTimeout(milliseconds, undefined, { signal }).catch(ignore);
}

function ignore(): void {
  // Nobody wants to know.
}
