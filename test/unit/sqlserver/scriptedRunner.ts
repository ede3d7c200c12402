import type { Row, SqlRunner } from '../../../src/sync/sqlserver/statements';

/** Answers each batch as the test says, and keeps their texts. */
export class ScriptedRunner implements SqlRunner {
  readonly batches: string[] = [];

  constructor(private readonly answer: (sql: string, index: number) => readonly (readonly Row[])[]) {}

  async batch(sql: string, signal: AbortSignal): Promise<readonly (readonly Row[])[]> {
    signal.throwIfAborted();
    await Promise.resolve();
    this.batches.push(sql);
    return this.answer(sql, this.batches.length - 1);
  }
}

export const never = new AbortController().signal;
