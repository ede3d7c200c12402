import type { ShopError } from '../sync/errors';
import { logLine } from '../sync/logLine';
import type { Progress } from '../sync/model';
import type { Log, LogDetails } from '../sync/ports';

/** What the command line writes to. Results go to standard output, everything else to standard error. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean | undefined };
}

const verbs: Readonly<Record<Progress['activity'], string>> = {
  sync: 'Syncing',
  upload: 'Uploading',
  verify: 'Verifying',
};

export class Terminal {
  private progressShown = false;

  constructor(
    private readonly streams: Streams,
    private readonly json: boolean,
    private readonly verbose: boolean,
  ) {}

  /** The one result: an object for programs, or lines for people. */
  result(object: Readonly<Record<string, unknown>>, lines: readonly string[]): void {
    this.outcome(object, lines, null);
  }

  /** A result with an error in it: programs are told that first, people by the lines. */
  outcome(object: Readonly<Record<string, unknown>>, lines: readonly string[], error: ShopError | null): void {
    this.clearProgress();
    this.streams.stdout.write(
      this.json ? `${JSON.stringify({ ...verdict(error), ...object })}\n` : `${lines.join('\n')}\n`,
    );
  }

  failure(error: ShopError): void {
    this.clearProgress();
    if (this.json) this.streams.stdout.write(`${JSON.stringify(verdict(error))}\n`);
    else this.streams.stderr.write(`${error.message}\n${error.hint}\n`);
  }

  /** A line for people, about something under way. */
  note(line: string): void {
    if (this.json) return;
    this.clearProgress();
    this.streams.stderr.write(`${line}\n`);
  }

  progress({ activity, done, total }: Progress): void {
    if (this.json || this.verbose || this.streams.stderr.isTTY !== true) return;
    this.streams.stderr.write(`\r\u001B[K${verbs[activity]}: ${done} of ${total} products`);
    this.progressShown = true;
  }

  readonly log: Log = {
    debug: (message, details) => this.writeLog('debug', message, details),
    info: (message, details) => this.writeLog('info', message, details),
    warn: (message, details) => this.writeLog('warn', message, details),
    error: (message, details) => this.writeLog('error', message, details),
  };

  private writeLog(level: string, message: string, details?: LogDetails): void {
    if (!this.verbose) return;
    this.streams.stderr.write(`${new Date().toISOString()} [${level}] ${logLine(message, details)}\n`);
  }

  private clearProgress(): void {
    if (this.progressShown) this.streams.stderr.write('\r\u001B[K');
    this.progressShown = false;
  }
}

function verdict(error: ShopError | null): object {
  if (error === null) return { ok: true };
  const { code, message, hint } = error;
  return { ok: false, error: { code, message, hint } };
}
