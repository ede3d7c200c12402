/** Where an expression or a query stands: the names it can see, and the translation it belongs to. */
import type { Query } from '../syntax';
import type { Run } from './run';
import { Scope, type SourceColumn } from './scope';
import type { Value } from './value';

export interface CommonTableInfo {
  /** PostgreSQL's name for it. */
  readonly alias: string;
  readonly name: string;
  readonly columns: readonly SourceColumn[];
}

/** What a query is to give: used where its rows meet others (a set operation, IN, the anchor of a recursive CTE). */
export interface ColumnTarget {
  /** Undefined where only NULLs meet. */
  readonly type: Value['type'];
  /** A collation to write out; `default` is the database's. */
  readonly collation?: string | undefined;
}

export interface QueryOptions {
  /**
   * `top`: what the client sees. `derived`: a table with named columns, of this name. `nested`: a subquery within an
   * expression. `exists`: only whether there are rows.
   */
  readonly role: 'top' | 'derived' | 'nested' | 'exists';
  /** `derived`: for error messages. */
  readonly name?: string;
  /** `derived`: the columns' names; empty for the query's own. */
  readonly columns?: readonly string[];
  readonly targets?: readonly ColumnTarget[];
  /** SET ROWCOUNT's limit, where it applies to this query. */
  readonly limit?: number;
  /** Rows in the order that SQL Server gives them in where no ORDER BY does: someone sees it. */
  readonly natural?: boolean;
  /** Add the place of the row in its table (`ctid`) as a last column, `$row`: an UPDATE or DELETE goes through this query. */
  readonly withRow?: boolean;
}

/** The name of the column that says where a row lies in its table. */
export const ROW_COLUMN = '$row';

export interface OutputColumn {
  /** Empty for an expression without a name. */
  readonly name: string;
  readonly value: Value;
  /** The assigned variable in `SELECT @a = …`. */
  readonly assigns?: string | undefined;
}

export interface EmittedQuery {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

export interface EnvironmentFlags {
  /** Rows can't be locked by a clause at the end of the query (a recursive CTE): lock them in derived tables. */
  readonly lockInside: boolean;
  /** Within the argument of an aggregate or of a window: another aggregate is an error of T-SQL. */
  readonly inAggregate: boolean;
  /** In a query that groups its rows: a column is not there for each row any more. */
  readonly grouped?: boolean;
  /** Variables that stand for something else than their value before the statement: name -> text. */
  readonly variables?: ReadonlyMap<string, string> | undefined;
}

export type EmitQuery = (query: Query, environment: Environment, options: QueryOptions) => EmittedQuery;

export class Environment {
  constructor(
    readonly run: Run,
    readonly emitQuery: EmitQuery,
    readonly scope: Scope | undefined,
    readonly commonTables: ReadonlyMap<string, CommonTableInfo>,
    readonly flags: EnvironmentFlags = { lockInside: false, inAggregate: false },
  ) {}

  get context(): Run['context'] {
    return this.run.context;
  }

  get catalog(): Run['context']['catalog'] {
    return this.run.context.catalog;
  }

  /** A scope for a query inside this one. */
  openScope(): Scope {
    return new Scope(this.catalog, this.scope, (source) => this.run.sourceUsed(source));
  }

  withScope(scope: Scope | undefined): Environment {
    return new Environment(this.run, this.emitQuery, scope, this.commonTables, this.flags);
  }

  withCommonTables(tables: ReadonlyMap<string, CommonTableInfo>): Environment {
    return new Environment(this.run, this.emitQuery, this.scope, tables, this.flags);
  }

  withFlags(flags: Partial<EnvironmentFlags>): Environment {
    return new Environment(this.run, this.emitQuery, this.scope, this.commonTables, { ...this.flags, ...flags });
  }

  /** Throws 207 or 4104 where there is no FROM that knows the name. */
  resolve(path: readonly string[]): Value {
    const scope = this.scope ?? this.openScope();
    return scope.resolve(path);
  }
}
