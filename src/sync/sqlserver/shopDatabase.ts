/** The shop's side of the engine over the real driver: at most two connections, made when they are first needed. */
import { ShopError } from '../errors';
import type { Clock, Log, ShopDatabase } from '../ports';
import type { SqlServerSettings } from '../settings';
import { captureHealthRecordsets, captureHealthSql, captureProblems } from './captureHealth';
import { quotedChangeLog } from './captureNames';
import { createChangeLog, type ChangeLogTable } from './changeLog';
import { isCharacter } from './columnTypes';
import { SqlServerConnection } from './connection';
import { retryingDeadlocks } from './deadlockRetry';
import { createProductTable } from './productTable';
import { readProductTable, type ProductTableInfo } from './productTableInfo';
import { failingInSentences } from './statementFailure';
import type { SqlRunner } from './statements';
import { requireTableName } from './tableName';
import { createWriterLock } from './writerLock';

export interface ShopDatabaseParts {
  readonly clock: Clock;
  readonly log: Log;
}

/** Connects at the first call that needs it; settings that can't work show there, as ShopErrors. */
export function openShopDatabase(
  settings: SqlServerSettings,
  password: string,
  { clock, log }: ShopDatabaseParts,
): ShopDatabase {
  const writerConnection = new SqlServerConnection(settings, password, 'writer', log);
  const readerConnection = new SqlServerConnection(settings, password, 'reader', log);
  const tables = new KnownTables(settings.table);
  const throughErrors = (connection: SqlRunner) =>
    tables.forgetting(failingInSentences(retryingDeadlocks(connection, clock), settings.server));
  const writer = throughErrors(writerConnection);
  const reader = throughErrors(readerConnection);
  return {
    changeLog: createChangeLog(writer, reader, (runner, signal) => tables.changeLog(runner, signal)),
    products: createProductTable(reader, (runner, signal) => tables.product(runner, signal)),
    lock: createWriterLock(writerConnection, writer, log),
    async close() {
      await Promise.all([writerConnection.close(), readerConnection.close()]);
    },
  };
}

/** The product table as it was found, looked up again when an error or the look at the triggers says that it has changed. */
class KnownTables {
  #product: ProductTableInfo | undefined;

  constructor(private readonly name: string) {}

  async product(runner: SqlRunner, signal: AbortSignal): Promise<ProductTableInfo> {
    this.#product ??= await readProductTable(runner, requireTableName(this.name), signal);
    return this.#product;
  }

  async changeLog(runner: SqlRunner, signal: AbortSignal): Promise<ChangeLogTable> {
    const info = await this.product(runner, signal);
    const { type } = info.columns.ProductID;
    return {
      qualifiedName: quotedChangeLog(info.schema),
      keyCollation: isCharacter(type) ? type.collation : null,
      check: {
        sql: captureHealthSql(info),
        recordsets: captureHealthRecordsets,
        problems: (recordsets) => {
          const problems = captureProblems(info, recordsets);
          if (problems.some(({ kind }) => kind === 'columns changed')) this.#product = undefined;
          return problems;
        },
      },
    };
  }

  forgetting(runner: SqlRunner): SqlRunner {
    return {
      batch: async (sql, signal) => {
        try {
          return await runner.batch(sql, signal);
        } catch (error) {
          if (error instanceof ShopError && schemaErrors.has(error.code)) this.#product = undefined;
          throw error;
        }
      },
    };
  }
}

/** Errors after which what is known of the tables may be wrong. */
const schemaErrors: ReadonlySet<ShopError['code']> = new Set([
  'table-missing',
  'columns-missing',
  'not-configured',
  'sql-failed',
]);
