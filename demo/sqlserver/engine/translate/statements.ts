/** T-SQL's data manipulation statements as trees; their expressions and queries are in syntax.ts. */
import type { ArithmeticOperator, CommonTable, Expression, FromItem, Query, SelectItem } from './syntax';

export type DataStatement =
  | { readonly kind: 'select'; readonly query: Query }
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | MergeStatement
  | { readonly kind: 'truncate'; readonly table: readonly string[] };

/** The table that is written to. */
export interface Target {
  readonly path: readonly string[];
  /** Upper case. */
  readonly hints: readonly string[];
}

export interface Output {
  readonly items: readonly SelectItem[];
  readonly into?: { readonly path: readonly string[]; readonly columns: readonly string[] } | undefined;
}

export interface InsertStatement {
  readonly kind: 'insert';
  readonly ctes: readonly CommonTable[];
  readonly top?: Expression | undefined;
  readonly target: Target;
  /** Undefined: every column in order. */
  readonly columns?: readonly string[] | undefined;
  readonly output: readonly Output[];
  readonly source:
    | { readonly kind: 'rows'; readonly rows: readonly (readonly Expression[])[] }
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'defaults' };
}

export interface Assignment {
  /** `@v = …`, alone or before a column. */
  readonly variable?: string | undefined;
  /** `column` or `alias.column`. */
  readonly column?: readonly string[] | undefined;
  /** `+=` and its like. */
  readonly operator?: ArithmeticOperator | undefined;
  readonly value: Expression;
}

export interface UpdateStatement {
  readonly kind: 'update';
  readonly ctes: readonly CommonTable[];
  readonly top?: Expression | undefined;
  readonly target: Target;
  readonly assignments: readonly Assignment[];
  readonly output: readonly Output[];
  readonly from: readonly FromItem[];
  readonly where?: Expression | undefined;
}

export interface DeleteStatement {
  readonly kind: 'delete';
  readonly ctes: readonly CommonTable[];
  readonly top?: Expression | undefined;
  readonly target: Target;
  readonly output: readonly Output[];
  readonly from: readonly FromItem[];
  readonly where?: Expression | undefined;
}

export interface MergeStatement {
  readonly kind: 'merge';
  readonly ctes: readonly CommonTable[];
  readonly target: Target;
  readonly alias?: string | undefined;
  readonly source: FromItem;
  readonly on: Expression;
  readonly branches: readonly MergeBranch[];
  readonly output: readonly Output[];
}

export interface MergeBranch {
  readonly when: 'matched' | 'not matched by target' | 'not matched by source';
  readonly and?: Expression | undefined;
  readonly action:
    | { readonly kind: 'update'; readonly assignments: readonly Assignment[] }
    | { readonly kind: 'delete' }
    | {
        readonly kind: 'insert';
        readonly columns?: readonly string[] | undefined;
        /** Undefined: DEFAULT VALUES. */
        readonly values?: readonly Expression[] | undefined;
      };
}
