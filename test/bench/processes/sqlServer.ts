/** The stand-in for SQL Server in a process of its own, which counts what each program asks of it. */
import type { ExecuteRequest, LoginRequest, ResultSink, SqlEngine, SqlSession } from '../../../demo/sqlserver/contract';
import { Engine } from '../../../demo/sqlserver/engine/engine';
import { startServer } from '../../../demo/sqlserver/server';
import { serve } from './remote';

export interface Usage {
  /** One request is one round trip. */
  readonly requests: number;
  /** From each request's arrival to the end of its execution, summed up. */
  readonly seconds: number;
}

class CountingEngine implements SqlEngine {
  private readonly usage = new Map<string, Usage>();

  constructor(private readonly engine: SqlEngine) {}

  /** By a program, known by the name it signs in with, so far. */
  usageOf(application: string): Usage {
    return this.usage.get(application) ?? { requests: 0, seconds: 0 };
  }

  async login(request: LoginRequest): Promise<SqlSession> {
    const session = await this.engine.login(request);
    const { applicationName } = request;
    const execute = session.execute.bind(session);
    session.execute = async (what: ExecuteRequest, sink: ResultSink, signal: AbortSignal) => {
      const started = performance.now();
      try {
        await execute(what, sink, signal);
      } finally {
        const { requests, seconds } = this.usageOf(applicationName);
        const took = (performance.now() - started) / 1000;
        this.usage.set(applicationName, { requests: requests + 1, seconds: seconds + took });
      }
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

  async usageOf(application: string): Promise<Usage> {
    if (running === undefined) throw new Error('The stand-in is not started.');
    return (await running).engine.usageOf(application);
  },
};

export type SqlServerServices = typeof services;

serve(services, async () => (await running)?.stop());
