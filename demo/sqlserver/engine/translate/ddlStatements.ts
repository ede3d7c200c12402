/** Data definition statements as trees. */
import type { SqlType } from '../../contract';
import type { Expression, Query } from './syntax';

export type Path = readonly string[];

/** An expression and its T-SQL text, which catalog views show. */
export interface WrittenExpression {
  readonly expression: Expression;
  readonly text: string;
}

export interface ColumnDefinition {
  readonly name: string;
  /** Undefined for a computed column. */
  readonly type: SqlType | undefined;
  readonly computed?: WrittenExpression | undefined;
  readonly collation?: string | undefined;
  /** Undefined where the statement doesn't say. */
  readonly nullable: boolean | undefined;
  readonly identity?: { readonly seed: string; readonly increment: string } | undefined;
  readonly default?: DefaultDefinition | undefined;
}

export interface DefaultDefinition extends WrittenExpression {
  readonly name?: string | undefined;
  /** WITH VALUES: rows that are there get it, too. */
  readonly withValues: boolean;
}

export type TableConstraint =
  | {
      readonly kind: 'primary key' | 'unique';
      readonly name?: string | undefined;
      readonly columns: readonly string[];
    }
  | ({
      readonly kind: 'check';
      readonly name?: string | undefined;
      readonly column?: string | undefined;
    } & WrittenExpression)
  | {
      readonly kind: 'foreign key';
      readonly name?: string | undefined;
      readonly columns: readonly string[];
      readonly table: Path;
      readonly references: readonly string[];
      readonly onDelete?: string | undefined;
      readonly onUpdate?: string | undefined;
    }
  | ({ readonly kind: 'default'; readonly column: string } & DefaultDefinition);

export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}

export interface IndexDefinition {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  readonly filter?: WrittenExpression | undefined;
  /** DROP_EXISTING = ON */
  readonly replaces: boolean;
}

/** What a CREATE TABLE or ALTER TABLE … ADD lists. */
export interface TableElements {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly IndexDefinition[];
}

export type AlterTableAction =
  | ({ readonly kind: 'add'; readonly check: boolean } & TableElements)
  | {
      readonly kind: 'alter column';
      readonly column: string;
      readonly type: SqlType;
      readonly collation?: string | undefined;
      readonly nullable: boolean | undefined;
    }
  | {
      readonly kind: 'drop';
      readonly items: readonly {
        readonly what: 'column' | 'constraint';
        readonly name: string;
        readonly ifExists: boolean;
      }[];
    }
  | { readonly kind: 'lock escalation'; readonly value: string }
  | { readonly kind: 'enforce'; readonly enforced: boolean; readonly constraints: readonly string[] };

export interface SequenceOptions {
  readonly type?: SqlType | undefined;
  /** A number, or true for RESTART without one. */
  readonly restart?: string | true | undefined;
  readonly start?: string | undefined;
  readonly increment?: string | undefined;
  readonly minimum?: string | undefined;
  readonly maximum?: string | undefined;
  readonly cycle?: boolean | undefined;
}

export type DdlStatement =
  | { readonly kind: 'create table'; readonly name: Path; readonly elements: TableElements }
  | { readonly kind: 'alter table'; readonly name: Path; readonly action: AlterTableAction }
  | {
      readonly kind: 'drop';
      readonly what: 'table' | 'view' | 'sequence' | 'schema';
      readonly names: readonly Path[];
      readonly ifExists: boolean;
    }
  | { readonly kind: 'create index'; readonly table: Path; readonly index: IndexDefinition }
  | {
      readonly kind: 'drop index';
      readonly items: readonly { readonly table: Path; readonly name: string }[];
      readonly ifExists: boolean;
    }
  /** ALTER INDEX … REBUILD, UPDATE STATISTICS: nothing that a client could see. */
  | { readonly kind: 'maintain'; readonly table: Path }
  | { readonly kind: 'create sequence'; readonly name: Path; readonly options: SequenceOptions }
  | { readonly kind: 'alter sequence'; readonly name: Path; readonly options: SequenceOptions }
  | { readonly kind: 'create schema'; readonly name: string }
  | { readonly kind: 'transfer'; readonly schema: string; readonly name: Path }
  | {
      readonly kind: 'create view';
      readonly name: Path;
      readonly columns: readonly string[];
      readonly query: Query;
      /** The whole statement. */
      readonly definition: string;
      readonly mode: 'create' | 'alter' | 'create or alter';
      readonly checkOption: boolean;
    };
