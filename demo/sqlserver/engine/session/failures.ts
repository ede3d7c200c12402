/** What an error does: which errors end the statement only, and which end the module, the batch, or the transaction, too. */
import { SqlServerError } from '../../contract';
import type { Scope } from './scope';

/** Found when a statement is compiled, after its batch has begun: ends the module or batch, and no TRY in it catches it. */
const COMPILE_ERRORS = new Set([
  102, 105, 137, 156, 195, 207, 208, 209, 213, 319, 334, 468, 1087, 4104, 8155, 8156, 8158, 11740,
]);

/** Ends the batch and rolls the transaction back: conversion errors, deadlocks, and what a trigger has rolled back. */
const ROLLBACK_ERRORS = new Set([241, 245, 293, 295, 235, 529, 1205, 3960, 8114, 8169]);

/** Ends the batch; the transaction stays as it is. */
const BATCH_ERRORS = new Set([217, 3609, 3930, 3971, 6005]);

/** After these SQL Server adds "The statement has been terminated." */
const TERMINATED = new Set([220, 515, 547, 2601, 2627, 2628, 3621, 8115, 8134, 8152, 8629]);

export type Effect = 'statement' | 'module' | 'batch' | 'batch and transaction';

export function effectOf(error: SqlServerError, { xactAbort }: { readonly xactAbort: boolean }): Effect {
  if (error instanceof RaisedError) return error.ends === 'batch' && xactAbort ? 'batch and transaction' : error.ends;
  if (error.severity >= 20 || ROLLBACK_ERRORS.has(error.number)) return 'batch and transaction';
  if (xactAbort) return 'batch and transaction';
  if (BATCH_ERRORS.has(error.number)) return 'batch';
  return COMPILE_ERRORS.has(error.number) ? 'module' : 'statement';
}

export function isCompileError(error: SqlServerError): boolean {
  return !(error instanceof RaisedError) && COMPILE_ERRORS.has(error.number);
}

export function endsWithTermination(error: SqlServerError): boolean {
  return TERMINATED.has(error.number);
}

/** An error that RAISERROR (ends nothing) or THROW (ends the batch) has raised. */
export class RaisedError extends SqlServerError {
  constructor(
    number: number,
    message: string,
    severity: number,
    state: number,
    line: number,
    readonly ends: 'statement' | 'batch',
    procedure?: string,
  ) {
    super(number, message, severity, state, line, procedure);
  }
}

/** On its way out: what to do about the error has been decided, statements in between have no say any more. */
export class Unwinding extends Error {
  constructor(
    readonly error: SqlServerError,
    /** Where it goes: to the innermost TRY, to the end of the module, to the end of the batch. */
    readonly to: 'try' | 'module' | 'batch',
    /** With `to: 'try'`: the module whose own TRY blocks must not catch it. */
    readonly passing?: Scope,
  ) {
    super(error.message, { cause: error });
    this.name = 'Unwinding';
  }
}

/** Refuses what the stand-in can't do, rather than do something else. */
export function notSupported(what: string, line = 1): SqlServerError {
  return new SqlServerError(40_517, `${what} is not supported here.`, 16, 1, line);
}

/** The client has asked to stop. */
export class Cancelled extends SqlServerError {
  constructor() {
    super(0, 'Operation cancelled by user.', 11);
    this.name = 'Cancelled';
  }
}

/** The same error with the place that SQL Server reports: a line of the running module, and the module's name. */
export function located(error: SqlServerError, line: number, procedure: string | undefined): SqlServerError {
  if (error instanceof RaisedError || error instanceof Cancelled || error.procedure !== undefined) return error;
  return new SqlServerError(error.number, error.message, error.severity, error.state, line, procedure, {
    cause: error,
  });
}
