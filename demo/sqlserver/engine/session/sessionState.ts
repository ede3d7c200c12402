/** What T-SQL's @@ variables and session functions show. */
import type { SqlServerError } from '../../contract';
import { type SqlValue } from '../../contract';
import { DEFAULT_OPTIONS, optionBits, type SetOptions } from './options';
import type { Scope } from './scope';
import type { Transactions } from './transactions';

/** What @@VERSION says. */
const VERSION = 'Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64) (stand-in on PostgreSQL)';

export interface ServerFacts {
  readonly serverName: string;
}

export class SessionState {
  options: SetOptions = DEFAULT_OPTIONS;
  rowCount = 0;
  lastError = 0;
  /** @@IDENTITY. */
  identity: SqlValue = null;
  contextInfo: SqlValue = null;
  /** The table whose IDENTITY_INSERT is ON, by object id. */
  identityInsert: number | undefined;
  /** Errors whose CATCH blocks are running, the innermost last. */
  readonly caughtErrors: SqlServerError[] = [];

  constructor(
    readonly processId: number,
    private readonly server: ServerFacts,
  ) {}

  reset(): void {
    this.options = DEFAULT_OPTIONS;
    this.rowCount = 0;
    this.lastError = 0;
    this.identity = null;
    this.contextInfo = null;
    this.identityInsert = undefined;
    this.caughtErrors.length = 0;
  }

  /** The value of a variable with `@@`, or of a function written as its variable; undefined where there is no such thing. */
  value(name: string, scope: Scope, transactions: Transactions): SqlValue | undefined {
    const own = this.ofSession(name, scope, transactions);
    if (own !== undefined) return own;
    return name.startsWith('@@error_') ? this.ofError(name) : this.ofServer(name);
  }

  private ofSession(name: string, scope: Scope, transactions: Transactions): SqlValue | undefined {
    switch (name) {
      case '@@rowcount':
        return String(this.rowCount);
      case '@@error':
        return String(this.lastError);
      case '@@trancount':
        return String(transactions.count);
      case '@@xact_state':
        return String(transactions.state);
      case '@@current_transaction_id':
        return String(transactions.id);
      case '@@identity':
        return this.identity;
      case '@@scope_identity':
        return scope.identity;
      case '@@spid':
        return String(this.processId);
      case '@@nestlevel':
        return String(scope.level);
      case '@@trigger_nestlevel':
        return String(scope.triggerLevel);
      case '@@procid':
        return String(scope.objectId);
      case '@@options':
        return String(optionBits(this.options));
      case '@@lock_timeout':
        return String(this.options.lockTimeout);
      case '@@datefirst':
        return String(this.options.dateFirst);
      case '@@textsize':
        return String(this.options.textSize);
      case '@@language':
        return this.options.language;
      case '@@context_info':
        return this.contextInfo;
      default:
        return undefined;
    }
  }

  private ofError(name: string): SqlValue | undefined {
    const error = this.caughtErrors.at(-1);
    if (error === undefined) return null;
    switch (name) {
      case '@@error_number':
        return String(error.number);
      case '@@error_message':
        return error.message;
      case '@@error_severity':
        return String(error.severity);
      case '@@error_state':
        return String(error.state);
      case '@@error_line':
        return String(error.line);
      case '@@error_procedure':
        return error.procedure ?? null;
      default:
        return undefined;
    }
  }

  private ofServer(name: string): SqlValue | undefined {
    switch (name) {
      case '@@version':
        return VERSION;
      case '@@servername':
        return this.server.serverName;
      case '@@servicename':
        return 'MSSQLSERVER';
      case '@@langid':
      case '@@cursor_rows':
        return '0';
      case '@@fetch_status':
        return '-1';
      case '@@max_connections':
        return '32767';
      case '@@max_precision':
        return '38';
      case '@@microsoftversion':
        return String(0x100003e8);
      case '@@dbts':
        return '00000000000007d0';
      default:
        return undefined;
    }
  }
}
