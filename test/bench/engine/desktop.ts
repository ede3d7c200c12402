/**
 * What the desktop program did, over the drivers that shopMaster uses: one request for each change, one after the other, each on a
 * fresh connection; the upload batch after batch.
 */
import http from 'node:http';
import mssql from 'mssql';
import fetch from 'node-fetch';
import type { Secrets, Settings } from '../../../src/sync/settings';
import { requestTimeoutMs, tediousConfig } from '../../../src/sync/sqlserver/connectionConfig';
import { parseServerName } from '../../../src/sync/sqlserver/serverName';

const batchSize = 200;

interface ProductRow {
  readonly ProductID: string;
  readonly ProductName: string;
  readonly SellPrice: number;
}

interface ChangeRow extends ProductRow {
  readonly ChangeType: 'INSERT' | 'UPDATE';
}

export interface DesktopRun {
  readonly items: number;
  readonly requests: number;
}

export class Desktop {
  private token = '';
  private requests = 0;

  constructor(
    private readonly settings: Settings,
    private readonly secrets: Secrets,
  ) {}

  /** Configure stored a token; a sync only used it. */
  async signIn(): Promise<void> {
    const credentials = { email: this.settings.digible.email, password: this.secrets.digiblePassword };
    const answer = (await this.call('POST', '/v1/business/account/auth/login', JSON.stringify(credentials))) as {
      data: { token: string };
    };
    this.token = answer.data.token;
    this.requests = 0;
  }

  sync(): Promise<DesktopRun> {
    return this.connected(async (pool) => {
      const { recordset: changes } = await pool
        .request()
        .batch<ChangeRow>(`SELECT * FROM ChangeLog WHERE ChangeType IN ('INSERT', 'UPDATE')`);
      for (const change of changes) {
        if (change.ChangeType === 'INSERT') await this.post([change]);
        else await this.call('PUT', '/v1/business/stores/product/external/update', JSON.stringify(wireProduct(change)));
      }
      await pool.request().batch(`DELETE FROM ChangeLog WHERE ChangeType IN ('INSERT', 'UPDATE')`);
      return { items: changes.length, requests: this.requests };
    });
  }

  upload(): Promise<DesktopRun> {
    return this.connected(async (pool) => {
      const { recordset: products } = await pool
        .request()
        .batch<ProductRow>(`SELECT * FROM ${this.settings.sqlServer.table}`);
      for (let at = 0; at < products.length; at += batchSize) await this.post(products.slice(at, at + batchSize));
      return { items: products.length, requests: this.requests };
    });
  }

  private async post(products: readonly ProductRow[]): Promise<void> {
    await this.call('POST', '/v1/business/stores/product/sync', JSON.stringify(products.map(wireProduct), null, 4));
  }

  private async call(method: string, path: string, body: string): Promise<unknown> {
    const agent = new http.Agent({ keepAlive: false });
    try {
      this.requests += 1;
      const response = await fetch(new URL(path, this.settings.digible.baseUrl), {
        method,
        headers: { 'content-type': 'application/json', 'x-access-token': this.token },
        body,
        agent,
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    } finally {
      agent.destroy();
    }
  }

  /** It made its connection anew for each sync. */
  private async connected<T>(work: (pool: mssql.ConnectionPool) => Promise<T>): Promise<T> {
    const address = parseServerName(this.settings.sqlServer.server);
    if (!address.ok) throw new Error(address.reason);
    const pool = new mssql.ConnectionPool({
      ...tediousConfig(this.settings.sqlServer, this.secrets.sqlPassword, address.value, 'reader'),
      requestTimeout: requestTimeoutMs,
      beforeConnect: undefined,
    });
    pool.on('error', () => undefined);
    await pool.connect();
    try {
      return await work(pool);
    } finally {
      await pool.close();
    }
  }
}

function wireProduct({ ProductID, ProductName, SellPrice }: ProductRow): Readonly<Record<string, string>> {
  return { productName: ProductName, productPrice: SellPrice.toFixed(2), productId: ProductID };
}
