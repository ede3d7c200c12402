/** The stand-in for SQL Server in a process of its own, which counts what each program asks of it. */
import type { ExecuteRequest, LoginRequest, ResultSink, SqlEngine, SqlSession } from '../../../demo/sqlserver/contract';
import { Engine } from '../../../demo/sqlserver/engine/engine';
import { startServer } from '../../../demo/sqlserver/server';
import { serve } from './remote';

class CountingEngine implements SqlEngine {
  private readonly counts = new Map<string, number>();

  constructor(private readonly engine: SqlEngine) {}

  /** Requests that a program, known by the name it signs in with, has made so far: one is one round trip. */
  requestsOf(application: string): number {
    return this.counts.get(application) ?? 0;
  }

  async login(request: LoginRequest): Promise<SqlSession> {
    const session = await this.engine.login(request);
    const { applicationName } = request;
    const execute = session.execute.bind(session);
    session.execute = (what: ExecuteRequest, sink: ResultSink, signal: AbortSignal) => {
      this.counts.set(applicationName, this.requestsOf(applicationName) + 1);
      return execute(what, sink, signal);
    };
    return session;
  }

  stop(): Promise<void> {
    return this.engine.stop();
  }
}

interface Running {
  readonly engine: CountingEngine;
  stop(): Promise<void>;
}

let running: Promise<Running> | undefined;

const services = {
  async start(saPassword: string): Promise<{ port: number }> {
    const engine = new CountingEngine(await Engine.start({ saPassword }));
    const server = await startServer({ engine });
    running = Promise.resolve({
      engine,
      async stop() {
        await server.close();
        await engine.stop();
      },
    });
    return { port: server.port };
  },

  async requestsOf(application: string): Promise<number> {
    return (await running)?.engine.requestsOf(application) ?? 0;
  },
};

export type SqlServerServices = typeof services;

serve(services, async () => (await running)?.stop());
