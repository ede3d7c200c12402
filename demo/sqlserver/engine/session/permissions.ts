/** Checks what a statement does against what the session's user may do. */
import { SqlServerError } from '../../contract';
import type { CatalogTable, Translation } from '../contract';
import type { Queries } from './queries';
import { checkDdlRights } from './ddlRights';
import type { SessionSchema } from './schema';
import type { Scope } from './scope';
import type { Source } from './syntax';

/** Rights on one object, for statements that are not translated. */
export interface ObjectPermissions {
  /** Rejects with `denied` where the user lacks the right. */
  require(right: string, table: CatalogTable, denied: SqlServerError): Promise<void>;
  requireOnSchema(right: string, schema: string, denied: SqlServerError): Promise<void>;
  /** CREATE TABLE, VIEW, PROCEDURE: the right itself (262), and ALTER on the schema (2760). */
  requireCreate(type: string, schema: string): Promise<void>;
  /** Rejects with 262. */
  requireOnDatabase(right: string): Promise<void>;
}

export class Permissions implements ObjectPermissions {
  private known = new Map<string, boolean>();
  private knownFor = '';
  /** Users that EXECUTE AS has put aside, the outermost first. */
  private readonly outer: string[] = [];

  constructor(
    private readonly queries: Queries,
    private readonly schema: SessionSchema,
    /** The database's user that the session works as. */
    private user: string,
  ) {}

  /** Goes on in another database, as its user. */
  attach(user: string): void {
    this.user = user;
    this.outer.length = 0;
    this.knownFor = '';
  }

  /** dbo may do everything. */
  get unlimited(): boolean {
    return this.user === 'dbo';
  }

  /** EXECUTE AS: works as another user until `revert`. */
  async impersonate(user: string): Promise<void> {
    this.outer.push(this.user);
    await this.become(user);
  }

  async revert(): Promise<void> {
    const user = this.outer.pop();
    if (user !== undefined) await this.become(user);
  }

  async revertAll(): Promise<void> {
    while (this.outer.length > 0) await this.revert();
  }

  private async become(user: string): Promise<void> {
    this.user = user;
    await this.queries.rows({ sql: "SELECT set_config('sys.user', $1, false)", values: [user] });
  }

  /** Rejects with SqlServerError 229 and its like. Inside a trigger or procedure nothing is checked: they work for their owner. */
  async check(translation: Translation, source: Source, scope: Scope): Promise<void> {
    if (this.unlimited || !scope.checksPermissions) return;
    if (translation.kind === 'ddl') {
      await checkDdlRights(translation, source.tokens, await this.queries.catalog(), this);
      return;
    }
    for (const { table, right } of translation.uses) {
      if (table.name.startsWith('#') || table.schema === 'sys' || table.schema.toUpperCase() === 'INFORMATION_SCHEMA')
        continue;
      await this.require(right, table, await this.denied(right, table));
    }
  }

  async require(right: string, table: CatalogTable, denied: SqlServerError): Promise<void> {
    if (!(await this.may(right, 'OBJECT', table.schema, table.name))) throw denied;
  }

  async requireOnSchema(right: string, schema: string, denied: SqlServerError): Promise<void> {
    if (!(await this.may(right, 'SCHEMA', schema, null))) throw denied;
  }

  async requireCreate(type: string, schema: string): Promise<void> {
    // A sequence takes a right on the schema; everything else one on the database, and then ALTER on the schema.
    if (type === 'SEQUENCE')
      for (const right of ['CREATE SEQUENCE', 'ALTER']) if (await this.may(right, 'SCHEMA', schema, null)) return;
    await this.requireOnDatabase(`CREATE ${type}`);
    const noSchema = new SqlServerError(
      2760,
      `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`,
    );
    await this.requireOnSchema('ALTER', schema, noSchema);
  }

  async requireOnDatabase(right: string): Promise<void> {
    if (await this.may(right, 'DATABASE', null, null)) return;
    const { database } = await this.queries.catalog();
    throw new SqlServerError(262, `${right} permission denied in database '${database}'.`, 14);
  }

  async mayExecute(schema: string, name: string): Promise<boolean> {
    return this.may('EXECUTE', 'OBJECT', schema, name);
  }

  async denied(right: string, { schema, name }: Pick<CatalogTable, 'schema' | 'name'>): Promise<SqlServerError> {
    const { database } = await this.queries.catalog();
    if (right === 'ALTER') {
      return new SqlServerError(
        1088,
        `Cannot find the object "${schema}.${name}" because it does not exist or you do not have permissions.`,
        16,
        7,
      );
    }
    return new SqlServerError(
      229,
      `The ${right} permission was denied on the object '${name}', database '${database}', schema '${schema}'.`,
      14,
      5,
    );
  }

  private async may(right: string, type: string, schema: string | null, object: string | null): Promise<boolean> {
    if (this.unlimited) return true;
    // GRANT, DENY and REVOKE make a new version of the database's schema, too.
    const version = `${this.schema.version} ${this.user}`;
    if (version !== this.knownFor) {
      this.knownFor = version;
      this.known = new Map();
    }
    const key = JSON.stringify([right, type, schema, object]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const [row] = await this.queries.rows({
      sql: 'SELECT sys.has_permission($1, $2, $3, $4)',
      values: [right, type, schema, object],
    });
    const allowed = row?.[0] === 't';
    this.known.set(key, allowed);
    return allowed;
  }
}
