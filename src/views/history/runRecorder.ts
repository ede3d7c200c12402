import type { Clock } from '../../sync/ports';
import type { RunHistory } from '../../sync/runHistory';
import type { RunResult } from '../../sync/runResult';

/** Writes down every run that it is told of, and knows when the last one is written. */
export class RunRecorder {
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly history: Pick<RunHistory, 'record'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  record(result: RunResult): void {
    this.writing = Promise.all([this.writing, this.history.record(result, this.clock.now())]);
  }

  /** Resolves when every run told of by now is written down, or is known not to be writable. */
  async recorded(): Promise<void> {
    await this.writing;
  }
}
