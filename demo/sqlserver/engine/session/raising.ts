/** PRINT, RAISERROR and THROW. */
import { SqlServerError, type SqlType } from '../../contract';
import type { Execution } from './execution';
import type { Expressions } from './expressions';
import { RaisedError } from './failures';
import type { Scope, TypedValue } from './scope';
import type { SessionState } from './sessionState';
import type { Source, Statement } from './syntax';

const INT: SqlType = { name: 'int' };
const MESSAGE: SqlType = { name: 'nvarchar', length: 4000 };
const LONGEST_MESSAGE = 2047;

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export class Raising {
  constructor(
    private readonly expressions: Expressions,
    private readonly state: SessionState,
  ) {}

  async print(statement: Of<'print'>, scope: Scope, execution: Execution): Promise<void> {
    const text = await this.expressions.assigned(statement.value, MESSAGE, scope, execution);
    this.tell(0, 0, 1, text ?? ' ', statement.line, scope, execution);
    this.state.rowCount = 0;
  }

  async raiserror(statement: Of<'raiserror'>, scope: Scope, execution: Execution): Promise<void> {
    const message = await this.expressions.value(statement.message, scope, execution);
    const severity = Math.min(25, Math.max(0, await this.integer(statement.severity, scope, execution)));
    const given = await this.integer(statement.state, scope, execution);
    const state = given < 0 ? 1 : Math.min(255, given);
    const values: TypedValue[] = [];
    for (const argument of statement.arguments) values.push(await this.expressions.value(argument, scope, execution));
    if (severity > 18 && !statement.options.includes('LOG')) {
      throw new SqlServerError(
        2754,
        'Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.',
      );
    }
    const number = errorNumber(message);
    const text =
      number === 50_000
        ? formatMessage(message.value ?? '', values)
        : `Error ${number}, severity ${severity}, state ${state} was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.`;
    const raised = number === 50_000 ? number : 18_054;
    this.state.rowCount = 0;
    if (severity > 10) {
      throw new RaisedError(raised, text, severity, state, statement.line, 'statement', scope.procedure);
    }
    this.tell(raised, severity, state, text, statement.line, scope, execution);
    if (statement.options.includes('NOWAIT')) await execution.sink.flush();
    this.state.lastError = statement.options.includes('SETERROR') ? raised : 0;
  }

  async throw(statement: Of<'throw'>, scope: Scope, execution: Execution): Promise<never> {
    if (statement.error === undefined) throw this.rethrown();
    const number = await this.integer(statement.error.number, scope, execution);
    const text = await this.expressions.assigned(statement.error.message, MESSAGE, scope, execution);
    const state = await this.integer(statement.error.state, scope, execution);
    if (number < 50_000) {
      throw new SqlServerError(
        35_100,
        `Error number ${number} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.`,
        16,
        10,
      );
    }
    throw new RaisedError(number, text ?? '', 16, state & 255, statement.line, 'batch', scope.procedure);
  }

  /** THROW alone: the error whose CATCH block is running, unchanged. */
  private rethrown(): SqlServerError {
    const error = this.state.caughtErrors.at(-1);
    if (error === undefined) {
      return new SqlServerError(
        10_704,
        'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.',
        15,
      );
    }
    return new RaisedError(
      error.number,
      error.message,
      error.severity,
      error.state,
      error.line,
      'batch',
      error.procedure,
    );
  }

  private tell(
    number: number,
    severity: number,
    state: number,
    message: string,
    line: number,
    scope: Scope,
    { sink }: Execution,
  ): void {
    sink.message({ number, severity, state, message, line, procedure: scope.procedure });
  }

  private async integer(source: Source, scope: Scope, execution: Execution): Promise<number> {
    return Number((await this.expressions.assigned(source, INT, scope, execution)) ?? 0);
  }
}

/** 50000 for a text, otherwise the number given. */
function errorNumber({ type, value }: TypedValue): number {
  if (!['tinyint', 'smallint', 'int', 'bigint'].includes(type.name)) return 50_000;
  const number = Number(value ?? 0);
  if (number < 13_000 || number === 50_000) {
    throw new SqlServerError(
      2732,
      `Error number ${number} is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.`,
    );
  }
  return number;
}

/** The text with its printf places filled. Errors 2786 and 2787 for values and places that don't fit. */
export function formatMessage(format: string, values: readonly TypedValue[]): string {
  const rest = [...values];
  const take = (): TypedValue | undefined => rest.shift();
  const text = format.replaceAll(
    /%([-+0# ]*)(\*|\d+)?(?:\.(\*|\d+))?(?:I64|[hl])?(.)/gs,
    (place: string, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      if (!'diouxXs'.includes(kind)) throw new SqlServerError(2787, `Invalid format specification: '${place}'.`);
      const columns = width === '*' ? Number(take()?.value ?? 0) : Number(width ?? 0);
      const most =
        precision === '*' ? Number(take()?.value ?? 0) : precision === undefined ? undefined : Number(precision);
      return pad(one(kind, take(), most), columns, flags);
    },
  );
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 3)}...` : text;
}

function one(kind: string, value: TypedValue | undefined, precision: number | undefined): string {
  if (value?.value === undefined || value.value === null) return '(null)';
  const isNumber = ['bit', 'tinyint', 'smallint', 'int', 'bigint'].includes(value.type.name);
  if (isNumber === (kind === 's')) {
    throw new SqlServerError(
      2786,
      'The data type of substitution parameter 1 does not match the expected type of the format specification.',
    );
  }
  if (kind === 's') return precision === undefined ? value.value : value.value.slice(0, precision);
  const number = BigInt(value.value);
  const bits = BigInt.asUintN(value.type.name === 'bigint' ? 64 : 32, number);
  switch (kind) {
    case 'x':
      return bits.toString(16);
    case 'X':
      return bits.toString(16).toUpperCase();
    case 'o':
      return bits.toString(8);
    case 'u':
      return bits.toString();
    default:
      return number.toString();
  }
}

function pad(text: string, width: number, flags: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  return flags.includes('0') ? text.padStart(width, '0') : text.padStart(width);
}
