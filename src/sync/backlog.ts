/** The changes that a sync finds in ChangeLog, read page by page, with what the pages tell besides. */
import { groupByKey, type KeyedChanges } from './coalesce';
import type { CaptureProblem, Change, ChangeCounts, LogId } from './model';
import type { ChangeLog, ChangePage } from './ports';

/** Changes read with one statement. */
const pageSize = 20_000;
/** Changes coalesced at once. More wait for the next pass, so that a backlog of any size fits into memory. */
const mostAtOnce = 100_000;

export interface BacklogParts {
  readonly changeLog: Pick<ChangeLog, 'readPage' | 'count'>;
  /** Ends a read between two pages. */
  readonly signal: AbortSignal;
  readonly hardSignal: AbortSignal;
  /** Called whenever this process turns out to have the writer lock. */
  readonly onLock?: (() => void) | undefined;
  /** Whether the run has decided to leave a change; those don't count among what is coalesced at once. */
  readonly isLeft: (logId: LogId) => boolean;
}

/** One instance serves one run: the triggers are looked at with its first page. */
export class Backlog {
  /** Null until a page has told. */
  captureProblems: readonly CaptureProblem[] | null = null;
  /** The last read has come to the end of ChangeLog. */
  sawEverything = false;
  /** ChangeLog is missing or can't be read: nothing is known of what is pending. */
  isBlind = false;
  anotherWriter = false;
  private counts: ChangeCounts | null = null;
  private countsHold = false;

  constructor(private readonly parts: BacklogParts) {}

  /** Empty where another process is the writer, too. */
  async read(): Promise<readonly KeyedChanges[]> {
    const { signal, isLeft } = this.parts;
    const changes: Change[] = [];
    const deletes = new Map<LogId, Change>();
    let fresh = 0;
    for (let after: LogId | null = null; ;) {
      signal.throwIfAborted();
      const page: ChangePage = await this.readPage(after);
      if (this.anotherWriter || this.isBlind) return [];
      changes.push(...page.changes);
      for (const { logId } of page.changes) if (!isLeft(logId)) fresh += 1;
      for (const change of page.deletes) deletes.set(change.logId, change);
      after = page.changes.at(-1)?.logId ?? after;
      this.sawEverything = page.changes.length < pageSize;
      if (this.sawEverything || fresh >= mostAtOnce) return groupByKey(changes, [...deletes.values()]);
    }
  }

  /** What was counted is so no longer. */
  countsChange(): void {
    this.countsHold = false;
  }

  /** An idle tick has its counts from its one round trip; what is not known, or holds no more, is read again. Null: can't be known. */
  async finalCounts(onFailure: (error: unknown) => void): Promise<ChangeCounts | null> {
    if (this.countsHold) return this.counts;
    try {
      return await this.parts.changeLog.count(this.parts.hardSignal);
    } catch (error) {
      onFailure(error);
      return this.counts;
    }
  }

  private async readPage(after: LogId | null): Promise<ChangePage> {
    const { changeLog, hardSignal, onLock } = this.parts;
    const page = await changeLog.readPage(after, pageSize, hardSignal, this.captureProblems === null);
    this.anotherWriter = !page.writer;
    if (this.anotherWriter) return page;
    onLock?.();
    this.captureProblems = page.captureProblems ?? this.captureProblems;
    if (page.counts !== undefined) {
      this.counts = page.counts;
      this.countsHold = true;
    }
    const isMissing = page.captureProblems?.some(({ kind }) => kind === 'change log missing') === true;
    this.isBlind = after === null && (isMissing || page.counts === undefined);
    return page;
  }
}
