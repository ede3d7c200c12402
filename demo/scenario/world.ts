/** Both outside worlds on loopback, and a shop with products in one of them. */
import { startDigible, type DigibleSandbox } from '../digible/sandbox';
import { startSqlServer, type SqlServerStandIn } from '../sqlserver';
import { createShop } from './shop';

export interface WorldOptions {
  readonly products: number;
  readonly latencyMs: number;
  readonly sqlPort?: number | undefined;
  readonly digiblePort?: number | undefined;
  /** SQL Server insists on encryption; it can do it either way. */
  readonly encrypt: boolean;
}

export interface World {
  readonly sqlServer: SqlServerStandIn;
  readonly digible: DigibleSandbox;
  readonly connection: {
    readonly server: string;
    readonly database: string;
    readonly table: string;
    readonly username: string;
    readonly password: string;
  };
  close(): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const { latencyMs, sqlPort, digiblePort, encrypt } = options;
  const sqlServer = await startSqlServer({ port: sqlPort ?? 0, encrypt: encrypt ? 'required' : 'on' });
  try {
    const digible = await startDigible({ port: digiblePort ?? 0, latencyMs });
    const connection = {
      server: `127.0.0.1,${sqlServer.port}`,
      database: 'Shop',
      table: 'dbo.Products',
      username: 'sa',
      password: sqlServer.password,
    };
    await createShop(connection, options.products);
    return {
      sqlServer,
      digible,
      connection,
      close: async () => {
        await digible.close();
        await sqlServer.stop();
      },
    };
  } catch (failure) {
    await sqlServer.stop();
    throw failure;
  }
}
