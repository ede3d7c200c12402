/**
 * What the three parts of the engine agree on: `session/` runs T-SQL batches statement by statement, `translate/` turns one
 * T-SQL statement into PostgreSQL, `postgres/` is PostgreSQL prepared to behave like SQL Server (types, functions, catalog).
 */
import type { Client } from 'pg';
import type { Column, SqlServerError, SqlType } from '../contract';

/** How SQL Server's things lie in PostgreSQL; README.md in this folder explains why. */
export interface CatalogColumn {
  /** As declared, case kept; the PostgreSQL column has exactly this name. */
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity: boolean;
  readonly computed: boolean;
  readonly hasDefault: boolean;
  /** True where the default is NEXT VALUE FOR a sequence: under SET ROWCOUNT that is error 11740. */
  readonly defaultIsSequence?: boolean | undefined;
}

export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  /** PostgreSQL's oid, which is also SQL Server's object_id. */
  readonly objectId: number;
  readonly kind: 'table' | 'view';
  readonly columns: readonly CatalogColumn[];
  readonly triggers: readonly CatalogTrigger[];
  /** The primary key's columns in its order, which is the order SQL Server's rows come in where a query names none. */
  readonly key?: readonly string[] | null | undefined;
}

export interface CatalogTrigger {
  readonly schema: string;
  readonly name: string;
  readonly objectId: number;
  readonly events: readonly ('INSERT' | 'UPDATE' | 'DELETE')[];
  readonly disabled: boolean;
  /** The whole CREATE TRIGGER text. */
  readonly definition: string;
}

export interface CatalogSequence {
  readonly schema: string;
  readonly name: string;
  readonly type: SqlType;
}

/** The current database's tables, looked up by name as the database's collation compares names. */
export interface Catalog {
  readonly database: string;
  readonly defaultSchema: string;
  /** Collation name of the database, e.g. `SQL_Latin1_General_CP1_CI_AS`. */
  readonly collation: string;
  /** True where identifiers differ by case (a case-sensitive database). */
  readonly caseSensitive: boolean;
  findTable(schema: string | undefined, name: string): CatalogTable | undefined;
  findSchema(name: string): string | undefined;
  findSequence(schema: string | undefined, name: string): CatalogSequence | undefined;
}

/** The two images of a triggering statement's rows: PostgreSQL relations with the columns of the trigger's table. */
export interface TransitionTables {
  readonly inserted: string;
  readonly deleted: string;
  readonly table: CatalogTable;
}

export interface TranslationContext {
  readonly catalog: Catalog;
  /**
   * Declared variables and parameters: lower-case name with `@` -> type. What the session knows is there too, as variables
   * with `@@`: @@ROWCOUNT as `@@rowcount`, and the session's functions, which the session has rewritten before:
   * `SCOPE_IDENTITY()` as `@@scope_identity`, `ERROR_NUMBER()` as `@@error_number`, `XACT_STATE()` as `@@xact_state`,
   * `UPDATE(Price)` of a trigger as `@@update_price = 1`. A table variable is rewritten to the name of its temporary table.
   */
  readonly variables: ReadonlyMap<string, SqlType>;
  /** Set inside a trigger body. */
  readonly transitions?: TransitionTables | undefined;
  /** SET QUOTED_IDENTIFIER: whether "…" is a name (ON) or a string (OFF). */
  readonly quotedIdentifier: boolean;
  /**
   * Whether a plain read waits for rows that another transaction has written (SQL Server's READ COMMITTED without snapshots).
   * PostgreSQL's reads never wait, so the translation adds FOR SHARE. READPAST always adds SKIP LOCKED; NOLOCK adds nothing.
   */
  readonly readsWait: boolean;
  /** SET ROWCOUNT n; 0 is no limit. Limits SELECT, INSERT … SELECT, UPDATE and DELETE. */
  readonly rowCountLimit: number;
  /** The table whose IDENTITY_INSERT is ON, by its object id: there an INSERT must name the identity column (else error 544). */
  readonly identityInsert?: number | undefined;
}

/** One T-SQL statement as PostgreSQL. */
export interface Translation {
  readonly kind: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'truncate' | 'ddl' | 'assignment';
  /** One or more PostgreSQL statements, run in order in one transaction; only the last one's result counts. `$n` are placeholders. */
  readonly statements: readonly PostgresStatement[];
  /** The table written to, where there is one. */
  readonly target?: CatalogTable | undefined;
  /** What it reads and writes, for the permission check. */
  readonly uses: readonly {
    readonly table: CatalogTable;
    readonly right: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'ALTER';
  }[];
  /**
   * Result columns with their T-SQL names and, where the translation knows it, type (undefined: derive it from what
   * PostgreSQL reports). Undefined for statements that return no rows to the client.
   */
  readonly columns?: readonly { readonly name: string; readonly type?: SqlType | undefined }[] | undefined;
  /** `SELECT @a = x, @b = y`: the variables that the last row's columns are assigned to, in order. */
  readonly assigns?: readonly string[] | undefined;
  /** The catalog must be read again afterwards. */
  readonly changesCatalog: boolean;
  /**
   * Where @@ROWCOUNT comes from. `command`: the last PostgreSQL statement's own count, or its number of rows. `count`: the
   * last statement answers one row with one number, which is the count and not for the client (a capture, OUTPUT … INTO).
   */
  readonly rowCount: 'command' | 'count';
}

export interface PostgresStatement {
  readonly sql: string;
  /**
   * The variable behind each placeholder, `$1` first; lower-case with `@`. What only the session knows is asked for in the
   * same way, by its lower-case text: `@@rowcount`, `@@error`, `@@identity`, `scope_identity()`, `error_message()`, ….
   */
  readonly variables: readonly string[];
}

/**
 * A write on a table with enabled triggers: the statement's rows must be kept. The translation then ends in
 * `RETURNING` of both images into the two relations named here (created before by the session, columns as the table's). The statement's command tag or, where the
 * last statement is a SELECT, its one value `count` is the number of rows written, by which the client is told. A MERGE fires
 * several triggers: there both relations have one column more, the last, `"$action" text`: INSERT, UPDATE or DELETE.
 */
export interface ImageCapture {
  readonly inserted: string;
  readonly deleted: string;
}

export type Translate = (sql: string, context: TranslationContext, capture?: ImageCapture) => Translation;

/**
 * What the session asks of `postgres/`, as far as its README says nothing else; every text is T-SQL's (names as written, values
 * canonical). Errors come as SqlServerError.
 */
export interface ResultColumn {
  readonly column: Column;
  /** PostgreSQL's text of a value -> its canonical text. */
  readonly read: (text: string) => string;
}

/** PostgreSQL's description of a result, the columns of the Translation, and the catalog -> the columns for the client. */
export type DescribeColumns = (
  fields: readonly { name: string; tableID: number; columnID: number; dataTypeID: number; dataTypeModifier: number }[],
  known: NonNullable<Translation['columns']>,
  catalog: Catalog,
) => readonly ResultColumn[];

/** An error of `pg` -> SQL Server's; `table` is the statement's target, for messages that name it. */
export type MapError = (error: unknown, catalog: Catalog | undefined, table?: CatalogTable) => SqlServerError;

/** Reads the catalog of the database that a connection is open on: shared tables, and the connection's own temporary ones. */
export type LoadCatalog = (client: Client) => Promise<Catalog>;
