/** @@IDENTITY and SCOPE_IDENTITY(): which number an INSERT has given last. */
import type { SqlValue } from '../../contract';
import type { CatalogTable } from '../contract';
import { quoteName, relationName } from '../translate/names';
import type { PostgresLink } from './postgresLink';
import type { Scope } from './scope';
import type { SessionState } from './sessionState';

export class Identities {
  constructor(
    private readonly link: PostgresLink,
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
