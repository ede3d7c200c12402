import type { Log, LogDetails } from '../../src/sync/ports';

/** Keeps what was logged, as `level message`, for a test to look at. */
export class FakeLog implements Log {
  readonly entries: { readonly line: string; readonly details: LogDetails | undefined }[] = [];
  readonly debug = this.level('debug');
  readonly info = this.level('info');
  readonly warn = this.level('warn');
  readonly error = this.level('error');

  get lines(): readonly string[] {
    return this.entries.map(({ line }) => line);
  }

  private level(name: string) {
    return (message: string, details?: LogDetails): void => {
      this.entries.push({ line: `${name} ${message}`, details });
    };
  }
}
