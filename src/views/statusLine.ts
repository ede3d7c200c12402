/** The desktop's lines: what the sync is up to, and when it last was. */
import type { Condition } from '../condition';
import type { EngineState } from '../sync/engineState';
import { anotherWriter } from '../sync/errors';
import type { L10n } from '../l10n';
import { localTime } from './times';

/** One sentence for how things stand. */
export function statusLine(condition: Condition, l10n: L10n): string {
  switch (condition.kind) {
    case 'loading':
      return l10n.t('The settings are being read');
    case 'not configured':
      return l10n.t('shopMaster is not configured yet');
    case 'settings invalid':
      return condition.error.message;
    case 'sign in again':
      return l10n.t('The password is not stored on this computer; sign in again');
    case 'ready':
      return engineLine(condition.engine, condition.intervalSeconds, l10n);
  }
}

function engineLine(engine: EngineState, intervalSeconds: number, l10n: L10n): string {
  switch (engine.phase) {
    case 'syncing':
    case 'uploading':
    case 'verifying':
      return progressLine(engine, l10n);
    case 'offline':
    case 'session expired':
    case 'error':
      return engine.error?.message ?? scheduleLine(engine.scheduled, intervalSeconds, l10n);
    case 'another writer':
      return anotherWriter().message;
    case 'idle':
    case 'stopped':
      return scheduleLine(engine.scheduled, intervalSeconds, l10n);
  }
}

/** `Uploading 400 of 1000`, or `Uploading` as long as nothing is known. */
export function progressLine({ phase, progress }: Pick<EngineState, 'phase' | 'progress'>, l10n: L10n): string {
  const { done, total } = progress ?? { done: 0, total: 0 };
  switch (phase) {
    case 'uploading':
      return total === 0 ? l10n.t('Uploading') : l10n.t('Uploading {0} of {1}', done, total);
    case 'verifying':
      return total === 0 ? l10n.t('Verifying') : l10n.t('Verifying {0} of {1}', done, total);
    default:
      return total === 0 ? l10n.t('Syncing') : l10n.t('Syncing {0} of {1}', done, total);
  }
}

/** Whether, and how often, syncs run by themselves. */
export function scheduleLine(scheduled: boolean, intervalSeconds: number, l10n: L10n): string {
  if (!scheduled) return l10n.t('Sync task has been stopped');
  const hours = intervalSeconds / 3600;
  if (hours === 1) return l10n.t('Sync task scheduled to run every hour');
  if (Number.isInteger(hours)) return l10n.t('Sync task scheduled to run every {0} hours', hours);
  const minutes = intervalSeconds / 60;
  if (minutes === 1) return l10n.t('Sync task scheduled to run every minute');
  if (Number.isInteger(minutes)) return l10n.t('Sync task scheduled to run every {0} minutes', minutes);
  return l10n.t('Sync task scheduled to run every {0} seconds', intervalSeconds);
}

/** Null before the first sync that ended without an error. */
export function lastSyncLine(lastSync: number | null, l10n: L10n): string | null {
  return lastSync === null ? null : l10n.t('Last Sync: {0}', localTime(lastSync));
}

/** Some sentences of the desktop have no full stop; before another sentence they need one. */
export function asSentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
