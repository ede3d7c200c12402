/** One shop with all its parts over the real worlds: what both entry points, VS Code and the command line, are built on. */
import { DigibleCatalogue, testSignIn, type DigibleOptions } from './digible/client';
import { RecordingCatalogue } from './digible/recordingCatalogue';
import { nullConfirmed } from './nullStore';
import type { CaptureLook, Clock, ConfirmedStore, Log, ShopDatabase, StateStore } from './ports';
import { previewSync, type SyncPreview } from './preview';
import type { Secrets, Settings } from './settings';
import { ShopMaster } from './shopMaster';
import { configure, planConfigure, type ConfigureOptions } from './sqlserver/configure';
import type { ConfigurePlan } from './sqlserver/configurePlan';
import { SqlServerConnection } from './sqlserver/connection';
import { remove, type RemoveOptions, type RemoveReport } from './sqlserver/remove';
import { removeScript } from './sqlserver/removeScript';
import { openShopDatabase } from './sqlserver/shopDatabase';
import { failingInSentences } from './sqlserver/statementFailure';
import type { SqlRunner } from './sqlserver/statements';
import { listTables, type TableChoice } from './sqlserver/tableChoices';
import { requireTableName } from './sqlserver/tableName';
import { testConnection } from './sqlserver/testConnection';
import { systemClock } from './systemClock';

export interface ShopOptions {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly store: StateStore;
  /** What Verify compares the table with; default: nothing is kept. */
  readonly confirmed?: ConfirmedStore;
  readonly log: Log;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** Nothing connects before it is first needed. Whoever opens a shop closes it. */
export function openShop(options: ShopOptions): Shop {
  const { settings, secrets, store, confirmed = nullConfirmed, log, clock = systemClock } = options;
  const { baseUrl, email } = settings.digible;
  const account = { baseUrl, email, password: () => secrets.digiblePassword, clock, log };
  const catalogue = new DigibleCatalogue(account);
  const database = openShopDatabase(settings.sqlServer, secrets.sqlPassword, { clock, log });
  const master = new ShopMaster({ database, catalogue, store, confirmed, clock, log, settings });
  return new Shop(master, { settings, secrets, log, database, account, clock });
}

interface Parts {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly clock: Clock;
  readonly database: ShopDatabase;
  readonly account: DigibleOptions;
}

export class Shop {
  /** Hidden from whatever prints objects: the passwords are among them. */
  readonly #parts: Parts;

  constructor(
    readonly master: ShopMaster,
    parts: Parts,
  ) {
    this.#parts = parts;
  }

  get database(): ShopDatabase {
    return this.#parts.database;
  }

  /** What Configure would do; changes nothing. */
  planConfigure(options: ConfigureOptions, signal: AbortSignal): Promise<ConfigurePlan> {
    return this.withConnection((runner) => planConfigure(runner, this.tableName(), options, signal));
  }

  /** Signs in to Digible, then gets the database ready; where the sign-in is refused nothing is changed. */
  async configure(options: ConfigureOptions, signal: AbortSignal): Promise<ConfigurePlan> {
    this.tableName();
    await this.testDigible(signal);
    return this.repair(options, signal);
  }

  /** Gets the database ready, whether Digible can be reached or not: without its triggers changes are getting lost. */
  repair(options: ConfigureOptions, signal: AbortSignal): Promise<ConfigurePlan> {
    return this.master.exclusively((closing) =>
      this.withConnection((runner) =>
        configure(runner, this.#parts.clock, this.tableName(), options, AbortSignal.any([signal, closing])),
      ),
    );
  }

  async remove(options: RemoveOptions, signal: AbortSignal): Promise<RemoveReport> {
    const name = this.tableName();
    return this.master.exclusively((closing) =>
      this.withConnection((runner) =>
        remove(runner, this.#parts.clock, name, options, AbortSignal.any([signal, closing])),
      ),
    );
  }

  /** T-SQL that removes the capture without shopMaster. */
  removeScript(options: RemoveOptions): string {
    return removeScript(this.tableName(), options);
  }

  /** The look at triggers and ChangeLog, without taking the right to write. */
  lookAtCapture(signal: AbortSignal): Promise<CaptureLook> {
    return this.database.changeLog.look(signal);
  }

  /** Exactly the requests that the next sync would send; sends nothing, changes nothing, and may run beside another writer. */
  async preview(signal: AbortSignal): Promise<SyncPreview> {
    const { settings, clock, log, database } = this.#parts;
    const { changeLog, products } = database;
    const recorder = new RecordingCatalogue(settings.digible.baseUrl);
    const { state, newestFirst } = await this.master.nextSync();
    return previewSync(
      { changeLog, products, recorder, clock, log, settings: settings.sync, state, newestFirst },
      signal,
    );
  }

  /** The database's tables that could be the product table, at most 500; the setting of its name does not matter. */
  listTables(signal: AbortSignal): Promise<readonly TableChoice[]> {
    return this.withConnection((runner) => listTables(runner, signal));
  }

  /** Resolves to the server's version. */
  testSqlServer(signal: AbortSignal): Promise<string> {
    const { settings, secrets, log } = this.#parts;
    return testConnection(settings.sqlServer, secrets.sqlPassword, log, signal);
  }

  /** Resolves to when a session would run out, epoch milliseconds; null: not known. */
  testDigible(signal: AbortSignal): Promise<number | null> {
    return testSignIn(this.#parts.account, signal);
  }

  close(): Promise<void> {
    return this.master.dispose();
  }

  private tableName(): ReturnType<typeof requireTableName> {
    return requireTableName(this.#parts.settings.sqlServer.table);
  }

  private async withConnection<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    const { settings, secrets, log } = this.#parts;
    const connection = new SqlServerConnection(settings.sqlServer, secrets.sqlPassword, 'reader', log);
    try {
      return await work(failingInSentences(connection, settings.sqlServer.server));
    } finally {
      await connection.close();
    }
  }
}
