/** The catalog of a database, read in one query, and looked up as its collation compares names. */
import type { Client } from 'pg';
import type { SqlType } from '../../contract';
import type { Catalog, CatalogColumn, CatalogSequence, CatalogTable, LoadCatalog } from '../contract';
import { catalogQuery, systemViewsQuery } from './catalogQuery';
import { compatibilityViews } from './prelude/catalog/compatibility';
import { collations } from './prelude/collations';

/** What error messages call an index or constraint. */
export interface CatalogConstraint {
  readonly name: string;
  readonly kind: 'PRIMARY KEY' | 'UNIQUE KEY' | 'FOREIGN KEY' | 'CHECK' | 'INDEX';
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** FOREIGN KEY: what it points at. */
  readonly referenced?: { readonly schema: string; readonly table: string } | undefined;
}

export interface CatalogModule {
  readonly schema: string;
  readonly name: string;
  readonly objectId: number;
  readonly type: 'procedure' | 'trigger' | 'view';
  readonly definition: string;
}

interface StoredColumn extends Omit<CatalogColumn, 'type'> {
  readonly attnum: number;
  readonly type: { readonly [Field in keyof SqlType]: SqlType[Field] | null };
}

type StoredTable = Omit<CatalogTable, 'columns'> & { readonly columns: readonly StoredColumn[] };

/** What catalogQuery answers. */
interface Snapshot {
  readonly database: string;
  readonly collation: string;
  readonly defaultSchema: string;
  readonly schemas: readonly string[];
  readonly tables: readonly StoredTable[] | null;
  readonly sequences: readonly (Omit<CatalogSequence, 'type'> & Pick<StoredColumn, 'type'>)[];
  readonly modules: readonly CatalogModule[];
  /** By the name PostgreSQL knows it by. */
  readonly constraints: readonly (CatalogConstraint & { readonly postgresName: string })[];
}

/** Names that compare equal get the same key. */
export function nameKey(name: string, collation: string): string {
  const facts = collations.get(collation);
  if (facts?.caseSensitive === true) return name;
  const folded = name.normalize('NFC').toLowerCase();
  return facts?.accentSensitive === false ? folded.normalize('NFD').replace(/\p{M}/gu, '') : folded;
}

function sqlType(stored: StoredColumn['type']): SqlType {
  return Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== null)) as unknown as SqlType;
}

export class PostgresCatalog implements Catalog {
  readonly database: string;
  readonly defaultSchema: string;
  readonly collation: string;
  readonly caseSensitive: boolean;
  private readonly schemas: ReadonlyMap<string, string>;
  private readonly tables: ReadonlyMap<string, CatalogTable>;
  private readonly tablesById = new Map<number, CatalogTable>();
  /** `oid attnum` -> column, which is how PostgreSQL names a result's origin. */
  private readonly columns = new Map<string, CatalogColumn>();
  private readonly sequences: ReadonlyMap<string, CatalogSequence>;
  private readonly modules: ReadonlyMap<string, CatalogModule>;
  private readonly constraints: ReadonlyMap<string, CatalogConstraint>;

  constructor(snapshot: Snapshot, systemViews: readonly StoredTable[]) {
    this.database = snapshot.database;
    this.defaultSchema = snapshot.defaultSchema;
    this.collation = snapshot.collation;
    this.caseSensitive = collations.get(snapshot.collation)?.caseSensitive ?? false;
    this.schemas = new Map(snapshot.schemas.map((schema) => [this.key(schema), schema]));
    this.tables = new Map(
      [...systemViews, ...(snapshot.tables ?? [])].map((stored) => {
        const table = this.table(stored);
        return [this.key(table.schema, table.name), table];
      }),
    );
    this.sequences = this.byName(snapshot.sequences.map((stored) => ({ ...stored, type: sqlType(stored.type) })));
    this.modules = this.byName(snapshot.modules);
    this.constraints = new Map(
      snapshot.constraints.map((constraint) => [`${constraint.schema} ${constraint.postgresName}`, constraint]),
    );
  }

