/**
 * Every failure a user can meet: a code, one sentence, and what to do next. Sentences never hold a password or token.
 * Views and the command line choose how to show them.
 */

/** What one button next to the error could do. */
export type Remedy = 'configure' | 'repair' | 'trust certificate' | 'sign in' | 'retry';

export interface ShopErrorOptions {
  readonly cause?: unknown;
  readonly remedy?: Remedy;
}

export class ShopError extends Error {
  readonly remedy: Remedy | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** What to do next, one sentence. */
    readonly hint: string,
    options: ShopErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ShopError';
    this.remedy = options.remedy;
  }
}

export type ErrorCode =
  // settings
  | 'settings-invalid'
  | 'settings-not-saved'
  | 'table-name-invalid'
  | 'server-name-invalid'
  // reaching SQL Server
  | 'sql-server-not-found'
  | 'sql-server-unreachable'
  | 'sql-browser-silent'
  | 'sql-login-failed'
  | 'sql-database-unknown'
  | 'sql-certificate-untrusted'
  | 'sql-not-encrypted'
  | 'sql-windows-only'
  | 'sql-driver-missing'
  | 'sql-connection-lost'
  | 'sql-busy'
  | 'sql-permission-denied'
  | 'sql-failed'
  // the product table and its capture
  | 'table-missing'
  | 'table-is-view'
  | 'table-unsupported'
  | 'columns-missing'
  | 'column-type-unsupported'
  | 'key-not-unique'
  | 'trigger-taken'
  | 'change-log-taken'
  | 'other-table-pending'
  | 'triggers-not-permitted'
  | 'triggers-not-visible'
  | 'owners-differ'
  | 'server-too-old'
  | 'not-configured'
  | 'capture-damaged'
  // Digible
  | 'digible-unreachable'
  | 'digible-address-invalid'
  | 'digible-login-failed'
  | 'digible-token-invalid'
  | 'digible-answer-unexpected'
  | 'digible-refused'
  | 'digible-refuses-all'
  | 'digible-busy'
  | 'session-expired'
  // runs
  | 'another-writer'
  | 'cancelled'
  | 'state-unreadable'
  | 'internal';

export function anotherWriter(): ShopError {
  return new ShopError(
    'another-writer',
    'Another window or PC already syncs this shop.',
    'This one only watches, and takes over once the other one is closed or stopped.',
  );
}

export function writerLockLost(): ShopError {
  return new ShopError(
    'sql-connection-lost',
    'The connection to SQL Server was lost, and with it the right to send.',
    'Nothing is lost; shopMaster connects again by itself and goes on.',
    { remedy: 'retry' },
  );
}

export function cancelled(cause?: Error): ShopError {
  return new ShopError('cancelled', 'The run was cancelled.', 'What is pending is sent next time.', { cause });
}

/** Turns whatever was caught into an Error, so that `cause` is always one. */
export function toError(caught: unknown): Error {
  return caught instanceof Error ? caught : new Error(String(caught), { cause: caught });
}
