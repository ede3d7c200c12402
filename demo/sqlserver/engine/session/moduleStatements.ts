/** CREATE, ALTER, DROP of triggers, procedures and views; ENABLE and DISABLE TRIGGER. */
import { SqlServerError } from '../../contract';
import type { Catalog, CatalogTable } from '../contract';
import { relationName } from '../translate/names';
import type { Execution } from './execution';
import { notSupported } from './failures';
import type { Step } from './flight';
import { nameEquals, sameName, schemaOf, written } from './objectNames';
import type { ObjectPermissions } from './permissions';
import type { Queries } from './queries';
import type { SessionSchema } from './schema';
import type { Scope } from './scope';
import type { SessionState } from './sessionState';
import type { StatementRunner } from './statementRunner';
import type { CreateMode, ObjectName, Source, Statement } from './syntax';
import type { Transactions } from './transactions';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export class ModuleStatements {
  constructor(
    private readonly queries: Queries,
    private readonly statements: StatementRunner,
    private readonly permissions: ObjectPermissions,
    private readonly schema: SessionSchema,
    private readonly transactions: Transactions,
    private readonly state: SessionState,
  ) {}

  async createTrigger(statement: Of<'create trigger'>, execution: Execution): Promise<void> {
    const { module, mode, definition } = statement;
    const catalog = await this.queries.catalog();
    const table = catalog.findTable(module.table.schema, module.table.name);
    const notFound = new SqlServerError(
      8197,
      `The object '${written(module.table)}' does not exist or is invalid for this operation.`,
      16,
      4,
    );
    if (table === undefined) throw notFound;
    const schema = schemaOf(catalog, module.name);
    if (module.name.schema !== undefined && schema !== table.schema) {
      throw new SqlServerError(
        2103,
        `Cannot create trigger '${written(module.name)}' because its schema is different from the schema of the target table or view.`,
        15,
      );
    }
    if (module.timing === 'INSTEAD OF') {
      throw notSupported('An INSTEAD OF trigger');
    }
    if (table.kind === 'view') throw notFound;
    await this.permissions.require('ALTER', table, notFound);
    const exists = table.triggers.some(({ name }) => sameName(catalog, name, module.name.name));
    const quotedIdentifier = String(this.state.options.quotedIdentifier);
    const events = `{${module.events.join(',')}}`;
    const change: Step = isAlter(mode, exists)
      ? {
          sql: "SELECT sys.alter_module($1, $2, 'TR', $3, $4::text[], false, $5::boolean)",
          values: [table.schema, module.name.name, definition, events, quotedIdentifier],
        }
      : {
          sql: "SELECT sys.declare_module($1, $2, 'TR', $3, $4, $5, $6::text[], false, $7::boolean)",
          values: [table.schema, module.name.name, definition, table.schema, table.name, events, quotedIdentifier],
        };
    await this.change(table, [change], execution);
  }

  async createProcedure(statement: Of<'create procedure'>, execution: Execution): Promise<void> {
    const { module, mode, definition } = statement;
    const catalog = await this.queries.catalog();
    const schema = schemaOf(catalog, module.name);
    await this.permissions.requireCreate('PROCEDURE', schema);
    const exists = mode !== 'create' && (await this.moduleExists('P ', schema, module.name.name));
    const values = [schema, module.name.name, definition];
    const sql = isAlter(mode, exists)
      ? "SELECT sys.alter_module($1, $2, 'P ', $3)"
      : "SELECT sys.declare_module($1, $2, 'P ', $3)";
    await this.change(undefined, [{ sql, values }], execution);
  }

  /** The translation makes PostgreSQL's view, then its text is kept. */
  async createView(statement: Of<'create view'>, scope: Scope, execution: Execution): Promise<void> {
    const { name, mode, source, definition } = statement;
    const catalog = await this.queries.catalog();
    const schema = schemaOf(catalog, name);
    await this.permissions.requireCreate('VIEW', schema);
    const exists = catalog.findTable(schema, name.name)?.kind === 'view';
    if (mode === 'alter' && !exists) throw new SqlServerError(208, `Invalid object name '${written(name)}'.`);
    if (mode !== 'create' && exists) {
      await this.drop({ kind: 'drop module', type: 'VIEW', names: [name], ifExists: false, line: 1 }, scope, execution);
    }
    await this.statements.run(asCreate(source), scope, execution);
    const values = [schema, name.name, definition];
    await this.change(undefined, [{ sql: "SELECT sys.declare_module($1, $2, 'V ', $3)", values }], execution);
  }

  async drop(statement: Of<'drop module'>, scope: Scope, execution: Execution): Promise<void> {
    for (const name of statement.names) {
      if (statement.type === 'VIEW') await this.dropView(name, statement.ifExists, scope, execution);
      else if (statement.type === 'TRIGGER') await this.dropTrigger(name, statement.ifExists, execution);
      else await this.dropProcedure(name, statement.ifExists, execution);
    }
  }

  async toggleTriggers(statement: Of<'toggle trigger'>, execution: Execution): Promise<void> {
    const catalog = await this.queries.catalog();
    const table = catalog.findTable(statement.table.schema, statement.table.name);
    const notFound = new SqlServerError(
      1088,
      `Cannot find the object "${written(statement.table)}" because it does not exist or you do not have permissions.`,
      16,
      12,
    );
    if (table === undefined) throw notFound;
    await this.permissions.require('ALTER', table, notFound);
    const names = statement.triggers.length === 0 ? [null] : statement.triggers.map(({ name }) => name);
    const steps = names.map((name) => ({
      sql: 'SELECT sys.disable_triggers($1, $2, $3, $4::boolean)',
      values: [table.schema, table.name, name, String(!statement.enable)],
    }));
    await this.change(table, steps, execution);
  }

  private async dropTrigger(name: ObjectName, ifExists: boolean, execution: Execution): Promise<void> {
    const catalog = await this.queries.catalog();
    const found = await this.findTrigger(catalog, name);
    const notFound = cannotDrop('trigger', name);
    if (found === undefined) {
      if (ifExists) return;
      throw notFound;
    }
    await this.permissions.require('ALTER', found.table, notFound);
    const values = [found.table.schema, found.name];
    await this.change(found.table, [{ sql: "SELECT sys.drop_module($1, $2, 'TR')", values }], execution);
  }

  private async dropProcedure(name: ObjectName, ifExists: boolean, execution: Execution): Promise<void> {
    const catalog = await this.queries.catalog();
    const schema = schemaOf(catalog, name);
    const exists = await this.moduleExists('P ', schema, name.name);
    if (!exists && ifExists) return;
    const notFound = cannotDrop('procedure', name);
    if (!exists) throw notFound;
    await this.permissions.requireOnSchema('ALTER', schema, notFound);
    await this.change(
      undefined,
      [{ sql: "SELECT sys.drop_module($1, $2, 'P ')", values: [schema, name.name] }],
      execution,
    );
  }

  private async dropView(name: ObjectName, ifExists: boolean, scope: Scope, execution: Execution): Promise<void> {
    const catalog = await this.queries.catalog();
    const view = catalog.findTable(name.schema, name.name);
    if (view?.kind !== 'view') {
      if (ifExists) return;
      throw cannotDrop('view', name);
    }
    const source: Source = { text: `DROP VIEW ${bracketed(view)}`, tokens: [], line: 1, updateTests: [] };
    await this.statements.run(source, scope, execution);
  }

  /** Where it stands among the tables of the catalog. */
  private async findTrigger(
    catalog: Catalog,
    name: ObjectName,
  ): Promise<{ readonly table: CatalogTable; readonly name: string } | undefined> {
    const schema = schemaOf(catalog, name);
    const rows = await this.queries.rows({
      sql: `SELECT n.nspname, c.relname, m.name
        FROM sys.declared_modules AS m
        JOIN pg_class AS c ON c.oid = m.table_oid
        JOIN pg_namespace AS n ON n.oid = m.schema_oid
        WHERE m.type = 'TR' AND n.nspname = $1 AND ${nameEquals(catalog, 'm.name', '$2')}`,
      values: [schema, name.name],
    });
    const [tableSchema, tableName, triggerName] = rows[0] ?? [];
    if (typeof tableSchema !== 'string' || typeof tableName !== 'string' || typeof triggerName !== 'string')
      return undefined;
    const table = catalog.findTable(tableSchema, tableName);
    return table === undefined ? undefined : { table, name: triggerName };
  }

  private async moduleExists(type: string, schema: string, name: string): Promise<boolean> {
    const catalog = await this.queries.catalog();
    const rows = await this.queries.rows({
      sql: `SELECT 1 FROM sys.declared_modules AS m JOIN pg_namespace AS n ON n.oid = m.schema_oid
        WHERE m.type = $1 AND n.nspname = $2 AND ${nameEquals(catalog, 'm.name', '$3')}`,
      values: [type, schema, name],
    });
    return rows.length > 0;
  }

  /** A change of a table's triggers waits for everyone who uses the table, and everyone waits for it. */
  private async change(table: CatalogTable | undefined, steps: readonly Step[], execution: Execution): Promise<void> {
    const locking = table === undefined ? [] : [{ sql: `LOCK TABLE ${relationName(table)} IN ACCESS EXCLUSIVE MODE` }];
    if (table !== undefined) this.schema.startChange(table);
    try {
      await this.queries.run([...locking, ...steps], {}, { writes: true }, execution);
    } catch (error) {
      if (this.transactions.count === 0) this.schema.transactionEnded(true);
      throw error;
    }
    this.schema.changed('anything', this.transactions.count > 0);
    if (this.transactions.count === 0) this.schema.transactionEnded(false);
    this.state.rowCount = 0;
    execution.sink.statementDone({ isSelect: false });
  }
}

function isAlter(mode: CreateMode, exists: boolean): boolean {
  return mode === 'alter' || (mode === 'create or alter' && exists);
}

function cannotDrop(type: string, name: ObjectName): SqlServerError {
  return new SqlServerError(
    3701,
    `Cannot drop the ${type} '${written(name)}', because it does not exist or you do not have permission.`,
    11,
    5,
  );
}

function bracketed({ schema, name }: CatalogTable): string {
  return [schema, name].map((part) => `[${part.replaceAll(']', ']]')}]`).join('.');
}

/** ALTER VIEW and CREATE OR ALTER VIEW as CREATE VIEW. */
function asCreate(source: Source): Source {
  return { ...source, text: source.text.replace(/^\s*(?:CREATE\s+OR\s+ALTER|ALTER)\b/i, 'CREATE') };
}
