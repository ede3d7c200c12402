/** @@IDENTITY and SCOPE_IDENTITY(): which number an INSERT has given last. */
import { SqlServerError, type SqlValue } from '../../contract';
import type { CatalogTable } from '../contract';
import { quoteName, relationName } from '../translate/names';
import type { Execution } from './execution';
import { parseName } from './objectNames';
import type { PostgresLink } from './postgresLink';
import type { Queries } from './queries';
import type { Scope } from './scope';
import type { SessionState } from './sessionState';
import type { Statement } from './syntax';

export class Identities {
  constructor(
    private readonly link: PostgresLink,
    private readonly queries: Queries,
    private readonly state: SessionState,
  ) {}

  /** After an INSERT of at least one row. */
  async inserted(table: CatalogTable, scope: Scope): Promise<void> {
    const column = table.columns.find(({ identity }) => identity);
    if (column === undefined) return;
    const relation = relationName(table);
    const explicit = this.state.identityInsert === table.objectId;
    const value = explicit ? await this.catchUp(relation, column.name) : await this.last(relation, column.name);
    this.state.identity = value;
    scope.identity = value;
  }

  /** DBCC CHECKIDENT: tells the current value, and sets another one. */
  async check(
    { table: name, reseed }: Extract<Statement, { kind: 'check identity' }>,
    execution: Execution,
  ): Promise<void> {
    const { schema, name: written } = typeof name === 'string' ? parseName(name) : name;
    const table = (await this.queries.catalog()).findTable(schema, written);
    if (table === undefined) {
      throw new SqlServerError(
        2501,
        `Cannot find a table or object with the name "${written}". Check the system catalog.`,
        16,
        45,
      );
    }
    const column = table.columns.find(({ identity }) => identity);
    if (column === undefined) {
      throw new SqlServerError(7997, `'${table.schema}.${table.name}' does not contain an identity column.`);
    }
    const [row] = await this.queries.rows({
      sql: 'SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass)',
      values: [relationName(table), column.name],
    });
    const current = row?.[0] ?? 'NULL';
    if (reseed !== undefined) {
      // Before the first row the new value is the next one; afterwards it is the last one.
      const values = [relationName(table), column.name, reseed, String(current !== 'NULL')];
      const sql = 'SELECT setval(pg_get_serial_sequence($1, $2)::regclass, $3::bigint, $4::boolean)';
      await this.queries.rows({ sql, values });
    }
    const message = `Checking identity information: current identity value '${current}'.`;
    execution.sink.message({ number: reseed === undefined ? 7998 : 7999, severity: 0, state: 1, message, line: 1 });
    execution.sink.statementDone({ isSelect: false });
  }

  private async last(relation: string, column: string): Promise<SqlValue> {
    const [row] = await this.link.rows('SELECT currval(pg_get_serial_sequence($1, $2))', [relation, column]);
    return row?.[0] ?? null;
  }

  /** IDENTITY_INSERT: numbers go on after the greatest there is. */
  private async catchUp(relation: string, column: string): Promise<SqlValue> {
    const name = quoteName(column);
    const [row] = await this.link.rows(
      `SELECT top.id, setval(s.name, GREATEST(top.id, last.number))
       FROM (SELECT max(${name}) AS id FROM ${relation}) AS top,
         (SELECT pg_get_serial_sequence($1, $2)::regclass AS name) AS s,
         LATERAL (SELECT COALESCE(pg_sequence_last_value(s.name), top.id) AS number) AS last`,
      [relation, column],
    );
    return row?.[0] ?? null;
  }
}
