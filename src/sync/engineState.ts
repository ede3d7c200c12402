import type { ShopError } from './errors';
import type { CaptureProblem, ChangeCounts, Progress } from './model';

export type Phase =
  | 'stopped'
  | 'idle'
  | 'syncing'
  | 'uploading'
  | 'verifying'
  | 'offline'
  | 'session expired'
  | 'another writer'
  | 'error';

/** All that a view needs to draw itself. */
export interface EngineState {
  readonly phase: Phase;
  /** Whether syncs run by themselves; a manual one can run without. */
  readonly scheduled: boolean;
  readonly progress: Progress | null;
  /** What ended the last run, where the phase is offline, session expired or error. */
  readonly error: ShopError | null;
  /** Epoch milliseconds of the last sync that ended without an error. */
  readonly lastSync: number | null;
  /** Null until the first look. */
  readonly counts: (ChangeCounts & { readonly rejected: number }) | null;
  readonly captureProblems: readonly CaptureProblem[];
}

const offlineCodes: ReadonlySet<string> = new Set([
  'digible-unreachable',
  'digible-busy',
  'sql-server-not-found',
  'sql-server-unreachable',
  'sql-browser-silent',
  'sql-connection-lost',
]);

/** Whether a run is under way. */
export function isRunning({ phase }: Pick<EngineState, 'phase'>): boolean {
  return phase === 'syncing' || phase === 'uploading' || phase === 'verifying';
}

/** The phase that a failure leaves behind. */
export function phaseOf(error: ShopError): Phase {
  if (error.code === 'session-expired') return 'session expired';
  if (error.code === 'another-writer') return 'another writer';
  return offlineCodes.has(error.code) ? 'offline' : 'error';
}
