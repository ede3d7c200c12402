/** The engine's settings, resolved: every value is there, in range, and of its type. Who builds an engine fills them in. */

export interface SqlServerSettings {
  /** As PRODUCT.md lists them: `localhost`, `.`, `(local)`, `host\INSTANCE`, `host,1433`. */
  readonly server: string;
  readonly database: string;
  /** The product table as the user wrote it: `Products`, `dbo.Products`, `[My Items]`. */
  readonly table: string;
  /** `windows`: the user's own Windows account. `password`: a SQL login, or `DOMAIN\user` (NTLM). */
  readonly authentication: 'password' | 'windows';
  readonly username: string;
  readonly encrypt: boolean;
  readonly trustServerCertificate: boolean;
}

export interface DigibleSettings {
  readonly baseUrl: string;
  readonly email: string;
}

export interface SyncSettings {
  readonly intervalSeconds: number;
  /** Update calls in flight at once. */
  readonly updateConcurrency: number;
  /** From this many updated products on, updates go out in batches; 0 is never. */
  readonly bulkUpdateThreshold: number;
  /** How long Digible may still apply a request that was given up. Less than the default is for test servers. */
  readonly settleSeconds: number;
}

export interface UploadSettings {
  /** Products a batch, at most 200. */
  readonly batchSize: number;
  /** Batches in flight at once. */
  readonly concurrency: number;
}

export interface Settings {
  readonly digible: DigibleSettings;
  readonly sqlServer: SqlServerSettings;
  readonly sync: SyncSettings;
  readonly upload: UploadSettings;
}

export interface Secrets {
  readonly digiblePassword: string;
  /** Not used with Windows authentication. */
  readonly sqlPassword: string;
}

export const defaults = {
  digible: { baseUrl: 'https://api.digible.one' },
  sqlServer: {
    server: 'localhost',
    authentication: 'password',
    username: '',
    encrypt: true,
    trustServerCertificate: false,
  },
  sync: { intervalSeconds: 120, updateConcurrency: 8, bulkUpdateThreshold: 200, settleSeconds: 30 },
  upload: { batchSize: 200, concurrency: 4 },
} as const;