  findTable(schema: string | undefined, name: string): CatalogTable | undefined {
    if (name.startsWith('#')) return this.tables.get(this.key('pg_temp', name));
    const wanted = this.systemSchema(schema) ?? this.defaultSchema;
    return this.tables.get(this.key(wanted, name)) ?? this.compatibilityView(wanted, name);
  }

  findSchema(name: string): string | undefined {
    return this.schemas.get(this.key(name));
  }

  findSequence(schema: string | undefined, name: string): CatalogSequence | undefined {
    return this.sequences.get(this.key(schema ?? this.defaultSchema, name));
  }

  /** Whether a sequence of this very name is in any schema. */
  hasSequence(name: string): boolean {
    return [...this.sequences.values()].some((sequence) => sequence.name === name);
  }

  /** A procedure, trigger or view with its definition. */
  findModule(schema: string | undefined, name: string): CatalogModule | undefined {
    return this.modules.get(this.key(schema ?? this.defaultSchema, name));
  }

  /** A table or view by PostgreSQL's oid. */
  tableById(objectId: number): CatalogTable | undefined {
    return this.tablesById.get(objectId);
  }

  /** A result column's origin, by the table's oid and the column's number. */
  columnAt(tableOid: number, attnum: number): CatalogColumn | undefined {
    return this.columns.get(`${tableOid} ${attnum}`);
  }

  /** A constraint or index by the name PostgreSQL reports in its errors. */
  constraint(schema: string, postgresName: string): CatalogConstraint | undefined {
    return this.constraints.get(`${schema} ${postgresName}`);
  }

  /** `sys` and `INFORMATION_SCHEMA` are found in any case, whatever the collation. */
  private systemSchema(schema: string | undefined): string | undefined {
    const lower = schema?.toLowerCase();
    if (lower === 'sys') return 'sys';
    return lower === 'information_schema' ? 'INFORMATION_SCHEMA' : schema;
  }

  /** `sysobjects`, `dbo.sysobjects`: old programs name no other schema. */
  private compatibilityView(schema: string, name: string): CatalogTable | undefined {
    if (schema !== 'dbo' && schema !== this.defaultSchema) return undefined;
    return compatibilityViews.includes(name.toLowerCase()) ? this.tables.get(this.key('sys', name)) : undefined;
  }

  private table(stored: StoredTable): CatalogTable {
    const columns = stored.columns.map(({ attnum, ...column }) => {
      const typed = { ...column, type: sqlType(column.type) };
      this.columns.set(`${stored.objectId} ${attnum}`, typed);
      return typed;
    });
    const table = { ...stored, columns };
    this.tablesById.set(table.objectId, table);
    return table;
  }

  private byName<Named extends { readonly schema: string; readonly name: string }>(
    things: readonly Named[],
  ): ReadonlyMap<string, Named> {
    return new Map(things.map((thing) => [this.key(thing.schema, thing.name), thing]));
  }

  /** Views of the system are found in any case, too, since theirs is no user's choice. */
  private key(...names: readonly string[]): string {
    const [schema] = names;
    const system = names.length > 1 && (schema === 'sys' || schema === 'INFORMATION_SCHEMA');
    return JSON.stringify(names.map((name) => (system ? name.toLowerCase() : nameKey(name, this.collation))));
  }
}

async function document<Answer>(client: Client, name: string, text: string): Promise<Answer> {
  const { rows } = await client.query<[string]>({ name, text, rowMode: 'array' });
  return JSON.parse(rows[0]?.[0] ?? 'null') as Answer;
}

/**
 * Reads what a connection sees: the database's tables, its own temporary ones, the system's views. These are the same in all databases of
 * an instance that have the same collation, and are read once.
 */
export function catalogLoader(): LoadCatalog {
  const systemViews = new Map<string, Promise<readonly StoredTable[]>>();
  return async (client: Client) => {
    const snapshot = await document<Snapshot>(client, 'catalog', catalogQuery);
    const views =
      systemViews.get(snapshot.collation) ?? document<readonly StoredTable[]>(client, 'system views', systemViewsQuery);
    systemViews.set(snapshot.collation, views);
    views.catch(() => systemViews.delete(snapshot.collation));
    return new PostgresCatalog(snapshot, await views);
  };
}
