/** What is outside the extension in the tests: one SQL Server, and any number of shops on it, each with a Digible of its own. */
import { startDigible, type DigibleSandbox } from '../../demo/digible/sandbox';
import { createShop, openShopConnection } from '../../demo/scenario/shop';
import { startSqlServer } from '../../demo/sqlserver';

export interface ShopOptions {
  /** Products in its table `dbo.Products`: P000001 and so on. Default 3. */
  readonly products?: number;
  /** Milliseconds that each call to its Digible takes. Default 0. */
  readonly latencyMs?: number;
  /** Seconds that a sign-in to its Digible is good for. Default an hour. */
  readonly tokenLifetimeSeconds?: number;
}

export interface TestShop {
  readonly sqlServer: {
    /** `127.0.0.1,PORT` */
    readonly server: string;
    readonly database: string;
    readonly table: string;
    readonly username: string;
    readonly password: string;
  };
  readonly digible: { readonly baseUrl: string; readonly email: string; readonly password: string };
}

export type Row = Readonly<Record<string, unknown>>;

/** What the sandbox's catalogue holds of a product. */
export interface CatalogueProduct {
  readonly productId: string;
  readonly productName: string;
  readonly productPrice: string;
}

export interface StatementFault {
  /** A regular expression's source, matched against the statement's text without regard to case. */
  readonly pattern: string;
  /** Default 1. */
  readonly times?: number;
}

/**
 * What a test can do to the world. Arguments and results are plain JSON: the same interface is there in this process and, through
 * control.ts, in the extension host.
 */
export interface TestWorld {
  /** A new database with a product table, and a new Digible with an empty catalogue. */
  newShop(options?: ShopOptions): Promise<TestShop>;
  /** The last recordset of a batch, run as the shop's point-of-sale program. Rejects while SQL Server is down. */
  query(shop: TestShop, sql: string): Promise<Row[]>;
  /** The products that the shop's Digible holds, in the order of their first arrival. */
  catalogue(shop: TestShop): Promise<CatalogueProduct[]>;
  /** Every connection is dropped, and new ones are refused. */
  stopSqlServer(): Promise<void>;
  /** On the same port. */
  startSqlServer(): Promise<void>;
  /** Drops every connection; new ones are taken. */
  dropConnections(): Promise<void>;
  /** The next `count` logins are refused as with a wrong password (or by another error's number). */
  refuseLogins(count: number, number?: number): Promise<void>;
  /** Milliseconds that SQL Server holds back every answer. */
  delayAnswers(milliseconds: number): Promise<void>;
  /** Statements that match fail with SQL Server's error of this number, unexecuted. */
  failStatement(fault: StatementFault & { readonly number: number; readonly message?: string }): Promise<void>;
  /** The connection is dropped on statements that match: unexecuted, or executed and unanswered. */
  dropOnStatement(fault: StatementFault & { readonly when: 'before' | 'after' }): Promise<void>;
  /** SQL Server is up again and without faults, every shop's Digible as well. */
  heal(): Promise<void>;
}

export interface StartedWorld extends TestWorld {
  close(): Promise<void>;
}

export async function startTestWorld(): Promise<StartedWorld> {
  const sqlServer = await startSqlServer({ encrypt: 'required' });
  const { faults } = sqlServer;
  const digibles = new Map<string, DigibleSandbox>();
  let listening = true;
  let shops = 0;

  const digibleOf = ({ digible: { baseUrl } }: TestShop): DigibleSandbox => {
    const digible = digibles.get(baseUrl);
    if (digible === undefined) throw new Error(`There is no Digible at ${baseUrl}.`);
    return digible;
  };
  const listen = async (): Promise<void> => {
    if (!listening) await faults.listenAgain();
    listening = true;
  };

  return {
    async newShop({ products = 3, latencyMs = 0, tokenLifetimeSeconds = 3_600 } = {}) {
      shops += 1;
      const connection = {
        server: `127.0.0.1,${sqlServer.port}`,
        database: `Shop${shops}`,
        table: 'dbo.Products',
        username: 'sa',
        password: sqlServer.password,
      };
      await createShop(connection, products);
      const digible = await startDigible({ latencyMs, tokenLifetimeSeconds });
      const { baseUrl, email, password } = digible;
      digibles.set(baseUrl, digible);
      return { sqlServer: connection, digible: { baseUrl, email, password } };
    },
    async query({ sqlServer: connection }, sql) {
      const pool = await openShopConnection(connection, connection.database);
      try {
        const { recordsets } = await pool.request().batch(sql);
        return (recordsets as Row[][]).at(-1) ?? [];
      } finally {
        await pool.close();
      }
    },
    catalogue: (shop) =>
      Promise.resolve(
        [...digibleOf(shop).catalogue].map(([productId, { productName, productPrice }]) => ({
          productId,
          productName,
          productPrice,
        })),
      ),
    stopSqlServer: () =>
      atOnce(() => {
        if (listening) faults.stopListening();
        listening = false;
        faults.dropConnections();
      }),
    startSqlServer: listen,
    dropConnections: () => atOnce(() => faults.dropConnections()),
    refuseLogins: (count, number) => atOnce(() => faults.refuseLogins(count, number)),
    delayAnswers: (milliseconds) => atOnce(() => faults.delayAnswers(milliseconds)),
    failStatement: ({ pattern, times, number, message }) =>
      atOnce(() => {
        const error = { number, ...(message !== undefined && { message }) };
        faults.failStatement(new RegExp(pattern, 'i'), error, times);
      }),
    dropOnStatement: ({ pattern, times, when }) =>
      atOnce(() => faults.dropOnStatement(new RegExp(pattern, 'i'), when, times)),
    async heal() {
      await listen();
      faults.clear();
      for (const digible of digibles.values()) {
        digible.faults.clear();
        Object.assign(digible.latency, { ms: 0, perProductMs: 0 });
      }
    },
    async close() {
      for (const digible of digibles.values()) await digible.close();
      await sqlServer.stop();
    },
  };
}

function atOnce(act: () => void): Promise<void> {
  act();
  return Promise.resolve();
}
