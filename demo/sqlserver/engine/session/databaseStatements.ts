/** USE, CREATE DATABASE, DROP DATABASE, ALTER DATABASE. */
import { SqlServerError } from '../../contract';
import type { DatabaseHost } from './database';
import type { Execution } from './execution';
import { notSupported } from './failures';
import type { Permissions } from './permissions';
import type { Queries } from './queries';
import type { Statement } from './syntax';
import type { Transactions } from './transactions';

type DatabaseStatement = Extract<Statement, { kind: 'create database' | 'drop database' | 'alter database' }>;

export class DatabaseStatements {
  constructor(
    private readonly host: DatabaseHost,
    private readonly queries: Queries,
    private readonly transactions: Transactions,
    private readonly permissions: Permissions,
    /** Makes another database the session's. */
    private readonly change: (database: string) => Promise<{ readonly now: string; readonly before: string }>,
  ) {}

  async use(name: string, execution: Execution): Promise<void> {
    const { database } = await this.queries.catalog();
    if (name.toLowerCase() !== database.toLowerCase()) {
      if (this.transactions.count > 0) {
        throw notSupported('USE inside a transaction');
      }
      await this.require(name);
    }
    const { now, before } = await this.change(name);
    execution.sink.environment({ kind: 'database', now, before });
    execution.sink.message({
      number: 5701,
      severity: 0,
      state: 1,
      message: `Changed database context to '${now}'.`,
      line: 1,
    });
    execution.sink.statementDone({ isSelect: false });
  }

  async run(statement: DatabaseStatement, execution: Execution): Promise<void> {
    if (this.transactions.count > 0) {
      const verb = statement.kind.toUpperCase();
      throw new SqlServerError(226, `${verb} statement not allowed within multi-statement transaction.`, 16, 6);
    }
    await this.permissions.requireOnDatabase(statement.kind.toUpperCase());
    switch (statement.kind) {
      case 'create database':
        await this.host.create(statement.name, statement.collation);
        break;
      case 'drop database':
        for (const name of statement.names) {
          if (!(await this.host.drop(name)) && !statement.ifExists) throw notThere('drop', name);
        }
        break;
      case 'alter database': {
        const name = statement.name ?? (await this.queries.catalog()).database;
        if (!(await this.host.exists(name))) throw notThere('alter', name);
        await this.host.alter(name, statement.option, statement.value);
        break;
      }
    }
    execution.sink.statementDone({ isSelect: false });
  }

  private async require(name: string): Promise<void> {
    if (await this.host.exists(name)) return;
    throw new SqlServerError(911, `Database '${name}' does not exist. Make sure that the name is entered correctly.`);
  }
}

function notThere(verb: 'drop' | 'alter', name: string): SqlServerError {
  return verb === 'drop'
    ? new SqlServerError(
        3701,
        `Cannot drop the database '${name}', because it does not exist or you do not have permission.`,
        11,
      )
    : new SqlServerError(
        5011,
        `User does not have permission to alter database '${name}', the database does not exist, or the database is not in a state that allows access checks.`,
        14,
        5,
      );
}
