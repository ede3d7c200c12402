/** Logins, users, roles, permissions: passed on to the prelude, which knows them. */
import { SqlServerError } from '../../contract';
import type { Execution } from './execution';
import { notSupported } from './failures';
import { schemaOf } from './objectNames';
import type { Permissions } from './permissions';
import type { Queries } from './queries';
import type { SessionSchema } from './schema';
import type { SecurityStatement } from './syntax';
import type { Transactions } from './transactions';

type Call = readonly [sql: string, values: readonly (string | null)[]];

export class SecurityStatements {
  constructor(
    private readonly queries: Queries,
    private readonly permissions: Permissions,
    private readonly schema: SessionSchema,
    private readonly transactions: Transactions,
  ) {}

  async run(statement: SecurityStatement, execution: Execution): Promise<void> {
    await this.requireRight(statement);
    for (const [sql, values] of await this.calls(statement)) {
      await this.queries.run([{ sql, values }], {}, { writes: true }, execution);
    }
    this.schema.changed('anything', this.transactions.count > 0);
    execution.sink.statementDone({ isSelect: false });
  }

  private async requireRight(statement: SecurityStatement): Promise<void> {
    if (this.permissions.unlimited) return;
    if (statement.kind === 'grant') {
      throw new SqlServerError(4613, 'Grantor does not have GRANT permission.', 16);
    }
    if (statement.kind.endsWith('login')) {
      throw new SqlServerError(15_247, 'User does not have permission to perform this action.');
    }
    await this.permissions.requireOnDatabase(statement.kind.endsWith('user') ? 'ALTER ANY USER' : 'ALTER ANY ROLE');
  }

  private async calls(statement: SecurityStatement): Promise<readonly Call[]> {
    switch (statement.kind) {
      case 'grant':
        return this.permissionChanges(statement);
      case 'create login': {
        const { name, password, defaultDatabase = 'master' } = statement;
        return [['SELECT sys.create_login($1, $2, $3)', [name, password, defaultDatabase]]];
      }
      case 'alter login': {
        const { name, password = null, defaultDatabase = null, disabled } = statement;
        const values = [name, password, defaultDatabase, disabled === undefined ? null : String(disabled)];
        return [['SELECT sys.alter_login($1, $2, $3, $4::boolean)', values]];
      }
      case 'drop login':
        return [['SELECT sys.drop_login($1)', [statement.name]]];
      case 'create user': {
        const { name, login = null, defaultSchema = 'dbo' } = statement;
        return [['SELECT sys.create_user($1, $2, $3)', [name, login, defaultSchema]]];
      }
      case 'alter user':
        return [['SELECT sys.alter_user($1, $2)', [statement.name, statement.defaultSchema]]];
      case 'drop user':
      case 'drop role': {
        const kind = statement.kind === 'drop user' ? 'user' : 'role';
        if (statement.ifExists && !(await this.exists(statement.name))) return [];
        return [[`SELECT sys.drop_${kind}($1)`, [statement.name]]];
      }
      case 'create role':
        return [['SELECT sys.create_role($1)', [statement.name]]];
      case 'role member':
        return [[`SELECT sys.${statement.action}_role_member($1, $2)`, [statement.role, statement.member]]];
    }
  }

  private async exists(name: string): Promise<boolean> {
    const execution = { sql: 'SELECT 1 FROM sys.database_principals WHERE name = $1::bpchar', values: [name] };
    return (await this.queries.rows(execution)).length > 0;
  }

  private async permissionChanges(statement: Extract<SecurityStatement, { kind: 'grant' }>): Promise<readonly Call[]> {
    const { on, action } = statement;
    const securable = on?.securable ?? 'database';
    const catalog = await this.queries.catalog();
    let schema: string | null = null;
    let object: string | null = null;
    if (on !== undefined && securable === 'schema') schema = schemaOf(catalog, { name: '', schema: on.name.name });
    if (on !== undefined && securable === 'object') {
      const table = catalog.findTable(on.name.schema, on.name.name);
      schema = table?.schema ?? schemaOf(catalog, on.name);
      object = table?.name ?? on.name.name;
    }
    return statement.permissions.flatMap(({ name, columns }) => {
      if (columns.length > 0) {
        throw notSupported('A permission on single columns');
      }
      return statement.to.map((grantee): Call => [
        'SELECT sys.change_permission($1, $2, $3, $4, $5, $6)',
        [action, name, securable.toUpperCase(), schema, object, grantee],
      ]);
    });
  }
}
