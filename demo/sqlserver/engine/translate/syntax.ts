/**
 * T-SQL's queries and expressions as a tree: what polyglot's parser found, in T-SQL's own terms and without its defaults.
 * Nothing in it is resolved: names are as written.
 */
import type { SqlType } from '../../contract';

export type Expression =
  | { readonly kind: 'null' }
  /** DEFAULT as a value of an INSERT or UPDATE. */
  | { readonly kind: 'default' }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'money'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly national: boolean }
  /** Lower-case hex digits, an even number of them. */
  | { readonly kind: 'binary'; readonly hex: string }
  /** `column`, `table.column`, `schema.table.column`, `database.schema.table.column`. */
  | { readonly kind: 'column'; readonly path: readonly string[] }
  /** Lower case, with `@`. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '~'; readonly operand: Expression }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'parentheses'; readonly inner: Expression }
  | {
      readonly kind: 'case';
      readonly operand?: Expression | undefined;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise?: Expression | undefined;
    }
  | { readonly kind: 'call'; readonly call: Call }
  | {
      readonly kind: 'convert';
      readonly operand: Expression;
      readonly type: SqlType;
      readonly style?: Expression | undefined;
      /** TRY_CAST, TRY_CONVERT: NULL instead of an error. */
      readonly lenient: boolean;
    }
  | { readonly kind: 'collate'; readonly operand: Expression; readonly collation: string }
  | { readonly kind: 'subquery'; readonly query: Query }
  | {
      readonly kind: 'next value';
      readonly sequence: readonly string[];
      readonly over?: readonly SortKey[] | undefined;
    }
  | Predicate;

/** Expressions that are true, false or unknown; T-SQL keeps them apart from values. */
export type Predicate =
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'is null'; readonly operand: Expression; readonly negated: boolean }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression | undefined;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly choices: readonly Expression[] | Query;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | { readonly kind: 'exists'; readonly query: Query }
  | {
      readonly kind: 'quantified';
      readonly operator: ComparisonOperator;
      readonly operand: Expression;
      readonly quantifier: 'all' | 'any';
      readonly query: Query;
    };

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^';
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface Call {
  /** Lower case; with its schema where one is written. */
  readonly name: string;
  readonly schema?: string | undefined;
  readonly arguments: readonly Expression[];
  /** `COUNT(*)`. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly withinGroup?: readonly SortKey[] | undefined;
  readonly over?: Window | undefined;
}

export interface Window {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortKey[];
  /** As PostgreSQL and T-SQL both write it. */
  readonly frame?: string | undefined;
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface Query {
  readonly ctes: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly SortKey[];
  readonly offset?: Expression | undefined;
  readonly fetch?: Expression | undefined;
}

export type QueryBody =
  | Select
  | {
      readonly kind: 'set operation';
      readonly operator: 'union' | 'union all' | 'except' | 'intersect';
      readonly left: Query;
      readonly right: Query;
    }
  | { readonly kind: 'values'; readonly rows: readonly (readonly Expression[])[] };

export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly top?: { readonly count: Expression; readonly percent: boolean; readonly withTies: boolean } | undefined;
  readonly items: readonly SelectItem[];
  /** SELECT … INTO. */
  readonly into?: readonly string[] | undefined;
  readonly from: readonly FromItem[];
  readonly where?: Expression | undefined;
  readonly groupBy: readonly Grouping[];
  readonly having?: Expression | undefined;
}

export type Grouping =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'rollup' | 'cube'; readonly sets: readonly (readonly Expression[])[] }
  | { readonly kind: 'sets'; readonly sets: readonly (readonly Expression[])[] };

export type SelectItem =
  | { readonly kind: 'star'; readonly qualifier?: string | undefined }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly alias?: string | undefined }
  /** `@a = x`, `@a += x`. */
  | {
      readonly kind: 'assignment';
      readonly variable: string;
      readonly operator?: ArithmeticOperator | undefined;
      readonly expression: Expression;
    };

export type FromItem =
  | TableReference
  | {
      readonly kind: 'derived';
      readonly query: Query;
      readonly alias: string;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'function';
      readonly call: Call;
      readonly alias?: string | undefined;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'cross apply' | 'outer apply';
      readonly left: FromItem;
      readonly right: FromItem;
      readonly on?: Expression | undefined;
    };

export interface TableReference {
  readonly kind: 'table';
  /** `table`, `schema.table`, `database.schema.table`; an empty part stands for the default. */
  readonly path: readonly string[];
  readonly alias?: string | undefined;
  /** Upper case. */
  readonly hints: readonly string[];
}
