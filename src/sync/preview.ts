/** What the next sync would send, found out by a sync over ports that change nothing. */
import { ShopError } from './errors';
import type { CaptureProblem, ChangeCounts, Rejection } from './model';
import type { Catalogue, ChangeLog, Clock, Log, ProductTable, StoredState } from './ports';
import { Rejections } from './rejections';
import { asShopError } from './runResult';
import type { SyncSettings } from './settings';
import { runSync } from './syncEngine';
import { Unsettled } from './unsettled';

export interface PreviewedRequest {
  readonly method: string;
  readonly url: string;
  /** The words `<token>` stand for the token. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON of the body, parsed. */
  readonly body: unknown;
}

export interface SyncPreview {
  readonly requests: readonly PreviewedRequest[];
  readonly captureProblems: readonly CaptureProblem[];
  readonly counts: ChangeCounts;
  /** The backlog is larger than what a sync takes on at once: after these requests it would send more. */
  readonly more: boolean;
  /** Products that are held back, with why. */
  readonly rejections: readonly Rejection[];
}

/** A catalogue that sends nothing. */
export interface Recorder extends Catalogue {
  readonly recorded: readonly PreviewedRequest[];
}

export interface PreviewParts {
  readonly changeLog: ChangeLog;
  readonly products: ProductTable;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: SyncSettings;
  /** What the sync would begin with. */
  readonly state: StoredState;
  readonly newestFirst: boolean;
}

const nothing = (): Promise<void> => Promise.resolve();

/** Takes no lock, acknowledges nothing, and remembers nothing. Rejects with a ShopError. */
export async function previewSync(parts: PreviewParts, signal: AbortSignal): Promise<SyncPreview> {
  const { changeLog, products, recorder, clock, log, settings, state, newestFirst } = parts;
  const { report, failure, counts, captureProblems, more } = await runSync(
    {
      changeLog: {
        readPage: (...page) => changeLog.peekPage(...page),
        acknowledge: nothing,
        markDeleted: nothing,
        count: (hardSignal) => changeLog.count(hardSignal),
      },
      products,
      lock: { acquire: () => Promise.resolve(true) },
      catalogue: recorder,
      clock,
      log,
      rejections: new Rejections(state.rejected, clock),
      unsettled: new Unsettled(clock, settings.settleSeconds * 1000, state.unsettled),
      settings,
    },
    { signal, hardSignal: signal, passes: 1, newestFirst },
  );
  if (failure !== null) throw asShopError(failure, signal);
  if (counts === null) throw new ShopError('internal', 'Nothing is known of ChangeLog.', 'Preview once more.');
  const { rejections } = report;
  return { requests: recorder.recorded, captureProblems: captureProblems ?? [], counts, more, rejections };
}
