/** A compiled batch: the statements of T-SQL's procedural part, with everything else left as text for the translation. */
import type { SqlType } from '../../contract';
import type { Token } from '../lexer';

/**
 * A piece of T-SQL, a statement or an expression, as it goes to the translation: the session's functions are rewritten to
 * variables (`SCOPE_IDENTITY()` to `@@scope_identity`), table variables to the temporary tables that hold them.
 */
export interface Source {
  readonly text: string;
  /** As written, without the last one of kind `end`. */
  readonly tokens: readonly Token[];
  /** Line of its first token within the batch or module. */
  readonly line: number;
  /** Columns asked about by `UPDATE(column)` in it: the variable `@@update_<n>` stands for the n-th of them. */
  readonly updateTests: readonly string[];
}

/** A name of up to four parts as written: `server.database.schema.name`. */
export interface ObjectName {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly name: string;
}

export interface DeclaredVariable {
  /** Lower case, with `@`. */
  readonly name: string;
  readonly type: SqlType;
  readonly value?: Source | undefined;
}

export interface Argument {
  /** Lower case, with `@`; undefined when given by position. */
  readonly name?: string | undefined;
  /** Undefined for DEFAULT. */
  readonly value?: Source | undefined;
  /** The variable that takes what the procedure gives back. */
  readonly output?: string | undefined;
}

export type TriggerEvent = 'INSERT' | 'UPDATE' | 'DELETE';

export interface TriggerModule {
  readonly name: ObjectName;
  readonly table: ObjectName;
  readonly timing: 'AFTER' | 'INSTEAD OF';
  readonly events: readonly TriggerEvent[];
  readonly body: readonly Statement[];
}

export interface ModuleParameter extends DeclaredVariable {
  readonly output: boolean;
}

export interface ProcedureModule {
  readonly name: ObjectName;
  readonly parameters: readonly ModuleParameter[];
  readonly body: readonly Statement[];
}

export type CreateMode = 'create' | 'alter' | 'create or alter';

/** Permissions and principals: GRANT, logins, users, roles. */
export type SecurityStatement =
  | {
      readonly kind: 'grant';
      readonly action: 'GRANT' | 'DENY' | 'REVOKE';
      readonly permissions: readonly { readonly name: string; readonly columns: readonly string[] }[];
      readonly on?: { readonly securable: 'object' | 'schema' | 'database'; readonly name: ObjectName } | undefined;
      readonly to: readonly string[];
    }
  | {
      readonly kind: 'create login';
      readonly name: string;
      readonly password: string;
      readonly defaultDatabase?: string | undefined;
    }
  | {
      readonly kind: 'alter login';
      readonly name: string;
      readonly password?: string | undefined;
      readonly disabled?: boolean | undefined;
      readonly defaultDatabase?: string | undefined;
    }
  | { readonly kind: 'drop login'; readonly name: string }
  | {
      readonly kind: 'create user';
      readonly name: string;
      readonly login?: string | undefined;
      readonly defaultSchema?: string | undefined;
    }
  | { readonly kind: 'alter user'; readonly name: string; readonly defaultSchema: string }
  | { readonly kind: 'drop user'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'create role'; readonly name: string }
  | { readonly kind: 'drop role'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'role member'; readonly role: string; readonly member: string; readonly action: 'add' | 'drop' };

export type StatementBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if';
      readonly condition: Source;
      readonly then: Statement;
      readonly otherwise?: Statement | undefined;
    }
  | { readonly kind: 'while'; readonly condition: Source; readonly body: Statement }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'try'; readonly body: readonly Statement[]; readonly handler: readonly Statement[] }
  | { readonly kind: 'return'; readonly value?: Source | undefined }
  | { readonly kind: 'declare'; readonly variables: readonly DeclaredVariable[] }
  /** `table` is the name of the temporary table behind a table variable, `definition` its CREATE TABLE. */
  | { readonly kind: 'declare table'; readonly table: string; readonly definition: Source }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Source }
  | {
      readonly kind: 'set option';
      readonly options: readonly string[];
      readonly value: string;
      /** Where a variable gives the value: SET ROWCOUNT @n. */
      readonly variable?: string | undefined;
    }
  | { readonly kind: 'identity insert'; readonly table: ObjectName; readonly on: boolean }
  | { readonly kind: 'isolation level'; readonly level: string }
  | { readonly kind: 'print'; readonly value: Source }
  | {
      readonly kind: 'raiserror';
      readonly message: Source;
      readonly severity: Source;
      readonly state: Source;
      readonly arguments: readonly Source[];
      readonly options: readonly string[];
    }
  | {
      readonly kind: 'throw';
      readonly error?: { readonly number: Source; readonly message: Source; readonly state: Source } | undefined;
    }
  | { readonly kind: 'wait'; readonly until: 'delay' | 'time'; readonly value: Source }
  | { readonly kind: 'use'; readonly database: string }
  | {
      readonly kind: 'transaction';
      readonly operation: 'begin' | 'commit' | 'rollback' | 'save';
      /** A name or a variable that holds it. */
      readonly name?: string | undefined;
    }
  | {
      readonly kind: 'execute';
      readonly procedure: ObjectName | { readonly variable: string };
      readonly status?: string | undefined;
      readonly arguments: readonly Argument[];
    }
  | { readonly kind: 'execute text'; readonly text: Source }
  | { readonly kind: 'execute as'; readonly principal: 'LOGIN' | 'USER' | 'CALLER'; readonly name: string }
  | { readonly kind: 'revert' }
  /** INSERT … EXEC: the rows that the procedure or text gives go into the table. */
  | { readonly kind: 'insert execute'; readonly target: Source; readonly execute: Statement }
  | {
      readonly kind: 'create trigger';
      readonly mode: CreateMode;
      readonly module: TriggerModule;
      readonly definition: string;
    }
  | {
      readonly kind: 'create procedure';
      readonly mode: CreateMode;
      readonly module: ProcedureModule;
      readonly definition: string;
    }
  | {
      readonly kind: 'create view';
      readonly mode: CreateMode;
      readonly name: ObjectName;
      readonly source: Source;
      readonly definition: string;
    }
  | {
      readonly kind: 'drop module';
      readonly type: 'TRIGGER' | 'PROCEDURE' | 'VIEW';
      readonly names: readonly ObjectName[];
      readonly ifExists: boolean;
    }
  | {
      readonly kind: 'toggle trigger';
      readonly enable: boolean;
      /** Empty: ALL. */
      readonly triggers: readonly ObjectName[];
      readonly table: ObjectName;
    }
  | { readonly kind: 'create database'; readonly name: string; readonly collation?: string | undefined }
  | { readonly kind: 'drop database'; readonly names: readonly string[]; readonly ifExists: boolean }
  | {
      readonly kind: 'alter database';
      /** Undefined: CURRENT. */
      readonly name?: string | undefined;
      readonly option: string;
      readonly value: string;
    }
  /** DBCC CHECKIDENT; a table's name in a string is parsed when it runs. */
  | { readonly kind: 'check identity'; readonly table: ObjectName | string; readonly reseed?: string | undefined }
  | { readonly kind: 'security'; readonly statement: SecurityStatement }
  /** Everything else; `keyword` is its first word, or the verb behind a WITH. */
  | { readonly kind: 'sql'; readonly keyword: string; readonly source: Source };

export type Statement = StatementBody & { readonly line: number };

/** A compiled batch or module body. */
export interface CompiledBatch {
  readonly statements: readonly Statement[];
}
