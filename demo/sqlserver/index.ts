/** The stand-in as a whole: PostgreSQL, the engine on it, and the wire in front of it. */
import { randomBytes } from 'node:crypto';
import { Engine } from './engine/engine';
import { Faults } from './faults';
import { type ConnectionInfo, startServer } from './server';

export interface StandInOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default `on`: as each client asks. `off`: not supported. `required`: clients that don't encrypt are turned away. */
  readonly encrypt?: 'on' | 'off' | 'required';
  /** Of the login `sa`. Default: made up. */
  readonly saPassword?: string;
  /** @@SERVERNAME. */
  readonly serverName?: string;
  /** The server's collation; default SQL_Latin1_General_CP1_CI_AS. */
  readonly collation?: string;
  /** Told of failures that are the stand-in's own. Default: ignored. */
  readonly onError?: (error: unknown) => void;
}

export interface SqlServerStandIn {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Of the login `sa`. */
  readonly password: string;
  readonly faults: Faults;
  /** PEM of the certificate; absent where encryption is off. */
  readonly certificate: string | undefined;
  connections(): ConnectionInfo[];
  /** Hangs up, ends every session, stops PostgreSQL and deletes its files. */
  stop(): Promise<void>;
}

/** Starts a stand-in (about three seconds). */
export async function startSqlServer(options: StandInOptions = {}): Promise<SqlServerStandIn> {
  const { saPassword = `Aa1!${randomBytes(12).toString('base64url')}`, serverName = 'STANDIN', collation } = options;
  const engine = await Engine.start({ saPassword, serverName, ...(collation === undefined ? {} : { collation }) });
  try {
    const faults = new Faults();
    const { port = 0, encrypt = 'on', onError = () => undefined } = options;
    const server = await startServer({ engine, port, encrypt, faults, serverName, onError });
    return {
      port: server.port,
      password: saPassword,
      faults,
      certificate: server.certificate,
      connections: () => server.connections(),
      async stop() {
        await server.close();
        await engine.stop();
      },
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
