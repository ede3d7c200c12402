/** What a running module (batch, procedure, trigger, dynamic text) has of its own. */
import { SqlServerError, type SqlType, type SqlValue } from '../../contract';
import type { TransitionTables } from '../contract';

export interface TypedValue {
  readonly type: SqlType;
  readonly value: SqlValue;
}

/** Declared variables by lower-case name with `@`. */
export class Variables {
  private readonly values = new Map<string, TypedValue>();

  constructor(private readonly outer?: Variables) {}

  /** A DECLARE that runs again, in a loop, keeps the value, unless it gives one (`initial`). */
  declare(name: string, type: SqlType, value: SqlValue, initial = true): void {
    if (!initial && this.values.has(name)) return;
    this.values.set(name, { type, value });
  }

  get(name: string): TypedValue {
    const variable = this.find(name);
    if (variable === undefined) throw undeclared(name);
    return variable;
  }

  find(name: string): TypedValue | undefined {
    return this.values.get(name) ?? this.outer?.find(name);
  }

  /** `value` has been converted to the variable's type. */
  set(name: string, value: SqlValue): void {
    this.values.set(name, { type: this.get(name).type, value });
  }

  types(): ReadonlyMap<string, SqlType> {
    const types = new Map(this.outer?.types());
    for (const [name, { type }] of this.values) types.set(name, type);
    return types;
  }
}

export function undeclared(name: string): SqlServerError {
  return new SqlServerError(137, `Must declare the scalar variable "${name}".`, 15, 2);
}

/** What a trigger body sees of the statement that fired it. */
export interface TriggerScope {
  readonly transitions: TransitionTables;
  /** Lower-case names of the columns that UPDATE(column) says yes to; all of them for an INSERT. */
  readonly updated: ReadonlySet<string> | 'all';
  /** How many rows the images have; undefined where nobody has counted them. */
  readonly rows?: { readonly inserted: number; readonly deleted: number } | undefined;
}

export class Scope {
  /** SCOPE_IDENTITY(). */
  identity: SqlValue = null;
  /** TRY blocks of this module that statements are running in. */
  tries = 0;
  /** What RETURN has given. */
  status = 0;

  constructor(
    readonly kind: 'batch' | 'dynamic' | 'procedure' | 'trigger',
    readonly outer: Scope | undefined,
    /** ERROR_PROCEDURE(): the name of a procedure or trigger. */
    readonly procedure?: string,
    readonly objectId = 0,
    readonly trigger?: TriggerScope,
    readonly variables: Variables = new Variables(),
  ) {}

  /** The same module with room for variables that nobody else sees. */
  inner(): Scope {
    const variables = new Variables(this.variables);
    const scope = new Scope(this.kind, this.outer, this.procedure, this.objectId, this.trigger, variables);
    scope.identity = this.identity;
    scope.tries = this.tries;
    return scope;
  }

  /** @@NESTLEVEL: how many modules lie around this one. */
  get level(): number {
    return this.outer === undefined ? 0 : this.outer.level + 1;
  }

  /** Whether a TRY of this module or of one around it would catch an error. */
  get caught(): boolean {
    return this.tries > 0 || this.outer?.caught === true;
  }

  /** Whether permissions are still checked: a trigger or procedure works for its owner. */
  get checksPermissions(): boolean {
    if (this.kind === 'trigger' || this.kind === 'procedure') return false;
    return true;
  }

  get triggerLevel(): number {
    return (this.kind === 'trigger' ? 1 : 0) + (this.outer?.triggerLevel ?? 0);
  }
}
